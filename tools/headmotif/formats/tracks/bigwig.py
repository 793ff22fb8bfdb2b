"""bigWig with one value for each nucleotide of one strand, for genome browsers.

The format is that of Kent et al. 2010, doi:10.1093/bioinformatics/btq351. Little-endian, version 4: a head (HEAD); the
places of the zoom levels (ZOOM); a summary of all values (SUMMARY); the tree of contig names; the number of data
blocks, and the blocks; the tree that finds them; then for each zoom level the same, records and tree. A block is
deflated: contig, start, end, step, span, kind, number of items (PIECE), then its items. Items are consecutive values
(kind 3), or values each with its start (2), or with start and end (1). Blocks stand in the order of the contigs of the
genome. The last four bytes repeat the first four.

0-based, half-open inside the file. Values are float32, kept bit by bit; a nucleotide without a value (NaN) is not in
the file. On reading, contigs that the file does not name have no values, for some programs leave out contigs without
data. Not checked: that the zoom levels and the summary agree with the values.
"""

import struct
import zlib
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from ...data import Contigs
from ...errors import FormatError
from ..contig_names import ContigNames
from ..files import read_bytes
from ..output_files import open_for_writing, refuse_terminal
from . import bigwig_trees, bigwig_zooms

MAGIC = b"\x26\xfc\x8f\x88"
BIG_BED = b"\xeb\xf2\x89\x87"
HEAD = struct.Struct("<4s2H3Q2H2QIQ")
ZOOM = struct.Struct("<2I2Q")
SUMMARY = struct.Struct("<Q4d")
PIECE = struct.Struct("<5I2BH")
BED_GRAPH, VARIABLE, FIXED = 1, 2, 3
ITEMS = 1024
"""The largest number of items of a block, as in UCSC's programs."""
KINDS = {
    BED_GRAPH: np.dtype([("start", "<u4"), ("end", "<u4"), ("value", "<f4")]),
    VARIABLE: np.dtype([("start", "<u4"), ("value", "<f4")]),
    FIXED: np.dtype([("value", "<f4")]),
}
OUTSIDE = "data outside the contig"


def is_bigwig(raw: bytes) -> bool:
    """Test whether a file begins as bigWig, of either byte order.

    Parameters
    ----------
    raw
        The content of the file, or its first four bytes.

    Returns
    -------
    bool
        Whether it does.
    """
    return raw[:4] in (MAGIC, MAGIC[::-1])


def write(path: str, contigs: Contigs, values: np.ndarray) -> None:
    """Write the values of one strand.

    Parameters
    ----------
    path
        The file; "-" is standard output.
    contigs
        The contigs of the genome, N nucleotides together.
    values
        float32 (N,), contigs end to end, by + coordinates, NaN if there is no value.

    Raises
    ------
    ValueError
        If the values are not N.
    InputError
        If the file cannot be written, or is a terminal.
    """
    if len(values) != contigs.total:
        raise ValueError("the values do not fit the contigs")
    refuse_terminal(path)
    with open_for_writing(path) as stream:
        stream.writelines(_build_file(contigs, np.split(values, contigs.start[1:-1])))


