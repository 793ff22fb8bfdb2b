"""From attention to regions: where a head looks at a site more than it ever looks at what is no site.

One statistic a site and head: the largest weight on any key, each weight times how much more the head looks at that distance at
sites than at background. That profile comes from the other half of the sites and background, so the p-value stays one: the share of
the background queries of the own half that reach the statistic (one added to both, so never 0). Then q within each head, after
Storey (2002, J R Stat Soc B 64:479-498): heads are families of their own, and one which tells nothing apart reports nothing.
"""

from dataclasses import dataclass

import numpy as np

from ..data import Attention, Regions
from .false_discovery import storey

EDGE = 0.5
"""A region goes on to the neighbouring keys as long as they have this share of the largest weight."""


@dataclass(frozen=True)
class Segmented:
    """Regions, and how many sites and heads were lost at each filter."""

    regions: Regions
    tests: int
    background: int
    significant: int


FLOOR = 0.2
"""Of an even share of the weight: added to both mean profiles, so that distances which nobody looks at do not count by their noise."""


def segment(attention: Attention, max_q: float, max_p: float, seed: int) -> Segmented:
    """The regions with q and p of at most `max_q` and `max_p`, one a site and head, sorted by contig, start, strand and head.

    seed: of the halves. A region holds every base that the attended keys have read: their centres and the layer's reach on both sides.
    """
    site, background = np.flatnonzero(attention.is_site), np.flatnonzero(attention.is_background)
    rng = np.random.default_rng([seed, 8])
    halves = tuple(rng.permutation(len(rows)) % 2 == 0 for rows in (site, background))
    layers, heads = attention.weight.shape[1:3]
    found = [_strongest(attention, layer, head, site, background, halves) for layer in range(layers) for head in range(heads)]
    columns: dict[str, list[np.ndarray]] = {name: [] for name in Regions.COLUMNS}
    for number, (p, peak, low, high, weight) in enumerate(found):
        q = storey(p)
        kept = np.flatnonzero((q <= max_q) & (p <= max_p))
        layer, head = divmod(number, heads)
        rows = _rows(attention, site[kept], peak[kept], low[kept], high[kept], attention.reach[layer])
        rows |= {"head": np.full(len(kept), attention.name(layer, head)), "weight": weight[kept], "p": p[kept], "q": q[kept]}
        for name, column in rows.items():
            columns[name].append(column)
    joined = {name: np.concatenate(parts) if parts else np.zeros(0) for name, parts in columns.items()}
    regions = Regions(tuple(c.name for c in attention.contigs), **joined)
    order = np.lexsort((regions.head, regions.strand, regions.end, regions.start, regions.contig))
    return Segmented(regions.take(order), len(site) * layers * heads, len(background), len(order))


def _strongest(
    attention: Attention, layer: int, head: int, site: np.ndarray, background: np.ndarray, halves: tuple[np.ndarray, np.ndarray]
) -> tuple[np.ndarray, ...]:
    """Per site: p, the strongest key, the first and last key of its region, and its weight."""
    weight = np.nan_to_num(np.asarray(attention.weight[:, layer, head], np.float32))  # (queries, keys)
    mine, theirs = weight[site], weight[background]
    peak, p = np.zeros(len(mine), np.int64), np.ones(len(mine))
    for side in (True, False):
        here, there = halves[0] == side, halves[1] == side
        profile = _selectivity(mine[~here], theirs[~there])
        peak[here] = (mine[here] * profile).argmax(axis=1)
        chance = np.sort((theirs[there] * profile).max(axis=1))
        reached = len(chance) - np.searchsorted(chance, (mine[here] * profile).max(axis=1), side="left")
        p[here] = (1 + reached) / (1 + len(chance))
    top = mine[np.arange(len(mine)), peak]
    strong = mine >= EDGE * top[:, None]
    low, high = peak.copy(), peak.copy()
    for step in (-1, 1):
        edge = low if step < 0 else high
        going = np.ones(len(mine), bool)
        while going.any():
            beyond = edge + step
            inside = (beyond >= 0) & (beyond < mine.shape[1])
            going &= inside & strong[np.arange(len(mine)), np.clip(beyond, 0, mine.shape[1] - 1)]
            edge[going] += step
    return p, peak, low, high, top.astype(np.float64)


def _selectivity(mine: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """How many times more weight goes to each distance at sites (rows of `mine`) than at background, float64 (keys,)."""
    floor = FLOOR / mine.shape[1]
    return (mine.mean(axis=0) + floor) / (theirs.mean(axis=0) + floor) if len(mine) and len(theirs) else np.ones(mine.shape[1])


def _rows(
    attention: Attention, query: np.ndarray, peak: np.ndarray, low: np.ndarray, high: np.ndarray, reach: int
) -> dict[str, np.ndarray]:
    """Columns of regions from keys: oriented offsets to coordinates on the + strand, cut at the ends of linear contigs."""
    offset = attention.offset.astype(np.int64)
    strand, position = attention.strand[query].astype(np.int64), attention.position[query]
    first, last = offset[low] - reach, offset[high] + reach
    start = np.where(strand > 0, position + first, position - last)
    end = np.where(strand > 0, position + last, position - first) + 1
    contig = attention.contig[query]
    lengths = np.array([c.length for c in attention.contigs], np.int64)[contig]
    endless = np.array([c.circular for c in attention.contigs])[contig]
    start, end = np.where(endless, start, np.clip(start, 0, lengths)), np.where(endless, end, np.clip(end, 0, lengths))
    turned = np.where(endless, start // np.maximum(lengths, 1) * lengths, 0)  # a region upstream of the origin starts at the circle's end
    return {
        "contig": contig,
        "start": start - turned,
        "end": end - turned,
        "strand": strand.astype(np.int8),
        "distance": offset[peak],
        "site": position,
    }


def permuted_offsets(regions: Regions, seed: int) -> Regions:
    """Control regions: within each head, the attended distances swapped among the sites.

    The head's profile over distance stays, what it chose by content is gone. Widths go with the distances; p and q are NaN.
    """
    rng = np.random.default_rng([seed, 4])
    centre = regions.site + regions.strand.astype(np.int64) * regions.distance
    source = np.arange(len(regions))
    for head in np.unique(regions.head):
        mine = np.flatnonzero(regions.head == head)
        source[mine] = rng.permutation(mine)
    # on the - strand what reaches downstream lies at smaller coordinates
    before, after = centre - regions.start, regions.end - centre
    flipped = regions.strand != regions.strand[source]
    before, after = np.where(flipped, after[source] - 1, before[source]), np.where(flipped, before[source] + 1, after[source])
    moved = regions.site + regions.strand.astype(np.int64) * regions.distance[source]
    nothing = np.full(len(regions), np.nan)
    return Regions(
        regions.contigs, regions.contig, moved - before, moved + after, regions.head, regions.strand,
        regions.weight[source], regions.distance[source], regions.site, nothing, nothing,
    )  # fmt: skip
