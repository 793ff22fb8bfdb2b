"""q-values: what share of a list of findings is chance."""

import numpy as np


def benjamini_hochberg(p: np.ndarray) -> np.ndarray:
    """q-values of p-values of any shape, over all of them (Benjamini & Hochberg 1995).

    >>> benjamini_hochberg(np.array([0.01, 0.04, 0.03, 0.5])).round(4).tolist()
    [0.04, 0.0533, 0.0533, 0.5]
    """
    flat = p.ravel()
    order = np.argsort(flat, kind="stable")
    scaled = flat[order] * len(flat) / np.arange(1, len(flat) + 1)
    q = np.empty_like(flat)
    q[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1)
    return q.reshape(p.shape)


def storey(p: np.ndarray, middle: float = 0.5) -> np.ndarray:
    """q-values, float64, of p-values in any order: Benjamini-Hochberg's, times the share of true nulls that the p above `middle` show.

    >>> storey(np.array([0.01, 0.6, 0.02, 0.9])).round(3).tolist()
    [0.04, 0.8, 0.04, 0.9]
    """
    if len(p) == 0:
        return np.zeros(0)
    nulls = min(1.0, (1 + (p > middle).sum()) / (len(p) * (1 - middle)))
    return nulls * benjamini_hochberg(p)
