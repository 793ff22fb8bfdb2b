"""What the networks share: how bases enter them, and how logits leave them.

Every network takes codes (batch, before + length + after) of one strand, read 5' to 3'. The codes are 0-3, and 4 for N
and for positions off the contig. It returns logits (batch, length, labels), float32. An output depends on `before`
bases upstream of its own and `after` bases downstream; `learning` is how many of them a training stretch has. A network
reads one strand only; the other strand is another sequence to it.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ...alphabet import N

Recorded = tuple[Tensor, Tensor, Tensor]
"""What is recorded of a layer.

Weights and lengths of what each key adds, both (batch, length, heads, keys), and the weights of the null key, (batch,
length, heads).
"""


class Record(Protocol):
    """What receives the record of each layer in turn: a list, or an object that keeps a part of each."""

    def append(self, recorded: Recorded, /) -> None:
        """Receive the record of the next layer.

        Parameters
        ----------
        recorded
            Weights, lengths and weights of the null key.
        """


class Part(NamedTuple):
    """One layer at work on a batch, in two halves, so that what the heads collect can be changed between them.

    Attributes
    ----------
    collect
        Computes what all heads collect, side by side, (batch, queries, heads d_head), from the states before the layer.
    add
        Computes the states after the layer from those before it and from what the heads collected.
    """

    collect: Callable[[Tensor], Tensor]
    add: Callable[[Tensor, Tensor], Tensor]


class TakenApart(NamedTuple):
    """The computation of a batch, layer by layer; run in order, it gives what the network itself gives, to the bit.

    Keys that do not depend on the states are computed once, however often a layer is run.

    Attributes
    ----------
    state
        The states before the first layer.
    parts
        The layers.
    finish
        Computes the logits, (batch, length, labels), from the states after the last layer.
    """

    state: Tensor
    parts: Sequence[Part]
    finish: Callable[[Tensor], Tensor]


def one_hot(codes: Tensor, dtype: torch.dtype) -> Tensor:
    """Encode bases as one-hot vectors; N is zero in all four, that is, masked.

    Parameters
    ----------
    codes
        (batch, length), 0-4.
    dtype
        Type of the result.

    Returns
    -------
    torch.Tensor
        (batch, length, 4).
    """
    return F.one_hot(codes.long(), 5)[..., :N].to(dtype)


def compute_logits(norm: nn.LayerNorm, out: nn.Linear, state: Tensor) -> Tensor:
    """Compute the logits from the last state, always in float32, because they are compared across the whole genome.

    Parameters
    ----------
    norm
        The last normalisation.
    out
        The last linear map.
    state
        (batch, length, width), of any type.

    Returns
    -------
    torch.Tensor
        float32 (batch, length, outputs).
    """
    with torch.autocast(state.device.type, enabled=False):
        return out(norm(state.float()))
