"""How rare a value is among chance values, beyond the largest of them too: the empirical share, and a fitted tail above
nine in ten.

Excesses over a high threshold follow a generalised Pareto distribution (Pickands 1975, unchecked). Its shape and scale
come from probability-weighted moments (Hosking & Wallis 1987, Technometrics 29:339-349, unchecked). A shape below 0, a
tail that ends, is taken as 0, the exponential, and the shape is raised by a standard error: a tail that is guessed too
thin makes findings of chance. Among the chance values the larger of the empirical share and the tail counts; beyond
them the tail alone.
"""

import numpy as np

SHARE = 0.1
"""Of the chance values, those that the tail is fitted to."""
ENOUGH = 20
"""Values in the tail below which none is fitted, and p stays the empirical one."""


def rarity(chance: np.ndarray, value: np.ndarray) -> np.ndarray:
    """P that a chance value is as large, float64 of the shape of `value`, never 0.

    chance: (n,), values where there is nothing to be found. Up to their upper tenth, and everywhere where they are few,
    the share of them that reach the value, one added to both.

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
    """Shape, above 0, and scale of ascending excesses."""
    n = len(excess)
    mean = float(excess.mean())
    weighted = float((excess * np.arange(n)[::-1]).sum() / (n * (n - 1)))  # each times the share of those above it
    shape = 2 - mean / max(mean - 2 * weighted, 1e-12 * mean)
    shape = min(max(shape, 0.0) + n**-0.5, 0.95)  # about one standard error more; below 1 the mean exists
    return shape, mean * (1 - shape)
