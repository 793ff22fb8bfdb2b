"""A genome and its genes, from one file or from two. A contig is circular if either file says so."""

from collections.abc import Sequence

from ...data import GeneTable, Genome, GenomeFile
from ...errors import FormatError
from .. import files
from ..sequences import genbank
from . import gene_files, genomes, named_sites


def read(path: str, circular: Sequence[str], genes: str = "") -> GenomeFile:
    """Read a genome and its genes.

    Parameters
    ----------
    path
        The file of the genome; "-" is standard input.
    circular
        Names of circular contigs, beside those of the genome's file and of the GFF3 with the genes (Is_circular=true).
    genes
        The file of the genes. By default they come from the genome's file, if that is a GenBank file with genes.

    Returns
    -------
    GenomeFile
        The genome, its genes or None, and the content of the files.

    Raises
    ------
    FormatError
        With the line, if a file is malformed or of another genome.
    InputError
        If the genome has no contig of one of the names.
    """
    path = genomes.find_file(path)
    raw = files.read_bytes(path)
    genome = genomes.close(genomes.parse(raw, path), circular)
    own = raw if genbank.is_genbank(raw) else b""
    if not genes:
        return GenomeFile(path, genome, _own_genes(own, path, genome), own)
    annotation = files.read_bytes(genes)
    features = gene_files.features(annotation, genes)
    genome = named_sites.declare_circular(genome, features.circular)
    known = gene_files.place_features(features, genes, genome.contigs)
    return GenomeFile(path, genome, known, own, b"" if genbank.is_genbank(annotation) else annotation)


def _own_genes(raw: bytes, path: str, genome: Genome) -> GeneTable | None:
    try:
        return gene_files.place_features(gene_files.features(raw, path), path, genome.contigs) if raw else None
    except FormatError:
        return None
