"""A head's regions by the places it looks at: the same head may read one thing at -68, another at -9, and nothing in
common.

Motifs are looked for in a group of regions, and one thing among several is easily lost in it: of a head that reads
CRP's site in its two places beside the -10 box, the motif of all regions together is the box.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from ...data import Group, Regions

BESIDE = 2
"""Bases on either side of a place that belong to it: a head points at a motif's word within so many, and wobbles with
the motif."""
FIRST = 4
"""The first of the strongest are a quarter: of a half the motif is that of all."""


def strongest(regions: Regions, least: int) -> Iterator[tuple[int, np.ndarray]]:
    """The strongest quarter of a group's regions, eighth, and so on while they are so many at least: 4, 8, ... and bool
    (regions,).

    What a head adds most for may be rarer than what it mostly adds for: where all that it sees at -12 are -10 boxes,
    one promoter in fifty has LexA's dyad over the box, and those are its largest. The smaller p is the stronger; of
    equals the one with the larger weight.
    """
    order = np.lexsort((-regions.weight, regions.p))
    share = FIRST
    while len(order) // share >= max(least, 1):
        top = np.zeros(len(order), bool)
        top[order[: len(order) // share]] = True
        yield share, top
        share *= 2


def by_place(regions: Regions) -> Regions:
    """The same regions in their order, the groups named by head and place, as `L3H5@-68`.

    A head's places are its most frequent distances, in bases from the site, negative upstream, each counted with the
    two beside it; a distance belongs to the most frequent place within BESIDE.
    """
    named = regions.head.astype(object)
    for head in np.unique(regions.head):
        mine = np.flatnonzero(regions.head == head)
        distances, row, count = np.unique(regions.distance[mine], return_inverse=True, return_counts=True)
        place = places(distances, count)
        named[mine] = [str(Group(head, at)) for at in place[row.ravel()].tolist()]
    return replace(regions, head=named.astype(str))


def places(distances: np.ndarray, count: np.ndarray) -> np.ndarray:
    """The place of each distance, int64 (distances,). distances: ascending, each once; count: regions at each.

    >>> places(np.array([-69, -68, -67, -40, -10, -9]), np.array([20, 30, 10, 1, 5, 6])).tolist()
    [-68, -68, -68, -40, -9, -9]
    """
    near = np.abs(distances[:, None] - distances)
    around = (near <= 1) @ count
    place, free = np.zeros(len(distances), np.int64), np.ones(len(distances), bool)
    for best in np.lexsort((distances, -count, -around)):  # of equals the one further upstream
        if free[best]:
            mine = free & (near[best] <= BESIDE)
            place[mine], free[mine] = distances[best], False
    return place
