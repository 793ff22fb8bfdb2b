"""Sliding-window attention on a processor, by PyTorch's fused kernel and with a gradient of its own.

It computes what `band` computes, in less than half the time, but gives no weights. What takes time on a processor is
not arithmetic but memory: scores are many times as large as all else. The kernel never writes them to memory. The
gradient computes them again, a tile at a time that stays in the processor's cache, instead of keeping them.

Each block of queries reads its own window of the keys. The windows of neighbouring blocks overlap in memory, so nothing
is copied. The kernel knows no null key, but it returns the log of the summed exponentials of the scores, and so the
null key's share is known.
"""

import math
from itertools import product

import torch
from torch import Tensor

from .band import HIDDEN, toeplitz

BLOCK = 32
"""Queries of a block, as many as the kernel takes at once."""
WIDE = 128
"""Queries of a block of the gradient, where few large products are quicker than many small ones."""
TILE = 1 << 20
"""Scores of a tile of the gradient; two arrays of this size share the cache."""
LOG2_E = math.log2(math.e)


def attend(
    query: Tensor, key_value: Tensor, by_distance: Tensor, null_key: Tensor, hidden: Tensor | None = None
) -> Tensor:
    """Compute what each query collects from the keys of its window and from the null key.

    A query sees the keys at most `window` bases away, on both sides.

    Parameters
    ----------
    query
        float32 (batch, length, heads, d), already scaled.
    key_value
        float32 (batch, window + length + window, 2 heads, d): the keys of all heads, then their values.
    by_distance
        float32 (heads, 2 window + 1), added to the scores, most upstream first.
    null_key
        float32 (heads,), the score of the null key, whose value is zero.
    hidden
        bool (batch, window + length + window), True for keys that are not attended to (N, off the contig). None: no key
        is hidden.

    Returns
    -------
    torch.Tensor
        float32 (batch, length, heads, d).
    """
    veil = None if hidden is None else HIDDEN * hidden.float()
    return _Window.apply(query, key_value, by_distance, null_key, veil)


class _Window(torch.autograd.Function):
    """softmax(query key + by_distance) value; `veil`, (batch, keys), is added to the scores of hidden keys."""

    @staticmethod
    def forward(ctx, query, key_value, by_distance, null_key, veil):
        length, ends = query.shape[1], by_distance.shape[1] - 1
        collected = torch.empty_like(query)
        # The log of the summed exponentials, the null key's too, which the gradient needs alone.
        total = query.new_empty(query.shape[:3]) if any(ctx.needs_input_grad) else None
        whole = length - length % BLOCK
        for rows in (slice(0, whole), slice(whole, length)):  # blocks of `BLOCK` queries, and what is left of them
            if rows.start < rows.stop:
                seen = slice(rows.start, rows.stop + ends)
                biases = by_distance, null_key, None if veil is None else veil[:, seen]
                its = None if total is None else total[:, rows]
                _attend_blocks(query[:, rows], key_value[:, seen], biases, collected[:, rows], its)
        if total is not None:
            ctx.save_for_backward(query, key_value, by_distance, null_key, veil, collected, total)
        return collected

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, grad):
        query, key_value, by_distance, null_key, veil, collected, total = ctx.saved_tensors
        (batch, length, heads, _), span = query.shape, by_distance.shape[1]
        block = min(WIDE, length)
        table = toeplitz(query, span // 2, span // 2, by_distance, None, block)  # (heads, block, columns)
        columns = table.shape[2]
        toll = (grad * collected).sum(3)  # what the gradient of the softmax subtracts in each row
        d_query, d_key_value, d_table = torch.empty_like(query), torch.zeros_like(key_value), torch.zeros_like(table)
        d_null_key = -(torch.exp(null_key - total) * toll).sum((0, 1))
        # Powers of 2, since PyTorch computes those of e ten times as slowly where they are 0.
        binary, table, total = (x * LOG2_E for x in (query, table, total))
        size = min(batch, max(1, TILE // (block * columns)))
        room = query.new_empty(2 * size * block * columns)  # used again by every tile, so that it stays in the cache
        for first, start, head in product(range(0, batch, size), range(0, length, block), range(heads)):
            some, rows = slice(first, min(first + size, batch)), slice(start, min(start + block, length))
            n, m = rows.stop - rows.start, rows.stop - rows.start + span - 1
            asked, key = (some, rows, head), (some, slice(start, start + m), head)
            value = *key[:2], heads + head
            weight, d_scores = room[: 2 * (some.stop - first) * n * m].view(2, -1, n, m)
            torch.bmm(binary[asked], key_value[key].transpose(1, 2), out=weight)
            weight += table[head, :n, :m]
            if veil is not None:
                weight += veil[some, None, key[1]]
            weight -= total[asked][..., None]
            weight.exp2_()
            torch.bmm(grad[asked], key_value[value].transpose(1, 2), out=d_scores)
            d_scores -= toll[asked][..., None]
            d_scores *= weight
            d_query[asked] = d_scores @ key_value[key]
            d_key_value[key] += d_scores.transpose(1, 2) @ query[asked]
            d_key_value[value] += weight.transpose(1, 2) @ grad[asked]
            d_table[head, :n, :m] += d_scores.sum(0)
        d_by_distance = d_table.as_strided((heads, span, block), (block * columns, 1, columns + 1)).sum(2)
        return d_query, d_key_value, d_by_distance, d_null_key, None


def _attend_blocks(
    query: Tensor,
    key_value: Tensor,
    biases: tuple[Tensor, Tensor, Tensor | None],
    collected: Tensor,
    total: Tensor | None,
) -> None:
    """Attend to whole blocks; the results are written to `collected` and `total`."""
    by_distance, null_key, veil = biases
    window, heads, block = by_distance.shape[1] // 2, len(null_key), min(BLOCK, query.shape[1])
    columns = block + 2 * window
    table = toeplitz(query, window, window, by_distance, None, block)  # (heads, block, columns)
    # Pieces that overlap: (batch, blocks, heads, block or columns, d)
    queries = query.unfold(1, block, block).transpose(3, 4)
    keys, values = key_value.unfold(1, columns, block).transpose(3, 4).split(heads, 2)
    hidden = None if veil is None else veil.unfold(1, columns, block)  # (batch, blocks, columns)
    blocks = collected.unflatten(1, (-1, block))
    totals = None if total is None else total.unflatten(1, (-1, block))
    # The kernel takes four dimensions, so one of the two that count blocks is looped over: the shorter.
    dim = int(blocks.shape[1] < blocks.shape[0])
    for number in range(blocks.shape[dim]):
        q, k, v, found = (x.select(dim, number) for x in (queries, keys, values, blocks))
        bias = table[None]
        if hidden is not None and bool((these := hidden.select(dim, number)).any()):
            bias = bias + these[:, None, None]
        part, some = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu(q, k, v, attn_mask=bias, scale=1.0)
        some = some.transpose(1, 2)  # (rows, block, heads)
        torch.mul(part.transpose(1, 2), torch.sigmoid(some - null_key)[..., None], out=found)
        if totals is not None:
            torch.logaddexp(some, null_key, out=totals.select(dim, number))
