"""The p-value of the best alignment of a query with a target, from the scores of the query's columns.

A span is a run of columns of the query. An alignment has the score of one span: of the whole query, of one of its ends
or, where the target is narrower, of a part between them. Under the null each column's score is drawn from its scores
with all target columns, so that the distribution of a span's score is an exact convolution. Alignments are treated as
independent.

A distribution is kept as its upper tail, P(score >= x) for each x from the lowest score to the highest. A span of tail
T that grows by a column with the frequencies f has the tail

    T'(x) = sum over y <= x of f(y) T(x - y)  +  sum over y > x of f(y)

where x and y are counted from the lowest scores. All terms are positive, so that small p keep their digits, which a
Fourier transform would lose.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np


class _Tail(NamedTuple):
    """P(score >= x) for each x from the lowest score: 1 below it, 0 behind the end."""

    lowest: int
    chance: np.ndarray


class _Column(NamedTuple):
    """Scores of one query column with all target columns: the tail, and the frequencies from the highest score to the
    lowest."""

    tail: _Tail
    frequency: np.ndarray


def compute_p_values(
    score: np.ndarray, best: np.ndarray, targets: Mapping[int, np.ndarray], min_overlap: int
) -> np.ndarray:
    """Compute the chance that the best alignment with a random target, on one strand, scores as high.

    Parameters
    ----------
    score
        int (w, columns), the score of each query column with each target column; each row has a score of 0 or less.
    best
        int (targets,), the score of the best alignment with each target.
    targets
        For each width, the indices of its targets, int (targets of this width,).
    min_overlap
        Least number of aligned columns; a narrower motif is aligned completely.

    Returns
    -------
    numpy.ndarray
        float64 (targets,), in [0, 1].
    """
    w = len(score)
    columns = _describe_columns(score)
    lowest = sum(column.tail.lowest for column in columns)
    place = best - lowest
    size = sum(len(column.frequency) for column in columns)
    inside, first, last = _convolve(columns, [t for t in targets if t < w], lowest, size)

    p = np.zeros(len(best))
    edge = np.zeros(size)  # P(one of the alignments over an end >= score), by place
    for length in range(1, w):
        if length in inside:
            at = place[targets[length]]
            p[targets[length]] = _either(edge[at], inside[length][at])
        if length >= min_overlap:
            for tail in first[length - 1], last[length - 1]:
                _combine(edge, tail, lowest)
    whole = np.log1p(-np.minimum(first[-1].chance, 1 - 1e-16))
    for t, mine in targets.items():
        if t >= w:
            at = place[mine]
            p[mine] = _either(edge[at], -np.expm1((t - w + 1) * whole[at]))
    return np.clip(p, 0, 1)


def _describe_columns(score: np.ndarray) -> list[_Column]:
    lowest = score.min(axis=1)
    bins = (score.max(axis=1) - lowest + 1).tolist()
    count = np.stack([np.bincount(row, minlength=max(bins)) for row in score - lowest[:, None]])
    frequency = count[:, ::-1] / score.shape[1]
    chance = np.cumsum(frequency, axis=1)[:, ::-1]
    return [
        _Column(_Tail(low, chance[i, :k]), frequency[i, len(frequency[0]) - k :])
        for i, (low, k) in enumerate(zip(lowest.tolist(), bins, strict=True))
    ]


def _either(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return the chance that one of two independent events happens, without losing the digits of small chances."""
    return one + other * (1 - one)


def _combine(chance: np.ndarray, tail: _Tail, lowest: int) -> None:
    """Turn chances, by score from the lowest, in place into those of them or the tail."""
    start = tail.lowest - lowest
    chance[:start] = 1
    part = chance[start : start + len(tail.chance)]
    part[:] = _either(part, tail.chance)


def _convolve(
    columns: list[_Column], lengths: Sequence[int], lowest: int, size: int
) -> tuple[dict[int, np.ndarray], list[_Tail], list[_Tail]]:
    """Return what the spans of some lengths below w, and those that start and end the query, score by chance.

    For each of the lengths, the chance that any span has a score, float64 (size,), by score from the lowest. The tails
    of the first and of the last span of each length from 1, up to the whole query.
    """
    w, depth = len(columns), max(lengths, default=1)
    any_span = {length: np.zeros(size) for length in lengths}
    spans: list[_Tail] = []  # those that end at a column, the shortest first
    first: list[_Tail] = []
    for column in columns:
        longest = [_grow(first[-1], column)] if len(first) >= depth else []
        spans = [column.tail, *(_grow(span, column) for span in spans[: depth - 1])]
        first += longest or spans[-1:]
        for length in lengths:
            if length <= len(spans):
                _combine(any_span[length], spans[length - 1], lowest)
    last = spans
    for column in columns[: w - depth][::-1]:
        last.append(_grow(last[-1], column))
    return any_span, first, last


def _grow(tail: _Tail, column: _Column) -> _Tail:
    longer = np.correlate(tail.chance, column.frequency, "full")
    longer[: len(column.frequency) - 1] += column.tail.chance[1:]
    return _Tail(tail.lowest + column.tail.lowest, longer)
