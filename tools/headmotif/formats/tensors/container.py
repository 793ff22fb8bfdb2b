"""The binary container: safetensors, with sorted JSON under the one key `headmotif` of its metadata.

Layout (https://github.com/huggingface/safetensors): eight bytes, little-endian, with the length of the header; the
header, JSON, padded with spaces to a multiple of eight; then the arrays without gaps, in the header's order. The
library shuffles metadata, so the header is written here (same content, same bytes). The library checks it on reading.
The JSON holds `format` (genome, model, attention, checkpoint), the `version` of that format, and what else the format
needs.

Not checked here: what the arrays mean; each format does that.
"""

import json
import os
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np

from ...errors import FormatError
from .. import files
from ..output_files import open_for_writing, refuse_terminal

KEY = "headmotif"
Header = dict[str, Any]
"""The JSON header of a file as it was read; the reader of each format checks its values."""
INTEGERS = {"U8": np.uint8, "I8": np.int8, "I16": np.int16, "I32": np.int32, "I64": np.int64}
DTYPES = {**INTEGERS, "F16": np.float16, "F32": np.float32, "F64": np.float64}
NAMES = {np.dtype(dtype): name for name, dtype in DTYPES.items()}


def is_tensor(raw: bytes) -> bool:
    """Test whether a file begins as a safetensors file.

    Parameters
    ----------
    raw
        The content of the file, or its first ten bytes or more.

    Returns
    -------
    bool
        Whether it does.
    """
    return len(raw) > 9 and raw[8:9] == b"{" and struct.unpack("<Q", raw[:8])[0] < 100_000_000


