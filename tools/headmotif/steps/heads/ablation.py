"""Ablation: the network without one head, and what its scores lose.

The output of a head, a vector at every position, is replaced by zero or by its mean. The mean removes what the head
says about one position rather than another, and keeps what it adds everywhere. The other heads stay as they are. If two
heads read the same, ablating either of them costs little, so a small loss does not show that a head reads nothing.

All heads are ablated in one pass over the genome, batch by batch. What comes before the output of a head is that of the
whole network and is computed once; only what comes after it is computed again for each head.
"""

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ...data import NO_LABEL, Genome
from ..network.annotate import annotate, logit, score_stretches
from ..network.device import Compute
from ..network.layers import Record, TakenApart
from ..network.protocol import HeadedNetwork, Network
from ..statistics import bootstrap
from ..statistics.bootstrap import Interval, Ranked

KINDS = ("zero", "mean")
"""What replaces the output of a head: zero, or its mean."""
ROOM = 1 << 28
"""Bytes of P of ablated networks that are held at once, at the wanted positions; more take several passes."""
AFTER_ATTENTION = 0.25
"""About the share of a layer's work that comes after its heads have collected. It serves forecasts."""


class Silenced(NamedTuple):
    """P of the network with one head ablated.

    Attributes
    ----------
    layer, head
        Indices, from 0.
    kind
        One of `KINDS`.
    probability
        float32 (labels, 2, N), rows + and -, both by + coordinates; NaN where it was not asked for.
    """

    layer: int
    head: int
    kind: str
    probability: np.ndarray


class Ablation(NamedTuple):
    """An ablation: what stands in for the output of a head.

    Attributes
    ----------
    layer, head
        Indices, from 0.
    kind
        One of `KINDS`.
    vector
        float32 (d_head,), replaces what the head collects at every position.
    """

    layer: int
    head: int
    kind: str
    vector: Tensor


class _Changed(nn.Module):
    """A network whose logits are computed in another way, with a halo and stretches as before."""

    def __init__(self, net: HeadedNetwork, labels: int, logits: Callable[[TakenApart], Tensor]):
        super().__init__()
        self.net, self.labels, self.logits = net, labels, logits
        self.config, self.out, self.learning = net.config, net.out, net.learning
        self.before, self.after, self.chunk, self.batch = net.before, net.after, net.chunk, net.batch

    def forward(self, codes: Tensor, record: Record | None = None, noise: Tensor | None = None) -> Tensor:
        return self.logits(self.net.take_apart(codes))


def listen(net: HeadedNetwork, genome: Genome, compute: Compute, wanted: np.ndarray) -> tuple[np.ndarray, Tensor]:
    """Annotate the genome, and compute what each head collects on average.

    Parameters
    ----------
    net
        A network with heads.
    genome
        Genome to annotate.
    compute
        Device and arithmetic.
    wanted
        bool (N,), positions of interest, at least one; the mean is over the tiles that hold them.

    Returns
    -------
    probability : numpy.ndarray
        float32 (labels, 2, N), as `annotate` returns it.
    mean : torch.Tensor
        float32 (layers, heads, d_head).
    """
    heard: list[Tensor] = []  # of each batch

    def logits(batch: TakenApart) -> Tensor:
        state, rows = batch.state, []
        for part in batch.parts:
            collected = part.collect(state)  # (batch, length, heads d_head)
            total = collected.flatten(0, 1).sum(0, dtype=torch.float64).cpu()
            rows.append(F.pad(total, (0, 1), value=collected[..., 0].numel()))
            state = part.add(state, collected)
        heard.append(torch.stack(rows))
        return batch.finish(state)

    probability = annotate(_Changed(net, net.labels, logits), genome, compute, wanted)
    # sorted, so that the sum does not depend on the order in which batches are done
    total = torch.stack(heard).sort(0).values.sum(0)  # (layers, heads d_head + 1)
    return probability, (total[:, :-1] / total[:, -1:]).unflatten(1, (net.config.heads, -1)).float()


