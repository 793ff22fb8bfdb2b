"""Regions of all heads as one set: those that share a base on a strand become one."""

import numpy as np

from ...data import Regions


def combined(regions: Regions) -> Regions:
    """Merged regions, sorted by contig, strand and start; each is named by its heads, in the order of their names, with
    commas between.

    Weight, distance, site and drop are those of the region with the largest weight; p and q are the smallest: a merged
    region is as sure as the surest in it. Regions over a circle's origin are merged with those before it alone.
    """
    order = np.lexsort((regions.start, regions.strand, regions.contig))
    if not len(order):
        return regions
    taken = regions.take(order)
    new = np.ones(len(taken), bool)
    furthest = np.maximum.accumulate(_in_a_row(taken))
    same = (np.diff(taken.contig) == 0) & (np.diff(taken.strand) == 0)
    new[1:] = ~same | (taken.start[1:] >= furthest[:-1] - _shift(taken)[1:])
    first = np.flatnonzero(new)
    group = np.cumsum(new) - 1
    strongest = np.lexsort((-taken.weight, group))[first]
    heads = [",".join(sorted(set(part.tolist()))) for part in np.split(taken.head, first[1:])]
    return Regions(
        taken.contigs, taken.contig[first], taken.start[first], np.maximum.reduceat(taken.end, first),
        np.array(heads), taken.strand[first],
        taken.weight[strongest], taken.distance[strongest], taken.site[strongest],
        np.fmin.reduceat(taken.p, first), np.fmin.reduceat(taken.q, first),
        None if taken.drop is None else taken.drop[strongest],
    )  # fmt: skip


def _shift(regions: Regions) -> np.ndarray:
    """What lifts each contig and strand, in their order, above all before it, int64 (regions,)."""
    span = int(regions.end.max() - min(int(regions.start.min()), 0)) + 1
    return (2 * regions.contig.astype(np.int64) + (regions.strand > 0)) * span


def _in_a_row(regions: Regions) -> np.ndarray:
    return regions.end + _shift(regions)
