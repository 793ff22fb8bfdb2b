"""A genome, what is known of its nucleotides, and single places in it."""

from dataclasses import dataclass, field

import numpy as np

from ..alphabet import N
from .check import check
from .contigs import Contigs

NO_LABEL = 255
"""In `Genome.label`: this position and strand is not to be learned from or scored."""


@dataclass(frozen=True, eq=False)
class Sites:
    """Single nucleotides on a strand (the +1 of a TSS), in the order given.

    contig: int32 (sites,), index into the genome's contigs. position: int64 (sites,), 0-based, on the + strand's
    coordinates whatever the strand. strand: int8 (sites,), +1 or -1. strength: float32 (sites,), NaN where none was
    given.
    """

    contig: np.ndarray
    position: np.ndarray
    strand: np.ndarray
    strength: np.ndarray

    def __post_init__(self) -> None:
        n = len(self.position)
        check(len(self.contig) == len(self.strand) == len(self.strength) == n, "columns of sites differ in length")
        check(bool(np.isin(self.strand, (-1, 1)).all()), "a strand is neither +1 nor -1")

    @classmethod
    def at(cls, contigs: Contigs, row: np.ndarray, place: np.ndarray, strength: np.ndarray | None = None) -> "Sites":
        """Sites from rows (0 the + strand, 1 the - strand) and places in the contigs end to end, all (sites,)."""
        contig = contigs.contig_at(place)
        known = np.full(len(place), np.nan) if strength is None else strength
        return cls(
            contig.astype(np.int32),
            place - contigs.start[contig],
            (1 - 2 * row).astype(np.int8),
            known.astype(np.float32),
        )

    def __len__(self) -> int:
        return len(self.position)

    def take(self, rows: np.ndarray | slice) -> "Sites":
        """The given rows (indices, a mask or a slice), in their order."""
        return Sites(self.contig[rows], self.position[rows], self.strand[rows], self.strength[rows])


@dataclass(frozen=True, eq=False)
class Genome:
    """Contigs end to end, and what is known of each nucleotide.

    base: uint8 (N,), codes 0-4. label: uint8 (labels, 2, N), row 0 the + strand, row 1 the - strand, both indexed
    by + coordinates: 1 a site, 0 none, `NO_LABEL` not to be learned from. site: int64 (sites, 3), the label, row and
    place in `base` of each site as given, and strength float32 (sites,) its score (NaN: none).
    """

    contigs: Contigs
    base: np.ndarray
    labels: tuple[str, ...] = ()
    label: np.ndarray = field(default_factory=lambda: np.zeros((0, 2, 0), np.uint8))
    site: np.ndarray = field(default_factory=lambda: np.zeros((0, 3), np.int64))
    strength: np.ndarray = field(default_factory=lambda: np.zeros(0, np.float32))

    def __post_init__(self) -> None:
        object.__setattr__(self, "contigs", Contigs(self.contigs))
        check(self.contigs.total == len(self.base), "the contigs' lengths do not add up to the bases")
        check(
            not self.labels or self.label.shape == (len(self.labels), 2, len(self.base)), "labels do not fit the bases"
        )
        check(
            self.base.dtype == np.uint8 and (len(self.base) == 0 or int(self.base.max()) <= N),
            "a base is not a code 0-4",
        )
        check(self.site.shape == (len(self.strength), 3), "sites and strengths differ in number")
        place = self.site[:, 1:]
        check(bool(((place >= 0) & (place < (2, len(self.base)))).all()), "a site is on no strand or beyond the bases")

    @property
    def start(self) -> np.ndarray:
        """Where each contig begins in `base`, and the end of the last: int64 (contigs + 1,)."""
        return self.contigs.start

    @property
    def unlabelled(self) -> "Genome":
        """The same sequence, of which nothing is known."""
        return Genome(self.contigs, self.base)

    def contig_bases(self, index: int) -> np.ndarray:
        """The codes of one contig, a view."""
        start = self.start
        return self.base[start[index] : start[index + 1]]

    def sites(self, label: int = 0) -> Sites:
        """The sites of one label set, as they were given (duplicates dropped), in contig coordinates."""
        mine = self.site[:, 0] == label
        return Sites.at(self.contigs, self.site[mine, 1], self.site[mine, 2], self.strength[mine])
