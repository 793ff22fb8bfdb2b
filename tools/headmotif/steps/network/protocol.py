"""What the steps ask of a network: every preset is a `Network`, those with heads to read are a `HeadedNetwork` too.

The presets do not name these types, they fit them; a type checker sees that they do in `presets`.
"""

from collections.abc import Iterator, Mapping
from typing import Protocol, Self, TypeGuard

import numpy as np
import torch
from torch import Tensor, nn

from .cnn import DilatedConfig
from .kmer_attention import ReaderConfig
from .layers import Record
from .published import PublishedConfig

HeadedConfig = ReaderConfig | PublishedConfig
Config = HeadedConfig | DilatedConfig


class Network(Protocol):
    """Codes uint8 (batch, before + length + after) in, logits float32 (batch, length, labels) out, one strand 5' to 3'.

    labels: how many. before, after: bases that an output depends on, upstream and downstream of its own. learning:
    those of them that a training stretch is given. chunk: nucleotides of a stretch in annotating. batch: such stretches
    at once. out: the last linear map, with one output a label, or with two, of which the logit is the second less the
    first.
    """

    labels: int
    before: int
    after: int
    learning: tuple[int, int]
    chunk: int
    batch: int
    out: nn.Linear

    @property
    def config(self) -> Config: ...

    def __call__(self, codes: Tensor, record: Record | None = None, noise: Tensor | None = None) -> Tensor: ...

    def eval(self) -> Self: ...

    def train(self, mode: bool = True) -> Self: ...

    def to(self, device: torch.device) -> Self: ...

    def parameters(self) -> Iterator[nn.Parameter]: ...

    def named_parameters(self) -> Iterator[tuple[str, nn.Parameter]]: ...

    def get_parameter(self, target: str) -> nn.Parameter: ...

    def load_state_dict(self, state_dict: Mapping[str, Tensor]) -> object: ...


class HeadedNetwork(Network, Protocol):
    """A network whose heads can be recorded.

    keys: the key axis, int32 (keys,), in bases from the site, negative upstream. reach: per layer the bases before and
    after a key that it is made of. layers: each has an `output`, the linear map of what all its heads collected.
    """

    layers: nn.ModuleList

    @property
    def config(self) -> HeadedConfig: ...

    @property
    def keys(self) -> np.ndarray: ...

    @property
    def reach(self) -> tuple[tuple[int, int], ...]: ...


def has_heads(net: Network) -> TypeGuard[HeadedNetwork]:
    """Whether a network's heads can be recorded."""
    return hasattr(net, "keys")
