"""Values of stretches of bases, as text formats give them, and the value of every base that they make."""

import math
from collections.abc import Iterator, Sequence

import numpy as np

from ...data import Contigs
from ...errors import FormatError
from ...notices import LeftOut
from ..files import warn_if_cut

BLOCK = 1 << 23
"""Bytes read at a time."""
LARGEST = float(np.finfo(np.float32).max)
MISSING = ("nan", "na", "n/a")
"""How programs write that a stretch has no value."""
SKIPPED = (b"#", b"track ", b"track\t", b"browser ", b"browser\t")
"""How lines begin that are about the display alone."""
Columns = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""Index of the contig, start and end (0-based, half-open), value, and line."""


def clean(raw: bytes, path: str) -> bytes:
    """Take away a byte order mark and carriage returns.

    Parameters
    ----------
    raw
        The decompressed content.
    path
        The name of the file, for messages alone.

    Returns
    -------
    bytes
        The content with line ends that are line feeds.

    Raises
    ------
    FormatError
        If the content is not text.
    """
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    if b"\0" in raw[:4096]:
        raise FormatError(path, None, "this is a binary file; give a bedGraph, a wig or a bigWig")
    warn_if_cut(raw, path)
    return raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in raw else raw


def split_blocks(raw: bytes, size: int) -> Iterator[tuple[bytes, int]]:
    """Split a text into blocks of whole lines.

    Parameters
    ----------
    raw
        The text.
    size
        Bytes of a block, about.

    Yields
    ------
    tuple
        A block, which ends in a line end, and the number of its first line, from 1.
    """
    place, number = 0, 1
    while place < len(raw):
        end = raw.find(b"\n", place + size) + 1 or len(raw)
        block = raw[place:end]
        yield block if block.endswith(b"\n") else block + b"\n", number
        place, number = end, number + block.count(b"\n")


def parse_value(text: str, path: str, line: int) -> float:
    """Read a value.

    Parameters
    ----------
    text
        The value as written.
    path
        The name of the file, for messages.
    line
        The line, from 1, for messages.

    Returns
    -------
    float
        The value; NaN where the text says that there is none.

    Raises
    ------
    FormatError
        If it is neither a finite number nor a missing value.
    """
    if text.lower() in MISSING:
        return math.nan
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if "_" in text or not abs(value) < LARGEST:
        problem = f"the value '{text[:20]}' is not a finite number; leave out bases without a value"
        raise FormatError(path, line, problem)
    return value


def fill(parts: Sequence[Columns], contigs: Contigs, path: str) -> np.ndarray:
    """Give every base the value of its stretch.

    Parameters
    ----------
    parts
        Columns of the stretches, in any order.
    contigs
        The contigs of the genome, N nucleotides together.
    path
        The name of the file, for messages.

    Returns
    -------
    numpy.ndarray
        float32 (N,), contigs end to end, by + coordinates, NaN if there is no value.

    Raises
    ------
    FormatError
        If there is no value, or, with the line, if a base has two.
    """
    empty = (np.zeros(0, np.int64),) * 3 + (np.zeros(0, np.float32), np.zeros(0, np.int64))
    contig, start, end, value, line = (np.concatenate(column) for column in zip(empty, *parts, strict=True))
    missing = np.flatnonzero(np.isnan(value))
    if len(missing) == len(value):
        raise FormatError(path, None, "this track has no values; give a bedGraph, a wig or a bigWig with values")
    offset = contigs.start
    start, end = start + offset[contig], end + offset[contig]
    _refuse_overlap(start, end, line, path)
    result = np.full(offset[-1], np.nan, np.float32)
    length = end - start
    result[np.repeat(start - np.cumsum(length) + length, length) + np.arange(length.sum())] = np.repeat(value, length)
    left_out = LeftOut(path, "lines")
    if len(missing):
        left_out.add("their value is NaN or NA, which is no value", int(line[missing].min()), len(missing))
    left_out.warn()
    return result


def _refuse_overlap(start: np.ndarray, end: np.ndarray, line: np.ndarray, path: str) -> None:
    """If two lines give a value to the same base, the error names the later one."""
    order = np.argsort(start, kind="stable")
    over = np.flatnonzero(start[order][1:] < end[order][:-1])
    if len(over):
        pairs = np.sort(np.stack([line[order][over], line[order][over + 1]]), axis=0)
        first = int(pairs[1].argmin())
        problem = f"this line and line {pairs[0, first]} give values to the same base; give each base one value"
        raise FormatError(path, int(pairs[1, first]), problem)
