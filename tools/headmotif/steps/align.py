"""From sequences to a motif: where in each window the common element lies, if it is there at all.

Expectation maximisation for zero or one occurrence per sequence (ZOOPS; Bailey & Elkan 1995, Machine Learning 21:51-80), ungapped, on
the strand given, against a background composition. Each sequence counts with its weight. Widths are tried and the one chosen whose
log-likelihood ratio, less (3 width / 2) ln(sequences), is largest (Schwarz's criterion: three free frequencies a column).
"""

from dataclasses import dataclass

import numpy as np

from ..alphabet import N

WIDTHS = (6, 7, 8, 9, 10, 12, 14, 16)
PSEUDO = 1.0
"""Sequences' worth of background added to each column's counts."""
FAINT = 0.12
"""Bits against the background below which a column at a motif's end is cut off: it fits the sequences better and says nothing."""
WORDS = 12
"""Frequent words tried as starting points, beside the columns as they stand under each offset."""


@dataclass(frozen=True, eq=False)
class Alignment:
    """A motif and its place in each sequence.

    matrix: float64 (width, 4), probabilities. gain: log-likelihood ratio (nats) less the penalty of the width.
    present: float64 (sequences,), probability that the sequence holds it. start: int64 (sequences,), its most probable start in the window.
    """

    matrix: np.ndarray
    gain: float
    present: np.ndarray
    start: np.ndarray


