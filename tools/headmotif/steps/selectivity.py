"""Is a motif there because the head chose it, or because sites have it at that distance anyway?

A motif found on one half of the sites is scored on the other half, at the places that the head attended to and at control places:
the same distances swapped among the sites, so that the profile over distance stays and the choice by content is gone.
A head which looks at a fixed distance, whatever stands there, scores the same at both.
"""

import math

import numpy as np

from .align import Alignment, log_odds, places

SLACK = 1
"""Bases by which the motif may lie off its usual place from the attended base."""


def usual_start(found: Alignment, weight: np.ndarray) -> int:
    """Where in the windows the motif mostly starts."""
    votes = np.bincount(found.start, weights=found.present * weight)
    return int(votes.argmax())


def scores(windows: np.ndarray, matrix: np.ndarray, background: np.ndarray, start: int | None) -> np.ndarray:
    """Best log-odds, float64 (sequences,), of the motif near `start` in windows uint8 (sequences, length), or anywhere for None.

    -inf where every place holds an N.
    """
    width = len(matrix)
    if start is not None:
        windows = windows[:, max(start - SLACK, 0) : start + width + SLACK]
    hot, valid = places(windows, width)
    score = hot.astype(np.float64) @ log_odds(matrix, background).ravel()
    return np.where(valid, score, -np.inf).max(axis=1)


def rank_test(here: np.ndarray, control: np.ndarray) -> float:
    """One-sided p that values `here` are no larger than those of `control` (Mann & Whitney 1947, normal approximation, ties counted).

    >>> rank_test(np.arange(10.0) + 8, np.arange(10.0)) < 0.001
    True
    """
    n, m = len(here), len(control)
    if n == 0 or m == 0:
        return 1.0
    values, inverse, count = np.unique(np.concatenate([here, control]), return_inverse=True, return_counts=True)
    if len(values) == 1:
        return 1.0
    rank = np.cumsum(count) - (count - 1) / 2
    u = rank[inverse[:n]].sum() - n * (n + 1) / 2
    total = n + m
    spread = math.sqrt(n * m / 12 * (total + 1 - (count**3 - count).sum() / (total * (total - 1))))
    return 0.5 * math.erfc((u - n * m / 2 - 0.5) / spread / math.sqrt(2))
