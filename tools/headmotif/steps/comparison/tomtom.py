"""Motif against motif: Tomtom's method (Gupta et al. 2007, Genome Biology 8:R24), with complete scores.

A query of width w lies over a target of width t in w + t - 1 ways. Each way's score is the sum over the aligned columns
of the column score less its median over all target columns; an unaligned query column counts 0, its median. The best
way stands for the pair. Under the null every target column is drawn from the columns of all targets (both strands):
scores are binned to integers, so that the distribution of the score of each span of the query is an exact convolution.
The ways count as independent (so do the two strands):

    p = 1 - [prod over ways of P(score of its span < best)]^2

E is p times the number of targets. q is Benjamini and Hochberg's over every query x target pair tested (Tomtom's is
per query; one list of findings needs one rate). All sums are of positive terms, so that small p keep their digits.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...data import Match, Motif, consensus
from ..statistics.false_discovery import benjamini_hochberg
from .column_scores import SCORES

BINS = 100
"""Bins of a column score between its lowest and its highest value."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """Every query against every target: arrays (queries, targets).

    p, evalue, q: float64. offset: int64, the query's start in the target, in columns (as Tomtom's Optimal_offset:
    positive where the query is shifted right), in the orientation of the target that matches. overlap: int64, aligned
    columns. reverse: bool, the target's reverse complement matches.
    """

    p: np.ndarray
    evalue: np.ndarray
    q: np.ndarray
    offset: np.ndarray
    overlap: np.ndarray
    reverse: np.ndarray


def compare(
    queries: Sequence[Motif], targets: Sequence[Motif], distance: str = "pearson", min_overlap: int = 1
) -> Comparison:
    """All queries against all targets, both orientations; `distance` is one of `SCORES`.

    Alignments of fewer than `min_overlap` columns (or than the narrower motif has) are neither looked at nor counted.
    Equal scores: the more centred alignment, then the unbinned score, then the + orientation, so that neither order nor
    strand matters.
    """
    if not queries or not targets:
        empty = np.zeros((len(queries), len(targets)))
        return Comparison(empty, empty, empty, empty.astype(int), empty.astype(int), empty.astype(bool))
    width = np.array([len(motif) for motif in targets])
    both = [motif.matrix for motif in targets] + [motif.matrix[::-1, ::-1] for motif in targets]
    columns = np.concatenate(both)  # (columns, 4)
    layouts: dict[int, _Layout] = {}
    rows = []
    for query in queries:
        if len(query) not in layouts:
            layouts[len(query)] = _layout(len(query), width, min_overlap)
        scaled = _scaled(SCORES[distance](query.matrix, columns))
        rows.append(_one_query(scaled, layouts[len(query)], width, min_overlap))
    p, offset, overlap, reverse = (np.stack(column) for column in zip(*rows, strict=True))
    return Comparison(p, p * len(targets), benjamini_hochberg(p), offset, overlap, reverse)


def matches(
    found: Comparison, queries: Sequence[Motif], targets: Sequence[Motif], max_q: float = 1.0, best: bool = False
) -> list[Match]:
    """The pairs with q <= `max_q` as records, by query in its order, then p, then the target's name; `best`: one target
    a query."""
    pairs = []
    for i in range(len(queries)):
        order = sorted(np.flatnonzero(found.q[i] <= max_q).tolist(), key=lambda j: (found.p[i, j], targets[j].name, j))
        pairs += [(i, j) for j in (order[:1] if best else order)]
    return records(found, queries, targets, pairs)


def records(
    found: Comparison, queries: Sequence[Motif], targets: Sequence[Motif], pairs: Sequence[tuple[int, int]]
) -> list[Match]:
    """Pairs (index of the query, index of the target) as records, in the order given."""
    mine = [consensus(query) for query in queries]
    theirs: dict[tuple[int, bool], str] = {}
    result = []
    for i, j in pairs:
        reverse = bool(found.reverse[i, j])
        if (j, reverse) not in theirs:
            target = targets[j]
            theirs[j, reverse] = consensus(Motif(target.name, target.matrix[::-1, ::-1]) if reverse else target)
        p, evalue, q = float(found.p[i, j]), float(found.evalue[i, j]), float(found.q[i, j])
        offset, overlap = int(found.offset[i, j]), int(found.overlap[i, j])
        shown = theirs[j, reverse]
        result.append(
            Match(
                queries[i].name, targets[j].name, offset, p, evalue, q, overlap, mine[i], shown, "-" if reverse else "+"
            )
        )
    return result


def _scaled(score: np.ndarray) -> np.ndarray:
    """Column scores (w, columns) less each query column's median, in bins."""
    score = score - np.median(score, axis=1, keepdims=True)
    spread = float(score.max() - score.min())
    # Scores that differ by rounding alone must not be spread over all bins.
    return score * (BINS / spread if spread > 1e-9 else 1.0)


