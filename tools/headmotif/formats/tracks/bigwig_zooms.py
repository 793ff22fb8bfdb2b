"""The zoom levels of a bigWig: what a browser draws of long stretches instead of every value.

A record describes one bin of one contig: number of the contig, start, end, how many bases have a value, the least, the
largest, the sum of the values and of their squares. All bins of a level are equally wide, four times as wide as those
of the level before. A bin without any value is left out.
"""

from dataclasses import dataclass

import numpy as np

FIRST, TIMES, MOST = 16, 4, 10
"""Bases of a bin at the first level, the ratio of one level to the one before, and the most levels."""
BLOCK = FIRST << 16
"""Bases processed at a time."""
COLUMNS = ("count", "least", "most", "sum", "squares")
RECORD = np.dtype(
    [
        ("contig", "<u4"),
        ("start", "<u4"),
        ("end", "<u4"),
        ("count", "<u4"),
        ("least", "<f4"),
        ("most", "<f4"),
        ("sum", "<f4"),
        ("squares", "<f4"),
    ]
)


@dataclass(frozen=True)
class Bins:
    """Equally wide bins of one contig.

    Attributes
    ----------
    width
        The width in bases.
    count
        int64 (bins,), bases with a value.
    least
        float64 (bins,), the least value, inf if there is none.
    most
        float64 (bins,), the largest value, -inf if there is none.
    sum
        float64 (bins,), the sum of the values.
    squares
        float64 (bins,), the sum of the squares of the values.
    """

    width: int
    count: np.ndarray  # int64 (bins,)
    least: np.ndarray  # float64; inf where there is no value
    most: np.ndarray
    sum: np.ndarray
    squares: np.ndarray

    def widen(self, times: int) -> "Bins":
        """Merge neighbouring bins; the last may be of fewer.

        Parameters
        ----------
        times
            How many bins are merged into one.

        Returns
        -------
        Bins
            The wider bins.
        """
        first = np.arange(0, len(self.count), times)
        add = [np.add.reduceat(column, first) for column in (self.count, self.sum, self.squares)]
        return Bins(
            self.width * times,
            add[0],
            np.minimum.reduceat(self.least, first),
            np.maximum.reduceat(self.most, first),
            *add[1:],
        )


def bin_values(values: np.ndarray) -> Bins:
    """Make the bins of the first level.

    Parameters
    ----------
    values
        float32 (length,) of one contig, NaN if there is no value.

    Returns
    -------
    Bins
        Bins of `FIRST` bases.
    """
    parts = [_make_single_bins(values[first : first + BLOCK]).widen(FIRST) for first in range(0, len(values), BLOCK)]
    return Bins(FIRST, *(np.concatenate([getattr(part, name) for part in parts]) for name in COLUMNS))


def _make_single_bins(values: np.ndarray) -> Bins:
    """Make every base a bin of its own."""
    there = ~np.isnan(values)
    exact = np.where(there, values, 0).astype(np.float64)
    return Bins(
        1, there.astype(np.int64), np.where(there, exact, np.inf), np.where(there, exact, -np.inf), exact, exact**2
    )


def widths(longest: int) -> list[int]:
    """Choose the widths of the zoom levels, each narrower than the longest contig.

    Parameters
    ----------
    longest
        The length of the longest contig in nucleotides.

    Returns
    -------
    list of int
        Bases of a bin, at each level.
    """
    return [width for width in (FIRST * TIMES**level for level in range(MOST)) if width < longest]


def records(bins: Bins, number: int, length: int) -> np.ndarray:
    """Make the records of the bins that have a value.

    Parameters
    ----------
    bins
        The bins of one contig.
    number
        The number of the contig.
    length
        The length of the contig, where the last bin ends.

    Returns
    -------
    numpy.ndarray
        Array of `RECORD`.
    """
    (there,) = np.nonzero(bins.count)
    out = np.zeros(len(there), RECORD)
    out["contig"], out["start"] = number, there * bins.width
    out["end"] = np.minimum((there + 1) * bins.width, length)
    for name in COLUMNS:
        out[name] = getattr(bins, name)[there]
    return out
