"""Tab-separated tables: one header line, floats as %.6g, no padding, no comments; and Tomtom's table of matches.

A cell holds no tab and no line end: both are written as a space. NaN is written nan.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ...data import Match
from ...errors import FormatError
from ..files import lines, read_text
from ..output_files import open_for_writing
from . import user_table

if TYPE_CHECKING:
    import numpy as np

MATCH_COLUMNS = {
    "Query_ID": "query",
    "Target_ID": "target",
    "Optimal_offset": "offset",
    "p-value": "p",
    "E-value": "evalue",
    "q-value": "q",
    "Overlap": "overlap",
    "Query_consensus": "query_consensus",
    "Target_consensus": "target_consensus",
    "Orientation": "orientation",
}
"""Tomtom's columns, in its order and spelling, and the fields of `Match` they hold."""

GROUP_COLUMN = "Target_group"
"""A last column, if targets of one TF were counted as one; Tomtom's own table does not have it."""

AT_ONCE = 16_384
"""Number of rows that are written at a time."""

_BREAKS = str.maketrans("\t\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029", " " * 11)


def write_table(path: str, columns: Mapping[str, "Sequence[object] | np.ndarray"]) -> None:
    """Write named columns of equal length.

    Parameters
    ----------
    path
        The file; "-" is standard output.
    columns
        Lists or arrays, by name, in order.

    Raises
    ------
    ValueError
        If the columns differ in length.
    """
    lengths = {len(column) for column in columns.values()}
    if len(lengths) > 1:
        raise ValueError("the columns differ in length")
    with open_for_writing(path) as stream:
        stream.write(("\t".join(columns) + "\n").encode())
        for start in range(0, max(lengths, default=0), AT_ONCE):
            cells = [_cells(column[start : start + AT_ONCE]) for column in columns.values()]
            rows = ["\t".join(row) for row in zip(*cells, strict=True)]
            stream.write(("\n".join(rows) + "\n").encode())


def _cells(column: "Sequence[object] | np.ndarray") -> list[str]:
    values: list[Any] = column.tolist() if hasattr(column, "tolist") else list(column)
    if {type(value) for value in values} == {str}:  # names come again and again
        clean = {value: value.translate(_BREAKS) for value in set(values)}
        return [clean[value] for value in values]
    return [f"{value:.6g}" if isinstance(value, float) else str(value).translate(_BREAKS) for value in values]


def read_table(path: str) -> dict[str, list[str]]:
    """Read the columns of a table as text.

    Parameters
    ----------
    path
        The file; "-" is standard input.

    Returns
    -------
    dict of str to list of str
        The cells of each column, by name, in order.

    Raises
    ------
    FormatError
        With the line, if the table is malformed.
    """
    return _parse(path)[0]


def read_rows(path: str, words: Collection[str], needed: Collection[str], kind: str) -> list[dict[str, float | str]]:
    """Read a table that headmotif wrote, row by row.

    Parameters
    ----------
    path
        The file; "-" is standard input.
    words
        The columns to be read as text; all others are numbers, NaN if a cell says nan or is empty.
    needed
        The columns without which it is another kind of table.
    kind
        That kind, in a few words, for messages.

    Returns
    -------
    list of dict
        The cells of each row by column, float or str.

    Raises
    ------
    FormatError
        With the line, if a cell is no number; also if a column is missing.
    """
    table, numbers = _parse(path)
    for name in needed:
        if name not in table:
            raise FormatError(path, None, f"there is no column {name}; give {kind}")
    rows: list[dict[str, float | str]] = [{} for _ in numbers]
    for name, cells in table.items():
        for row, cell, number in zip(rows, cells, numbers, strict=True):
            try:
                row[name] = cell if name in words else float(cell or "nan")
            except ValueError:
                raise FormatError(path, number, f"'{cell[:30]}' in column {name} is not a number") from None
    return rows


