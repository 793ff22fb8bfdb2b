"""The attention of heads, and the regions derived from it."""

from dataclasses import dataclass, replace

import numpy as np

from .check import check
from .contigs import Contigs

BACKGROUND, SITE, SHUFFLED = 0, 1, 2
"""Kinds of queries: a background position, a site, and a site with shuffled surroundings."""


@dataclass(frozen=True, eq=False)
class Attention:
    """The attention of each head to each key, for chosen queries.

    A query is one position on one strand. All offsets count in bases from it, on its strand.

    Attributes
    ----------
    weight
        float16 (queries, layers, heads, keys), softmax weights. Keys off the contig are NaN.
    norm
        float16, the same shape: the length of the vector that the key adds (weight x value x output projection). Keys
        off the contig are NaN.
    none
        float16 (queries, layers, heads), the weight on the null key.
    offset
        int32 (keys,), from the site to the centre of the key, in bases, negative upstream.
    reach
        Per layer, the number of bases on each side of its centre that a key has read.
    kind
        uint8 (queries,), `SITE`, `BACKGROUND` or `SHUFFLED`.
    probability
        float32 (queries,), the model's P of a site, 0 to 1.
    contig
        int32 (queries,), index into `contigs`.
    position
        int64 (queries,), 0-based, by + coordinates on either strand.
    strand
        int8 (queries,), +1 or -1.
    contigs
        The contigs of the genome.
    model
        The digest of the model, "" if unknown.
    layers
        The numbers, from 1, of the layers along axis 1; by default all, from 1.
    heads
        The numbers, from 1, of the heads along axis 2; by default all, from 1.
    """

    weight: np.ndarray
    norm: np.ndarray
    none: np.ndarray
    offset: np.ndarray
    reach: tuple[int, ...]
    kind: np.ndarray
    probability: np.ndarray
    contig: np.ndarray
    position: np.ndarray
    strand: np.ndarray
    contigs: Contigs
    model: str = ""
    layers: tuple[int, ...] = ()
    heads: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "contigs", Contigs(self.contigs))
        queries, layers, heads, keys = self.weight.shape
        object.__setattr__(self, "layers", self.layers or tuple(range(1, layers + 1)))
        object.__setattr__(self, "heads", self.heads or tuple(range(1, heads + 1)))
        check(
            (len(self.layers), len(self.heads)) == (layers, heads), "numbers of layers or heads do not fit the weights"
        )
        check(
            self.norm.shape == self.weight.shape and self.none.shape == self.weight.shape[:3],
            "weight, norm and none differ in shape",
        )
        check(self.offset.shape == (keys,) and len(self.reach) == layers, "offsets or reach do not fit the weights")
        columns = (self.kind, self.probability, self.contig, self.position, self.strand)
        check(all(c.shape == (queries,) for c in columns), "a column of the queries has the wrong length")
        check(
            bool(((self.contig >= 0) & (self.contig < len(self.contigs))).all()), "a query lies on none of the contigs"
        )
        lengths = self.contigs.lengths[self.contig]
        check(
            bool(((self.position >= 0) & (self.position < lengths)).all()), "a query lies beyond the end of its contig"
        )
        check(bool(np.isin(self.strand, (-1, 1)).all()), "a strand is neither +1 nor -1")

    @property
    def is_site(self) -> np.ndarray:
        """Which queries are sites, bool (queries,)."""
        return np.asarray(self.kind == SITE)

    @property
    def is_background(self) -> np.ndarray:
        """Which queries are background positions, bool (queries,). Shuffled sites are not."""
        return np.asarray(self.kind == BACKGROUND)

    def name(self, layer: int, head: int) -> str:
        """Name a head by its indices along the two axes.

        Parameters
        ----------
        layer
            0-based index along axis 1 of the weights.
        head
            0-based index along axis 2 of the weights.

        Returns
        -------
        str
            The name, such as L1H3, with the numbers from `layers` and `heads`.
        """
        return f"L{self.layers[layer]}H{self.heads[head]}"


@dataclass(frozen=True, eq=False)
class Regions:
    """Stretches of a genome that a head attends to, each for one site.

    Attributes
    ----------
    contigs
        The names of the contigs.
    contig
        int32 (regions,), index into `contigs`.
    start
        int64 (regions,), 0-based.
    end
        int64 (regions,), not included. On a circular contig it may pass the contig's end, by less than its length.
    head
        str (regions,), such as L1H3, both numbers from 1.
    strand
        int8 (regions,), +1 or -1.
    weight
        float64 (regions,), the largest weight in the region.
    offset
        int64 (regions,), from the site to the base with the most attention, in bases, negative upstream.
    site
        int64 (regions,), the position of the site, 0-based.
    p
        float64 (regions,), NaN if not tested.
    q
        float64 (regions,), the false discovery rate, NaN if not tested.
    drop
        float64 (regions,), by how much the site's logit is lower without the bases of the region, NaN if not measured.
        None if nobody asked for it.
    """

    contigs: tuple[str, ...]
    contig: np.ndarray
    start: np.ndarray
    end: np.ndarray
    head: np.ndarray
    strand: np.ndarray
    weight: np.ndarray
    offset: np.ndarray
    site: np.ndarray
    p: np.ndarray
    q: np.ndarray
    drop: np.ndarray | None = None

    COLUMNS = ("contig", "start", "end", "head", "strand", "weight", "offset", "site", "p", "q")

    def __post_init__(self) -> None:
        check(len({len(getattr(self, c)) for c in self.COLUMNS}) == 1, "columns of regions differ in length")
        check(self.drop is None or len(self.drop) == len(self.start), "columns of regions differ in length")
        check(bool((self.end > self.start).all()), "a region is empty")

    def __len__(self) -> int:
        return len(self.start)

    def take(self, rows: np.ndarray) -> "Regions":
        """Take the given rows, in their order.

        Parameters
        ----------
        rows
            Indices, or a mask of bool (regions,).

        Returns
        -------
        Regions
            The chosen regions.
        """
        columns = {name: getattr(self, name)[rows] for name in self.COLUMNS}
        return replace(self, **columns, drop=None if self.drop is None else self.drop[rows])
