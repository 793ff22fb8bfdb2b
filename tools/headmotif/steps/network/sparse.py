"""P at a few positions of a strand, for the `default` and `wide` presets.

The keys of every layer are k-mers of the sequence, so a position costs the same alone as in a genome. Positions are
taken in short blocks. The keys around all blocks of a group are computed once, packed end to end: a block begins where
the keys of the block before it end, or earlier, where they overlap. So each block finds its keys in one run, and
neighbours in the pack are neighbours on the strand wherever a query looks at both.
"""

from collections.abc import Iterator
from typing import NamedTuple, cast

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ...alphabet import N
from .device import Compute
from .kmer_attention import KmerEmbedding, Layer, Reader
from .layers import compute_logits
from .parallel import map_in_order
from .rotary import angles

BLOCK = 8
"""Positions of a block: the calls of a screen come in runs of about this length."""
KEYS = 4096
"""Keys of a group of blocks, about, so that they stay in the processor's cache."""
WORD = 4
"""Bases of the words whose share of the k-mer embedding is read from a table."""
HIDDEN = -1e30
"""The score of a hidden key, as in `band`."""


class _Pack(NamedTuple):
    """Where the blocks of a group find what they read.

    Attributes
    ----------
    kmers
        int64 (keys,), the index of each key's first base in the codes.
    first
        int64 (blocks,), the index of each block's first key in the pack.
    """

    kmers: np.ndarray
    first: np.ndarray


class _Keys(NamedTuple):
    """The keys of a group of blocks.

    Attributes
    ----------
    kmers
        (width, keys), the vectors of the k-mers.
    first
        int64 (blocks,), the index of each block's first key in the pack.
    turn
        Cosines and sines by which keys and values are rotated, (d_head / 2, keys).
    here
        Those of the queries, (d_head / 2, blocks, BLOCK).
    hidden
        bool (blocks, 1, span + 1), the keys that are not attended to. None: no key is hidden.
    """

    kmers: Tensor
    first: Tensor
    turn: tuple[Tensor, Tensor]
    here: tuple[Tensor, Tensor]
    hidden: Tensor | None


def cover(wanted: np.ndarray) -> np.ndarray:
    """Cover the wanted positions of a strand with blocks.

    Each block begins at the first wanted position that the blocks before it leave.

    Parameters
    ----------
    wanted
        bool (length,).

    Returns
    -------
    numpy.ndarray
        int64 (blocks,), the first position of each block of `BLOCK` positions, ascending. The last block may reach
        beyond the strand's end.
    """
    place = np.flatnonzero(wanted)
    following = np.searchsorted(place, place + BLOCK).tolist()
    chosen, at = [], 0
    while at < len(place):
        chosen.append(at)
        at = following[at]
    return place[chosen]


def score_blocks(net: Reader, codes: np.ndarray, starts: np.ndarray, compute: Compute) -> np.ndarray:
    """Compute P(site) of blocks of positions.

    Parameters
    ----------
    net
        The network, in evaluation mode.
    codes
        uint8 (before + length + after,), one strand 5' to 3'; 0-3 are A, C, G and T, 4 is N.
    starts
        int64 (blocks,), the first position of each block, 0 to length - 1, strictly ascending.
    compute
        Device and precision.

    Returns
    -------
    numpy.ndarray
        float32 (blocks, BLOCK, labels). Positions beyond the strand's end have values without meaning.
    """
    padded = np.pad(codes, (0, BLOCK), constant_values=N)  # a block may reach beyond the end
    kmers = np.lib.stride_tricks.sliding_window_view(padded, net.config.kmer)
    span = BLOCK + 2 * net.config.window

    def score(rows: slice) -> np.ndarray:
        pack = _pack(starts[rows], span)
        with torch.inference_mode():  # in float32, as the network itself on a processor
            read = (torch.from_numpy(x).to(compute.device) for x in (kmers[pack.kmers], pack.first))
            return torch.sigmoid(_compute_logits(net, *read)).cpu().numpy()

    nothing = np.empty((0, BLOCK, net.labels), np.float32)
    return np.concatenate([nothing, *map_in_order(score, _groups(starts, span), compute)])


