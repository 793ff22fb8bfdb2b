"""Similarity of two columns of motifs; a higher score is more similar.

Every score adds A with T and C with G first, so that complementing both columns gives the same number to the last bit.
A query and its reverse complement then fall into the same bins, and rounding never decides the strand.

Pearson's correlation is the default, and the Euclidean distance is Tomtom's. On the motifs of *E. coli* TFs in three
collections both find about as many (DPInteract in SwissRegulon: 40 and 38 of 47 ranked first). But the Euclidean
distance takes uniform columns to be half similar. It calls two to five times more pairs significant, and misses TATAAT
in a sigma70 motif with its spacer (p = 0.03, Pearson 0.0002).
"""

import numpy as np

PSEUDOSITES = 1 / 21
"""Share of a uniform distribution in each column: one site is added to an assumed twenty, because Kullback-Leibler and
ALLR take logarithms."""


def euclidean(query: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Return minus the Euclidean distance of each two columns.

    Parameters
    ----------
    query
        float64 (q, 4), probabilities.
    target
        float64 (t, 4), probabilities.

    Returns
    -------
    numpy.ndarray
        float64 (q, t), from -sqrt 2 to 0.
    """

    def square(base: int) -> np.ndarray:
        return np.subtract.outer(query[:, base], target[:, base]) ** 2

    return -np.sqrt((square(0) + square(3)) + (square(1) + square(2)))


def pearson(query: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Return Pearson's correlation of each two columns (Pietrokovski 1996).

    Parameters
    ----------
    query
        float64 (q, 4), probabilities.
    target
        float64 (t, 4), probabilities.

    Returns
    -------
    numpy.ndarray
        float64 (q, t), from -1 to 1; 0 where a column is uniform.
    """

    def unit(columns: np.ndarray) -> np.ndarray:
        centred = columns - 0.25
        length = np.sqrt(_pairwise_sum(centred * centred))[:, None]
        return np.divide(centred, length, out=np.zeros_like(centred), where=length > 1e-9)

    return _dot(unit(query), unit(target))


def kullback_leibler(query: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Return minus the mean of the two Kullback-Leibler divergences of each two columns (Roepcke et al. 2005).

    Parameters
    ----------
    query
        float64 (q, 4), probabilities.
    target
        float64 (t, 4), probabilities.

    Returns
    -------
    numpy.ndarray
        float64 (q, t), at most 0, in nats.
    """
    query, target = _smooth(query), _smooth(target)
    log_query, log_target = np.log(query), np.log(target)
    own = np.add.outer(_pairwise_sum(query * log_query), _pairwise_sum(target * log_target))
    return -0.5 * (own - (_dot(query, log_target) + _dot(log_query, target)))


def allr(query: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Return the average log-likelihood ratio of each two columns (Wang & Stormo 2003, Bioinformatics 19:2369).

    Both motifs count alike, since the number of sites is often unknown; the background is uniform.

    Parameters
    ----------
    query
        float64 (q, 4), probabilities.
    target
        float64 (t, 4), probabilities.

    Returns
    -------
    numpy.ndarray
        float64 (q, t), in nats.
    """
    query, target = _smooth(query), _smooth(target)
    return 0.5 * (_dot(query, np.log(4 * target)) + _dot(np.log(4 * query), target))


SCORES = {"pearson": pearson, "euclidean": euclidean, "kullback-leibler": kullback_leibler, "allr": allr}


def _smooth(columns: np.ndarray) -> np.ndarray:
    return columns * (1 - PSEUDOSITES) + 0.25 * PSEUDOSITES


def _dot(query: np.ndarray, target: np.ndarray) -> np.ndarray:
    product = [np.multiply.outer(query[:, base], target[:, base]) for base in range(4)]
    return (product[0] + product[3]) + (product[1] + product[2])


def _pairwise_sum(columns: np.ndarray) -> np.ndarray:
    return (columns[:, 0] + columns[:, 3]) + (columns[:, 1] + columns[:, 2])
