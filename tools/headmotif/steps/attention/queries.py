"""Positions that are no sites but look like their surroundings: what heads do there is chance."""

import numpy as np

from ...alphabet import A, N, T
from ...data import BACKGROUND, SITE, Genome, Sites
from ..sequence.windows import Reads, flip

UPSTREAM, DOWNSTREAM = 60, 20
"""The stretch around a position whose share of A and T is matched: promoters are rich in both, and so is what heads
find by chance."""
BINS = 10
APART = 100
"""A background position is at least this far from every site of its strand."""


def matched(genome: Genome, sites: Sites, avoid: Sites, number: int, seed: int) -> Sites:
    """Positions of both strands drawn at random, their local A+T distributed like that of `sites`.

    avoid: sites (of any set) to keep away from. Fewer than `number` come back where a small genome has no more.
    """
    rng = np.random.default_rng([seed, 3])
    reads = Reads(genome, UPSTREAM + DOWNSTREAM, UPSTREAM + DOWNSTREAM)
    candidates = _candidates(genome, avoid, max(30 * number, 20_000), rng)
    ours, theirs = _richness(genome, reads, sites), _richness(genome, reads, candidates)
    edges = np.unique(np.quantile(ours, np.linspace(0, 1, BINS + 1)[1:-1]))
    bins = np.searchsorted(edges, theirs, side="right")
    quota = (
        np.bincount(np.searchsorted(edges, ours, side="right"), minlength=len(edges) + 1) * number / max(len(sites), 1)
    )
    wanted = np.diff(np.round(np.cumsum(quota)), prepend=0).astype(np.int64)  # whole numbers that sum to `number`
    chosen = [np.flatnonzero(bins == b)[:n] for b, n in enumerate(wanted)]
    return candidates.take(np.sort(np.concatenate(chosen)).astype(np.int64))


def _candidates(genome: Genome, avoid: Sites, number: int, rng: np.random.Generator) -> Sites:
    start = genome.start
    near = np.zeros((2, len(genome.base) + 1), np.int64)
    length = genome.contigs.lengths[avoid.contig]
    endless = genome.contigs.circular[avoid.contig]
    row = (avoid.strand < 0).astype(np.int64)
    for turn in (-1, 0, 1):  # a site near a circle's origin is near its other end too
        place = avoid.position + turn * length
        low, high = np.clip(place - APART, 0, length), np.clip(place + APART + 1, 0, length)
        mine = endless | (turn == 0)
        np.add.at(near, (row[mine], (start[avoid.contig] + low)[mine]), 1)
        np.add.at(near, (row[mine], (start[avoid.contig] + high)[mine]), -1)
    free = (np.cumsum(near, axis=1)[:, :-1] == 0) & (genome.base != N)
    place = np.flatnonzero(free.ravel())
    place = rng.permutation(place) if len(place) <= 4 * number else rng.choice(place, number, replace=False)
    return Sites.at(genome.contigs, *np.divmod(place[:number], len(genome.base)))


def _richness(genome: Genome, reads: Reads, sites: Sites) -> np.ndarray:
    """Share of A and T from UPSTREAM before to DOWNSTREAM after each site, float64 (sites,)."""
    place = flip(sites.position, sites.strand, reads.lengths[sites.contig])
    codes = reads.cut(sites.contig, sites.strand, place, 1)[:, reads.before - UPSTREAM : reads.before + DOWNSTREAM + 1]
    return ((codes == A) | (codes == T)).mean(axis=1)


def sample(known: Sites, limit: int, seed: int) -> Sites:
    """At most so many of the sites, drawn at random, in their order; all where the limit is 0."""
    if not limit or limit >= len(known):
        return known
    return known.take(np.sort(np.random.default_rng([seed, 7]).choice(len(known), limit, replace=False)))


def joined(sites: Sites, others: Sites) -> tuple[Sites, np.ndarray]:
    """Sites, then background positions, as one table; and the kind of each row, uint8 (rows,)."""
    columns = (
        np.concatenate([getattr(sites, c), getattr(others, c)]) for c in ("contig", "position", "strand", "strength")
    )
    return Sites(*columns), np.repeat(np.array([SITE, BACKGROUND], np.uint8), [len(sites), len(others)])


def anywhere(genome: Genome, number: int, seed: int) -> Sites:
    """Positions of both strands drawn at random, none on N, in the genome's order."""
    rng = np.random.default_rng([seed, 10])
    place = np.flatnonzero(np.tile(genome.base != N, 2))
    return Sites.at(genome.contigs, *np.divmod(np.sort(rng.permutation(place)[:number]), len(genome.base)))


def everywhere(genome: Genome) -> Sites:
    """Every position, the + strand first, both by ascending coordinates; none on N."""
    return Sites.at(genome.contigs, *np.nonzero(np.tile(genome.base != N, (2, 1))))
