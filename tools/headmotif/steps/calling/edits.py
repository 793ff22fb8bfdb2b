"""The sequence around a variant without and with it, and which base of one corresponds to which of the other.

Positions before a variant stay the same, and those behind it are shifted by what the variant inserts or deletes.
Alleles are trimmed first at their shared end, then at their shared beginning. Replaced bases correspond to each other,
as many as both alleles have.
"""

from dataclasses import dataclass

import numpy as np

from ...alphabet import encode
from ...data import Genome, Variants
from ..sequence.windows import cut_stretch


@dataclass(frozen=True, eq=False)
class Edit:
    """A trimmed variant of a contig, and the span around it.

    Places in the span count from 0 at its first base, in either sequence.

    Attributes
    ----------
    contig
        Index of the contig.
    length
        Length of the contig.
    circular
        Whether the contig is circular.
    start
        Position of the first base that is removed, or of the base behind an insertion; 0-based, + coordinates. On a
        circular contig it may lie beyond the end, and so may the bases that are removed.
    removed
        Number of bases that are removed.
    added
        uint8, codes of the bases that are added.
    left
        Bases of the span before the variant; they may lie beyond the contig's end.
    right
        Bases of the span behind the variant; they may lie beyond the contig's end.
    """

    contig: int
    length: int
    circular: bool
    start: int
    removed: int
    added: np.ndarray
    left: int
    right: int

    @property
    def growth(self) -> int:
        """How many bases longer the alternative is; negative if it is shorter."""
        return len(self.added) - self.removed

    @property
    def common_length(self) -> int:
        """How many places, from the first, both sequences share; behind them are those of one sequence alone."""
        return self.left + min(self.removed, len(self.added))

    @property
    def ends(self) -> tuple[int, int]:
        """The first place behind the variant, in the reference and in the alternative."""
        return self.left + self.removed, self.left + len(self.added)

    def to_reference(self, place: np.ndarray) -> np.ndarray:
        """Convert places of the alternative to places of the reference.

        Parameters
        ----------
        place
            int64 (places,), in the alternative.

        Returns
        -------
        numpy.ndarray
            int64 (places,); an inserted base becomes the base behind the insertion.
        """
        return np.where(place < self.common_length, place, np.maximum(place - self.growth, self.ends[0]))

    def to_alternative(self, place: int) -> int | None:
        """Convert a place of the reference to a place of the alternative.

        Parameters
        ----------
        place
            The place in the reference.

        Returns
        -------
        int or None
            The place in the alternative; None if the base is deleted.
        """
        if place < self.common_length:
            return place
        return place + self.growth if place >= self.ends[0] else None

    def position(self, place: int) -> int:
        """Convert a place of the reference to a position on the contig.

        Parameters
        ----------
        place
            The place in the reference.

        Returns
        -------
        int
            0-based, + coordinates. Positions of a circular contig continue over its origin.
        """
        at = self.start - self.left + place
        return at % self.length if self.circular else min(at, self.length - 1)


def trim(reference: str, alternative: str) -> tuple[int, str, str]:
    """Remove what two alleles share, first at the end, then at the beginning.

    Parameters
    ----------
    reference, alternative
        The letters of the alleles.

    Returns
    -------
    tuple
        The number of bases removed at the beginning, and what is left of each allele.

    Examples
    --------
    >>> trim("CAA", "CA"), trim("ACG", "ATG")
    ((1, 'A', ''), (1, 'C', 'T'))
    """
    shorter = min(len(reference), len(alternative))
    end = next((n for n in range(shorter) if reference[-1 - n] != alternative[-1 - n]), shorter)
    reference, alternative = reference[: len(reference) - end], alternative[: len(alternative) - end]
    shorter -= end
    begin = next((n for n in range(shorter) if reference[n] != alternative[n]), shorter)
    return begin, reference[begin:], alternative[begin:]


def edits(genome: Genome, variants: Variants, side: int, margin: int) -> list[Edit]:
    """Trim variants one by one, and put a span around each.

    On a circular contig the `side` bases before and behind a variant go round the contig once at most.

    Parameters
    ----------
    genome
        The genome.
    variants
        The variants.
    side
        Bases before and behind the variant.
    margin
        Further bases before and behind them.

    Returns
    -------
    list of Edit
        One for each variant, in their order.
    """
    found = []
    rows = zip(
        variants.contig.tolist(), variants.position.tolist(), variants.reference, variants.alternative, strict=True
    )
    for number, position, *alleles in rows:
        begin, reference, alternative = trim(*alleles)
        contig, left, right = genome.contigs[number], side, side
        if contig.circular:
            others = contig.length - len(reference)
            left = min(side, others // 2)
            right = min(side, others - left)
        at = number, contig.length, contig.circular, position + begin
        found.append(Edit(*at, len(reference), encode(alternative), left + margin, right + margin))
    return found


def sequences(genome: Genome, edit: Edit, halo: int) -> tuple[np.ndarray, np.ndarray]:
    """Cut the sequence of a span without and with the variant.

    Parameters
    ----------
    genome
        The genome.
    edit
        The variant.
    halo
        Further bases on either side of the span.

    Returns
    -------
    tuple of numpy.ndarray
        Codes uint8 (length,) of the + strand, of the reference and of the alternative; N beyond the ends of a linear
        contig.
    """
    codes, start = genome.contig_bases(edit.contig), edit.start
    if start + edit.removed > len(codes):  # over the origin: count from its first base
        codes, start = np.roll(codes, -start), 0
    edited = np.concatenate([codes[:start], edit.added, codes[start + edit.removed :]])
    first, last = start - edit.left - halo, start + edit.right + halo
    without = cut_stretch(codes, edit.circular, 1, first, last + edit.removed)
    return without, cut_stretch(edited, edit.circular, 1, first, last + len(edit.added))
