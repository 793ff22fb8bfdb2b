"""Dropout whose mask depends on step, stretch, position and channel alone.

So the mask is the same on every device, and however a batch is shared among processes. It costs a multiplication and a
comparison, where drawing from a generator costs five times as much.
"""

import numpy as np
import torch
from torch import Tensor, nn


class Dropout(nn.Module):
    """Set a share of the values to zero in training, and scale up the others.

    Parameters
    ----------
    share
        Share of the values, at least 0 and less than 1.
    width
        Number of channels.
    place
        Number of this dropout in its network, so that each has masks of its own.

    Attributes
    ----------
    salt
        int32 (width,), an odd number for each channel, drawn from `place`.

    Raises
    ------
    ValueError
        If the share is outside its range.
    """

    salt: Tensor

    def __init__(self, share: float, width: int, place: int):
        super().__init__()
        if not 0 <= share < 1:
            raise ValueError(f"the share of dropout is {share}, which is not within 0 and 1")
        self.share = share
        odd = np.random.default_rng([11, place]).integers(-(2**30), 2**30, width) * 2 + 1
        self.register_buffer("salt", torch.from_numpy(odd.astype(np.int32)), persistent=False)

    def forward(self, x: Tensor, noise: Tensor | None) -> Tensor:
        """Drop values of x, (batch, length, width).

        `noise` is int32 (batch, length), a random number for each position. If it is None, nothing is dropped.
        """
        if noise is None or not self.training or self.share == 0:
            return x
        # Multiplicative hashing (Knuth, The Art of Computer Programming 3, 6.4): the high bits of noise x odd number
        # are as good as random.
        kept = noise[:, :, None] * self.salt > int((self.share - 0.5) * 2**32)
        return x * kept.to(x.dtype).mul_(1 / (1 - self.share))
