"""The genome of a report: everything that was given along it, and the loci to draw."""

from collections.abc import Mapping, Sequence

import numpy as np

from ...data import Genome, Model, Sites
from ...data.locus import Locus
from ...errors import InputError
from ...formats.features import bed
from ...formats.inputs import gene_files, genomes, named_sites, site_files
from ...steps.training import split
from . import locus
from .locus import Layers


def layers(paths: Mapping[str, str], feature: str, model: Model | None) -> Layers:
    """Read the genome and everything that was given along it.

    Parameters
    ----------
    paths
        Files by kind; "" if one was not given.
    feature
        The feature type whose 5' ends are the sites, in GFF3 and GTF; "" for the default.
    model
        The model, which knows the test part of its genome; None if it is unknown.

    Returns
    -------
    Layers
        The genome with its sites, calls, genes, tracks and regions.
    """
    genome = genomes.read(paths["genome"])
    none = Sites(np.zeros(0, np.int32), np.zeros(0, np.int64), np.zeros(0, np.int8), np.zeros(0, np.float32))
    plus, minus = paths["bigwig-plus"], paths["bigwig-minus"]
    return Layers(
        genome=genome,
        sites=named_sites.read_for_genome(genome, paths["sites"], feature) if paths["sites"] or genome.labels else none,
        calls=site_files.read(paths["calls"], genome.contigs).sites if paths["calls"] else None,
        genes=gene_files.read(paths["genes"], genome.contigs) if paths["genes"] else None,
        p=named_sites.read_track((plus, minus), genome.contigs) if plus else None,
        regions=bed.read_regions(paths["regions"], genome.contigs) if paths["regions"] else None,
        unseen=_find_unseen(genome, model),
    )


def loci(given: Layers, asked: Sequence[str]) -> list[Locus]:
    """Cut the loci to draw.

    Parameters
    ----------
    given
        Everything along the genome.
    asked
        Loci as `contig:first-last`, 1-based and closed. If there are none, see `locus.choose_loci`.

    Returns
    -------
    list
        The loci, in order.
    """
    return [locus.cut_locus(given, split.parse_stretch(given.genome, text)) for text in asked] or locus.choose_loci(
        given
    )


def _find_unseen(genome: Genome, model: Model | None) -> np.ndarray | None:
    """bool (N,): the test part of the genome that the model was trained on; None where this is another genome, or there
    is none."""
    if model is None or not model.split.test or not model.genome.has(genome.contigs):
        return None
    try:
        return split.parts(genome, [], [split.parse_stretch(genome, text) for text in model.split.test]) == split.TEST
    except InputError:  # the same sequence under another name
        return None
