"""In-silico mutagenesis: how much the logit of a site depends on the bases of a region, whatever any head attends to.

The bases are replaced by others, drawn at random, a few times, and the mean drop of the logit is measured. If attention
falls on bases without such a drop, the network makes no use of what the head attends to there.
"""

from collections.abc import Callable

import numpy as np

from ...alphabet import N
from ...data import Genome, Regions
from ..network.device import Compute
from ..network.mutants import Mutants, mutant_logits
from ..network.protocol import Network
from ..sequence.windows import Reads, flip

AT_ONCE = 64
"""Sites, or regions, that are mutated together."""


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
    first, last = _find_inside(regions, reads)
    rng = np.random.default_rng([seed, 13])
    mine, of_site = np.flatnonzero(known), of_site.ravel()
    offset = np.arange(windows.shape[1]) - net.before
    together = AT_ONCE * max(1, AT_ONCE // times)
    for begin in range(0, len(mine), together):
        rows = mine[begin : begin + together]
        there = (offset >= first[rows, None]) & (offset <= last[rows, None])
        found[rows] = _drop_each(net, windows, of_site[begin : begin + together], there, times, rng, compute)
        if progress:
            progress(min(begin + together, len(mine)))
    return found


def _drop_each(
    net: Network,
    windows: np.ndarray,
    site: np.ndarray,
    there: np.ndarray,
    times: int,
    rng: np.random.Generator,
    compute: Compute,
) -> np.ndarray:
    """The mean drop of each region, (regions,), from its site, (regions,), and its bases, bool (regions, window)."""
    used, of_used = np.unique(site, return_inverse=True)
    drawn = np.empty((times, *there.shape), np.uint8)
    for begin in range(0, len(site), AT_ONCE):  # so many share a draw, however many are scored together
        rows = slice(begin, begin + AT_ONCE)
        for one in drawn:
            one[rows] = replace_bases(windows[site[rows]], there[rows], rng)
    codes = np.concatenate([windows[used], *drawn])
    made = Mutants(np.concatenate([np.arange(len(used)), np.tile(of_used, times)]), codes)
    whole, changed = np.split(mutant_logits(net, windows[used], made, 0, compute), [len(used)])
    drop = whole[of_used] - changed.reshape(times, -1).sum(0) / times
    return np.where(there.any(axis=1), drop, np.nan)


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


def substitutions(
    net: Network,
    windows: np.ndarray,
    columns: np.ndarray,
    compute: Compute,
    label: int = 0,
    progress: Callable[[int], None] | None = None,
) -> np.ndarray:
    """Measure the change of the logit of each site by each single substitution.

    Parameters
    ----------
    net
        The network that scores the sites.
    windows
        uint8 (sites, before + 1 + after), codes on the strand of the site, 5' to 3'.
    columns
        int (columns,), the columns of the windows in which bases are replaced.
    compute
        Device and arithmetic.
    label
        Index of the label.
    progress
        Called with the number of sites done.

    Returns
    -------
    numpy.ndarray
        float64 (sites, columns, 4), the logit with A, C, G or T in that column less the logit as it is; 0 for the base
        that is there, and NaN at N.
    """
    found = np.zeros((len(windows), len(columns), N))
    for begin in range(0, len(windows), AT_ONCE):
        some = windows[begin : begin + AT_ONCE]
        there = some[:, columns, None]  # (sites, columns, 1)
        site, column, base = np.nonzero((there < N) & (there != np.arange(N)))
        codes = np.concatenate([some, some[site]])
        codes[np.arange(len(some), len(codes)), columns[column]] = base
        made = Mutants(np.concatenate([np.arange(len(some)), site]), codes)
        whole, changed = np.split(mutant_logits(net, some, made, label, compute), [len(some)])
        rows = found[begin : begin + AT_ONCE]
        rows[site, column, base] = changed - whole[site]
        rows[some[:, columns] == N] = np.nan
        if progress:
            progress(begin + len(some))
    return found


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