@dataclass(frozen=True, eq=False)
class _Layout:
    """All targets in one row with w - 1 empty columns before each and after the last, for queries of width w.

    A query laid at each place of this row, whole, meets each target in all of its w + t - 1 ways, one target after the
    other. column: int64, the target column at each place, -1 for none. start: each target's first way. rank: int64
    (ways,), the larger the more centred; distinct within a target; -1: too little overlap.
    """

    column: np.ndarray
    start: np.ndarray
    rank: np.ndarray
    top: int


def _layout(w: int, width: np.ndarray, min_overlap: int) -> _Layout:
    t = np.concatenate([width, width])
    ways = t + w - 1
    start = np.concatenate([[0], np.cumsum(ways)[:-1]])
    column = np.full(int(ways.sum()) + w - 1, -1)
    first = np.repeat(start + w - 1 - np.concatenate([[0], np.cumsum(t)[:-1]]), t)
    column[first + np.arange(int(t.sum()))] = np.arange(int(t.sum()))

    d = np.arange(int(ways.sum())) - np.repeat(start + w - 1, ways)  # query's start in its target
    t = np.repeat(t, ways)
    centre = 2 * d + w - t
    reverse = np.arange(len(d)) >= len(d) // 2
    top = 2 * int(w + width.max()) + 2
    rank = top - 2 * np.abs(centre) - ((centre > 0) ^ reverse)
    overlap = np.minimum(d + w, t) - np.maximum(d, 0)
    return _Layout(column, start, np.where(overlap >= np.minimum(min_overlap, np.minimum(w, t)), rank, -1), top)


def _one_query(scaled: np.ndarray, layout: _Layout, width: np.ndarray, min_overlap: int) -> tuple[np.ndarray, ...]:
    """p, offset, overlap and reverse, each (targets,), of one query from its scores in bins (w, columns)."""
    w = len(scaled)
    score = np.floor(scaled + 0.5).astype(np.int32)
    padded = np.concatenate([score, np.zeros((w, 1), np.int32)], axis=1)  # column -1 is "none"
    total = np.zeros(len(layout.rank), np.int64)
    for i in range(w):
        total += padded[i][layout.column[i : i + len(total)]]
    # Score and rank in one integer, so that one maximum settles both.
    modulus = 2 * layout.top
    key = np.where(layout.rank >= 0, total * modulus + layout.rank, np.iinfo(np.int64).min)
    key = np.maximum.reduceat(key, layout.start).reshape(2, -1)  # (strands, targets)
    best, rest = key // modulus, layout.top - key % modulus
    centre, side = rest >> 1, (rest & 1).astype(bool)
    offset = (np.where(side ^ [[False], [True]], centre, -centre) - w + width) // 2

    reverse = (best[1] > best[0]) | ((best[1] == best[0]) & (centre[1] < centre[0]))
    tied = np.flatnonzero((best[1] == best[0]) & (centre[1] == centre[0]))
    way = layout.start.reshape(2, -1)[:, tied] + w - 1 + offset[:, tied]
    reverse[tied] = np.greater(*_unbinned(scaled, layout.column, way)[::-1])

    offset, best = np.where(reverse, offset[1], offset[0]), np.where(reverse, best[1], best[0])
    overlap = np.minimum(offset + w, width) - np.maximum(offset, 0)
    one_strand = _p_values(score, best, width, min_overlap)
    return one_strand * (2 - one_strand), offset, overlap, reverse


