"""Which heads choose alike: the same bases at the same sites, more often than their habits of distance make it come
out.

A head's choice at a site is the distance of its strongest key, where that is rarer than chance allows. Two heads that
both look at -10 everywhere agree everywhere and say nothing of content; so what is counted is the agreement beyond that
of the same distances swapped among the sites, exactly, over all permutations.
"""

import math
from dataclasses import dataclass

import numpy as np

from ...data import Attention
from ..statistics.false_discovery import benjamini_hochberg
from .segment import peaks

NONE = np.iinfo(np.int32).min
"""The choice of a head that chose nothing at a site."""
NEAR = 5
"""Distances at most so far apart are one choice: keys are k-mers, and heads centre them differently on the same
word."""


@dataclass(frozen=True, eq=False)
class Pair:
    """Two heads (indices) at the sites where both chose something: how many those are; the most frequent spacing,
    second less first; at how many sites it is within one base of that, how many would be with distances swapped; z, p
    and q (over all pairs) of the difference; agreement: how far they choose the same bases (see `agreement`)."""

    first: int
    second: int
    sites: int
    spacing: int
    count: int
    expected: float
    z: float
    p: float
    q: float
    agreement: float


def choices(attention: Attention, max_p: float, seed: int) -> np.ndarray:
    """int32 (layers x heads, sites): the distance that each head chose at each site, NONE where its p is larger than
    `max_p`."""
    site = np.flatnonzero(attention.is_site)
    rows = []
    for layer, head in np.ndindex(attention.weight.shape[1:3]):
        [peak] = peaks(attention, layer, head, site, seed)
        rows.append(np.where(peak.p <= max_p, attention.offset[peak.key], NONE))
    return np.stack(rows).astype(np.int32)


def agreement(mine: np.ndarray, theirs: np.ndarray, near: int = NEAR) -> np.ndarray:
    """How far choices (heads, sites) agree with others (other heads, sites) at the same sites, float64 (heads, other
    heads): 1 where the head that chose less often is always within `near` of the other, 0 where no more often than with
    distances swapped among the sites."""
    low, high = _span(mine, theirs)
    here, there = _hot(mine, low, high), _hot(theirs, low, high)  # (heads, sites, distances)
    wide = np.stack([_widened(x, near) for x in there])
    sites = mine.shape[1]
    same = np.einsum("asd,bsd->ab", here, wide, optimize=True)
    expected = here.sum(axis=1) @ wide.sum(axis=1).T / max(sites, 1)
    most = np.minimum(here.sum(axis=(1, 2))[:, None], there.sum(axis=(1, 2)))
    room = most - expected
    return np.divide(same - expected, room, out=np.zeros_like(same), where=room > 1e-9)


def groups(agree: np.ndarray, least: float = 0.5) -> np.ndarray:
    """int64 (heads,): heads that agree by `least` or more, directly or through others, have one number; from 1, in the
    heads' order."""
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
    """Every two heads that both chose something at `least` sites or more, by p: their spacing and how far it is from
    chance."""
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
    return sorted(every, key=lambda pair: (pair.p, -pair.count, pair.first, pair.second))


def _spacing(a: np.ndarray, b: np.ndarray) -> tuple[int, int, float, float, float]:
    """Spacing, count, expected count, z and p of two heads' distances at the same sites.

    All spacings are tried, so p is times their number; the variance is that over all permutations (Hoeffding 1951).
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


def _hot(chosen: np.ndarray, low: int, high: int) -> np.ndarray:
    """float32 (heads, sites, distances): 1 at the distance chosen."""
    return (chosen[:, :, None] == np.arange(low, high + 1)).astype(np.float32)


def _widened(hot: np.ndarray, near: int) -> np.ndarray:
    """float32 (sites, distances): 1 within `near` of a 1."""
    padded = np.pad(hot, ((0, 0), (near, near)))
    total = np.zeros_like(hot)
    for i in range(2 * near + 1):
        total += padded[:, i : i + hot.shape[1]]
    return total
