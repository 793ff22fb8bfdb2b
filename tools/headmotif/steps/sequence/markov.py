"""Background models: the probability of a base without a motif, given the bases before it.

The probabilities are learned from the sequences themselves. Order 0 is the composition alone. With order 1 or 2, words
that neighbouring bases make probable do not count as a motif, such as AAAAAA where A follows A.

The models are learned from the windows around attended bases, not from the whole genome. Near promoters A and T are
frequent, and against the genome's composition every column would look like part of a motif.
"""

from dataclasses import dataclass

import numpy as np

from ...alphabet import N


@dataclass(frozen=True, eq=False)
class Markov:
    """A Markov chain over bases.

    Attributes
    ----------
    composition
        float64 (4,), probabilities of A, C, G and T.
    table
        float64 (4 ** order, 4), P(base | the `order` bases before it). The row is the number that these bases spell in
        base 4, the first of them counting most.
    """

    composition: np.ndarray
    table: np.ndarray

    @property
    def order(self) -> int:
        """How many bases before it a base depends on."""
        return (len(self.table).bit_length() - 1) // 2

    def logs(self, windows: np.ndarray) -> np.ndarray:
        """Look up ln P of each base, reading from left to right.

        A base with fewer than `order` bases before it, or with an N among them, counts by the composition.

        Parameters
        ----------
        windows
            uint8 (sequences, length), codes 0-4.

        Returns
        -------
        numpy.ndarray
            float64 (sequences, length); 0 for N.
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
        """Sum ln P over each run of `width` bases.

        Parameters
        ----------
        windows
            uint8 (sequences, length), codes 0-4.
        width
            Number of bases in a run.

        Returns
        -------
        numpy.ndarray
            float64 (sequences, length - width + 1), by the first base of the run.
        """
        return _sums(self.logs(windows), width)

    @property
    def reverse(self) -> "Markov":
        """The background of windows read on the other strand: the same, as both strands count alike."""
        return self


@dataclass(frozen=True, eq=False)
class Columns:
    """A background in which each column of the windows has its own composition.

    Against it, only what sets some windows apart from the others is a motif. Windows must have their full length.

    Attributes
    ----------
    composition
        float64 (4,), probabilities of A, C, G and T over all columns.
    table
        float64 (columns, 4), probabilities of A, C, G and T in each column.
    """

    composition: np.ndarray
    table: np.ndarray

    @property
    def reverse(self) -> "Columns":
        """The background of windows read on the other strand."""
        return Columns(self.composition[::-1], self.table[::-1, ::-1])

    def logs(self, windows: np.ndarray) -> np.ndarray:
        """Look up ln P of each base in its column.

        Parameters
        ----------
        windows
            uint8 (sequences, columns), codes 0-4.

        Returns
        -------
        numpy.ndarray
            float64 (sequences, columns); 0 for N.
        """
        known = np.minimum(windows, N - 1)
        return np.where(windows < N, np.log(self.table)[np.arange(windows.shape[1]), known], 0.0)

    def stretches(self, windows: np.ndarray, width: int) -> np.ndarray:
        """Sum ln P over each run of `width` bases.

        Parameters
        ----------
        windows
            uint8 (sequences, columns), codes 0-4; N adds 0.
        width
            Number of bases in a run.

        Returns
        -------
        numpy.ndarray
            float64 (sequences, columns - width + 1), by the first base of the run.
        """
        return _sums(self.logs(windows), width)


def learn_columns(windows: np.ndarray) -> Columns:
    """Learn the composition of each column.

    N is left out. One base, divided as the composition is, is added to the counts of every column.

    Parameters
    ----------
    windows
        uint8 (sequences, length), codes 0-4.

    Returns
    -------
    Columns
        The background of these windows.
    """
    composition = learn(windows).composition
    table = np.stack([(windows == base).sum(axis=0) for base in range(N)], axis=1) + composition
    return Columns(composition, table / table.sum(axis=1, keepdims=True))


def _sums(logs: np.ndarray, width: int) -> np.ndarray:
    """Sums over each run of `width` columns, (sequences, length - width + 1)."""
    total = np.zeros((len(logs), logs.shape[1] + 1))
    np.cumsum(logs, axis=1, out=total[:, 1:])
    return total[:, width:] - total[:, :-width]


def learn(windows: np.ndarray, order: int = 0) -> Markov:
    """Learn a Markov chain.

    N is left out. One of each base is added to the counts of the composition. One base, divided as the composition is,
    is added to the counts after every word of `order` bases.

    Parameters
    ----------
    windows
        uint8 (sequences, length), codes 0-4.
    order
        How many bases before it a base depends on; 0 in windows that are not longer than that.

    Returns
    -------
    Markov
        The background of these windows.
    """
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


def to_markov(background: "Background | np.ndarray") -> "Background":
    """Turn a composition into a background of order 0.

    Parameters
    ----------
    background
        float64 (4,), probabilities of A, C, G and T, or a background.

    Returns
    -------
    Background
        The background; one that was given is returned as it is.
    """
    return Markov(background, background[None]) if isinstance(background, np.ndarray) else background


def _contexts(windows: np.ndarray, order: int) -> tuple[np.ndarray, np.ndarray]:
    """The numbers that all words of `order` bases spell, int64 (sequences, starts), and whether they hold no N."""
    words = np.lib.stride_tricks.sliding_window_view(windows, order, axis=1)
    weight = N ** np.arange(order - 1, -1, -1)
    return np.minimum(words, N - 1).astype(np.int64) @ weight, np.asarray((words < N).all(axis=2))


Background = Markov | Columns
