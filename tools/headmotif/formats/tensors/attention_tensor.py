"""Attention file, version 2: the attention of each head to each key for chosen queries, in the container of `tensors`.

Arrays: `weight` float16 (queries, layers, heads, keys); `norm` of the same shape; `none` float16 (queries, layers,
heads), the weight on the null key. Per query: `contig` int32, `position` int64, `strand` int8, `kind` uint8 (0
background, 1 site, 2 site with shuffled surroundings), `probability` float32. `offset` int32 (keys,), bases from the
site, negative upstream. Keys off the contig are NaN.

Header: `contigs` (name, length, circular, digest), `layers` and `heads` (their numbers, from 1), `reach` (bases on each
side of its centre that a key has read, per layer), `model` (digest). Nothing is compressed, so the size is known
beforehand.

With only the k keys of the largest weights, `weight` and `norm` are (queries, layers, heads, k), largest first. `key`,
int16 of the same shape, comes after them and holds the keys as indices into `offset`. If there are fewer keys, the rest
is -1 and NaN.

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
    """Everything in an attention file but its rows.

    Attributes
    ----------
    contigs
        The contigs of the genome.
    layers
        The numbers of the layers, from 1.
    heads
        The numbers of the heads, from 1.
    reach
        Per layer, the bases on each side of its centre that a key has read.
    model
        The digest of the model.
    offset
        int32 (keys,), bases from the site, negative upstream.
    queries
        The number of queries.
    top
        How many keys of the largest weights are kept, 0 for all.
    """

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
        """The JSON header of the file."""
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
        """The size of the file in bytes."""
        arrays = sum(int(np.prod(shape, dtype=np.int64)) * dtype.itemsize for dtype, shape in self.shapes.values())
        return len(container.header_bytes(self.header, self.shapes)) + arrays


def write(path: str, frame: Frame, blocks: Iterable[Mapping[str, np.ndarray]], first: int | None = None) -> None:
    """Write blocks of queries as an attention file.

    Parameters
    ----------
    path
        The file; "-" is standard output if `first` is None.
    frame
        Everything but the rows.
    blocks
        Blocks of queries: arrays named as in the file, without `offset`.
    first
        The number of queries that an unfinished file has, from `count_queries_done`, to continue it. None to write the
        file at once; it then appears when it is complete, or never.
    """

    def add_offset() -> Iterable[Mapping[str, np.ndarray]]:
        empty = np.zeros(0, np.int32)
        for number, block in enumerate(blocks):
            yield {**block, "offset": frame.offset.astype(np.int32) if number == 0 and not first else empty}

    if first is None:
        in_blocks.write(path, frame.header, frame.shapes, add_offset())
    else:
        in_blocks.write_further(path, frame.header, frame.shapes, add_offset(), first)


def count_queries_done(path: str, frame: Frame) -> int:
    """Count the queries that are safe in an unfinished file.

    Parameters
    ----------
    path
        The file that is to be finished.
    frame
        Everything but the rows.

    Returns
    -------
    int
        The number of queries, 0 if there is no unfinished file.

    Raises
    ------
    InputError
        If the file was begun with other options.
    """
    return in_blocks.count_rows_done(path, frame.header, frame.shapes)


def parts(path: str) -> tuple[container.Header, dict[str, np.ndarray]]:
    """Read header and arrays as they are, of all keys or of those with the largest weights.

    Parameters
    ----------
    path
        The file; "-" is standard input.

    Returns
    -------
    header
        The header, as version 2 has it.
    arrays
        The arrays by name.

    Raises
    ------
    FormatError
        If the file is no attention file, or damaged.
    """
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
        raise FormatError(path, None, f"this attention file is inconsistent ({problem}); make it again") from None


def read(path: str) -> Attention:
    """Read an attention file. A plain file is mapped, so that it does not fill the memory.

    Parameters
    ----------
    path
        The file; "-" is standard input.

    Returns
    -------
    Attention
        The attention.

    Raises
    ------
    FormatError
        If the file is no attention file, is damaged, or does not have all keys.
    """
    header, arrays = parts(path)
    if "key" in arrays:
        raise FormatError(
            path, None, "this file has only the keys of the largest weights; run dump-attention again without --top-k"
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
        raise FormatError(path, None, f"this attention file is inconsistent ({problem}); make it again") from None
