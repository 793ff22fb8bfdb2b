"""Expectation maximisation for zero or one occurrence of a motif in each sequence, of many matrices at a time.

One matrix product scores all stretches of a block of sequences with all matrices, and another counts the bases under
them. What lies between runs in the processor's cache.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .stretches import Tiles

PSEUDO = 1.0
"""Pseudocounts of each column, in sequences, distributed like the background."""
STILL = 1e-4
"""Largest change of a probability at which a matrix has come to rest."""
FAINTEST = np.float32(-80.0)
"""Log-odds below which a stretch counts as if it had these. Its odds would be subnormal numbers, with which a processor
multiplies many times more slowly."""


def find_places(seen: Tiles, matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Find the best start of each sequence.

    Parameters
    ----------
    seen
        The stretches, of the width of the matrix alone.
    matrix
        float64 (width, 4), probabilities above 0.

    Returns
    -------
    odds : numpy.ndarray
        float64 (sequences,), the odds of all starts together, the prior counted in.
    start : numpy.ndarray
        int64 (sequences,), the column at which the best stretch starts, on the strand on which it reads.
    reverse : numpy.ndarray
        bool (sequences,), whether it reads on the reverse complement.
    """
    total, start = np.zeros(len(seen.order)), np.zeros(len(seen.order), np.int64)
    reverse, packed = np.zeros(len(seen.order), bool), _Matrices.pack(seen, [matrix])
    for part, block in seen.parts:
        its, starts = seen.order[part], len(block) // len(seen.shift)
        if starts:
            odds = _find_odds(block, packed.flatten())[..., 0]  # (orientations x starts, size)
            side, place = np.divmod(odds.argmax(axis=0), starts)
            total[its], start[its], reverse[its] = odds.sum(axis=0), seen.shift[side, its] + place, side == 1
    return total, start, reverse


def sum_odds(seen: Tiles, matrices: Sequence[np.ndarray]) -> np.ndarray:
    """Sum the odds of all starts of a sequence: the odds that the sequence holds the motif.

    Parameters
    ----------
    seen
        The stretches, of the widths of the matrices.
    matrices
        float64 (width, 4) each, probabilities above 0.

    Returns
    -------
    numpy.ndarray
        float64 (sequences, matrices), the prior counted in.
    """
    found, flat = np.empty((len(seen.order), len(matrices))), _Matrices.pack(seen, matrices).flatten()
    for part, block in seen.parts:
        found[seen.order[part]] = _find_odds(block, flat).sum(axis=0)
    return found


