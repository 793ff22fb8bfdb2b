"""The one binary container: safetensors, whose metadata hold one key, `headmotif`, with sorted JSON.

Layout (https://github.com/huggingface/safetensors): eight bytes, little-endian, the header's length; the header, JSON,
padded with spaces to a multiple of eight; then the arrays without holes, in the header's order. The library shuffles
metadata, so the header is written here (same content, same bytes) and checked by the library in reading. The JSON holds
`format` (genome, model, attention, checkpoint), `version` of that format, and what else the format needs.

Not checked here: what the arrays mean; that is each format's own business.
"""

import json
import os
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np

from ...errors import FormatError
from .. import files

KEY = "headmotif"
Header = dict[str, Any]
"""What a file says of itself, a JSON object as it was read: what is under each key, the format's own reader checks."""
INTEGERS = {"U8": np.uint8, "I8": np.int8, "I16": np.int16, "I32": np.int32, "I64": np.int64}
DTYPES = {**INTEGERS, "F16": np.float16, "F32": np.float32, "F64": np.float64}
NAMES = {np.dtype(dtype): name for name, dtype in DTYPES.items()}


def is_tensor(raw: bytes) -> bool:
    """Whether a file's first bytes are those of a safetensors file."""
    return len(raw) > 9 and raw[8:9] == b"{" and struct.unpack("<Q", raw[:8])[0] < 100_000_000


def header_bytes(header: Mapping[str, object], shapes: Mapping[str, tuple[np.dtype, tuple[int, ...]]]) -> bytes:
    """Everything before the arrays, for arrays of these types and shapes in this order."""
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
    """A whole file at once, from arrays in memory."""
    files.refuse_terminal(path)
    with files.writing(path) as stream:
        stream.write(header_bytes(header, {name: (array.dtype, array.shape) for name, array in arrays.items()}))
        for array in arrays.values():
            stream.write(np.ascontiguousarray(array).data.cast("B") if array.size else b"")


def read(path: str, wanted: str, newest: int) -> tuple[Header, dict[str, np.ndarray]]:
    """Header and arrays of a file of the format `wanted`, versions 1 to `newest`.

    Arrays of a plain file are mapped, read-only; those of a pipe or a gzip file are in memory.
    Raises FormatError where it is another format, a newer version, cut off or damaged.
    """
    if path != "-" and os.path.isfile(path):  # what is read from a pipe is gone from it
        with files.opened(path) as stream:
            start = stream.read(16)
            if is_tensor(start):
                size = struct.unpack("<Q", start[:8])[0]
                stream.seek(8)
                raw_header = stream.read(size)
                _check_mapped(path)
                header, places = _parse(raw_header, path, wanted, newest)
                return header, {name: _mapped(path, 8 + size, place) for name, place in places.items()}
    return parse(files.read_bytes(path), path, wanted, newest)


def parse(raw: bytes, path: str, wanted: str, newest: int) -> tuple[Header, dict[str, np.ndarray]]:
    """The same as `read`, from a file's bytes."""
    from safetensors import SafetensorError, deserialize

    if not is_tensor(raw):
        raise FormatError(path, None, f"this is no headmotif {wanted} file" + (" (it is empty)" if not raw else ""))
    try:
        parts = dict(deserialize(raw))  # in any order
    except SafetensorError:
        raise FormatError(path, None, f"this {wanted} file is cut off or damaged; make it again") from None
    header, places = _parse(raw[8 : 8 + struct.unpack("<Q", raw[:8])[0]], path, wanted, newest)
    return header, {
        name: np.frombuffer(parts[name]["data"], DTYPES[p["dtype"]]).reshape(p["shape"]) for name, p in places.items()
    }


def peek(path: str) -> Header:
    """The JSON header of a file of any of our formats, without its arrays."""
    with files.opened(path) as stream:
        start = stream.read(8)
        raw_header = stream.read(struct.unpack("<Q", start)[0]) if len(start) == 8 else b""
    return _parse(raw_header, path, None, 0)[0]


def _check_mapped(path: str) -> None:
    """Let the library look for holes, overlaps and a cut-off end."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="np"):
            pass
    except SafetensorError:
        raise FormatError(path, None, "this file is cut off or damaged; make it again") from None


def _parse(raw_header: bytes, path: str, wanted: str | None, newest: int) -> tuple[Header, dict[str, Header]]:
    try:
        places = json.loads(raw_header)
        header = json.loads(places.pop("__metadata__")[KEY])
        found, version = header["format"], header["version"]
        if not (isinstance(found, str) and type(version) is int and version > 0):
            raise ValueError("no version")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise FormatError(path, None, "this safetensors file was not written by headmotif, or is damaged") from None
    if wanted is not None and found != wanted:
        raise FormatError(path, None, f"this is a headmotif {found} file; a {wanted} file is needed here")
    if wanted is not None and version > newest:
        problem = (
            f"this {wanted} file has version {version}, newer than this program reads ({newest}); update headmotif"
        )
        raise FormatError(path, None, problem)
    unknown = {place["dtype"] for place in places.values()} - set(DTYPES)
    if unknown:
        raise FormatError(path, None, f"arrays of type {', '.join(sorted(unknown))} are not used by headmotif")
    return header, places


def _mapped(path: str, base: int, place: Header) -> np.ndarray:
    shape = tuple(place["shape"])
    if 0 in shape:
        return np.zeros(shape, DTYPES[place["dtype"]])
    return np.memmap(path, DTYPES[place["dtype"]], "r", base + place["data_offsets"][0], shape)


def pick(arrays: Mapping[str, np.ndarray], name: str, dtype: type, dimensions: int, path: str) -> np.ndarray:
    """One array of a file, its type and number of dimensions checked."""
    array = arrays.get(name)
    if array is None or array.dtype != dtype or array.ndim != dimensions:
        raise FormatError(path, None, f"the array '{name}' is missing or of another type or shape; make the file again")
    return array
