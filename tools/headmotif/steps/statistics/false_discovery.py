"""q-values: what share of a list of findings is chance."""

import numpy as np

LIMITS = (0.5, 0.25, 0.1, 0.05, 0.02)
"""Of p, above which the share of true nulls is read off. One limit misses a family where a few tests are real and all
others a little less than chance: above a half there are then more p than chance alone would put there."""
SURE = 2.0
"""Standard errors added to what each limit says."""


def benjamini_hochberg(p: np.ndarray) -> np.ndarray:
    """q-values of p-values of any shape, over all of them (Benjamini & Hochberg 1995).

    >>> benjamini_hochberg(np.array([0.01, 0.04, 0.03, 0.5])).round(4).tolist()
    [0.04, 0.0533, 0.0533, 0.5]
    """
    return np.minimum(_stepped_up(p), 1)


def _stepped_up(p: np.ndarray) -> np.ndarray:
    """The same without the limit of 1."""
    flat = p.ravel()
    order = np.argsort(flat, kind="stable")
    scaled = flat[order] * len(flat) / np.arange(1, len(flat) + 1)
    q = np.empty_like(flat)
    q[order] = np.minimum.accumulate(scaled[::-1])[::-1]
    return q.reshape(p.shape)


def grouped(p: np.ndarray) -> np.ndarray:
    """q-values over all tests of several families, p and q float64 (families, tests): one list, to which each family
    brings its own odds.

    A family's p count times null / (1 - null), with its share of true nulls (`null_share`); q is Benjamini and
    Hochberg's of those, times the share of what is not null (Hu, Zhao & Zhou 2010, J Am Stat Assoc 105:1215-1227,
    unchecked). A family where sites do not differ from chance reports nothing, and does not bury the others.

    >>> grouped(np.array([[0.01] * 40 + [0.9], [0.01] + [0.6] * 40])).round(3)[:, :2].tolist()
    [[0.001, 0.001], [1.0, 1.0]]
    """
    if p.size == 0:
        return np.ones(p.shape)
    null = null_share(p)
    odds = np.divide(null, 1 - null, out=np.full(len(null), np.inf), where=null < 1)
    q = (1 - null.mean()) * _stepped_up(np.maximum(p, 1e-300) * odds[:, None]) if (null < 1).any() else np.ones(p.shape)
    return np.minimum(q, 1.0)


def null_share(p: np.ndarray) -> np.ndarray:
    """The share of true nulls in each family of p (families, tests), float64 (families,), 1 at most.

    As the p above a limit tell it (Storey 2002, J R Stat Soc B 64:479-498): each limit gives more than the truth, so
    the least of them is taken, with SURE standard errors added to each so that the least of five is none that came out
    low by chance.

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
