"""Read files: "-", gzip, text. `output_files` writes them.

"-" is standard input. gzip, also bgzip and several members, is recognised by its first bytes, never by the name.
"""

import codecs
import contextlib
import gzip
import hashlib
import io
import sys
import zlib
from collections.abc import Iterator
from typing import TextIO

from ..errors import FormatError, InputError
from ..notices import warn

GZIP = b"\x1f\x8b"
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")  # of a zip archive, as .xlsx is, and of .xls
_emptied: TextIO | None = None
"""The standard input, once it has been read."""
_piped = ""
"""SHA-256 of its content."""
_ahead: bytes | None = None
"""The content that `peek` has read ahead, and that is still to be read."""


def read_bytes(path: str) -> bytes:
    """Read the whole content of a file, decompressed if it is gzip.

    Parameters
    ----------
    path
        The file; "-" is standard input.

    Returns
    -------
    bytes
        The content.

    Raises
    ------
    InputError
        If the file cannot be opened, its gzip data are damaged, or standard input is read a second time.
    """
    with contextlib.nullcontext() if path == "-" else open_file(path) as stream:
        raw = stream.read() if stream else _standard_input()
    return gunzip(raw, path) if raw[:2] == GZIP else raw


def _standard_input() -> bytes:
    """Read standard input once; a second input of the name "-" would be empty."""
    global _emptied, _piped, _ahead
    if sys.stdin is _emptied and _ahead is not None:
        raw, _ahead = _ahead, None
        return raw
    if sys.stdin is _emptied:
        raise InputError("two inputs are -, but standard input holds only one; give the other as a file")
    raw = sys.stdin.buffer.read()
    _emptied, _piped = sys.stdin, hashlib.sha256(raw).hexdigest()
    return raw


def peek(path: str, size: int = 65_536) -> bytes:
    """Read the beginning of a file. The next reader of standard input still gets all of it.

    Parameters
    ----------
    path
        The file, plain or gzip; "-" is standard input.
    size
        The largest number of bytes.

    Returns
    -------
    bytes
        The first bytes, decompressed.

    Raises
    ------
    FormatError
        If the file cannot be opened, or its gzip data are damaged.
    """
    global _ahead
    if path == "-":
        _ahead = _standard_input()
        return (gunzip(_ahead, path) if _ahead[:2] == GZIP else _ahead)[:size]
    with open_file(path) as stream:
        if stream.peek(len(GZIP))[: len(GZIP)] != GZIP:
            return stream.read(size)
        try:
            return gzip.GzipFile(fileobj=stream).read(size)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            raise FormatError(path, None, "the gzip file is truncated or damaged; copy it again") from None


def digest(path: str) -> str:
    """Compute the SHA-256 of a file as it is stored, without decompression.

    Parameters
    ----------
    path
        The file; "-" for standard input, which must have been read before.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    if path == "-":
        return _piped
    with open_file(path) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextlib.contextmanager
def open_file(path: str) -> Iterator[io.BufferedReader]:
    """Open a file for reading, without decompression.

    Parameters
    ----------
    path
        The file.

    Yields
    ------
    io.BufferedReader
        The stream, closed at the end.

    Raises
    ------
    FormatError
        If there is no such file, or it is a folder, or it may not be read.
    """
    try:
        stream = open(path, "rb")  # noqa: SIM115 (closed below; only the opening is to be guarded)
    except FileNotFoundError:
        raise FormatError(path, None, "there is no such file") from None
    except IsADirectoryError:
        raise FormatError(path, None, "this is a folder; give a file") from None
    except PermissionError:
        raise FormatError(path, None, "there is no permission to read this file; check its permissions") from None
    with stream:
        yield stream


def gunzip(raw: bytes, path: str) -> bytes:
    """Decompress the content of a gzip file.

    Parameters
    ----------
    raw
        The content, one gzip member or more.
    path
        The name of the file, for messages alone.

    Returns
    -------
    bytes
        The decompressed content.

    Raises
    ------
    FormatError
        If the data are truncated or damaged.
    """
    try:
        # gzip.decompress copies the rest at each member, of which bgzip makes one in 64 kB: minutes for a large file
        return gzip.GzipFile(fileobj=io.BytesIO(raw)).read()
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise FormatError(path, None, "the gzip file is truncated or damaged; copy it again") from None


def read_text(path: str) -> str:
    """Read the whole content of a file as text.

    Parameters
    ----------
    path
        The file; "-" is standard input.

    Returns
    -------
    str
        The text; for errors see `read_bytes` and `decode_text`.
    """
    return decode_text(read_bytes(path), path)


def decode_text(raw: bytes, path: str) -> str:
    """Decode the decompressed content of a file as text.

    It is UTF-8 or UTF-16 (Excel's "Unicode text"), else Latin-1. A byte-order mark is dropped. Line ends stay. The user
    is warned if the text may be cut off.

    Parameters
    ----------
    raw
        The content.
    path
        The name of the file, for messages alone.

    Returns
    -------
    str
        The text.

    Raises
    ------
    FormatError
        If it is an Excel workbook, or the first 4,096 bytes hold a zero byte, as binary files do.
    """
    if raw.startswith(WORKBOOKS):
        raise FormatError(path, None, "this is an Excel workbook or a zip archive; save it as tab-separated text")
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        with contextlib.suppress(UnicodeDecodeError):
            return raw.decode("utf-16")
    if b"\0" in raw[:4096]:
        raise FormatError(path, None, "this is a binary file, but a text file is needed here")
    warn_if_cut(raw, path)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def warn_if_cut(raw: bytes, path: str) -> None:
    """Warn the user of a text whose last line has no line end, for the file may be cut off there.

    Parameters
    ----------
    raw
        The content. JSON shows its end by a brace.
    path
        The name of the file.
    """
    if raw and raw.rstrip(b" \t")[-1:] not in (b"\n", b"\r", b"}"):
        warn(path, "the last line has no line end; if the file was cut off, copy it again")


def warn_if_short(path: str, line: int, columns: int, before: int) -> None:
    """Warn the user of a last row with fewer columns than the row before, for the file may be cut off there.

    Parameters
    ----------
    path
        The name of the file.
    line
        The line of the last row, from 1.
    columns
        Its columns.
    before
        The columns of the row before, or of the header; 0 if there is none.
    """
    if columns < before:
        problem = f"the last row has {columns} columns, but the one before has {before}"
        warn(path, f"{problem}; if the file was cut off, copy it again", line)


def lines(text: str) -> Iterator[tuple[int, str]]:
    """Split a text into lines, with their numbers.

    Parameters
    ----------
    text
        The text, with the line ends LF, CRLF or CR.

    Yields
    ------
    tuple of int and str
        Number of the line, from 1, and the line without its end.
    """
    yield from enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1)
