"""The bases of regions: windows around their most attended bases, control regions, and the composition."""

from dataclasses import replace

import numpy as np

from ...alphabet import N
from ...data import Genome, Regions
from .windows import Reads, flip

LONGEST = 200
"""The most bases of a region in which motifs are sought: those in its middle, or around its most attended base."""


def cut_windows(genome: Genome, regions: Regions, span: int, flank: int) -> np.ndarray:
    """Cut a window around the most attended base of each region.

    Bases more than `flank` outside the region are N, so that a motif is sought only where the head attends. The window
    of a region without a site is centred on the middle of the region.

    Parameters
    ----------
    genome
        The sequence that the regions lie on.
    regions
        Regions; their contigs are indexed as in `genome`.
    span
        Bases on each side of the most attended base.
    flank
        Bases outside the region that are kept on each side.

    Returns
    -------
    numpy.ndarray
        uint8 (regions, 2 span + 1), codes 0-4, 5' to 3' on the region's strand.
    """
    reads = Reads(genome, span, span)
    lengths = reads.lengths[regions.contig]
    strand = regions.strand.astype(np.int64)
    centre = centres(regions)
    turned = np.where(_is_circular(genome)[regions.contig], lengths, 1 << 62)
    inside = (centre >= 0) & (centre < lengths) | (turned == lengths)
    place = flip(np.where(inside, centre % np.minimum(turned, lengths), 0), strand, lengths)
    windows = reads.cut(regions.contig, strand, place, 1)
    before, after = centre - regions.start, regions.end - 1 - centre
    before, after = np.where(strand > 0, before, after), np.where(strand > 0, after, before)
    # A region over the origin, written as two lines, may lie one contig length away from its centre.
    before, after = (np.where(np.abs(x) > lengths // 2, span, x) for x in (before, after))
    offset = np.arange(-span, span + 1)
    used = (offset >= -(before + flank)[:, None]) & (offset <= (after + flank)[:, None]) & inside[:, None]
    return np.where(used, windows, N).astype(np.uint8)


def centres(regions: Regions) -> np.ndarray:
    """Find the most attended base of each region.

    Parameters
    ----------
    regions
        Regions; their offsets count along their strands.

    Returns
    -------
    numpy.ndarray
        int64 (regions,), + coordinates; the middle of a region without a site. On a circular contig it may lie beyond
        the ends.
    """
    pointed = regions.site + regions.strand.astype(np.int64) * regions.offset
    return np.where(regions.site >= 0, pointed, (regions.start + regions.end - 1) // 2)


def _is_circular(genome: Genome) -> np.ndarray:
    return genome.contigs.circular


def half_width(regions: Regions, flank: int) -> int:
    """Choose the half-width of the windows, wide enough for nineteen regions in twenty.

    A few very long regions therefore do not make all windows long.

    Parameters
    ----------
    regions
        One region or more.
    flank
        Bases outside a region that are kept on each side.

    Returns
    -------
    int
        Bases on each side of the most attended base.
    """
    return int(min(np.quantile(regions.end - regions.start, 0.95), LONGEST)) // 2 + flank + 1


def shift_regions(genome: Genome, regions: Regions, seed: int) -> Regions:
    """Draw control regions for regions without known sites.

    Parameters
    ----------
    genome
        The sequence that the regions lie on.
    regions
        Regions; their contigs are indexed as in `genome`.
    seed
        Seed of the random positions.

    Returns
    -------
    Regions
        Regions of the same widths and strands at random positions of the same contigs; `site` is -1.
    """
    rng = np.random.default_rng([seed, 6])
    lengths = genome.contigs.lengths[regions.contig]
    width = regions.end - regions.start
    start = (rng.random(len(regions)) * np.maximum(lengths - width, 1)).astype(np.int64)
    return replace(regions, start=start, end=start + width, site=np.full(len(regions), -1))


def composition(genome: Genome) -> np.ndarray:
    """Measure the composition of a genome over both strands.

    Parameters
    ----------
    genome
        The sequence.

    Returns
    -------
    numpy.ndarray
        float64 (4,), frequencies of A, C, G and T; one of each is added to the counts.
    """
    frequency = composition_of(genome.base)
    return (frequency + frequency[::-1]) / 2


def composition_of(codes: np.ndarray) -> np.ndarray:
    """Measure the composition of sequences.

    Windows around promoters are rich in A and T. Against the genome's composition, every column of them would look like
    part of a motif.

    Parameters
    ----------
    codes
        uint8 of any shape, codes 0-4; N is left out.

    Returns
    -------
    numpy.ndarray
        float64 (4,), frequencies of A, C, G and T; one of each is added to the counts.
    """
    count = np.bincount(codes.ravel(), minlength=5)[:N] + 1.0
    return count / count.sum()
