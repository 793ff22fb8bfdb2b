"""Spreadsheets of Excel: tables, one a sheet (https://ecma-international.org/publications-and-standards/standards/ecma-376/).

The first row has the names of the columns, in bold, and stays in view. Text is never a formula, a date or an error
value: a cell "=1+1", "1-Mar" or "#N/A" is this text. NaN and None are empty cells, and infinities are text. Every date
in the file is that of GenBank's records without one, 1980-01-01, so that the same tables have the same bytes.
"""

import io
import math
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from numbers import Integral
from typing import TYPE_CHECKING, Any

from ...errors import InputError
from ..output_files import open_for_writing, refuse_terminal

if TYPE_CHECKING:
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

MOST_ROWS, MOST_LETTERS = 1_048_576, 32_767
"""What a sheet and a cell hold."""
WIDE = 100
"""The width, in letters, of a column of long text, which is wrapped."""
SAMPLE = 1000
"""Number of rows from which the width of a column is taken."""
NEVER = (1980, 1, 1)
MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")
"""What XML cannot hold, with line ends and tabs, which a table has no use for."""
Table = Mapping[str, Sequence[object]]
"""Columns of equal length by name."""
Cell = str | int | float | None
"""What a cell holds."""


def write(path: str, sheets: Mapping[str, Table], title: str) -> None:
    """Write tables as the sheets of one file.

    Parameters
    ----------
    path
        The file; "-" is standard output.
    sheets
        The tables by the name of the sheet, of at most 31 letters. Cells are text, numbers or None.
    title
        The title in the file's properties.

    Raises
    ------
    InputError
        If a table has more rows than a sheet holds, or a text more letters than a cell holds.
    """
    from openpyxl import Workbook

    refuse_terminal(path)
    refuse_too_many_rows(path, sheets)
    cells = {name: {column: list(map(_plain, table[column])) for column in table} for name, table in sheets.items()}
    _refuse_long_text(path, cells)
    book = Workbook(write_only=True)
    book.properties.creator, book.properties.title = "headmotif", title
    book.properties.created = datetime(*NEVER)
    for name, columns in cells.items():
        _fill_sheet(book.create_sheet(name), columns)
    raw = io.BytesIO()
    book.save(raw)
    with open_for_writing(path) as stream:
        stream.write(_fix_dates(raw.getvalue()))


def refuse_too_many_rows(path: str, sheets: Mapping[str, Table]) -> None:
    """Refuse a table that a sheet cannot hold.

    Parameters
    ----------
    path
        The file, for the message alone.
    sheets
        The tables by the name of the sheet.

    Raises
    ------
    InputError
        If there is one.
    """
    for name, table in sheets.items():
        rows = max((len(column) for column in table.values()), default=0) + 1
        if rows > MOST_ROWS:
            problem = f"the sheet {name} would have {rows:,} rows, but a sheet holds {MOST_ROWS:,}"
            raise InputError(f"{path}: {problem}; write the table as TSV, or fewer rows")


def _refuse_long_text(path: str, cells: Mapping[str, Mapping[str, Sequence[Cell]]]) -> None:
    for name, columns in cells.items():
        for values in columns.values():
            longest = max((len(value) for value in values if isinstance(value, str)), default=0)
            if longest > MOST_LETTERS:
                problem = (
                    f"the sheet {name} would have a text of {longest:,} letters, but a cell holds {MOST_LETTERS:,}"
                )
                raise InputError(f"{path}: {problem}; shorten it, or write the table as TSV")


def _fill_sheet(sheet: "WriteOnlyWorksheet", columns: Mapping[str, Sequence[Cell]]) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    def make_cell(value: Cell) -> Any:
        """The value as it is, or a cell where openpyxl would take a text for a formula or an error value."""
        if not isinstance(value, str) or (value[:1] not in ("=", "#") and len(value) <= WIDE):
            return value
        cell = WriteOnlyCell(sheet, value)
        cell.data_type = "s"
        cell.quotePrefix = value.startswith("=")  # so that it stays text when somebody edits it
        if len(value) > WIDE:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        return cell

    for number, (column, values) in enumerate(columns.items(), 1):
        longest = max(len(str(value)) for value in [column, *values[:SAMPLE]])
        sheet.column_dimensions[get_column_letter(number)].width = min(longest, WIDE) + 2
    sheet.freeze_panes = "A2"
    head = [WriteOnlyCell(sheet, column) for column in columns]
    for cell in head:
        cell.font, cell.data_type = Font(bold=True), "s"
    sheet.append(head)
    for row in zip(*columns.values(), strict=True):
        sheet.append([make_cell(value) for value in row])


def _plain(value: object) -> Cell:
    """A value as a cell holds it.

    >>> _plain(float("nan")), _plain(float("inf")), _plain("a\\tb"), _plain("")
    (None, 'inf', 'a b', None)
    """
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return CONTROLS.sub(" ", value)
    if isinstance(value, Integral):
        return int(value)
    number = float(value)  # type: ignore[arg-type]  # a number of NumPy
    if math.isnan(number):
        return None
    return str(number) if math.isinf(number) else number


def _fix_dates(raw: bytes) -> bytes:
    """The same file with one date in its properties and at each of its parts."""
    fixed = io.BytesIO()
    with zipfile.ZipFile(fixed, "w") as target:
        for name, part in _parts(raw):
            if name == "docProps/core.xml":
                part = MODIFIED.sub(rb"\g<1>%d-%02d-%02dT00:00:00Z" % NEVER, part)
            about = zipfile.ZipInfo(name, (*NEVER, 0, 0, 0))
            about.create_system = 3  # the same on every system
            target.writestr(about, part, zipfile.ZIP_DEFLATED)
    return fixed.getvalue()


def _parts(raw: bytes) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(raw)) as source:
        for name in sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            yield name, source.read(name)
