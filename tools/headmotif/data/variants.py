"""Differences between a genome and others of its kind."""

from dataclasses import dataclass

import numpy as np

from .check import check


@dataclass(frozen=True, eq=False)
class Variants:
    """Stretches of a genome that have another sequence in a sample, one row for each alternative allele.

    Attributes
    ----------
    contig
        int32 (variants,), index into the contigs of the genome.
    position
        int64 (variants,), 0-based, the first base of `reference`, which may continue over the origin of a circular
        contig.
    name
        The identifier as given, "." if there is none.
    reference
        Upper-case letters on the + strand, at least one; IUPAC codes for ambiguous bases.
    alternative
        Upper-case letters A, C, G and T on the + strand, at least one.
    line
        int64 (variants,), the line of the file, from 1.
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
        """Take the given rows, in their order.

        Parameters
        ----------
        rows
            Indices, or a mask of bool (variants,).

        Returns
        -------
        Variants
            The chosen variants.
        """
        which = np.arange(len(self))[rows].tolist()
        texts = (tuple(column[row] for row in which) for column in (self.name, self.reference, self.alternative))
        name, reference, alternative = texts
        return Variants(self.contig[which], self.position[which], name, reference, alternative, self.line[which])
