"""Tomtom's method, plainly: every query's columns against every target's, NumPy's median and shifted sums.

It is what `headmotif.steps.comparison` computed at first, and its oracle.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np

from headmotif.data import Motif

BINS = 100
PSEUDOSITES = 1 / 21


def score_columns(query: np.ndarray, target: np.ndarray, distance: str) -> np.ndarray:
    """The score, float64 (q, t), of each two of the columns (q, 4) and (t, 4); A is added to T first, and C to G."""

    def unit(columns: np.ndarray) -> np.ndarray:
        centred = columns - 0.25
        length = np.sqrt(add(centred * centred))[:, None]
        return np.divide(centred, length, out=np.zeros_like(centred), where=length > 1e-9)

    def dot(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        return add(one[:, None] * other[None])

    def add(terms: np.ndarray) -> np.ndarray:
        return (terms[..., 0] + terms[..., 3]) + (terms[..., 1] + terms[..., 2])

    if distance == "pearson":
        return dot(unit(query), unit(target))
    if distance == "euclidean":
        return -np.sqrt(add((query[:, None] - target[None]) ** 2))
    query, target = (columns * (1 - PSEUDOSITES) + 0.25 * PSEUDOSITES for columns in (query, target))
    if distance == "allr":
        return 0.5 * (dot(query, np.log(4 * target)) + dot(np.log(4 * query), target))
    own = np.add.outer(add(query * np.log(query)), add(target * np.log(target)))
    return -0.5 * (own - (dot(query, np.log(target)) + dot(np.log(query), target)))


def compare_plainly(
    queries: Sequence[Motif], targets: Sequence[Motif], distance: str = "pearson", min_overlap: int = 1
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """p, offset and strand (whether it is the - strand) of each query and target, each (queries, targets)."""
    width = np.array([len(motif) for motif in targets])
    strands = [[motif.matrix for motif in targets], [motif.matrix[::-1, ::-1] for motif in targets]]
    columns = np.concatenate(strands[0] + strands[1])
    shape = len(queries), len(targets)
    p, offset, reverse = np.zeros(shape), np.zeros(shape, int), np.zeros(shape, bool)
    for i, query in enumerate(queries):
        w = len(query)
        raw = score_columns(query.matrix, columns, distance)
        centred = raw - np.median(raw, axis=1, keepdims=True)
        spread = float(centred.max() - centred.min())
        scaled = centred * (BINS / spread if spread > 1e-9 else 1.0)
        score = np.floor(scaled + 0.5).astype(int)
        best = np.zeros(len(targets), int)
        for j, t in enumerate(width.tolist()):
            ways = []
            for strand in (0, 1):
                start = int(width[:j].sum()) + strand * int(width.sum())
                for d in range(1 - w, t):
                    rows = np.arange(max(0, -d), min(w, t - d))
                    if len(rows) >= min(min_overlap, w, t):
                        at = rows, start + rows + d
                        centre = 2 * d + w - t  # of two equally far the left one, seen on the + strand
                        side = (centre > 0) != bool(strand)
                        exact = int(np.rint(scaled[at] * 1e6).astype(int).sum())
                        ways.append((int(score[at].sum()), -abs(centre), not side, exact, 1 - strand, d))
            # on one strand the side decides; between the strands it does not
            top = [max(way for way in ways if way[4] == 1 - strand) for strand in (0, 1)]
            chosen = max(top, key=lambda way: (*way[:2], *way[3:5]))
            best[j], offset[i, j], reverse[i, j] = chosen[0], chosen[5], not chosen[4]
        one_strand = p_values(score, best, width, min_overlap)
        p[i] = one_strand * (2 - one_strand)
    return p, offset, reverse


def p_values(score: np.ndarray, best: np.ndarray, width: np.ndarray, min_overlap: int) -> np.ndarray:
    """P(best of all alignments over one strand of a random target >= best), float64 (targets,)."""
    w, low = len(score), int(score.min())
    bins = int(score.max()) - low + 1
    frequency = [np.bincount(row - low, minlength=bins) / len(row) for row in score]

    @cache
    def tail(start: int, end: int) -> np.ndarray:
        """P(score of the query's columns from start to end >= x), for x from the lowest; 0 behind the highest."""
        chance = np.ones(1)
        for column in range(start, end):
            chance = np.convolve(chance, frequency[column])
        return np.append(np.cumsum(chance[::-1])[::-1], 0)

    result = []
    for b, t in zip(best.tolist(), width.tolist(), strict=True):
        chance = 0.0
        for d in range(1 - w, t):
            start, end = max(0, -d), min(w, t - d)
            if end - start >= min(min_overlap, w, t):
                at = tail(start, end)
                chance += at[min(max(b - low * (end - start), 0), len(at) - 1)] * (1 - chance)
        result.append(min(max(chance, 0.0), 1.0))
    return np.array(result)
