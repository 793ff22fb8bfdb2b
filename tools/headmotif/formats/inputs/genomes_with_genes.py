"""A genome and its genes, from one file or from two. A contig is circular if either file says so."""

from collections.abc import Sequence

from ...data import GenomeFile
from .. import files
from ..sequences import genbank
from . import annotations, gene_files, genomes, recognise


def read(path: str, circular: Sequence[str], genes: str = "") -> GenomeFile:
    """Read a genome and its genes.

    Parameters
    ----------
    path
        The file of the genome; "-" is standard input.
    circular
        Names of circular contigs, beside those that the files of the genome and of the genes say are circular.
    genes
        The file of the genes. By default they come from the genome's file, if that is GenBank, EMBL or GFF3 with genes.

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
    written = files.read_bytes(genes) if genes else raw
    if not genes and not genbank.is_flat_file(raw) and recognise.recognise(raw).group != "features":
        return GenomeFile(path, genome, None, own)
    annotation = annotations.parse(written, genes or path)
    if not genes and not gene_files.has_genes(annotation):
        return GenomeFile(path, genome, None, own)
    genome = annotations.declare_circular(genome, [annotation])
    known = gene_files.place(annotation, genome.contigs)
    return GenomeFile(path, genome, known, own, b"" if genbank.is_flat_file(written) else written)
