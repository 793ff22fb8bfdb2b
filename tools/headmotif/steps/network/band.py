"""Sliding-window attention: every query sees exactly the keys from `before` upstream to `after` downstream, whatever
the blocks.

Queries are taken in blocks that share a stretch of keys, so that plain matrix kernels serve and a block's scores stay
in the processor's cache; a table of biases, minus infinity outside the band, makes the window exact. One more key,
which is nothing, may stand at the end: a head that finds nothing gives its weight there, and none of it is forced onto
bases.

The gradient is written out: PyTorch's own passes over the scores, which are by far the largest arrays, cost three times
as much.
"""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

BLOCK = 64
"""Queries that share a stretch of keys: few repeat little work, many waste little of the band's corners."""
HIDDEN = -1e30
"""The score of a key not to be seen: no weight beside any other, and yet finite, so that a query that sees none harms
nobody."""


class Keys(NamedTuple):
    """What queries look at. key: (heads, batch, keys, d), value: (heads, batch, keys, d_value); the key at `first`
    stands where query 0 stands. hidden: bool (batch, keys), keys not to be seen (N, off the contig)."""

    key: Tensor
    value: Tensor
    first: int
    hidden: Tensor | None = None


def attend(
    query: Tensor,
    keys: Keys,
    window: tuple[int, int],
    by_distance: Tensor | None = None,
    nothing: Tensor | None = None,
    record: list[tuple[Tensor, Tensor]] | None = None,
    block: int = 0,
) -> Tensor:
    """What each query collects, (heads, batch, length, d_value).

    query: (heads, batch, length, d), already scaled. window: before and after; a query sees the keys from `before`
    bases upstream of it to `after` downstream, as far as there are any. by_distance: (heads, before + 1 + after), added
    to the scores, most upstream first. nothing: (heads,), the score of the key that is nothing. record: gets a pair,
    the weights by distance (batch, length, heads, before + 1 + after) and those of nothing (batch, length, heads),
    float32.
    """
    block = min(block or BLOCK, query.shape[2])
    table = toeplitz(query, *window, by_distance, nothing, block)
    return _Band.apply(query, keys.key, keys.value, table, keys, window, (nothing is not None, record))


def toeplitz(
    query: Tensor, before: int, after: int, by_distance: Tensor | None, nothing: Tensor | None, block: int
) -> Tensor:
    """Biases (heads or 1, block, block + before + after, and 1 for nothing) of a block, in the query's type.

    Row r, column c stands for the key c - r - before bases from the query.
    """
    span = before + 1 + after
    if by_distance is None:
        by_distance = torch.zeros(1 if nothing is None else len(nothing), span, device=query.device)
    columns = block + span - 1
    index = torch.arange(columns, device=query.device) - torch.arange(block, device=query.device)[:, None]
    index = torch.where((index >= 0) & (index < span), index, span)  # (block, columns)
    table = F.pad(by_distance, (0, 1), value=float("-inf"))[:, index]
    if nothing is not None:
        table = torch.cat([table, nothing[:, None, None].expand(-1, block, 1)], dim=2)
    return table.to(query.dtype)


