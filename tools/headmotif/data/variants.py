"""What differs between a genome and another of its kind."""

from dataclasses import dataclass

import numpy as np

from .check import check


@dataclass(frozen=True, eq=False)
class Variants:
    """Stretches of a genome that are another sequence elsewhere, one row for each other sequence.

    contig: int32 (variants,), index into the genome's contigs. position: int64 (variants,), 0-based, the first base of
    `reference`. name: as given, "." where there is none. reference, alternative: upper-case letters on the + strand,
    one or more. line: int64 (variants,), of the file that they come from.
    """

    contig: np.ndarray
    position: np.ndarray
    name: tuple[str, ...]
    reference: tuple[str, ...]
    alternative: tuple[str, ...]
    line: np.ndarray

    def __post_init__(self) -> None:
        columns = (self.contig, self.name, self.reference, self.alternative, self.line)
        check(all(len(column) == len(self.position) for column in columns), "columns of variants differ in length")
        check(all(self.reference) and all(self.alternative), "an allele is empty")

    def __len__(self) -> int:
        return len(self.position)

    def take(self, rows: np.ndarray) -> "Variants":
        """The given rows (indices or a mask), in their order."""
        which = np.arange(len(self))[rows].tolist()
        texts = (tuple(column[row] for row in which) for column in (self.name, self.reference, self.alternative))
        name, reference, alternative = texts
        return Variants(self.contig[which], self.position[which], name, reference, alternative, self.line[which])
