"""Attention, version 1: what each head gave to each key for chosen queries, in the container of `tensors`.

Arrays: `weight` float16 (queries, layers, heads, keys), then `norm` of the same shape, `none` float16 (queries, layers, heads), and per
query `contig` int32, `position` int64, `strand` int8, `kind` uint8 (1 site, 0 background), `probability` float32; `offset` int32 (keys,),
bases from the site, negative upstream. Keys off the contig are NaN. Header: `contigs` (name, length, circular, digest), `reach`
(bases on each side of its centre that a key has read, per layer), `model` (digest). Uncompressed: the size is known beforehand.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict

import numpy as np

from ..data import Attention, Contig
from ..errors import FormatError
from . import tensors

VERSION = 1
ROW_TYPES = {"contig": np.int32, "position": np.int64, "strand": np.int8, "kind": np.uint8, "probability": np.float32}


def shapes(queries: int, layers: int, heads: int, keys: int) -> dict[str, tuple[np.dtype, tuple[int, ...]]]:
    """Type and shape of every array, in the file's order."""
    wide = (np.dtype(np.float16), (queries, layers, heads, keys))
    rows = {name: (np.dtype(dtype), (queries,)) for name, dtype in ROW_TYPES.items()}
    return {"weight": wide, "norm": wide, "none": (np.dtype(np.float16), wide[1][:3]), **rows, "offset": (np.dtype(np.int32), (keys,))}


def n_bytes(queries: int, layers: int, heads: int, keys: int) -> int:
    """The size of the arrays together; the header adds a few hundred bytes."""
    return sum(int(np.prod(shape)) * dtype.itemsize for dtype, shape in shapes(queries, layers, heads, keys).values())


def write(
    path: str,
    contigs: tuple[Contig, ...],
    reach: tuple[int, ...],
    model: str,
    offset: np.ndarray,
    size: tuple[int, int, int, int],
    blocks: Iterable[Mapping[str, np.ndarray]],
) -> None:
    """Blocks of queries (arrays named as in the file, without `offset`) as a file; `size` is queries, layers, heads, keys."""
    header = {"format": "attention", "version": VERSION, "contigs": [asdict(c) for c in contigs], "reach": list(reach), "model": model}

    def with_offset() -> Iterable[Mapping[str, np.ndarray]]:
        nothing = np.zeros(0, np.int32)
        for number, block in enumerate(blocks):
            yield {**block, "offset": offset.astype(np.int32) if number == 0 else nothing}

    tensors.write_blocks(path, header, shapes(*size), with_offset())


def read(path: str) -> Attention:
    """Attention from a file (mapped, so that its size does not count) or standard input."""
    header, arrays = tensors.read(path, "attention", VERSION)
    rows = {name: tensors.pick(arrays, name, dtype, 1, path) for name, dtype in ROW_TYPES.items()}
    try:
        return Attention(
            weight=tensors.pick(arrays, "weight", np.float16, 4, path),
            norm=tensors.pick(arrays, "norm", np.float16, 4, path),
            none=tensors.pick(arrays, "none", np.float16, 3, path),
            offset=np.asarray(tensors.pick(arrays, "offset", np.int32, 1, path)),
            reach=tuple(int(r) for r in header["reach"]),
            is_site=np.asarray(rows["kind"]) == 1,
            probability=np.asarray(rows["probability"]),
            contig=np.asarray(rows["contig"]),
            position=np.asarray(rows["position"]),
            strand=np.asarray(rows["strand"]),
            contigs=tuple(Contig(**c) for c in header["contigs"]),
            model=str(header["model"]),
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise FormatError(path, None, f"this attention file contradicts itself ({problem}); make it again") from None
