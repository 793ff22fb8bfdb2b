"""Sliding-window attention: each query attends to the keys of its window, however the queries are cut into blocks.

The window reaches from `before` bases upstream of a query to `after` bases downstream. Queries are taken in blocks that
share a range of keys, so that plain matrix kernels serve and the scores of a block stay in the processor's cache. A
table of biases, minus infinity outside the window, makes the window exact. A null key may stand at the end: a head puts
its weight there when no base around it matters.

The gradient is written out, because PyTorch's own passes over the scores, by far the largest arrays, cost three times
as much.
"""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

BLOCK = 64
"""Queries of a block: larger blocks read fewer keys twice, smaller blocks compute fewer scores outside the window."""
HIDDEN = -1e30
"""The score of a hidden key.

Its weight beside any other key is zero. The score is finite, so that a query whose keys are all hidden gives no NaN.
"""


class Keys(NamedTuple):
    """The keys and values that queries attend to.

    Attributes
    ----------
    key
        (heads, batch, keys, d).
    value
        (heads, batch, keys, d_value).
    first
        Index of the key at the position of query 0.
    hidden
        bool (batch, keys), True for keys that are not attended to (N, off the contig). None: no key is hidden.
    """

    key: Tensor
    value: Tensor
    first: int
    hidden: Tensor | None = None


def attend(
    query: Tensor,
    keys: Keys,
    window: tuple[int, int],
    by_distance: Tensor | None = None,
    null_key: Tensor | None = None,
    record: list[tuple[Tensor, Tensor]] | None = None,
    block: int = 0,
) -> Tensor:
    """Compute what each query collects from the keys of its window.

    A query sees the keys from `before` bases upstream of it to `after` bases downstream, as far as there are any.

    Parameters
    ----------
    query
        (heads, batch, length, d), already scaled.
    keys
        The keys and values.
    window
        before and after, in bases.
    by_distance
        (heads, before + 1 + after), added to the scores, most upstream first. None: nothing is added.
    null_key
        (heads,), the score of the null key. None: there is no null key.
    record
        List that receives a pair of float32 tensors: the weights by distance, (batch, length, heads, before + 1 +
        after), and the weights of the null key, (batch, length, heads).
    block
        Queries of a block; 0 stands for `BLOCK`.

    Returns
    -------
    torch.Tensor
        (heads, batch, length, d_value).
    """
    block = min(block or BLOCK, query.shape[2])
    table = toeplitz(query, *window, by_distance, null_key, block)
    return _Band.apply(query, keys.key, keys.value, table, keys, window, (null_key is not None, record))


def toeplitz(
    query: Tensor, before: int, after: int, by_distance: Tensor | None, null_key: Tensor | None, block: int
) -> Tensor:
    """Build the table of biases of a block of queries.

    Row r, column c stands for the key c - r - before bases from the query; it is minus infinity outside the window.
    With a null key the last column holds its score.

    Parameters
    ----------
    query
        The queries; the table takes their type and device.
    before, after
        Bases of the window, upstream and downstream.
    by_distance
        (heads, before + 1 + after), most upstream first. None: zeros.
    null_key
        (heads,), the score of the null key. None: there is no null key.
    block
        Queries of a block.

    Returns
    -------
    torch.Tensor
        (heads or 1, block, block + before + after), with one more column for the null key.
    """
    span = before + 1 + after
    if by_distance is None:
        by_distance = torch.zeros(1 if null_key is None else len(null_key), span, device=query.device)
    columns = block + span - 1
    index = torch.arange(columns, device=query.device) - torch.arange(block, device=query.device)[:, None]
    index = torch.where((index >= 0) & (index < span), index, span)  # (block, columns)
    table = F.pad(by_distance, (0, 1), value=float("-inf"))[:, index]
    if null_key is not None:
        table = torch.cat([table, null_key[:, None, None].expand(-1, block, 1)], dim=2)
    return table.to(query.dtype)


