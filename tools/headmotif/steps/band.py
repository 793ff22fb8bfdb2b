"""Sliding-window attention: every query sees exactly the keys at most `window` away, whatever the blocks.

Queries are taken in blocks that share a window of keys, so that plain matrix kernels serve; a table of biases by
distance, minus infinity outside the band, makes the window exact. One more key, which is nothing, stands at the
end: a head that finds nothing gives its weight there, and none of it is forced onto bases.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

BLOCK = 64
"""Queries that share a window of keys: few repeat little work, many waste little of the band's corners."""


def toeplitz(by_distance: Tensor, nothing: Tensor, block: int) -> Tensor:
    """Biases (heads, block, block + 2 window + 1) of a block from those by distance (heads, 2 window + 1).

    Row r, column c stands for the distance c - r - window; the last column is `nothing` (heads,).
    """
    heads, span = by_distance.shape
    columns = block + span - 1
    index = torch.arange(columns, device=by_distance.device) - torch.arange(block, device=by_distance.device)[:, None]
    index = torch.where((index >= 0) & (index < span), index, span)  # (block, columns)
    table = F.pad(by_distance, (0, 1), value=float("-inf"))
    return torch.cat([table[:, index], nothing[:, None, None].expand(heads, block, 1)], dim=2)


def blocks_of_keys(keys: Tensor, window: int, block: int) -> Tensor:
    """Windows (batch, heads, blocks, block + 2 window + 1, d) from keys (batch, heads, length + 2 window, d); the last is zero."""
    windows = keys.unfold(2, block + 2 * window, block)  # (batch, heads, blocks, d, block + 2 window)
    return F.pad(windows, (0, 1)).transpose(3, 4)


def attend(query: Tensor, key: Tensor, value: Tensor, by_distance: Tensor, nothing: Tensor, hidden: Tensor | None) -> tuple[Tensor, Tensor]:
    """What each query collects (batch, heads, length, d), and the weights it gave, in blocks.

    query: (batch, heads, length, d), already scaled. key, value: (batch, heads, length + 2 window, d). by_distance: (heads, 2 window + 1),
    added to the scores, from -window to window. nothing: (heads,), the score of the key that is nothing. hidden: bool (batch,
    length + 2 window), keys not to be seen (N, off the contig), or None. Weights: (batch, heads, blocks, block, block + 2 window + 1),
    to be read with `by_offset`.
    """
    length = query.shape[2]
    window = by_distance.shape[1] // 2
    block = min(BLOCK, length)
    missing = -length % block
    if missing:  # the last block is filled up with queries that nobody reads
        query, key, value = (F.pad(x, (0, 0, 0, missing)) for x in (query, key, value))
        hidden = F.pad(hidden, (0, missing), value=True) if hidden is not None else None
    scores = query.unflatten(2, (-1, block)) @ blocks_of_keys(key, window, block).transpose(3, 4)
    scores = scores + toeplitz(by_distance, nothing, block).to(scores.dtype)[:, None]  # (batch, heads, blocks, block, columns)
    if hidden is not None:
        veil = F.pad(hidden.unfold(1, block + 2 * window, block), (0, 1))  # (batch, blocks, columns)
        scores = scores.masked_fill(veil[:, None, :, None], float("-inf"))
    weight = scores.softmax(dim=-1)
    collected = (weight @ blocks_of_keys(value, window, block)).flatten(2, 3)[:, :, :length]
    return collected, weight


def by_offset(weight: Tensor, length: int, window: int) -> tuple[Tensor, Tensor]:
    """Weights (batch, heads, length, 2 window + 1) by distance from -window to window, and those of nothing (batch, heads, length)."""
    block = weight.shape[3]
    index = torch.arange(block, device=weight.device)[:, None] + torch.arange(2 * window + 1, device=weight.device)
    banded = weight[..., :-1].gather(-1, index.expand(*weight.shape[:3], -1, -1))  # (batch, heads, blocks, block, 2 window + 1)
    return banded.flatten(2, 3)[:, :, :length], weight[..., -1].flatten(2, 3)[:, :, :length]
