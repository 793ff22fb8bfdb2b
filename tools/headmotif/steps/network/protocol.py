"""What the steps ask of a network: every preset is a `Network`, and those with heads are a `HeadedNetwork` too.

The presets do not inherit from these types; the type checker sees in `presets` that they fit them.
"""

from collections.abc import Iterator, Mapping
from typing import Protocol, Self, TypeGuard

import numpy as np
import torch
from torch import Tensor, nn

from .cnn import DilatedConfig
from .kmer_attention import ReaderConfig
from .layers import Record, TakenApart
from .published import PublishedConfig

HeadedConfig = ReaderConfig | PublishedConfig
Config = HeadedConfig | DilatedConfig


class Network(Protocol):
    """A network that takes codes uint8 (batch, before + length + after) and returns logits float32 (batch, length,
    labels).

    It reads one strand, 5' to 3'.

    Attributes
    ----------
    labels
        Number of labels.
    before
        Bases upstream of a position that its output depends on.
    after
        Bases downstream of a position that its output depends on.
    learning
        How many of these bases, upstream and downstream, a training stretch has.
    chunk
        Nucleotides of a stretch in annotation.
    batch
        Stretches of that length in a batch.
    out
        The last linear map. It has one output per label, or two, and the logit is then the second minus the first.
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

    def eval(self) -> Self:
        """Switch to evaluation mode.

        Returns
        -------
        Network
            The network itself.
        """

    def train(self, mode: bool = True) -> Self:
        """Switch to training mode, or back.

        Parameters
        ----------
        mode
            Whether training mode is meant.

        Returns
        -------
        Network
            The network itself.
        """

    def to(self, device: torch.device) -> Self:
        """Move the weights to a device.

        Parameters
        ----------
        device
            The device.

        Returns
        -------
        Network
            The network itself.
        """

    def parameters(self) -> Iterator[nn.Parameter]:
        """List the weights.

        Returns
        -------
        iterator of torch.nn.Parameter
            All weights, in a fixed order.
        """

    def named_parameters(self) -> Iterator[tuple[str, nn.Parameter]]:
        """List the weights with their names.

        Returns
        -------
        iterator of (str, torch.nn.Parameter)
            All weights, in the order of `parameters`.
        """

    def get_parameter(self, target: str) -> nn.Parameter:
        """Look up a weight.

        Parameters
        ----------
        target
            Its name.

        Returns
        -------
        torch.nn.Parameter
            The weight.
        """

    def load_state_dict(self, state_dict: Mapping[str, Tensor]) -> object:
        """Replace all weights.

        Parameters
        ----------
        state_dict
            The new weights by name.

        Returns
        -------
        object
            What PyTorch says of missing and unexpected names.
        """


class HeadedNetwork(Network, Protocol):
    """A network whose heads can be recorded.

    Attributes
    ----------
    layers
        The layers. The `output` of each is the linear map of what all its heads collected.
    keys
        int32 (keys,), the offsets of the keys from the site in bases, negative upstream.
    reach
        For each layer, the bases before and after a key's centre that the key has read.
    """

    layers: nn.ModuleList

    @property
    def config(self) -> HeadedConfig: ...

    @property
    def keys(self) -> np.ndarray: ...

    @property
    def reach(self) -> tuple[tuple[int, int], ...]: ...

    def take_apart(self, codes: Tensor) -> TakenApart:
        """Take the computation of a batch apart, layer by layer.

        Parameters
        ----------
        codes
            As the network itself takes them; it is in evaluation mode.

        Returns
        -------
        TakenApart
            The layers at work on this batch.
        """


def has_heads(net: Network) -> TypeGuard[HeadedNetwork]:
    """Tell whether a network's heads can be recorded.

    Parameters
    ----------
    net
        The network.

    Returns
    -------
    bool
        True for the presets with attention heads.
    """
    return hasattr(net, "keys")
