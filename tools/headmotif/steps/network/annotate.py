"""Compute P(site) for every nucleotide on both strands.

Each strand is cut into stretches, and each stretch is read with all the bases that its outputs depend on. The stretches
lie on a grid that begins at the 5' end of the strand. So a result does not depend on how many stretches are computed at
once. Stretches of similar length share a batch, so that short contigs do not wait for long ones.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np
import torch

from ...alphabet import N
from ...data import Contigs, Genome
from ..sequence.windows import Reads
from .device import Compute
from .parallel import map_in_order
from .protocol import Network

ROUND = 64
"""The length of a batch is that of its longest stretch, rounded up to a multiple of this, so that few shapes occur."""
POOL = 1 << 22
"""Small genomes are annotated together, up to this many bases in total."""

Report = Callable[[int], None]
"""Receives the number of nucleotides that are done."""


class Scored(NamedTuple):
    """P(site) of one stretch of a strand, read 5' to 3'.

    Attributes
    ----------
    contig
        Index of the contig.
    strand
        +1 or -1.
    place
        Oriented position of the first nucleotide, 0-based, counted 5' to 3' along the strand.
    probability
        float32 (length, labels); NaN at N.
    """

    contig: int
    strand: int
    place: int
    probability: np.ndarray


def annotate(
    net: Network,
    genome: Genome,
    compute: Compute,
    wanted: np.ndarray | None = None,
    progress: Report | None = None,
    share: tuple[int, int] = (0, 1),
    jobs: np.ndarray | None = None,
) -> np.ndarray:
    """Compute P(site) for every nucleotide on both strands.

    Parameters
    ----------
    net
        The network.
    genome
        The genome.
    compute
        Device and precision.
    wanted
        bool (N,), bases that matter; stretches without any are not scored. By default all bases matter.
    progress
        Receives the number of nucleotides done, of 2 N in all.
    share
        (rank, size): compute only every `size`-th batch, beginning with batch `rank`, where several processes share the
        work.
    jobs
        The stretches to score, as in `score_stretches`; by default those of `grid`.

    Returns
    -------
    numpy.ndarray
        float32 (labels, 2, N), rows + and -, both by + coordinates. NaN where the base is N or was not scored.
    """
    out = np.full((net.labels, 2, len(genome.base)), np.nan, np.float32)
    start = genome.start
    for contig, strand, place, p in score_stretches(net, genome, compute, wanted, progress, share, jobs):
        if strand > 0:
            begin = start[contig] + place
            out[:, 0, begin : begin + len(p)] = p.T
        else:
            end = start[contig + 1] - place
            out[:, 1, end - len(p) : end] = p[::-1].T
    return out


def annotate_many(
    net: Network,
    genomes: Iterable[Genome],
    compute: Compute,
    progress: Report | None = None,
    share: tuple[int, int] = (0, 1),
) -> Iterator[np.ndarray]:
    """Annotate several genomes; small ones share batches.

    At most `POOL` bases, or one larger genome, are held in memory at a time.

    Parameters
    ----------
    net
        The network.
    genomes
        The genomes.
    compute
        Device and precision.
    progress
        Receives the number of nucleotides done, both strands of all genomes counted.
    share
        (rank, size), as in `annotate`.

    Yields
    ------
    numpy.ndarray
        What `annotate` returns for each genome, in their order. It may be a view into an array for several genomes.
    """
    done = 0
    for pool in _pools(genomes):
        joined = pool[0]
        if len(pool) > 1:
            joined = Genome(Contigs(c for g in pool for c in g.contigs), np.concatenate([g.base for g in pool]))
        p = annotate(net, joined, compute, None, shift_progress(progress, done), share)
        done += 2 * len(joined.base)
        yield from np.split(p, np.cumsum([len(g.base) for g in pool])[:-1], axis=2)


def score_stretches(
    net: Network,
    genome: Genome,
    compute: Compute,
    wanted: np.ndarray | None = None,
    progress: Report | None = None,
    share: tuple[int, int] = (0, 1),
    jobs: np.ndarray | None = None,
) -> Iterator[Scored]:
    """Compute P(site) stretch by stretch, the longest stretches first.

    Stretches of equal length come in the order of the genome. Only one batch is held in memory.

    Parameters
    ----------
    net
        The network; it is set to evaluation mode.
    genome
        The genome.
    compute
        Device and precision.
    wanted
        bool (N,), bases that matter; stretches without any are left out. By default all bases matter. Stretches of N
        alone are always left out.
    progress
        Receives the number of nucleotides done or left out, of 2 N in all.
    share
        (rank, size): compute only every `size`-th batch, beginning with batch `rank`, where several processes share the
        work.
    jobs
        int64 (stretches, 4), the stretches to score in the form of `grid`, none longer than `net.chunk`. By default
        those of `grid` that hold a wanted base.

    Yields
    ------
    Scored
        P of one stretch.
    """
    reads = Reads(genome, net.before, net.after)
    if jobs is None:
        jobs = grid(genome, net.chunk)
        jobs = jobs[_find_wanted(jobs, genome, wanted)]
    done = 2 * len(genome.base) - int(jobs[:, 3].sum())
    net.eval()

    def score(batch: tuple[np.ndarray, int, bool]) -> list[Scored]:
        rows, length, is_mine = batch
        if not is_mine:
            return []
        contig, strand, place, _n = jobs[rows].T
        codes = reads.cut(contig, strand, place, length)
        p = probability(net, codes, compute)
        p[codes[:, net.before : net.before + length] == N] = np.nan
        return [
            Scored(c, s, first, values[:n]) for (c, s, first, n), values in zip(jobs[rows].tolist(), p, strict=True)
        ]

    batches = [
        (rows, length, number % share[1] == share[0]) for number, (rows, length) in enumerate(_batches(jobs[:, 3], net))
    ]
    for (rows, _length, _mine), scored in zip(batches, map_in_order(score, batches, compute), strict=True):
        yield from scored
        done += int(jobs[rows, 3].sum())
        if progress:
            progress(done)


def shift_progress(progress: Report | None, done: int) -> Report | None:
    """Make the progress callback for a part of a longer task.

    Parameters
    ----------
    progress
        The callback of the whole task, or None.
    done
        Amount that is done before this part begins.

    Returns
    -------
    callable or None
        Adds `done` to the amount that it receives and passes the sum on. None if `progress` is None.
    """
    return None if progress is None else lambda n: progress(done + n)


def probability(net: Network, codes: np.ndarray, compute: Compute) -> np.ndarray:
    """Compute P(site) of a batch of sequences.

    Parameters
    ----------
    net
        The network.
    codes
        uint8 (batch, before + length + after), one strand 5' to 3'; 0-3 are A, C, G and T, 4 is N.
    compute
        Device and precision.

    Returns
    -------
    numpy.ndarray
        float32 (batch, length, labels).
    """
    with torch.inference_mode(), compute.arithmetic():
        return torch.sigmoid(net(torch.from_numpy(codes).to(compute.device)).float()).cpu().numpy()


def logit(probability: np.ndarray) -> np.ndarray:
    """Compute the logits of probabilities.

    P is clipped to 1e-12 and 1 - 1e-7, so that 0 and 1 have finite logits.

    Parameters
    ----------
    probability
        P, float32, of any shape.

    Returns
    -------
    numpy.ndarray
        float64, of the same shape; NaN stays NaN.
    """
    p = np.clip(probability.astype(np.float64), 1e-12, 1 - 1e-7)
    return np.log(p) - np.log1p(-p)


def grid(genome: Genome, size: int) -> np.ndarray:
    """Cut both strands of all contigs into stretches.

    The first stretch of a strand begins at its 5' end, and the last may be shorter than `size`.

    Parameters
    ----------
    genome
        The genome.
    size
        Nucleotides of a stretch.

    Returns
    -------
    numpy.ndarray
        int64 (stretches, 4): contig index, strand (+1, -1), oriented start and length. The order is contig 0 +, contig
        0 -, contig 1 + and so on, each 5' to 3'.
    """
    total = np.repeat(genome.contigs.lengths, 2)  # of contig 0 +, 0 -, 1 +, ...
    count = -(-total // size)
    row = np.repeat(np.arange(len(total)), count)
    place = size * (np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count))
    return np.stack([row // 2, 1 - 2 * (row % 2), place, np.minimum(size, total[row] - place)], 1)


def _find_wanted(jobs: np.ndarray, genome: Genome, wanted: np.ndarray | None) -> np.ndarray:
    """Find the stretches that hold a wanted base other than N: bool (stretches,)."""
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
    """Yield the stretches of each batch, as rows of the table, and their common length.

    All batches have about the same number of bases, halos included.
    """
    order = np.argsort(-lengths, kind="stable")
    halo = net.before + net.after
    first = 0
    while first < len(order):
        length = min(-(-int(lengths[order[first]]) // ROUND) * ROUND, net.chunk)
        size = max(1, net.batch * (net.chunk + halo) // (length + halo))
        yield order[first : first + size], length
        first += size


def _pools(genomes: Iterable[Genome]) -> Iterator[list[Genome]]:
    """Yield consecutive genomes of at most `POOL` bases in total, or a single larger one."""
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
