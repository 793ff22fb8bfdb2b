"""The class of a site by the genes around it, and the fifth of its set that its strength is in.

A model that sees both sides of a site also sees start codons and codon usage. Upstream of genes it can do well without
any promoter. Scores are therefore reported by class.
"""

import numpy as np

from ...data import Contigs

CLASSES = ("upstream", "internal", "antisense", "orphan")
UPSTREAM, INTERNAL, ANTISENSE, ORPHAN = range(4)
REACH = 300
"""Nucleotides before the first base of a gene that are upstream of it."""
FIFTHS = 5


def classes(genes: np.ndarray, contigs: Contigs, reach: int = REACH) -> np.ndarray:
    """Find the class of every nucleotide.

    The first class that applies counts. Internal: inside a gene of the same strand, its first nucleotide included.
    Upstream: at most `reach` nt before the start of a gene of the same strand. Antisense: inside a gene of the other
    strand. Orphan: all others.

    Parameters
    ----------
    genes
        int (genes, 4), for each the contig's index, start, end (+ coordinates, 0-based half-open) and strand (+1 or
        -1). On circular contigs the end may exceed the length, and genes and upstream parts continue over the origin.
        On linear contigs whatever lies beyond the ends is cut off.
    contigs
        The contigs, end to end N nucleotides long.
    reach
        Nucleotides before a gene that are upstream of it.

    Returns
    -------
    numpy.ndarray
        uint8 (2, N), index into `CLASSES`; rows + and -, both by + coordinates.
    """
    start = contigs.start
    inside, before = np.zeros((2, 2, start[-1]), bool)
    for index, first, end, strand in np.asarray(genes, np.int64).reshape(-1, 4).tolist():
        row, span = int(strand < 0), slice(start[index], start[index + 1])
        cover(inside[row, span], first, end, contigs[index].circular)
        upstream = (first - reach, first) if strand > 0 else (end, end + reach)
        cover(before[row, span], *upstream, contigs[index].circular)
    result = np.full(inside.shape, ORPHAN, np.uint8)
    result[inside[::-1]] = ANTISENSE
    result[before] = UPSTREAM
    result[inside] = INTERNAL
    return result


def cover(row: np.ndarray, start: int, end: int, circular: bool, value: int = 1) -> None:
    """Set a range of a contig's row to a value, in place.

    Parameters
    ----------
    row
        (length,), one value per nucleotide.
    start, end
        0-based half-open; what lies beyond the ends of a linear contig is left out.
    circular
        Whether the range continues over the origin.
    value
        The value to set.
    """
    if circular and (start < 0 or end > len(row)):
        row[np.arange(start, end) % len(row)] = value
    else:
        row[max(start, 0) : max(end, 0)] = value


def fifths(strength: np.ndarray) -> np.ndarray:
    """Divide sites into fifths by strength.

    Equal strengths are in one fifth, so fifths can differ in size.

    Parameters
    ----------
    strength
        float (sites,), NaN where there is none.

    Returns
    -------
    numpy.ndarray
        int8 (sites,), 0 for the weakest fifth to 4 for the strongest; -1 where the strength is NaN.
    """
    given = np.isfinite(strength)
    result = np.full(len(strength), -1, np.int8)
    if given.any():
        borders = np.quantile(strength[given], np.arange(1, FIFTHS) / FIFTHS)
        result[given] = np.searchsorted(borders, strength[given], side="left")
    return result
