"""The `cnn` preset: dilated convolutions without attention heads, as a baseline."""

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional as F

from .dropout import Dropout
from .layers import Record, compute_logits, one_hot


@dataclass(frozen=True)
class DilatedConfig:
    """The sizes of the convolutional baseline.

    Attributes
    ----------
    preset
        Name of the preset.
    width
        Channels of the state that each position carries through the network.
    blocks
        Residual blocks; their dilations are 1, 2, 4 and so on.
    kernel
        Taps of a dilated convolution; the first convolution has 2 kernel + 1.
    dropout
        Share of the values that dropout sets to zero in training.
    """

    preset: str = "cnn"
    width: int = 64
    blocks: int = 6
    kernel: int = 5
    dropout: float = 0.2


class Dilated(nn.Module):
    """A network of residual blocks of dilated convolutions.

    Parameters
    ----------
    config
        Its sizes.
    labels
        Number of labels; there is one output for each.
    """

    chunk, batch = 4096, 4

    def __init__(self, config: DilatedConfig, labels: int):
        super().__init__()
        self.config, self.labels = config, labels
        self.reach = [(config.kernel // 2) * 2**block for block in range(config.blocks)]
        self.before = self.after = config.kernel + sum(self.reach)
        self.learning = (self.before, self.after)
        self.first = nn.Conv1d(4, config.width, 2 * config.kernel + 1)
        self.wide = nn.ModuleList(
            nn.Conv1d(config.width, config.width, config.kernel, dilation=2**b) for b in range(config.blocks)
        )
        self.mix = nn.ModuleList(nn.Conv1d(config.width, config.width, 1) for _ in range(config.blocks))
        self.dropouts = nn.ModuleList(Dropout(config.dropout, config.width, b) for b in range(config.blocks))
        self.norm = nn.LayerNorm(config.width)
        self.out = nn.Linear(config.width, labels)

    def forward(self, codes: Tensor, record: Record | None = None, noise: Tensor | None = None) -> Tensor:
        """Compute the logits, (batch, length, labels).

        There are no heads, so `record` receives nothing.
        """
        state = self.first(
            one_hot(codes, self.first.weight.dtype).transpose(1, 2)
        )  # (batch, width, length + rest of the halo)
        edge = (codes.shape[1] - state.shape[2]) // 2
        for reach, wide, mix, dropout in zip(self.reach, self.wide, self.mix, self.dropouts, strict=True):
            edge += reach
            here = noise if noise is None else noise[:, edge : noise.shape[1] - edge]
            added = dropout(mix(F.gelu(wide(F.gelu(state)))).transpose(1, 2), here).transpose(1, 2)
            state = state[:, :, reach : state.shape[2] - reach] + added
        return compute_logits(self.norm, self.out, F.gelu(state).transpose(1, 2))
