"""Sites as command lines name them: [NAME=]FILE, a label set of the genome tensor, or the tracks of two strands."""

import os
from collections.abc import Sequence

import numpy as np

from ...data import Contigs, Genome, Sites
from ...errors import InputError
from .. import files
from ..tracks import bedgraph, bigwig
from . import gene_files, genomes, site_files

LABEL = "label:"
"""In the place of a file: a label set of the genome tensor, by its name."""
Track = tuple[str, str]
"""The files of the + and of the - strand."""


def named(texts: Sequence[str], what: str) -> dict[str, str]:
    """Files by the names of their sets. what: before a file's name where it is told of, such as "--sites "."""
    found: dict[str, str] = {}
    for text in texts:
        name, is_named, path = text.partition("=")
        if not is_named or os.path.exists(text):
            path = text
            stem = os.path.basename(text).removesuffix(".gz")
            name = os.path.splitext(stem)[0] if text != "-" else "sites"
            name = text.removeprefix(LABEL) if text.startswith(LABEL) else name
        if not name or not path or not name.isprintable():
            raise InputError(f"{what}{text}: give it as FILE or NAME=FILE")
        if name in found:
            raise InputError(
                f"{what}{text}: a label set named '{name}' is there already; name them apart with NAME=FILE"
            )
        found[name] = path
    return found


def track(path: str) -> Track | None:
    """The two files of a track, PLUS,MINUS, or None where this is one file."""
    plus, comma, minus = path.partition(",")
    return (plus, minus) if comma and plus and minus and not os.path.exists(path) else None


def read(path: str, genome: Genome, feature: str, zero_based: bool) -> site_files.SiteFile:
    """The sites of a file, or of a label set of the genome tensor."""
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
        raise InputError(f"{path}: this label set holds no site")
    return site_files.SiteFile(sites, "label set", len(sites), 0, ())


def of_genome(genome: Genome, path: str, feature: str) -> Sites:
    """The sites of a file, or where none is given the first label's of a genome tensor. Raises InputError where there
    is none."""
    if path:
        found = site_files.read(path, genome.contigs, feature=feature or None).sites
    elif genome.labels:
        found = genome.sites(0)
    else:
        raise InputError("a plain genome holds no sites; give --sites FILE, or a genome tensor that has them")
    if len(found) == 0:
        raise InputError(f"{path or 'the genome tensor'} holds no site to look at")
    return found


def read_track(paths: Track, contigs: Contigs) -> np.ndarray:
    """Values of the two strands, float32 (2, N), NaN where there is none: bigWig or bedGraph, gzip or plain, recognised
    by what is in them."""

    def one(path: str) -> np.ndarray:
        raw = files.read_bytes(path)
        return bigwig.parse(raw, path, contigs) if bigwig.recognised(raw) else bedgraph.parse(raw, path, contigs)

    return np.stack([one(path) for path in paths])


def genes(path: str, genome: Genome) -> np.ndarray:
    """int64 (genes, 4) for `genomic_class.classes`."""
    return gene_files.read(path, genome.contigs).spans


def closed(genome: Genome, names: Sequence[str]) -> Genome:
    """Circles as an annotation tells them; what it says of contigs that the genome has not is passed over."""
    known = set(genome.contigs.names)
    return genomes.close(genome, [name for name in names if name in known])
