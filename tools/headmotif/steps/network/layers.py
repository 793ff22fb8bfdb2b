"""What the networks share: how bases enter them, and how logits leave them.

Every network takes codes (batch, before + length + after), 0-3 and 4 for N and for what lies off the contig, and gives
logits (batch, length, labels), float32, for one strand read 5' to 3'. `before` and `after` are all that an output
depends on, upstream and downstream; `learning` is what a training stretch is given of them. Networks know nothing of
strands: the other strand is another sequence.
"""

from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ...alphabet import N

Recorded = tuple[Tensor, Tensor, Tensor]
"""Of a layer: weights and lengths of what each key adds, both (batch, length, heads, keys), and the weights of nothing,
(batch, length, heads)."""


class Record(Protocol):
    """What a network puts its layers into, one after the other: a list, or what keeps a part of each."""

    def append(self, recorded: Recorded, /) -> None: ...


def one_hot(codes: Tensor, dtype: torch.dtype) -> Tensor:
    """Codes (batch, length) as (batch, length, 4); N is zero in all four: masked, not embedded."""
    return F.one_hot(codes.long(), 5)[..., :N].to(dtype)


def last(norm: nn.LayerNorm, out: nn.Linear, state: Tensor) -> Tensor:
    """The logits from the last state, in float32 whatever came before: they are compared across the whole genome."""
    with torch.autocast(state.device.type, enabled=False):
        return out(norm(state.float()))
