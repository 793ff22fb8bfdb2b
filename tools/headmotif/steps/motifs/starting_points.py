"""Matrices that expectation maximisation starts from: frequent words, and the columns of the windows as they stand."""

from collections.abc import Sequence

import numpy as np

from ...alphabet import N
from .expectation import frequencies
from .stretches import Strand, spell

WORDS = 12
"""Number of frequent words used as starting points, beside the columns as they stand under each start."""
STANDING = 40
"""Largest number of starts whose columns, as they stand, are starting points: the most informative ones."""
WORD = 6
"""Bases of a word, in motifs that have as many."""


def average_starts(strands: Sequence[Strand], weight: np.ndarray, composition: np.ndarray, width: int) -> np.ndarray:
    """Average the stretches at each start, unaligned, and sharpen the averages a little.

    Parameters
    ----------
    strands
        The windows, not shorter than the width.
    weight
        float64 (sequences,), weights above 0.
    composition
        float64 (4,), the composition of the background.
    width
        Width of the matrices.

    Returns
    -------
    numpy.ndarray
        float64 (matrices, width, 4), at most `STANDING`, the most informative first.
    """
    scaled = (weight / weight.mean()).astype(np.float32)
    counts = []
    for strand in strands:
        valid = strand.find_valid(width) * scaled[:, None]
        by_column = valid.T @ strand.hot  # (starts, 4 length)
        start = np.arange(len(by_column))
        counts.append(np.lib.stride_tricks.sliding_window_view(by_column, 4 * width, axis=1)[start, 4 * start])
    frequency = frequencies(np.concatenate(counts, dtype=np.float64).reshape(-1, width, 4), composition)
    bits = (frequency * np.log2(frequency / composition)).sum(axis=(1, 2))
    sharp = composition * (frequency / composition) ** 2
    return (sharp / sharp.sum(axis=-1, keepdims=True))[np.argsort(-bits, kind="stable")[:STANDING]]


def find_words(
    strands: Sequence[Strand], weight: np.ndarray, composition: np.ndarray, widths: Sequence[int]
) -> list[np.ndarray]:
    """Make matrices of the words that are most enriched at the first bases of the stretches of each width.

    Parameters
    ----------
    strands, weight, composition
        As in `average_starts`.
    widths
        Widths of the matrices.

    Returns
    -------
    list of numpy.ndarray
        For each width, float64 (words, width, 4), with the word in the middle.
    """
    sizes = {min(WORD, width) for width in widths}
    index = {size: [spell(np.minimum(strand.codes, N - 1), size, N) for strand in strands] for size in sizes}
    found = []
    for width in widths:
        size = min(WORD, width)
        count = np.zeros(N**size)
        for strand, words in zip(strands, index[size], strict=True):
            held = weight[:, None] * strand.find_valid(width)
            its = words[:, : held.shape[1]]
            count += np.bincount(its.ravel(), weights=held.ravel(), minlength=len(count))
        found.append(_make_words(count, composition, width))
    return found


def _make_words(count: np.ndarray, composition: np.ndarray, width: int) -> np.ndarray:
    """Return matrices of the words that are most enriched, float64 (words, width, 4)."""
    size = min(WORD, width)
    expected, there = _multiply_out(composition, size) * count.sum(), np.flatnonzero(count)
    surprise = np.zeros(len(count))  # of a word that is not there as well
    surprise[there] = count[there] * np.log(count[there] / np.maximum(expected[there], 1e-9))
    high = np.flatnonzero(surprise > 0)
    high = high if len(high) >= WORDS else np.arange(len(count))
    best = high[np.argsort(-surprise[high], kind="stable")[:WORDS]]
    digits = np.stack(np.unravel_index(best, (N,) * size), axis=1)  # (words, size)
    matrices = np.broadcast_to(composition, (WORDS, width, 4)).copy()
    at = (width - size) // 2
    matrices[:, at : at + size] = 0.4 * composition + 0.6 * np.eye(N)[digits]
    return matrices


def _multiply_out(composition: np.ndarray, size: int) -> np.ndarray:
    """Return the probability of each word, float64 (4 ** size,)."""
    found = np.ones(1)
    for _ in range(size):
        found = np.outer(found, composition).ravel()
    return found
