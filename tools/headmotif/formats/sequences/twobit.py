"""2bit, the sequence of a genome as UCSC's browser reads it (https://genome.ucsc.edu/FAQ/FAQformat.html#format7),
little-endian, version 0.

Sixteen bytes: signature, version, number of sequences, reserved. An index: the length of each name in one byte, the
name, the place of its record in four. A record: length; number, starts and lengths of its stretches of N; the same of
lower case, of which there is none here; reserved; four bases a byte, the first in the highest bits, T 0, C 1, A 2, G 3,
and an N as T.
"""

import struct

import numpy as np

from ...alphabet import N
from ...data import Genome
from ...errors import InputError
from ..files import writing

SIGNATURE = 0x1A412743
CODES = np.array([2, 1, 3, 0, 0], np.uint8)
"""Of A, C, G, T and N."""


def write(path: str, genome: Genome) -> None:
    """A genome. Raises InputError where a name has more than 255 bytes, or the file would have more than 4 GiB."""
    names = [contig.name.encode() for contig in genome.contigs]
    for name in names:
        if len(name) > 255:
            raise InputError(
                f"contig '{name.decode()[:60]}...': a name in a 2bit file has at most 255 bytes; rename it in "
                "the genome"
            )
    records = [_record(genome.contig_bases(i)) for i in range(len(names))]
    place = 16 + sum(1 + len(name) + 4 for name in names)
    index = []
    for name, record in zip(names, records, strict=True):
        if place >= 1 << 32:
            raise InputError("this genome is too large for a 2bit file, which has at most 4 GiB")
        index.append(struct.pack("<B", len(name)) + name + struct.pack("<I", place))
        place += len(record)
    with writing(path) as stream:
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
