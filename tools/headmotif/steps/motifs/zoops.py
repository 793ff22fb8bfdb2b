"""From sequences to a motif: where the common element lies in each window, if it is there at all.

Expectation maximisation for zero or one occurrence per sequence (ZOOPS; Bailey & Elkan 1995, Machine Learning
21:51-80), ungapped, on the given strand or on both, against a background. Each sequence counts with its weight. Several
widths are tried, and the chosen one has the largest log-likelihood ratio less (3 width / 2) ln(sequences), Schwarz's
criterion with three free frequencies for each column.

Starting points and width are chosen on at most `SCREEN` sequences, evenly spaced among all. Then all sequences are
used.
"""

from dataclasses import dataclass, replace

import numpy as np

from ..sequence.markov import Background, to_markov
from .stretches import Tiles, places, reverse_complement_windows, tile_windows

WIDTHS = (6, 7, 8, 9, 10, 12, 14, 16)
PSEUDO = 1.0
"""Pseudocounts of each column, in sequences, distributed like the background."""
FAINT = 0.12
"""Information in bits against the background below which a column at an end of a motif is cut off. Such a column fits
the sequences a little better, and is not informative."""
WORDS = 12
"""Number of frequent words used as starting points, beside the columns as they stand under each start."""
STANDING = 40
"""Largest number of starts whose columns, as they stand, are starting points: the most informative ones."""
SCREEN = 2000
ROUNDS = 30
"""Largest number of rounds of expectation maximisation from one matrix."""
STILL = 1e-4
"""Largest change of a probability at which a matrix has come to rest."""


@dataclass(frozen=True, eq=False)
class Alignment:
    """A motif and where it lies in each sequence.

    Attributes
    ----------
    matrix
        float64 (width, 4), probabilities.
    gain
        Log-likelihood ratio in nats, less the penalty of the width.
    present
        float64 (sequences,), probability that the sequence holds the motif.
    start
        int64 (sequences,), first window column of the most probable occurrence.
    reverse
        bool (sequences,), whether the occurrence is the motif's reverse complement.
    """

    matrix: np.ndarray
    gain: float
    present: np.ndarray
    start: np.ndarray
    reverse: np.ndarray

    @property
    def length(self) -> np.ndarray:
        """Bases of each occurrence, int64 (sequences,)."""
        return np.full(len(self.start), len(self.matrix))

    def scores(self, windows: np.ndarray, background: Background | np.ndarray, both: bool = False) -> np.ndarray:
        """Score the motif at each start, in the orientation that scores higher; see `scores`.

        Parameters
        ----------
        windows, background
            As in `scores`.
        both
            Whether the reverse complement counts too.

        Returns
        -------
        numpy.ndarray
            Log-odds in nats, float64 (sequences, starts).
        """
        forward = scores(windows, self.matrix, background)
        return (
            np.fmax(forward, scores(reverse_complement_windows(windows), self.matrix, background)[:, ::-1])
            if both
            else forward
        )

    def scan_windows(self, windows: np.ndarray, weight: np.ndarray, background: Background, both: bool) -> "Alignment":
        """Scan other windows for the unchanged motif.

        Parameters
        ----------
        windows, weight, background, both
            As in `discover`.

        Returns
        -------
        Alignment
            The same matrix with its occurrences in these windows, whose share is estimated anew; `gain` stays.
        """
        return replace(
            _locate(tile_windows(windows, len(self.matrix), background, both), weight, self.matrix, both),
            gain=self.gain,
        )


def log_odds(matrix: np.ndarray, background: np.ndarray) -> np.ndarray:
    """Compute ln(p / background).

    Parameters
    ----------
    matrix
        float64 (..., width, 4), probabilities above 0.
    background
        float64 (4,), probabilities.

    Returns
    -------
    numpy.ndarray
        float64 (..., width, 4), in nats.
    """
    return np.log(matrix) - np.log(background)


def scores(windows: np.ndarray, matrix: np.ndarray, background: Background | np.ndarray) -> np.ndarray:
    """Score a motif at each start.

    Parameters
    ----------
    windows
        uint8 (sequences, length), codes of the bases.
    matrix
        float64 (width, 4), probabilities above 0.
    background
        Background model, or its composition, float64 (4,).

    Returns
    -------
    numpy.ndarray
        Log-odds in nats, float64 (sequences, starts); NaN where an N is in the way.
    """
    hot, valid = places(windows, len(matrix))
    said = (hot @ np.log(matrix).ravel().astype(np.float32)).astype(np.float64)
    return np.where(valid, said - to_markov(background).stretches(windows, len(matrix)), np.nan)


