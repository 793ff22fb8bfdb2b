"""A genome from a genome tensor, GenBank or FASTA, recognised by content.

The name of a genome that comes with the program stands for its file, unless there is a file of that name.
"""

import os
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ...alphabet import encode
from ...builtin import GENOMES
from ...data import Contig, Contigs, Genome
from ...errors import InputError
from ..files import read_bytes
from ..sequences import fasta, genbank
from ..tensors import container, genome_tensor

ALL = "all"


def read(path: str, circular: Sequence[str] = ()) -> Genome:
    """Read a genome.

    Parameters
    ----------
    path
        The file: a FASTA (gzip too), a GenBank file or a genome tensor; "-" is standard input.
    circular
        Names of circular contigs, beside those that the file says are circular; ("all",) for all.

    Returns
    -------
    Genome
        The genome.

    Raises
    ------
    FormatError
        With the line, if the file is none of these.
    InputError
        If the genome has no contig of one of the names.
    """
    path = find_file(path)
    return close(parse(read_bytes(path), path), circular)


def find_file(name: str) -> str:
    """Find the file that a GENOME argument means.

    A file of that name comes first. Then the name of a genome that comes with the program, such as `lambda`, stands
    for its file.

    Parameters
    ----------
    name
        A path, "-" for standard input, or the name of a packaged genome.

    Returns
    -------
    str
        The path to read, which is `name` itself where no packaged genome is meant.
    """
    return str(GENOMES[name]) if name in GENOMES and not os.path.exists(name) else name


def parse(raw: bytes, path: str) -> Genome:
    """Read a genome from the decompressed content of a file.

    Parameters
    ----------
    raw
        The content.
    path
        The name of the file, for messages alone.

    Returns
    -------
    Genome
        The genome.

    Raises
    ------
    FormatError
        With the line, if the content is no FASTA, GenBank or genome tensor.
    """
    if container.is_tensor(raw):
        return genome_tensor.read(raw, path)
    if genbank.is_genbank(raw):
        return _concatenate(genbank.parse(raw, path))
    return _concatenate([(name, letters, False) for name, letters in fasta.parse(raw, path)])


def close(genome: Genome, circular: Sequence[str]) -> Genome:
    """Declare further contigs circular.

    Parameters
    ----------
    genome
        The genome.
    circular
        Contig names, or ("all",) for all.

    Returns
    -------
    Genome
        The same genome with these contigs circular.

    Raises
    ------
    InputError
        If the genome has no contig of one of the names.
    """
    names = genome.contigs.names
    for name in circular:
        if name != ALL and name not in names:
            shown = ", ".join(names[:5]) + (f" and {len(names) - 5:,} more" if len(names) > 5 else "")
            raise InputError(f"--circular {name}: there is no such contig; the genome has {shown}")
    closed = set(names) if ALL in circular else set(circular)
    return replace(genome, contigs=Contigs(replace(c, circular=c.circular or c.name in closed) for c in genome.contigs))


def _concatenate(records: Sequence[tuple[str, bytes, bool]]) -> Genome:
    """Join contigs end to end. The digest is of the letters as given; the codes have N for any ambiguity."""
    contigs = Contigs(
        Contig(name, len(letters), circular, fasta.digest(letters)) for name, letters, circular in records
    )
    return Genome(contigs, np.concatenate([encode(letters) for _, letters, _ in records]))
