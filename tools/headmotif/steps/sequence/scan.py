"""Scan a sequence for a motif: a log-odds score at every position, and how often chance reaches a score.

Scores are in bits: the sum over the columns of log2(probability in the motif / probability in the background). The
score distribution of a random word of independent bases is an exact convolution over scores that are rounded to a grid
(Staden 1989, CABIOS 5:89). A threshold from it is therefore off by at most width x step / 2 bits.
"""

import numpy as np

from ...alphabet import N
from ...data import Motif

PSEUDO = 1.0
"""Pseudo-count in sites: how much background is mixed into a motif before its logarithm is taken."""
UNKNOWN_SITES = 20.0
"""Number of sites assumed for a motif that does not give it."""
STEP = 0.001
"""Grid of the score distribution, in bits."""


def log_odds(motif: Motif, background: np.ndarray | None = None, pseudo: float = PSEUDO) -> np.ndarray:
    """Turn a motif into scores.

    Parameters
    ----------
    motif
        The motif. Where its number of sites is unknown, `UNKNOWN_SITES` is assumed.
    background
        float64 (4,), frequencies of A, C, G and T; by default those of the motif.
    pseudo
        Sites' worth of background added to those of the motif. With 0, letters that were never seen score -inf.

    Returns
    -------
    numpy.ndarray
        float64 (width, 4), bits.

    Examples
    --------
    >>> motif = Motif("TA", np.array([[0, 0, 0, 1], [1, 0, 0, 0]]), nsites=3)
    >>> log_odds(motif).round(2).tolist()
    [[-2.0, -2.0, -2.0, 1.7], [1.7, -2.0, -2.0, -2.0]]
    """
    background = motif.background if background is None else np.asarray(background, dtype=np.float64)
    n = motif.nsites if np.isfinite(motif.nsites) else UNKNOWN_SITES
    probability = (motif.matrix * n + pseudo * background) / (n + pseudo)
    with np.errstate(divide="ignore"):
        return np.log2(probability / background)


def reverse_complement_scores(scores: np.ndarray) -> np.ndarray:
    """Turn scores round, so that a scan of the + strand finds the sites on the - strand.

    Parameters
    ----------
    scores
        float64 (width, 4).

    Returns
    -------
    numpy.ndarray
        float64 (width, 4), a view.
    """
    return scores[::-1, ::-1]


