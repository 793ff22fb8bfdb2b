"""Make labels from sites: what a network is to learn at each nucleotide of both strands."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from ...alphabet import N
from ...data import NO_LABEL, Genome, Sites
from ...errors import InputError


def label(genome: Genome, named: Mapping[str, Sites]) -> Genome:
    """Add label sets to a genome: 1 at the sites, 0 elsewhere, and `NO_LABEL` where the base is N.

    New label sets stand after those that the genome has. A site on an N stays in `Genome.site`, but its label is
    `NO_LABEL`.

    Parameters
    ----------
    genome
        The genome.
    named
        Sites by the name of the label. Contigs are indices into the genome's, positions lie inside them, and each
        position and strand occurs once.

    Returns
    -------
    Genome
        The genome with the new label sets.

    Raises
    ------
    InputError
        If the genome has a label set of that name already.
    """
    for name in named:
        if name in genome.labels:
            raise InputError(f"the genome has a label set '{name}' already; give the new one another name, NAME=FILE")
    n = len(genome.base)
    known = genome.label if genome.labels else np.zeros((0, 2, n), np.uint8)
    new = np.zeros((len(named), 2, n), np.uint8)
    site, strength = [genome.site], [genome.strength]
    for number, sites in enumerate(named.values()):
        row, place = (sites.strand < 0).astype(np.int64), genome.contigs.place(sites.contig, sites.position)
        new[number, row, place] = 1
        order = np.lexsort((place, row))
        which = np.full(len(sites), len(known) + number, np.int64)
        site.append(np.stack([which, row, place], axis=1)[order])
        strength.append(sites.strength[order])
    new[:, :, genome.base == N] = NO_LABEL
    labels = (*genome.labels, *named)
    return Genome(
        genome.contigs,
        genome.base,
        labels,
        np.concatenate([known, new]),
        np.concatenate(site),
        np.concatenate(strength),
    )


def stretches(genome: Genome, intervals: Iterable[tuple[int, int, int, int]]) -> np.ndarray:
    """Mark the positions that intervals cover.

    Parameters
    ----------
    genome
        The genome.
    intervals
        Contig index, start, end (0-based, half-open) and strand (+1, -1, 0 for both) of each.

    Returns
    -------
    numpy.ndarray
        bool (2, N), the rows of `Genome.label`.
    """
    covered = np.zeros((2, len(genome.base)), bool)
    offset = genome.start.tolist()
    rows = {1: slice(0, 1), -1: slice(1, 2), 0: slice(0, 2)}
    for contig, start, end, strand in intervals:
        covered[rows[strand], offset[contig] + start : offset[contig] + end] = True
    return covered


def mask_labels(genome: Genome, hidden: np.ndarray) -> Genome:
    """Set all label sets to `NO_LABEL` at some positions.

    Sites there stay in `Genome.site`, as those on an N do. A label set that is added later is not masked.

    Parameters
    ----------
    genome
        The genome.
    hidden
        bool (2, N), the positions, in the rows of `Genome.label`.

    Returns
    -------
    Genome
        The genome with masked labels.
    """
    label = genome.label.copy()
    label[:, hidden] = NO_LABEL
    return replace(genome, label=label)


def count_sites_under(genome: Genome, hidden: np.ndarray) -> list[int]:
    """Count the sites of each label set at some positions.

    Parameters
    ----------
    genome
        The genome.
    hidden
        bool (2, N), the positions, in the rows of `Genome.label`.

    Returns
    -------
    list of int
        The number of sites, in the order of the label sets.
    """
    which, row, place = genome.site.T
    return np.bincount(which[hidden[row, place]], minlength=len(genome.labels)).tolist()
