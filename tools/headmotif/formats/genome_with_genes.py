"""A genome and its genes, from one file or from two: circles are those that either of them tells."""

from collections.abc import Sequence

from ..data import GeneTable, Genome, GenomeFile
from ..errors import FormatError
from . import files, genbank, named_sites
from . import genes as genes_file
from . import genome as genome_file


def read(path: str, circular: Sequence[str], genes: str = "") -> GenomeFile:
    """A genome and its genes; where no file of genes is given, those of the genome's own file if it is a GenBank that has some.

    circular: names of contigs that are circles, beside those that the genome's file and the genes' GFF3 (Is_circular=true) say.
    """
    raw = files.read_bytes(path)
    genome = genome_file.close(genome_file.parse(raw, path), circular)
    own = raw if genbank.recognised(raw) else b""
    if not genes:
        return GenomeFile(path, genome, _own_genes(own, path, genome), own)
    annotation = files.read_bytes(genes)
    genome = named_sites.closed(genome, genes_file.circular(annotation, genes))
    known = genes_file.parse(annotation, genes, genome.contigs)
    return GenomeFile(path, genome, known, own, b"" if genbank.recognised(annotation) else annotation)


def _own_genes(raw: bytes, path: str, genome: Genome) -> GeneTable | None:
    try:
        return genes_file.parse(raw, path, genome.contigs) if raw else None
    except FormatError:
        return None
