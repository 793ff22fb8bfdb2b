"""What a head is worth to the annotation: the network with that head silenced, and what its scores lose.

A head's output, a vector at every position, is replaced by nothing or by its own mean: the second takes away what the
head tells about one position rather than another, and leaves what it adds everywhere. Other heads are as they were;
where two do the same, neither seems worth much, so a small loss does not say that a head reads nothing.
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
"""What stands in for a head's output."""


class Silenced(NamedTuple):
    """P(site) with a head silenced, float32 (labels, 2, N), NaN where it was not asked for; layer and head from 0."""

    layer: int
    head: int
    kind: str
    probability: np.ndarray


@contextlib.contextmanager
def silenced(net: HeadedNetwork, layer: int, head: int, instead: Tensor | None = None) -> Iterator[None]:
    """While it lasts, the network adds `instead`, float32 (d_head,), for what the head collects at every position;
    None: nothing.

    net: one with heads, whose layers each have an `output`, the linear map of what all heads collected, side by side.
    """
    mine = _columns(net, head)

    def replaced(_module: nn.Module, args: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        collected = args[0].clone()  # (batch, length, heads d_head)
        collected[..., mine] = 0.0 if instead is None else instead.to(collected)
        return (collected,)

    hook = net.layers[layer].get_submodule("output").register_forward_pre_hook(replaced)
    try:
        yield
    finally:
        hook.remove()


def means(net: HeadedNetwork, genome: Genome, compute: Compute, wanted: np.ndarray) -> Tensor:
    """What each head collects on average, float32 (layers, heads, d_head), over the stretches that hold what is wanted,
    bool (N,)."""
    layers, heads = len(net.layers), net.config.heads
    total = torch.zeros(layers, heads * net.config.d_head, dtype=torch.float64)
    count = [0] * layers

    def added(number: int) -> Callable:
        def hook(_module: nn.Module, args: tuple[Tensor, ...]) -> None:
            total[number] += args[0].flatten(0, -2).sum(0, dtype=torch.float64).cpu()
            count[number] += args[0][..., 0].numel()

        return hook

    outputs = [layer.get_submodule("output") for layer in net.layers]
    hooks = [output.register_forward_pre_hook(added(number)) for number, output in enumerate(outputs)]
    try:
        annotate(net, genome, compute, wanted)
    finally:
        for hook in hooks:
            hook.remove()
    mean = total / torch.tensor(count, dtype=torch.float64)[:, None]
    return mean.unflatten(1, (heads, -1)).float()


def influence(net: HeadedNetwork, genome: Genome, compute: Compute, wanted: np.ndarray) -> Iterator[Silenced]:
    """P(site) with each head silenced in each way, head by head; as many annotations of what is wanted, bool (N,), and
    one before."""
    mean = means(net, genome, compute, wanted)
    for layer, head in np.ndindex(mean.shape[:2]):
        for kind in KINDS:
            with silenced(net, layer, head, mean[layer, head] if kind == "mean" else None):
                yield Silenced(layer, head, kind, annotate(net, genome, compute, wanted))


@dataclass(frozen=True, eq=False)
class Yardstick:
    """Where silenced heads are compared with the whole network, and what it says there.

    probability: P of the whole network, float32 (2, N). truth, known: bool (2, N), sites, and what is scored. block:
    int64 (N,), from 0, of each nucleotide among those scored. draws: int (draws, blocks), as `bootstrap.draws` gives
    them.
    """

    probability: np.ndarray
    truth: np.ndarray
    known: np.ndarray
    block: np.ndarray
    draws: np.ndarray

    @functools.cached_property
    def whole(self) -> Ranked:
        """The whole network's ranking: every silenced head is held against it."""
        return self.ranked(self.probability)

    def ranked(self, probability: np.ndarray) -> Ranked:
        block = np.broadcast_to(self.block, self.known.shape)[self.known]
        return bootstrap.ranked(self.truth[self.known], probability[self.known], block, self.draws.shape[1])


def yardstick(probability: np.ndarray, label: np.ndarray, wanted: np.ndarray, genome: Genome, draws: int) -> Yardstick:
    """On what is wanted, bool (N,), both strands, where the label, uint8 (2, N), is known; blocks of 10 kb."""
    known = wanted & (label != NO_LABEL) & np.isfinite(probability)
    block = bootstrap.blocks(genome.contigs)
    some = known.any(axis=0)
    used, block[some] = np.unique(block[some], return_inverse=True)
    return Yardstick(probability, label == 1, known, block, bootstrap.draws(len(used), draws))


def changes(at: Yardstick, silenced: np.ndarray) -> tuple[Interval, Interval]:
    """What P with a head silenced, float32 (2, N), loses or gains: in average precision, and in the sites' mean logit;
    95 % by blocks."""
    precision = bootstrap.difference([at.ranked(silenced)], [at.whole], at.draws)
    row, place = np.nonzero(at.truth & at.known)
    change = logit(silenced[row, place]) - logit(at.probability[row, place])
    return precision, bootstrap.average(change, at.block[place], at.draws)


def _columns(net: HeadedNetwork, head: int) -> slice:
    return slice(head * net.config.d_head, (head + 1) * net.config.d_head)
