"""From attention to regions: where a head adds more to a site than it adds to background positions by chance.

There is one statistic for each site and head: the largest gain from any key. A gain is the norm of a key (the length of
weight x value x output projection) times the ratio of the mean norm at that offset at sites to that at background
positions. Weights alone do not count, because a key with a small value adds little whatever its weight.

The sites and background positions are divided into two halves. The ratios come from the other half, so that the p-value
is valid: it says how rare the statistic is among the background positions of the own half (see `tail`). Further regions
of the same site and head are compared with the same largest gains, which can only make their p too large. q is computed
over all regions that were tested, with each head as a family that has its own share of nulls.
"""

from dataclasses import dataclass, fields

import numpy as np

from ...data import SHUFFLED, Attention, Regions
from ..statistics.false_discovery import adjust_by_family
from ..statistics.tail import rarity
from .no_regions import explain_no_regions

EDGE = 0.5
"""A region extends over the neighbouring keys that have at least this share of the top key's norm."""
RARE = 0.05
"""Largest p of the shuffled sites that are counted."""
FLOOR = 0.2
"""Share of the mean norm at background positions that is added to both mean profiles, so that offsets to which nothing
attends do not count by their noise."""


@dataclass(frozen=True)
class Segmented:
    """Regions, and how many tests, background positions and shuffled sites they come from.

    Attributes
    ----------
    regions
        The regions that pass both limits.
    tests
        Number of regions tested: sites x heads x regions at a site.
    rare
        Number of tests with a p within the limit.
    significant
        Number of regions with p and q within their limits.
    background
        Number of background positions.
    shuffled
        Number of shuffled sites.
    shuffled_rare
        Share of the shuffled sites x heads with a p of at most `RARE`; NaN where there are no shuffled sites.
    why_none
        Why there are no regions, and which limits give some; "" if there are regions.
    """

    regions: Regions
    tests: int
    rare: int
    significant: int
    background: int
    shuffled: int
    shuffled_rare: float
    why_none: str


@dataclass(frozen=True, eq=False)
class Peaks:
    """The top keys of one head, those with the largest gain, at some queries; all arrays are (queries,).

    Attributes
    ----------
    p
        float64, p of the top key.
    key
        int64, index of the top key.
    low, high
        int64, indices of the first and the last key of its region.
    weight
        float64, attention weight of the top key.
    """

    p: np.ndarray
    key: np.ndarray
    low: np.ndarray
    high: np.ndarray
    weight: np.ndarray


def segment(attention: Attention, max_q: float, max_p: float, seed: int, several: int = 1) -> Segmented:
    """Find the regions of all heads at the sites.

    A region holds every base that its keys have read: their centres, and the reach of the layer on both sides.
    Regions are cut at the ends of linear contigs.

    Parameters
    ----------
    attention
        Attention at sites, background positions and, where wanted, shuffled sites.
    max_q, max_p
        Largest q and largest p of a region.
    seed
        Seed of the division into halves.
    several
        Largest number of regions at a site and head.

    Returns
    -------
    Segmented
        Its regions are sorted by contig, start, end, strand and head; coordinates are 0-based, half-open and on the +
        strand.
    """
    site, shuffled = np.flatnonzero(attention.is_site), np.flatnonzero(attention.kind == SHUFFLED)
    layers, heads = attention.weight.shape[1:3]
    found, control = [], []
    for layer, head in np.ndindex(layers, heads):
        first, *more = peaks(attention, layer, head, np.concatenate([site, shuffled]), seed, several)
        control.append(first.p[len(site) :])
        found += [(layer, head, _trim(peak, len(site))) for peak in (first, *more)]
    p = np.stack([peak.p for *_head, peak in found]) if found else np.ones((0, 0))  # (heads x several, sites)
    q = adjust_by_family(p)
    columns: dict[str, list[np.ndarray]] = {name: [] for name in Regions.COLUMNS}
    for (layer, head, peak), its in zip(found, q, strict=True):
        kept = np.flatnonzero((its <= max_q) & (peak.p <= max_p))
        rows = _rows(attention, site[kept], peak.key[kept], peak.low[kept], peak.high[kept], attention.reach[layer])
        rows |= {
            "head": np.full(len(kept), attention.name(layer, head)),
            "weight": peak.weight[kept],
            "p": peak.p[kept],
            "q": its[kept],
        }
        for name, column in rows.items():
            columns[name].append(column)
    joined = {name: np.concatenate(parts) if parts else np.zeros(0) for name, parts in columns.items()}
    regions = Regions(attention.contigs.names, **joined)
    order = np.lexsort((regions.head, regions.strand, regions.end, regions.start, regions.contig))
    share = float((np.concatenate(control) <= RARE).mean()) if len(shuffled) else float("nan")
    background = int(attention.is_background.sum())
    why_none = "" if len(order) else explain_no_regions(p, q, max_q, max_p)
    return Segmented(
        regions.take(order), p.size, int((p <= max_p).sum()), len(order), background, len(shuffled), share, why_none
    )


