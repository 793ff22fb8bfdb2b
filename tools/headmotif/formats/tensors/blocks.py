"""A tensor file written in blocks of rows, so that memory holds one block at a time.

The container has each array in one piece. In a file, every array is written at its own place. A pipe and a compressed
file cannot go back: there the first array is written at once, and the others wait in temporary files (TMPDIR).

With `resume`, an incomplete file has the ending `.unfinished`. After its arrays it has the number of rows that are
safe, so that it can be continued after a kill.
"""

import os
import stat
import struct
import tempfile
from collections.abc import Iterable, Mapping
from typing import BinaryIO

import numpy as np

from ...errors import InputError
from .. import files
from ..bgzip import is_compressed
from ..output_files import make_unfinished_path, open_for_writing, open_to_continue, refuse_terminal
from .container import header_bytes

Shapes = Mapping[str, tuple[np.dtype, tuple[int, ...]]]
Blocks = Iterable[Mapping[str, np.ndarray]]
ROWS = struct.Struct("<Q")


def write(path: str, header: Mapping[str, object], shapes: Shapes, blocks: Blocks) -> None:
    """Write a file from blocks of rows of its arrays, as they come.

    Parameters
    ----------
    path
        The file; "-" is standard output.
    header
        The JSON header.
    shapes
        Type and shape of every array, by name, in the file's order.
    blocks
        Rows of every array, by name.

    Raises
    ------
    InputError
        If the file cannot be written, or is a terminal.
    """
    refuse_terminal(path)
    head = header_bytes(header, shapes)
    with open_for_writing(path) as stream:
        if path == "-" or is_compressed(path) or not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            _write_in_order(stream, head, shapes, blocks)
        else:
            stream.write(head)
            for _rows in _write_in_place(stream, len(head), shapes, blocks, 0):
                pass


def write_further(path: str, header: Mapping[str, object], shapes: Shapes, blocks: Blocks, first: int) -> None:
    """Write the same file in a way that can be continued. What is written stays if the process ends too early.

    Parameters
    ----------
    path
        The file.
    header
        The JSON header.
    shapes
        Type and shape of every array, by name, in the file's order.
    blocks
        Rows of every array, by name, beginning with row `first`.
    first
        The number of rows that are already there, from `count_rows_done`.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    head = header_bytes(header, shapes)
    with open_to_continue(path, bool(first)) as stream:
        if not first:
            stream.write(head)
        end = len(head) + sum(_sizes(shapes).values())
        for rows in _write_in_place(stream, len(head), shapes, blocks, first):
            os.fsync(stream.fileno())  # first the rows, then their number
            stream.seek(end)
            stream.write(ROWS.pack(rows))
            stream.flush()
        stream.truncate(end)


def count_rows_done(path: str, header: Mapping[str, object], shapes: Shapes) -> int:
    """Count the rows that are safe in an unfinished file.

    Parameters
    ----------
    path
        The file that is to be finished.
    header
        The JSON header.
    shapes
        Type and shape of every array, by name, in the file's order.

    Returns
    -------
    int
        The number of rows, 0 if there is no unfinished file.

    Raises
    ------
    InputError
        If the file was begun with other options.
    """
    head = header_bytes(header, shapes)
    beside = make_unfinished_path(path)
    if not os.path.exists(beside):
        return 0
    with files.open_file(beside) as stream:
        if stream.read(len(head)) != head:
            raise InputError(
                f"{beside}: this file was started with other options; give the same ones, or delete it to start again"
            )
        stream.seek(len(head) + sum(_sizes(shapes).values()))
        number = stream.read(ROWS.size)
    return ROWS.unpack(number)[0] if len(number) == ROWS.size else 0


def _sizes(shapes: Shapes) -> dict[str, int]:
    """Bytes of each array."""
    return {
        name: int(np.prod(shape, dtype=np.int64)) * np.dtype(dtype).itemsize for name, (dtype, shape) in shapes.items()
    }


def _write_in_place(stream: BinaryIO, start: int, shapes: Shapes, blocks: Blocks, first: int) -> Iterable[int]:
    """Write every block at its place, and yield the number of rows written.

    An array of another length than the first is complete in the first block.
    """
    sizes, place = _sizes(shapes), {}
    rows = {name: shape[0] for name, (_dtype, shape) in shapes.items()}
    for name, size in sizes.items():
        place[name] = start + (size // max(rows[name], 1) * first if rows[name] == rows[next(iter(rows))] else 0)
        start += size
    stream.truncate(start)
    for block in blocks:
        for name in shapes:
            stream.seek(place[name])
            place[name] += stream.write(np.ascontiguousarray(block[name]).data.cast("B") if block[name].size else b"")
        stream.flush()
        first += len(block[next(iter(shapes))])
        yield first


def _write_in_order(stream: BinaryIO, head: bytes, shapes: Shapes, blocks: Blocks) -> None:
    first, *others = shapes
    waiting = {name: _spool() for name in others}
    try:
        stream.write(head)
        for block in blocks:
            stream.write(np.ascontiguousarray(block[first]).data.cast("B"))
            for name in others:
                waiting[name].write(np.ascontiguousarray(block[name]).data.cast("B"))
        for spool in waiting.values():
            spool.seek(0)
            while part := spool.read(1 << 22):
                stream.write(part)
    finally:
        for spool in waiting.values():
            spool.close()


def _spool() -> BinaryIO:
    try:
        return tempfile.TemporaryFile()
    except FileNotFoundError:  # tempfile's error if no folder takes a file, also for a full disk
        raise InputError(
            "there is no writable folder for temporary files; free disk space, or set TMPDIR to a writable folder"
        ) from None
