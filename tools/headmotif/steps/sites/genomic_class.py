"""What kind of place a site lies at, from the genes around it, and how strong it is among its set.

A model that sees both sides of a site also sees start codons and codon usage: upstream of genes it can do well without
any promoter. So scores are to be told by class.
"""

import numpy as np

from ...data import Contigs

CLASSES = ("upstream", "inside", "antisense", "orphan")
UPSTREAM, INSIDE, ANTISENSE, ORPHAN = range(4)
REACH = 300
"""So many nucleotides before a gene's first are upstream of it."""
FIFTHS = 5


def classes(genes: np.ndarray, contigs: Contigs, reach: int = REACH) -> np.ndarray:
    """uint8 (2, N): the class of every nucleotide, an index into `CLASSES`; rows + and -, both by + coordinates,
    contigs end to end.

    The first that holds counts: inside a gene of its own strand, the first nucleotide included; upstream, at most
    `reach` nt before the start of a gene of its own strand; antisense, inside a gene of the other strand; orphan.

    genes: int (genes, 4), each a contig's index, start, end (0-based, half-open) and strand (+1 or -1). On a circle,
    genes with an end beyond its length and the stretches before genes go on over the origin; on a line, what lies off
    the contig is cut off.
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
    result[inside] = INSIDE
    return result


def cover(row: np.ndarray, start: int, end: int, circular: bool, value: int = 1) -> None:
    """Set one stretch of a contig's row."""
    if circular and (start < 0 or end > len(row)):
        row[np.arange(start, end) % len(row)] = value
    else:
        row[max(start, 0) : max(end, 0)] = value


def fifths(strength: np.ndarray) -> np.ndarray:
    """int8 (sites,): the fifth of each site by its strength among those given, 0 the weakest, 4 the strongest; -1 where
    it is NaN.

    Equal strengths are in one fifth, so fifths can differ in size.
    """
    given = np.isfinite(strength)
    result = np.full(len(strength), -1, np.int8)
    if given.any():
        borders = np.quantile(strength[given], np.arange(1, FIFTHS) / FIFTHS)
        result[given] = np.searchsorted(borders, strength[given], side="left")
    return result
