"""Probabilities from log-odds, log2(probability / background), when a file holds nothing else.

Neither the unit nor the background is certain. MEME writes hundredths of a bit, other programs write bits; and the
background of a file is not always that of each of its matrices. Both show in the scores, since background times odds
sums to 1 at every position.
"""

import numpy as np

HIGHEST = 8
"""A base with a background of 1/256 and a probability of 1 has this score in bits. Higher scores are hundredths."""
ALIKE = 0.05
"""How far a sum may stray from 1: scores in bits have one or two decimals."""
ENOUGH = 5
"""Positions that tell a background of four shares, with some to spare that contradict a wrong one."""


def probabilities(scores: np.ndarray, background: np.ndarray) -> np.ndarray | None:
    """Compute probabilities from log-odds in bits or hundredths of a bit.

    The background is the given one or the one that fits the scores best, whichever makes all positions sum to 1 more
    closely.

    Parameters
    ----------
    scores
        Log-odds (width, 4), columns A C G T.
    background
        The frequencies of A C G T, (4,), that the file states.

    Returns
    -------
    numpy.ndarray or None
        float64 (width, 4), each row sums to 1. None if the scores fit neither unit.
    """
    odds = np.exp2(np.minimum(scores / (1 if scores.max() <= HIGHEST else 100), 60))
    backgrounds = np.maximum(background, 1e-9), _fit(odds, background)
    joint = min((odds * shares for shares in backgrounds), key=_deviation)
    return joint / joint.sum(axis=1, keepdims=True) if _deviation(joint) <= ALIKE else None


def _deviation(joint: np.ndarray) -> float:
    """How far the sum of a position strays from 1 at most; infinite if a probability is negative."""
    return float(np.abs(joint.sum(axis=1) - 1).max()) if joint.min() >= 0 else np.inf


def _fit(odds: np.ndarray, background: np.ndarray) -> np.ndarray:
    """The background nearest to the given one with which every position sums to 1; zeros if the positions are few or
    allow none."""
    if len(odds) < ENOUGH:
        return np.zeros(4)
    equations = np.vstack([odds, np.ones(4)])
    lacks = np.append(1 - odds @ background, 1 - background.sum())
    found = background + np.linalg.lstsq(equations, lacks, rcond=None)[0]
    return found if abs(found.sum() - 1) <= ALIKE else np.zeros(4)
