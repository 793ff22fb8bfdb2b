"""Read and write files: "-", gzip, whole results, closed pipes.

Reading: "-" is standard input. gzip, also bgzip and several members, is recognised by its first bytes, never by the
name.

Writing: "-" is standard output. A file is written under another name in the same folder, flushed to the disk and
renamed, so that a name never holds half a result. A device or a pipe is written directly.
"""

import contextlib
import gzip
import hashlib
import os
import stat
import sys
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from io import BufferedReader
from typing import BinaryIO, TextIO

from ..errors import FormatError, InputError

GZIP = b"\x1f\x8b"
_emptied: TextIO | None = None
"""The standard input, once it has been read."""
_piped = ""
"""SHA-256 of its content."""
_ahead: bytes | None = None
"""The content that `peek` has read ahead, and that is still to be read."""


def refuse_terminal(path: str) -> None:
    """Refuse to write binary data to a terminal, which is always a mistake.

    Parameters
    ----------
    path
        The file to be written; "-" is standard output.

    Raises
    ------
    InputError
        If standard output is meant and is a terminal.
    """
    if path == "-" and sys.stdout.isatty():
        raise InputError("the result is binary and standard output is a terminal; give -o FILE or use a pipe")


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
    raw = _standard_input() if path == "-" else _read_raw(path)
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


def _read_raw(path: str) -> bytes:
    with open_file(path) as stream:
        return stream.read()


@contextlib.contextmanager
def open_file(path: str) -> Iterator[BufferedReader]:
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
        return gzip.decompress(raw)
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

    It is UTF-8, else Latin-1. A byte-order mark is dropped. Line ends of any kind stay, for `lines` to handle.

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
        If the first 4,096 bytes hold a zero byte, as binary files do.
    """
    if b"\0" in raw[:4096]:
        raise FormatError(path, None, "this is a binary file, but a text file is needed here")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


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


@contextlib.contextmanager
def open_for_writing(path: str) -> Iterator[BinaryIO]:
    """Open a file for writing. It appears under its name when it is complete, or never.

    Parameters
    ----------
    path
        The file; "-" is standard output.

    Yields
    ------
    typing.BinaryIO
        The stream to write bytes to.

    Raises
    ------
    InputError
        If the path is a folder, or its folder does not exist or may not be written to.
    """
    if path == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if os.path.exists(path) and not stat.S_ISREG(os.stat(path).st_mode):
        if os.path.isdir(path):
            raise InputError(f"{path}: this is a folder; give a file's name")
        with open(path, "wb") as stream:
            yield stream
        return
    target = os.path.realpath(path)
    folder = os.path.dirname(target)
    try:
        handle, beside = tempfile.mkstemp(prefix=".", suffix=".partial", dir=folder)
    except FileNotFoundError:
        raise InputError(f"{path}: the folder {os.path.dirname(path)} does not exist; make it first") from None
    except PermissionError:
        raise InputError(f"{path}: there is no permission to write to this folder; choose another") from None
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(beside, 0o666 & ~_umask())
        os.replace(beside, target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(beside)
        raise


def refuse_unwritable(*paths: str) -> None:
    """Check before a long computation that its results can be written.

    Parameters
    ----------
    *paths
        The files to be written; "" and "-" are skipped.

    Raises
    ------
    InputError
        If a folder does not exist or may not be written to.
    """
    for path in paths:
        folder = os.path.dirname(os.path.realpath(path)) if path not in ("", "-") else ""
        if folder and not os.path.isdir(folder):
            raise InputError(f"{path}: the folder {os.path.dirname(path)} does not exist; make it first")
        if folder and not os.access(folder, os.W_OK):
            raise InputError(f"{path}: there is no permission to write to this folder; choose another")


def make_file_names(names: Sequence[str]) -> list[str]:
    """Make file names, without endings, for names of any kind.

    Characters become `_`, except letters, digits, `-`, `+` and `.`. Some file systems ignore case, so names that differ
    in case alone count as the same. The second of a name gets `_2`, the third `_3` and so on.

    Parameters
    ----------
    names
        The names.

    Returns
    -------
    list of str
        One file name for each name, in order.
    """
    found: list[str] = []
    taken: set[str] = set()
    for name in names:
        base = one = "".join(letter if letter.isalnum() or letter in "-+." else "_" for letter in name)
        number = 1
        while one.casefold() in taken:
            number += 1
            one = f"{base}_{number}"
        taken.add(one.casefold())
        found.append(one)
    return found


def make_folder(path: str) -> None:
    """Make a folder if it does not exist.

    Parameters
    ----------
    path
        The folder; folders above it are made too.

    Raises
    ------
    InputError
        If the folder cannot be made.
    """
    try:
        os.makedirs(path, exist_ok=True)
    except (FileExistsError, NotADirectoryError, PermissionError):
        raise InputError(f"{path}: this is not a folder that can be written to; choose another") from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_text(path: str, text: str) -> None:
    """Write a text as UTF-8; for errors see `open_for_writing`.

    Parameters
    ----------
    path
        The file; "-" is standard output.
    text
        The text, with LF line ends.
    """
    with open_for_writing(path) as stream:
        stream.write(text.encode())
