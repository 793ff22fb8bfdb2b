"""How rare a value is among chance values, even beyond the largest of them.

Below the upper tenth of the chance values the empirical share is used, and above it a fitted tail as well. Excesses
over a high threshold follow a generalised Pareto distribution (Pickands 1975, unchecked). Its shape and scale come from
probability-weighted moments (Hosking & Wallis 1987, Technometrics 29:339-349, unchecked).

A shape below 0, a tail that ends, is replaced by 0, the exponential. The shape is then raised by a standard error,
because a tail that is too thin turns chance into findings. Among the chance values the larger of the empirical share
and the tail counts; beyond them the tail alone.
"""

import numpy as np

SHARE = 0.1
"""Share of the chance values to which the tail is fitted."""
ENOUGH = 20
"""Least number of values in the tail for a fit; with fewer, p stays the empirical share."""


def rarity(chance: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Compute the probability that a chance value is at least as large.

    Up to the upper tenth of the chance values, and everywhere if they are few, it is the share of them that reach the
    value, with one added to both counts.

    Parameters
    ----------
    chance
        (n,), values where there is nothing to find.
    value
        Values of any shape.

    Returns
    -------
    numpy.ndarray
        float64 of the shape of `value`, above 0.

    Examples
    --------
    >>> rarity(np.arange(9.0), np.array([8.0, 4.0, 100.0])).round(2).tolist()
    [0.2, 0.6, 0.1]
    """
    chance = np.sort(chance.astype(np.float64))
    n = len(chance)
    p = (1 + n - np.searchsorted(chance, value, side="left")) / (1 + n)
    above = int(n * SHARE)
    if above < ENOUGH:
        return p
    threshold = chance[n - above - 1]
    excess = chance[n - above :] - threshold
    if excess[-1] <= 0:
        return p
    shape, scale = _pareto(excess)
    far = np.maximum(value - threshold, 0.0) / scale
    tail = np.maximum(SHARE * (1 + shape * far) ** (-1 / shape), 1e-300)
    inside = np.where(value > threshold, np.maximum(tail, p), p)
    return np.where(value > chance[-1], np.minimum(tail, p), inside)


def _pareto(excess: np.ndarray) -> tuple[float, float]:
    """Shape, above 0, and scale of the tail with these ascending excesses."""
    n = len(excess)
    mean = float(excess.mean())
    weighted = float((excess * np.arange(n)[::-1]).sum() / (n * (n - 1)))  # each times the share of those above it
    shape = 2 - mean / max(mean - 2 * weighted, 1e-12 * mean)
    shape = min(max(shape, 0.0) + n**-0.5, 0.95)  # about one standard error more; below 1 the mean exists
    return shape, mean * (1 - shape)
