"""From sequences to a motif: where in each window the common element lies, if it is there at all.

Expectation maximisation for zero or one occurrence per sequence (ZOOPS; Bailey & Elkan 1995, Machine Learning
21:51-80), ungapped, on the strand given or on both, against a background. Each sequence counts with its weight. Widths
are tried and the one chosen whose log-likelihood ratio, less (3 width / 2) ln(sequences), is largest (Schwarz's
criterion: three free frequencies a column).

The starting points and the width are settled on `SCREEN` sequences at most, evenly spaced among them; then all take
part.
"""

from dataclasses import dataclass, replace

import numpy as np

from ...alphabet import N
from ..sequence.markov import Background, as_markov

WIDTHS = (6, 7, 8, 9, 10, 12, 14, 16)
PSEUDO = 1.0
"""Sequences' worth of background added to each column's counts."""
FAINT = 0.12
"""Bits against the background below which a column at a motif's end is cut off: it fits the sequences better and says
nothing."""
WORDS = 12
"""Frequent words tried as starting points, beside the columns as they stand under each offset."""
STANDING = 40
"""Offsets tried so at most, those whose columns say most."""
SCREEN = 2000
ROUNDS = 30
"""Of expectation maximisation from one matrix, at most."""
STILL = 1e-4
"""The largest change of a probability at which a matrix has come to rest."""


@dataclass(frozen=True, eq=False)
class Alignment:
    """A motif and its place in each sequence.

    matrix: float64 (width, 4), probabilities. gain: log-likelihood ratio (nats) less the penalty of the width.
    present: float64 (sequences,), probability that the sequence holds it. start: int64 (sequences,), the first window
    column of its most probable place. turned: bool (sequences,), it stands there as its reverse complement.
    """

    matrix: np.ndarray
    gain: float
    present: np.ndarray
    start: np.ndarray
    turned: np.ndarray

    @property
    def length(self) -> np.ndarray:
        """Bases of each occurrence, int64 (sequences,)."""
        return np.full(len(self.start), len(self.matrix))

    def scores(self, windows: np.ndarray, background: Background | np.ndarray, both: bool = False) -> np.ndarray:
        """See `scores`; both: of the orientation that scores higher."""
        forward = scores(windows, self.matrix, background)
        return np.fmax(forward, scores(turned(windows), self.matrix, background)[:, ::-1]) if both else forward

    def looked_up(self, windows: np.ndarray, weight: np.ndarray, background: Background, both: bool) -> "Alignment":
        """The same matrix and where it lies in other windows, as many of which hold it as say so; `gain` stays."""
        return replace(
            _located(laid(windows, len(self.matrix), background, both), weight, self.matrix, both), gain=self.gain
        )


@dataclass(frozen=True, eq=False)
class Laid:
    """Every stretch of one width: hot, one-hot float32 (sequences, places, 4 width); valid, bool (sequences, places),
    it holds no N; chance, float32 (sequences, places), ln of its probability in the background; prior, float32
    (sequences, places), the same for every valid place of a sequence. With both orientations the places are those of
    the windows, then those of their reverse complements."""

    hot: np.ndarray
    valid: np.ndarray
    chance: np.ndarray
    prior: np.ndarray

    @property
    def rows(self) -> np.ndarray:
        """The stretches one below the other, (sequences x places, 4 width)."""
        return self.hot.reshape(-1, self.hot.shape[2])


def turned(windows: np.ndarray) -> np.ndarray:
    """Windows, uint8 (sequences, length), read on the other strand."""
    return np.where(windows < N, 3 - windows, N).astype(np.uint8)[:, ::-1]


