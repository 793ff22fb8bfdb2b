"""Is a motif there because the head chose it, or because sites have it at that distance anyway?

A motif found on one half of the sites is scored on the other half, at the places that the head attended to and at the same distances
swapped among the sites: the profile over distance stays and the choice by content is gone. A head which looks at a fixed distance,
whatever stands there, scores the same at both.
"""

import math

import numpy as np

from .align import Alignment

LEAST = 1e-12
"""The normal tails below are no measure of anything smaller."""


def usual_start(found: Alignment, weight: np.ndarray) -> int:
    """Where in the windows the motif mostly starts."""
    votes = np.bincount(found.start, weights=found.present * weight)
    return int(votes.argmax())


def permutation_test(score: np.ndarray, own: np.ndarray) -> float:
    """One-sided p that the sites' own distances score no higher than the same distances swapped among them at random.

    score: float64 (sites, distances), each site's score at every distance that occurs; NaN counts as the site's mean. own: int64 (sites,),
    which column is the site's own. Mean and variance over all permutations are exact (Hoeffding 1951, Ann Math Stat
    22:558-566), their distribution is taken as normal.

    >>> permutation_test(np.array([[1.0, 0.0]] * 20 + [[0.0, 1.0]] * 20), np.array([0] * 20 + [1] * 20)) < 1e-6
    True
    >>> permutation_test(np.array([[1.0, 0.0]] * 40), np.array([0] * 20 + [1] * 20))
    1.0
    """
    sites = len(own)
    if sites < 3:
        return 1.0
    count = np.bincount(own, minlength=score.shape[1])
    known = np.where(np.isnan(score), 0.0, score)
    centre = (known @ count) / np.maximum(~np.isnan(score) @ count, 1)
    score = np.where(np.isnan(score), centre[:, None], score)
    centred = score - (score @ count / sites)[:, None]  # whatever a site scores everywhere says nothing of the choice
    centred = centred - centred.mean(axis=0)
    variance = float((centred**2 @ count).sum()) / (sites - 1)
    if variance < 1e-12:
        return 1.0
    z = float(centred[np.arange(sites), own].sum()) / math.sqrt(variance)
    return max(0.5 * math.erfc(z / math.sqrt(2)), LEAST)


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
    return max(0.5 * math.erfc((u - n * m / 2 - 0.5) / spread / math.sqrt(2)), LEAST)
