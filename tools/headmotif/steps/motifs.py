"""From regions to motifs: one a head, found on one half of the sites and tested on the other."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..alphabet import N
from ..data import Genome, Motif, Regions
from .align import discover, refine
from .selectivity import permutation_test, rank_test, scores, usual_start
from .windows import Reads, flip

SHUFFLES = 5
"""Sets of random places where the regions name no site: their number does not change what is tested, only how well it is known."""


@dataclass(frozen=True, eq=False)
class Found:
    """One group's motif, its p beyond the control, and why there is none (`problem`) where there is none.

    start: how many bases from the attended base it mostly begins, negative upstream (0 where there is none).
    """

    group: str
    regions: int
    motif: Motif | None
    p: float
    problem: str = ""
    start: int = 0


def find_motifs(genome: Genome, regions: Regions, flank: int, min_sites: int, seed: int) -> Iterator[Found]:
    """The motif of each group of regions (column 4 of their file), groups in the order of their names.

    flank: bases read beyond a region on each side. Groups of fewer than `min_sites` regions are not searched.
    """
    overall = composition(genome)
    half = discovery_half(regions, seed)
    anchored = bool((regions.site >= 0).all())
    controls = [] if anchored else [shifted(genome, regions, s) for s in range(seed * 1000, seed * 1000 + SHUFFLES)]
    for group in sorted(set(regions.head.tolist()), key=natural):
        mine = np.flatnonzero(regions.head == group)
        test = mine[~half[mine]]
        if len(mine) < min_sites or len(test) < min_sites // 4 or half[mine].sum() < min_sites // 4:
            yield Found(group, len(mine), None, float("nan"), f"{len(mine)} regions, fewer than {min_sites}")
            continue
        span = _half_width(regions.take(mine), flank)
        windows = cut(genome, regions.take(mine), span, flank)
        weight = np.maximum(regions.weight[mine], 1e-6)
        first = half[mine]
        background = composition_of(windows)
        found = discover(windows[first], weight[first], background)
        if found is None:
            yield Found(group, len(mine), None, float("nan"), "its regions are too short for a motif, or all N")
            continue
        start = usual_start(found, weight[first]) - span
        if anchored:
            p = _beyond_position(genome, regions.take(test), found.matrix, background, start)
        else:
            there = np.concatenate([cut(genome, c.take(test), span, flank) for c in controls])
            best = (np.nanmax(scores(w, found.matrix, background), axis=1, initial=-1e9) for w in (windows[~first], there))
            p = rank_test(*best)
        final = refine(windows, weight, background, found.matrix)
        motif = Motif(group, final.matrix, float((final.present > 0.5).sum()), overall)
        yield Found(group, len(mine), motif, p, start=usual_start(final, weight) - span)


def _beyond_position(genome: Genome, regions: Regions, matrix: np.ndarray, background: np.ndarray, start: int) -> float:
    """p of the motif, which starts `start` bases from the attended base, at the regions' own distances against swapped ones."""
    distances, own = np.unique(regions.distance, return_inverse=True)
    halo = int(np.abs(distances).max()) + abs(start) + len(matrix)
    reads = Reads(genome, halo, halo)
    place = flip(regions.site, regions.strand, reads.lengths[regions.contig])
    parts = []
    for first in range(0, len(regions), 1000):  # every start of a promoter, spelled out, takes much room
        rows = slice(first, first + 1000)
        promoters = reads.cut(regions.contig[rows], regions.strand[rows], place[rows], 1)
        parts.append(scores(promoters, matrix, background)[:, reads.before + distances + start])
    return permutation_test(np.concatenate(parts), own.ravel())


def composition(genome: Genome) -> np.ndarray:
    """Frequencies of A, C, G, T over both strands of a genome, float64 (4,)."""
    frequency = composition_of(genome.base)
    return (frequency + frequency[::-1]) / 2


def composition_of(codes: np.ndarray) -> np.ndarray:
    """Frequencies of A, C, G, T, float64 (4,), in codes of any shape; one of each is added.

    Windows around promoters are rich in A and T: against the genome's composition every column of them would look like a motif's.
    """
    count = np.bincount(codes.ravel(), minlength=5)[:N] + 1.0
    return count / count.sum()


def discovery_half(regions: Regions, seed: int) -> np.ndarray:
    """bool (regions,): on which half of the sites a motif is found; all regions of a site are in the same half."""
    sites = np.stack([regions.contig, regions.site, regions.strand], axis=1)
    key = sites if (regions.site >= 0).all() else np.arange(len(regions))[:, None]
    _unique, index = np.unique(key, axis=0, return_inverse=True)
    size = int(index.max()) + 1 if len(index) else 0
    side = np.random.default_rng([seed, 5]).permutation(size) % 2 == 0
    return side[index.ravel()]


def cut(genome: Genome, regions: Regions, span: int, flank: int) -> np.ndarray:
    """Windows uint8 (regions, 2 span + 1) around each region's most attended base, read on its strand.

    Bases more than `flank` outside the region are N, so that a motif is looked for where the head looked. A region without a
    site has its middle in the middle.
    """
    reads = Reads(genome, span, span)
    lengths = reads.lengths[regions.contig]
    strand = regions.strand.astype(np.int64)
    centre = np.where(regions.site >= 0, regions.site + strand * regions.distance, (regions.start + regions.end - 1) // 2)
    turned = np.where(_endless(genome)[regions.contig], lengths, 1 << 62)
    inside = (centre >= 0) & (centre < lengths) | (turned == lengths)
    place = flip(np.where(inside, centre % np.minimum(turned, lengths), 0), strand, lengths)
    windows = reads.cut(regions.contig, strand, place, 1)
    before, after = centre - regions.start, regions.end - 1 - centre
    before, after = np.where(strand > 0, before, after), np.where(strand > 0, after, before)
    # a region over a circle's origin, written as two lines, may lie a turn away from its centre
    before, after = (np.where(np.abs(x) > lengths // 2, span, x) for x in (before, after))
    offset = np.arange(-span, span + 1)
    used = (offset >= -(before + flank)[:, None]) & (offset <= (after + flank)[:, None]) & inside[:, None]
    return np.where(used, windows, N).astype(np.uint8)


def _endless(genome: Genome) -> np.ndarray:
    return np.array([c.circular for c in genome.contigs])


def _half_width(regions: Regions, flank: int) -> int:
    """Wide enough for nineteen regions in twenty, so that a few very long ones do not make all windows long."""
    return int(min(np.quantile(regions.end - regions.start, 0.95), 200)) // 2 + flank + 1


def shifted(genome: Genome, regions: Regions, seed: int) -> Regions:
    """Control regions where no site is known: the same widths and strands at random places of the same contigs."""
    rng = np.random.default_rng([seed, 6])
    lengths = np.array([c.length for c in genome.contigs], np.int64)[regions.contig]
    width = regions.end - regions.start
    start = (rng.random(len(regions)) * np.maximum(lengths - width, 1)).astype(np.int64)
    columns = {name: getattr(regions, name) for name in Regions.COLUMNS}
    return Regions(regions.contigs, **{**columns, "start": start, "end": start + width, "site": np.full(len(regions), -1)})


def natural(group: str) -> list[tuple[int, str]]:
    """A key that sorts L2H10 behind L2H9."""
    parts: list[str] = [""]
    for letter in group:
        if letter.isdigit() == parts[-1].isdigit():
            parts[-1] += letter
        else:
            parts.append(letter)
    return [(int(p), "") if p.isdigit() else (-1, p) for p in parts if p]
