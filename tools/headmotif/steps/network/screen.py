"""The screen: a small convolutional network that finds the places where a model's P may be high.

It reads a strand in units of a few bases, at a fortieth of the cost of the `default` network, and says of each unit how
high P is anywhere in it. It is a network like the others, so that a genome is annotated with it in the same way. All
positions of a unit have the same output.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ...data import Screen
from ...errors import InputError
from .layers import Record, one_hot


@dataclass(frozen=True)
class ScreenConfig:
    """The sizes of a screen.

    Attributes
    ----------
    unit
        Bases of a unit, even.
    width
        Channels of a unit.
    first
        Bases that the first convolution reads, even.
    dilations
        The dilation of each block, in units; the convolutions of blocks have three taps.
    """

    unit: int = 4
    width: int = 64
    first: int = 16
    dilations: tuple[int, ...] = (1, 2, 4, 8)


class ScreenNet(nn.Module):
    """The network of a screen.

    Parameters
    ----------
    config
        Its sizes.
    labels
        Number of labels.
    """

    chunk, batch = 8192, 2

    def __init__(self, config: ScreenConfig, labels: int):
        super().__init__()
        self.config, self.labels = config, labels
        self.before = self.after = (config.first - config.unit) // 2 + config.unit * sum(config.dilations)
        self.learning = (self.before, self.after)
        self.first = nn.Conv1d(4, config.width, config.first, stride=config.unit)
        self.wide = nn.ModuleList(nn.Conv1d(config.width, config.width, 3, dilation=d) for d in config.dilations)
        self.mix = nn.ModuleList(nn.Conv1d(config.width, config.width, 1) for _ in config.dilations)
        self.out = nn.Conv1d(config.width, labels, 1)

    def forward(self, codes: Tensor, record: Record | None = None, noise: Tensor | None = None) -> Tensor:
        """Compute the outputs, float32 (batch, length, labels), of codes (batch, before + length + after).

        The length is a multiple of `unit`. There are no heads and no dropout.
        """
        return self.read_units(codes).repeat_interleave(self.config.unit, 2).transpose(1, 2)

    def read_units(self, codes: Tensor) -> Tensor:
        """Compute the output of each unit.

        Parameters
        ----------
        codes
            (batch, before + length + after), 0-4.

        Returns
        -------
        torch.Tensor
            float32 (batch, labels, length / unit), an estimate of the largest logit in the unit.
        """
        with torch.autocast(codes.device.type, enabled=False):  # the same positions pass at every precision
            state = self.first(one_hot(codes, torch.float32).transpose(1, 2))  # (batch, width, units and halo)
            for reach, wide, mix in zip(self.config.dilations, self.wide, self.mix, strict=True):
                added = mix(F.relu(wide(F.relu(state))))
                state = state[:, :, reach : state.shape[2] - reach] + added
            return self.out(F.relu(state))


def build_screen(screen: Screen) -> ScreenNet:
    """Build the network of a screen.

    Parameters
    ----------
    screen
        The screen.

    Returns
    -------
    ScreenNet
        The network with its weights, in evaluation mode.

    Raises
    ------
    InputError
        If the description and the weights do not fit together.
    """
    try:
        sizes = dict(screen.network)
        config = ScreenConfig(**sizes | {"dilations": tuple(sizes.get("dilations", ScreenConfig.dilations))})
        net = ScreenNet(config, len(screen.cuts))
        net.load_state_dict({name: torch.from_numpy(np.array(array)) for name, array in screen.weights.items()})
    except (TypeError, ValueError, RuntimeError) as problem:
        raise InputError(
            f"the weights of the model's screen do not fit its description ({str(problem).splitlines()[0]}); use the "
            "model without --fast"
        ) from None
    return net.eval()