def _unbinned(scaled: np.ndarray, column: np.ndarray, way: np.ndarray) -> np.ndarray:
    """The scores of some ways, of any shape, in millionths of a bin: integers, whose sum knows no order."""
    columns = column[way[..., None] + np.arange(len(scaled))]  # (..., w)
    picked = scaled[np.arange(len(scaled)), columns]
    return np.where(columns >= 0, np.rint(picked * 1e6), 0).astype(np.int64).sum(axis=-1)


def _p_values(score: np.ndarray, best: np.ndarray, width: np.ndarray, min_overlap: int) -> np.ndarray:
    """P(the best of all ways over one strand of a random target >= best), float64 (targets,)."""
    w = len(score)
    low = int(score.min())
    k = int(score.max()) - low + 1
    frequency = np.stack([np.bincount(row - low, minlength=k) for row in score]) / score.shape[1]  # (w, k)
    kernel = _toeplitz(frequency)
    narrow = {int(t) for t in width if t < w}
    deepest = max(narrow, default=0)
    place = best - w * low  # every way's score is at least w * low
    p = np.zeros(len(best))

    edge = np.zeros(w * k)  # P(one of the ways that hang over an end >= score), by place
    span = frequency  # (spans, length * k): distributions of all spans of this length
    for length in range(1, w + 1):
        if length > 1:
            if length - 1 <= deepest:
                span = _convolved(span[:-1], kernel[length - 1 :])
            else:
                # No target ends inside the query any more: the first and the last span are enough.
                span = (
                    _convolved(span[[0, -1]], kernel[[length - 1, w - length]])
                    if length < w
                    else _convolved(span[:1], kernel[-1:])
                )
        tail = np.minimum(np.cumsum(span[:, ::-1], axis=1)[:, ::-1], 1)  # P(span >= score)
        shift = -low * (w - length)
        if length in narrow:
            mine = width == length
            either = _either(edge, _any_of(tail), shift)
            p[mine] = either[place[mine]]
        if min_overlap <= length < w:
            edge = _either(edge, _any_of(tail[[0, -1]]), shift)
    wide = width >= w
    with np.errstate(divide="ignore"):
        inside = -np.expm1((width[wide] - w + 1) * np.log1p(-tail[0][place[wide]]))
    outside = edge[place[wide]]
    p[wide] = outside + inside * (1 - outside)
    return np.clip(p, 0, 1)


def _toeplitz(frequency: np.ndarray) -> np.ndarray:
    """Matrices (w, k, 2 k) that convolve a block of k numbers with each row of (w, k)."""
    w, k = frequency.shape
    flat = np.zeros((w, k, 2 * k + 1))
    flat[:, :, :k] = frequency[:, None, :]
    return np.ascontiguousarray(flat.reshape(w, -1)[:, : 2 * k * k].reshape(w, k, 2 * k))


def _convolved(span: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Each span (spans, blocks * k) convolved with its own column: (spans, (blocks + 1) * k).

    As matrix products over blocks: BLAS is twenty times faster than shifted sums, and unlike a Fourier transform it
    keeps the digits of small probabilities.
    """
    spans, k = len(span), kernel.shape[1]
    blocks = span.reshape(spans, -1, k)
    # OpenBLAS takes several threads from 2^18 products on, and on a busy machine these wait for each other ten times
    # longer than the work takes.
    few = max(1, 2**18 // (2 * k * k))
    product = np.concatenate(
        [blocks[:, i : i + few] @ kernel for i in range(0, blocks.shape[1], few)], axis=1
    )  # (spans, blocks, 2 k)
    out = np.zeros((spans, product.shape[1] + 1, k))
    out[:, :-1] += product[:, :, :k]
    out[:, 1:] += product[:, :, k:]
    return out.reshape(spans, -1)


def _any_of(tail: np.ndarray) -> np.ndarray:
    """1 - prod (1 - tail) over the first axis, without losing small numbers."""
    while len(tail) > 1:
        half = len(tail) // 2
        joined = tail[:half] + tail[half : 2 * half] * (1 - tail[:half])
        tail = np.concatenate([joined, tail[2 * half :]])
    return tail[0]


def _either(edge: np.ndarray, tail: np.ndarray, shift: int) -> np.ndarray:
    """edge or tail, where tail begins `shift` places on (before it, 1; behind it, 0)."""
    out = edge.copy()
    out[:shift] = 1
    part = out[shift : shift + len(tail)]
    part += tail[: len(part)] * (1 - part)
    return out
