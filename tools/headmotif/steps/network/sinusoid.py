"""What the layers of the published network have in common: two vectors for each head, and the sinusoid of positions."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Shared:
    """What all layers have in common.

    Attributes
    ----------
    u
        (heads, d_head), added to queries before they meet keys.
    v
        (heads, d_head), added to queries before they meet distances.
    sin
        (length, width / 2), sines of the sinusoid at positions 0, 1, ...
    cos
        (length, width / 2), its cosines.
    """

    u: Tensor
    v: Tensor
    sin: Tensor
    cos: Tensor


def sinusoid(length: int, width: int) -> tuple[Tensor, Tensor]:
    """Compute the sinusoid of positions 0, 1, ..., exact to the last digit however long the stretch is.

    Parameters
    ----------
    length
        Number of positions.
    width
        Number of sines and cosines together.

    Returns
    -------
    tuple of torch.Tensor
        Sines and cosines, both float32 (length, width / 2).
    """
    speed = 10000.0 ** (-torch.arange(0, width, 2, dtype=torch.float64) / width)
    angle = torch.arange(length, dtype=torch.float64)[:, None] * speed
    return angle.sin().float(), angle.cos().float()