def scan(codes: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Score every window of the strand as given.

    For the other strand, scan the same codes with `reverse_complement_scores`; positions are still + coordinates.

    Parameters
    ----------
    codes
        uint8 (length,), codes 0-4.
    scores
        float64 (width, 4), bits.

    Returns
    -------
    numpy.ndarray
        float64 (length - width + 1,), by the window's first base; -inf for a window with an N. Empty if the sequence is
        shorter than the motif.

    Examples
    --------
    >>> scan(np.array([3, 0, 4, 0], np.uint8), np.array([[0, 0, 0, 2.0], [1.0, 0, 0, 0]])).tolist()
    [3.0, -inf, -inf]
    """
    width = len(scores)
    places = len(codes) - width + 1
    if places <= 0:
        return np.empty(0)
    tables = np.full((width, N + 1), -np.inf)
    tables[:, :N] = scores
    total = np.zeros(places)
    triples = None
    column = 0
    while column < width:
        # Three columns at once: one index into 125 sums instead of three into 5 scores.
        if width - column >= 3:
            if triples is None:
                triples = (codes[:-2] * np.uint8(25) + codes[1:-1] * np.uint8(5) + codes[2:]).astype(np.uint8)
            a, b, c = tables[column : column + 3]
            table = (a[:, None, None] + b[None, :, None] + c[None, None, :]).ravel()  # (125,)
            total += table[triples[column : column + places]]
            column += 3
        else:
            total += tables[column][codes[column : column + places]]
            column += 1
    return total


def score_distribution(scores: np.ndarray, background: np.ndarray, step: float = STEP) -> tuple[np.ndarray, np.ndarray]:
    """Compute which scores a random word can reach, and how probable each is.

    Letters of score -inf are in no bin, so the probabilities may sum to less than 1.

    Parameters
    ----------
    scores
        float64 (width, 4), bits.
    background
        float64 (4,), frequencies of A, C, G and T.
    step
        Width of a bin in bits.

    Returns
    -------
    tuple of numpy.ndarray
        Scores in bits, float64 (bins,), ascending by `step`; their probabilities, float64 (bins,).

    Examples
    --------
    >>> values, probability = score_distribution(np.array([[1.0, 0, 0, 0]]), np.full(4, 0.25), step=1.0)
    >>> values.tolist(), probability.tolist()
    ([0.0, 1.0], [0.75, 0.25])
    """
    possible = np.isfinite(scores)
    grid = np.where(possible, np.rint(np.where(possible, scores, 0) / step), 0).astype(np.int64)  # (width, 4)
    lowest = np.where(possible, grid, np.iinfo(np.int64).max).min(axis=1)
    probability = np.ones(1)
    for row, finite, low in zip(grid, possible, lowest, strict=True):
        shift = np.where(finite, row - low, 0)
        longer = np.zeros(len(probability) + int(shift.max()))
        for letter in np.flatnonzero(finite):
            longer[shift[letter] : shift[letter] + len(probability)] += background[letter] * probability
        probability = longer
    return (int(lowest.sum()) + np.arange(len(probability))) * step, probability


def threshold(scores: np.ndarray, background: np.ndarray, p: float, step: float = STEP) -> float:
    """Find the lowest score that a random word reaches with a probability of at most `p`.

    Parameters
    ----------
    scores
        float64 (width, 4), bits.
    background
        float64 (4,), frequencies of A, C, G and T.
    p
        Probability, 0 to 1.
    step
        Grid of the scores in bits.

    Returns
    -------
    float
        Bits; inf where even the best word is more probable than `p`.

    Examples
    --------
    >>> threshold(np.array([[2.0, 0, 0, 0], [2.0, 0, 0, 0]]), np.full(4, 0.25), p=0.1) <= 4
    True
    >>> threshold(np.array([[2.0, 0, 0, 0]]), np.full(4, 0.25), p=0.1)
    inf
    """
    values, probability = score_distribution(scores, background, step)
    tail = _tail(probability)
    # Bins that no word reaches would lower the threshold without need, and rounding would decide by how much.
    rare = np.flatnonzero((tail <= p * (1 + 1e-9)) & (probability > 0))
    return float(values[rare[0]] - step * len(scores) / 2) if len(rare) else float("inf")


def p_values(found: np.ndarray, scores: np.ndarray, background: np.ndarray, step: float = STEP) -> np.ndarray:
    """Compute the probability that a random word scores at least as high.

    Parameters
    ----------
    found
        float64 of any shape, scores in bits.
    scores
        float64 (width, 4), the motif's scores in bits.
    background
        float64 (4,), frequencies of A, C, G and T.
    step
        Grid of the scores in bits.

    Returns
    -------
    numpy.ndarray
        float64 of the shape of `found`; 1 for -inf.

    Examples
    --------
    >>> p_values(np.array([4.0, 2.0]), np.array([[2.0, 0, 0, 0], [2.0, 0, 0, 0]]), np.full(4, 0.25)).tolist()
    [0.0625, 0.4375]
    """
    values, probability = score_distribution(scores, background, step)
    tail = np.append(_tail(probability), 0.0)
    reached = np.where(np.isfinite(found), found, values[0]) - step * (len(scores) + 1) / 2
    p = tail[np.clip(np.searchsorted(values, reached), 0, len(values))]
    return np.where(np.isneginf(found), 1.0, p)


def _tail(probability: np.ndarray) -> np.ndarray:
    """P(score >= that of the bin), (bins,)."""
    return np.minimum(np.cumsum(probability[::-1])[::-1], 1.0)
