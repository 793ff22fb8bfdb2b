"""A genome with one variant in it, around that variant: the sequences without and with it, and which base of one is
which of the other.

What lies before a variant keeps its place, what lies behind it is shifted by what the variant inserts or deletes.
Alleles are trimmed first of the bases that their ends share, then of those that their beginnings share; bases that are
replaced go with each other, as many as both have.
"""

from dataclasses import dataclass

import numpy as np

from ...alphabet import encode
from ...data import Genome, Variants
from ..sequence.windows import stretch


@dataclass(frozen=True, eq=False)
class Edit:
    """A trimmed variant of a contig, and the span around it: places of either sequence count from 0 at the span's first
    base.

    contig: its index; length, circular: of it. start: position of the first base that goes, or of that behind an
    insertion; removed: how many go; added: codes uint8 of those that come in. left, right: places of the span before
    and behind the variant, on a circle or beyond a line's ends too.
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
    def grown(self) -> int:
        """How many bases longer the alternative is, negative: shorter."""
        return len(self.added) - self.removed

    @property
    def same(self) -> int:
        """Places of the span, from its first, that are the same in both sequences; then come those that one of them
        alone has."""
        return self.left + min(self.removed, len(self.added))

    @property
    def behind(self) -> tuple[int, int]:
        """The first place behind the variant in the reference and in the alternative."""
        return self.left + self.removed, self.left + len(self.added)

    def to_reference(self, place: np.ndarray) -> np.ndarray:
        """Places of the alternative in the reference; inserted ones at the base behind them."""
        return np.where(place < self.same, place, np.maximum(place - self.grown, self.behind[0]))

    def to_alternative(self, place: int) -> int | None:
        """A place of the reference in the alternative, None where it is deleted."""
        if place < self.same:
            return place
        return place + self.grown if place >= self.behind[0] else None

    def position(self, place: int) -> int:
        """A place of the reference as a position on the contig."""
        at = self.start - self.left + place
        return at % self.length if self.circular else min(at, self.length - 1)


def trimmed(reference: str, alternative: str) -> tuple[int, str, str]:
    """How many bases both begin with, and what is left of each, the shared end aside.

    >>> trimmed("CAA", "CA"), trimmed("ACG", "ATG")
    ((1, 'A', ''), (1, 'C', 'T'))
    """
    shorter = min(len(reference), len(alternative))
    end = next((n for n in range(shorter) if reference[-1 - n] != alternative[-1 - n]), shorter)
    reference, alternative = reference[: len(reference) - end], alternative[: len(alternative) - end]
    shorter -= end
    begin = next((n for n in range(shorter) if reference[n] != alternative[n]), shorter)
    return begin, reference[begin:], alternative[begin:]


def edits(genome: Genome, variants: Variants, side: int, margin: int) -> list[Edit]:
    """The variants one by one, each with `side` places before and behind it, on a circle once round at most, and
    `margin` more."""
    found = []
    rows = zip(
        variants.contig.tolist(), variants.position.tolist(), variants.reference, variants.alternative, strict=True
    )
    for number, position, *alleles in rows:
        begin, reference, alternative = trimmed(*alleles)
        contig, left, right = genome.contigs[number], side, side
        if contig.circular:
            others = contig.length - len(reference)
            left = min(side, others // 2)
            right = min(side, others - left)
        at = number, contig.length, contig.circular, position + begin
        found.append(Edit(*at, len(reference), encode(alternative), left + margin, right + margin))
    return found


def sequences(genome: Genome, edit: Edit, halo: int) -> tuple[np.ndarray, np.ndarray]:
    """The + strand of the span without and with the variant, codes uint8 (length,), and of `halo` more bases on either
    side."""
    codes = genome.contig_bases(edit.contig)
    edited = np.concatenate([codes[: edit.start], edit.added, codes[edit.start + edit.removed :]])
    first, last = edit.start - edit.left - halo, edit.start + edit.right + halo
    without = stretch(codes, edit.circular, 1, first, last + edit.removed)
    return without, stretch(edited, edit.circular, 1, first, last + len(edit.added))