def fit_share(odds: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Fit the share of the sequences that hold a matrix which has come to rest.

    Parameters
    ----------
    odds
        float64 (sequences, matrices), as `sum_odds` finds them.
    weight
        float64 (sequences,), weights above 0.

    Returns
    -------
    likelihood : numpy.ndarray
        float64 (matrices,), log-likelihood ratios, in nats.
    share : numpy.ndarray
        float64 (matrices,), the shares at which they were found.
    """
    following = np.full(odds.shape[1], 0.5)
    for _time in range(4):
        share = following
        total = (1 - share) + share * odds
        following = np.clip(weight @ (share * odds / total) / weight.sum(), 0.01, 0.99)
    return weight @ np.log(total) / weight.mean(), share


def maximise(seen: Tiles, weight: np.ndarray, composition: np.ndarray, matrices: np.ndarray, rounds: int) -> np.ndarray:
    """Choose one of several starting matrices after some rounds of expectation maximisation.

    Parameters
    ----------
    seen
        The stretches, of the width of the matrices.
    weight
        float64 (sequences,), weights above 0.
    composition
        float64 (4,), the distribution of the pseudocounts.
    matrices
        float64 (matrices, width, 4), probabilities above 0.
    rounds
        Largest number of rounds. Fewer are run where all matrices have come to rest.

    Returns
    -------
    numpy.ndarray
        float64 (width, 4), the matrix of the highest likelihood.
    """
    packed = _Matrices.pack(seen, matrices)
    share, scaled = np.full(len(matrices), 0.5), weight[seen.order] / weight.mean()
    for _ in range(rounds):
        total, share, values = _take_step(seen, scaled, composition, packed, share)
        change = np.abs(values - packed.values).max()
        packed.values[:] = values
        if change < STILL:
            break
    return packed.values[int(np.argmax(scaled @ np.log(total)))]


def settle(
    seen: Tiles, weight: np.ndarray, composition: np.ndarray, matrices: Sequence[np.ndarray], rounds: int
) -> list[np.ndarray]:
    """Run expectation maximisation from each matrix until it comes to rest.

    Parameters
    ----------
    seen
        The stretches, of the widths of the matrices.
    weight, composition
        As in `maximise`.
    matrices
        float64 (width, 4) each, probabilities above 0.
    rounds
        Largest number of rounds.

    Returns
    -------
    list of numpy.ndarray
        float64 (width, 4) each.
    """
    packed, moving = _Matrices.pack(seen, matrices), np.arange(len(matrices))
    share, scaled = np.full(len(matrices), 0.5), weight[seen.order] / weight.mean()
    for _ in range(rounds):
        before = packed.take(moving)
        _total, share[moving], values = _take_step(seen, scaled, composition, before, share[moving])
        packed.values[moving] = values
        moving = moving[np.abs(values - before.values).max(axis=(1, 2)) >= STILL]
        if not len(moving):
            break
    return [values[: len(matrix)] for values, matrix in zip(packed.values, matrices, strict=True)]


def frequencies(counts: np.ndarray, composition: np.ndarray) -> np.ndarray:
    """Turn counts into probabilities, with `PSEUDO` pseudocounts.

    Parameters
    ----------
    counts
        float64 (..., 4).
    composition
        float64 (4,), the distribution of the pseudocounts.

    Returns
    -------
    numpy.ndarray
        float64 (..., 4).
    """
    counts = counts + PSEUDO * composition
    total = counts[..., :1] + counts[..., 1:2] + counts[..., 2:3] + counts[..., 3:]  # faster than sum() over so few
    return counts / total


@dataclass(frozen=True, eq=False)
class _Matrices:
    """Matrices of one or several widths, float64 (matrices, widest, 4), with 1 beyond their ends, bool (matrices,
    widest, 1) whether a column is `inside`, and float32 (matrices, widths), 1 for the width of each.
    """

    values: np.ndarray
    inside: np.ndarray
    which: np.ndarray

    @classmethod
    def pack(cls, seen: Tiles, matrices: Sequence[np.ndarray] | np.ndarray) -> "_Matrices":
        values = np.ones((len(matrices), seen.widest, 4))
        for row, matrix in zip(values, matrices, strict=True):
            row[: len(matrix)] = matrix
        width = np.array([len(matrix) for matrix in matrices])[:, None]
        return cls(values, (np.arange(seen.widest) < width)[..., None], (width == seen.widths).astype(np.float32))

    def take(self, some: np.ndarray) -> "_Matrices":
        return _Matrices(self.values[some], self.inside[some], self.which[some])

    def flatten(self) -> np.ndarray:
        """Return what the rows of the stretches are multiplied by, float32 (columns, matrices)."""
        logs = np.log(self.values).reshape(len(self.values), -1)
        return np.ascontiguousarray(np.concatenate([logs, self.which], axis=1, dtype=np.float32).T)


def _take_step(
    seen: Tiles, scaled: np.ndarray, composition: np.ndarray, matrices: _Matrices, share: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the likelihood ratio of each sequence, float64 (sequences, matrices), the share of the sequences that hold
    each matrix, float64 (matrices,), and the frequencies of the bases under it, float64 (matrices, widest, 4).

    `scaled`, float64 (sequences,), is the weight of each sequence, 1 in the mean. The sequences are in the order of the
    blocks.
    """
    total, flat = np.empty((len(scaled), len(share))), matrices.flatten()
    counts = np.zeros((len(share), len(flat)))
    for part, block in seen.parts:
        odds = _find_odds(block, flat, FAINTEST)
        np.multiply(odds.sum(axis=0), share, out=total[part])
        total[part] += 1 - share
        odds *= (scaled[part, None] * share / total[part]).astype(np.float32)
        counts += odds.reshape(-1, len(share)).T @ block.reshape(-1, len(flat))
    found = frequencies(counts[:, : 4 * seen.widest].reshape(matrices.values.shape), composition)
    # Those that do not hold it hold it with odds of 0, so that they make up 1 - share of their likelihood ratios.
    held = 1 - (1 - share) * (scaled @ (1 / total)) / scaled.sum()
    return total, np.minimum(np.maximum(held, 0.01), 0.99), np.where(matrices.inside, found, 1.0)


def _find_odds(block: np.ndarray, flat: np.ndarray, least: np.float32 | None = None) -> np.ndarray:
    """Return the odds of the stretches of a block, float32 (starts, size, matrices). Log-odds below `least` count as
    `least`.
    """
    odds = block.reshape(-1, len(flat)) @ flat
    if least is not None:
        np.maximum(odds, least, out=odds)
    np.exp(odds, out=odds)
    return odds.reshape(*block.shape[:2], flat.shape[1])
