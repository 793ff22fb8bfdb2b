"""Loci for figures: what lies on them, and which ones are drawn by default."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...data import GeneTable, Genome, Regions, Sites
from ...data.locus import Locus

BEFORE, AFTER = 150, 100
"""Bases shown before and after an example site, on its strand."""


@dataclass(frozen=True, eq=False)
class Layers:
    """Everything that may be drawn along a genome; None or empty if it was not given.

    Attributes
    ----------
    genome
        The genome.
    sites
        Known sites.
    calls
        Predicted sites.
    genes
        Genes.
    p
        float32 (2, N): P of both strands, rows + and -, by + coordinates of the contigs end to end.
    regions
        Regions of the heads.
    unseen
        bool (N,): the part of the genome that no weight of the model was fitted to; None if it is unknown.
    """

    genome: Genome
    sites: Sites
    calls: Sites | None = None
    genes: GeneTable | None = None
    p: np.ndarray | None = None
    regions: Regions | None = None
    unseen: np.ndarray | None = None


def cut_locus(layers: Layers, stretch: tuple[int, int, int], why: str = "") -> Locus:
    """Collect everything that lies on a stretch of the genome.

    Parameters
    ----------
    layers
        Everything along the genome.
    stretch
        Index of the contig, start and end, 0-based half-open.
    why
        Why it is shown, as part of the caption; "" for no reason.

    Returns
    -------
    Locus
        The stretch with its sites, calls, genes, P and regions.
    """
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
        sites=_select_within(layers.sites, stretch),
        calls=None if layers.calls is None else _select_within(layers.calls, stretch),
        genes=genes,
        p=None if layers.p is None else layers.p[:, first + start : first + end],
        region=region,
        head=head,
    )


def _select_within(sites: Sites, stretch: tuple[int, int, int]) -> Sites:
    contig, start, end = stretch
    return sites.take((sites.contig == contig) & (sites.position >= start) & (sites.position < end))


def choose_loci(layers: Layers) -> list[Locus]:
    """Choose the surroundings of two known sites as examples.

    They are the sites with the median and the highest P on their strands, or without tracks with the median and the
    highest number of regions. Of sites with the same value, the first is chosen. If the test part of the model is known
    and holds sites, only these count, because a model is no evidence on sites that it was trained on.

    Parameters
    ----------
    layers
        Everything along the genome.

    Returns
    -------
    list
        Two loci, or one if there is only one site; empty without sites, or without both tracks and regions.
    """
    value = _values(layers)
    if value is None or not len(value):
        return []
    order = np.argsort(-value, kind="stable")
    what = "P" if layers.p is not None else "number of regions"
    if layers.unseen is not None:
        unseen = order[layers.unseen[layers.genome.contigs.place(layers.sites.contig, layers.sites.position)][order]]
        if len(unseen):
            order, what = unseen, f"{what} in the test part"
    return [
        cut_locus(layers, _find_surroundings(layers, int(order[place])), f"the site with the {word} {what}")
        for word, place in _places(order)
    ]


def _places(order: np.ndarray) -> Sequence[tuple[str, int]]:
    return [("highest", 0)] if len(order) == 1 else [("median", len(order) // 2), ("highest", 0)]


def _values(layers: Layers) -> np.ndarray | None:
    """The values that sort the sites, float64 (sites,); None if there are none."""
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


def _find_surroundings(layers: Layers, site: int) -> tuple[int, int, int]:
    contig, position = int(layers.sites.contig[site]), int(layers.sites.position[site])
    before, after = (BEFORE, AFTER) if layers.sites.strand[site] > 0 else (AFTER, BEFORE)
    return contig, max(0, position - before), min(layers.genome.contigs[contig].length, position + after + 1)
