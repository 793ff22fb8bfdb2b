"""Similarity of heads: which of them choose the same bases at the same sites, more often than by chance.

The choice of a head at a site is the offset of its top key (see `segment.peaks`), if that key is rarer than chance
allows. Two heads that always attend to -10 agree at every site, which is no evidence that they read the sequence.
Agreement therefore counts only beyond its expectation when the offsets are exchanged among the sites. The expectation
is exact, over all permutations.
"""

import math
from dataclasses import dataclass

import numpy as np

from ...data import Attention
from ..statistics.false_discovery import benjamini_hochberg
from .segment import peaks

NONE = np.iinfo(np.int32).min
"""Stands for the choice of a head at a site where it chose nothing."""
NEAR = 5
"""Offsets that differ by at most this are one choice: keys are k-mers, and heads centre them differently on one
motif."""


@dataclass(frozen=True, eq=False)
class Pair:
    """Two heads, compared at the sites where both have chosen an offset.

    Attributes
    ----------
    first_head, second_head
        Indices of the heads, from 0.
    sites
        Number of sites where both have chosen.
    spacing_nt
        The most frequent spacing, the second head's offset less the first's.
    count
        Number of sites whose spacing is within one base of it.
    expected
        Number expected when the offsets are exchanged among the sites.
    z, p, q
        z and p of the difference between `count` and `expected`, and q over all pairs.
    agreement
        How far the heads choose the same bases; see `agreement`.
    """

    first_head: int
    second_head: int
    sites: int
    spacing_nt: int
    count: int
    expected: float
    z: float
    p: float
    q: float
    agreement: float


def choices(attention: Attention, max_p: float, seed: int) -> np.ndarray:
    """Return the offset that each head has chosen at each site.

    Parameters
    ----------
    attention
        Attention at sites and background positions.
    max_p
        Largest p of a choice.
    seed
        Seed of the division into halves; see `segment.peaks`.

    Returns
    -------
    numpy.ndarray
        int32 (layers x heads, sites); `NONE` where p is larger than `max_p`.
    """
    site = np.flatnonzero(attention.is_site)
    rows = []
    for layer, head in np.ndindex(attention.weight.shape[1:3]):
        [peak] = peaks(attention, layer, head, site, seed)
        rows.append(np.where(peak.p <= max_p, attention.offset[peak.key], NONE))
    return np.stack(rows).astype(np.int32)


def agreement(mine: np.ndarray, theirs: np.ndarray, near: int = NEAR) -> np.ndarray:
    """Measure how far the choices of heads agree with those of other heads at the same sites.

    It is 1 where the head that chose at fewer sites is always within `near` bases of the other. It is 0 where the two
    agree no more often than with offsets exchanged among the sites, and can be negative where they agree less often.

    Parameters
    ----------
    mine
        int (heads, sites), offsets, or `NONE`.
    theirs
        int (other heads, sites), in the same order of sites.
    near
        Largest difference of two offsets that count as the same.

    Returns
    -------
    numpy.ndarray
        float64 (heads, other heads), at most 1.
    """
    low, high = _span(mine, theirs)
    here, there = _encode_one_hot(mine, low, high), _encode_one_hot(theirs, low, high)  # (heads, sites, distances)
    wide = np.stack([_widen(x, near) for x in there])
    sites = mine.shape[1]
    same = np.einsum("asd,bsd->ab", here, wide, optimize=True)
    expected = here.sum(axis=1) @ wide.sum(axis=1).T / max(sites, 1)
    most = np.minimum(here.sum(axis=(1, 2))[:, None], there.sum(axis=(1, 2)))
    room = most - expected
    return np.divide(same - expected, room, out=np.zeros_like(same), where=room > 1e-9)


