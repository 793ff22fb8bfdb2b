"""P(site) for every nucleotide on both strands.

Each strand is cut into stretches with exact halos, on a grid fixed by its 5' end, so that a result does not depend on
how many stretches are computed at once. Stretches of like length share a batch, so that short contigs do not wait for
long ones.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np
import torch

from ...alphabet import N
from ...data import Contigs, Genome
from ..sequence.windows import Reads
from .device import Compute
from .protocol import Network

ROUND = 64
"""Stretches of a batch are as long as its longest, rounded up to a multiple of this, so that few different shapes
occur."""
POOL = 1 << 22
"""Bases of small genomes that are annotated together."""

Told = Callable[[int], None]


class Scored(NamedTuple):
    """P(site) of one stretch, float32 (length, labels), read 5' to 3' along a strand (+1, -1) from an oriented place;
    NaN at N."""

    contig: int
    strand: int
    place: int
    probability: np.ndarray


def annotate(
    net: Network,
    genome: Genome,
    compute: Compute,
    wanted: np.ndarray | None = None,
    told: Told | None = None,
    share: tuple[int, int] = (0, 1),
    jobs: np.ndarray | None = None,
) -> np.ndarray:
    """P(site), float32 (labels, 2, N), rows + and -, both by + coordinates; NaN where the base is N.

    wanted, told, share, jobs: as in `scored`; what is not scored is NaN.
    """
    out = np.full((net.labels, 2, len(genome.base)), np.nan, np.float32)
    start = genome.start
    for contig, strand, place, p in scored(net, genome, compute, wanted, told, share, jobs):
        if strand > 0:
            begin = start[contig] + place
            out[:, 0, begin : begin + len(p)] = p.T
        else:
            end = start[contig + 1] - place
            out[:, 1, end - len(p) : end] = p[::-1].T
    return out


def annotate_many(
    net: Network, genomes: Iterable[Genome], compute: Compute, told: Told | None = None, share: tuple[int, int] = (0, 1)
) -> Iterator[np.ndarray]:
    """What `annotate` gives for each of the genomes, in their order; small ones share batches.

    At most `POOL` bases, or one genome, are held at a time; what comes out may be a view into the pool's array.
    """
    done = 0
    for pool in _pools(genomes):
        joined = pool[0]
        if len(pool) > 1:
            joined = Genome(Contigs(c for g in pool for c in g.contigs), np.concatenate([g.base for g in pool]))
        p = annotate(net, joined, compute, None, further(told, done), share)
        done += 2 * len(joined.base)
        yield from np.split(p, np.cumsum([len(g.base) for g in pool])[:-1], axis=2)


def scored(
    net: Network,
    genome: Genome,
    compute: Compute,
    wanted: np.ndarray | None = None,
    told: Told | None = None,
    share: tuple[int, int] = (0, 1),
    jobs: np.ndarray | None = None,
) -> Iterator[Scored]:
    """P(site) stretch by stretch, long ones first, else in the genome's order; memory is that of one batch.

    wanted: bool (N,), bases that matter: stretches without any are left out, as are those of N alone. told: called with
    the number of nucleotides behind us, of 2 N in all. share: (rank, size), to compute only every size-th batch where
    several processes share the work. jobs: the stretches, int64 (stretches, 4) as `grid` has them, none longer than
    `net.chunk`, where they are not to be the grid's.
    """
    reads = Reads(genome, net.before, net.after)
    if jobs is None:
        jobs = grid(genome, net.chunk)
        jobs = jobs[_of_use(jobs, genome, wanted)]
    done = 2 * len(genome.base) - int(jobs[:, 3].sum())
    net.eval()
    for number, (rows, length) in enumerate(_batches(jobs[:, 3], net)):
        if number % share[1] == share[0]:
            contig, strand, place, _n = jobs[rows].T
            codes = reads.cut(contig, strand, place, length)
            p = probability(net, codes, compute)
            p[codes[:, net.before : net.before + length] == N] = np.nan
            for (c, s, first, n), values in zip(jobs[rows].tolist(), p, strict=True):
                yield Scored(c, s, first, values[:n])
        done += int(jobs[rows, 3].sum())
        if told:
            told(done)


def further(told: Told | None, done: int) -> Told | None:
    """Who is told how far the work is, for a part of it that begins where so much is done already."""
    return None if told is None else lambda n: told(done + n)


def probability(net: Network, codes: np.ndarray, compute: Compute) -> np.ndarray:
    """P(site), float32 (batch, length, labels), of codes uint8 (batch, before + length + after)."""
    with torch.inference_mode(), compute.arithmetic():
        return torch.sigmoid(net(torch.from_numpy(codes).to(compute.device)).float()).cpu().numpy()


def logit(probability: np.ndarray) -> np.ndarray:
    """The logits, float64, of P as float32 holds it; those of 0 and 1 are finite, NaN stays."""
    p = np.clip(probability.astype(np.float64), 1e-12, 1 - 1e-7)
    return np.log(p) - np.log1p(-p)


def grid(genome: Genome, size: int) -> np.ndarray:
    """int64 (stretches, 4): contig, strand (+1, -1), oriented start and length of every stretch of `size` or, at a 3'
    end, less."""
    total = np.repeat(genome.contigs.lengths, 2)  # of contig 0 +, 0 -, 1 +, ...
    count = -(-total // size)
    row = np.repeat(np.arange(len(total)), count)
    place = size * (np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count))
    return np.stack([row // 2, 1 - 2 * (row % 2), place, np.minimum(size, total[row] - place)], 1)


def _of_use(jobs: np.ndarray, genome: Genome, wanted: np.ndarray | None) -> np.ndarray:
    """bool (stretches,): which hold a base that is not N and is wanted."""
    good = genome.base != N
    if wanted is not None:
        good &= wanted
    contig, strand, place, n = jobs.T
    begin = np.where(strand > 0, genome.start[contig] + place, genome.start[contig + 1] - place - n)
    result = np.zeros(len(jobs), bool)
    for one in (1, -1):  # a strand's stretches lie end to end
        mine = np.flatnonzero(strand == one)
        mine = mine[np.argsort(begin[mine])]
        result[mine] = np.logical_or.reduceat(good, begin[mine]) if len(mine) else False
    return result


def _batches(lengths: np.ndarray, net: Network) -> Iterator[tuple[np.ndarray, int]]:
    """The stretches of each batch, as rows of the table, and their common length; about as many bases in each, halos
    counted."""
    order = np.argsort(-lengths, kind="stable")
    halo = net.before + net.after
    first = 0
    while first < len(order):
        length = min(-(-int(lengths[order[first]]) // ROUND) * ROUND, net.chunk)
        size = max(1, net.batch * (net.chunk + halo) // (length + halo))
        yield order[first : first + size], length
        first += size


def _pools(genomes: Iterable[Genome]) -> Iterator[list[Genome]]:
    """Consecutive genomes of `POOL` bases together at most, or a single larger one."""
    pool: list[Genome] = []
    bases = 0
    for genome in genomes:
        if pool and bases + len(genome.base) > POOL:
            yield pool
            pool, bases = [], 0
        pool.append(genome)
        bases += len(genome.base)
    if pool:
        yield pool
