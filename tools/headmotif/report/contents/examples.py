"""Sites that show what a head attends to: those whose region is the surest, where most of its regions lie."""

import numpy as np

from ...data import Genome, Regions
from ...data.verdict import Example

NEAR = 2
"""An example's distance from the head's commonest, at most."""
BEFORE, AFTER = 60, 20
"""Bases shown on either side of the site; an attended base that lies farther out is not shown, nor is its site."""


def examples(genome: Genome, regions: Regions, number: int) -> dict[str, list[Example]]:
    """Of each head so many sites at most, near its commonest distance: the smallest p first, then the largest weight,
    then as in the file.

    regions: as attn2bed wrote them; those of another BED know no site and give nothing. Sites whose surroundings leave
    the contig are passed over, but on a circle they go on over the origin; so are copies of a sequence that is shown,
    as of ribosomal operons.
    """
    p = np.where(np.isnan(regions.p), 1.0, regions.p)
    order = np.lexsort((np.arange(len(regions)), -regions.weight, p))
    order = order[regions.site[order] >= 0]
    found: dict[str, list[Example]] = {}
    heads = regions.head[order]
    for head in np.unique(heads):
        mine = found[str(head)] = []
        rows = order[heads == head]
        distance, count = np.unique(regions.distance[rows], return_counts=True)
        near = np.abs(regions.distance[rows] - distance[count.argmax()]) <= NEAR
        for row in rows[near]:
            if len(mine) >= number:
                break
            one = _example(genome, regions, int(row))
            if one is not None and one.sequence not in {other.sequence for other in mine}:
                mine.append(one)
    return found


def drops(regions: Regions) -> dict[str, tuple[float, float, int]]:
    """Of each head: by how much the sites' logits are lower without its regions' bases (median), the share of regions
    where they are lower, and of how many regions that is known. Heads without such a region are left out."""
    found = {}
    if regions.drop is not None:
        known = ~np.isnan(regions.drop)
        for head in np.unique(regions.head[known]):
            drop = regions.drop[known & (regions.head == head)]
            found[str(head)] = (float(np.median(drop)), float((drop > 0).mean()), len(drop))
    return found


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
    # the piece's ends as distances from the site along its strand, the shorter way around a circle
    ends = strand * (np.array([regions.start[row], regions.end[row] - 1]) - site)
    if contig.circular:
        ends = (ends + contig.length // 2) % contig.length - contig.length // 2
    start, end = int(ends.min()) + BEFORE, int(ends.max()) + BEFORE + 1
    if start < 0 or end > len(letters):
        return None
    return Example(contig.name, site, strand, letters, BEFORE, start, end)
