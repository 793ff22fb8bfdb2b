"""The sequences in a GFF3 that has them, after ##FASTA, as Prokka, Bakta and PGAP write it."""

from dataclasses import replace

from ...data import Annotation
from ...errors import FormatError
from ..sequences import fasta
from ..sequences.record import Record
from . import gff3


def parse(text: str, path: str) -> list[Record]:
    """Read the sequences of a GFF3.

    Parameters
    ----------
    text
        The content of the file.
    path
        The name of the file, for messages alone.

    Returns
    -------
    list of Record
        As `read`.

    Raises
    ------
    FormatError
        With the line, if the GFF3 or its FASTA is malformed.
    """
    return read(gff3.parse(text, path))


def read(annotation: Annotation) -> list[Record]:
    """Read the sequences that came with the features of a file.

    Parameters
    ----------
    annotation
        The content of the file.

    Returns
    -------
    list of Record
        The sequences, circular where the features or the FASTA say so; none if the file has no sequence.

    Raises
    ------
    FormatError
        With the line, if the FASTA is malformed, or a sequence is shorter than its ##sequence-region.
    """
    if not annotation.fasta.strip():
        return []
    try:
        records = fasta.parse(annotation.fasta.encode(), annotation.path)
    except FormatError as error:
        line = None if error.line is None else error.line + annotation.fasta_line - 1
        raise FormatError(annotation.path, line, error.problem) from None
    for record in records:
        line, _first, last = annotation.bounds.get(record.name, (0, 1, 0))
        if last > len(record.letters):
            problem = f"'{record.name}' has {last:,} nt here, but {len(record.letters):,} follow after ##FASTA"
            raise FormatError(annotation.path, line, f"{problem}; the file is damaged, copy it again")
    return [replace(record, circular=record.circular or record.name in annotation.circular) for record in records]
