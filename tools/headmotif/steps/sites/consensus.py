"""Sites that several sets support: one place for what each set has within a few nucleotides of it.

Places are taken one after the other, the best first, and each takes along of every set the nearest site within d nt
that is left. The best place is the one that most sets have a site near; of those, that most sets have exactly; then the
strongest, by the mean of the ranks (0 to 1) of its sites within their own sets, as scales differ; then the most
upstream. So no chain of sites grows longer than d to either side, each site supports one place, and the order of the
sets changes nothing.
"""

import heapq
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ...data import Contig, Contigs, Sites

ABSENT = np.iinfo(np.int64).max
"""The distance of a set that has no site at a place."""


@dataclass(frozen=True, eq=False)
class Consensus:
    """Places, by contig, position and strand: sites, their strength the number of sets. distance: int64 (places, sets),
    how far each set's site lies from the place, downstream positive; ABSENT where a set has none."""

    sites: Sites
    distance: np.ndarray


def consensus(sets: Mapping[str, Sites], contigs: Contigs, least: int, d: int) -> Consensus:
    """The places that at least so many sets have a site at, at most d nt away on the strand."""
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
    """Places of one strand, upstream to downstream as given, with each set's distance."""
    order = np.lexsort((owner, place))
    places: list[int] = place[order].tolist()
    who, ranks = owner[order].tolist(), rank[order].tolist()
    n, length = len(places), contig.length
    d = min(d, length // 2) if contig.circular else d
    near = [_near(places, i, d, length if contig.circular else 0) for i in range(n)]
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
        told = heapq.heappop(heap)
        i = told[-1]
        if not left[i]:
            continue
        now = value(i)
        if now > told:  # neighbours went with another place since: it is worth less
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


def _near(place: list[int], i: int, d: int, circle: int) -> list[tuple[int, int]]:
    """Sites at most d away, itself too, with their distance; circle: its length, 0 for a line."""
    found, n = [(i, 0)], len(place)
    for step in (1, -1):
        for k in range(1, n):
            j = i + step * k
            if not 0 <= j < n and not circle:
                break
            far = place[j % n] - place[i] + (circle * (j // n) if circle else 0)
            if abs(far) > d or (step < 0 and 2 * far == -circle):  # what lies opposite was met going the other way
                break
            found.append((j % n, far))
    return found
