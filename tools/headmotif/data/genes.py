"""The genes of a genome."""

from dataclasses import dataclass

import numpy as np

from .check import check


@dataclass(frozen=True, eq=False)
class GeneTable:
    """Genes of any kind, in the order given. They may overlap.

    On a circular contig, a gene over the origin has an end beyond the contig's length; its start lies on the contig.

    Attributes
    ----------
    contig
        int32 (genes,), index into the contigs of the genome.
    start
        int64 (genes,), 0-based, below `end`.
    end
        int64 (genes,), not included.
    strand
        int8 (genes,), +1 or -1.
    name
        The symbol of each gene, else its locus tag, else "".
    kind
        What each gene codes for (protein_coding, tRNA) if that is known, else the feature type (gene, CDS).
    locus_tag
        The locus tag of each gene, "" where there is none; empty if no tags are known.
    """

    contig: np.ndarray
    start: np.ndarray
    end: np.ndarray
    strand: np.ndarray
    name: tuple[str, ...]
    kind: tuple[str, ...]
    locus_tag: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        columns = (self.contig, self.end, self.strand, self.name, self.kind)
        check(all(len(column) == len(self.start) for column in columns), "columns of genes differ in length")
        check(len(self.locus_tag) in (0, len(self.start)), "columns of genes differ in length")
        check(bool((self.end > self.start).all()), "a gene is empty")
        check(bool(np.isin(self.strand, (-1, 1)).all()), "a strand is neither +1 nor -1")

    def __len__(self) -> int:
        return len(self.start)

    @property
    def spans(self) -> np.ndarray:
        """Contig, start, end and strand of each gene, int64 (genes, 4)."""
        return np.stack([self.contig, self.start, self.end, self.strand], axis=1).astype(np.int64)

    @property
    def first_base(self) -> np.ndarray:
        """The 5' base of each gene by + coordinates, int64 (genes,); on circular contigs it may exceed the length."""
        return np.where(self.strand > 0, self.start, self.end - 1)

    def take(self, rows: np.ndarray) -> "GeneTable":
        """Take the given rows, in their order.

        Parameters
        ----------
        rows
            Indices, or a mask of bool (genes,).

        Returns
        -------
        GeneTable
            The chosen genes.
        """
        which = np.arange(len(self))[rows].tolist()
        columns = (self.name, self.kind, self.locus_tag or ("",) * len(self))
        words = (tuple(column[row] for row in which) for column in columns)
        return GeneTable(self.contig[which], self.start[which], self.end[which], self.strand[which], *words)
