"""`cnn`: the honest baseline, dilated convolutions without a head to read."""

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional as F

from .dropout import Dropout
from .layers import Record, last, one_hot


@dataclass(frozen=True)
class DilatedConfig:
    """Sizes of the convolutional baseline."""

    preset: str = "cnn"
    width: int = 64
    blocks: int = 6  # dilations 1, 2, 4, ...
    kernel: int = 5
    dropout: float = 0.2


class Dilated(nn.Module):
    """Residual blocks of dilated convolutions."""

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
        """Logits (batch, length, labels); there is nothing to record."""
        state = self.first(
            one_hot(codes, self.first.weight.dtype).transpose(1, 2)
        )  # (batch, width, length + rest of the halo)
        edge = (codes.shape[1] - state.shape[2]) // 2
        for reach, wide, mix, dropout in zip(self.reach, self.wide, self.mix, self.dropouts, strict=True):
            edge += reach
            here = noise if noise is None else noise[:, edge : noise.shape[1] - edge]
            added = dropout(mix(F.gelu(wide(F.gelu(state)))).transpose(1, 2), here).transpose(1, 2)
            state = state[:, :, reach : state.shape[2] - reach] + added
        return last(self.norm, self.out, F.gelu(state).transpose(1, 2))