def discover(
    windows: np.ndarray,
    weight: np.ndarray,
    background: Background | np.ndarray,
    widths: tuple[int, ...] = WIDTHS,
    both: bool = False,
) -> Alignment | None:
    """Find the best motif of some windows. The result is deterministic.

    Parameters
    ----------
    windows
        uint8 (sequences, length), codes of the bases, N where a base must not be used.
    weight
        float64 (sequences,), weights above 0.
    background
        Background model, or its composition, float64 (4,).
    widths
        Widths that are tried; the first is also the least that trimming leaves.
    both
        Whether motifs count in either orientation.

    Returns
    -------
    Alignment or None
        None where no width fits into the windows.
    """
    chance = to_markov(background)
    some = choose_screened(len(windows))
    best: Alignment | None = None
    for width in widths:
        if width > windows.shape[1]:
            continue
        seen = tile_windows(windows[some], width, chance, both)
        if not seen.valid.any():
            continue
        starts = np.concatenate([_start_unaligned(seen, weight[some], chance), words(seen, weight[some], chance)])
        found = _settle(seen, weight[some], chance, _maximise(seen, weight[some], chance, starts, rounds=6), both)
        if best is None or found.gain > best.gain:
            best = found
    if best is None:
        return None
    if len(some) < len(windows):
        best = refine(windows, weight, chance, best.matrix, both=both)
    if len(short := trim(best.matrix, chance.composition, widths[0])) < len(best.matrix):
        best = refine(windows, weight, chance, short, both=both)
    return best


def choose_screened(number: int) -> np.ndarray:
    """Choose the sequences on which starting points and width are settled.

    Parameters
    ----------
    number
        Number of sequences.

    Returns
    -------
    numpy.ndarray
        int64, at most `SCREEN` indices, evenly spaced.
    """
    return np.arange(number) if number <= SCREEN else np.linspace(0, number - 1, SCREEN).astype(np.int64)


def trim(matrix: np.ndarray, background: np.ndarray, least: int = WIDTHS[0]) -> np.ndarray:
    """Cut off columns at the ends of a motif that have less than `FAINT` bits.

    Parameters
    ----------
    matrix
        float64 (width, 4), probabilities above 0.
    background
        float64 (4,), probabilities.
    least
        Width below which nothing is cut off.

    Returns
    -------
    numpy.ndarray
        float64 (width, 4).
    """
    bits = (matrix * np.log2(matrix / background)).sum(axis=1)
    first, last = 0, len(matrix)
    while last - first > least and min(bits[first], bits[last - 1]) < FAINT:
        first, last = (first + 1, last) if bits[first] < bits[last - 1] else (first, last - 1)
    return matrix[first:last]


def refine(
    windows: np.ndarray, weight: np.ndarray, background: Background | np.ndarray, matrix: np.ndarray, both: bool = False
) -> Alignment:
    """Refine a motif by expectation maximisation until it comes to rest.

    Parameters
    ----------
    windows, weight, background, both
        As in `discover`.
    matrix
        float64 (width, 4), the matrix to start from.

    Returns
    -------
    Alignment
        The refined motif with its occurrences.
    """
    chance = to_markov(background)
    return _settle(tile_windows(windows, len(matrix), chance, both), weight, chance, matrix, both)


def _settle(seen: Tiles, weight: np.ndarray, background: Background, matrix: np.ndarray, both: bool) -> Alignment:
    return _locate(seen, weight, _maximise(seen, weight, background, matrix[None], ROUNDS), both)


def _locate(seen: Tiles, weight: np.ndarray, matrix: np.ndarray, both: bool) -> Alignment:
    """Return where an unchanged matrix lies."""
    width, n = len(matrix), len(weight)
    likelihood, posterior = fit(seen, weight, matrix)
    gain = likelihood - 1.5 * width * np.log(max(n, 2))
    place, half = posterior.argmax(axis=1), posterior.shape[1] // 2
    back = (place >= half) if both else np.zeros(n, bool)
    start = np.where(back, half - 1 - (place - half), place) if both else place
    return Alignment(matrix, gain, posterior.sum(axis=1), start, back)


def fit(seen: Tiles, weight: np.ndarray, matrix: np.ndarray) -> tuple[float, np.ndarray]:
    """Fit the share of the sequences that hold a matrix which has come to rest.

    Parameters
    ----------
    seen
        The stretches.
    weight
        float64 (sequences,), weights above 0.
    matrix
        float64 (width, 4), probabilities above 0.

    Returns
    -------
    likelihood : float
        Log-likelihood ratio, in nats.
    posterior : numpy.ndarray
        float64 (sequences, starts), probability of each start.
    """
    share = np.array([0.5])
    for _time in range(4):
        likelihood, posterior = _expect(seen, weight, matrix[None], share)
        share = np.clip((weight[:, None] * posterior.sum(1)).sum(0) / weight.sum(), 0.01, 0.99)
    return float(likelihood[0]), posterior[:, :, 0].astype(np.float64)