def _groups(starts: np.ndarray, span: int) -> Iterator[slice]:
    """Divide the blocks so that each group has about `KEYS` keys."""
    keys = np.cumsum(_new_keys(starts, span))
    edges = [*np.flatnonzero(np.diff(keys // KEYS, prepend=-1)).tolist(), len(starts)]
    yield from map(slice, edges, edges[1:])


def _new_keys(starts: np.ndarray, span: int) -> np.ndarray:
    """How many keys of each block no block before it has, int64 (blocks,)."""
    return np.minimum(np.diff(starts, prepend=starts[:1] - span), span)


def _pack(starts: np.ndarray, span: int) -> _Pack:
    """Pack the keys of blocks. The first key of a block at 0 is read from the first base of the codes on."""
    new = _new_keys(starts, span)
    end = np.cumsum(new)
    kmers = np.arange(end[-1]) + np.repeat(starts + span - end, new)
    return _Pack(kmers, end - span)


def _compute_logits(net: Reader, codes: Tensor, first: Tensor) -> Tensor:
    """The logits of blocks, (blocks, BLOCK, labels), from the packed k-mers (keys, kmer)."""
    config = net.config
    kmers = _embed(net.stem, codes)  # (keys, width)
    hidden = codes[:, config.kmer // 2] == N
    cos, sin = (t.T.contiguous() for t in angles(len(kmers), config.d_head, codes.device))  # (d_head / 2, keys)
    block = torch.arange(BLOCK, device=first.device)
    here = first[:, None] + config.window + block  # (blocks, BLOCK), where the queries are in the pack
    span = BLOCK + 2 * config.window
    keys = _Keys(kmers.T, first, (cos, sin), (cos[:, here], sin[:, here]), _hide(hidden, first, span))
    state = kmers[here].float()  # (blocks, BLOCK, width)
    for layer in net.layers:
        state = _pass(cast(Layer, layer), state, keys)
    return compute_logits(net.norm, net.out, state)


def _embed(stem: KmerEmbedding, codes: Tensor) -> Tensor:
    """The vectors of k-mers (keys, kmer): what `stem` computes, with its first map read from tables of short words."""
    weight = stem.bases.weight.unflatten(1, (N, stem.kmer)).permute(2, 1, 0)  # (kmer, bases, units)
    weight = F.pad(weight, (0, 0, 0, 1))  # N adds nothing
    tables, words, rows = [], [], 0
    for at in range(0, stem.kmer, WORD):
        table, word = weight[at], codes[:, at].int()
        for base in range(at + 1, min(at + WORD, stem.kmer)):
            table = (table[:, None] + weight[base]).flatten(0, 1)
            word = word * (N + 1) + codes[:, base]
        tables.append(table)
        words.append(word + rows)
        rows += len(table)
    units = F.embedding_bag(torch.stack(words, 1), torch.cat(tables), mode="sum") + stem.bases.bias
    return stem.norm(stem.mix(F.gelu(units)))  # (keys, width)


def _hide(hidden: Tensor, first: Tensor, span: int) -> Tensor | None:
    """Which keys of the blocks are hidden, bool (blocks, 1, span + 1); None if no key is."""
    if not bool(hidden.any()):
        return None
    return F.pad(hidden.unfold(0, span, 1)[first], (0, 1))[:, None]


def _pass(layer: Layer, state: Tensor, keys: _Keys) -> Tensor:
    """The states after a layer, (blocks, BLOCK, width)."""
    span = BLOCK + 2 * layer.window
    key_value = (layer.key_value.weight @ keys.kmers).unflatten(0, (2, layer.heads, layer.d_head))
    with torch.autocast(state.device.type, enabled=False):
        key, value = (_windows(_turn_keys(x, keys.turn), keys.first, span) for x in key_value)
        query = layer.query(layer.query_norm(state)) * layer.d_head**-0.5
        query = query.unflatten(2, (layer.heads, -1)).permute(2, 3, 0, 1)  # (heads, d_head, blocks, BLOCK)
        cos, sin = keys.here
        query = _rotate(query, cos, sin).permute(0, 2, 3, 1).contiguous()  # (heads, blocks, BLOCK, d_head)
        scores = query @ key  # (heads, blocks, BLOCK, span + 1)
        scores += _table(layer)[:, None]
        if keys.hidden is not None:
            scores.masked_fill_(keys.hidden, HIDDEN)
        collected = torch.softmax(scores, -1, out=scores) @ value.transpose(2, 3)  # (heads, blocks, BLOCK, d_head)
        collected = _rotate(collected.permute(0, 3, 1, 2), cos, -sin).permute(2, 3, 0, 1).flatten(2)
        state = state + layer.output(collected)
        return state + layer.narrow(F.gelu(layer.widen(layer.wide_norm(state))))


def _rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotate pairs of coordinates, as `rotate` does, where the coordinates stand before the positions.

    x: (heads, d, ...); cos, sin: (d / 2, ...).
    """
    a, b = x.chunk(2, dim=1)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], dim=1)


def _turn_keys(x: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
    """Keys or values (heads, d, keys), rotated, float32, with room for one more: (heads, d, keys + 1)."""
    heads, d, keys = x.shape
    result = torch.empty(heads, d, keys + 1, device=x.device)
    (a, b), (cos, sin) = x.float().chunk(2, dim=1), turn
    for into, first, second, sign in zip(result[..., :keys].chunk(2, dim=1), (a, b), (b, a), (-1, 1), strict=True):
        torch.mul(first, cos, out=into).addcmul_(second, sin, value=sign)
    return result


def _windows(x: Tensor, first: Tensor, span: int) -> Tensor:
    """Runs of `span` keys or values and the null key, all zero: (heads, blocks, d, span + 1) of (heads, d, keys)."""
    heads, d, keys = x.shape
    runs = x.as_strided((heads, keys - span, d, span + 1), (keys * d, 1, keys, 1))[:, first]
    runs[..., -1] = 0
    return runs


def _table(layer: Layer) -> Tensor:
    """What is added to the scores of a block, (heads, BLOCK, span + 1): minus infinity outside the window."""
    span = 2 * layer.window + 1
    device = layer.by_distance.device
    index = torch.arange(BLOCK + span - 1, device=device) - torch.arange(BLOCK, device=device)[:, None]
    index = torch.where((index >= 0) & (index < span), index, span)  # (BLOCK, keys)
    table = F.pad(layer.by_distance, (0, 1), value=float("-inf"))[:, index]
    return torch.cat([table, layer.nothing[:, None, None].expand(-1, BLOCK, 1)], 2)
