"""bigWig, one value a nucleotide of one strand, as genome browsers read it (Kent et al. 2010, doi:10.1093/bioinformatics/btq351).

0-based, half-open inside the file. Values are float32, kept to the bit; a nucleotide without a value (NaN) is not in the file. Contigs
stand in the genome's order, with zoom levels. pyBigWig does the writing and reading; it takes a file's name alone, so a temporary
file lies between, and a bigWig can go through a pipe. A file ends with the number that it begins with, which shows that it is whole.

In reading, contigs that the file does not name have no values: some programs leave out those without data. Not checked: that what the
zoom levels say agrees with the values.
"""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator

import numpy as np

from ..data import Contig
from ..errors import FormatError, InputError
from . import tensors
from .contig_names import not_in_genome
from .files import read_bytes, writing

MAGIC = b"\x26\xfc\x8f\x88"
BIG_BED = b"\xeb\xf2\x89\x87"
ZOOMS = 10
"""At most so many zoom levels, each four times as coarse as the one before."""
BLOCK = 1 << 20
"""Nucleotides handed over at a time."""


def recognised(raw: bytes) -> bool:
    """Whether a file's first bytes are bigWig's, of either byte order."""
    return raw[:4] in (MAGIC, MAGIC[::-1])


def write(path: str, contigs: tuple[Contig, ...], values: np.ndarray) -> None:
    """Values float32 (N,), contigs end to end by + coordinates, NaN where there is none."""
    import pyBigWig

    if len(values) != sum(c.length for c in contigs):
        raise ValueError("the values do not fit the contigs")
    tensors.refuse_terminal(path)
    with writing(path) as stream, _beside() as place:
        try:
            file = pyBigWig.open(place, "w")
            file.addHeader([(c.name, c.length) for c in contigs], maxZooms=ZOOMS)
            start = 0
            for contig in contigs:
                _add(file, contig.name, values[start : start + contig.length])
                start += contig.length
            file.close()
        except RuntimeError:
            raise InputError(f"{path}: the bigWig could not be written; make room in the folder for temporary files (TMPDIR)") from None
        with open(place, "rb") as whole:
            shutil.copyfileobj(whole, stream)


def _add(file: object, name: str, values: np.ndarray) -> None:
    """Values of one contig: steps of one where none is missing, else the places that have one."""
    for first in range(0, len(values), BLOCK):
        part = np.ascontiguousarray(values[first : first + BLOCK], np.float32)
        there = np.flatnonzero(~np.isnan(part))
        if len(there) == len(part):
            file.addEntries(name, first, values=part, span=1, step=1)
        elif len(there):
            file.addEntries(name, there + first, values=part[there], span=1)


def read(path: str, contigs: tuple[Contig, ...]) -> np.ndarray:
    """Values float32 (N,) of a file or of standard input, NaN where it has none.

    Raises FormatError where it is no bigWig, cut off or damaged, or of another genome.
    """
    import pyBigWig

    raw = read_bytes(path)
    _refuse(raw, path)
    with _beside() as place:
        with open(place, "wb") as spool:
            spool.write(raw)
        try:
            with contextlib.closing(pyBigWig.open(place)) as file:
                _refuse_other_genome(file.chroms(), contigs, path)
                return np.concatenate([np.zeros(0, np.float32), *(_values(file, contig) for contig in contigs)])
        except RuntimeError:
            raise FormatError(path, None, "this bigWig is damaged; make it or copy it again") from None


def _values(file: object, contig: Contig) -> np.ndarray:
    nothing = np.full(contig.length, np.nan, np.float32)
    if contig.name not in file.chroms() or not file.header()["nBasesCovered"]:
        return nothing
    found = file.values(contig.name, 0, contig.length, numpy=True)
    return found if len(found) == contig.length else nothing


def _refuse(raw: bytes, path: str) -> None:
    if raw[:4] in (BIG_BED, BIG_BED[::-1]):
        raise FormatError(path, None, "this is a bigBed; a bigWig is needed, with a value for each nucleotide")
    if not recognised(raw):
        raise FormatError(path, None, "this is no bigWig file" + ("" if raw else " (it is empty)"))
    if raw[:4] != MAGIC:
        raise FormatError(path, None, "this bigWig has its bytes in big-endian order; convert it (bigWigToBedGraph) and give the bedGraph")
    if raw[-4:] != MAGIC or len(raw) < 64:
        raise FormatError(path, None, "this bigWig is cut off; make it or copy it again")


def _refuse_other_genome(lengths: dict[str, int] | None, contigs: tuple[Contig, ...], path: str) -> None:
    if not lengths:
        raise FormatError(path, None, "this bigWig names no contigs; make it or copy it again")
    known = {c.name: c.length for c in contigs}
    for name, length in lengths.items():
        if name not in known:
            raise FormatError(path, None, not_in_genome(name, list(known)))
        if length != known[name]:
            other = "this is a track of another assembly; take one of this one"
            raise FormatError(path, None, f"'{name}' has {length:,} nt here and {known[name]:,} in the genome; {other}")


@contextlib.contextmanager
def _beside() -> Iterator[str]:
    """The name of a temporary file, gone afterwards."""
    try:
        folder = tempfile.TemporaryDirectory(prefix="headmotif-")
    except FileNotFoundError:  # what tempfile says of a full disk as well
        raise InputError("no folder for temporary files can be written to; make room, or set TMPDIR to one that can") from None
    with folder as place:
        yield os.path.join(place, "track.bw")
