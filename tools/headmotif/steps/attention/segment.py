"""From attention to regions: where a head adds more to a site than it ever adds to what is no site.

One statistic a site and head: the largest gain from any key, the length of what the key adds (weight x value x output
projection) times how much more the head gains from that distance at sites than at background. A weight that carries
nothing is no reason for anything, so weights alone do not count. The profile over distances comes from the other half
of the sites and background, so the p-value stays one: how rare the statistic is among the background queries of the own
half (`tail`). Further regions of the same site and head are tested against the same largest gains, which can only make
their p larger than it need be. Then q over all regions that were looked at, heads being families with their own share
of nulls.
"""

from dataclasses import dataclass, fields

import numpy as np

from ...data import SHUFFLED, Attention, Regions
from ..statistics.false_discovery import grouped
from ..statistics.tail import rarity

EDGE = 0.5
"""A region goes on to the neighbouring keys as long as they gain this share of the strongest key's."""
RARE = 0.05
"""The p at which shuffled sites are counted."""
FLOOR = 0.2
"""Of the mean gain at background: added to both mean profiles, so that distances which nobody looks at do not count by
their noise."""


@dataclass(frozen=True)
class Segmented:
    """Regions, and how many there were before each filter: regions looked at, those with a small p, those with a small
    q too; and the background positions and shuffled sites there are, with the share of the shuffled sites x heads that
    have a p of at most RARE."""

    regions: Regions
    tests: int
    rare: int
    significant: int
    background: int
    shuffled: int
    shuffled_rare: float


@dataclass(frozen=True, eq=False)
class Peaks:
    """The strongest keys of one head at some queries, each (queries,): p; the key, the first and last key of its region
    (indices); its weight."""

    p: np.ndarray
    key: np.ndarray
    low: np.ndarray
    high: np.ndarray
    weight: np.ndarray


def segment(attention: Attention, max_q: float, max_p: float, seed: int, several: int = 1) -> Segmented:
    """The regions with q and p of at most `max_q` and `max_p`, `several` a site and head at most, sorted by contig,
    start, strand and head.

    seed: of the halves. A region holds every base that the attended keys have read: their centres and the layer's reach
    on both sides.
    """
    site, shuffled = np.flatnonzero(attention.is_site), np.flatnonzero(attention.kind == SHUFFLED)
    layers, heads = attention.weight.shape[1:3]
    found, control = [], []
    for layer, head in np.ndindex(layers, heads):
        first, *more = peaks(attention, layer, head, np.concatenate([site, shuffled]), seed, several)
        control.append(first.p[len(site) :])
        found += [(layer, head, _cut_to(peak, len(site))) for peak in (first, *more)]
    p = np.stack([peak.p for *_head, peak in found]) if found else np.ones((0, 0))  # (heads x several, sites)
    q = grouped(p)
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
    return Segmented(regions.take(order), p.size, int((p <= max_p).sum()), len(order), background, len(shuffled), share)


def peaks(attention: Attention, layer: int, head: int, query: np.ndarray, seed: int, several: int = 1) -> list[Peaks]:
    """The strongest keys of a head at queries (rows of the attention) that are sites or shuffled ones, then the next
    strongest outside those regions, and so on."""
    gain, weight = (
        np.nan_to_num(np.asarray(x[:, layer, head], np.float32)) for x in (attention.norm, attention.weight)
    )  # (queries, keys)
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
        found.append(
            Peaks(p, key, low, high, np.take_along_axis(weight[query], key[:, None], 1)[:, 0].astype(np.float64))
        )
        place = np.arange(mine.shape[1])
        scaled[(place >= low[:, None]) & (place <= high[:, None])] = 0.0
    return found


def _cut_to(peaks: Peaks, number: int) -> Peaks:
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
    """How many times more is gained from each distance at sites (rows of `mine`) than at background, float64
    (keys,)."""
    if not len(mine) or not len(theirs):
        return np.ones(mine.shape[1])
    here, there = mine.mean(axis=0), theirs.mean(axis=0)
    floor = FLOOR * max(float(there.mean()), 1e-12)
    return (here + floor) / (there + floor)


def _rows(
    attention: Attention, query: np.ndarray, peak: np.ndarray, low: np.ndarray, high: np.ndarray, reach: int
) -> dict[str, np.ndarray]:
    """Columns of regions from keys: oriented offsets to coordinates on the + strand, cut at the ends of linear
    contigs."""
    offset = attention.offset.astype(np.int64)
    strand, position = attention.strand[query].astype(np.int64), attention.position[query]
    first, last = offset[low] - reach, offset[high] + reach
    start = np.where(strand > 0, position + first, position - last)
    end = np.where(strand > 0, position + last, position - first) + 1
    contig = attention.contig[query]
    lengths = attention.contigs.lengths[contig]
    endless = attention.contigs.circular[contig]
    start, end = np.where(endless, start, np.clip(start, 0, lengths)), np.where(endless, end, np.clip(end, 0, lengths))
    turned = np.where(
        endless, start // np.maximum(lengths, 1) * lengths, 0
    )  # a region upstream of the origin starts at the circle's end
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

    The head's profile over distance stays, what it chose by content is gone. Widths go with the distances; p and q are
    NaN.
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
    before, after = (
        np.where(flipped, after[source] - 1, before[source]),
        np.where(flipped, before[source] + 1, after[source]),
    )
    moved = regions.site + regions.strand.astype(np.int64) * regions.distance[source]
    nothing = np.full(len(regions), np.nan)
    return Regions(
        regions.contigs, regions.contig, moved - before, moved + after, regions.head, regions.strand,
        regions.weight[source], regions.distance[source], regions.site, nothing, nothing,
    )  # fmt: skip