def _build_file(contigs: Contigs, values: list[np.ndarray]) -> list[bytes]:
    """The parts of the file in order; the head needs the places of the others, so it is made last."""
    bins = [bigwig_zooms.bin_values(part) for part in values]
    widths = bigwig_zooms.widths(int(contigs.lengths.max()))
    names_at = HEAD.size + ZOOM.size * len(widths) + SUMMARY.size
    names = bigwig_trees.names_tree(contigs.length_of, names_at)
    place = names_at + len(names)
    pieces = [piece for number, part in enumerate(values) for piece in _pieces(number, part)]
    data, index_at = _index_pieces(pieces, struct.pack("<Q", len(pieces)), place)
    parts, levels, largest = [names, *data], [], max((size for *_, size in pieces), default=0)
    end = place + sum(map(len, data))
    for width in widths:
        bins = [one.widen(width // one.width) for one in bins]
        records = [
            bigwig_zooms.records(one, number, c.length)
            for number, (one, c) in enumerate(zip(bins, contigs, strict=True))
        ]
        pieces = list(_zoom_pieces(np.concatenate(records)))
        data, zoom_index_at = _index_pieces(pieces, struct.pack("<I", sum(map(len, records))), end)
        levels.append(ZOOM.pack(width, 0, end, zoom_index_at))
        largest = max([largest, *(size for *_, size in pieces)])
        parts, end = parts + data, end + sum(map(len, data))
    head = HEAD.pack(MAGIC, 4, len(widths), names_at, place, index_at, 0, 0, 0, names_at - SUMMARY.size, largest, 0)
    return [head, *levels, _summary(values), *parts, MAGIC]


def _summary(values: list[np.ndarray]) -> bytes:
    there = np.concatenate([part[~np.isnan(part)] for part in values]).astype(np.float64)
    least, most = (float(there.min()), float(there.max())) if len(there) else (0.0, 0.0)
    return SUMMARY.pack(len(there), least, most, there.sum(), (there**2).sum())


Piece = tuple[tuple[int, ...], bytes, int]
"""A block of data: its span (contig, start, last contig, end), its deflated bytes, and their number before."""


def _pieces(number: int, values: np.ndarray) -> Iterator[Piece]:
    """Blocks of data of one contig."""
    places = np.flatnonzero(~np.isnan(values))
    for first in range(0, len(places), ITEMS):
        at = places[first : first + ITEMS]
        start, end = int(at[0]), int(at[-1]) + 1
        kind = FIXED if end - start == len(at) else VARIABLE
        items = np.zeros(len(at), KINDS[kind])
        items["value"] = values[at]
        if kind == VARIABLE:
            items["start"] = at
        raw = PIECE.pack(number, start, end, int(kind == FIXED), 1, kind, 0, len(at)) + items.tobytes()
        yield (number, start, number, end), zlib.compress(raw), len(raw)


def _zoom_pieces(records: np.ndarray) -> Iterator[Piece]:
    for first in range(0, len(records), ITEMS):
        some = records[first : first + ITEMS]
        span = tuple(int(some[i][name]) for i, name in ((0, "contig"), (0, "start"), (-1, "contig"), (-1, "end")))
        yield span, zlib.compress(some.tobytes()), some.nbytes


def _index_pieces(pieces: list[Piece], count: bytes, place: int) -> tuple[list[bytes], int]:
    """The number of blocks, the blocks and the tree that finds them, and the place of the tree in the file."""
    blocks = np.zeros(len(pieces), bigwig_trees.BLOCK)
    sizes = np.array([len(raw) for _, raw, _ in pieces], np.int64)
    for column, values in zip(
        ("contig", "start", "last", "end"), zip(*(span for span, _, _ in pieces), strict=True), strict=False
    ):
        blocks[column] = values
    blocks["size"], blocks["place"] = sizes, place + len(count) + np.cumsum(sizes) - sizes
    tree_at = place + len(count) + int(sizes.sum())
    return [count, *(raw for _, raw, _ in pieces), bigwig_trees.places_tree(blocks, ITEMS, tree_at)], tree_at


def read(path: str, contigs: Contigs) -> np.ndarray:
    """Read the values of one strand.

    Parameters
    ----------
    path
        The file, gzip or plain; "-" is standard input.
    contigs
        The contigs of the genome, N nucleotides together.

    Returns
    -------
    numpy.ndarray
        float32 (N,), contigs end to end, by + coordinates, NaN if there is no value.

    Raises
    ------
    FormatError
        If the file is no bigWig, is damaged, or is of another genome.
    """
    return parse(read_bytes(path), path, contigs)


def parse(raw: bytes, path: str, contigs: Contigs) -> np.ndarray:
    """Read the values of one strand from the content of a file.

    Parameters
    ----------
    raw
        The decompressed content.
    path
        The name of the file, for messages alone.
    contigs
        The contigs of the genome, N nucleotides together.

    Returns
    -------
    numpy.ndarray
        float32 (N,), contigs end to end, by + coordinates, NaN if there is no value.

    Raises
    ------
    FormatError
        If the content is no bigWig, is damaged, or is of another genome.
    """
    _refuse(raw, path)
    try:
        index = _index(_names(raw), contigs, path)
        values = _values(raw, contigs, index)
    except (struct.error, zlib.error, ValueError, LookupError, OverflowError):
        raise FormatError(path, None, "this bigWig is damaged; make it or copy it again") from None
    _refuse_infinite(values, contigs, path)
    return values


def _refuse_infinite(values: np.ndarray, contigs: Contigs, path: str) -> None:
    if len(places := np.flatnonzero(np.isinf(values))):
        contig = int(np.searchsorted(contigs.start, places[0], side="right")) - 1
        where = f"{contigs[contig].name}:{int(places[0] - contigs.start[contig]) + 1:,}"
        more = f" and at {len(places) - 1:,} more" if len(places) > 1 else ""
        raise FormatError(path, None, f"the value at {where}{more} is infinite; leave out bases without a value")


def summarise(raw: bytes, path: str) -> tuple[dict[str, int], str, tuple[float, ...]]:
    """Read the contigs of a file and the summary of its values, without the values.

    Parameters
    ----------
    raw
        The decompressed content.
    path
        The name of the file, for messages alone.

    Returns
    -------
    lengths
        The lengths of the contigs in nucleotides, by name.
    n_values
        The number of positions with a value, or "unknown" in files without a summary.
    ends
        The least and the largest value; none if unknown.

    Raises
    ------
    FormatError
        If the content is no bigWig, or is damaged.
    """
    _refuse(raw, path)
    try:
        lengths = {name: length for name, (_, length) in _names(raw).items()}
        place = HEAD.unpack_from(raw)[9]
        if not place:
            return lengths, "unknown", ()
        n_values, least, most, *_ = SUMMARY.unpack_from(raw, place)
        return lengths, f"{n_values:,}", (least, most) if n_values else ()
    except (struct.error, zlib.error, ValueError, LookupError, OverflowError):
        raise FormatError(path, None, "this bigWig is damaged; make it or copy it again") from None


def _names(raw: bytes) -> dict[str, tuple[int, int]]:
    """Number and length of each contig. If two share a name or a number, reading their data fails."""
    rows = bigwig_trees.read_names(raw, HEAD.unpack_from(raw)[3])
    return {name: (number, length) for name, number, length in rows}


def _index(names: dict[str, tuple[int, int]], contigs: Contigs, path: str) -> dict[int, int | None]:
    """The genome's contig of each of the file's, by the file's number; None where the genome does not have it."""
    if not names:
        raise FormatError(path, None, "this bigWig names no contigs; make it or copy it again")
    known = ContigNames(contigs, path, "contigs")
    index = {number: known.find(name) for name, (number, _) in names.items()}
    for name, (number, length) in names.items():
        one = index[number]
        if one is not None and length != contigs[one].length:
            problem = f"'{name}' has {length:,} nt here and {contigs[one].length:,} in the genome"
            raise FormatError(path, None, f"{problem}; this is a track of another assembly; use one of this assembly")
    known.conclude()
    return index


def _values(raw: bytes, contigs: Contigs, index_of: dict[int, int | None]) -> np.ndarray:
    _, _, _, _, data, index, _, _, _, _, buffer, _ = HEAD.unpack_from(raw)
    values = np.full(contigs.total, np.nan, np.float32)
    found = [values[start:end] for start, end in pairwise(contigs.start.tolist())]
    blocks = bigwig_trees.read_places(raw, index)
    number = int.from_bytes(raw[data : data + 8], "little")
    if len(np.unique(blocks["place"])) < len(blocks) or number != len(blocks):
        raise ValueError("pieces of data are absent or met twice")
    for place, size in zip(blocks["place"].tolist(), blocks["size"].tolist(), strict=True):
        piece = raw[place : place + size]
        _place_items(_inflate(piece, buffer) if buffer else piece, found, index_of)
    return values


def _inflate(piece: bytes, most: int) -> bytes:
    """Inflate a block, up to the size that the head says, so that a damaged block does not fill the memory."""
    inflate = zlib.decompressobj()
    raw = inflate.decompress(piece, most + 1)
    if not inflate.eof or len(raw) > most:
        raise ValueError("a piece of another size")
    return raw


def _place_items(piece: bytes, values: list[np.ndarray], index_of: dict[int, int | None]) -> None:
    """Set the values of a block in those of its contig."""
    contig, first, _, step, span, kind, _, count = PIECE.unpack_from(piece)
    items = np.frombuffer(piece, KINDS[kind], count, PIECE.size)
    if (one := index_of[contig]) is None:
        return
    if kind == FIXED and step == span == 1:  # values without a gap, as `write` has them, need no places
        if first + count > len(values[one]):
            raise ValueError(OUTSIDE)
        values[one][first : first + count] = items["value"]
        return
    start = first + np.arange(count, dtype=np.int64) * step if kind == FIXED else items["start"].astype(np.int64)
    end = items["end"].astype(np.int64) if kind == BED_GRAPH else start + span
    _fill(values[one], start, end, items["value"])


def _fill(values: np.ndarray, start: np.ndarray, end: np.ndarray, value: np.ndarray) -> None:
    """Set the value of each item at its bases."""
    width = end - start
    if (width < 1).any() or (end > len(values)).any():
        raise ValueError(OUTSIDE)
    before = np.cumsum(width) - width
    values[np.repeat(start - before, width) + np.arange(int(width.sum()))] = np.repeat(value, width)


def _refuse(raw: bytes, path: str) -> None:
    if raw[:4] in (BIG_BED, BIG_BED[::-1]):
        raise FormatError(path, None, "this is a bigBed; give a bigWig with a value for each nucleotide")
    if not is_bigwig(raw):
        raise FormatError(path, None, "this is not a bigWig file" + ("" if raw else " (it is empty)"))
    if raw[:4] != MAGIC:
        raise FormatError(
            path,
            None,
            "this bigWig is big-endian; convert it (bigWigToBedGraph) and give the bedGraph",
        )
    if raw[-4:] != MAGIC or len(raw) < HEAD.size:
        raise FormatError(path, None, "this bigWig is truncated; make it or copy it again")