def _parse(path: str) -> tuple[dict[str, list[str]], list[int]]:
    """The columns, and the line of each row; empty lines are ignored."""
    rows = [(number, line) for number, line in lines(read_text(path)) if line.strip()]
    if not rows:
        raise FormatError(path, None, "this table is empty; its first line must name the columns")
    names = rows[0][1].split("\t")
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise FormatError(path, rows[0][0], f"column '{twice}' is named twice; give each column its own name")
    table: list[list[str]] = []
    for number, line in rows[1:]:
        cells = line.split("\t")
        if len(cells) != len(names):
            raise FormatError(
                path, number, f"{len(cells)} cells, but the header names {len(names)}; separate cells by tabs"
            )
        table.append(cells)
    columns = zip(*table, strict=True) if table else [()] * len(names)
    return {name: list(column) for name, column in zip(names, columns, strict=True)}, [number for number, _ in rows[1:]]


def read_groups(path: str) -> dict[str, str]:
    """Read the group of each motif.

    Parameters
    ----------
    path
        A table with the columns motif and group; others are ignored.

    Returns
    -------
    dict of str to str
        The group by motif.

    Raises
    ------
    FormatError
        With the line, if a cell is empty or a motif is in two groups; also if a column is missing.
    """
    table, numbers = user_table.read(path, ("motif", "group"))
    groups: dict[str, str] = {}
    for motif, group, number in zip(table["motif"], table["group"], numbers, strict=True):
        motif, group = motif.strip(), group.strip()
        if not motif or not group:
            raise FormatError(
                path, number, f"the {'group' if motif else 'motif'} is empty; leave out motifs that are in no group"
            )
        if groups.setdefault(motif, group) != group:
            raise FormatError(
                path, number, f"motif {motif} is in two groups, {groups[motif]} and {group}; put it in one"
            )
    return groups


def write_matches(path: str, matches: Sequence[Match], grouped: bool = False) -> None:
    """Write matches with Tomtom's columns, in the order given.

    Parameters
    ----------
    path
        The file; "-" is standard output.
    matches
        The matches.
    grouped
        Whether a last column has the group of the target.
    """
    fields = [*MATCH_COLUMNS.values(), *(["group"] if grouped else [])]
    write_match_table(path, {field: [getattr(match, field) for match in matches] for field in fields})


def write_match_table(path: str, columns: Mapping[str, "Sequence[object] | np.ndarray"]) -> None:
    """Write matches, given as columns, with Tomtom's columns.

    Parameters
    ----------
    path
        The file; "-" is standard output.
    columns
        Lists or arrays of equal length, by the names of the fields of `Match`. If there is a group, it is the last
        column.
    """
    names = MATCH_COLUMNS | ({GROUP_COLUMN: "group"} if "group" in columns else {})
    write_table(path, {name: columns[field] for name, field in names.items()})


def read_matches(path: str) -> list[Match]:
    """Read the matches of our table or of Tomtom's own; its comment lines are ignored.

    Parameters
    ----------
    path
        The file; "-" is standard input.

    Returns
    -------
    list of Match
        The matches, in order.

    Raises
    ------
    FormatError
        With the line, if a cell is wrong; also if a column is missing.
    """
    table, numbers = user_table.read(path, tuple(MATCH_COLUMNS), (GROUP_COLUMN,))
    result = []
    for row, number in enumerate(numbers):
        cell = {field: table[name][row] for name, field in MATCH_COLUMNS.items()}
        try:
            offset, overlap = int(cell["offset"]), int(cell["overlap"])
            p, evalue, q = float(cell["p"]), float(cell["evalue"]), float(cell["q"])
        except ValueError as error:
            raise FormatError(path, number, f"{str(error).split(': ')[-1]} is not a number; correct it") from None
        if not (0 <= p <= 1 and 0 <= q <= 1 and evalue >= 0) or math.isinf(evalue):
            raise FormatError(path, number, "p and q must lie between 0 and 1, and E must not be negative")
        if cell["orientation"] not in ("+", "-"):
            raise FormatError(
                path, number, f"the orientation '{cell['orientation'][:30]}' is neither + nor -; write + or -"
            )
        text = cell["query_consensus"], cell["target_consensus"], cell["orientation"]
        group = table[GROUP_COLUMN][row] if GROUP_COLUMN in table else ""
        result.append(Match(cell["query"], cell["target"], offset, p, evalue, q, overlap, *text, group))
    return result
