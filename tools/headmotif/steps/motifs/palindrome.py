"""Is a motif its own reverse complement, as the sites of dimers are?

The motif is compared with versions of it that are symmetric about some centre, by Schwarz's criterion. A symmetric
motif has half as many free frequencies, and loses likelihood where the halves differ.
"""

import numpy as np

from ..sequence.markov import Background, to_markov
from .stretches import tile_windows
from .zoops import Alignment, fit

LEAST = 0.75
"""Least share of the motif's information in the columns that pair: two uninformative ends that are alike are no
palindrome."""


def make_palindromic(
    found: Alignment, windows: np.ndarray, weight: np.ndarray, background: Background | np.ndarray, both: bool = False
) -> np.ndarray | None:
    """Make a motif symmetric if the symmetric one explains the windows better.

    Parameters
    ----------
    found
        The motif.
    windows, weight, background, both
        As in `zoops.discover`.

    Returns
    -------
    numpy.ndarray or None
        float64 (width, 4), the symmetric motif; None where the motif as it is explains the windows better.
    """
    matrix, chance = found.matrix, to_markov(background)
    width, seen = len(matrix), tile_windows(windows, len(found.matrix), chance, both)
    penalty = 1.5 * np.log(max(len(windows), 2))
    bits = np.maximum((matrix * np.log2(matrix / chance.composition)).sum(axis=1), 0)
    best, kept = fit(seen, weight, matrix)[0] - penalty * width, None
    for twice in range(width // 2, width + (width + 1) // 2 + 1):  # column i pairs with column twice - 1 - i
        i = np.arange(width)
        other = twice - 1 - i
        paired = (other >= 0) & (other < width)
        if bits[paired].sum() < LEAST * bits.sum() or paired.sum() < 4:
            continue
        symmetric = matrix.copy()
        symmetric[paired] = (matrix[paired] + matrix[other[paired], ::-1]) / 2
        gain = fit(seen, weight, symmetric)[0] - penalty * (width - paired.sum() / 2)
        if gain > best:
            best, kept = gain, symmetric
    return kept
