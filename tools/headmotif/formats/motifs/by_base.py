"""Matrices with one row for each base, as JASPAR, RSAT, RegulonDB and UniPROBE write them.

A row begins with its letter, perhaps with a colon or a bar behind it, or is bare. Bare rows are A, C, G and T in this
order. Brackets around the numbers are ignored.
"""

import re

import numpy as np

from ...errors import FormatError
from .counts import count, settle

Row = tuple[int, str]

_ROW = re.compile(r"(?:([ACGTU])(?![\w.]))?[\s:|]*+\[?([^\]\[]*+)\]?\s*$", re.IGNORECASE)


def letter(line: str) -> str:
    """Tell the base of a row.

    Parameters
    ----------
    line
        The row.

    Returns
    -------
    str
        A, C, G or T; "" if the row is bare.
    """
    row = _ROW.match(line)
    return (row[1] or "").upper().replace("U", "T") if row else ""


def counts(rows: list[Row], path: str, name: str) -> np.ndarray:
    """Read counts from one row for each base.

    Parameters
    ----------
    rows
        The rows, each with its line.
    path
        The name of the file, for messages alone.
    name
        The name of the motif, for messages.

    Returns
    -------
    numpy.ndarray
        float64 (width, 4), columns A C G T; no rows if the motif has no matrix.

    Raises
    ------
    FormatError
        With the line, if there are other than four rows of as many counts each.
    """
    if not rows:
        return np.empty((0, 4))
    found: dict[str, list[float]] = {}
    is_bare = not letter(rows[0][1])
    for at, line in rows:
        row, base = _ROW.match(line), letter(line)
        if row is None or (not base) != is_bare:
            raise FormatError(path, at, f"motif {name} needs one line of counts for each of A, C, G and T")
        base = base or "ACGT"[min(len(found), 3)]
        if base in found:
            raise FormatError(
                path,
                at,
                f"motif {name} needs one line of counts for each of A, C, G and T; this is a second line for {base}",
            )
        found[base] = [count(word, at, path) for word in row[2].split()]
        if len(found[base]) != len(next(iter(found.values()))) or not found[base]:
            raise FormatError(
                path,
                at,
                f"this line of motif {name} has {len(found[base])} counts; all lines of a motif need the same number",
            )
    if len(found) != 4:
        raise FormatError(path, rows[-1][0], f"motif {name} has {len(found)} lines of counts instead of 4 (A C G T)")
    matrix = np.array([found[base] for base in "ACGT"]).T
    return settle(matrix, [rows[0][0]] * len(matrix), path, name)