class _Band(torch.autograd.Function):
    """softmax(query key + table) value, computed a block of queries at a time."""

    @staticmethod
    def forward(ctx, query, key, value, table, keys, window, wanted):
        (before, after), (with_null_key, record), hidden = window, wanted, keys.hidden
        heads, batch, length, _ = query.shape
        query, key, value = (x.flatten(0, 1) for x in (query, key, value))  # (heads batch, length or keys, d)
        spans = _spans(length, key.shape[1], table.shape[1], before, after, keys.first)
        keep = any(ctx.needs_input_grad) or record is not None
        collected, weights = query.new_empty(heads * batch, length, value.shape[2]), []
        for rows, columns, shift in spans:
            k, v = (_append_null_key(x[:, columns], with_null_key) for x in (key, value))
            scores = query[:, rows] @ k.transpose(1, 2)  # (heads batch, rows, columns)
            apart = scores.unflatten(0, (heads, batch))
            apart += _cut_table(table, rows, columns, shift, with_null_key)[:, None]
            if hidden is not None:
                apart.masked_fill_(F.pad(hidden[:, columns], (0, int(with_null_key)))[:, None], HIDDEN)
            weight = torch.softmax(scores, -1, out=scores)
            collected[:, rows] = weight @ v
            if keep:
                weights.append(weight)
        if record is not None:
            banded, null_key = _align_by_distance(weights, spans, before + 1 + after, with_null_key)
            record.append(
                tuple(
                    x.unflatten(0, (heads, batch)).permute(1, 2, 0, *range(3, x.ndim + 1)).float()
                    for x in (banded, null_key)
                )
            )
        ctx.save_for_backward(query, key, value, table, collected, *weights)
        ctx.spans, ctx.heads, ctx.with_null_key = spans, heads, with_null_key
        return collected.unflatten(0, (heads, batch))

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, grad):
        query, key, value, table, collected, *weights = ctx.saved_tensors
        apart = (ctx.heads, query.shape[0] // ctx.heads)
        grad = grad.flatten(0, 1)
        toll = (grad.float() * collected.float()).sum(
            -1, keepdim=True
        )  # what the gradient of the softmax subtracts in each row
        coarse = toll.to(grad.dtype)
        fine = (toll - coarse.float()).to(grad.dtype)
        wide = torch.cat(
            [grad, -coarse, -fine], dim=2
        )  # times [value, 1, 1], so that one product subtracts the toll too
        d_query, d_key, d_value = torch.empty_like(query), torch.zeros_like(key), torch.zeros_like(value)
        d_table = torch.zeros_like(table, dtype=torch.promote_types(table.dtype, torch.float32))
        ones = grad.new_ones(ctx.heads, 1, apart[1])
        for weight, (rows, columns, shift) in zip(weights, ctx.spans, strict=True):
            n = columns.stop - columns.start
            k, v = (_append_null_key(x[:, columns], ctx.with_null_key) for x in (key, value))
            d_scores = wide[:, rows] @ F.pad(v, (0, 2), value=1.0).transpose(1, 2)  # (heads batch, rows, columns)
            d_scores *= weight
            d_query[:, rows] = d_scores @ k
            d_key[:, columns] += (d_scores.transpose(1, 2) @ query[:, rows])[:, :n]
            d_value[:, columns] += (weight.transpose(1, 2) @ grad[:, rows])[:, :n]
            if ctx.needs_input_grad[3]:  # the sum over the batch, as a product, which is quicker
                total = (ones @ d_scores.unflatten(0, apart).flatten(2)).unflatten(2, d_scores.shape[1:])[:, 0]
                d_table[:, : total.shape[1], shift : shift + n] += total[:, :, :n]
                if ctx.with_null_key:
                    d_table[:, : total.shape[1], -1] += total[:, :, n]
        shaped = [x.unflatten(0, apart) for x in (d_query, d_key, d_value)]
        return *shaped, d_table.to(table.dtype) if ctx.needs_input_grad[3] else None, *([None] * 3)


def _spans(length: int, keys: int, block: int, before: int, after: int, first: int) -> list[tuple[slice, slice, int]]:
    """For each block its queries, the keys that any of them sees, and the table's column of the first of those keys."""
    spans = []
    for start in range(0, length, block):
        stop = min(start + block, length)
        begin, end = first + start - before, first + stop + after
        spans.append((slice(start, stop), slice(max(begin, 0), min(end, keys)), max(-begin, 0)))
    return spans


def _append_null_key(x: Tensor, with_null_key: bool) -> Tensor:
    """Append the null key, all zero, to keys or values (..., keys, d).

    In bfloat16 the result is a copy: a product with a transposed part of a larger array is several times slower.
    """
    if with_null_key:
        return F.pad(x, (0, 0, 0, 1))
    return x.contiguous() if x.dtype is torch.bfloat16 else x


def _cut_table(table: Tensor, rows: slice, columns: slice, shift: int, with_null_key: bool) -> Tensor:
    """The part of the table for a block that is shorter than the others or meets the end of the keys."""
    part = table[:, : rows.stop - rows.start]
    n = columns.stop - columns.start
    if n + with_null_key == table.shape[2]:
        return part
    part, end = part[:, :, shift : shift + n], part[:, :, -1:]
    return torch.cat([part, end], dim=2) if with_null_key else part


def _align_by_distance(
    weights: list[Tensor], spans: list[tuple[slice, slice, int]], span: int, with_null_key: bool
) -> tuple[Tensor, Tensor]:
    """Weights by distance (..., length, span), zero where there is no key, and those of the null key (..., length)."""
    banded, null_key = [], []
    for weight, (rows, columns, shift) in zip(weights, spans, strict=True):
        n_rows, n = rows.stop - rows.start, columns.stop - columns.start
        full = F.pad(weight[:, :, :n], (shift, n_rows + span - 1 - shift - n))  # (heads batch, rows, rows + span - 1)
        index = torch.arange(n_rows, device=weight.device)[:, None] + torch.arange(span, device=weight.device)
        banded.append(full.gather(2, index.expand(len(weight), -1, -1)))
        null_key.append(weight[:, :, n] if with_null_key else weight.new_zeros(weight.shape[:2]))
    return torch.cat(banded, 1), torch.cat(null_key, 1)
