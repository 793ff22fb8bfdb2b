"""Is a motif there because the head chose it, or because sites have it at that offset anyway?

A motif found on one half of the sites is scored on the other half, at the offsets to which the head attends and at the
same offsets exchanged among the sites (the positional null). The exchange keeps the head's profile and removes its
choice by sequence. A head that attends to a fixed offset, whatever the sequence, scores the same at both.
"""

import math

import numpy as np

from .dyads import Gapped
from .zoops import Alignment

NOT_CHOSEN = -1
"""Stands for the column of a site that scores zero."""
LEAST = 1e-12
"""Least p that is reported: the approximations of the tails say nothing about smaller ones."""


def find_usual_start(found: Alignment | Gapped, weight: np.ndarray) -> int:
    """Find where in the windows a motif starts most often.

    Parameters
    ----------
    found
        The motif and where it lies.
    weight
        float64 (sequences,), weights of the sequences.

    Returns
    -------
    int
        A window column, from 0.
    """
    votes = np.bincount(found.start, weights=found.present * weight)
    return int(votes.argmax())


def permutation_test(score: np.ndarray, own: np.ndarray) -> float:
    """Test whether sites score higher at their own offsets than at the same offsets exchanged among them at random.

    Sites that the head did not choose score zero and take part in the exchange: then it also matters which sites were
    chosen. Mean, variance and skewness over all permutations are exact (Hoeffding 1951, Ann Math Stat 22:558-566). The
    distribution is approximated by a gamma distribution with that skewness (Pearson's type III). Few sites hold a motif
    by chance at an exchanged offset, so the right tail is the heavier one, and a normal distribution would make p too
    small.

    Parameters
    ----------
    score
        float64 (sites, offsets), the score of each site at every offset that occurs; NaN counts as the mean of the
        site.
    own
        int64 (sites,), the column of each site's own offset; `NOT_CHOSEN` for sites that the head did not choose.

    Returns
    -------
    float
        One-sided p, at least `LEAST`; 1 with fewer than three sites, or with scores that do not vary.

    Examples
    --------
    >>> permutation_test(np.array([[1.0, 0.0]] * 20 + [[0.0, 1.0]] * 20), np.array([0] * 20 + [1] * 20)) < 1e-6
    True
    >>> permutation_test(np.array([[1.0, 0.0]] * 40), np.array([0] * 20 + [1] * 20))
    1.0
    >>> permutation_test(np.array([[1.0]] * 20 + [[0.0]] * 20), np.array([0] * 20 + [NOT_CHOSEN] * 20)) < 1e-6
    True
    """
    sites = len(own)
    if sites < 3 or (own == NOT_CHOSEN).all():
        return 1.0
    chosen = own != NOT_CHOSEN
    count = np.bincount(own[chosen], minlength=score.shape[1])
    known = np.where(np.isnan(score), 0.0, score)
    centre = (known @ count) / np.maximum(~np.isnan(score) @ count, 1)
    score = np.where(np.isnan(score), centre[:, None], score)
    if not chosen.all():
        score, count = np.column_stack([score, np.zeros(sites)]), np.append(count, sites - chosen.sum())
        own = np.where(chosen, own, len(count) - 1)
    centred = score - (score @ count / sites)[:, None]  # a score that a site has at all offsets is no choice
    centred = centred - centred.mean(axis=0)
    variance = float((centred**2 @ count).sum()) / (sites - 1)
    if variance < 1e-12:
        return 1.0
    third = sites * float((centred**3 @ count).sum()) / ((sites - 1) * (sites - 2))
    z = float(centred[np.arange(sites), own].sum()) / math.sqrt(variance)
    return max(_compute_tail(z, third / variance**1.5), LEAST)


def _compute_tail(z: float, skewness: float) -> float:
    """Return the probability of a standardised value of at least z under a gamma distribution of that skewness.

    A negative skewness mirrors the distribution. The cube root of Wilson & Hilferty is used (1931, Proc Natl Acad Sci
    17:684-688).

    >>> round(_compute_tail(1.96, 0.0), 3), round(_compute_tail(1.96, 1.0), 3), round(_compute_tail(1.96, -0.5), 3)
    (0.025, 0.044, 0.01)
    """
    if abs(skewness) < 1e-3:
        return 0.5 * math.erfc(z / math.sqrt(2))
    shape = 4 / skewness**2
    sign = math.copysign(1.0, skewness)
    ratio = max(1 + sign * z / math.sqrt(shape), 0.0)  # of the gamma's value to its mean
    root = (ratio ** (1 / 3) - (1 - 1 / (9 * shape))) * 3 * math.sqrt(shape)
    return 0.5 * math.erfc(sign * root / math.sqrt(2))


def rank_test(here: np.ndarray, control: np.ndarray) -> float:
    """Test whether values are larger than those of a control (Mann & Whitney 1947).

    The normal approximation is used, with a correction for ties.

    Parameters
    ----------
    here
        float64 (n,), the values.
    control
        float64 (m,), the values of the control.

    Returns
    -------
    float
        One-sided p, at least `LEAST`; 1 where either is empty.

    Examples
    --------
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
