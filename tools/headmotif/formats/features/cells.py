"""Cells of a large plain table, straight from its bytes: several times faster than as lines and texts.

Plain is what our own commands write: ASCII with line feeds, as many cells in each row as in the first, and a line end
at the end. Everything else raises `NotPlain`. It is then to be read line by line, because a message names the line.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..whole_numbers import DIGITS

_TAB, _LINE_END, _MINUS, _ZERO, _UNDERSCORE = b"\t\n-0_"
_LONGEST = 64
"""Most letters of a word."""


class NotPlain(Exception):
    """The table, or one of its cells, is not as our commands write it."""


@dataclass(frozen=True, eq=False)
class Cells:
    """Where the cells of a table are.

    Attributes
    ----------
    text
        uint8 (bytes,): the table, and as many zeros as a word may have letters.
    end
        int64 (rows, columns): the place after the last letter of each cell.
    """

    text: np.ndarray
    end: np.ndarray

    def find_start(self, column: int) -> np.ndarray:
        """Find where the cells of a column start.

        Parameters
        ----------
        column
            The column, from 0.

        Returns
        -------
        numpy.ndarray
            int64 (rows,): the places of their first letters.
        """
        if column:
            return np.asarray(self.end[:, column - 1] + 1)
        return np.concatenate([[0], self.end[:-1, -1] + 1])


def find_cells(raw: bytes, header: bytes, n_columns: int) -> Cells:
    """Find the cells of a plain table.

    Parameters
    ----------
    raw
        The content of the file.
    header
        The first line, with its end.
    n_columns
        The number of columns.

    Returns
    -------
    Cells
        The cells below the header.

    Raises
    ------
    NotPlain
        If the table is not plain, has another header, or no row.
    """
    if not raw.startswith(header) or len(raw) == len(header) or not raw.isascii() or b"\0" in raw:
        raise NotPlain
    text = np.frombuffer(raw[len(header) :] + bytes(_LONGEST), np.uint8)
    stops = np.flatnonzero(text[:-_LONGEST] <= _LINE_END)  # of other control characters too, which are refused below
    if len(stops) % n_columns or not len(stops) or stops[-1] != len(text) - _LONGEST - 1:
        raise NotPlain
    end = stops.reshape(-1, n_columns)
    if (text[end[:, :-1]] != _TAB).any() or (text[end[:, -1]] != _LINE_END).any() or b"\r" in raw:
        raise NotPlain
    return Cells(text, end)


def read_words(cells: Cells, column: int) -> np.ndarray:
    """Read a column as it is written.

    Parameters
    ----------
    cells
        The cells.
    column
        The column, from 0.

    Returns
    -------
    numpy.ndarray
        str (rows,).

    Raises
    ------
    NotPlain
        If a cell is longer than 64 letters.
    """
    return _join(_cut(cells.text, cells.find_start(column), cells.end[:, column])).astype(str)


def read_wholes(cells: Cells, column: int, signed: bool = False) -> np.ndarray:
    """Read a column of whole numbers, as `whole_numbers.parse_whole` reads each.

    Parameters
    ----------
    cells
        The cells.
    column
        The column, from 0.
    signed
        Whether a number may have a minus sign.

    Returns
    -------
    numpy.ndarray
        int64 (rows,).

    Raises
    ------
    NotPlain
        If a cell is no such number.
    """
    start, end = cells.find_start(column), cells.end[:, column]
    negative = (cells.text[start] == _MINUS) & signed
    letters = _cut(cells.text, start + negative, end)
    length = end - start - negative
    if length.min() < 1 or length.max() > DIGITS or ((letters - _ZERO > 9) & (letters > 0)).any():
        raise NotPlain
    value = _join(letters).astype(np.int64)
    return np.asarray(np.where(negative, -value, value))


def read_numbers(cells: Cells, column: int, unknown: bool = False) -> np.ndarray:
    """Read a column of finite numbers, as `float` reads each.

    Parameters
    ----------
    cells
        The cells.
    column
        The column, from 0.
    unknown
        Whether a dot is an unknown number.

    Returns
    -------
    numpy.ndarray
        float64 (rows,), NaN where it is unknown.

    Raises
    ------
    NotPlain
        If a cell is no such number.
    """
    words = _join(_cut(cells.text, cells.find_start(column), cells.end[:, column]))
    known = (words != b".") if unknown else np.ones(len(words), bool)
    values = np.full(len(words), np.nan)
    try:
        values[known] = words[known].astype(np.float64)
    except ValueError:
        raise NotPlain from None
    if not np.isfinite(values[known]).all() or (words.view(np.uint8) == _UNDERSCORE).any():
        raise NotPlain
    return values


def read_signs(cells: Cells, column: int, signs: Mapping[str, int]) -> np.ndarray:
    """Read a column of single letters that stand for numbers.

    Parameters
    ----------
    cells
        The cells.
    column
        The column, from 0.
    signs
        Letters with their numbers.

    Returns
    -------
    numpy.ndarray
        int8 (rows,).

    Raises
    ------
    NotPlain
        If a cell is none of the letters.
    """
    start, end = cells.find_start(column), cells.end[:, column]
    number = np.zeros(256, np.int8)
    known = np.zeros(256, bool)
    for letter, value in signs.items():
        number[ord(letter)], known[ord(letter)] = value, True
    found = cells.text[start]
    if not ((end - start == 1).all() and known[found].all()):
        raise NotPlain
    return np.asarray(number[found])


def _cut(text: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """uint8 (stretches, longest): the letters of each stretch of the text, 0 after the last."""
    length = end - start
    longest = int(length.max())
    if longest > _LONGEST:
        raise NotPlain
    place = np.arange(max(longest, 1))
    letters = text[start[:, None] + place]
    letters *= place < length[:, None]
    return letters


def _join(letters: np.ndarray) -> np.ndarray:
    """bytes (rows,): the words of rows of letters."""
    return letters.view(f"S{letters.shape[1]}")[:, 0]
