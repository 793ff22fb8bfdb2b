"""Sites as command lines name them: [NAME=]FILE, a label set of the genome tensor, or the tracks of two strands."""

import os
from collections.abc import Collection, Mapping, Sequence

from ...data import Genome, Sites
from ...errors import InputError
from ..bgzip import strip_ending
from ..tracks.strands import Track
from . import site_files
from .annotations import declare_circular

LABEL = "label:"
"""The prefix that names a label set of the genome tensor instead of a file."""


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
            base = strip_ending(os.path.basename(text))
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


def read_sets(
    paths: Mapping[str, str], genome: Genome, feature: str, zero_based: bool, may_be_empty: Collection[str] = ()
) -> tuple[Genome, dict[str, site_files.SiteFile]]:
    """Read the sites of several files, or of label sets of the genome tensor.

    Parameters
    ----------
    paths
        Files by name, or `LABEL` and the name of a label set.
    genome
        The genome.
    feature
        In GFF3 and GTF, the type of feature whose 5' ends are the sites; "" for TSS.
    zero_based
        Whether the first base of a contig is position 0 in a table.
    may_be_empty
        The names of sets that may have no sites, as predictions without calls; the user is warned.

    Returns
    -------
    genome
        The genome, with the contigs circular that a file says are circular.
    sets
        The sites of each set, by name.

    Raises
    ------
    FormatError
        With the line, if a file is malformed, of another genome, or without sites.
    InputError
        If there is no such label set, or it is empty.
    """
    tables = {
        name: site_files.load(path, genome.contigs.names, feature, zero_based, name in may_be_empty)
        for name, path in paths.items()
        if not path.startswith(LABEL) or os.path.exists(path)
    }
    genome = declare_circular(genome, [table.annotation for table in tables.values()])
    found = {
        name: site_files.place(tables[name], genome.contigs) if name in tables else _read_label(path, genome)
        for name, path in paths.items()
    }
    return genome, found


def _read_label(path: str, genome: Genome) -> site_files.SiteFile:
    name = path.removeprefix(LABEL)
    if name not in genome.labels:
        has = (
            f"it has {', '.join(genome.labels)}" if genome.labels else "a genome tensor with labels is needed for that"
        )
        raise InputError(f"{path}: there is no such label set in the genome; {has}")
    sites = genome.sites(genome.labels.index(name))
    if not len(sites):
        raise InputError(f"{path}: this label set has no sites; choose another")
    return site_files.SiteFile(sites, "label set", len(sites), 0)


def read_for_genome(genome: Genome, path: str, feature: str) -> tuple[Genome, Sites]:
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
    genome
        The genome, with the contigs circular that the file says are circular.
    sites
        The sites.

    Raises
    ------
    InputError
        If there is no site.
    """
    if path:
        table = site_files.load(path, genome.contigs.names, feature)
        genome = declare_circular(genome, [table.annotation])
        found = site_files.place(table, genome.contigs).sites
    elif genome.labels:
        found = genome.sites(0)
    else:
        raise InputError("this genome has no sites; give --sites FILE, or a genome tensor with sites")
    if len(found) == 0:
        raise InputError(f"{path or 'the genome tensor'} has no sites; give sites of this genome")
    return genome, found
