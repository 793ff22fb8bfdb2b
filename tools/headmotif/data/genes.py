"""The genes that a genome is known to have."""

from dataclasses import dataclass

import numpy as np

from .check import check


@dataclass(frozen=True, eq=False)
class GeneTable:
    """Genes of any kind, in the order given; they may overlap.

    contig: int32 (genes,), index into the genome's contigs. start, end: int64 (genes,), 0-based, half-open, start <
    end; on a circle a start lies on it and an end beyond its length goes on over the origin. strand: int8 (genes,), +1
    or -1. name: the gene's symbol, its locus tag where it has none, "" where it has neither. kind: what it codes for
    (protein_coding, tRNA) where that is known, else what it is called there (gene, CDS).
    """

    contig: np.ndarray
    start: np.ndarray
    end: np.ndarray
    strand: np.ndarray
    name: tuple[str, ...]
    kind: tuple[str, ...]

    def __post_init__(self) -> None:
        columns = (self.contig, self.end, self.strand, self.name, self.kind)
        check(all(len(column) == len(self.start) for column in columns), "columns of genes differ in length")
        check(bool((self.end > self.start).all()), "a gene is empty")
        check(bool(np.isin(self.strand, (-1, 1)).all()), "a strand is neither +1 nor -1")

    def __len__(self) -> int:
        return len(self.start)

    @property
    def spans(self) -> np.ndarray:
        """Contig, start, end and strand of each, int64 (genes, 4)."""
        return np.stack([self.contig, self.start, self.end, self.strand], axis=1).astype(np.int64)

    def take(self, rows: np.ndarray) -> "GeneTable":
        """The given rows (indices or a mask), in their order."""
        which = np.arange(len(self))[rows].tolist()
        names, kinds = (tuple(column[row] for row in which) for column in (self.name, self.kind))
        return GeneTable(self.contig[which], self.start[which], self.end[which], self.strand[which], names, kinds)