def groups(agree: np.ndarray, least: float = 0.5) -> np.ndarray:
    """Group the heads that agree, directly or through others.

    Parameters
    ----------
    agree
        float (heads, heads), agreement of each two heads.
    least
        Least agreement of two heads in a group.

    Returns
    -------
    numpy.ndarray
        int64 (heads,), the number of each head's group, from 1, in the order of the heads.
    """
    number = np.zeros(len(agree), np.int64)
    for head in range(len(agree)):
        if number[head]:
            continue
        number[head], open_ = number.max() + 1, [head]
        while open_:
            one = open_.pop()
            for other in np.flatnonzero(((agree[one] >= least) | (agree[:, one] >= least)) & (number == 0)):
                number[other] = number[head]
                open_.append(int(other))
    return number


def pairs(chosen: np.ndarray, least: int = 30) -> list[Pair]:
    """Compare all pairs of heads by their spacing.

    Parameters
    ----------
    chosen
        int (heads, sites), offsets, or `NONE`.
    least
        Least number of sites where both heads have chosen.

    Returns
    -------
    list[Pair]
        Sorted by p, then by count (largest first), then by the heads.
    """
    found = []
    for first, second in zip(*np.triu_indices(len(chosen), 1), strict=True):
        both = (chosen[first] != NONE) & (chosen[second] != NONE)
        n = int(both.sum())
        if n < least:
            continue
        a, b = chosen[first, both].astype(np.int64), chosen[second, both].astype(np.int64)
        found.append((int(first), int(second), n, *_spacing(a, b)))
    p = np.array([row[-1] for row in found])
    q = benjamini_hochberg(p) if len(p) else p
    alike = agreement(chosen, chosen) if found else np.zeros((0, 0))
    every = [Pair(*row, float(value), float(alike[row[0], row[1]])) for row, value in zip(found, q, strict=True)]
    return sorted(every, key=lambda pair: (pair.p, -pair.count, pair.first_head, pair.second_head))


def _spacing(a: np.ndarray, b: np.ndarray) -> tuple[int, int, float, float, float]:
    """Return spacing, count, expected count, z and p of the offsets of two heads at the same sites.

    All spacings are tried, so p is multiplied by their number. The variance is exact over all permutations (Hoeffding
    1951).
    """
    spacing = b - a
    low = int(spacing.min())
    count = np.convolve(np.bincount(spacing - low), [1, 1, 1])[1:-1] if spacing.max() > low else np.array([len(a)])
    best = int(count.argmax()) + low
    left, n_left = np.unique(a, return_counts=True)
    right, n_right = np.unique(b, return_counts=True)
    hit = (np.abs(right[None] - left[:, None] - best) <= 1).astype(np.float64)  # (distances of a, of b)
    n = len(a)
    expected = float(n_left @ hit @ n_right) / n
    rows, columns = hit @ n_right / n, n_left @ hit / n
    centred = hit - rows[:, None] - columns[None] + expected / n
    variance = float(n_left @ centred**2 @ n_right) / max(n - 1, 1)
    z = (int(count.max()) - expected) / math.sqrt(variance) if variance > 1e-9 else 0.0
    p = min(1.0, 0.5 * math.erfc(z / math.sqrt(2)) * len(count))
    return best, int(count.max()), expected, z, max(p, 1e-12) if z > 0 else 1.0


def _span(*chosen: np.ndarray) -> tuple[int, int]:
    values = np.concatenate([x[x != NONE] for x in chosen])
    return (int(values.min()), int(values.max())) if len(values) else (0, 0)


def _encode_one_hot(chosen: np.ndarray, low: int, high: int) -> np.ndarray:
    """Return float32 (heads, sites, offsets), 1 at the chosen offset."""
    return (chosen[:, :, None] == np.arange(low, high + 1)).astype(np.float32)


def _widen(hot: np.ndarray, near: int) -> np.ndarray:
    """Return float32 (sites, offsets), 1 within `near` of a 1."""
    padded = np.pad(hot, ((0, 0), (near, near)))
    total = np.zeros_like(hot)
    for i in range(2 * near + 1):
        total += padded[:, i : i + hot.shape[1]]
    return total
