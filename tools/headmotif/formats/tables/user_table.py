"""Tables that people and spreadsheets write: one header line, cells between tabs, commas or semicolons, with quotes or
without.

The header decides the separator: the first of tab, comma and semicolon that makes its columns known. Names of columns
are compared without case, punctuation, numbering (`4)posTSS`) and units in parentheses. Empty lines, lines without any
cell filled in and lines that begin with # are ignored, but a line with # may be the header. A cell with a separator in
it stands in double quotes, and a quote in it is written twice (RFC 4180). A cell ends with its line.
"""

import csv
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ...errors import FormatError
from ..files import lines, read_text

SEPARATORS = {"\t": "tabs", ",": "commas", ";": "semicolons"}
"""Separators in the order in which they are tried, and the word for each."""


@dataclass(frozen=True)
class Table:
    """The content of a table.

    Attributes
    ----------
    names
        The names of the columns, as `simplify` writes them.
    header
        The names as written.
    line
        The line of the header, from 1.
    separator
        What separates cells.
    rows
        The line of each row and its cells, as many as there are names.
    """

    names: tuple[str, ...]
    header: tuple[str, ...]
    line: int
    separator: str
    rows: tuple[tuple[int, list[str]], ...]


def simplify(name: str) -> str:
    """Write the name of a column without what people write differently.

    Parameters
    ----------
    name
        The name, with or without #.

    Returns
    -------
    str
        Lower-case letters and digits.

    Examples
    --------
    >>> [simplify(name) for name in ("TSS position (nt)", "#Chrom", "4)posTSS", "Locus_tag")]
    ['tssposition', 'chrom', 'postss', 'locustag']
    """
    bare = re.sub(r"^\s*#?\s*\d+\)|\([^)]*\)|\[[^]]*\]", "", name.lower())
    return re.sub(r"[\W_]+", "", bare) or re.sub(r"[\W_]+", "", name.lower())


def split_cells(line: str, separator: str) -> list[str] | None:
    """Split a line into its cells.

    Parameters
    ----------
    line
        The line, without its end.
    separator
        What separates cells.

    Returns
    -------
    list of str
        The cells without quotes and without white space around them; None if a quote is not closed. Between tabs, it
        then is a letter like any other: `5" end`.

    Examples
    --------
    >>> split_cells('"ctg1",301,"nitrate, ""narG"" operon"', ",")
    ['ctg1', '301', 'nitrate, "narG" operon']
    """
    if '"' not in line:
        return [cell.strip() for cell in line.split(separator)]
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=separator, strict=True))]
    except csv.Error:
        return [cell.strip() for cell in line.split(separator)] if separator == "\t" else None


def find_header(line: str, knows: Callable[[Sequence[str]], bool]) -> tuple[str, list[str]] | None:
    """Find the separator of a header line.

    Parameters
    ----------
    line
        The line, with or without #.
    knows
        Whether names of columns, as `simplify` writes them, are those of the table sought.

    Returns
    -------
    tuple of str and list of str
        The separator and the names as written; None if the line is no such header.
    """
    bare = line.lstrip("#")
    for separator in SEPARATORS:
        cells = split_cells(bare, separator) if separator in line else None
        if cells and knows([simplify(cell) for cell in cells]):
            return separator, cells
    return None


def parse(text: str, path: str, knows: Callable[[Sequence[str]], bool]) -> Table:
    """Read a table.

    Parameters
    ----------
    text
        The content of the file.
    path
        The name of the file, for messages alone.
    knows
        Whether names of columns, as `simplify` writes them, are those of the table sought. A header that is not known
        is read too: with the separator that it has most of.

    Returns
    -------
    Table
        Its names and rows.

    Raises
    ------
    FormatError
        With the line, if a row has more or fewer cells than the header; also if there is no header.
    """
    every = [(number, line) for number, line in lines(text) if line.strip()]
    commented = [(number, found) for number, line in every if line[0] == "#" and (found := find_header(line, knows))]
    every = [(number, line) for number, line in every if line[0] != "#"]
    commented = [(number, found) for number, found in commented if not every or found[0] in every[0][1]]
    if every and (found := find_header(every[0][1], knows) or (None if commented else _guess(every[0][1]))):
        start = every.pop(0)[0]
    elif commented:
        start, found = commented[-1]
    else:
        raise FormatError(path, None, "this table is empty; its first line must name the columns")
    separator, names = found
    while names and not names[-1]:  # a spreadsheet writes empty columns too
        names.pop()
    rows = [(number, _read_row(line, separator, len(names), path, number)) for number, line in every]
    filled = tuple((number, cells) for number, cells in rows if any(cells))
    return Table(tuple(map(simplify, names)), tuple(names), start, separator, filled)


def _guess(line: str) -> tuple[str, list[str]]:
    separator = "\t" if "\t" in line else max(SEPARATORS, key=line.count)
    return separator, split_cells(line, separator) or line.split(separator)


def _read_row(line: str, separator: str, columns: int, path: str, number: int) -> list[str]:
    """The cells of a row, as many as there are columns."""
    cells = split_cells(line, separator)
    if cells is None:
        problem = 'a " is not closed in this line; write a cell in one line, and a " in it twice'
        raise FormatError(path, number, problem)
    if any(cells) and (len(cells) < columns or any(cells[columns:])):
        row_names = "; if R wrote it, leave out its row names" if len(cells) == columns + 1 else ""
        problem = f"{len(cells)} cells, but the header names {columns}; separate cells by {SEPARATORS[separator]}"
        raise FormatError(path, number, problem + row_names)
    return cells[:columns]


def read(path: str, needed: Sequence[str], optional: Sequence[str] = ()) -> tuple[dict[str, list[str]], list[int]]:
    """Read the columns that a user's table must or may have.

    Parameters
    ----------
    path
        The file; "-" is standard input.
    needed
        Names of columns that must be there.
    optional
        Names of columns that may be there.

    Returns
    -------
    columns
        The cells of each column that is there, by the name asked for; other columns are ignored.
    numbers
        The line of each row, from 1.

    Raises
    ------
    FormatError
        With the line, if the table is malformed, lacks a column, or has one twice.
    """
    asked = {simplify(name): name for name in (*needed, *optional)}

    def knows(names: Sequence[str]) -> bool:
        return all(simplify(name) in names for name in needed)

    table = parse(read_text(path), path, knows)
    for name in needed:
        if simplify(name) not in table.names:
            raise FormatError(path, table.line, f"there is no column {name}; {_explain_header(table, needed)}")
    place: dict[str, int] = {}
    for index, name in enumerate(table.names):
        if name in asked and asked[name] in place:
            problem = f"column '{asked[name]}' is named twice; give each column its own name"
            raise FormatError(path, table.line, problem)
        if name in asked:
            place[asked[name]] = index
    columns = {name: [cells[index] for _, cells in table.rows] for name, index in place.items()}
    return columns, [number for number, _ in table.rows]


def _explain_header(table: Table, needed: Sequence[str]) -> str:
    """What the first line names, and what it must name."""
    named = ", ".join(f"'{name[:20]}'" for name in table.header[:6])
    wanted = f"{', '.join(needed[:-1])} and {needed[-1]}" if len(needed) > 1 else needed[0]
    return f"this line names {named}, and must name the columns {wanted}, separated by tabs, commas or semicolons"
