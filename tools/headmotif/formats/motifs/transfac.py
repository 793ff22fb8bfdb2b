"""Flat files of TRANSFAC, as TRANSFAC, PRODORIC and RSAT write them.

    AC  M00001                  accession; ID  identifier; NA  name; DE  description
    XX                          a separator
    P0      A     C     G     T
    01      1     2     2     0     S       a number, four counts in the order of P0, perhaps a consensus letter
    //                          ends a record

Counts or probabilities. The number of sites is the largest sum of a position, or unknown if all sums are 1. The name of
the motif is ID, else AC, else NA. Its alternative name is NA, else RSAT's "CC  ac:", else DE.

Without // a record ends where the next begins: at AC or ID behind a matrix, at a second AC or ID, and at the DE or NA
before a second P0. A matrix ends at the first line that is no row. Rows are numbered from 0 or 1 without a gap. Lines
of other keys are not read; lines that have no key are left out.
"""

import re
from collections.abc import Iterator, Sequence

import numpy as np

from ...data import Motif
from ...errors import FormatError
from ...notices import LeftOut, warn
from ..files import lines
from ..output_files import write_text
from . import titled
from .counts import count, explain_lack, is_number, settle

Row = tuple[int, str]

_HEADER = ("P0", "PO")
_KEYED = re.compile(r"([A-Z][A-Z0-9](\s|$)|\d+\s|//|#)", re.ASCII)
"""What a line of the format begins with: a key of two letters, or the number of a row."""


def read(text: str, path: str) -> list[Motif]:
    """Read the motifs of a TRANSFAC file; see `parse` for those that are skipped.

    Parameters
    ----------
    text
        The content of the file.
    path
        The name of the file, for messages alone.

    Returns
    -------
    list of Motif
        The motifs, in order.

    Raises
    ------
    FormatError
        As `parse`.
    """
    return parse(text, path)[0]


def parse(text: str, path: str) -> tuple[list[Motif], list[tuple[str, str]]]:
    """Read the motifs of a TRANSFAC file.

    Parameters
    ----------
    text
        The content of the file.
    path
        The name of the file, for messages alone.

    Returns
    -------
    motifs
        The motifs, in order.
    skipped
        Name and reason of each motif without counts.

    Raises
    ------
    FormatError
        With the line, if one is malformed; also if there is no motif.
    """
    motifs, skipped = [], []
    for record in _records(text, path):
        number = record[0][0]
        fields = _fields(record)
        name = (fields.get("ID") or fields.get("AC") or fields.get("NA") or "").replace(" ", "_")
        if not name and not any(_key(line) in _HEADER for _, line in record):
            continue  # the file's own header (VV)
        if not name:
            raise FormatError(path, number, "this motif has no name; give it a line ID or AC")
        counts = _counts(record, path, name)
        if why := explain_lack(counts):
            skipped.append((name, why))
        else:
            alt = fields.get("NA") or fields.get("CC ac") or fields.get("DE") or ""
            motifs.append(Motif.from_counts(name, "" if alt == name else alt, counts))
    if not motifs and not skipped:
        raise FormatError(path, None, "this file has no motifs; a TRANSFAC motif has lines AC or ID, P0 and //")
    return motifs, skipped


def has_key(line: str) -> bool:
    """Test whether a line begins as the lines of TRANSFAC do.

    Parameters
    ----------
    line
        The line, without white space around it.

    Returns
    -------
    bool
        Whether it has a key of two letters, the number of a row, or //.
    """
    return _KEYED.match(line) is not None


def _key(line: str) -> str:
    return line.split()[0].upper()


def _records(text: str, path: str) -> Iterator[list[Row]]:
    """The records; a last one without // is told if the others have it."""
    left_out = LeftOut(path, "lines")
    chunk: list[Row] = []
    are_closed = False
    for number, line in lines(text):
        line = line.strip()
        if line.startswith("//"):
            are_closed = True
            yield from _split(chunk)
            chunk = []
        elif line and not line.startswith("#"):
            if not has_key(line):
                left_out.add("not in the format of TRANSFAC", number)
            chunk.append((number, line))
    left_out.warn()
    yield from _split(chunk)
    if are_closed and any(_key(line) != "XX" for _, line in chunk):
        warn(path, "the last motif does not end with //; the file may be truncated", chunk[-1][0])


