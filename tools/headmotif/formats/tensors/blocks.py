"""A tensor file whose arrays come in blocks of rows, so that memory holds one block, however many rows there are.

The container wants each array in one piece. Into a file every array is written at its own place; through a pipe, which
cannot go back, the first array goes straight out and the others wait in temporary files (TMPDIR). Written with
`resume`, a file stands under another name, `.unfinished`, until it is whole, ends with the number of rows that are
safe, and can be gone on with after a kill.
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
from .container import header_bytes

Shapes = Mapping[str, tuple[np.dtype, tuple[int, ...]]]
Blocks = Iterable[Mapping[str, np.ndarray]]
ROWS = struct.Struct("<Q")


def write(path: str, header: Mapping[str, object], shapes: Shapes, blocks: Blocks) -> None:
    """A file from blocks of rows of its arrays, as they come."""
    files.refuse_terminal(path)
    head = header_bytes(header, shapes)
    with files.writing(path) as stream:
        if path == "-" or not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            _in_order(stream, head, shapes, blocks)
        else:
            stream.write(head)
            for _rows in _in_place(stream, len(head), shapes, blocks, 0):
                pass


def write_further(path: str, header: Mapping[str, object], shapes: Shapes, blocks: Blocks, first: int) -> None:
    """The same file, the blocks beginning with row `first`, as many as `rows_done` has told; what is written stays
    there if it ends too early."""
    head = header_bytes(header, shapes)
    beside = _unfinished(path)
    try:
        stream = open(beside, "r+b" if first else "w+b")  # noqa: SIM115 (closed below; only the opening is to be guarded)
    except (FileNotFoundError, PermissionError):
        raise InputError(f"{path}: its folder does not exist or may not be written to; choose another") from None
    with stream:
        if not first:
            stream.write(head)
        end = len(head) + sum(_sizes(shapes).values())
        for rows in _in_place(stream, len(head), shapes, blocks, first):
            os.fsync(stream.fileno())  # first the rows, then their number
            stream.seek(end)
            stream.write(ROWS.pack(rows))
            stream.flush()
        stream.truncate(end)
        os.fsync(stream.fileno())
    os.replace(beside, os.path.realpath(path))


def rows_done(path: str, header: Mapping[str, object], shapes: Shapes) -> int:
    """How many rows a file that was begun holds; 0 where there is none. Raises InputError where it was begun with other
    options."""
    head = header_bytes(header, shapes)
    beside = _unfinished(path)
    if not os.path.exists(beside):
        return 0
    with files.opened(beside) as stream:
        if stream.read(len(head)) != head:
            raise InputError(
                f"{beside}: this was begun with other options; give the same ones, or delete it to begin anew"
            )
        stream.seek(len(head) + sum(_sizes(shapes).values()))
        number = stream.read(ROWS.size)
    return ROWS.unpack(number)[0] if len(number) == ROWS.size else 0


def _unfinished(path: str) -> str:
    return os.path.realpath(path) + ".unfinished"


def _sizes(shapes: Shapes) -> dict[str, int]:
    """Bytes of each array."""
    return {
        name: int(np.prod(shape, dtype=np.int64)) * np.dtype(dtype).itemsize for name, (dtype, shape) in shapes.items()
    }


def _in_place(stream: BinaryIO, start: int, shapes: Shapes, blocks: Blocks, first: int) -> Iterable[int]:
    """Write every block where it belongs; yields the number of rows written. Arrays of other lengths than the first are
    whole in the first block."""
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


def _in_order(stream: BinaryIO, head: bytes, shapes: Shapes, blocks: Blocks) -> None:
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
    except FileNotFoundError:  # what tempfile says when no folder takes a file: a full disk counts
        raise InputError("no temporary folder can be written to; make room, or set TMPDIR to another folder") from None
