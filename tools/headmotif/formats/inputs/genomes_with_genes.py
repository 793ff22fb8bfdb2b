"""A genome and its genes, from one file or from two: circles are those that either of them tells."""

from collections.abc import Sequence

from ...data import GeneTable, Genome, GenomeFile
from ...errors import FormatError
from .. import files
from ..sequences import genbank
from . import gene_files, genomes, named_sites


def read(path: str, circular: Sequence[str], genes: str = "") -> GenomeFile:
    """A genome and its genes; where no file of genes is given, those of the genome's own file if it is a GenBank that
    has some.

    circular: names of contigs that are circles, beside those that the genome's file and the genes' GFF3
    (Is_circular=true) say.
    """
    raw = files.read_bytes(path)
    genome = genomes.close(genomes.parse(raw, path), circular)
    own = raw if genbank.recognised(raw) else b""
    if not genes:
        return GenomeFile(path, genome, _own_genes(own, path, genome), own)
    annotation = files.read_bytes(genes)
    features = gene_files.features(annotation, genes)
    genome = named_sites.closed(genome, features.circular)
    known = gene_files.placed(features, genes, genome.contigs)
    return GenomeFile(path, genome, known, own, b"" if genbank.recognised(annotation) else annotation)


def _own_genes(raw: bytes, path: str, genome: Genome) -> GeneTable | None:
    try:
        return gene_files.placed(gene_files.features(raw, path), path, genome.contigs) if raw else None
    except FormatError:
        return None