def influence(
    net: HeadedNetwork,
    genome: Genome,
    compute: Compute,
    wanted: np.ndarray,
    mean: Tensor,
    progress: Callable[[float], None] | None = None,
) -> Iterator[Silenced]:
    """Annotate the genome with each head ablated in each way.

    Parameters
    ----------
    net
        A network with heads.
    genome
        Genome to annotate.
    compute
        Device and arithmetic.
    wanted
        bool (N,), positions to annotate, on both strands.
    mean
        float32 (layers, heads, d_head), what each head collects on average.
    progress
        Receives the share of the work that is done, 0 to 1.

    Yields
    ------
    Silenced
        Layer by layer and head by head, in the order of `KINDS`.
    """
    nothing = torch.zeros_like(mean[0, 0])
    instead = [
        Ablation(layer, head, kind, mean[layer, head] if kind == "mean" else nothing)
        for layer, head in np.ndindex(mean.shape[:2])
        for kind in KINDS
    ]
    groups = _group(instead, 4 * net.labels * 2 * int(wanted.sum()))
    for number, group in enumerate(groups):
        changed = _Changed(net, len(group) * net.labels, functools.partial(_ablate, instead=group))
        report = None if progress is None else functools.partial(_report, progress, number, len(groups))
        found = _annotate_wanted(changed, genome, compute, wanted, report)  # (group x labels, 2, wanted)
        for one, its in zip(group, np.split(found, len(group)), strict=True):
            probability = np.full((net.labels, 2, len(wanted)), np.nan, np.float32)
            probability[:, :, wanted] = its
            yield Silenced(one.layer, one.head, one.kind, probability)


