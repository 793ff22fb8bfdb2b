"""In-silico mutagenesis: how much of a site's logit hangs on the bases of a region, whatever any head says of it.

The bases are replaced by others, drawn at random, a few times; the mean drop of the logit is what they are worth to the
prediction. Attention that falls on bases without such a drop looked at something that the network then made no use of.
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
"""Surroundings of sites that are scored together."""


def drops(
    net: Network,
    genome: Genome,
    regions: Regions,
    compute: Compute,
    times: int,
    seed: int,
    told: Callable[[int], None] | None = None,
) -> np.ndarray:
    """How much lower the first label's logit of each region's site is without the region's bases, float64 (regions,),
    the mean of so many replacements.

    Every base becomes one of the three others; N stays. NaN where a region names no site, or holds nothing that the
    network reads from there. told: called with the number of regions done.
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
    first, last = _inside(regions, reads)
    rng = np.random.default_rng([seed, 13])
    mine = np.flatnonzero(known)
    for begin in range(0, len(mine), AT_ONCE):
        rows, site = mine[begin : begin + AT_ONCE], of_site.ravel()[begin : begin + AT_ONCE]
        offset = np.arange(windows.shape[1]) - net.before
        there = (offset >= first[rows, None]) & (offset <= last[rows, None])
        total = np.zeros(len(rows))
        for _time in range(times):
            total += logits(net, replaced(windows[site], there, rng), 0, compute)
        found[rows] = np.where(there.any(axis=1), whole[site] - total / times, np.nan)
        if told:
            told(min(begin + AT_ONCE, len(mine)))
    return found


def replaced(codes: np.ndarray, there: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Codes uint8 with every base where `there`, bool of the same shape, turned into one of the three others; N
    stays."""
    turned = ((codes + rng.integers(1, N, codes.shape)) % N).astype(np.uint8)
    return np.where(there & (codes < N), turned, codes)


def logits(net: Network, windows: np.ndarray, label: int, compute: Compute) -> np.ndarray:
    """The logit of each window's site, float64 (windows,); windows: uint8 (windows, before + 1 + after)."""
    net.eval()
    parts = [probability(net, windows[i : i + AT_ONCE], compute)[:, 0, label] for i in range(0, len(windows), AT_ONCE)]
    return logit(np.concatenate(parts or [np.zeros(0, np.float32)]))


def _inside(regions: Regions, reads: Reads) -> tuple[np.ndarray, np.ndarray]:
    """First and last base of each region as distances from its site, negative upstream; round a circle whichever way is
    nearer."""
    length = reads.lengths[regions.contig]
    strand = regions.strand.astype(np.int64)
    low, high = regions.start - regions.site, regions.end - 1 - regions.site
    middle = (low + high) // 2
    turn = np.where(
        reads.circular[regions.contig], np.round(middle / np.maximum(length, 1)).astype(np.int64) * length, 0
    )
    low, high = low - turn, high - turn
    return np.where(strand > 0, low, -high), np.where(strand > 0, high, -low)
