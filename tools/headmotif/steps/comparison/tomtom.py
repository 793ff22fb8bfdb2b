"""Motif against motif: Tomtom's method (Gupta et al. 2007, Genome Biology 8:R24), with complete scores.

A query of width w can be aligned to a target of width t in w + t - 1 ways. The score of an alignment is the sum, over
the aligned columns, of the column score less its median over all target columns. An unaligned query column counts 0,
its median. The best alignment stands for the pair. Under the null every target column is drawn from the columns of all
targets (both strands). Scores are binned to integers, so the distribution of the score of each span of the query is an
exact convolution. The alignments are treated as independent, and so are the two strands:

    p = 1 - [prod over alignments of P(score of its span < best)]^2

E is p times the number of targets. q is Benjamini and Hochberg's over all pairs of query and target that were tested.
(Tomtom's is per query, but one list of findings needs one rate.) All sums are of positive terms, so that small p keep
their digits.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...data import Match, Motif, consensus
from ..statistics.false_discovery import benjamini_hochberg
from .column_scores import SCORES

BINS = 100
"""Number of bins of a column score between its lowest and its highest value."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """Every query against every target; all arrays are (queries, targets).

    Attributes
    ----------
    p, evalue, q
        float64.
    offset
        int64, column of the target where the query starts, in the orientation of the target that matches. As in
        Tomtom's Optimal_offset it is positive where the query is shifted to the right.
    overlap
        int64, number of aligned columns.
    reverse
        bool, whether the reverse complement of the target matches.
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
    """Compare all queries with all targets, in both orientations.

    Alignments of fewer than `min_overlap` columns (or than the narrower motif has) are not considered. Of equal scores,
    the more centred alignment is chosen, then the larger unbinned score, then the + orientation. Neither order nor
    strand of the motifs matters.

    Parameters
    ----------
    queries, targets
        The motifs.
    distance
        Column score, a name in `SCORES`.
    min_overlap
        Least number of aligned columns.

    Returns
    -------
    Comparison
        Every query against every target; empty where there are no queries or no targets.
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
        scaled = _scale(SCORES[distance](query.matrix, columns))
        rows.append(_compare_query(scaled, layouts[len(query)], width, min_overlap))
    p, offset, overlap, reverse = (np.stack(column) for column in zip(*rows, strict=True))
    return Comparison(p, p * len(targets), benjamini_hochberg(p), offset, overlap, reverse)


def matches(
    found: Comparison, queries: Sequence[Motif], targets: Sequence[Motif], max_q: float = 1.0, best: bool = False
) -> list[Match]:
    """List the pairs of a query and a target with a small q.

    Parameters
    ----------
    found
        Every query against every target.
    queries, targets
        The motifs that were compared.
    max_q
        Largest q of a match.
    best
        Whether only the best target of each query is listed.

    Returns
    -------
    list[Match]
        By query in its order, then by p, then by the name of the target.
    """
    pairs = []
    for i in range(len(queries)):
        order = sorted(np.flatnonzero(found.q[i] <= max_q).tolist(), key=lambda j: (found.p[i, j], targets[j].name, j))
        pairs += [(i, j) for j in (order[:1] if best else order)]
    return records(found, queries, targets, pairs)


def records(
    found: Comparison, queries: Sequence[Motif], targets: Sequence[Motif], pairs: Sequence[tuple[int, int]]
) -> list[Match]:
    """Describe pairs of motifs as matches.

    Parameters
    ----------
    found
        Every query against every target.
    queries, targets
        The motifs that were compared.
    pairs
        Index of the query and index of the target of each pair.

    Returns
    -------
    list[Match]
        In the order of the pairs.
    """
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


def _scale(score: np.ndarray) -> np.ndarray:
    """Return column scores (w, columns) less the median of each query column, in bins."""
    score = score - np.median(score, axis=1, keepdims=True)
    spread = float(score.max() - score.min())
    # Scores that differ by rounding alone must not be spread over all bins.
    return score * (BINS / spread if spread > 1e-9 else 1.0)


@dataclass(frozen=True, eq=False)
class _Layout:
    """All targets in one row, with w - 1 empty columns before each and after the last, for queries of width w.

    A whole query at each start in this row meets each target in all of its w + t - 1 alignments, one target after the
    other. column: int64, the target column at each place, -1 for none. start: the first alignment of each target. rank:
    int64 (alignments,), the larger the more centred, distinct within a target; -1: too little overlap.
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


