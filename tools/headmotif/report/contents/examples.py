"""Example sites of a head: those whose regions have the smallest p near the head's most frequent offset."""

from collections.abc import Iterator

import numpy as np

from ...data import Genome, Regions
from ...data.verdict import Example

NEAR = 2
"""Largest difference, in nucleotides, between the offset of an example and the head's most frequent offset."""
BEFORE, AFTER = 60, 20
"""Bases shown on either side of the site; sites with attended bases beyond them are left out."""


def examples(genome: Genome, regions: Regions, number: int) -> dict[str, list[Example]]:
    """Choose example sites for each head.

    The examples lie near the head's most frequent offset. The smallest p comes first, then the largest weight, then the
    order of the file. Sites whose surroundings leave a linear contig are left out; on a circular contig they continue
    over the origin. Sequences that are already shown are left out too, such as copies of ribosomal operons.

    Parameters
    ----------
    genome
        The genome of the regions.
    regions
        Regions as attn2bed writes them. Regions of another BED file have no site and give no examples.
    number
        Examples of each head, at most.

    Returns
    -------
    dict
        The examples by head.
    """
    p = np.where(np.isnan(regions.p), 1.0, regions.p)
    found: dict[str, list[Example]] = {}
    for head, every in _group_rows(regions.head):
        rows = every[regions.site[every] >= 0]
        if not len(rows):
            continue
        mine = found[head] = []
        distance, count = np.unique(regions.offset[rows], return_counts=True)
        near = rows[np.abs(regions.offset[rows] - distance[count.argmax()]) <= NEAR]
        for row in near[np.lexsort((-regions.weight[near], p[near]))]:
            if len(mine) >= number:
                break
            one = _example(genome, regions, int(row))
            if one is not None and one.sequence not in {other.sequence for other in mine}:
                mine.append(one)
    return found


def drops(regions: Regions) -> dict[str, tuple[float, float, int]]:
    """Summarise in-silico mutagenesis of each head's regions.

    Parameters
    ----------
    regions
        Regions, with or without the column `ism`.

    Returns
    -------
    dict
        By head: the median drop of the site's logit when the bases of the region are mutated, the share of regions
        where the logit drops (0-1), and the number of regions with a known drop. Heads without such a region are left
        out.
    """
    found = {}
    if regions.drop is not None:
        for head, rows in _group_rows(regions.head):
            drop = regions.drop[rows]
            drop = drop[~np.isnan(drop)]
            if len(drop):
                found[head] = (float(np.median(drop)), float((drop > 0).mean()), len(drop))
    return found


def _group_rows(head: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """The rows of each head, int64, in order; heads sorted by name."""
    given = head.tolist()
    names = sorted(set(given))
    number = {name: i for i, name in enumerate(names)}
    small = np.min_scalar_type(len(names))  # small numbers sort faster than texts
    each = np.fromiter((number[name] for name in given), small, len(given))
    ends = np.cumsum(np.bincount(each, minlength=len(names)))
    yield from zip(names, np.split(np.argsort(each, kind="stable"), ends)[:-1], strict=True)


def _example(genome: Genome, regions: Regions, row: int) -> Example | None:
    contig = genome.contigs[regions.contig[row]]
    site, strand = int(regions.site[row]), int(regions.strand[row])
    place = site + strand * np.arange(-BEFORE, AFTER + 1)
    if contig.circular:
        place %= contig.length
    elif place.min() < 0 or place.max() >= contig.length:
        return None
    first = int(genome.start[regions.contig[row]])
    code = genome.base[first + place]
    letters = "".join("ACGTN"[c] for c in (code if strand > 0 else np.where(code < 4, 3 - code, 4)))
    # offsets of the region's ends, the shorter way around a circular contig
    ends = strand * (np.array([regions.start[row], regions.end[row] - 1]) - site)
    if contig.circular:
        ends = (ends + contig.length // 2) % contig.length - contig.length // 2
    start, end = int(ends.min()) + BEFORE, int(ends.max()) + BEFORE + 1
    if start < 0 or end > len(letters):
        return None
    return Example(contig.name, site, strand, letters, BEFORE, start, end)
