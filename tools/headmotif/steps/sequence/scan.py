"""A motif laid over a sequence: log-odds scores at every place, and how often chance reaches a score.

Scores are in bits: the sum over the columns of log2(probability in the motif / probability in the background). The
distribution of the score of a random word of independent bases is an exact convolution over scores rounded to a grid
(Staden 1989, CABIOS 5:89); what it says of a threshold is therefore off by at most width x step / 2 bits.
"""

import numpy as np

from ...alphabet import N
from ...data import Motif

PSEUDO = 1.0
"""Sites' worth of background that are mixed into a motif before its logarithm is taken."""
UNKNOWN_SITES = 20.0
"""Sites taken to stand behind a motif that does not tell their number."""
STEP = 0.001
"""Bits; the grid of the scores' distribution."""


def log_odds(motif: Motif, background: np.ndarray | None = None, pseudo: float = PSEUDO) -> np.ndarray:
    """Scores in bits, float64 (width, 4), of a motif against `background` (4,), by default the motif's own.

    `pseudo` sites' worth of background are added to the motif's nsites (`UNKNOWN_SITES` where unknown); with 0, letters
    never seen score -inf.

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
    """The scores, (width, 4), with which a scan of the + strand finds the sites of the - strand."""
    return scores[::-1, ::-1]


def scan(codes: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """The score of every window of the strand as given: float64 (length - width + 1,), by the window's first base.

    codes: uint8 (length,), 0-4. scores: float64 (width, 4). Windows with an N score -inf. A sequence shorter than the
    motif gives an empty array. For the other strand scan with `reverse_complement_scores`: places are still +
    coordinates.

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
        # Three columns at once: one look-up in 125 sums instead of three in 5.
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
    """Scores that a random word can reach, and how likely: values float64 (bins,) ascending by `step` bits, probability
    (bins,).

    Letters of score -inf end in no bin, so that the probabilities may sum to less than 1.

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
    """The lowest score in bits that a random word reaches with a probability of at most `p`; inf where even the best
    word is likelier.

    >>> threshold(np.array([[2.0, 0, 0, 0], [2.0, 0, 0, 0]]), np.full(4, 0.25), p=0.1) <= 4
    True
    >>> threshold(np.array([[2.0, 0, 0, 0]]), np.full(4, 0.25), p=0.1)
    inf
    """
    values, probability = score_distribution(scores, background, step)
    tail = _tail(probability)
    # Scores that no word has would lower the threshold for nothing, and rounding would then decide.
    rare = np.flatnonzero((tail <= p * (1 + 1e-9)) & (probability > 0))
    return float(values[rare[0]] - step * len(scores) / 2) if len(rare) else float("inf")


def p_values(found: np.ndarray, scores: np.ndarray, background: np.ndarray, step: float = STEP) -> np.ndarray:
    """P(a random word scores at least this much), float64, for scores in bits of any shape; 1 for -inf.

    >>> p_values(np.array([4.0, 2.0]), np.array([[2.0, 0, 0, 0], [2.0, 0, 0, 0]]), np.full(4, 0.25)).tolist()
    [0.0625, 0.4375]
    """
    values, probability = score_distribution(scores, background, step)
    tail = np.append(_tail(probability), 0.0)
    reached = np.where(np.isfinite(found), found, values[0]) - step * (len(scores) + 1) / 2
    p = tail[np.clip(np.searchsorted(values, reached), 0, len(values))]
    return np.where(np.isneginf(found), 1.0, p)


def _tail(probability: np.ndarray) -> np.ndarray:
    """P(score >= this bin), (bins,)."""
    return np.minimum(np.cumsum(probability[::-1])[::-1], 1.0)
