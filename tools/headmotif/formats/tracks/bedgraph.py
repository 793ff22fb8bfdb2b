"""bedGraph: contig, start, end, value, tab-separated; 0-based, half-open
(https://genome.ucsc.edu/goldenPath/help/bedgraph.html).

Written: runs of one value as one line, values as `%.4g`, no line where there is no value, no track line. Values that
were rounded to four digits (`steps.calling.rounding.round_digits`) are read back bit by bit. Read: also spaces for
tabs, further columns (ignored), lines in any order; a base has one value at most. Lines that begin with track, browser
or # are skipped.

Five million lines are the usual size. So lines are read a block at a time, by columns. Only a block with something
unusual is read line by line, to find the line with an error.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from ...data import Contigs
from ...errors import FormatError
from ..contig_names import ContigNames
from ..files import open_for_writing, read_bytes

ROWS = 1 << 18
"""Lines written at a time."""
BLOCK = 1 << 23
"""Bytes read at a time."""
LARGEST = float(np.finfo(np.float32).max)
SKIPPED = (b"#", b"track ", b"track\t", b"browser ", b"browser\t")
Columns = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""Index of the contig, start, end, value, line."""


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
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    if b"\0" in raw[:4096]:
        raise FormatError(path, None, "this is a binary file; give a bedGraph or a bigWig")
    if b"\r" in raw:
        raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    names = ContigNames(contigs, path, "lines")
    parts = [
        _parse_quickly(block, number, contigs, names) or _parse_slowly(block, number, contigs, path, names)
        for block, number in _blocks(raw)
    ]
    names.conclude()
    empty = (np.zeros(0, np.int64),) * 3 + (np.zeros(0, np.float32), np.zeros(0, np.int64))
    contig, start, end, value, line = (np.concatenate(column) for column in zip(empty, *parts, strict=True))
    if not len(contig):
        raise FormatError(path, None, "this bedGraph has no values; give lines with contig, start, end and value")
    offset = contigs.start
    start, end = start + offset[contig], end + offset[contig]
    _refuse_overlap(start, end, line, path)
    result = np.full(offset[-1], np.nan, np.float32)
    length = end - start
    result[np.repeat(start - np.cumsum(length) + length, length) + np.arange(length.sum())] = np.repeat(value, length)
    return result


def _blocks(raw: bytes) -> Iterator[tuple[bytes, int]]:
    """Whole lines, about BLOCK bytes at a time, each block ending in a line end; and the number of its first line."""
    place, number = 0, 1
    while place < len(raw):
        end = raw.find(b"\n", place + BLOCK) + 1 or len(raw)
        block = raw[place:end]
        yield block if block.endswith(b"\n") else block + b"\n", number
        place, number = end, number + block.count(b"\n")


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
    if odd or (start < 0).any() or (end <= start).any() or not (np.abs(value) < LARGEST).all():
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
    if not all(cell.isascii() and cell.isdigit() and len(cell) < 16 for cell in (first, last)):
        raise FormatError(
            path, line, f"start and end must be whole numbers from 0, not '{first[:20]}' and '{last[:20]}'"
        )
    start, end = int(first), int(last)
    if end <= start:
        raise FormatError(
            path, line, f"the end ({end}) is not after the start ({start}); bedGraph is 0-based, half-open"
        )
    value = _number(number, path, line)
    if (contig := names.find(name, line)) is None:
        return None
    if end > (length := contigs[contig].length):
        same = "use the track of this version of the genome"
        raise FormatError(path, line, f"the end ({end:,}) lies beyond '{name}', which has {length:,} nt; {same}")
    return contig, start, end, value


def _number(text: str, path: str, line: int) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if "_" in text or not abs(value) < LARGEST:
        raise FormatError(
            path, line, f"the value '{text[:20]}' is not a finite number; leave out bases without a value"
        )
    return value


def _refuse_overlap(start: np.ndarray, end: np.ndarray, line: np.ndarray, path: str) -> None:
    """If two lines give a value to the same base, the error names the later one."""
    order = np.argsort(start, kind="stable")
    over = np.flatnonzero(start[order][1:] < end[order][:-1])
    if len(over):
        pairs = np.sort(np.stack([line[order][over], line[order][over + 1]]), axis=0)
        first = int(pairs[1].argmin())
        problem = f"this line and line {pairs[0, first]} give values to the same base; give each base one value"
        raise FormatError(path, int(pairs[1, first]), problem)
