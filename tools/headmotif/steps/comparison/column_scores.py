"""How alike two columns of motifs are; a higher score is more alike.

Every score adds A with T and C with G first, so that complementing both columns gives the same number to the last bit:
a query and its reverse complement fall into the same bins, and no rounding chooses the strand.

Pearson's correlation is the default, Tomtom's is the Euclidean distance. On E. coli's factors in three collections both
find about as many (DPInteract in SwissRegulon: 40 and 38 of 47 first), but the Euclidean distance takes uniform columns
for half alike: it calls two to five times more pairs significant, and loses TATAAT in a sigma-70 motif with its spacer
(p = 0.03, Pearson 0.0002).
"""

import numpy as np

PSEUDOSITES = 1 / 21
"""Kullback-Leibler and ALLR take logarithms: one uniform site is added to an assumed twenty."""


def euclidean(query: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Minus the Euclidean distance, float64 (q, t) in [-sqrt 2, 0], of columns (q, 4) and (t, 4)."""

    def square(base: int) -> np.ndarray:
        return np.subtract.outer(query[:, base], target[:, base]) ** 2

    return -np.sqrt((square(0) + square(3)) + (square(1) + square(2)))


def pearson(query: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Pearson's correlation, float64 (q, t) in [-1, 1]; 0 where a column is uniform (Pietrokovski 1996)."""

    def unit(columns: np.ndarray) -> np.ndarray:
        centred = columns - 0.25
        length = np.sqrt(_pairwise_sum(centred * centred))[:, None]
        return np.divide(centred, length, out=np.zeros_like(centred), where=length > 1e-9)

    return _dot(unit(query), unit(target))


def kullback_leibler(query: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Minus the mean of the two Kullback-Leibler divergences, float64 (q, t) <= 0, in nats (Roepcke et al. 2005)."""
    query, target = _smoothed(query), _smoothed(target)
    log_query, log_target = np.log(query), np.log(target)
    own = np.add.outer(_pairwise_sum(query * log_query), _pairwise_sum(target * log_target))
    return -0.5 * (own - (_dot(query, log_target) + _dot(log_query, target)))


def allr(query: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Average log-likelihood ratio, float64 (q, t), in nats (Wang & Stormo 2003, Bioinformatics 19:2369).

    Both motifs count alike, since the number of sites is often unknown; the background is uniform.
    """
    query, target = _smoothed(query), _smoothed(target)
    return 0.5 * (_dot(query, np.log(4 * target)) + _dot(np.log(4 * query), target))


SCORES = {"pearson": pearson, "euclidean": euclidean, "kullback-leibler": kullback_leibler, "allr": allr}


def _smoothed(columns: np.ndarray) -> np.ndarray:
    return columns * (1 - PSEUDOSITES) + 0.25 * PSEUDOSITES


def _dot(query: np.ndarray, target: np.ndarray) -> np.ndarray:
    product = [np.multiply.outer(query[:, base], target[:, base]) for base in range(4)]
    return (product[0] + product[3]) + (product[1] + product[2])


def _pairwise_sum(columns: np.ndarray) -> np.ndarray:
    return (columns[:, 0] + columns[:, 3]) + (columns[:, 1] + columns[:, 2])