def places(windows: np.ndarray, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Every stretch of `width` in windows uint8 (sequences, length): one-hot float32 (sequences, starts, 4 width), and
    which hold no N, bool (sequences, starts)."""
    stretches = np.lib.stride_tricks.sliding_window_view(windows, width, axis=1)  # (sequences, starts, width)
    hot = np.eye(5, dtype=np.float32)[stretches][..., :N]  # (sequences, starts, width, 4)
    return hot.reshape(*hot.shape[:2], 4 * width), ~(stretches == N).any(axis=2)


def log_odds(matrix: np.ndarray, background: np.ndarray) -> np.ndarray:
    """ln(p / background), float64, of probabilities (..., width, 4); every p must be above 0."""
    return np.log(matrix) - np.log(background)


def discover(windows: np.ndarray, weight: np.ndarray, background: np.ndarray, widths: tuple[int, ...] = WIDTHS) -> Alignment | None:
    """The best motif of windows uint8 (sequences, length; N where a base must not be used), or None where no width fits.

    weight: float64 (sequences,), above 0. background: float64 (4,). Deterministic.
    """
    best: Alignment | None = None
    for width in widths:
        if width > windows.shape[1]:
            continue
        hot, valid = places(windows, width)
        if not valid.any():
            continue
        starts = np.concatenate([_as_it_stands(hot, valid, weight, background), _words(hot, valid, weight, background)])
        matrix = _maximise(hot, valid, weight, background, starts, rounds=6)
        found = refine(windows, weight, background, matrix)
        if best is None or found.gain > best.gain:
            best = found
    if best is not None and len(trimmed(best.matrix, background)) < len(best.matrix):
        best = refine(windows, weight, background, trimmed(best.matrix, background))
    return best


def trimmed(matrix: np.ndarray, background: np.ndarray) -> np.ndarray:
    """The matrix without the columns at its ends that say little (less than FAINT bits), but never narrower than the least width."""
    bits = (matrix * np.log2(matrix / background)).sum(axis=1)
    first, last = 0, len(matrix)
    while last - first > WIDTHS[0] and min(bits[first], bits[last - 1]) < FAINT:
        first, last = (first + 1, last) if bits[first] < bits[last - 1] else (first, last - 1)
    return matrix[first:last]


def refine(windows: np.ndarray, weight: np.ndarray, background: np.ndarray, matrix: np.ndarray, rounds: int = 30) -> Alignment:
    """Expectation maximisation from one starting matrix (width, 4) to its end."""
    width = len(matrix)
    hot, valid = places(windows, width)
    matrix = _maximise(hot, valid, weight, background, matrix[None], rounds)
    likelihood, posterior = _expect(hot, valid, weight, background, matrix[None], np.array([0.5]))
    for _ in range(3):  # the share of sequences that hold it settles quickly once the matrix has
        share = np.clip((weight[:, None] * posterior.sum(1)).sum(0) / weight.sum(), 0.01, 0.99)
        likelihood, posterior = _expect(hot, valid, weight, background, matrix[None], share)
    gain = float(likelihood[0]) - 1.5 * width * np.log(max(len(windows), 2))
    return Alignment(matrix, gain, posterior[:, :, 0].sum(axis=1), posterior[:, :, 0].argmax(axis=1))


def _expect(hot, valid, weight, background, matrices, share):  # type: ignore[no-untyped-def]
    """Log-likelihood ratios (matrices,) and probabilities of each start (sequences, starts, matrices)."""
    flat = log_odds(matrices, background).reshape(len(matrices), -1).T.astype(np.float32)  # (4 width, matrices)
    ratio = np.exp((hot @ flat).astype(np.float64)) * valid[:, :, None] / np.maximum(valid.sum(axis=1), 1)[:, None, None] * share
    total = (1 - share) + ratio.sum(axis=1)  # (sequences, matrices)
    return (weight[:, None] * np.log(total)).sum(axis=0) / weight.mean(), ratio / total[:, None]


def _maximise(hot, valid, weight, background, matrices, rounds):  # type: ignore[no-untyped-def]
    """The matrix (width, 4) of the highest likelihood after so many rounds from each start (matrices, width, 4)."""
    share = np.full(len(matrices), 0.5)
    likelihood = np.zeros(len(matrices))
    scaled = weight / weight.mean()
    for _ in range(rounds):
        likelihood, posterior = _expect(hot, valid, weight, background, matrices, share)
        counts = np.einsum("nsm,nsk->mk", posterior * scaled[:, None, None], hot, optimize=True)
        share = np.clip((scaled[:, None] * posterior.sum(axis=1)).sum(axis=0) / scaled.sum(), 0.01, 0.99)
        matrices = _frequencies(counts.reshape(matrices.shape), background)
    return matrices[int(np.argmax(likelihood))]


def _frequencies(counts: np.ndarray, background: np.ndarray) -> np.ndarray:
    counts = counts + PSEUDO * background
    return counts / counts.sum(axis=-1, keepdims=True)


def _as_it_stands(hot: np.ndarray, valid: np.ndarray, weight: np.ndarray, background: np.ndarray) -> np.ndarray:
    """Starting matrices (starts, width, 4): what stands at each offset, unaligned, a little sharpened."""
    counts = np.einsum("n,nsk->sk", weight / weight.mean(), hot * valid[:, :, None], optimize=True)
    frequency = _frequencies(counts.reshape(len(counts), -1, 4), background)
    sharp = background * (frequency / background) ** 2
    return sharp / sharp.sum(axis=-1, keepdims=True)


def _words(hot: np.ndarray, valid: np.ndarray, weight: np.ndarray, background: np.ndarray) -> np.ndarray:
    """Starting matrices (words, width, 4) of the most enriched words of six, in the middle of the width."""
    size = min(6, hot.shape[2] // 4)
    letters = hot[:, :, : 4 * size].reshape(*hot.shape[:2], size, 4)
    index = (letters.argmax(axis=3) @ (4 ** np.arange(size - 1, -1, -1))).astype(np.int64)
    count = np.bincount(index[valid], weights=np.broadcast_to(weight[:, None], valid.shape)[valid], minlength=4**size)
    digits = np.arange(4**size)[:, None] // 4 ** np.arange(size - 1, -1, -1) % 4  # (words, size)
    expected = background[digits].prod(axis=1) * count.sum()
    surprise = count * np.log(np.maximum(count, 1e-9) / np.maximum(expected, 1e-9))
    best = np.argsort(-surprise, kind="stable")[:WORDS]
    width = hot.shape[2] // 4
    matrices = np.broadcast_to(background, (WORDS, width, 4)).copy()
    at = (width - size) // 2
    matrices[:, at : at + size] = 0.4 * background + 0.6 * np.eye(4)[digits[best]]
    return matrices
