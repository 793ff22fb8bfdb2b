"""Ablation: the network without one head, and what its scores lose.

The output of a head, a vector at every position, is replaced by zero or by its mean. The mean removes what the head
says about one position rather than another, and keeps what it adds everywhere. The other heads stay as they are. If two
heads read the same, ablating either of them costs little, so a small loss does not show that a head reads nothing.
"""

import contextlib
import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from ...data import NO_LABEL, Genome
from ..network.annotate import annotate, logit
from ..network.device import Compute
from ..network.protocol import HeadedNetwork
from ..statistics import bootstrap
from ..statistics.bootstrap import Interval, Ranked

KINDS = ("zero", "mean")
"""What replaces the output of a head: zero, or its mean."""


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


@contextlib.contextmanager
def silence(net: HeadedNetwork, layer: int, head: int, instead: Tensor | None = None) -> Iterator[None]:
    """Ablate a head of a network while the context lasts.

    Parameters
    ----------
    net
        A network with heads; each of its layers has an `output`, the linear map of the values that all its heads have
        collected, side by side.
    layer, head
        Indices, from 0.
    instead
        float32 (d_head,), replaces what the head collects at every position; None: zero.

    Yields
    ------
    None
        The network is ablated until the context ends.
    """
    mine = _columns(net, head)

    def replace(_module: nn.Module, args: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        collected = args[0].clone()  # (batch, length, heads d_head)
        collected[..., mine] = 0.0 if instead is None else instead.to(collected)
        return (collected,)

    hook = net.layers[layer].get_submodule("output").register_forward_pre_hook(replace)
    try:
        yield
    finally:
        hook.remove()


def means(net: HeadedNetwork, genome: Genome, compute: Compute, wanted: np.ndarray) -> Tensor:
    """Compute what each head collects on average.

    Parameters
    ----------
    net
        A network with heads.
    genome
        Genome to annotate.
    compute
        Device and arithmetic.
    wanted
        bool (N,), positions of interest; the mean is over the tiles that hold them.

    Returns
    -------
    torch.Tensor
        float32 (layers, heads, d_head).
    """
    layers, heads = len(net.layers), net.config.heads
    total = torch.zeros(layers, heads * net.config.d_head, dtype=torch.float64)
    count = [0] * layers

    def add_hook(number: int) -> Callable:
        def hook(_module: nn.Module, args: tuple[Tensor, ...]) -> None:
            total[number] += args[0].flatten(0, -2).sum(0, dtype=torch.float64).cpu()
            count[number] += args[0][..., 0].numel()

        return hook

    outputs = [layer.get_submodule("output") for layer in net.layers]
    hooks = [output.register_forward_pre_hook(add_hook(number)) for number, output in enumerate(outputs)]
    try:
        annotate(net, genome, compute, wanted)
    finally:
        for hook in hooks:
            hook.remove()
    mean = total / torch.tensor(count, dtype=torch.float64)[:, None]
    return mean.unflatten(1, (heads, -1)).float()


def influence(net: HeadedNetwork, genome: Genome, compute: Compute, wanted: np.ndarray) -> Iterator[Silenced]:
    """Annotate the genome with each head ablated in each way.

    This takes one annotation for each head and kind, and one more, before them, for the means.

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

    Yields
    ------
    Silenced
        Head by head, in the order of `KINDS`.
    """
    mean = means(net, genome, compute, wanted)
    for layer, head in np.ndindex(mean.shape[:2]):
        for kind in KINDS:
            with silence(net, layer, head, mean[layer, head] if kind == "mean" else None):
                yield Silenced(layer, head, kind, annotate(net, genome, compute, wanted))


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
        block = np.broadcast_to(self.block, self.known.shape)[self.known]
        return bootstrap.rank(self.truth[self.known], probability[self.known], block, self.draws.shape[1])


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
    row, place = np.nonzero(at.truth & at.known)
    change = logit(ablated[row, place]) - logit(at.probability[row, place])
    return precision, bootstrap.average(change, at.block[place], at.draws)


def _columns(net: HeadedNetwork, head: int) -> slice:
    return slice(head * net.config.d_head, (head + 1) * net.config.d_head)
