"""A genome from any file that holds one, recognised by what is in it: genome tensor, GenBank or FASTA."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ...alphabet import encode
from ...data import Contig, Contigs, Genome
from ...errors import InputError
from ..files import read_bytes
from ..sequences import fasta, genbank
from ..tensors import container, genome_tensor

ALL = "all"


def read(path: str, circular: Sequence[str] = ()) -> Genome:
    """The genome in a FASTA (gzip too), GenBank or genome tensor; "-" is standard input.

    circular: names of the contigs that are circles, beside those that the file itself says are, or ("all",).
    Raises FormatError with the line where the file is none of these, InputError where a name is none of its contigs.
    """
    return close(parse(read_bytes(path), path), circular)


def parse(raw: bytes, path: str) -> Genome:
    """The genome in a file's decompressed bytes."""
    if container.is_tensor(raw):
        return genome_tensor.read(raw, path)
    if genbank.recognised(raw):
        return _joined(genbank.parse(raw, path))
    return _joined([(name, letters, False) for name, letters in fasta.parse(raw, path)])


def close(genome: Genome, circular: Sequence[str]) -> Genome:
    """The same genome with further contigs declared circular, by name, or all by ("all",)."""
    names = genome.contigs.names
    for name in circular:
        if name != ALL and name not in names:
            shown = ", ".join(names[:5]) + (f" and {len(names) - 5:,} more" if len(names) > 5 else "")
            raise InputError(f"--circular {name}: there is no such contig; the genome has {shown}")
    closed = set(names) if ALL in circular else set(circular)
    return replace(genome, contigs=Contigs(replace(c, circular=c.circular or c.name in closed) for c in genome.contigs))


def _joined(records: Sequence[tuple[str, bytes, bool]]) -> Genome:
    """Contigs end to end. The digest is of the letters as given, the codes have N for any ambiguity."""
    contigs = Contigs(
        Contig(name, len(letters), circular, fasta.digest(letters)) for name, letters, circular in records
    )
    return Genome(contigs, np.concatenate([encode(letters) for _, letters, _ in records]))