def _group(instead: list[Ablation], n_bytes: int) -> list[list[Ablation]]:
    """Divide ablations into as few groups of about equal size as fit into `ROOM`, at `n_bytes` each."""
    size = max(1, ROOM // max(n_bytes, 1))
    groups = -(-len(instead) // size)
    return [instead[i * len(instead) // groups : (i + 1) * len(instead) // groups] for i in range(groups)]


def _report(progress: Callable[[float], None], number: int, groups: int, share: float) -> None:
    """Pass on the share of a group that is done as a share of all groups."""
    progress((number + share) / groups)


def count_passes(net: HeadedNetwork) -> float:
    """Count the annotations of equal work, about, that `listen` and `influence` amount to.

    Parameters
    ----------
    net
        A network with heads.

    Returns
    -------
    float
        At least 1.
    """
    layers, times = net.config.layers, net.config.heads * len(KINDS)
    return 2 + times * sum(above + AFTER_ATTENTION for above in range(layers)) / layers


def cut(genome: Genome, wanted: np.ndarray, size: int) -> np.ndarray:
    """Cut the wanted positions of both strands into stretches, which hold no other positions.

    Parameters
    ----------
    genome
        The genome.
    wanted
        bool (N,), the positions.
    size
        Most nucleotides of a stretch.

    Returns
    -------
    numpy.ndarray
        int64 (stretches, 4), in the form and order of `annotate.grid`.
    """
    rows = []
    for contig, (begin, end) in enumerate(pairwise(genome.start.tolist())):
        forward = np.flatnonzero(np.diff(wanted[begin:end], prepend=False, append=False)).reshape(-1, 2)
        for strand, runs in ((1, forward), (-1, (end - begin - forward)[::-1, ::-1])):
            for first, last in runs.tolist():
                rows += [(contig, strand, place, min(size, last - place)) for place in range(first, last, size)]
    return np.array(rows, np.int64).reshape(-1, 4)


def _ablate(batch: TakenApart, instead: Sequence[Ablation]) -> Tensor:
    """Compute the logits of a batch, (batch, length, ablations x labels), with one ablation after the other."""
    state, logits = batch.state, []
    for layer, part in enumerate(batch.parts[: instead[-1].layer + 1]):
        collected = part.collect(state)
        for one in instead:
            if one.layer == layer:
                changed = collected.unflatten(2, (-1, len(one.vector))).clone()  # (batch, length, heads, d_head)
                changed[:, :, one.head] = one.vector.to(changed)
                ablated = part.add(state, changed.flatten(2))
                for above in batch.parts[layer + 1 :]:
                    ablated = above.add(ablated, above.collect(ablated))
                logits.append(batch.finish(ablated))
        state = part.add(state, collected)
    return torch.cat(logits, 2)


def _annotate_wanted(
    net: Network, genome: Genome, compute: Compute, wanted: np.ndarray, progress: Callable[[float], None] | None
) -> np.ndarray:
    """Annotate the wanted positions and keep nothing else: float32 (labels, 2, wanted), rows + and -; NaN at N."""
    index = np.cumsum(wanted) - 1
    found = np.full((net.labels, 2, int(wanted.sum())), np.nan, np.float32)
    done = 0
    for contig, strand, place, p in score_stretches(net, genome, compute, jobs=cut(genome, wanted, net.chunk)):
        begin = genome.start[contig] + place if strand > 0 else genome.start[contig + 1] - place - len(p)
        first = index[begin]
        found[:, int(strand < 0), first : first + len(p)] = p[::strand].T
        done += len(p)
        if progress:
            progress(done / found[0].size)
    return found


@dataclass(frozen=True, eq=False)
class Yardstick:
    """The positions on which ablated heads are compared with the whole network, and P of the whole network.

    Attributes
    ----------
    probability
        float32 (2, N), P of the whole network.
    truth
        bool (2, N), sites.
    known
        bool (2, N), positions that are scored.
    block
        int64 (N,), the block of each nucleotide, from 0, counted among the blocks that are scored.
    draws
        int64 (draws, blocks), how often each block is drawn; see `bootstrap.draws`.
    """

    probability: np.ndarray
    truth: np.ndarray
    known: np.ndarray
    block: np.ndarray
    draws: np.ndarray

    @functools.cached_property
    def places(self) -> np.ndarray:
        """The positions that are scored.

        Returns
        -------
        numpy.ndarray
            int64 (scored,), ascending indices into arrays (2, N), counted row by row.
        """
        return np.flatnonzero(self.known)

    @functools.cached_property
    def whole_ranking(self) -> Ranked:
        """The ranking by the whole network, with which every ablated head is compared.

        Returns
        -------
        Ranked
            The ranking, counted by block.
        """
        return self.rank(self.probability)

    def rank(self, probability: np.ndarray) -> Ranked:
        """Rank the scored positions by P.

        Parameters
        ----------
        probability
            float32 (2, N).

        Returns
        -------
        Ranked
            The ranking, counted by block.
        """
        hit, block = self.truth.ravel()[self.places], self.block[self.places % len(self.block)]
        return bootstrap.rank(hit, probability.ravel()[self.places], block, self.draws.shape[1])


def yardstick(probability: np.ndarray, label: np.ndarray, wanted: np.ndarray, genome: Genome, draws: int) -> Yardstick:
    """Choose the positions on which ablated heads are compared with the whole network.

    Parameters
    ----------
    probability
        float32 (2, N), P of the whole network.
    label
        uint8 (2, N), 1 at sites and `NO_LABEL` where unknown.
    wanted
        bool (N,), positions that may be scored, on both strands.
    genome
        Genome whose contigs are divided into blocks of 10 kb.
    draws
        Number of bootstrap draws.

    Returns
    -------
    Yardstick
        On the wanted positions where the label and P are known.
    """
    known = wanted & (label != NO_LABEL) & np.isfinite(probability)
    block = bootstrap.blocks(genome.contigs)
    some = known.any(axis=0)
    used, block[some] = np.unique(block[some], return_inverse=True)
    return Yardstick(probability, label == 1, known, block, bootstrap.draws(len(used), draws))


def changes(at: Yardstick, ablated: np.ndarray) -> tuple[Interval, Interval]:
    """Measure what the network loses or gains when a head is ablated.

    Parameters
    ----------
    at
        The comparison with the whole network.
    ablated
        float32 (2, N), P with the head ablated.

    Returns
    -------
    precision, logit : Interval
        Changes of average precision and of the mean logit of the sites (ablated less whole), with 95 % intervals from a
        bootstrap over blocks.
    """
    precision = bootstrap.difference([at.rank(ablated)], [at.whole_ranking], at.draws)
    sites = at.places[at.truth.ravel()[at.places]]
    change = logit(ablated.ravel()[sites]) - logit(at.probability.ravel()[sites])
    return precision, bootstrap.average(change, at.block[sites % len(at.block)], at.draws)
