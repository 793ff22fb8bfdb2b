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
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from ...data import Motif
from ..statistics.false_discovery import benjamini_hochberg
from .alignments import Layout, align, lay_out, rank_alignments
from .column_scores import SCORES, ColumnScore
from .p_values import compute_p_values

BINS = 100
"""Number of bins of a column score between its lowest and its highest value."""
CACHED = 2**15
"""About so many scores are computed at a time, so that they stay in the processor's cache."""
SAMPLED = 500
"""About so many scores are looked at first to find their median."""


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
    queries: Sequence[Motif],
    targets: Sequence[Motif],
    distance: str = "pearson",
    min_overlap: int = 1,
    threads: int = 1,
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
    threads
        Number of queries that are compared at the same time; the result does not depend on it.

    Returns
    -------
    Comparison
        Every query against every target; empty where there are no queries or no targets.
    """
    if not queries or not targets:
        empty = np.zeros((len(queries), len(targets)))
        return Comparison(empty, empty, empty, empty.astype(int), empty.astype(int), empty.astype(bool))
    layout = lay_out([motif.matrix for motif in targets])
    ranks = {w: rank_alignments(w, layout, min_overlap) for w in {len(query) for query in queries}}
    measure = SCORES[distance]
    columns = measure.describe(layout.columns)

    def compare_query(query: Motif) -> tuple[np.ndarray, ...]:
        found = _bin_scores(measure.describe(query.matrix), columns, measure)
        return _compare_query(found, layout, ranks[len(query)], min_overlap)

    with ThreadPoolExecutor(threads) as pool:
        p, offset, overlap, reverse = (
            np.stack(column) for column in zip(*pool.map(compare_query, queries), strict=True)
        )
    return Comparison(p, p * len(targets), benjamini_hochberg(p), offset, overlap, reverse)


@dataclass(frozen=True, eq=False)
class _ColumnScores:
    """Scores of query columns with all target columns: raw, float64 (w, columns); less their median (w, 1) and times
    factor they are in bins, and score, int16 (w, columns), is the bin."""

    raw: np.ndarray
    median: np.ndarray
    factor: float
    score: np.ndarray


def _bin_scores(query: np.ndarray, columns: np.ndarray, measure: ColumnScore) -> _ColumnScores:
    """Score a query's columns, described (numbers, w), with all target columns, described (numbers, columns)."""
    raw = measure.compare(query, columns)
    score = np.empty(raw.shape, np.int16)
    at_once = max(1, CACHED // raw.shape[1])
    rows = [slice(i, i + at_once) for i in range(0, len(raw), at_once)]
    median = np.array([[_find_median(row)] for row in raw])
    lowest, highest = raw.min(axis=1, keepdims=True), raw.max(axis=1, keepdims=True)
    spread = float((highest - median).max() - (lowest - median).min())
    # Scores that differ by rounding alone must not be spread over all bins.
    factor = BINS / spread if spread > 1e-9 else 1.0
    for some in rows:
        scaled = raw[some] - median[some]
        scaled *= factor
        scaled += 0.5
        np.floor(scaled, out=score[some], casting="unsafe")
    return _ColumnScores(raw, median, factor, score)


def _find_median(row: np.ndarray) -> float:
    """Return the median of an even number of scores; their number is even, since each column is there on both strands.

    A few of the scores show where the middle ones lie, so that not all need be parted. That is four times as fast.
    """
    half = len(row) // 2
    some = np.sort(row[:: max(1, len(row) // SAMPLED)])
    low, high = some[int(0.42 * len(some))], some[int(0.58 * len(some))]
    inside, before = row[(row >= low) & (row <= high)], int(np.count_nonzero(row < low))
    if not before < half < before + len(inside):  # an unusual sample, or few scores
        inside, before = row.copy(), 0
    inside.partition([half - before - 1, half - before])
    return float((inside[half - before - 1] + inside[half - before]) / 2)


def _compare_query(
    found: _ColumnScores, layout: Layout, ranks: list[np.ndarray], min_overlap: int
) -> tuple[np.ndarray, ...]:
    """Return p, offset, overlap and reverse, each (targets,), of one query."""
    w = len(found.score)
    best = align(found.score, layout, ranks)
    reverse = (best.score[1] > best.score[0]) | (
        (best.score[1] == best.score[0]) & (best.distance[1] < best.distance[0])
    )
    tied = np.flatnonzero((best.score[1] == best.score[0]) & (best.distance[1] == best.distance[0]))
    exact = _sum_exactly(found, layout, best.offset[:, tied], tied)
    reverse[tied] = exact[1] > exact[0]

    offset, score = (np.where(reverse, side[1], side[0]) for side in (best.offset, best.score))
    overlap = np.minimum(offset + w, layout.width) - np.maximum(offset, 0)
    one_strand = compute_p_values(found.score, score, layout.of_width, min_overlap)
    return one_strand * (2 - one_strand), offset, overlap, reverse


def _sum_exactly(found: _ColumnScores, layout: Layout, offset: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Return the scores of alignments with some targets at offsets (2, targets) in millionths of a bin, as integers,
    whose sum does not depend on the order.
    """
    row = np.arange(len(found.raw))
    at = offset[..., None] + row  # (2, targets, w)
    inside = (at >= 0) & (at < layout.width[target, None])
    column = layout.column[:, target, None] + np.where(inside, at, 0) * layout.apart[target, None]
    scaled = (found.raw[row, column] - found.median[:, 0]) * found.factor
    return np.where(inside, np.rint(scaled * 1e6), 0).astype(np.int64).sum(axis=-1)
