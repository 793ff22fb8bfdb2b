"""A genome, the labels of its nucleotides, and sites in it."""

from dataclasses import dataclass, field

import numpy as np

from ..alphabet import N
from .check import check
from .contigs import Contigs

NO_LABEL = 255
"""In `Genome.label`: this position and strand is neither learned from nor scored."""


@dataclass(frozen=True, eq=False)
class Sites:
    """Single nucleotides, each on one strand, in the order given. The +1 of a transcript is one.

    Attributes
    ----------
    contig
        int32 (sites,), index into the contigs of the genome.
    position
        int64 (sites,), 0-based, by + coordinates on either strand.
    strand
        int8 (sites,), +1 or -1.
    strength
        float32 (sites,), NaN if none was given.
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
    def from_places(
        cls, contigs: Contigs, row: np.ndarray, place: np.ndarray, strength: np.ndarray | None = None
    ) -> "Sites":
        """Make sites from strands and positions in all contigs joined end to end.

        Parameters
        ----------
        contigs
            The contigs of the genome.
        row
            Integers (sites,), 0 for the + strand and 1 for the - strand.
        place
            Positions (sites,), 0-based, end to end, by + coordinates.
        strength
            Strengths (sites,); None for NaN everywhere.

        Returns
        -------
        Sites
            The sites in the same order, by contig and position.
        """
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
        """Take the given rows, in their order.

        Parameters
        ----------
        rows
            Indices, a mask of bool (sites,), or a slice.

        Returns
        -------
        Sites
            The chosen sites.
        """
        return Sites(self.contig[rows], self.position[rows], self.strand[rows], self.strength[rows])


@dataclass(frozen=True, eq=False)
class Genome:
    """Contigs joined end to end, N nucleotides together, with the labels of each nucleotide.

    Attributes
    ----------
    contigs
        The contigs, in order.
    base
        uint8 (N,), codes 0-4 for A, C, G, T and N.
    labels
        The names of the label sets.
    label
        uint8 (labels, 2, N), row 0 the + strand, row 1 the - strand, both by + coordinates. 1 is a site, 0 is none, and
        `NO_LABEL` is neither learned from nor scored.
    site
        int64 (sites, 3): index of the label, row of the strand, and position in `base` of each site as given.
    strength
        float32 (sites,), the score of each site, NaN if none.
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
        check(
            bool(((place >= 0) & (place < (2, len(self.base)))).all()),
            "a site has no valid strand or lies beyond the bases",
        )

    @property
    def start(self) -> np.ndarray:
        """The first base of each contig in `base`, and the end of the last contig: int64 (contigs + 1,)."""
        return self.contigs.start

    @property
    def bare_sequence(self) -> "Genome":
        """The same sequence without labels and sites."""
        return Genome(self.contigs, self.base)

    def contig_bases(self, index: int) -> np.ndarray:
        """Show the bases of one contig.

        Parameters
        ----------
        index
            0-based index of the contig.

        Returns
        -------
        numpy.ndarray
            uint8 (length,), codes 0-4; a view of `base`.
        """
        start = self.start
        return self.base[start[index] : start[index + 1]]

    def sites(self, label: int = 0) -> Sites:
        """Show the sites of one label set, as they were given, duplicates dropped.

        Parameters
        ----------
        label
            0-based index of the label set.

        Returns
        -------
        Sites
            The sites by contig and position.
        """
        mine = self.site[:, 0] == label
        return Sites.from_places(self.contigs, self.site[mine, 1], self.site[mine, 2], self.strength[mine])
