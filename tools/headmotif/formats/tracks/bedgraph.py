"""bedGraph: contig, start, end, value, tab-separated; 0-based, half-open
(https://genome.ucsc.edu/goldenPath/help/bedgraph.html).

Written: runs of one value as one line, values as `%.4g`, no line where there is no value, no track line. Values that
were rounded to four digits (`steps.calling.rounding.round_digits`) are read back bit by bit. Read: also spaces for
tabs, further columns (ignored), lines in any order; a base has one value at most. Lines that begin with track, browser
or # are skipped.

Five million lines are the usual size. So lines are read a block at a time, by columns. Only a block with something
unusual is read line by line, to find the line with an error.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from ...data import Contigs
from ...errors import FormatError
from ..contig_names import ContigNames
from ..files import read_bytes
from ..output_files import open_for_writing
from ..whole_numbers import is_whole
from . import spans
from .spans import BLOCK, LARGEST, SKIPPED, Columns

ROWS = 1 << 18
"""Lines written at a time."""


def write(path: str, contigs: Contigs, values: np.ndarray) -> None:
    """Write the values of one strand.

    Parameters
    ----------
    path
        The file; "-" is standard output.
    contigs
        The contigs of the genome, N nucleotides together.
    values
        float32 (N,), contigs end to end, by + coordinates, NaN if there is no value.

    Raises
    ------
    ValueError
        If the values are not N.
    """
    if len(values) != contigs.total:
        raise ValueError("the values do not fit the contigs")
    first = 0
    with open_for_writing(path) as stream:
        for contig in contigs:
            own = values[first : first + contig.length]
            start = np.flatnonzero(
                np.concatenate([[True], own[1:] != own[:-1]])
            )  # NaN differs from NaN: each alone, and left out below
            end = np.append(start[1:], len(own))
            kept = ~np.isnan(own[start])
            start, end = start[kept], end[kept]
            for row in range(0, len(start), ROWS):
                part = slice(row, row + ROWS)
                stream.write(_text(contig.name, start[part], end[part], own[start[part]]).encode())
            first += contig.length


def _text(name: str, start: np.ndarray, end: np.ndarray, value: np.ndarray) -> str:
    columns = zip(start.tolist(), end.tolist(), value.tolist(), strict=True)
    return "".join([f"{name}\t{first}\t{last}\t{number:.4g}\n" for first, last, number in columns])


def read(path: str, contigs: Contigs) -> np.ndarray:
    """Read the values of one strand.

    Parameters
    ----------
    path
        The file, gzip or plain; "-" is standard input.
    contigs
        The contigs of the genome, N nucleotides together.

    Returns
    -------
    numpy.ndarray
        float32 (N,), contigs end to end, by + coordinates, NaN if there is no value.

    Raises
    ------
    FormatError
        With the line, if it is malformed, of another genome, or repeats a base.
    """
    return parse(read_bytes(path), path, contigs)


def parse(raw: bytes, path: str, contigs: Contigs) -> np.ndarray:
    """Read the values of one strand from the content of a file.

    Parameters
    ----------
    raw
        The decompressed content.
    path
        The name of the file, for messages alone.
    contigs
        The contigs of the genome, N nucleotides together.

    Returns
    -------
    numpy.ndarray
        float32 (N,), contigs end to end, by + coordinates, NaN if there is no value.

    Raises
    ------
    FormatError
        With the line, if it is malformed, of another genome, or repeats a base.
    """
    raw = spans.clean(raw, path)
    names = ContigNames(contigs, path, "lines")
    parts = [
        _parse_quickly(block, number, contigs, names) or _parse_slowly(block, number, contigs, path, names)
        for block, number in spans.split_blocks(raw, BLOCK)
    ]
    names.conclude()
    return spans.fill(parts, contigs, path)


def _parse_quickly(block: bytes, number: int, contigs: Contigs, names: ContigNames) -> Columns | None:
    """The columns of a block in which every line has four plain ones; None for any other block."""
    cells = block.replace(b"\n", b"\t\n\t").split(b"\t")
    cells.pop()
    if len(cells) % 5 or set(cells[4::5]) != {b"\n"}:
        return None
    try:
        start, end = np.array(list(map(int, cells[1::5])), np.int64), np.array(list(map(int, cells[2::5])), np.int64)
        value = np.array(list(map(float, cells[3::5])), np.float64)
    except (ValueError, OverflowError):
        return None
    odd = any(
        b"_" in text or b" " in text for text in (b"".join(cells[column::5]) for column in (1, 2, 3))
    )  # int() would take these
    if odd or (start < 0).any() or (end <= start).any() or not (np.isnan(value) | (np.abs(value) < LARGEST)).all():
        return None
    contig = _find_contigs(cells[0::5], number, names)
    known = np.flatnonzero(contig >= 0)
    contig, start, end = contig[known], start[known], end[known]
    if (end > contigs.lengths[contig]).any():
        return None
    return contig, start, end, value[known].astype(np.float32), number + known


def _find_contigs(cells: Sequence[bytes], number: int, names: ContigNames) -> np.ndarray:
    """The index of the contig of each row, int64, -1 where the genome does not have it; `number` is the first line."""
    place: dict[bytes, int] = {}
    for name, count in Counter(cells).items():
        index = names.find(name.decode("utf-8", "replace"), number + cells.index(name), count)
        place[name] = -1 if index is None else index
    return np.array([place[name] for name in cells], np.int64)


def _parse_slowly(block: bytes, number: int, contigs: Contigs, path: str, names: ContigNames) -> Columns:
    """The same line by line, with skipped lines and error messages."""
    rows = []
    for line, text in enumerate(block.split(b"\n")[:-1], number):
        if text.strip() and not text.startswith(SKIPPED):
            row = _row(text.decode("utf-8", "replace"), path, line, names, contigs)
            rows += [] if row is None else [(*row, line)]
    columns = list(zip(*rows, strict=True)) if rows else [()] * 5
    contig, start, end, lines = (np.array(columns[i], np.int64) for i in (0, 1, 2, 4))
    return contig, start, end, np.array(columns[3], np.float64).astype(np.float32), lines


def _row(text: str, path: str, line: int, names: ContigNames, contigs: Contigs) -> tuple[int, int, int, float] | None:
    """Index of the contig, start, end and value of a line; None where the genome does not have the contig."""
    fields = text.split()
    if len(fields) < 4:
        problem = f"{len(fields)} column{'s' if len(fields) > 1 else ''}; bedGraph needs contig, start, end and value"
        raise FormatError(path, line, problem)
    name, first, last, number = fields[:4]
    if not (is_whole(first) and is_whole(last)):
        raise FormatError(
            path, line, f"start and end must be whole numbers from 0, not '{first[:20]}' and '{last[:20]}'"
        )
    start, end = int(first), int(last)
    if end <= start:
        raise FormatError(
            path, line, f"the end ({end}) is not after the start ({start}); bedGraph is 0-based, half-open"
        )
    value = spans.parse_value(number, path, line)
    if (contig := names.find(name, line)) is None:
        return None
    if end > (length := contigs[contig].length):
        same = "use the track of this version of the genome"
        raise FormatError(path, line, f"the end ({end:,}) lies beyond '{name}', which has {length:,} nt; {same}")
    return contig, start, end, value