class _Band(torch.autograd.Function):
    """softmax(query key + table) value, a block of queries at a time."""

    @staticmethod
    def forward(ctx, query, key, value, table, keys, window, wanted):
        (before, after), (with_nothing, record), hidden = window, wanted, keys.hidden
        heads, batch, length, _ = query.shape
        query, key, value = (x.flatten(0, 1) for x in (query, key, value))  # (heads batch, length or keys, d)
        spans = _spans(length, key.shape[1], table.shape[1], before, after, keys.first)
        keep = any(ctx.needs_input_grad) or record is not None
        collected, weights = query.new_empty(heads * batch, length, value.shape[2]), []
        for rows, columns, shift in spans:
            k, v = (_ended(x[:, columns], with_nothing) for x in (key, value))
            scores = query[:, rows] @ k.transpose(1, 2)  # (heads batch, rows, columns)
            apart = scores.unflatten(0, (heads, batch))
            apart += _cut(table, rows, columns, shift, with_nothing)[:, None]
            if hidden is not None:
                apart.masked_fill_(F.pad(hidden[:, columns], (0, int(with_nothing)))[:, None], HIDDEN)
            weight = torch.softmax(scores, -1, out=scores)
            collected[:, rows] = weight @ v
            if keep:
                weights.append(weight)
        if record is not None:
            banded, none = _by_distance(weights, spans, before + 1 + after, with_nothing)
            record.append(
                tuple(
                    x.unflatten(0, (heads, batch)).permute(1, 2, 0, *range(3, x.ndim + 1)).float()
                    for x in (banded, none)
                )
            )
        ctx.save_for_backward(query, key, value, table, collected, *weights)
        ctx.spans, ctx.heads, ctx.with_nothing = spans, heads, with_nothing
        return collected.unflatten(0, (heads, batch))

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, grad):
        query, key, value, table, collected, *weights = ctx.saved_tensors
        apart = (ctx.heads, query.shape[0] // ctx.heads)
        grad = grad.flatten(0, 1)
        toll = (grad.float() * collected.float()).sum(-1, keepdim=True)  # what the softmax takes off each row
        coarse = toll.to(grad.dtype)
        fine = (toll - coarse.float()).to(grad.dtype)
        wide = torch.cat([grad, -coarse, -fine], dim=2)  # times [value, 1, 1]: the toll rides along in the product
        d_query, d_key, d_value = torch.empty_like(query), torch.zeros_like(key), torch.zeros_like(value)
        d_table = torch.zeros_like(table, dtype=torch.promote_types(table.dtype, torch.float32))
        ones = grad.new_ones(ctx.heads, 1, apart[1])
        for weight, (rows, columns, shift) in zip(weights, ctx.spans, strict=True):
            n = columns.stop - columns.start
            k, v = (_ended(x[:, columns], ctx.with_nothing) for x in (key, value))
            d_scores = wide[:, rows] @ F.pad(v, (0, 2), value=1.0).transpose(1, 2)  # (heads batch, rows, columns)
            d_scores *= weight
            d_query[:, rows] = d_scores @ k
            d_key[:, columns] += (d_scores.transpose(1, 2) @ query[:, rows])[:, :n]
            d_value[:, columns] += (weight.transpose(1, 2) @ grad[:, rows])[:, :n]
            if ctx.needs_input_grad[3]:  # the sum over the batch, as a product, which is quicker
                total = (ones @ d_scores.unflatten(0, apart).flatten(2)).unflatten(2, d_scores.shape[1:])[:, 0]
                d_table[:, : total.shape[1], shift : shift + n] += total[:, :, :n]
                if ctx.with_nothing:
                    d_table[:, : total.shape[1], -1] += total[:, :, n]
        shaped = [x.unflatten(0, apart) for x in (d_query, d_key, d_value)]
        return *shaped, d_table.to(table.dtype) if ctx.needs_input_grad[3] else None, *([None] * 3)


def _spans(length: int, keys: int, block: int, before: int, after: int, first: int) -> list[tuple[slice, slice, int]]:
    """Per block its queries, the keys that any of them sees, and the table's column for the first of those."""
    spans = []
    for start in range(0, length, block):
        stop = min(start + block, length)
        begin, end = first + start - before, first + stop + after
        spans.append((slice(start, stop), slice(max(begin, 0), min(end, keys)), max(-begin, 0)))
    return spans


def _ended(x: Tensor, with_nothing: bool) -> Tensor:
    """Keys or values (..., keys, d) with the one that is nothing, all zero, at the end.

    In bfloat16 as a copy: a product with a transposed part of a larger array is several times slower.
    """
    if with_nothing:
        return F.pad(x, (0, 0, 0, 1))
    return x.contiguous() if x.dtype is torch.bfloat16 else x


def _cut(table: Tensor, rows: slice, columns: slice, shift: int, with_nothing: bool) -> Tensor:
    """The part of the table for a block that is shorter than others or meets the end of the keys."""
    part = table[:, : rows.stop - rows.start]
    n = columns.stop - columns.start
    if n + with_nothing == table.shape[2]:
        return part
    part, end = part[:, :, shift : shift + n], part[:, :, -1:]
    return torch.cat([part, end], dim=2) if with_nothing else part


def _by_distance(
    weights: list[Tensor], spans: list[tuple[slice, slice, int]], span: int, with_nothing: bool
) -> tuple[Tensor, Tensor]:
    """Weights (..., length, span) by distance, zero where there is no key, and those of nothing (..., length)."""
    banded, none = [], []
    for weight, (rows, columns, shift) in zip(weights, spans, strict=True):
        n_rows, n = rows.stop - rows.start, columns.stop - columns.start
        full = F.pad(weight[:, :, :n], (shift, n_rows + span - 1 - shift - n))  # (heads batch, rows, rows + span - 1)
        index = torch.arange(n_rows, device=weight.device)[:, None] + torch.arange(span, device=weight.device)
        banded.append(full.gather(2, index.expand(len(weight), -1, -1)))
        none.append(weight[:, :, n] if with_nothing else weight.new_zeros(weight.shape[:2]))
    return torch.cat(banded, 1), torch.cat(none, 1)
