"""Opening and writing files: "-", gzip, write-then-rename, closed pipes.

Reading: "-" is standard input; gzip (bgzip too, several members) is recognised by its first bytes, never by the name.
Writing: "-" is standard output. A file is written beside its place, flushed to the disk and renamed, so that a
name never holds half a result; what is no regular file (a device, a pipe) is written in place.
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
"""The standard input that has been read."""
_piped = ""
"""SHA-256 of what came through it."""


def refuse_terminal(path: str) -> None:
    """Binary data on a terminal is a slip, not a wish."""
    if path == "-" and sys.stdout.isatty():
        raise InputError("the result is binary and standard output is a terminal; give -o FILE or a pipe")


def read_bytes(path: str) -> bytes:
    """The whole content of a file or of standard input, decompressed where it is gzip."""
    raw = _standard_input() if path == "-" else _read_raw(path)
    return gunzip(raw, path) if raw[:2] == GZIP else raw


def _standard_input() -> bytes:
    """What comes through the pipe, which is then gone: a second input by the name of - would be empty."""
    global _emptied, _piped
    if sys.stdin is _emptied:
        raise InputError("two inputs are -, but standard input holds only one; give the other as a file")
    raw = sys.stdin.buffer.read()
    _emptied, _piped = sys.stdin, hashlib.sha256(raw).hexdigest()
    return raw


def digest(path: str) -> str:
    """SHA-256 of a file's bytes as they lie there, or of what came through standard input, which has been read."""
    if path == "-":
        return _piped
    with opened(path) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _read_raw(path: str) -> bytes:
    with opened(path) as stream:
        return stream.read()


@contextlib.contextmanager
def opened(path: str) -> Iterator[BufferedReader]:
    """A file opened as it is, its absence or unreadability told in one line."""
    try:
        stream = open(path, "rb")  # noqa: SIM115 (closed below; only the opening is to be guarded)
    except FileNotFoundError:
        raise FormatError(path, None, "there is no such file") from None
    except IsADirectoryError:
        raise FormatError(path, None, "this is a folder; give a file") from None
    except PermissionError:
        raise FormatError(path, None, "this file may not be read; check its permissions") from None
    with stream:
        yield stream


def gunzip(raw: bytes, path: str) -> bytes:
    try:
        return gzip.decompress(raw)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise FormatError(path, None, "the gzip file is cut off or damaged; copy it again") from None


def read_text(path: str) -> str:
    """The whole content as text: UTF-8, a byte-order mark dropped, line ends of any kind kept for `lines`."""
    return text_of(read_bytes(path), path)


def text_of(raw: bytes, path: str) -> str:
    """The decompressed content of a file as text, as `read_text` gives it."""
    if b"\0" in raw[:4096]:
        raise FormatError(path, None, "this is a binary file where text was expected")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines of a text with their numbers from 1; ends LF, CRLF and CR dropped."""
    yield from enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1)


@contextlib.contextmanager
def writing(path: str) -> Iterator[BinaryIO]:
    """A stream to write bytes to; the file appears whole, or not at all.

    Raises InputError where the folder does not exist or cannot be written.
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
        raise InputError(f"{path}: this folder may not be written to; choose another") from None
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
    """Raise InputError where a result could not be written later: before long work, not after it. "" and "-" are passed
    over."""
    for path in paths:
        folder = os.path.dirname(os.path.realpath(path)) if path not in ("", "-") else ""
        if folder and not os.path.isdir(folder):
            raise InputError(f"{path}: the folder {os.path.dirname(path)} does not exist; make it first")
        if folder and not os.access(folder, os.W_OK):
            raise InputError(f"{path}: this folder may not be written to; choose another")


def stems(names: Sequence[str]) -> list[str]:
    """File names for names of any kind, without endings: a character that is no letter, digit, `-`, `+` or `.` becomes
    `_`.

    Names that would then be one file's, for some systems tell no capitals apart, get `_2`, `_3` and so on, in their
    order.
    """
    found: list[str] = []
    taken: set[str] = set()
    for name in names:
        stem = one = "".join(letter if letter.isalnum() or letter in "-+." else "_" for letter in name)
        number = 1
        while one.casefold() in taken:
            number += 1
            one = f"{stem}_{number}"
        taken.add(one.casefold())
        found.append(one)
    return found


def make_folder(path: str) -> None:
    """The folder, made where it is not there. Raises InputError where that cannot be."""
    try:
        os.makedirs(path, exist_ok=True)
    except (FileExistsError, NotADirectoryError, PermissionError):
        raise InputError(f"{path}: this is no folder that can be written to; give another") from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_text(path: str, text: str) -> None:
    """A text as UTF-8 with LF line ends."""
    with writing(path) as stream:
        stream.write(text.encode())
