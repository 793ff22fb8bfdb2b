"""Choosing the positions at which attention is recorded: sites, and background positions with a like composition.

What a head does at a background position is chance.
"""

import numpy as np

from ...alphabet import A, N, T
from ...data import BACKGROUND, SITE, Genome, Sites
from ..sequence.windows import Reads, flip

UPSTREAM, DOWNSTREAM = 60, 20
"""Bases before and after a position over which the share of A and T is matched. Promoters are rich in both, and so are
the sequences that heads find by chance."""
BINS = 10
"""Bins of the share of A and T, with about equally many sites in each."""
APART = 100
"""A background position is further than this from every site on its strand, in nt."""


def draw_matched(genome: Genome, sites: Sites, avoid: Sites, number: int, seed: int) -> Sites:
    """Draw background positions on both strands whose local share of A and T is distributed as around the sites.

    Parameters
    ----------
    genome
        Genome to draw from; no position on N is drawn.
    sites
        Sites whose surroundings are matched, from `UPSTREAM` nt before to `DOWNSTREAM` nt after.
    avoid
        Sites (of any set) from which the positions keep a distance of more than `APART` nt on the same strand.
    number
        Number of positions wanted.
    seed
        Seed of the random numbers.

    Returns
    -------
    Sites
        At most `number` positions without strength; fewer where a small genome has too few that fit.
    """
    rng = np.random.default_rng([seed, 3])
    reads = Reads(genome, UPSTREAM + DOWNSTREAM, UPSTREAM + DOWNSTREAM)
    candidates = _candidates(genome, avoid, max(30 * number, 20_000), rng)
    ours, theirs = _measure_at_share(genome, reads, sites), _measure_at_share(genome, reads, candidates)
    edges = np.unique(np.quantile(ours, np.linspace(0, 1, BINS + 1)[1:-1]))
    bins = np.searchsorted(edges, theirs, side="right")
    quota = (
        np.bincount(np.searchsorted(edges, ours, side="right"), minlength=len(edges) + 1) * number / max(len(sites), 1)
    )
    wanted = np.diff(np.round(np.cumsum(quota)), prepend=0).astype(np.int64)  # whole numbers that sum to `number`
    chosen = [np.flatnonzero(bins == b)[:n] for b, n in enumerate(wanted)]
    return candidates.take(np.sort(np.concatenate(chosen)).astype(np.int64))


def _candidates(genome: Genome, avoid: Sites, number: int, rng: np.random.Generator) -> Sites:
    """Draw at most `number` positions that are not on N and not near a site to avoid."""
    start = genome.start
    near = np.zeros((2, len(genome.base) + 1), np.int64)
    length = genome.contigs.lengths[avoid.contig]
    endless = genome.contigs.circular[avoid.contig]
    row = (avoid.strand < 0).astype(np.int64)
    for turn in (-1, 0, 1):  # a site near the origin of a circular contig is near its other end too
        place = avoid.position + turn * length
        low, high = np.clip(place - APART, 0, length), np.clip(place + APART + 1, 0, length)
        mine = endless | (turn == 0)
        np.add.at(near, (row[mine], (start[avoid.contig] + low)[mine]), 1)
        np.add.at(near, (row[mine], (start[avoid.contig] + high)[mine]), -1)
    free = (np.cumsum(near, axis=1)[:, :-1] == 0) & (genome.base != N)
    place = np.flatnonzero(free.ravel())
    place = rng.permutation(place) if len(place) <= 4 * number else rng.choice(place, number, replace=False)
    return Sites.from_places(genome.contigs, *np.divmod(place[:number], len(genome.base)))


def _measure_at_share(genome: Genome, reads: Reads, sites: Sites) -> np.ndarray:
    """Return the share of A and T from UPSTREAM before to DOWNSTREAM after each site, float64 (sites,)."""
    place = flip(sites.position, sites.strand, reads.lengths[sites.contig])
    codes = reads.cut(sites.contig, sites.strand, place, 1)[:, reads.before - UPSTREAM : reads.before + DOWNSTREAM + 1]
    return ((codes == A) | (codes == T)).mean(axis=1)


def sample(known: Sites, limit: int | None, seed: int) -> Sites:
    """Draw a random sample of the sites.

    Parameters
    ----------
    known
        Sites to draw from.
    limit
        Largest number of sites; None: all.
    seed
        Seed of the random numbers.

    Returns
    -------
    Sites
        At most `limit` sites in their original order.
    """
    if limit is None or limit >= len(known):
        return known
    return known.take(np.sort(np.random.default_rng([seed, 7]).choice(len(known), limit, replace=False)))


def concatenate(sites: Sites, others: Sites) -> tuple[Sites, np.ndarray]:
    """Join sites and background positions into one table.

    Parameters
    ----------
    sites
        The sites, which come first.
    others
        The background positions.

    Returns
    -------
    queries : Sites
        The rows of both.
    kind : numpy.ndarray
        uint8 (rows,), `SITE` or `BACKGROUND`.
    """
    columns = (
        np.concatenate([getattr(sites, c), getattr(others, c)]) for c in ("contig", "position", "strand", "strength")
    )
    return Sites(*columns), np.repeat(np.array([SITE, BACKGROUND], np.uint8), [len(sites), len(others)])


def draw_positions(genome: Genome, number: int, seed: int) -> Sites:
    """Draw random positions on both strands, none of them on N.

    Parameters
    ----------
    genome
        Genome to draw from.
    number
        Number of positions; all where the genome has fewer.
    seed
        Seed of the random numbers.

    Returns
    -------
    Sites
        The + strand first, each strand by ascending + coordinates.
    """
    rng = np.random.default_rng([seed, 10])
    place = np.flatnonzero(np.tile(genome.base != N, 2))
    return Sites.from_places(genome.contigs, *np.divmod(np.sort(rng.permutation(place)[:number]), len(genome.base)))


def list_positions(genome: Genome) -> Sites:
    """List every position of both strands that is not on N.

    Parameters
    ----------
    genome
        Genome whose positions are listed.

    Returns
    -------
    Sites
        The + strand first, each strand by ascending + coordinates.
    """
    return Sites.from_places(genome.contigs, *np.nonzero(np.tile(genome.base != N, (2, 1))))
