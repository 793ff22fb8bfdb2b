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
from .expectation import find_places, fit_share, maximise, settle, sum_odds
from .starting_points import average_starts, find_words
from .stretches import Strand, Tiles, read_strands, reverse_complement_windows, tile

WIDTHS = (6, 7, 8, 9, 10, 12, 14, 16)
FAINT = 0.12
"""Information in bits against the background below which a column at an end of a motif is cut off. Such a column fits
the sequences a little better, and is not informative."""
SCREEN = 2000
ROUNDS = 30
"""Largest number of rounds of expectation maximisation from one matrix."""


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
            _locate(tile(read_strands(windows, background, both), (len(self.matrix),)), weight, self.matrix),
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
    width, codes = len(matrix), windows.astype(np.intp)
    logs = np.column_stack([np.log(matrix), np.full(width, np.nan)])  # an N turns every score that it is in into NaN
    starts = max(windows.shape[1] - width + 1, 0)
    said = np.zeros((len(windows), starts))
    for column, log in enumerate(logs):
        said += log[codes[:, column : column + starts]]
    return said - to_markov(background).stretches(windows, width)


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
    strands, its = read_strands(windows[some], chance, both), weight[some]
    fitting = tuple(
        width
        for width in widths
        if width <= windows.shape[1] and any(strand.find_valid(width).any() for strand in strands)
    )
    if not fitting:
        return None
    seen = tile(strands, fitting)
    matrix = _choose_width(strands, seen, its, chance.composition)
    if len(some) < len(windows):
        found = refine(windows, weight, chance, matrix, both=both)
    else:
        found = _locate(seen.narrow(len(matrix)), weight, matrix)
    if len(short := trim(found.matrix, chance.composition, widths[0])) < len(found.matrix):
        found = refine(windows, weight, chance, short, both=both)
    return found


def _choose_width(strands: tuple[Strand, ...], seen: Tiles, weight: np.ndarray, composition: np.ndarray) -> np.ndarray:
    """Return the best matrix of all widths, float64 (width, 4), come to rest on these windows."""
    best = []
    for width, words in zip(seen.widths, find_words(strands, weight, composition, seen.widths), strict=True):
        starts = np.concatenate([average_starts(strands, weight, composition, width), words])
        best.append(maximise(seen.narrow(width), weight, composition, starts, rounds=6))
    settled = settle(seen, weight, composition, best, ROUNDS)
    likelihood, _share = fit_share(sum_odds(seen, settled), weight)
    return settled[int(np.argmax(likelihood - _penalise(np.array(seen.widths), len(weight))))]


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
    seen = tile(read_strands(windows, chance, both), (len(matrix),))
    [settled] = settle(seen, weight, chance.composition, [matrix], ROUNDS)
    return _locate(seen, weight, settled)


def _locate(seen: Tiles, weight: np.ndarray, matrix: np.ndarray) -> Alignment:
    """Return where an unchanged matrix lies."""
    width, n = len(matrix), len(weight)
    total, start, reverse = find_places(seen, matrix)
    [likelihood], [share] = fit_share(total[:, None], weight)
    present = share * total / (1 - share + share * total)
    start = np.where(reverse, seen.length - width - start, start)
    return Alignment(matrix, float(likelihood - _penalise(width, n)), present, start, reverse)


def _penalise(columns: np.ndarray | int, sequences: int) -> np.ndarray | float:
    """Return what Schwarz's criterion takes from a likelihood, for columns of three free frequencies each."""
    return 1.5 * columns * np.log(max(sequences, 2))