def header_bytes(header: Mapping[str, object], shapes: Mapping[str, tuple[np.dtype, tuple[int, ...]]]) -> bytes:
    """Make everything before the arrays.

    Parameters
    ----------
    header
        The JSON header.
    shapes
        Type and shape of every array, by name, in order.

    Returns
    -------
    bytes
        The first bytes of the file.
    """
    description: dict[str, object] = {
        "__metadata__": {KEY: json.dumps(header, sort_keys=True, separators=(",", ":"), allow_nan=False)}
    }
    place = 0
    for name, (dtype, shape) in shapes.items():
        size = int(np.prod(shape, dtype=np.int64)) * np.dtype(dtype).itemsize
        description[name] = {
            "dtype": NAMES[np.dtype(dtype)],
            "shape": list(shape),
            "data_offsets": [place, place + size],
        }
        place += size
    text = json.dumps(description, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text


def write(path: str, header: Mapping[str, object], arrays: Mapping[str, np.ndarray]) -> None:
    """Write a whole file at once, from arrays in memory.

    Parameters
    ----------
    path
        The file; "-" is standard output.
    header
        The JSON header.
    arrays
        The arrays by name, in order.

    Raises
    ------
    InputError
        If the file cannot be written, or is a terminal.
    """
    refuse_terminal(path)
    with open_for_writing(path) as stream:
        stream.write(header_bytes(header, {name: (array.dtype, array.shape) for name, array in arrays.items()}))
        for array in arrays.values():
            stream.write(np.ascontiguousarray(array).data.cast("B") if array.size else b"")


def read(path: str, wanted: str, newest: int) -> tuple[Header, dict[str, np.ndarray]]:
    """Read header and arrays of a file.

    Arrays of a plain file are mapped, read-only. Those of a pipe or a gzip file are in memory.

    Parameters
    ----------
    path
        The file; "-" is standard input.
    wanted
        The format: genome, model, attention or checkpoint.
    newest
        The newest version that can be read; all from 1 are accepted.

    Returns
    -------
    header
        The JSON header.
    arrays
        The arrays by name.

    Raises
    ------
    FormatError
        If the file has another format or a newer version, or is damaged.
    """
    if path != "-" and os.path.isfile(path):  # what is read from a pipe is gone from it
        with files.open_file(path) as stream:
            start = stream.read(16)
            if is_tensor(start):
                size = struct.unpack("<Q", start[:8])[0]
                stream.seek(8)
                raw_header = stream.read(size)
                _check_mapped(path)
                header, places = _parse(raw_header, path, wanted, newest)
                return header, {name: _map_array(path, 8 + size, place) for name, place in places.items()}
    return parse(files.read_bytes(path), path, wanted, newest)


def parse(raw: bytes, path: str, wanted: str, newest: int) -> tuple[Header, dict[str, np.ndarray]]:
    """Read header and arrays from the content of a file, as `read` does.

    Parameters
    ----------
    raw
        The decompressed content.
    path
        The name of the file, for messages alone.
    wanted
        The format: genome, model, attention or checkpoint.
    newest
        The newest version that can be read; all from 1 are accepted.

    Returns
    -------
    header
        The JSON header.
    arrays
        The arrays by name.

    Raises
    ------
    FormatError
        If the file has another format or a newer version, or is damaged.
    """
    from safetensors import SafetensorError, deserialize

    if not is_tensor(raw):
        raise FormatError(path, None, f"this is not a headmotif {wanted} file" + (" (it is empty)" if not raw else ""))
    try:
        parts = dict(deserialize(raw))  # in any order
    except SafetensorError:
        raise FormatError(path, None, f"this {wanted} file is truncated or damaged; make it again") from None
    header, places = _parse(raw[8 : 8 + struct.unpack("<Q", raw[:8])[0]], path, wanted, newest)
    return header, {
        name: np.frombuffer(parts[name]["data"], DTYPES[p["dtype"]]).reshape(p["shape"]) for name, p in places.items()
    }


def parse_header(raw_header: bytes, path: str) -> Header:
    """Read the JSON header of a file of any of these formats.

    Parameters
    ----------
    raw_header
        The header as it stands in the file, without the eight bytes before it.
    path
        The name of the file, for messages alone.

    Returns
    -------
    Header
        The JSON header.

    Raises
    ------
    FormatError
        If headmotif did not write the file, or it is damaged.
    """
    return _parse(raw_header, path, None, 0)[0]


def _check_mapped(path: str) -> None:
    """Let the library look for gaps, overlaps and a cut-off end."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="np"):
            pass
    except SafetensorError:
        raise FormatError(path, None, "this file is truncated or damaged; make it again") from None


def _parse(raw_header: bytes, path: str, wanted: str | None, newest: int) -> tuple[Header, dict[str, Header]]:
    try:
        places = json.loads(raw_header)
        header = json.loads(places.pop("__metadata__")[KEY])
        found, version = header["format"], header["version"]
        if not (isinstance(found, str) and type(version) is int and version > 0):
            raise ValueError("no version")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise FormatError(
            path, None, "this safetensors file is damaged, or headmotif did not write it; make it again"
        ) from None
    if wanted is not None and found != wanted:
        raise FormatError(path, None, f"this is a headmotif {found} file; give a headmotif {wanted} file")
    if wanted is not None and version > newest:
        problem = f"this {wanted} file has version {version}, newer than this headmotif reads ({newest}); update it"
        raise FormatError(path, None, problem)
    types = (place.get("dtype") if isinstance(place, dict) else place for place in places.values())
    unknown = set(map(str, types)) - set(DTYPES)
    if unknown:
        raise FormatError(
            path, None, f"headmotif does not use arrays of type {', '.join(sorted(unknown))}; make the file again"
        )
    return header, places


def _map_array(path: str, base: int, place: Header) -> np.ndarray:
    shape = tuple(place["shape"])
    if 0 in shape:
        return np.zeros(shape, DTYPES[place["dtype"]])
    return np.memmap(path, DTYPES[place["dtype"]], "r", base + place["data_offsets"][0], shape)


def pick(arrays: Mapping[str, np.ndarray], name: str, dtype: type, dimensions: int, path: str) -> np.ndarray:
    """Take one array of a file, and check its type and its number of dimensions.

    Parameters
    ----------
    arrays
        The arrays by name.
    name
        The name of the array.
    dtype
        The type that it must have.
    dimensions
        The number of dimensions that it must have.
    path
        The name of the file, for messages alone.

    Returns
    -------
    numpy.ndarray
        The array.

    Raises
    ------
    FormatError
        If the array is missing, or of another type or number of dimensions.
    """
    array = arrays.get(name)
    if array is None or array.dtype != dtype or array.ndim != dimensions:
        raise FormatError(path, None, f"the array '{name}' is missing or of another type or shape; make the file again")
    return array
