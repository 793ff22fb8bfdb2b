"""2bit, the sequence of a genome for UCSC's browser, little-endian, version 0
(https://genome.ucsc.edu/FAQ/FAQformat.html#format7).

Sixteen bytes: signature, version, number of sequences, reserved. An index: for each sequence the length of its name in
one byte, the name, and the place of its record in four bytes. A record: length; number, starts and lengths of its
stretches of N; the same of lower case, here none; reserved; then four bases a byte, the first in the highest bits. T is
0, C 1, A 2, G 3, and an N is written as T. Files of either byte order are read; lower case becomes upper case.
"""

import struct

import numpy as np

from ...alphabet import N
from ...data import Genome
from ...errors import FormatError, InputError
from ..output_files import open_for_writing
from .record import Record

SIGNATURE = 0x1A412743
BASES = np.frombuffer(b"TCAG", np.uint8)
CODES = np.array([2, 1, 3, 0, 0], np.uint8)
"""The 2bit codes of A, C, G, T and N."""


def write(path: str, genome: Genome) -> None:
    """Write a genome as 2bit.

    Parameters
    ----------
    path
        The file; "-" is standard output.
    genome
        The genome.

    Raises
    ------
    InputError
        If a contig name has more than 255 bytes, or the file would have more than 4 GiB.
    """
    names = [contig.name.encode() for contig in genome.contigs]
    for name in names:
        if len(name) > 255:
            raise InputError(
                f"contig '{name.decode()[:60]}...': a name in a 2bit file has at most 255 bytes; shorten it in "
                "the genome"
            )
    records = [_record(genome.contig_bases(i)) for i in range(len(names))]
    place = 16 + sum(1 + len(name) + 4 for name in names)
    index = []
    for name, record in zip(names, records, strict=True):
        if place >= 1 << 32:
            raise InputError("this genome is too large for a 2bit file, which has at most 4 GiB; choose another format")
        index.append(struct.pack("<B", len(name)) + name + struct.pack("<I", place))
        place += len(record)
    with open_for_writing(path) as stream:
        stream.write(struct.pack("<4I", SIGNATURE, 0, len(names), 0))
        stream.writelines([*index, *records])


def _record(bases: np.ndarray) -> bytes:
    unknown = np.concatenate([[0], (bases == N).astype(np.int8), [0]])
    start, end = np.flatnonzero(np.diff(unknown) == 1), np.flatnonzero(np.diff(unknown) == -1)
    blocks = np.concatenate([[len(bases), len(start)], start, end - start, [0, 0]]).astype("<u4")
    codes = np.zeros(-(-len(bases) // 4) * 4, np.uint8)
    codes[: len(bases)] = CODES[bases]
    four = codes.reshape(-1, 4)  # (bytes, bases in one)
    return (
        blocks.tobytes() + (four[:, 0] << 6 | four[:, 1] << 4 | four[:, 2] << 2 | four[:, 3]).astype(np.uint8).tobytes()
    )


def is_twobit(raw: bytes) -> bool:
    """Test whether a file begins as 2bit, of either byte order.

    Parameters
    ----------
    raw
        The content of the file, or its first bytes.

    Returns
    -------
    bool
        Whether it begins with the signature and version 0.
    """
    return raw[:8] in (struct.pack("<2I", SIGNATURE, 0), struct.pack(">2I", SIGNATURE, 0))


def parse(raw: bytes, path: str) -> list[Record]:
    """Read the sequences in the decompressed content of a file.

    Parameters
    ----------
    raw
        The content.
    path
        The name of the file, for messages alone.

    Returns
    -------
    list of Record
        The sequences, in the file's order; none is known to be circular.

    Raises
    ------
    FormatError
        If the content is no 2bit, is damaged, or has a sequence without bases.
    """
    if not is_twobit(raw):
        raise FormatError(path, None, "this is not a 2bit file")
    order = "<" if raw[0] == SIGNATURE & 0xFF else ">"
    try:
        places = _read_index(raw, order)
        records = [Record(name, _read_bases(raw, order, place)) for name, place in places]
    except (struct.error, ValueError, IndexError):
        raise FormatError(path, None, "this 2bit file is truncated or damaged; copy it again") from None
    if not records or not all(record.letters for record in records) or len(dict(places)) < len(places):
        raise FormatError(path, None, "this 2bit file has no bases in a sequence, or a name twice; make it again")
    return records


def _read_index(raw: bytes, order: str) -> list[tuple[str, int]]:
    """Name and place of each sequence."""
    (count,) = struct.unpack_from(order + "I", raw, 8)
    found, at = [], 16
    for _ in range(count):
        end = at + 1 + raw[at]
        found.append((raw[at + 1 : end].decode("utf-8"), struct.unpack_from(order + "I", raw, end)[0]))
        at = end + 4
    return found


def _read_bases(raw: bytes, order: str, place: int) -> bytes:
    """The letters of the sequence whose record is at this place."""
    length, n_unknown = struct.unpack_from(order + "2I", raw, place)
    at = place + 8
    starts, lengths = np.frombuffer(raw, order + "u4", 2 * n_unknown, at).reshape(2, -1).astype(np.int64)
    at += 8 * n_unknown
    (n_lower,) = struct.unpack_from(order + "I", raw, at)
    at += 8 + 8 * n_lower
    four = np.frombuffer(raw, np.uint8, -(-length // 4), at)
    codes = np.stack([four >> shift & 3 for shift in (6, 4, 2, 0)], axis=1)  # (bytes, bases in one)
    letters = BASES[codes.ravel()[:length]]
    for start, width in zip(starts, lengths, strict=True):
        letters[start : start + width] = ord("N")
    return letters.tobytes()
