"""q-values: the share of a list of findings that is due to chance."""

import numpy as np

LIMITS = (0.5, 0.25, 0.1, 0.05, 0.02)
"""Limits of p above which the share of true nulls is estimated. One limit alone fails for a family where a few tests
are real and all others a little below chance: more p are then above one half than chance alone would put there."""
SURE = 2.0
"""Standard errors added to the estimate of each limit."""


def benjamini_hochberg(p: np.ndarray) -> np.ndarray:
    """Compute q-values (Benjamini & Hochberg 1995).

    Parameters
    ----------
    p
        float64 of any shape; all values are one list.

    Returns
    -------
    numpy.ndarray
        float64 of the shape of `p`.

    Examples
    --------
    >>> benjamini_hochberg(np.array([0.01, 0.04, 0.03, 0.5])).round(4).tolist()
    [0.04, 0.0533, 0.0533, 0.5]
    """
    return np.minimum(_step_up(p), 1)


def _step_up(p: np.ndarray) -> np.ndarray:
    """q-values of p, not limited to 1."""
    flat = p.ravel()
    order = np.argsort(flat)  # equal p get the same q, in whatever order
    scaled = flat[order] * len(flat) / np.arange(1, len(flat) + 1)
    q = np.empty_like(flat)
    q[order] = np.minimum.accumulate(scaled[::-1])[::-1]
    return q.reshape(p.shape)


def adjust_by_family(p: np.ndarray) -> np.ndarray:
    """Compute q-values over the tests of several families, as one list to which each family brings its own odds.

    The p of a family are multiplied by null / (1 - null), where null is its share of true nulls (`null_share`). q is
    Benjamini and Hochberg's for these, times the share of tests that are not null (Hu, Zhao & Zhou 2010, J Am Stat
    Assoc 105:1215-1227, unchecked). A family that does not differ from chance reports nothing, and does not bury the
    others.

    Parameters
    ----------
    p
        float64 (families, tests).

    Returns
    -------
    numpy.ndarray
        float64 (families, tests).

    Examples
    --------
    >>> adjust_by_family(np.array([[0.01] * 40 + [0.9], [0.01] + [0.6] * 40])).round(3)[:, :2].tolist()
    [[0.001, 0.001], [1.0, 1.0]]
    """
    if p.size == 0:
        return np.ones(p.shape)
    null = null_share(p)
    odds = np.divide(null, 1 - null, out=np.full(len(null), np.inf), where=null < 1)
    q = (1 - null.mean()) * _step_up(np.maximum(p, 1e-300) * odds[:, None]) if (null < 1).any() else np.ones(p.shape)
    return np.minimum(q, 1.0)


def null_share(p: np.ndarray) -> np.ndarray:
    """Estimate the share of true nulls in each family.

    It is estimated from the p above a limit (Storey 2002, J R Stat Soc B 64:479-498). Each limit overestimates the
    share, so the smallest estimate is taken. `SURE` standard errors are added to each, so that the smallest of five is
    not one that is low by chance.

    Parameters
    ----------
    p
        float64 (families, tests).

    Returns
    -------
    numpy.ndarray
        float64 (families,), at most 1.

    Examples
    --------
    >>> null_share(np.array([[0.001] * 100 + [0.8] * 900])).round(2).tolist()  # above a half alone: 1
    [0.94]
    """
    tests = p.shape[1]
    least = np.ones(len(p))
    for limit in LIMITS:
        above = (p > limit).sum(axis=1)
        error = np.sqrt(above * (tests - above) / tests)
        least = np.minimum(least, (1 + above + SURE * error) / (tests * (1 - limit)))
    return least