def peaks(attention: Attention, layer: int, head: int, query: np.ndarray, seed: int, several: int = 1) -> list[Peaks]:
    """Find the keys with the largest gain of a head at some queries.

    Parameters
    ----------
    attention
        Attention at sites and background positions.
    layer, head
        Indices along the axes of the attention, from 0.
    query
        int (queries,), rows of the attention that are sites or shuffled sites.
    seed
        Seed of the division into halves.
    several
        Number of keys for each query.

    Returns
    -------
    list[Peaks]
        `several` items: the top key of each query, then the top key outside that region, and so on. p is 1
        where no key is left.
    """
    gain = np.nan_to_num(np.asarray(attention.norm[:, layer, head], np.float32))  # (queries, keys)
    site, background = np.flatnonzero(attention.is_site), np.flatnonzero(attention.is_background)
    rng = np.random.default_rng([seed, 8])
    half = np.zeros(len(gain), bool)
    for rows in (site, background):
        half[rows] = rng.permutation(len(rows)) % 2 == 0
    mine, of_first = gain[query], half[query]
    scaled, chance = np.empty_like(mine), {}
    for side in (True, False):
        profile = _selectivity(gain[site[half[site] != side]], gain[background[half[background] != side]])
        scaled[of_first == side] = mine[of_first == side] * profile
        chance[side] = (gain[background[half[background] == side]] * profile).max(axis=1, initial=0.0)
    found = []
    for _time in range(several):
        key = scaled.argmax(axis=1)
        top = np.take_along_axis(scaled, key[:, None], 1)[:, 0]
        p = np.ones(len(query))
        for side in (True, False):
            p[of_first == side] = rarity(chance[side], top[of_first == side])
        p[top <= 0] = 1.0  # there is no key left
        low, high = _extent(mine, key)
        weight = np.nan_to_num(attention.weight[query, layer, head, key].astype(np.float64))
        found.append(Peaks(p, key, low, high, weight))
        place = np.arange(mine.shape[1])
        scaled[(place >= low[:, None]) & (place <= high[:, None])] = 0.0
    return found


def _trim(peaks: Peaks, number: int) -> Peaks:
    return Peaks(*(getattr(peaks, f.name)[:number] for f in fields(Peaks)))


def _extent(gain: np.ndarray, key: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """First and last key of the region around each row's key: neighbours with at least EDGE of its gain."""
    rows, low, high = np.arange(len(gain)), key.copy(), key.copy()
    strong = gain >= EDGE * gain[rows, key][:, None]
    for step, edge in ((-1, low), (1, high)):
        going = np.ones(len(gain), bool)
        while going.any():
            beyond = edge + step
            inside = (beyond >= 0) & (beyond < gain.shape[1])
            going &= inside & strong[rows, np.clip(beyond, 0, gain.shape[1] - 1)]
            edge[going] += step
    return low, high


def _selectivity(mine: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """Return the ratio of the mean norm at sites (`mine`) to that at background (`theirs`), float64 (keys,)."""
    if not len(mine) or not len(theirs):
        return np.ones(mine.shape[1])
    here, there = mine.mean(axis=0), theirs.mean(axis=0)
    floor = FLOOR * max(float(there.mean()), 1e-12)
    return (here + floor) / (there + floor)


def _rows(
    attention: Attention, query: np.ndarray, peak: np.ndarray, low: np.ndarray, high: np.ndarray, reach: int
) -> dict[str, np.ndarray]:
    """Return the columns of regions from keys: offsets become coordinates on the + strand, cut at ends of linear
    contigs.
    """
    offset = attention.offset.astype(np.int64)
    strand, position = attention.strand[query].astype(np.int64), attention.position[query]
    first, last = offset[low] - reach, offset[high] + reach
    start = np.where(strand > 0, position + first, position - last)
    end = np.where(strand > 0, position + last, position - first) + 1
    contig = attention.contig[query]
    lengths = attention.contigs.lengths[contig]
    endless = attention.contigs.circular[contig]
    start, end = np.where(endless, start, np.clip(start, 0, lengths)), np.where(endless, end, np.clip(end, 0, lengths))
    # on a circular contig, a region upstream of the origin starts near the contig's end
    turned = np.where(endless, start // np.maximum(lengths, 1) * lengths, 0)
    return {
        "contig": contig,
        "start": start - turned,
        "end": end - turned,
        "strand": strand.astype(np.int8),
        "offset": offset[peak],
        "site": position,
    }


def permute_offsets(regions: Regions, seed: int) -> Regions:
    """Make control regions: within each head, the attended offsets are exchanged among the sites.

    The profile of the head over offsets stays, and its choice by sequence is gone.

    Parameters
    ----------
    regions
        Regions that name their site.
    seed
        Seed of the random numbers.

    Returns
    -------
    Regions
        One control for each region, in the same order. Width and weight move with the offset; p and q are NaN.
    """
    rng = np.random.default_rng([seed, 4])
    centre = regions.site + regions.strand.astype(np.int64) * regions.offset
    source = np.arange(len(regions))
    for head in np.unique(regions.head):
        mine = np.flatnonzero(regions.head == head)
        source[mine] = rng.permutation(mine)
    # on the - strand, downstream is towards smaller coordinates
    before, after = centre - regions.start, regions.end - centre
    flipped = regions.strand != regions.strand[source]
    before, after = (
        np.where(flipped, after[source] - 1, before[source]),
        np.where(flipped, before[source] + 1, after[source]),
    )
    moved = regions.site + regions.strand.astype(np.int64) * regions.offset[source]
    unknown = np.full(len(regions), np.nan)
    return Regions(
        regions.contigs, regions.contig, moved - before, moved + after, regions.head, regions.strand,
        regions.weight[source], regions.offset[source], regions.site, unknown, unknown,
    )  # fmt: skip
