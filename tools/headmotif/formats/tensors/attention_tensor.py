"""Attention, version 2: what each head gave to each key for chosen queries, in the container of `tensors`.

Arrays: `weight` float16 (queries, layers, heads, keys), then `norm` of the same shape, `none` float16 (queries, layers,
heads), and per query `contig` int32, `position` int64, `strand` int8, `kind` uint8 (0 background, 1 site, 2 site with
shuffled surroundings), `probability` float32; `offset` int32 (keys,), bases from the site, negative upstream. Keys off
the contig are NaN. Header: `contigs` (name, length, circular, digest), `layers` and `heads` (their numbers, from 1),
`reach` (bases on each side of its centre that a key has read, per layer), `model` (digest). Uncompressed: the size is
known beforehand.

With the k strongest keys alone, `weight` and `norm` are (queries, layers, heads, k), strongest first, and `key` int16
of the same shape behind them says which keys they are, as indices into `offset`; -1 and NaN where there are fewer.

Version 1 has neither `layers` nor `heads` (all, from 1), nor kind 2, nor `key`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

import numpy as np

from ...data import Attention, Contig, Contigs
from ...errors import FormatError
from . import blocks as in_blocks
from . import container

VERSION = 2
ROW_TYPES = {"contig": np.int32, "position": np.int64, "strand": np.int8, "kind": np.uint8, "probability": np.float32}


@dataclass(frozen=True, eq=False)
class Frame:
    """All of an attention file but its rows: how many queries, of which layers and heads (numbers, from 1), on which
    keys; top: how many of the keys are kept, 0 for all."""

    contigs: Contigs
    layers: tuple[int, ...]
    heads: tuple[int, ...]
    reach: tuple[int, ...]
    model: str
    offset: np.ndarray
    queries: int
    top: int = 0

    @property
    def header(self) -> container.Header:
        lists = {"layers": list(self.layers), "heads": list(self.heads), "reach": list(self.reach)}
        return {
            "format": "attention",
            "version": VERSION,
            "contigs": [asdict(c) for c in self.contigs],
            "model": self.model,
            **lists,
        }

    @property
    def shapes(self) -> dict[str, tuple[np.dtype, tuple[int, ...]]]:
        """Type and shape of every array, in the file's order."""
        each = (self.queries, len(self.layers), len(self.heads))
        wide = (np.dtype(np.float16), (*each, self.top or len(self.offset)))
        key = {"key": (np.dtype(np.int16), wide[1])} if self.top else {}
        rows = {name: (np.dtype(dtype), (self.queries,)) for name, dtype in ROW_TYPES.items()}
        none = {"none": (np.dtype(np.float16), each)}
        return {
            "weight": wide,
            "norm": wide,
            **key,
            **none,
            **rows,
            "offset": (np.dtype(np.int32), (len(self.offset),)),
        }

    @property
    def n_bytes(self) -> int:
        """The file's size."""
        arrays = sum(int(np.prod(shape, dtype=np.int64)) * dtype.itemsize for dtype, shape in self.shapes.values())
        return len(container.header_bytes(self.header, self.shapes)) + arrays


def write(path: str, frame: Frame, blocks: Iterable[Mapping[str, np.ndarray]], first: int | None = None) -> None:
    """Blocks of queries (arrays named as in the file, without `offset`) as a file. first: go on with the file that
    `queries_done` spoke of, with so many queries in it; None: at once, whole or not at all."""

    def with_offset() -> Iterable[Mapping[str, np.ndarray]]:
        nothing = np.zeros(0, np.int32)
        for number, block in enumerate(blocks):
            yield {**block, "offset": frame.offset.astype(np.int32) if number == 0 and not first else nothing}

    if first is None:
        in_blocks.write(path, frame.header, frame.shapes, with_offset())
    else:
        in_blocks.write_further(path, frame.header, frame.shapes, with_offset(), first)


def queries_done(path: str, frame: Frame) -> int:
    """How many queries of an unfinished file are safe."""
    return in_blocks.rows_done(path, frame.header, frame.shapes)


def parts(path: str) -> tuple[container.Header, dict[str, np.ndarray]]:
    """Header and arrays as they are, of all keys or of the strongest alone, the header as version 2 has it."""
    header, arrays = container.read(path, "attention", VERSION)
    try:
        _queries, layers, heads, _keys = arrays["weight"].shape
        numbers = {"layers": list(range(1, layers + 1)), "heads": list(range(1, heads + 1))}
        return {
            **numbers,
            "contigs": header["contigs"],
            "reach": header["reach"],
            "model": header["model"],
            **header,
        }, arrays
    except (KeyError, ValueError) as problem:
        raise FormatError(path, None, f"this attention file contradicts itself ({problem}); make it again") from None


def read(path: str) -> Attention:
    """Attention from a file (mapped, so that its size does not count) or standard input."""
    header, arrays = parts(path)
    if "key" in arrays:
        raise FormatError(
            path, None, "this file holds the strongest keys alone; all are needed here: dump it again without --top-k"
        )
    rows = {name: container.pick(arrays, name, dtype, 1, path) for name, dtype in ROW_TYPES.items()}
    try:
        return Attention(
            weight=container.pick(arrays, "weight", np.float16, 4, path),
            norm=container.pick(arrays, "norm", np.float16, 4, path),
            none=container.pick(arrays, "none", np.float16, 3, path),
            offset=np.asarray(container.pick(arrays, "offset", np.int32, 1, path)),
            reach=tuple(int(r) for r in header["reach"]),
            kind=np.asarray(rows["kind"]),
            probability=np.asarray(rows["probability"]),
            contig=np.asarray(rows["contig"]),
            position=np.asarray(rows["position"]),
            strand=np.asarray(rows["strand"]),
            contigs=Contigs(Contig(**c) for c in header["contigs"]),
            model=str(header["model"]),
            layers=tuple(int(x) for x in header["layers"]),
            heads=tuple(int(x) for x in header["heads"]),
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise FormatError(path, None, f"this attention file contradicts itself ({problem}); make it again") from None
