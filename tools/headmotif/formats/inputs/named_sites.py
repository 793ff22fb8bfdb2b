"""Sites as command lines name them: [NAME=]FILE, a label set of the genome tensor, or the tracks of two strands."""

import os
from collections.abc import Mapping, Sequence

import numpy as np

from ...data import Contigs, Genome, Sites
from ...errors import InputError
from .. import files
from ..tracks import bedgraph, bigwig
from . import gene_files, genomes, site_files

LABEL = "label:"
"""The prefix that names a label set of the genome tensor instead of a file."""
Track = tuple[str, str]
"""The files of the + and of the - strand."""


def name_files(texts: Sequence[str], what: str) -> dict[str, str]:
    """Sort [NAME=]FILE arguments by name. Without a name, it is that of the file without folder and endings.

    Parameters
    ----------
    texts
        The arguments.
    what
        What messages write before an argument, such as "--sites ".

    Returns
    -------
    dict of str to str
        Files by name.

    Raises
    ------
    InputError
        If an argument is empty or a name is used twice.
    """
    found: dict[str, str] = {}
    for text in texts:
        name, is_named, path = text.partition("=")
        if not is_named or os.path.exists(text):
            path = text
            base = os.path.basename(text).removesuffix(".gz")
            name = os.path.splitext(base)[0] if text != "-" else "sites"
            name = text.removeprefix(LABEL) if text.startswith(LABEL) else name
        if not name or not path or not name.isprintable():
            raise InputError(
                f"{what}{text}: the name or the file is missing or not printable; give it as FILE or NAME=FILE"
            )
        if name in found:
            raise InputError(
                f"{what}{text}: there is already a set named '{name}'; give each its own name with NAME=FILE"
            )
        found[name] = path
    return found


def parse_track(path: str) -> Track | None:
    """Split PLUS,MINUS into the two files of a track.

    Parameters
    ----------
    path
        The argument.

    Returns
    -------
    Track or None
        The files of the + and of the - strand; None if this is one file.
    """
    plus, comma, minus = path.partition(",")
    return (plus, minus) if comma and plus and minus and not os.path.exists(path) else None


def read(path: str, genome: Genome, feature: str, zero_based: bool) -> site_files.SiteFile:
    """Read the sites of a file, or of a label set of the genome tensor.

    Parameters
    ----------
    path
        The file, or `LABEL` and the name of a label set.
    genome
        The genome.
    feature
        In GFF3 and GTF, the type of feature whose 5' ends are the sites; "" for TSS.
    zero_based
        Whether the first base of a contig is position 0 in a table.

    Returns
    -------
    site_files.SiteFile
        The sites.

    Raises
    ------
    FormatError
        With the line, if the file is malformed, of another genome, or without sites.
    InputError
        If there is no such label set, or it is empty.
    """
    if not path.startswith(LABEL) or os.path.exists(path):
        return site_files.read(path, genome.contigs, feature=feature or None, zero_based=zero_based)
    name = path.removeprefix(LABEL)
    if name not in genome.labels:
        has = (
            f"it has {', '.join(genome.labels)}" if genome.labels else "a genome tensor with labels is needed for that"
        )
        raise InputError(f"{path}: there is no such label set in the genome; {has}")
    sites = genome.sites(genome.labels.index(name))
    if not len(sites):
        raise InputError(f"{path}: this label set has no sites; choose another")
    return site_files.SiteFile(sites, "label set", len(sites), 0, ())


def read_sets(
    paths: Mapping[str, str], genome: Genome, feature: str, zero_based: bool
) -> tuple[Genome, dict[str, site_files.SiteFile]]:
    """Read the sites of several files.

    Parameters
    ----------
    paths
        Files by name, or label sets as in `read`.
    genome
        The genome.
    feature
        As in `read`.
    zero_based
        As in `read`.

    Returns
    -------
    genome
        The genome, with the contigs circular that a file says are circular.
    sets
        The sites of each set, by name.

    Raises
    ------
    FormatError
        As `read`.
    InputError
        As `read`.
    """
    found = {name: read(path, genome, feature, zero_based) for name, path in paths.items()}
    return declare_circular(genome, [name for one in found.values() for name in one.circular]), found


def read_for_genome(genome: Genome, path: str, feature: str) -> Sites:
    """Read the sites of a file, or take those of the first label of a genome tensor.

    Parameters
    ----------
    genome
        The genome.
    path
        The file, "" for none.
    feature
        In GFF3 and GTF, the type of feature whose 5' ends are the sites; "" for TSS.

    Returns
    -------
    Sites
        The sites.

    Raises
    ------
    InputError
        If there is no site.
    """
    if path:
        found = site_files.read(path, genome.contigs, feature=feature or None).sites
    elif genome.labels:
        found = genome.sites(0)
    else:
        raise InputError("this genome has no sites; give --sites FILE, or a genome tensor with sites")
    if len(found) == 0:
        raise InputError(f"{path or 'the genome tensor'} has no sites; give sites of this genome")
    return found


def read_track(paths: Track, contigs: Contigs) -> np.ndarray:
    """Read the values of two strands from bigWig or bedGraph, recognised by content.

    Parameters
    ----------
    paths
        The files of the + and of the - strand, gzip or plain.
    contigs
        The contigs of the genome, N nucleotides together.

    Returns
    -------
    numpy.ndarray
        float32 (2, N), by + coordinates, NaN if there is no value.

    Raises
    ------
    FormatError
        If a file is malformed or of another genome.
    """

    def read_one(path: str) -> np.ndarray:
        raw = files.read_bytes(path)
        return bigwig.parse(raw, path, contigs) if bigwig.is_bigwig(raw) else bedgraph.parse(raw, path, contigs)

    return np.stack([read_one(path) for path in paths])


def genes(path: str, genome: Genome) -> np.ndarray:
    """Read genes as `genomic_class.classes` takes them.

    Parameters
    ----------
    path
        The file of the genes.
    genome
        The genome.

    Returns
    -------
    numpy.ndarray
        int64 (genes, 4), contig, start, end and strand.

    Raises
    ------
    FormatError
        If the file is malformed or of another genome.
    """
    return gene_files.read(path, genome.contigs).spans


def declare_circular(genome: Genome, names: Sequence[str]) -> Genome:
    """Declare the contigs circular that an annotation says are circular.

    Parameters
    ----------
    genome
        The genome.
    names
        Contig names; names that the genome does not have are ignored.

    Returns
    -------
    Genome
        The same genome with these contigs circular.
    """
    known = set(genome.contigs.names)
    return genomes.close(genome, [name for name in names if name in known])
