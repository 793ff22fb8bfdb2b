"""Sites that several sets support: one position for the sites that each set has within a few nucleotides of it.

Positions are chosen one after the other, the best first. Each takes from every set the nearest remaining site within
`d` nt. The best position is the one near which most sets have a site. Ties are broken by the number of sets with a site
exactly there, then by strength, then by the most upstream position. Strength is the mean rank (0 to 1) of the sites
within their own sets, because scales differ.

So no chain of sites grows longer than `d` to either side, each site supports one position, and the order of the sets
does not matter.
"""

import heapq
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ...data import Contig, Contigs, Sites

ABSENT = np.iinfo(np.int64).max
"""The distance of a set that has no site at a position."""


@dataclass(frozen=True, eq=False)
class Consensus:
    """Consensus sites, by contig, position and strand.

    Attributes
    ----------
    sites
        The consensus sites; their strength is the number of sets that support them.
    distance
        int64 (sites, sets), distance of each set's site from the consensus site, downstream positive; `ABSENT` without
        one.
    """

    sites: Sites
    distance: np.ndarray


def consensus(sets: Mapping[str, Sites], contigs: Contigs, least: int, d: int) -> Consensus:
    """Find the positions that at least `least` sets support.

    Parameters
    ----------
    sets
        Sites by the names of the sets.
    contigs
        The contigs that the sites lie on.
    least
        Number of sets that must have a site at a position.
    d
        Largest distance of such a site in nucleotides, on the same strand.

    Returns
    -------
    Consensus
        Sites by contig and position, + before - strand.
    """
    columns = [np.concatenate([getattr(s, name) for s in sets.values()]) for name in ("contig", "position", "strand")]
    contig, position, strand = columns
    owner = np.repeat(np.arange(len(sets)), [len(s) for s in sets.values()])
    rank = np.concatenate([_ranks(s.strength) for s in sets.values()])
    rows: list[tuple[int, int, int, list[int]]] = []
    for index in np.unique(contig).tolist():
        for sign in (1, -1):
            mine = np.flatnonzero((contig == index) & (strand == sign))
            if len(mine):
                found = _strand(position[mine] * sign, owner[mine], rank[mine], contigs[index], d, least, len(sets))
                rows += [(index, place * sign, sign, far) for place, far in found]
    rows.sort(key=lambda row: (row[0], row[1], -row[2]))
    where = np.array([row[:3] for row in rows], np.int64).reshape(-1, 3)
    distance = np.array([row[3] for row in rows], np.int64).reshape(-1, len(sets))
    number = (distance != ABSENT).sum(axis=1).astype(np.float32)
    return Consensus(Sites(where[:, 0].astype(np.int32), where[:, 1], where[:, 2].astype(np.int8), number), distance)


def _ranks(strength: np.ndarray) -> np.ndarray:
    """Share of a set's known strengths that are no larger, 0 where a site has none: float64 (sites,)."""
    known = np.sort(strength[np.isfinite(strength)])
    share = np.searchsorted(known, strength, side="right") / max(len(known), 1)
    return np.where(np.isfinite(strength), share, 0.0)


def _strand(
    place: np.ndarray, owner: np.ndarray, rank: np.ndarray, contig: Contig, d: int, least: int, number: int
) -> list[tuple[int, list[int]]]:
    """Positions of one strand, upstream to downstream as given, each with the distance of every set."""
    order = np.lexsort((owner, place))
    places: list[int] = place[order].tolist()
    who, ranks = owner[order].tolist(), rank[order].tolist()
    n, length = len(places), contig.length
    d = min(d, length // 2) if contig.circular else d
    near = [_find_near(places, i, d, length if contig.circular else 0) for i in range(n)]
    left = [True] * n

    def value(i: int) -> tuple[int, int, float, int, int]:
        """The smaller the better."""
        sets = {who[j] for j, _ in near[i] if left[j]}
        here = sorted(ranks[j] for j, far in near[i] if left[j] and far == 0)
        return -len(sets), -len(here), -sum(here) / len(here), places[i], i

    heap = [value(i) for i in range(n)]
    heapq.heapify(heap)
    found = []
    while heap and -heap[0][0] >= least:
        entry = heapq.heappop(heap)
        i = entry[-1]
        if not left[i]:
            continue
        now = value(i)
        if now > entry:  # neighbours have gone to another position since, so this one is worth less
            heapq.heappush(heap, now)
            continue
        taken: dict[int, tuple[int, int, int]] = {}
        for j, far in near[i]:
            if left[j]:
                one = (abs(far), far, j)
                taken[who[j]] = min(taken.get(who[j], one), one)
        for _, _, j in taken.values():
            left[j] = False
        found.append((places[i], [taken[k][1] if k in taken else ABSENT for k in range(number)]))
    return found


def _find_near(place: list[int], i: int, d: int, circular_length: int) -> list[tuple[int, int]]:
    """Sites at most d away, the site itself too, with their distances; circular_length: 0 for a linear contig."""
    found, n = [(i, 0)], len(place)
    for step in (1, -1):
        for k in range(1, n):
            j = i + step * k
            if not 0 <= j < n and not circular_length:
                break
            far = place[j % n] - place[i] + (circular_length * (j // n) if circular_length else 0)
            if abs(far) > d or (
                step < 0 and 2 * far == -circular_length
            ):  # a site exactly opposite was found going the other way
                break
            found.append((j % n, far))
    return found
