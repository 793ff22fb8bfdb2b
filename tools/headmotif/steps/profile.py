"""Where a head looks: the mean weight it gives to each distance, at sites and at background."""

import numpy as np

from ..data import Attention


def profiles(attention: Attention) -> tuple[np.ndarray, np.ndarray]:
    """Mean weights at sites and at background positions, both float64 (layers, heads, keys); keys off the contig do not count.

    Only the difference of the two says something: relative positions alone give a profile that is not flat.
    """
    return _mean(attention, attention.is_site), _mean(attention, attention.is_background)


def _mean(attention: Attention, chosen: np.ndarray) -> np.ndarray:
    rows = np.flatnonzero(chosen)
    total = np.zeros(attention.weight.shape[1:])
    count = np.zeros(attention.weight.shape[1:])
    for first in range(0, len(rows), 1024):
        weight = np.asarray(attention.weight[rows[first : first + 1024]], np.float64)
        total += np.nansum(weight, axis=0)
        count += np.isfinite(weight).sum(axis=0)
    return total / np.maximum(count, 1)
