"""Stretches of a genome for a figure: what lies on each, and which to take where none is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...data import GeneTable, Genome, Regions, Sites
from ...data.locus import Locus

BEFORE, AFTER = 150, 100
"""Bases around a site that is taken as an example."""


@dataclass(frozen=True, eq=False)
class Layers:
    """All that may be drawn along a genome; None or empty where it was not given. p: float32 (2, N). unseen: bool (N,),
    the part that no weight of the model was fitted to; None: it is not known."""

    genome: Genome
    sites: Sites
    calls: Sites | None = None
    genes: GeneTable | None = None
    p: np.ndarray | None = None
    regions: Regions | None = None
    unseen: np.ndarray | None = None


def cut(layers: Layers, stretch: tuple[int, int, int], why: str = "") -> Locus:
    """What lies on a stretch: contig (index), start and end, 0-based, half-open."""
    contig, start, end = stretch
    first = int(layers.genome.start[contig])
    genes = layers.genes
    if genes is not None:
        genes = genes.take((genes.contig == contig) & (genes.start < end) & (genes.end > start))
    region = np.zeros((0, 3), np.int64)
    head: tuple[str, ...] = ()
    if layers.regions is not None:
        found = layers.regions
        mine = found.take((found.contig == contig) & (found.start < end) & (found.end > start))
        region = np.stack([mine.start, mine.end, mine.strand], axis=1).astype(np.int64)
        head = tuple(map(str, mine.head))
    return Locus(
        contig=layers.genome.contigs[contig].name,
        start=start,
        end=end,
        why=why,
        sites=_within(layers.sites, stretch),
        calls=None if layers.calls is None else _within(layers.calls, stretch),
        genes=genes,
        p=None if layers.p is None else layers.p[:, first + start : first + end],
        region=region,
        head=head,
    )


def _within(sites: Sites, stretch: tuple[int, int, int]) -> Sites:
    contig, start, end = stretch
    return sites.take((sites.contig == contig) & (sites.position >= start) & (sites.position < end))


def chosen(layers: Layers) -> list[Locus]:
    """A typical and the best known site with their surroundings: the median and the largest P where tracks are given,
    else number of regions; of those that are level the first. None without sites, or without either. Where the test
    part is known and holds sites, of these alone: what a model says where it learned shows nothing.
    """
    value = _values(layers)
    if value is None or not len(value):
        return []
    order = np.argsort(-value, kind="stable")
    what = "P" if layers.p is not None else "number of heads' regions"
    if layers.unseen is not None:
        unseen = order[layers.unseen[layers.genome.contigs.place(layers.sites.contig, layers.sites.position)][order]]
        if len(unseen):
            order, what = unseen, f"{what}, of the test part"
    return [cut(layers, _around(layers, int(order[place])), f"{word} site by {what}") for word, place in _places(order)]


def _places(order: np.ndarray) -> Sequence[tuple[str, int]]:
    return [("the best", 0)] if len(order) == 1 else [("a typical", len(order) // 2), ("the best", 0)]


def _values(layers: Layers) -> np.ndarray | None:
    """What orders the sites, float64 (sites,); None where there is nothing."""
    sites = layers.sites
    if layers.p is not None:
        p = layers.p[(sites.strand < 0).astype(int), layers.genome.contigs.place(sites.contig, sites.position)]
        return np.where(np.isnan(p), -1.0, p).astype(np.float64)
    if layers.regions is None:
        return None
    # a site is known by contig, place and strand
    key = np.stack([sites.contig, sites.position, sites.strand], axis=1).astype(np.int64)
    theirs = np.stack([layers.regions.contig, layers.regions.site, layers.regions.strand], axis=1).astype(np.int64)
    kinds, count = np.unique(theirs, axis=0, return_counts=True)
    found = {tuple(row): n for row, n in zip(kinds.tolist(), count.tolist(), strict=True)}
    return np.array([found.get(tuple(row), 0) for row in key.tolist()], float)


def _around(layers: Layers, site: int) -> tuple[int, int, int]:
    contig, position = int(layers.sites.contig[site]), int(layers.sites.position[site])
    before, after = (BEFORE, AFTER) if layers.sites.strand[site] > 0 else (AFTER, BEFORE)
    return contig, max(0, position - before), min(layers.genome.contigs[contig].length, position + after + 1)
