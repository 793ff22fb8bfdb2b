"""Coding sequences of a genome that has no annotation, found with Prodigal.

By pyrodigal (Larralde 2022, J Open Source Softw 7:4296, unchecked), which gives the genes of Prodigal (Hyatt et al.
2010, BMC Bioinformatics 11:119). It is not a dependency: pip install 'headmotif[genes]' brings it.
"""

from dataclasses import replace

import numpy as np

from ...alphabet import DECODE
from ...data import GeneTable, Genome, GenomeFile
from ...errors import InputError

TRAINABLE = 100_000
"""With fewer bases Prodigal learns too little from the genome, and its general models are used."""
KIND = "CDS"


def complete(read: GenomeFile) -> GenomeFile:
    """Give a genome without genes the coding sequences that Prodigal finds.

    Parameters
    ----------
    read
        The genome as it was read.

    Returns
    -------
    GenomeFile
        The same if it has genes, else the genome with those that were found.

    Raises
    ------
    InputError
        If pyrodigal is not installed, or no gene is found.
    """
    return read if read.genes is not None else replace(read, genes=find(read.genome, read.path))


def find(genome: Genome, path: str) -> GeneTable:
    """Find the coding sequences of a genome.

    A gene whose start lies beyond the end of a contig is left out. Contigs are read as linear, so a gene over the
    origin is not found.

    Parameters
    ----------
    genome
        The genome.
    path
        Its file, for messages.

    Returns
    -------
    GeneTable
        The genes in the order of contigs and places; names are empty, tags are CONTIG_NUMBER.

    Raises
    ------
    InputError
        If pyrodigal is not installed, or no gene is found.
    """
    try:
        import pyrodigal
    except ImportError:
        raise InputError(
            "--find-genes needs pyrodigal, which is not installed: pip install 'headmotif[genes]', or give the genes "
            "with --genes"
        ) from None
    sequences = [
        DECODE[genome.base[begin:end]].tobytes() for begin, end in zip(genome.start[:-1], genome.start[1:], strict=True)
    ]
    general = sum(map(len, sequences)) < TRAINABLE
    finder = pyrodigal.GeneFinder(meta=general)
    if not general:
        finder.train(*sequences)
    rows, tags = [], []
    for number, (contig, sequence) in enumerate(zip(genome.contigs, sequences, strict=True)):
        for order, gene in enumerate(finder.find_genes(sequence), 1):
            if not (gene.partial_begin if gene.strand > 0 else gene.partial_end):
                rows.append((number, gene.begin - 1, gene.end, gene.strand))
                tags.append(f"{contig.name}_{order}")
    if not rows:
        raise InputError(f"{path}: Prodigal finds no gene in this sequence; leave out --find-genes")
    contig, begin, end, strand = np.array(rows).T
    return GeneTable(
        contig.astype(np.int32),
        begin,
        end,
        strand.astype(np.int8),
        ("",) * len(rows),
        (KIND,) * len(rows),
        tuple(tags),
    )
