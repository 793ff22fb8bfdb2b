"""A genome from FASTA, GenBank, EMBL, GFF3 with sequence, 2bit or a genome tensor, recognised by content.

A contig is circular if the file says so: FASTA in its titles, GenBank and EMBL in the first line of a record, GFF3 by
Is_circular. The name of a genome that comes with the program stands for its file, unless there is a file of that name.
"""

import os
import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ...alphabet import encode
from ...builtin import GENOMES
from ...data import Contig, Contigs, Genome
from ...errors import FormatError, InputError
from ...notices import warn
from ..contig_names import ContigNames
from ..features import gff3_sequences
from ..files import decode_text, read_bytes
from ..sequences import fasta, genbank, twobit
from ..sequences.record import Record
from ..tensors import genome_tensor
from . import recognise

ALL = "all"
CIRCULAR = "1 contig is circular by its header"
OWN = (recognise.Kind("a headmotif genome", "tensor"), recognise.Kind("safetensors", "tensor"))
WANTED = "the genome here: FASTA, GenBank, EMBL, GFF3 with sequence, 2bit or a genome tensor"
INSTEAD = {
    "features": "it has no sequence after ##FASTA, so give the sequence here, and this file as --sites or --genes",
    "intervals": "give the sequence here, and this file as --sites",
    "variants": "give the sequence here, and this file as the variants",
    "track": "give the sequence here; this is a track of values on it",
    "tensor": f"give {WANTED}; are genome and model in the wrong order?",
}
"""What to do with files of other kinds, by their group."""


def read(path: str, circular: Sequence[str] = ()) -> Genome:
    """Read a genome.

    Parameters
    ----------
    path
        The file, gzip or plain; "-" is standard input.
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
        With the line, if the content is no genome, or malformed.
    """
    kind = recognise.recognise(raw)
    if kind in OWN:
        return genome_tensor.read(raw, path)
    if genbank.is_flat_file(raw):
        return _concatenate(genbank.parse(raw, path))
    if twobit.is_twobit(raw):
        return _concatenate(twobit.parse(raw, path))
    if kind.group == "features" and re.search(rb"[\r\n](##FASTA\s+\S|>)", raw):
        return _concatenate(gff3_sequences.parse(decode_text(raw, path), path))
    if kind.name != "FASTA" and (problem := recognise.explain(raw, WANTED, INSTEAD)):
        raise FormatError(path, None, problem)
    records = fasta.parse(raw, path)
    if count := sum(record.circular for record in records):
        warn(path, f"{count:,} contigs are circular by their headers" if count > 1 else CIRCULAR)
    return _concatenate(records)


def close(genome: Genome, circular: Sequence[str]) -> Genome:
    """Declare further contigs circular.

    Parameters
    ----------
    genome
        The genome.
    circular
        Contig names, or ("all",) for all. A name may lack the version.

    Returns
    -------
    Genome
        The same genome with these contigs circular.

    Raises
    ------
    InputError
        If the genome has no contig of one of the names.
    """
    names, known = genome.contigs.names, ContigNames(genome.contigs, "--circular")
    closed = set(names) if ALL in circular else set()
    for name in circular:
        index = known.look_up(name)
        if index is not None:
            closed.add(names[index])
        elif name != ALL:
            shown = ", ".join(names[:5]) + (f" and {len(names) - 5:,} more" if len(names) > 5 else "")
            raise InputError(f"--circular {name}: there is no such contig; the genome has {shown}")
    return replace(genome, contigs=Contigs(replace(c, circular=c.circular or c.name in closed) for c in genome.contigs))


def _concatenate(records: Sequence[Record]) -> Genome:
    """Join contigs end to end. The digest is of the letters as given; the codes have N for any ambiguity."""
    contigs = Contigs(Contig(one.name, len(one.letters), one.circular, fasta.digest(one.letters)) for one in records)
    return Genome(contigs, np.concatenate([encode(one.letters) for one in records]))
