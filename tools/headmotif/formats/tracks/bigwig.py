"""bigWig, one value a nucleotide of one strand, as genome browsers read it (Kent et al. 2010,
doi:10.1093/bioinformatics/btq351).

Little-endian, version 4: a head (HEAD), the zoom levels' places (ZOOM), a summary of all values (SUMMARY), the tree of
contigs' names, the number of pieces of data and the pieces, the tree that finds them, then for each zoom level the
same: records, tree. A piece is deflated: contig, start, end, step, span, kind, number of items (PIECE), then values
that follow each other (kind 3), a start with each value (2), or start and end (1). Pieces stand in the order of
contigs, and those in the genome's. The last four bytes repeat the first four.

0-based, half-open inside the file. Values are float32, kept to the bit; a nucleotide without a value (NaN) is not in
the file. In reading, contigs that the file does not name have no values: some programs leave out those without data.
Not checked: that what the zoom levels and the summary say agrees with the values.
"""

import struct
import zlib
from collections.abc import Iterator

import numpy as np

from ...data import Contigs
from ...errors import FormatError
from ..contig_names import not_in_genome
from ..files import read_bytes, refuse_terminal, writing
from . import bigwig_trees, bigwig_zooms

MAGIC = b"\x26\xfc\x8f\x88"
BIG_BED = b"\xeb\xf2\x89\x87"
HEAD = struct.Struct("<4s2H3Q2H2QIQ")
ZOOM = struct.Struct("<2I2Q")
SUMMARY = struct.Struct("<Q4d")
PIECE = struct.Struct("<5I2BH")
BED_GRAPH, VARIABLE, FIXED = 1, 2, 3
ITEMS = 1024
"""Items of a piece at most, as in UCSC's own programs."""
KINDS = {
    BED_GRAPH: np.dtype([("start", "<u4"), ("end", "<u4"), ("value", "<f4")]),
    VARIABLE: np.dtype([("start", "<u4"), ("value", "<f4")]),
    FIXED: np.dtype([("value", "<f4")]),
}


def recognised(raw: bytes) -> bool:
    """Whether a file's first bytes are bigWig's, of either byte order."""
    return raw[:4] in (MAGIC, MAGIC[::-1])


def write(path: str, contigs: Contigs, values: np.ndarray) -> None:
    """Values float32 (N,), contigs end to end by + coordinates, NaN where there is none."""
    if len(values) != contigs.total:
        raise ValueError("the values do not fit the contigs")
    refuse_terminal(path)
    with writing(path) as stream:
        stream.writelines(_whole(contigs, np.split(values, contigs.start[1:-1])))


