"""Merging the regions of all heads: regions that share a base on a strand become one."""

import numpy as np

from ...data import Regions


def combine_regions(regions: Regions) -> Regions:
    """Merge the regions of all heads that share a base on the same strand.

    A merged region takes weight, offset, site and drop from the region in it with the largest weight.
    Its p and q are the smallest of all regions in it.
    A region that continues over the origin of a circular contig is merged only with regions before the origin.

    Parameters
    ----------
    regions
        Regions of any heads, in any order.

    Returns
    -------
    Regions
        Sorted by contig, strand (- before +) and start; `head` lists the heads of each, sorted by name, with commas
        between them.
    """
    order = np.lexsort((regions.start, regions.strand, regions.contig))
    if not len(order):
        return regions
    taken = regions.take(order)
    new = np.ones(len(taken), bool)
    furthest = np.maximum.accumulate(_unroll_ends(taken))
    same = (np.diff(taken.contig) == 0) & (np.diff(taken.strand) == 0)
    new[1:] = ~same | (taken.start[1:] >= furthest[:-1] - _shift(taken)[1:])
    first = np.flatnonzero(new)
    group = np.cumsum(new) - 1
    strongest = np.lexsort((-taken.weight, group))[first]
    heads = [",".join(sorted(set(part.tolist()))) for part in np.split(taken.head, first[1:])]
    return Regions(
        taken.contigs, taken.contig[first], taken.start[first], np.maximum.reduceat(taken.end, first),
        np.array(heads), taken.strand[first],
        taken.weight[strongest], taken.offset[strongest], taken.site[strongest],
        np.fmin.reduceat(taken.p, first), np.fmin.reduceat(taken.q, first),
        None if taken.drop is None else taken.drop[strongest],
    )  # fmt: skip


def _shift(regions: Regions) -> np.ndarray:
    """Return what to add to each region's coordinates so that no two contigs or strands overlap, int64 (regions,)."""
    span = int(regions.end.max() - min(int(regions.start.min()), 0)) + 1
    return (2 * regions.contig.astype(np.int64) + (regions.strand > 0)) * span


def _unroll_ends(regions: Regions) -> np.ndarray:
    return regions.end + _shift(regions)
