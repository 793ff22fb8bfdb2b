"""Where a head looks: the mean weight it gives to each distance, at sites and at background, and what that comes to in
a few numbers.

Only the difference of the two says something: relative positions alone give a profile that is not flat.
"""

from dataclasses import dataclass

import numpy as np

from ...data import Attention

PROMOTER = (-60, 20)
"""Distances from a site, both included, that count as its promoter."""


@dataclass(frozen=True)
class Shape:
    """A head's profile in numbers.

    peak: the distance with the largest gain of weight at sites over background. width: of how many distances the gains
    make up half of all gains. divergence: bits, Kullback and Leibler's, of where the weight goes (keys and nothing) at
    sites from background. entropy: bits, of where it goes at sites. promoter, promoter_background: share of the weight
    on keys that lies within PROMOTER. nothing, nothing_background: weight that goes to no key. hidden: share of the
    keys, at sites, that lie off the contig. strand: of the weight within half the peak's width of it, (+ less -) / (+
    plus -) of the sites' strands.
    """

    peak: int
    width: int
    divergence: float
    entropy: float
    promoter: float
    promoter_background: float
    nothing: float
    nothing_background: float
    hidden: float
    strand: float


def profiles(attention: Attention) -> tuple[np.ndarray, np.ndarray]:
    """Mean weights at sites and at background positions, both float64 (layers, heads, keys); keys off the contig do not
    count."""
    return mean_weight(attention, attention.is_site), mean_weight(attention, attention.is_background)


def table(attention: Attention) -> dict[str, np.ndarray]:
    """The profiles as columns, a row for each head and distance: `head` (L1H3), `distance`, `sites`, `background`."""
    at_sites, at_background = profiles(attention)
    names = [attention.name(*head) for head in np.ndindex(at_sites.shape[:2])]
    place = {"head": np.repeat(names, len(attention.offset)), "distance": np.tile(attention.offset, len(names))}
    return {**place, "sites": at_sites.ravel(), "background": at_background.ravel()}


def mean_weight(attention: Attention, chosen: np.ndarray) -> np.ndarray:
    """Mean weights of some queries, bool (queries,), float64 (layers, heads, keys)."""
    rows = np.flatnonzero(chosen)
    total = np.zeros(attention.weight.shape[1:])
    count = np.zeros(attention.weight.shape[1:])
    for first in range(0, len(rows), 1024):
        weight = np.asarray(attention.weight[rows[first : first + 1024]], np.float64)
        total += np.nansum(weight, axis=0)
        count += np.isfinite(weight).sum(axis=0)
    return total / np.maximum(count, 1)


def shapes(attention: Attention) -> list[list[Shape]]:
    """The shape of each layer's each head."""
    at_sites, at_background = profiles(attention)
    forward, backward = (mean_weight(attention, attention.is_site & (attention.strand == sign)) for sign in (1, -1))
    nothing, nothing_there = (
        attention.none[x].mean(axis=0, dtype=np.float64) for x in (attention.is_site, attention.is_background)
    )
    weight = attention.weight[np.flatnonzero(attention.is_site), 0, 0]
    hidden = float(np.isnan(weight).mean()) if weight.size else 0.0
    layers, heads, _keys = at_sites.shape
    return [
        [
            _shape(
                attention.offset, (at_sites[i, j], float(nothing[i, j])),
                (at_background[i, j], float(nothing_there[i, j])), hidden, forward[i, j], backward[i, j],
            )
            for j in range(heads)
        ]
        for i in range(layers)
    ]  # fmt: skip


def _shape(
    offset: np.ndarray,
    at_sites: tuple[np.ndarray, float],
    at_background: tuple[np.ndarray, float],
    hidden: float,
    forward: np.ndarray,
    backward: np.ndarray,
) -> Shape:
    """at_sites, at_background: mean weights on keys, and on none; forward, backward: of the sites of either strand."""
    (here, nothing), (there, nothing_there) = at_sites, at_background
    gain = here - there
    peak = int(gain.argmax())
    up = np.sort(np.maximum(gain, 0))[::-1]
    width = int(np.searchsorted(np.cumsum(up), up.sum() / 2)) + 1
    p, q = (np.append(x, n) / max(x.sum() + n, 1e-12) for x, n in (at_sites, at_background))
    inside = (offset >= PROMOTER[0]) & (offset <= PROMOTER[1])
    near = np.abs(np.arange(len(offset)) - peak) <= width // 2
    plus, minus = forward[near].sum(), backward[near].sum()
    return Shape(
        peak=int(offset[peak]),
        width=width,
        divergence=float((p * np.log2(np.maximum(p, 1e-12) / np.maximum(q, 1e-12))).sum()),
        entropy=float(-(p * np.log2(np.maximum(p, 1e-12))).sum()),
        promoter=float(here[inside].sum() / max(here.sum(), 1e-12)),
        promoter_background=float(there[inside].sum() / max(there.sum(), 1e-12)),
        nothing=nothing,
        nothing_background=nothing_there,
        hidden=hidden,
        strand=float((plus - minus) / max(plus + minus, 1e-12)),
    )
