"""Rotary positions: vectors are rotated by an angle for each position, so that products depend on distances alone.

Su et al. 2021, RoFormer, arXiv:2104.09864. A weight keeps the two coordinates of a pair half a vector apart. In
computation they stand side by side, as the real and the imaginary part of a complex number, and one product rotates
them.
"""

import torch
from torch import Tensor


def angles(length: int, d_head: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Compute the angles by which the vector at each position is rotated.

    The fastest pair of coordinates makes a full turn in 8 bases, the slowest in 400.

    Parameters
    ----------
    length
        Number of positions.
    d_head
        Size of a head's vectors.
    device
        Where the result is kept.

    Returns
    -------
    tuple of torch.Tensor
        Cosines and sines, both float32 (length, d_head / 2).
    """
    speed = 2 * torch.pi / (8 * 50 ** torch.linspace(0, 1, d_head // 2, dtype=torch.float64))
    angle = torch.arange(length, dtype=torch.float64)[:, None] * speed  # in float32 far angles would be coarse
    return angle.cos().float().to(device), angle.sin().float().to(device)


def pair(weight: Tensor, d_head: int) -> Tensor:
    """Order the rows of a weight so that coordinates that are rotated together stand side by side.

    Parameters
    ----------
    weight
        (heads * d_head, ...); rows i and i + d_head / 2 of a head are a pair.
    d_head
        Size of a head's vectors.

    Returns
    -------
    torch.Tensor
        Of the same shape; rows 2 i and 2 i + 1 of a head are a pair.
    """
    return weight.unflatten(0, (-1, 2, d_head // 2)).transpose(1, 2).flatten(0, 2)


def turn_pairs(x: Tensor, circle: Tensor) -> Tensor:
    """Rotate pairs that stand side by side by the angles of each position.

    Parameters
    ----------
    x
        (batch, length, heads * d), of any type.
    circle
        complex64 (length, d / 2), cosines and sines of the angles.

    Returns
    -------
    torch.Tensor
        float32 (batch, length, heads, d).
    """
    pairs = torch.view_as_complex(x.float().unflatten(2, (-1, circle.shape[1], 2)))
    return torch.view_as_real(pairs * circle[:, None]).flatten(3)