def _split(chunk: list[Row]) -> Iterator[list[Row]]:
    """The records between two lines //, each from the line that begins it."""
    start, seen, has_matrix, title = 0, set[str](), False, None
    for at, (_, line) in enumerate(chunk):
        key = _key(line)
        if key in ("DE", "NA") and has_matrix and title is None:
            title = at
        begins = at if key in ("AC", "ID") and (has_matrix or key in seen) else None
        if key in _HEADER and has_matrix:
            begins = at if title is None else title
        if begins is not None:
            yield chunk[start:begins]
            start, seen, has_matrix, title = begins, set(), False, None
        seen.add(key)
        has_matrix |= key in _HEADER
    if any(_key(line) != "XX" for _, line in chunk[start:]):
        yield chunk[start:]


def _fields(record: list[tuple[int, str]]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for _, line in record:
        key, _, value = line.replace("\t", " ").partition(" ")
        if key.upper() == "CC" and value.strip().startswith("ac:"):
            key, value = "CC ac", value.strip()[3:]
        fields.setdefault(key if key == "CC ac" else key.upper(), " ".join(value.split()))
    return fields


def _counts(record: list[Row], path: str, name: str) -> np.ndarray:
    """Counts (width, 4), columns A C G T; no rows if there is no matrix."""
    order: list[int] | None = None
    end = 0
    rows: list[Row] = []
    for number, line in record:
        words = line.split()
        if _key(line) in _HEADER:
            order = _order(words, number, path, name)
        elif not _is_numbered(words):
            end = number if rows else 0
        elif order is None or end:
            if len(words) in (5, 6) and all(map(is_number, words[1:5])):
                why = f"stands after the end of its matrix in line {end}" if end else "stands before a line P0"
                raise FormatError(
                    path,
                    number,
                    f"this row of motif {name} {why}; begin each motif with AC or ID, then P0",
                )
        else:
            _check_number(rows, (number, line), path, name)
            rows.append((number, line))
    counts = [_row(line.split(), number, path, name) for number, line in rows]
    matrix = np.array(counts).reshape(-1, 4)[:, order or [0, 1, 2, 3]]
    return settle(matrix, [number for number, _ in rows], path, name)


def _is_numbered(words: list[str]) -> bool:
    return words[0].isascii() and words[0].isdecimal()


def _order(words: list[str], number: int, path: str, name: str) -> list[int]:
    """Where A, C, G and T stand in the rows."""
    letters = "".join(words[1:5]).upper().replace("U", "T")
    if sorted(letters) != list("ACGT"):
        raise FormatError(
            path, number, f"the columns of motif {name} are {letters[:30] or 'not named'}; they must be A, C, G and T"
        )
    return [letters.index(letter) for letter in "ACGT"]


def _check_number(rows: list[Row], row: Row, path: str, name: str) -> None:
    """Refuse a row whose number does not follow that of the row before."""
    own = int(row[1].split()[0][:18])
    if not rows:
        if own > 1:
            raise FormatError(path, row[0], f"the first row of motif {name} has the number {own}; rows are missing")
        return
    last = int(rows[-1][1].split()[0][:18])
    if own <= 1 and own != last + 1:
        raise FormatError(
            path, row[0], f"row {own} begins another matrix in motif {name}; begin each motif with AC or ID, and P0"
        )
    if own != last + 1:
        raise FormatError(
            path, row[0], f"row {own} of motif {name} follows row {last}; rows are missing, doubled or out of order"
        )


def _row(words: list[str], number: int, path: str, name: str) -> list[float]:
    if len(words) not in (5, 6):
        raise FormatError(path, number, f"this row of motif {name} has {len(words) - 1} entries instead of 4 counts")
    return [count(word, number, path) for word in words[1:5]]


def write(path: str, motifs: Sequence[Motif]) -> None:
    """Write motifs as counts, or as probabilities if the number of sites is unknown.

    White space in a name becomes _.

    Parameters
    ----------
    path
        The file; "-" is standard output.
    motifs
        The motifs, in order.
    """
    out = []
    for motif in motifs:
        name = titled.format_name(motif)
        out += [f"AC  {name}", "XX", f"ID  {name}", "XX"]
        if motif.alt.strip():
            out += [f"NA  {' '.join(motif.alt.split())}", "XX"]
        out.append("P0\tA\tC\tG\tT")
        counts = motif.counts
        out += [
            "\t".join([f"{i:02d}", *(f"{value:.10g}" for value in row)]) for i, row in enumerate(counts.tolist(), 1)
        ]
        out += ["XX", "//"]
    write_text(path, "".join(line + "\n" for line in out))