def _compare_query(scaled: np.ndarray, layout: _Layout, width: np.ndarray, min_overlap: int) -> tuple[np.ndarray, ...]:
    """Return p, offset, overlap and reverse, each (targets,), of one query, from its scores in bins (w, columns)."""
    w = len(scaled)
    score = np.floor(scaled + 0.5).astype(np.int32)
    padded = np.concatenate([score, np.zeros((w, 1), np.int32)], axis=1)  # column -1 is "none"
    total = np.zeros(len(layout.rank), np.int64)
    for i in range(w):
        total += padded[i][layout.column[i : i + len(total)]]
    # Score and rank are in one integer, so that one maximum decides both.
    modulus = 2 * layout.top
    key = np.where(layout.rank >= 0, total * modulus + layout.rank, np.iinfo(np.int64).min)
    key = np.maximum.reduceat(key, layout.start).reshape(2, -1)  # (strands, targets)
    best, rest = key // modulus, layout.top - key % modulus
    centre, side = rest >> 1, (rest & 1).astype(bool)
    offset = (np.where(side ^ [[False], [True]], centre, -centre) - w + width) // 2

    reverse = (best[1] > best[0]) | ((best[1] == best[0]) & (centre[1] < centre[0]))
    tied = np.flatnonzero((best[1] == best[0]) & (centre[1] == centre[0]))
    way = layout.start.reshape(2, -1)[:, tied] + w - 1 + offset[:, tied]
    reverse[tied] = np.greater(*_sum_exactly(scaled, layout.column, way)[::-1])

    offset, best = np.where(reverse, offset[1], offset[0]), np.where(reverse, best[1], best[0])
    overlap = np.minimum(offset + w, width) - np.maximum(offset, 0)
    one_strand = _p_values(score, best, width, min_overlap)
    return one_strand * (2 - one_strand), offset, overlap, reverse


def _sum_exactly(scaled: np.ndarray, column: np.ndarray, way: np.ndarray) -> np.ndarray:
    """Return the scores of alignments (any shape) in millionths of a bin, as integers whose sum does not depend on the
    order.
    """
    columns = column[way[..., None] + np.arange(len(scaled))]  # (..., w)
    picked = scaled[np.arange(len(scaled)), columns]
    return np.where(columns >= 0, np.rint(picked * 1e6), 0).astype(np.int64).sum(axis=-1)


def _p_values(score: np.ndarray, best: np.ndarray, width: np.ndarray, min_overlap: int) -> np.ndarray:
    """Return P(best of all alignments over one strand of a random target >= best), float64 (targets,)."""
    w = len(score)
    low = int(score.min())
    k = int(score.max()) - low + 1
    frequency = np.stack([np.bincount(row - low, minlength=k) for row in score]) / score.shape[1]  # (w, k)
    kernel = _toeplitz(frequency)
    narrow = {int(t) for t in width if t < w}
    deepest = max(narrow, default=0)
    place = best - w * low  # every way's score is at least w * low
    p = np.zeros(len(best))

    edge = np.zeros(w * k)  # P(one of the alignments over an end >= score), by place
    span = frequency  # (spans, length * k): distributions of all spans of this length
    for length in range(1, w + 1):
        if length > 1:
            if length - 1 <= deepest:
                span = _convolve(span[:-1], kernel[length - 1 :])
            else:
                # No target ends inside the query any more: the first and the last span are enough.
                span = (
                    _convolve(span[[0, -1]], kernel[[length - 1, w - length]])
                    if length < w
                    else _convolve(span[:1], kernel[-1:])
                )
        tail = np.minimum(np.cumsum(span[:, ::-1], axis=1)[:, ::-1], 1)  # P(span >= score)
        shift = -low * (w - length)
        if length in narrow:
            mine = width == length
            either = _combine_either(edge, _combine_any(tail), shift)
            p[mine] = either[place[mine]]
        if min_overlap <= length < w:
            edge = _combine_either(edge, _combine_any(tail[[0, -1]]), shift)
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


def _convolve(span: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Each span (spans, blocks * k) convolved with its own column: (spans, (blocks + 1) * k).

    As matrix products over blocks: BLAS is twenty times faster than shifted sums, and unlike a Fourier transform it
    keeps the digits of small probabilities.
    """
    spans, k = len(span), kernel.shape[1]
    blocks = span.reshape(spans, -1, k)
    # From 2^18 products on, OpenBLAS uses several threads, which on a busy machine wait for each other ten times longer
    # than the work takes.
    few = max(1, 2**18 // (2 * k * k))
    product = np.concatenate(
        [blocks[:, i : i + few] @ kernel for i in range(0, blocks.shape[1], few)], axis=1
    )  # (spans, blocks, 2 k)
    out = np.zeros((spans, product.shape[1] + 1, k))
    out[:, :-1] += product[:, :, :k]
    out[:, 1:] += product[:, :, k:]
    return out.reshape(spans, -1)


def _combine_any(tail: np.ndarray) -> np.ndarray:
    """1 - prod (1 - tail) over the first axis, without losing small numbers."""
    while len(tail) > 1:
        half = len(tail) // 2
        joined = tail[:half] + tail[half : 2 * half] * (1 - tail[:half])
        tail = np.concatenate([joined, tail[2 * half :]])
    return tail[0]


def _combine_either(edge: np.ndarray, tail: np.ndarray, shift: int) -> np.ndarray:
    """Return the probability of edge or tail, where tail begins `shift` places later (1 before it, 0 behind it)."""
    out = edge.copy()
    out[:shift] = 1
    part = out[shift : shift + len(tail)]
    part += tail[: len(part)] * (1 - part)
    return out
