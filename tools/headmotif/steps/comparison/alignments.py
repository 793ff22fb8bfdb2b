"""The best alignment of a query with each target, from the scores of their columns.

A query of width w can be aligned to a target of width t in w + t - 1 ways. The score of an alignment is the sum of the
scores of the aligned columns; an unaligned column counts 0.

Targets of one width lie side by side: their first columns, then their second columns, and so on. One addition
therefore serves all of them. Targets of similar width share a block, as wide as the widest of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

WIDER = 1.5
"""The widest targets of a block are at most so many times as wide as the narrowest."""


@dataclass(frozen=True)
class Group:
    """Targets of one width.

    Attributes
    ----------
    width
        The number of columns of each.
    number
        The number of targets.
    start
        Place of their first column in the columns of all targets.
    """

    width: int
    number: int
    start: int


@dataclass(frozen=True, eq=False)
class Layout:
    """The columns of all targets, on both strands.

    Attributes
    ----------
    width
        int64 (targets,), the number of columns of each target.
    of_width
        For each width, ascending, the indices of its targets, int64.
    columns
        float64 (columns, 4), probabilities: by width, then by column of the target, then + before -, then by target.
    blocks
        Groups of targets of similar width, by width.
    column
        int64 (2, targets), place of the first column of each target in `columns`, on the + and on the - strand.
    apart
        int64 (targets,), distance of the columns of a target in `columns`.
    place
        int64 (2, targets), place of each target, on either strand, among those of all blocks.
    """

    width: np.ndarray
    of_width: dict[int, np.ndarray]
    columns: np.ndarray
    blocks: tuple[tuple[Group, ...], ...]
    column: np.ndarray
    apart: np.ndarray
    place: np.ndarray


@dataclass(frozen=True, eq=False)
class Best:
    """The best alignment of a query with each target on both strands; all arrays are (2, targets), int64.

    Attributes
    ----------
    score
        The sum of the scores of the aligned columns.
    distance
        Distance of the centres of query and target, in half columns.
    offset
        Column of the target where the query starts, in the orientation of the strand.
    """

    score: np.ndarray
    distance: np.ndarray
    offset: np.ndarray


def lay_out(matrices: Sequence[np.ndarray]) -> Layout:
    """Lay the columns of targets side by side.

    Parameters
    ----------
    matrices
        The targets, each float64 (width, 4).

    Returns
    -------
    Layout
        Their columns on both strands.
    """
    width = np.array([len(matrix) for matrix in matrices])
    of_width = {t: np.flatnonzero(width == t) for t in np.unique(width).tolist()}
    columns: list[np.ndarray] = []
    blocks: list[list[Group]] = []
    column, place = np.zeros((2, 2, len(width)), np.int64)
    apart = np.zeros(len(width), np.int64)
    n_columns = n_targets = 0
    for t, mine in of_width.items():
        strands = np.arange(2 * len(mine)).reshape(2, -1)
        column[:, mine], apart[mine], place[:, mine] = n_columns + strands, strands.size, n_targets + strands
        forward = np.stack([matrices[int(j)] for j in mine])  # (targets, t, 4)
        both = np.stack([forward, forward[:, ::-1, ::-1]])
        columns.append(both.transpose(2, 0, 1, 3).reshape(-1, 4))
        if not blocks or t > WIDER * blocks[-1][0].width:
            blocks.append([])
        blocks[-1].append(Group(t, len(mine), n_columns))
        n_columns, n_targets = n_columns + t * strands.size, n_targets + strands.size
    return Layout(width, of_width, np.concatenate(columns), tuple(map(tuple, blocks)), column, apart, place)


def rank_alignments(w: int, layout: Layout, min_overlap: int) -> list[np.ndarray]:
    """Rank the alignments of a query with each target: which one is taken of those with equal scores.

    Parameters
    ----------
    w
        The width of the query.
    layout
        The targets.
    min_overlap
        Least number of aligned columns; a narrower motif is aligned completely.

    Returns
    -------
    list[numpy.ndarray]
        For each block, int32 (alignments, targets on both strands): the larger the more centred, distinct for each
        target; -1 where there is too little overlap.
    """
    top = _top(w, layout)
    ranks = []
    for block in layout.blocks:
        d = np.arange(block[-1].width + w - 1)[:, None] - (w - 1)  # the query's start in the target
        t = np.repeat([group.width for group in block], [2 * group.number for group in block])
        reverse = np.concatenate([np.repeat([False, True], group.number) for group in block])
        centre = 2 * d + w - t
        overlap = np.minimum(d + w, t) - np.maximum(d, 0)
        enough = overlap >= np.minimum(min_overlap, np.minimum(w, t))
        rank = top - 2 * np.abs(centre) - ((centre > 0) ^ reverse)
        ranks.append(np.where(enough, rank, -1).astype(np.int32))
    return ranks


def align(score: np.ndarray, layout: Layout, ranks: list[np.ndarray]) -> Best:
    """Find the best alignment of a query with each target.

    Parameters
    ----------
    score
        int16 (w, columns), the score of each query column with each target column.
    layout
        The targets.
    ranks
        Which of equal scores is taken, from `rank_alignments` for this width.

    Returns
    -------
    Best
        The alignments.
    """
    w = len(score)
    kind = np.int16 if w * max(int(score.max()), -int(score.min())) < 2**15 else np.int32
    found = [_find_best(_add_columns(score, one, kind), rank) for one, rank in zip(layout.blocks, ranks, strict=True)]
    total, rank = (np.concatenate(side)[layout.place] for side in zip(*found, strict=True))
    rest = _top(w, layout) - rank
    distance, side = rest >> 1, (rest & 1).astype(bool)
    offset = (np.where(side ^ [[False], [True]], distance, -distance) - w + layout.width) // 2
    return Best(total, distance, offset)


def _add_columns(score: np.ndarray, block: tuple[Group, ...], kind: type[np.integer]) -> np.ndarray:
    """Return the scores of all alignments, int of this kind (alignments, targets of the block on both strands)."""
    w, widest, n = len(score), block[-1].width, 2 * sum(group.number for group in block)
    padded = np.zeros((w, widest, n), kind)
    at = 0
    for group in block:
        number = 2 * group.number
        theirs = score[:, group.start : group.start + number * group.width]
        padded[:, : group.width, at : at + number] = theirs.reshape(w, group.width, number)
        at += number
    total = np.zeros((widest + w - 1, n), kind)
    for i in range(w):
        total[w - 1 - i : w - 1 - i + widest] += padded[i]
    return total


def _find_best(total: np.ndarray, rank: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the highest score of each target and the highest rank among the alignments with it, both int64; total is
    changed."""
    np.copyto(total, np.iinfo(total.dtype).min, where=rank < 0)
    best = total.max(axis=0)
    return best.astype(np.int64), np.where(total == best, rank, -1).max(axis=0).astype(np.int64)


def _top(w: int, layout: Layout) -> int:
    """More than any rank."""
    return 2 * int(w + layout.width.max()) + 2