def _expect(seen: Tiles, weight: np.ndarray, matrices: np.ndarray, share: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return log-likelihood ratios, float64 (matrices,), and probabilities of starts, float32 (sequences, starts,
    matrices).
    """
    flat = np.log(matrices).reshape(len(matrices), -1).T.astype(np.float32)  # (4 width, matrices)
    ratio = (seen.rows @ flat).reshape(*seen.valid.shape, -1)  # one product, not one a sequence
    ratio -= seen.chance[:, :, None]
    np.exp(ratio, out=ratio)
    ratio *= seen.prior[:, :, None]
    ratio *= share.astype(np.float32)
    total = (1 - share) + ratio.sum(axis=1)  # (sequences, matrices)
    ratio /= total.astype(np.float32)[:, None]
    return (weight[:, None] * np.log(total)).sum(axis=0) / weight.mean(), ratio


def _maximise(seen: Tiles, weight: np.ndarray, background: Background, matrices: np.ndarray, rounds: int) -> np.ndarray:
    """Return the matrix (width, 4) of the highest likelihood after `rounds` rounds, or at rest, from starting matrices
    (matrices, width, 4).
    """
    share = np.full(len(matrices), 0.5)
    likelihood = np.zeros(len(matrices))
    scaled = (weight / weight.mean()).astype(np.float32)
    for _ in range(rounds):
        likelihood, posterior = _expect(seen, weight, matrices, share)
        posterior *= scaled[:, None, None]
        held = posterior.sum(axis=1, dtype=np.float64).sum(axis=0)
        share = np.clip(held / scaled.sum(dtype=np.float64), 0.01, 0.99)
        counts = posterior.reshape(len(seen.rows), -1).T @ seen.rows  # (matrices, 4 width)
        before, matrices = (
            matrices,
            frequencies(counts.astype(np.float64).reshape(matrices.shape), background.composition),
        )
        if np.abs(matrices - before).max() < STILL:
            break
    return matrices[int(np.argmax(likelihood))]


def frequencies(counts: np.ndarray, background: np.ndarray) -> np.ndarray:
    """Turn counts into probabilities, with `PSEUDO` pseudocounts.

    Parameters
    ----------
    counts
        float64 (..., 4).
    background
        float64 (4,), the distribution of the pseudocounts.

    Returns
    -------
    numpy.ndarray
        float64 (..., 4).
    """
    counts = counts + PSEUDO * background
    return counts / counts.sum(axis=-1, keepdims=True)


def _start_unaligned(seen: Tiles, weight: np.ndarray, background: Background) -> np.ndarray:
    """Return starting matrices (starts, width, 4): the frequencies under each start, unaligned, a little sharpened."""
    counts = np.einsum("n,nsk->sk", weight / weight.mean(), seen.hot * seen.valid[:, :, None], optimize=True)
    frequency = frequencies(counts.reshape(len(counts), -1, 4), background.composition)
    bits = (frequency * np.log2(frequency / background.composition)).sum(axis=(1, 2))
    sharp = background.composition * (frequency / background.composition) ** 2
    return (sharp / sharp.sum(axis=-1, keepdims=True))[np.argsort(-bits, kind="stable")[:STANDING]]


def words(seen: Tiles, weight: np.ndarray, background: Background) -> np.ndarray:
    """Make starting matrices of the words of six bases that are most enriched.

    Parameters
    ----------
    seen
        The stretches.
    weight
        float64 (sequences,), weights above 0.
    background
        Background model.

    Returns
    -------
    numpy.ndarray
        float64 (words, width, 4), with the word in the middle of the width.
    """
    composition = background.composition
    size = min(6, seen.hot.shape[2] // 4)
    letters = seen.hot[:, :, : 4 * size].reshape(*seen.hot.shape[:2], size, 4)
    index = (letters.argmax(axis=3) @ (4 ** np.arange(size - 1, -1, -1))).astype(np.int64)
    count = np.bincount(
        index[seen.valid], weights=np.broadcast_to(weight[:, None], seen.valid.shape)[seen.valid], minlength=4**size
    )
    digits = np.arange(4**size)[:, None] // 4 ** np.arange(size - 1, -1, -1) % 4  # (words, size)
    expected = composition[digits].prod(axis=1) * count.sum()
    surprise = count * np.log(np.maximum(count, 1e-9) / np.maximum(expected, 1e-9))
    best = np.argsort(-surprise, kind="stable")[:WORDS]
    width = seen.hot.shape[2] // 4
    matrices = np.broadcast_to(composition, (WORDS, width, 4)).copy()
    at = (width - size) // 2
    matrices[:, at : at + size] = 0.4 * composition + 0.6 * np.eye(4)[digits[best]]
    return matrices
