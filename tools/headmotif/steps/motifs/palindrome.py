"""Is a motif its own reverse complement, as the sites of dimers are?

Of the motif as it is and the motif made symmetric about some centre, the one that explains the sequences better is
taken, by Schwarz's criterion: a symmetric one has half the free frequencies, and loses likelihood where the halves
differ.
"""

import numpy as np

from ..sequence.markov import Background, as_markov
from .zoops import Alignment, fitted, laid

LEAST = 0.75
"""The columns that pair must hold this share of the motif's information: two faint ends alike are no palindrome."""


def palindromic(
    found: Alignment, windows: np.ndarray, weight: np.ndarray, background: Background | np.ndarray, both: bool = False
) -> np.ndarray | None:
    """The motif made symmetric, float64 (width, 4), where that explains the windows better, else None; arguments as of
    `zoops.discover`."""
    matrix, chance = found.matrix, as_markov(background)
    width, seen = len(matrix), laid(windows, len(found.matrix), chance, both)
    penalty = 1.5 * np.log(max(len(windows), 2))
    bits = np.maximum((matrix * np.log2(matrix / chance.composition)).sum(axis=1), 0)
    best, kept = fitted(seen, weight, matrix)[0] - penalty * width, None
    for twice in range(width // 2, width + (width + 1) // 2 + 1):  # column i pairs with column twice - 1 - i
        i = np.arange(width)
        other = twice - 1 - i
        paired = (other >= 0) & (other < width)
        if bits[paired].sum() < LEAST * bits.sum() or paired.sum() < 4:
            continue
        symmetric = matrix.copy()
        symmetric[paired] = (matrix[paired] + matrix[other[paired], ::-1]) / 2
        gain = fitted(seen, weight, symmetric)[0] - penalty * (width - paired.sum() / 2)
        if gain > best:
            best, kept = gain, symmetric
    return kept
