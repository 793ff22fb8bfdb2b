"""Grouping the regions of a head: by the offset that it attends to, and by top fractions.

A head may read one motif at offset -68, another at -9, and the two may have nothing in common. Motifs are searched for
in one group of regions at a time, and a motif that few of the regions hold is easily lost. If a head reads CRP sites at
two offsets beside the -10 element, the motif of all its regions together is the -10 element.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from ...data import Group, Regions

BESIDE = 2
"""Bases on either side of an offset that belong to it: the most attended base varies by this much within one motif."""
FIRST = 4
"""The first top fraction is a quarter: half of the regions would have the motif of all of them."""


def select_top_fractions(regions: Regions, least: int) -> Iterator[tuple[int, np.ndarray]]:
    """Yield the quarter, eighth, sixteenth and so on of a group's regions that have the smallest p.

    The regions to which a head adds most may hold another motif than most of its regions do. For example, all regions
    of a head at -12 were -10 elements, but one promoter in fifty had a LexA dyad over the -10 element, and those
    regions ranked first. Of regions with equal p, the one with the larger weight ranks first.

    Parameters
    ----------
    regions
        The regions of one group.
    least
        Least number of regions in a fraction; less than 1 counts as 1.

    Yields
    ------
    fraction : int
        4, 8, 16 and so on: one region in this many is in the fraction.
    top : numpy.ndarray
        bool (regions,), whether a region is in the fraction.
    """
    order = np.lexsort((-regions.weight, regions.p))
    share = FIRST
    while len(order) // share >= max(least, 1):
        top = np.zeros(len(order), bool)
        top[order[: len(order) // share]] = True
        yield share, top
        share *= 2


def group_by_offset(regions: Regions) -> Regions:
    """Name the group of each region by its head and offset, as in `L3H5@-68`.

    The offsets of a head are its most frequent ones, each counted together with its two neighbours. Every other offset
    belongs to the most frequent offset within `BESIDE` bases of it.

    Parameters
    ----------
    regions
        Regions whose `head` is the name of a head.

    Returns
    -------
    Regions
        The same regions in the same order, with the names of the groups as `head`.
    """
    named = regions.head.astype(object)
    for head in np.unique(regions.head):
        mine = np.flatnonzero(regions.head == head)
        distances, row, count = np.unique(regions.offset[mine], return_inverse=True, return_counts=True)
        place = find_offsets(distances, count)
        named[mine] = [str(Group(head, at)) for at in place[row.ravel()].tolist()]
    return replace(regions, head=named.astype(str))


def find_offsets(distances: np.ndarray, count: np.ndarray) -> np.ndarray:
    """Assign each offset of a head to the most frequent offset near it.

    Offsets are ranked by the number of regions at them and their two neighbours, then by the number at themselves; of
    equal ones the one further upstream ranks first. In this order, each offset that is not yet assigned takes all
    unassigned offsets within `BESIDE` bases.

    Parameters
    ----------
    distances
        int (offsets,), the offsets at which there are regions, ascending, each once; negative upstream.
    count
        int (offsets,), regions at each offset.

    Returns
    -------
    numpy.ndarray
        int64 (offsets,), the offset that each offset is assigned to.

    Examples
    --------
    >>> find_offsets(np.array([-69, -68, -67, -40, -10, -9]), np.array([20, 30, 10, 1, 5, 6])).tolist()
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
