"""The genome of a report: everything that was given along it, and the loci to draw."""

from collections.abc import Mapping, Sequence

import numpy as np

from ...data import Genome, Model, Sites
from ...data.locus import Locus
from ...errors import InputError
from ...formats.features import bed_regions
from ...formats.inputs import annotations, gene_files, genomes, site_files
from ...formats.tracks import strands
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
    bare = genomes.read(paths["genome"])
    wanted = {kind: feature if kind == "sites" else "" for kind in ("sites", "calls") if paths[kind]}
    tables = {
        kind: site_files.load(paths[kind], bare.contigs.names, one, may_be_empty=kind == "calls")
        for kind, one in wanted.items()
    }
    genes = annotations.read(paths["genes"]) if paths["genes"] else None
    given = [*(table.annotation for table in tables.values()), genes]
    genome = annotations.declare_circular(bare, given)
    placed = {kind: site_files.place(table, genome.contigs).sites for kind, table in tables.items()}
    none = Sites(np.zeros(0, np.int32), np.zeros(0, np.int64), np.zeros(0, np.int8), np.zeros(0, np.float32))
    plus, minus = paths["bigwig-plus"], paths["bigwig-minus"]
    return Layers(
        genome=genome,
        sites=placed.get("sites", genome.sites(0) if genome.labels else none),
        calls=placed.get("calls"),
        genes=gene_files.place(genes, genome.contigs) if genes else None,
        p=_read_p((plus, minus), genome) if plus else None,
        regions=bed_regions.read(paths["regions"], genome.contigs) if paths["regions"] else None,
        unseen=_find_unseen(genome, model),
    )


def _read_p(paths: strands.Track, genome: Genome) -> np.ndarray:
    """P of both strands; raises InputError where values are below 0, which would be drawn on the other strand."""
    p = strands.read(paths, genome.contigs)
    if (lowest := float(np.nanmin(p, initial=0))) < 0:
        named = ",".join(paths)
        raise InputError(f"{named}: a value is {lowest:.4g}, which is no P; give the tracks of predict-annot")
    return p


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