def _whole(contigs: Contigs, values: list[np.ndarray]) -> list[bytes]:
    """The file's parts in order; the head, which knows where the others lie, is put before them at the end."""
    bins = [bigwig_zooms.binned(part) for part in values]
    widths = bigwig_zooms.widths(int(contigs.lengths.max()))
    names_at = HEAD.size + ZOOM.size * len(widths) + SUMMARY.size
    names = bigwig_trees.names_tree(contigs.length_of, names_at)
    place = names_at + len(names)
    pieces = [piece for number, part in enumerate(values) for piece in _pieces(number, part)]
    data, index_at = _indexed(pieces, struct.pack("<Q", len(pieces)), place)
    parts, levels, largest = [names, *data], [], max((size for *_, size in pieces), default=0)
    end = place + sum(map(len, data))
    for width in widths:
        bins = [one.wider(width // one.width) for one in bins]
        records = [
            bigwig_zooms.records(one, number, c.length)
            for number, (one, c) in enumerate(zip(bins, contigs, strict=True))
        ]
        pieces = list(_zoom_pieces(np.concatenate(records)))
        data, zoom_index_at = _indexed(pieces, struct.pack("<I", sum(map(len, records))), end)
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
"""Where it lies (contig, start, last contig, end), its bytes deflated, and how many they were before."""


def _pieces(number: int, values: np.ndarray) -> Iterator[Piece]:
    """Pieces of one contig."""
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


def _indexed(pieces: list[Piece], count: bytes, place: int) -> tuple[list[bytes], int]:
    """The number of pieces, they, and the tree that finds them, from a place of the file on; and the tree's place."""
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
    """Values float32 (N,) of a file or of standard input, NaN where it has none.

    Raises FormatError where it is no bigWig, cut off or damaged, or of another genome.
    """
    return parse(read_bytes(path), path, contigs)


def parse(raw: bytes, path: str, contigs: Contigs) -> np.ndarray:
    """The same of a file's decompressed bytes."""
    _refuse(raw, path)
    try:
        names = _names(raw)
        _refuse_other_genome({name: length for name, (_, length) in names.items()}, contigs, path)
        return _values(raw, contigs, {number: name for name, (number, _) in names.items()})
    except (struct.error, zlib.error, ValueError, LookupError, OverflowError):
        raise FormatError(path, None, "this bigWig is damaged; make it or copy it again") from None


def _names(raw: bytes) -> dict[str, tuple[int, int]]:
    """Number and length of each contig. Of two with one name or one number one is lost, and with it the place of its
    data."""
    rows = bigwig_trees.read_names(raw, HEAD.unpack_from(raw)[3])
    return {name: (number, length) for name, number, length in rows}


def _values(raw: bytes, contigs: Contigs, names: dict[int, str]) -> np.ndarray:
    _, _, _, _, data, index, _, _, _, _, buffer, _ = HEAD.unpack_from(raw)
    found = {c.name: np.full(c.length, np.nan, np.float32) for c in contigs}
    blocks = bigwig_trees.read_places(raw, index)
    number = int.from_bytes(raw[data : data + 8], "little")
    if len(np.unique(blocks["place"])) < len(blocks) or number != len(blocks):
        raise ValueError("pieces of data are absent or met twice")
    for place, size in zip(blocks["place"].tolist(), blocks["size"].tolist(), strict=True):
        piece = raw[place : place + size]
        contig, start, end, value = _items(_inflated(piece, buffer) if buffer else piece)
        _fill(found[names[contig]], start, end, value)
    return np.concatenate([np.zeros(0, np.float32), *(found[c.name] for c in contigs)])


def _inflated(piece: bytes, most: int) -> bytes:
    """What was deflated, no more than the head says: a damaged piece does not fill the memory."""
    inflate = zlib.decompressobj()
    raw = inflate.decompress(piece, most + 1)
    if not inflate.eof or len(raw) > most:
        raise ValueError("a piece of another size")
    return raw


def _items(piece: bytes) -> tuple[int, np.ndarray, np.ndarray, np.ndarray]:
    """Contig, and start, end and value of each item of a piece."""
    contig, first, _, step, span, kind, _, count = PIECE.unpack_from(piece)
    items = np.frombuffer(piece, KINDS[kind], count, PIECE.size)
    start = first + np.arange(count, dtype=np.int64) * step if kind == FIXED else items["start"].astype(np.int64)
    return contig, start, items["end"].astype(np.int64) if kind == BED_GRAPH else start + span, items["value"]


def _fill(values: np.ndarray, start: np.ndarray, end: np.ndarray, value: np.ndarray) -> None:
    """Each item's value at its bases."""
    width = end - start
    if (width < 1).any() or (end > len(values)).any():
        raise ValueError("data outside the contig")
    before = np.cumsum(width) - width
    values[np.repeat(start - before, width) + np.arange(int(width.sum()))] = np.repeat(value, width)


def _refuse(raw: bytes, path: str) -> None:
    if raw[:4] in (BIG_BED, BIG_BED[::-1]):
        raise FormatError(path, None, "this is a bigBed; a bigWig is needed, with a value for each nucleotide")
    if not recognised(raw):
        raise FormatError(path, None, "this is no bigWig file" + ("" if raw else " (it is empty)"))
    if raw[:4] != MAGIC:
        raise FormatError(
            path,
            None,
            "this bigWig has its bytes in big-endian order; convert it (bigWigToBedGraph) and give the bedGraph",
        )
    if raw[-4:] != MAGIC or len(raw) < HEAD.size:
        raise FormatError(path, None, "this bigWig is cut off; make it or copy it again")


def _refuse_other_genome(lengths: dict[str, int], contigs: Contigs, path: str) -> None:
    if not lengths:
        raise FormatError(path, None, "this bigWig names no contigs; make it or copy it again")
    known = contigs.length_of
    for name, length in lengths.items():
        if name not in known:
            raise FormatError(path, None, not_in_genome(name, list(known)))
        if length != known[name]:
            other = "this is a track of another assembly; take one of this one"
            raise FormatError(path, None, f"'{name}' has {length:,} nt here and {known[name]:,} in the genome; {other}")
