"""2bit, the sequence of a genome for UCSC's browser, little-endian, version 0
(https://genome.ucsc.edu/FAQ/FAQformat.html#format7).

Sixteen bytes: signature, version, number of sequences, reserved. An index: for each sequence the length of its name in
one byte, the name, and the place of its record in four bytes. A record: length; number, starts and lengths of its
stretches of N; the same of lower case, here none; reserved; then four bases a byte, the first in the highest bits. T is
0, C 1, A 2, G 3, and an N is written as T.
"""

import struct

import numpy as np

from ...alphabet import N
from ...data import Genome
from ...errors import InputError
from ..files import open_for_writing

SIGNATURE = 0x1A412743
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
