"""Is a motif its own reverse complement, as the sites of dimers are?

The motif is compared with versions of it that are symmetric about some centre, by Schwarz's criterion. A symmetric
motif has half as many free frequencies, and loses likelihood where the halves differ.
"""

import numpy as np

from ..sequence.markov import Background, to_markov
from .expectation import fit_share, sum_odds
from .stretches import read_strands, tile
from .zoops import Alignment

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
    width, seen = len(matrix), tile(read_strands(windows, chance, both), (len(matrix),))
    penalty = 1.5 * np.log(max(len(windows), 2))
    bits = np.maximum((matrix * np.log2(matrix / chance.composition)).sum(axis=1), 0)
    candidates, free = [matrix], [float(width)]  # free: columns with frequencies of their own
    for twice in range(width // 2, width + (width + 1) // 2 + 1):  # column i pairs with column twice - 1 - i
        i = np.arange(width)
        other = twice - 1 - i
        paired = (other >= 0) & (other < width)
        if bits[paired].sum() < LEAST * bits.sum() or paired.sum() < 4:
            continue
        symmetric = matrix.copy()
        symmetric[paired] = (matrix[paired] + matrix[other[paired], ::-1]) / 2
        candidates.append(symmetric)
        free.append(width - paired.sum() / 2)
    likelihood, _share = fit_share(sum_odds(seen, candidates), weight)
    best = int(np.argmax(likelihood - penalty * np.array(free)))
    return candidates[best] if best else None
