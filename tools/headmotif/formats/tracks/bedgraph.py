"""bedGraph: contig, start, end, value, separated by tabs; 0-based, half-open
(https://genome.ucsc.edu/goldenPath/help/bedgraph.html).

Written: runs of one value as one line, values as `%.4g`, nothing where there is no value, no track line. Values that
were rounded to four digits (`steps.calling.rounding.rounded`) come back to the bit. Read: spaces for tabs too, columns
beyond the fourth ignored, lines that begin with track, browser or # skipped, in any order of lines; a base has one
value at most.

Five million lines are the usual size, so that lines are read a block at a time, by columns; only a block with anything
unusual in it is read line by line, and there the line at fault is found.
"""

import math
from collections.abc import Iterator

import numpy as np

from ...data import Contigs
from ...errors import FormatError
from ..contig_names import not_in_genome
from ..files import read_bytes, writing

ROWS = 1 << 18
"""Lines written at a time."""
BLOCK = 1 << 23
"""Bytes read at a time."""
LARGEST = float(np.finfo(np.float32).max)
SKIPPED = (b"#", b"track ", b"track\t", b"browser ", b"browser\t")
Columns = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""Index of the contig, start, end, value, line."""


def write(path: str, contigs: Contigs, values: np.ndarray) -> None:
    """Values float32 (N,), contigs end to end by + coordinates, NaN where there is none."""
    if len(values) != contigs.total:
        raise ValueError("the values do not fit the contigs")
    first = 0
    with writing(path) as stream:
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
    """Values float32 (N,) of a file, gzip or plain, or of standard input; NaN where it has none.

    Raises FormatError, with the line, where it is malformed, of another genome, or has two values for one base.
    """
    return parse(read_bytes(path), path, contigs)


def parse(raw: bytes, path: str, contigs: Contigs) -> np.ndarray:
    """The same of a file's decompressed bytes."""
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    if b"\0" in raw[:4096]:
        raise FormatError(path, None, "this is a binary file where a bedGraph was expected")
    if b"\r" in raw:
        raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    parts = [_quick(block, number, contigs) or _slow(block, number, contigs, path) for block, number in _blocks(raw)]
    empty = (np.zeros(0, np.int64),) * 3 + (np.zeros(0, np.float32), np.zeros(0, np.int64))
    contig, start, end, value, line = (np.concatenate(column) for column in zip(empty, *parts, strict=True))
    if not len(contig):
        raise FormatError(
            path, None, "this bedGraph holds no value; lines with contig, start, end and value are needed"
        )
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


def _quick(block: bytes, number: int, contigs: Contigs) -> Columns | None:
    """The columns of a block whose every line has four, none of them in doubt; None where that is not so."""
    cells = block.replace(b"\n", b"\t\n\t").split(b"\t")
    cells.pop()
    if len(cells) % 5 or set(cells[4::5]) != {b"\n"}:
        return None
    place = {c.name.encode(): index for index, c in enumerate(contigs)}
    try:
        contig = np.array([place[name] for name in cells[0::5]], np.int64)
        start, end = np.array(list(map(int, cells[1::5])), np.int64), np.array(list(map(int, cells[2::5])), np.int64)
        value = np.array(list(map(float, cells[3::5])), np.float64)
    except (KeyError, ValueError, OverflowError):
        return None
    length = contigs.lengths[contig]
    odd = any(
        b"_" in text or b" " in text for text in (b"".join(cells[column::5]) for column in (1, 2, 3))
    )  # int() would take these
    if odd or (start < 0).any() or (end <= start).any() or (end > length).any() or not (np.abs(value) < LARGEST).all():
        return None
    return contig, start, end, value.astype(np.float32), np.arange(number, number + len(contig))


def _slow(block: bytes, number: int, contigs: Contigs, path: str) -> Columns:
    """The same line by line, with what is skipped and what is wrong."""
    place = contigs.index_of
    rows = []
    for line, text in enumerate(block.split(b"\n")[:-1], number):
        if text.strip() and not text.startswith(SKIPPED):
            rows.append((*_row(text.decode("utf-8", "replace"), path, line, place, contigs), line))
    columns = list(zip(*rows, strict=True)) if rows else [()] * 5
    contig, start, end, lines = (np.array(columns[i], np.int64) for i in (0, 1, 2, 4))
    return contig, start, end, np.array(columns[3], np.float64).astype(np.float32), lines


def _row(text: str, path: str, line: int, place: dict[str, int], contigs: Contigs) -> tuple[int, int, int, float]:
    fields = text.split()
    if len(fields) < 4:
        problem = (
            f"{len(fields)} column{'s' if len(fields) > 1 else ''}; a bedGraph is needed: contig, start, end, value"
        )
        raise FormatError(path, line, problem)
    name, first, last, number = fields[:4]
    if name not in place:
        raise FormatError(path, line, not_in_genome(name, list(place)))
    if not all(cell.isascii() and cell.isdigit() and len(cell) < 16 for cell in (first, last)):
        raise FormatError(
            path, line, f"start and end must be whole numbers from 0, not '{first[:20]}' and '{last[:20]}'"
        )
    start, end, contig = int(first), int(last), contigs[place[name]]
    if end <= start:
        raise FormatError(
            path, line, f"the end ({end}) is not behind the start ({start}); bedGraph is 0-based, half-open"
        )
    if end > contig.length:
        same = "take the track of this version of the genome"
        raise FormatError(path, line, f"the end ({end:,}) lies beyond '{name}', which has {contig.length:,} nt; {same}")
    return place[name], start, end, _number(number, path, line)


def _number(text: str, path: str, line: int) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if "_" in text or not abs(value) < LARGEST:
        raise FormatError(path, line, f"the value '{text[:20]}' is not a finite number; leave out bases that have none")
    return value


def _refuse_overlap(start: np.ndarray, end: np.ndarray, line: np.ndarray, path: str) -> None:
    """Of two lines that give the same base a value, the later one in the file is at fault."""
    order = np.argsort(start, kind="stable")
    over = np.flatnonzero(start[order][1:] < end[order][:-1])
    if len(over):
        pairs = np.sort(np.stack([line[order][over], line[order][over + 1]]), axis=0)
        first = int(pairs[1].argmin())
        problem = f"this line gives a value to a base that line {pairs[0, first]} gives one; a base has one value"
        raise FormatError(path, int(pairs[1, first]), problem)
