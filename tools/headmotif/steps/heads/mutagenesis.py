"""In-silico mutagenesis: how much the logit of a site depends on the bases of a region, whatever any head attends to.

The bases are replaced by others, drawn at random, a few times, and the mean drop of the logit is measured. If attention
falls on bases without such a drop, the network makes no use of what the head attends to there.
"""

from collections.abc import Callable

import numpy as np

from ...alphabet import N
from ...data import Genome, Regions
from ..network.annotate import logit, probability
from ..network.device import Compute
from ..network.protocol import Network
from ..sequence.windows import Reads, flip

AT_ONCE = 64
"""Number of windows around sites that are scored together."""


def drops(
    net: Network,
    genome: Genome,
    regions: Regions,
    compute: Compute,
    times: int,
    seed: int,
    progress: Callable[[int], None] | None = None,
) -> np.ndarray:
    """Measure how much the logit of each region's site drops without the bases of the region.

    In each replacement every base of the region becomes one of the three others, and N stays.

    Parameters
    ----------
    net
        The network that scores the sites.
    genome
        Genome that holds the regions.
    regions
        Regions with their sites.
    compute
        Device and arithmetic.
    times
        Number of replacements that are averaged.
    seed
        Seed of the random numbers.
    progress
        Called with the number of regions done.

    Returns
    -------
    numpy.ndarray
        float64 (regions,), the logit of the first label as it is less its mean over the replacements. NaN where a
        region names no site, or holds nothing that the network reads from there.
    """
    reads = Reads(genome, net.before, net.after)
    known = regions.site >= 0
    found = np.full(len(regions), np.nan)
    sites, of_site = np.unique(
        np.stack([regions.contig, regions.site, regions.strand])[:, known], axis=1, return_inverse=True
    )
    place = flip(sites[1], sites[2], reads.lengths[sites[0]])
    windows = np.concatenate(
        [
            reads.cut(sites[0][i : i + 1000], sites[2][i : i + 1000], place[i : i + 1000], 1)
            for i in range(0, len(place), 1000)
        ]
        or [np.zeros((0, net.before + 1 + net.after), np.uint8)]
    )
    whole = logits(net, windows, 0, compute)
    first, last = _find_inside(regions, reads)
    rng = np.random.default_rng([seed, 13])
    mine = np.flatnonzero(known)
    for begin in range(0, len(mine), AT_ONCE):
        rows, site = mine[begin : begin + AT_ONCE], of_site.ravel()[begin : begin + AT_ONCE]
        offset = np.arange(windows.shape[1]) - net.before
        there = (offset >= first[rows, None]) & (offset <= last[rows, None])
        total = np.zeros(len(rows))
        for _time in range(times):
            total += logits(net, replace_bases(windows[site], there, rng), 0, compute)
        found[rows] = np.where(there.any(axis=1), whole[site] - total / times, np.nan)
        if progress:
            progress(min(begin + AT_ONCE, len(mine)))
    return found


def replace_bases(codes: np.ndarray, there: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Replace bases by others, each by one of the three others at random.

    Parameters
    ----------
    codes
        uint8, any shape, codes 0-3 of A, C, G, T, and 4 for N.
    there
        bool, the same shape, the bases to replace; N stays.
    rng
        Source of the random numbers.

    Returns
    -------
    numpy.ndarray
        uint8, the same shape.
    """
    turned = ((codes + rng.integers(1, N, codes.shape)) % N).astype(np.uint8)
    return np.where(there & (codes < N), turned, codes)


def logits(net: Network, windows: np.ndarray, label: int, compute: Compute) -> np.ndarray:
    """Compute the logit of the site in each window.

    Parameters
    ----------
    net
        The network, which is put into evaluation mode.
    windows
        uint8 (windows, before + 1 + after), codes on the strand of the site, 5' to 3'.
    label
        Index of the label.
    compute
        Device and arithmetic.

    Returns
    -------
    numpy.ndarray
        float64 (windows,).
    """
    net.eval()
    parts = [probability(net, windows[i : i + AT_ONCE], compute)[:, 0, label] for i in range(0, len(windows), AT_ONCE)]
    return logit(np.concatenate(parts or [np.zeros(0, np.float32)]))


def _find_inside(regions: Regions, reads: Reads) -> tuple[np.ndarray, np.ndarray]:
    """Return the offsets of the first and the last base of each region from its site, negative upstream; in a circular
    contig on the nearer side of the site.
    """
    length = reads.lengths[regions.contig]
    strand = regions.strand.astype(np.int64)
    low, high = regions.start - regions.site, regions.end - 1 - regions.site
    middle = (low + high) // 2
    turn = np.where(
        reads.circular[regions.contig], np.round(middle / np.maximum(length, 1)).astype(np.int64) * length, 0
    )
    low, high = low - turn, high - turn
    return np.where(strand > 0, low, -high), np.where(strand > 0, high, -low)
