"""Genomes of all formats but the tensor, and the index of a FASTA."""

from ...errors import FormatError
from .. import files
from ..inputs import genomes
from .facts import Facts, list_bases, list_contigs


def describe_genome(path: str, name: str) -> Facts:
    """Describe a FASTA, GenBank, EMBL or 2bit file.

    Parameters
    ----------
    path
        The file; "-" is standard input.
    name
        The format.

    Returns
    -------
    Facts
        Its contigs and its composition.

    Raises
    ------
    FormatError
        With the line, if the file is malformed.
    """
    genome = genomes.read(path)
    return [
        ("file", name),
        *list_contigs([(c.name, c.length, c.circular) for c in genome.contigs]),
        *list_bases(genome.base),
    ]


def describe_index(path: str, name: str) -> Facts:
    """Describe the index of a FASTA (.fai).

    Parameters
    ----------
    path
        The file; "-" is standard input.
    name
        The format.

    Returns
    -------
    Facts
        The contigs of the FASTA.

    Raises
    ------
    FormatError
        With the line, if the file is malformed.
    """
    contigs = []
    for number, line in files.lines(files.read_text(path)):
        cells = line.split("\t")
        if line and not (len(cells) in (5, 6) and all(cell.isascii() and cell.isdigit() for cell in cells[1:])):
            raise FormatError(
                path, number, "not a line of an index: a name and four numbers; make it with samtools faidx"
            )
        if line:
            contigs.append((cells[0], int(cells[1]), False))
    return [("file", name), *list_contigs(contigs)]
