"""What P says around genes, with no site known: how far it stands out upstream of them, and how sharp it is.

A genome has most of its promoters before genes. A network that reads it has its highest P there, at one base, and
lower P inside the genes and on their other strand; one that does not read it has not.
"""

from dataclasses import dataclass

import numpy as np

from ...alphabet import N
from ...data import Genome
from ..sites.genomic_class import REACH
from ..statistics.metrics import score_against

INSIDE = (100, 400)
"""Nucleotides from a gene's first base on whose P is compared with that of the 300 nt upstream."""
UTR = range(16, 116)
"""Nucleotides before a gene's first base where most start sites lie."""
NEAR = 2
"""Two networks agree on a gene if their best positions upstream are at most so many nucleotides apart."""
FEWEST = 50
"""With fewer genes nothing is said."""


@dataclass(frozen=True, eq=False)
class Windows:
    """Equally long windows of genes, one upstream of each gene and one inside it.

    Attributes
    ----------
    row
        int64 (genes,), 0 for genes of the + strand, 1 for those of the - strand.
    upstream, inside
        int64 (genes,), the first nucleotide of each window by + coordinates, contigs end to end; `REACH` nucleotides
        each.
    """

    row: np.ndarray
    upstream: np.ndarray
    inside: np.ndarray

    def __len__(self) -> int:
        return len(self.row)

    def take(self, rows: np.ndarray) -> "Windows":
        """Take some of the genes.

        Parameters
        ----------
        rows
            Indices, or a mask.

        Returns
        -------
        Windows
            Their windows.
        """
        return Windows(self.row[rows], self.upstream[rows], self.inside[rows])

    def cover_upstream(self, length: int) -> np.ndarray:
        """Mark the nucleotides of the windows upstream.

        Parameters
        ----------
        length
            Nucleotides of the genome.

        Returns
        -------
        numpy.ndarray
            bool (length,).
        """
        return _cover(self.upstream, length)

    def cover_inside(self, length: int) -> np.ndarray:
        """Mark the nucleotides of the windows inside genes.

        Parameters
        ----------
        length
            Nucleotides of the genome.

        Returns
        -------
        numpy.ndarray
            bool (length,).
        """
        return _cover(self.inside, length)


@dataclass(frozen=True)
class Signs:
    """What P says around genes. Values are NaN where there are too few genes.

    Attributes
    ----------
    genes
        Number of genes.
    over_inside
        Share of pairs of an upstream window and one inside a gene in which the first has the higher maximum of P, ties
        counted half: 0.5 by chance.
    over_antisense
        The same with the windows inside the genes on the other strand.
    sharpness
        Mean share that the highest P upstream has of the sum of P there, 0 to 1.
    near_start
        Share of genes whose best position lies within `UTR` of their first base: a third by chance, more for real start
        sites.
    contrast
        Mean of the highest P upstream over that of the highest P inside, both strands counted, as a share of their sum.
    agreement
        Share of genes for which another network has its best position upstream within 2 nt; NaN without one.
    """

    genes: int
    over_inside: float = float("nan")
    over_antisense: float = float("nan")
    sharpness: float = float("nan")
    near_start: float = float("nan")
    contrast: float = float("nan")
    agreement: float = float("nan")


def choose_windows(genome: Genome, genes: np.ndarray, number: int = 0, seed: int = 0) -> Windows:
    """Choose the windows of genes that are long enough, lie whole on their contig and hold no N.

    Parameters
    ----------
    genome
        The sequence.
    genes
        int (genes, 4): contig, start, end and strand, as `GeneTable.spans`.
    number
        Most genes, drawn at random; 0: all.
    seed
        Seed of the draw.

    Returns
    -------
    Windows
        The windows, in the order of the genes.
    """
    contig, begin, end, strand = np.asarray(genes, np.int64).reshape(-1, 4).T
    first, last = genome.start[contig], genome.start[contig + 1]
    forward = strand > 0
    upstream = first + np.where(forward, begin - REACH, end)
    inside = first + np.where(forward, begin + INSIDE[0], end - INSIDE[1])
    unknown = np.concatenate([[0], np.cumsum(genome.base == N)])

    def is_whole(start: np.ndarray) -> np.ndarray:
        on = (start >= first) & (start + REACH <= last)
        stop = np.minimum(np.maximum(start, 0) + REACH, len(genome.base))
        return on & (unknown[stop] == unknown[np.clip(start, 0, len(genome.base))])

    usable = np.flatnonzero((end - begin >= INSIDE[1]) & is_whole(upstream) & is_whole(inside))
    if number and len(usable) > number:
        usable = np.sort(np.random.default_rng(seed).choice(usable, number, replace=False))
    return Windows((~forward[usable]).astype(np.int64), upstream[usable], inside[usable])


def find_signs(windows: Windows, p: np.ndarray, other: np.ndarray | None = None) -> Signs:
    """Compute the signs from P.

    Parameters
    ----------
    windows
        The windows.
    p
        float (2, N), rows + and -, both by + coordinates; known in all windows.
    other
        The same of another network.

    Returns
    -------
    Signs
        The signs; NaN with fewer than `FEWEST` windows.
    """
    if len(windows) < FEWEST:
        return Signs(len(windows))
    row, upstream, inside = windows.row[:, None], _spread(windows.upstream), _spread(windows.inside)
    before = p[row, upstream]
    highest, best = before.max(1), before.argmax(1)
    inner, other_strand = p[row, inside].max(1), p[1 - row, inside].max(1)
    distance = np.where(windows.row == 0, REACH - best, best + 1)
    average, elsewhere = float(highest.mean()), float((inner.mean() + other_strand.mean()) / 2)
    agreement = float("nan")
    if other is not None:
        agreement = float((np.abs(best - other[row, upstream].argmax(1)) <= NEAR).mean())
    return Signs(
        len(windows),
        score_against(highest, np.sort(inner)).roc_auc,
        score_against(highest, np.sort(other_strand)).roc_auc,
        float((highest / np.maximum(before.sum(1), 1e-12)).mean()),
        float(np.isin(distance, UTR).mean()),
        average / max(average + elsewhere, 1e-12),
        agreement,
    )


def _cover(start: np.ndarray, length: int) -> np.ndarray:
    covered = np.zeros(length, bool)
    covered[_spread(start)] = True
    return covered


def _spread(start: np.ndarray) -> np.ndarray:
    """All nucleotides of windows, int64 (windows, REACH)."""
    return start[:, None] + np.arange(REACH)