def places(windows: np.ndarray, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Every stretch of `width` in windows uint8 (sequences, length): one-hot float32 (sequences, starts, 4 width), and
    which hold no N, bool (sequences, starts)."""
    stretches = np.lib.stride_tricks.sliding_window_view(windows, width, axis=1)  # (sequences, starts, width)
    hot = np.eye(5, dtype=np.float32)[stretches][..., :N]  # (sequences, starts, width, 4)
    return hot.reshape(*hot.shape[:2], 4 * width), ~(stretches == N).any(axis=2)


def laid(windows: np.ndarray, width: int, background: Background, both: bool) -> Laid:
    read = ((windows, background), (turned(windows), background.turned)) if both else ((windows, background),)
    parts = [(*places(w, width), chance.stretches(w, width)) for w, chance in read]
    hot, valid, chance = (np.concatenate(part, axis=1) if both else part[0] for part in zip(*parts, strict=True))
    prior = valid / np.maximum(valid.sum(axis=1), 1)[:, None]
    return Laid(hot, valid, chance.astype(np.float32), prior.astype(np.float32))


def log_odds(matrix: np.ndarray, background: np.ndarray) -> np.ndarray:
    """ln(p / background), float64, of probabilities (..., width, 4); every p must be above 0."""
    return np.log(matrix) - np.log(background)


def scores(windows: np.ndarray, matrix: np.ndarray, background: Background | np.ndarray) -> np.ndarray:
    """Log-odds (nats), float64 (sequences, starts), of the motif at each start in windows uint8; NaN where an N is in
    the way."""
    hot, valid = places(windows, len(matrix))
    said = (hot @ np.log(matrix).ravel().astype(np.float32)).astype(np.float64)
    return np.where(valid, said - as_markov(background).stretches(windows, len(matrix)), np.nan)


def discover(
    windows: np.ndarray,
    weight: np.ndarray,
    background: Background | np.ndarray,
    widths: tuple[int, ...] = WIDTHS,
    both: bool = False,
) -> Alignment | None:
    """The best motif of windows uint8 (sequences, length; N where a base must not be used), or None where no width
    fits.

    weight: float64 (sequences,), above 0. background: of order 0 as float64 (4,). both: in either orientation.
    Deterministic.
    """
    chance = as_markov(background)
    some = screened(len(windows))
    best: Alignment | None = None
    for width in widths:
        if width > windows.shape[1]:
            continue
        seen = laid(windows[some], width, chance, both)
        if not seen.valid.any():
            continue
        starts = np.concatenate([_as_it_stands(seen, weight[some], chance), words(seen, weight[some], chance)])
        found = _settled(seen, weight[some], chance, _maximise(seen, weight[some], chance, starts, rounds=6), both)
        if best is None or found.gain > best.gain:
            best = found
    if best is None:
        return None
    if len(some) < len(windows):
        best = refine(windows, weight, chance, best.matrix, both=both)
    if len(short := trimmed(best.matrix, chance.composition, widths[0])) < len(best.matrix):
        best = refine(windows, weight, chance, short, both=both)
    return best


def screened(number: int) -> np.ndarray:
    """Rows of the sequences that starting points and width are settled on."""
    return np.arange(number) if number <= SCREEN else np.linspace(0, number - 1, SCREEN).astype(np.int64)


def trimmed(matrix: np.ndarray, background: np.ndarray, least: int = WIDTHS[0]) -> np.ndarray:
    """The matrix without the columns at its ends that say little (less than FAINT bits), but never narrower than the
    least width."""
    bits = (matrix * np.log2(matrix / background)).sum(axis=1)
    first, last = 0, len(matrix)
    while last - first > least and min(bits[first], bits[last - 1]) < FAINT:
        first, last = (first + 1, last) if bits[first] < bits[last - 1] else (first, last - 1)
    return matrix[first:last]


def refine(
    windows: np.ndarray, weight: np.ndarray, background: Background | np.ndarray, matrix: np.ndarray, both: bool = False
) -> Alignment:
    """Expectation maximisation from one starting matrix (width, 4) to its end."""
    chance = as_markov(background)
    return _settled(laid(windows, len(matrix), chance, both), weight, chance, matrix, both)


def _settled(seen: Laid, weight: np.ndarray, background: Background, matrix: np.ndarray, both: bool) -> Alignment:
    return _located(seen, weight, _maximise(seen, weight, background, matrix[None], ROUNDS), both)


def _located(seen: Laid, weight: np.ndarray, matrix: np.ndarray, both: bool) -> Alignment:
    """Where a matrix lies, as it is."""
    width, n = len(matrix), len(weight)
    likelihood, posterior = fitted(seen, weight, matrix)
    gain = likelihood - 1.5 * width * np.log(max(n, 2))
    place, half = posterior.argmax(axis=1), posterior.shape[1] // 2
    back = (place >= half) if both else np.zeros(n, bool)
    start = np.where(back, half - 1 - (place - half), place) if both else place
    return Alignment(matrix, gain, posterior.sum(axis=1), start, back)


def fitted(seen: Laid, weight: np.ndarray, matrix: np.ndarray) -> tuple[float, np.ndarray]:
    """The log-likelihood ratio of a matrix that has settled, and the probability of each place, float64 (sequences,
    places); the share of the sequences that hold it settles quickly once the matrix has."""
    share = np.array([0.5])
    for _time in range(4):
        likelihood, posterior = _expect(seen, weight, matrix[None], share)
        share = np.clip((weight[:, None] * posterior.sum(1)).sum(0) / weight.sum(), 0.01, 0.99)
    return float(likelihood[0]), posterior[:, :, 0].astype(np.float64)


def _expect(seen: Laid, weight: np.ndarray, matrices: np.ndarray, share: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Log-likelihood ratios float64 (matrices,) and probabilities float32 of each place (sequences, places,
    matrices)."""
    flat = np.log(matrices).reshape(len(matrices), -1).T.astype(np.float32)  # (4 width, matrices)
    ratio = (seen.rows @ flat).reshape(*seen.valid.shape, -1)  # one product, not one a sequence
    ratio -= seen.chance[:, :, None]
    np.exp(ratio, out=ratio)
    ratio *= seen.prior[:, :, None]
    ratio *= share.astype(np.float32)
    total = (1 - share) + ratio.sum(axis=1)  # (sequences, matrices)
    ratio /= total.astype(np.float32)[:, None]
    return (weight[:, None] * np.log(total)).sum(axis=0) / weight.mean(), ratio


def _maximise(seen: Laid, weight: np.ndarray, background: Background, matrices: np.ndarray, rounds: int) -> np.ndarray:
    """The matrix (width, 4) of the highest likelihood after so many rounds, or at rest, from each start (matrices,
    width, 4)."""
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
    """Probabilities, float64 (..., 4), of counts of that shape, PSEUDO sequences' worth of background (4,) added."""
    counts = counts + PSEUDO * background
    return counts / counts.sum(axis=-1, keepdims=True)


def _as_it_stands(seen: Laid, weight: np.ndarray, background: Background) -> np.ndarray:
    """Starting matrices (starts, width, 4): what stands at each offset, unaligned, a little sharpened."""
    counts = np.einsum("n,nsk->sk", weight / weight.mean(), seen.hot * seen.valid[:, :, None], optimize=True)
    frequency = frequencies(counts.reshape(len(counts), -1, 4), background.composition)
    bits = (frequency * np.log2(frequency / background.composition)).sum(axis=(1, 2))
    sharp = background.composition * (frequency / background.composition) ** 2
    return (sharp / sharp.sum(axis=-1, keepdims=True))[np.argsort(-bits, kind="stable")[:STANDING]]


def words(seen: Laid, weight: np.ndarray, background: Background) -> np.ndarray:
    """Starting matrices (words, width, 4) of the most enriched words of six, in the middle of the width."""
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
