"""A genome and its genes, from one file or from two: circles are those that either of them tells."""

from collections.abc import Sequence

from ..data import GeneTable, Genome
from ..errors import FormatError
from . import files, genbank, named_sites
from . import genes as genes_file
from . import genome as genome_file


def read_genome(path: str, circular: Sequence[str], genes: str = "") -> Genome:
    """A genome; circles are those that its own file, the genes' GFF3 (Is_circular=true) and `circular` say."""
    data = genome_file.read(path, circular)
    return named_sites.closed(data, genes_file.circular(genes)) if genes else data


def read_genes(path: str, source: str, genome: Genome) -> GeneTable | None:
    """The genes of a file; where none is given, those of the genome's own file if it is a GenBank that has some; else None."""
    if path:
        return genes_file.read(path, genome.contigs)
    try:
        return genes_file.read(source, genome.contigs) if genbank_of(source) else None
    except FormatError:
        return None


def genbank_of(source: str) -> str:
    """A file where it is a GenBank, whose features are to be used or kept; "" otherwise, and for standard input, which is read once."""
    return source if source not in ("", "-") and genbank.recognised(files.read_bytes(source)) else ""
