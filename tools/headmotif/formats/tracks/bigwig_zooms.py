"""The zoom levels of a bigWig: what a browser draws of long stretches, instead of every value.

A record is of one bin of one contig: number, start and end, how many bases have a value, the least, the largest, the
sum of the values and of their squares. Bins of a level are equally wide, four times as wide as those of the level
before; one without any value is left out.
"""

from dataclasses import dataclass

import numpy as np

FIRST, TIMES, MOST = 16, 4, 10
"""Bases of a bin of the first level; of the next one, as many times; levels at most."""
BLOCK = FIRST << 16
"""Bases looked at at a time."""
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
    """Equally wide bins of one contig."""

    width: int
    count: np.ndarray  # int64 (bins,)
    least: np.ndarray  # float64; inf where there is no value
    most: np.ndarray
    sum: np.ndarray
    squares: np.ndarray

    def wider(self, times: int) -> "Bins":
        """So many bins taken together; the last may be of fewer."""
        first = np.arange(0, len(self.count), times)
        add = [np.add.reduceat(column, first) for column in (self.count, self.sum, self.squares)]
        return Bins(
            self.width * times,
            add[0],
            np.minimum.reduceat(self.least, first),
            np.maximum.reduceat(self.most, first),
            *add[1:],
        )


def binned(values: np.ndarray) -> Bins:
    """The bins of the first level."""
    parts = [_singles(values[first : first + BLOCK]).wider(FIRST) for first in range(0, len(values), BLOCK)]
    return Bins(FIRST, *(np.concatenate([getattr(part, name) for part in parts]) for name in COLUMNS))


def _singles(values: np.ndarray) -> Bins:
    """Every base a bin of its own."""
    there = ~np.isnan(values)
    exact = np.where(there, values, 0).astype(np.float64)
    return Bins(
        1, there.astype(np.int64), np.where(there, exact, np.inf), np.where(there, exact, -np.inf), exact, exact**2
    )


def widths(longest: int) -> list[int]:
    """Bases of a bin at each level; a level that would be one bin of the longest contig is not worth its place."""
    return [width for width in (FIRST * TIMES**level for level in range(MOST)) if width < longest]


def records(bins: Bins, number: int, length: int) -> np.ndarray:
    """RECORD of the bins of contig `number` that have a value."""
    (there,) = np.nonzero(bins.count)
    out = np.zeros(len(there), RECORD)
    out["contig"], out["start"] = number, there * bins.width
    out["end"] = np.minimum((there + 1) * bins.width, length)
    for name in COLUMNS:
        out[name] = getattr(bins, name)[there]
    return out
