"""What heads look at: attention, and the regions that come of it."""

from dataclasses import dataclass, replace

import numpy as np

from .check import check
from .contigs import Contigs

BACKGROUND, SITE, SHUFFLED = 0, 1, 2
"""Kinds of queries: a position that is no site, a site, and a site whose surroundings were shuffled."""


@dataclass(frozen=True, eq=False)
class Attention:
    """What each head gave to each key, for chosen queries; keys in bases from the query's site.

    weight: float16 (queries, layers, heads, keys), softmax weights; norm: the same shape, length of what the key really
    adds (weight x value x output projection); none: float16 (queries, layers, heads), the weight that goes to no key.
    Keys off the contig are NaN. offset: int32 (keys,), distance of the key's centre from the site, negative upstream.
    reach: how many bases on each side of its centre a key has read, per layer. kind: uint8 (queries,), SITE, BACKGROUND
    or SHUFFLED. probability: float32 (queries,), the model's P(site). contig, position, strand: as in `Sites`. layers,
    heads: the numbers, from 1, of those along the second and third axis; all of the network's unless said otherwise.
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
        check(bool(((self.contig >= 0) & (self.contig < len(self.contigs))).all()), "a query is on no contig")
        lengths = self.contigs.lengths[self.contig]
        check(bool(((self.position >= 0) & (self.position < lengths)).all()), "a query lies beyond its contig")
        check(bool(np.isin(self.strand, (-1, 1)).all()), "a strand is neither +1 nor -1")

    @property
    def is_site(self) -> np.ndarray:
        """bool (queries,)."""
        return np.asarray(self.kind == SITE)

    @property
    def is_background(self) -> np.ndarray:
        """bool (queries,): unshuffled positions that are no sites."""
        return np.asarray(self.kind == BACKGROUND)

    def name(self, layer: int, head: int) -> str:
        """What a head is called, L1H3, by its indices along the two axes."""
        return f"L{self.layers[layer]}H{self.heads[head]}"


@dataclass(frozen=True, eq=False)
class Regions:
    """Stretches of a genome that a head attends to, each for one site.

    contig: int32 (regions,), index into `contigs` (names). start, end: int64, half-open; end may pass the contig's end
    by less than its length where the contig is circular. head: str (regions,), "L1H3", both 1-based. strand: int8.
    weight: float64, the largest weight in it. distance: int64, its most attended base from the site, negative upstream.
    site: int64, the site's position. p, q: float64 (NaN: not tested). drop: float64, how much lower the site's logit is
    without the region's bases (NaN: not measured), or None where that was not asked for.
    """

    contigs: tuple[str, ...]
    contig: np.ndarray
    start: np.ndarray
    end: np.ndarray
    head: np.ndarray
    strand: np.ndarray
    weight: np.ndarray
    distance: np.ndarray
    site: np.ndarray
    p: np.ndarray
    q: np.ndarray
    drop: np.ndarray | None = None

    COLUMNS = ("contig", "start", "end", "head", "strand", "weight", "distance", "site", "p", "q")

    def __post_init__(self) -> None:
        check(len({len(getattr(self, c)) for c in self.COLUMNS}) == 1, "columns of regions differ in length")
        check(self.drop is None or len(self.drop) == len(self.start), "columns of regions differ in length")
        check(bool((self.end > self.start).all()), "a region is empty")

    def __len__(self) -> int:
        return len(self.start)

    def take(self, rows: np.ndarray) -> "Regions":
        """The given rows (indices or a mask), in their order."""
        columns = {name: getattr(self, name)[rows] for name in self.COLUMNS}
        return replace(self, **columns, drop=None if self.drop is None else self.drop[rows])
