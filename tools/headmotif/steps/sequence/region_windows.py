"""The bases under regions: windows around what each points at, control regions at random places, and how frequent the
bases are."""

from dataclasses import replace

import numpy as np

from ...alphabet import N
from ...data import Genome, Regions
from .windows import Reads, flip


def cut(genome: Genome, regions: Regions, span: int, flank: int) -> np.ndarray:
    """Windows uint8 (regions, 2 span + 1) around each region's most attended base, read on its strand.

    Bases more than `flank` outside the region are N, so that a motif is looked for where the head looked. A region
    without a site has its middle in the middle.
    """
    reads = Reads(genome, span, span)
    lengths = reads.lengths[regions.contig]
    strand = regions.strand.astype(np.int64)
    centre = centres(regions)
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


def centres(regions: Regions) -> np.ndarray:
    """Each region's most attended base, int64 (regions,); the middle of one that names no site."""
    pointed = regions.site + regions.strand.astype(np.int64) * regions.distance
    return np.where(regions.site >= 0, pointed, (regions.start + regions.end - 1) // 2)


def _endless(genome: Genome) -> np.ndarray:
    return genome.contigs.circular


def half_width(regions: Regions, flank: int) -> int:
    """Wide enough for nineteen regions in twenty, so that a few very long ones do not make all windows long."""
    return int(min(np.quantile(regions.end - regions.start, 0.95), 200)) // 2 + flank + 1


def shifted(genome: Genome, regions: Regions, seed: int) -> Regions:
    """Control regions where no site is known: the same widths and strands at random places of the same contigs."""
    rng = np.random.default_rng([seed, 6])
    lengths = genome.contigs.lengths[regions.contig]
    width = regions.end - regions.start
    start = (rng.random(len(regions)) * np.maximum(lengths - width, 1)).astype(np.int64)
    return replace(regions, start=start, end=start + width, site=np.full(len(regions), -1))


def composition(genome: Genome) -> np.ndarray:
    """Frequencies of A, C, G, T over both strands of a genome, float64 (4,)."""
    frequency = composition_of(genome.base)
    return (frequency + frequency[::-1]) / 2


def composition_of(codes: np.ndarray) -> np.ndarray:
    """Frequencies of A, C, G, T, float64 (4,), in codes of any shape; one of each is added.

    Windows around promoters are rich in A and T: against the genome's composition every column of them would look like
    a motif's.
    """
    count = np.bincount(codes.ravel(), minlength=5)[:N] + 1.0
    return count / count.sum()
