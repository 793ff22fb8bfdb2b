"""What a base is worth without a motif: its probability given the bases before it, learned from the sequences
themselves.

Order 0 is the composition alone. With an order of 1 or 2, words that neighbours make likely by themselves (AAAAAA where
A follows A) do not count as a motif. Learned from the windows around attended bases, not from the whole genome: near
promoters everything is rich in A and T, and against the genome every column would look like a motif's.
"""

from dataclasses import dataclass

import numpy as np

from ...alphabet import N


@dataclass(frozen=True, eq=False)
class Markov:
    """composition: float64 (4,). table: float64 (4 ** order, 4), P(base | the `order` bases before it), the first of
    them counting most."""

    composition: np.ndarray
    table: np.ndarray

    @property
    def order(self) -> int:
        return (len(self.table).bit_length() - 1) // 2

    def logs(self, windows: np.ndarray) -> np.ndarray:
        """ln P of each base of windows uint8 (sequences, length), float64 of that shape, reading left to right; 0 for
        N.

        Bases with fewer than `order` before them, or with an N among those, count by the composition.
        """
        known = np.minimum(windows, N - 1)
        found = np.log(self.composition)[known]
        k = self.order
        if k and windows.shape[1] > k:
            context, whole = _contexts(windows, k)
            after = np.log(self.table)[context[:, :-1], known[:, k:]]
            found[:, k:] = np.where(whole[:, :-1], after, found[:, k:])
        return np.where(windows < N, found, 0.0)

    def stretches(self, windows: np.ndarray, width: int) -> np.ndarray:
        """ln P of each stretch of `width`, float64 (sequences, starts)."""
        return _sums(self.logs(windows), width)

    @property
    def turned(self) -> "Markov":
        """For windows read on the other strand: both strands count alike."""
        return self


@dataclass(frozen=True, eq=False)
class Columns:
    """A base is worth what others have at the same column of their windows: against it, only what sets some windows
    apart is a motif.

    composition: float64 (4,), of all columns; table: float64 (columns, 4). Windows are read in full length.
    """

    composition: np.ndarray
    table: np.ndarray

    @property
    def turned(self) -> "Columns":
        return Columns(self.composition[::-1], self.table[::-1, ::-1])

    def stretches(self, windows: np.ndarray, width: int) -> np.ndarray:
        """See `Markov.stretches`."""
        known = np.minimum(windows, N - 1)
        logs = np.where(windows < N, np.log(self.table)[np.arange(windows.shape[1]), known], 0.0)
        return _sums(logs, width)


def by_column(windows: np.ndarray) -> Columns:
    """From windows uint8 (sequences, length), N left out; one of each base, shared out like the composition, is added
    to every column."""
    composition = learned(windows).composition
    table = np.stack([(windows == base).sum(axis=0) for base in range(N)], axis=1) + composition
    return Columns(composition, table / table.sum(axis=1, keepdims=True))


def _sums(logs: np.ndarray, width: int) -> np.ndarray:
    total = np.cumsum(np.pad(logs, ((0, 0), (1, 0))), axis=1)
    return total[:, width:] - total[:, :-width]


def learned(windows: np.ndarray, order: int = 0) -> Markov:
    """From windows uint8 (sequences, length), N left out; one of each base, shared out like the composition, is added
    to every count."""
    count = np.bincount(windows.ravel(), minlength=N + 1)[:N] + 1.0
    composition = count / count.sum()
    if order == 0 or windows.shape[1] <= order:
        return Markov(composition, composition[None])
    context, whole = _contexts(windows, order)
    after = windows[:, order:]
    counted = whole[:, :-1] & (after < N)
    index = context[:, :-1][counted] * N + after[counted]
    table = np.bincount(index, minlength=N ** (order + 1)).reshape(-1, N) + composition
    return Markov(composition, table / table.sum(axis=1, keepdims=True))


def as_markov(background: "Background | np.ndarray") -> "Background":
    """A composition, (4,), as a background of order 0."""
    return Markov(background, background[None]) if isinstance(background, np.ndarray) else background


def _contexts(windows: np.ndarray, order: int) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of all words of `order` bases, int64 (sequences, starts), and whether they hold no N."""
    words = np.lib.stride_tricks.sliding_window_view(windows, order, axis=1)
    weight = N ** np.arange(order - 1, -1, -1)
    return np.minimum(words, N - 1).astype(np.int64) @ weight, np.asarray((words < N).all(axis=2))


Background = Markov | Columns
