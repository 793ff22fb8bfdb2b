"""Write files: "-", whole results, bgzip by the ending, closed pipes.

"-" is standard output. A file is written under another name in the same folder, flushed to the disk and renamed, so
that a name never holds half a result. A device or a pipe is written directly.

A file whose name ends in .gz or .bgz is compressed with bgzip. The ending decides nothing else.
"""

import contextlib
import os
import stat
import sys
import tempfile
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from ..errors import InputError
from .bgzip import compress, is_compressed, strip_ending

REFUSED = (".bz2", ".xz", ".lzma", ".zst", ".lz4", ".z", ".br", ".zip", ".7z", ".rar", ".tar", ".tgz")
"""Endings of other compressed files and of archives, which are not written."""
NO_FOLDER = "this is not a folder that can be written to; choose another"
FORBIDDEN = "there is no permission to write here; choose another place"


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


def refuse_unwritable(*paths: str) -> None:
    """Check before a long computation that its results can be written.

    Parameters
    ----------
    *paths
        The files to be written; "" and "-" are skipped.

    Raises
    ------
    InputError
        If a path is a folder, its folder does not exist, it may not be written to, or its ending promises what is not
        written.
    """
    for path in paths:
        if path in ("", "-"):
            continue
        if (ending := os.path.splitext(strip_ending(path))[1]).lower() in REFUSED:
            raise InputError(f"{path}: files are not written as {ending}; end the name in .gz, or leave {ending} out")
        if os.path.isdir(path):
            raise InputError(f"{path}: this is a folder; give a file's name")
        place = path if _is_special(path) else os.path.dirname(os.path.realpath(path))
        if not os.path.exists(place):
            raise InputError(f"{path}: the folder {os.path.dirname(path)} does not exist; make it first")
        if not os.access(place, os.W_OK):
            raise InputError(f"{path}: {FORBIDDEN}")


def _is_special(path: str) -> bool:
    """Whether there is a device or a pipe of this name, which cannot be replaced by another file."""
    return os.path.exists(path) and not stat.S_ISREG(os.stat(path).st_mode)


def refuse_unwritable_folders(*paths: str) -> None:
    """Check before a long computation that folders of results can be made or written to.

    Parameters
    ----------
    *paths
        The folders, which may exist; "" is skipped.

    Raises
    ------
    InputError
        If a folder can be neither made nor written to.
    """
    for path in filter(None, paths):
        place = os.path.realpath(path)
        while not os.path.exists(place) and os.path.dirname(place) != place:
            place = os.path.dirname(place)
        if not (os.path.isdir(place) and os.access(place, os.W_OK)):
            raise InputError(f"{path}: {NO_FOLDER}")


@contextlib.contextmanager
def open_for_writing(path: str) -> Iterator[BinaryIO]:
    """Open a file for writing. It appears under its name when it is complete, or never.

    Parameters
    ----------
    path
        The file, compressed if its name ends so; "-" is standard output.

    Yields
    ------
    typing.BinaryIO
        The stream to write bytes to. It can go back only in a plain file.

    Raises
    ------
    InputError
        As `refuse_unwritable`.
    """
    if path == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    refuse_unwritable(path)
    if _is_special(path):
        with open(path, "wb") as stream, compress(stream, path) as plain:
            yield plain
        return
    target = os.path.realpath(path)
    try:
        handle, beside = tempfile.mkstemp(prefix=".", suffix=".partial", dir=os.path.dirname(target))
    except PermissionError:  # some file systems tell it only now
        raise InputError(f"{path}: {FORBIDDEN}") from None
    try:
        with os.fdopen(handle, "wb") as stream:
            with compress(stream, path) as plain:
                yield plain
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(beside, 0o666 & ~_umask())
        os.replace(beside, target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(beside)
        raise


@contextlib.contextmanager
def open_to_continue(path: str, is_begun: bool) -> Iterator[BinaryIO]:
    """Open a file for writing in a way that can be continued. It gets its name when it is complete.

    Parameters
    ----------
    path
        The file; it cannot be compressed.
    is_begun
        Whether the unfinished file exists, and keeps its content.

    Yields
    ------
    typing.BinaryIO
        The stream to write bytes to. What is written stays if the process ends too early.

    Raises
    ------
    InputError
        As `refuse_unwritable`, or if the name is that of a compressed file.
    """
    refuse_unwritable(path)
    if is_compressed(path):
        raise InputError(f"{path}: a compressed file cannot be continued; leave out {path[len(strip_ending(path)) :]}")
    unfinished = make_unfinished_path(path)
    with open(unfinished, "r+b" if is_begun else "w+b") as stream:
        yield stream
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(unfinished, os.path.realpath(path))


def make_unfinished_path(path: str) -> str:
    """Name the file that holds what is written so far, if it can be continued.

    Parameters
    ----------
    path
        The file when it is complete.

    Returns
    -------
    str
        The unfinished file, in the same folder.
    """
    return os.path.realpath(path) + ".unfinished"


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
        raise InputError(f"{path}: {NO_FOLDER}") from None
