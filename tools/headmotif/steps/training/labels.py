"""From sites to labels: what a network is to learn at each nucleotide of both strands."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from ...alphabet import N
from ...data import NO_LABEL, Genome, Sites
from ...errors import InputError


def label(genome: Genome, named: Mapping[str, Sites]) -> Genome:
    """The genome with further label sets behind those it has: 1 at the sites, 0 elsewhere, `NO_LABEL` where the base is
    N.

    named: sites by the label's name, contigs as indices into the genome's, positions inside them, each place and strand
    once. A site on an N stays among `Genome.site`, its label is `NO_LABEL`. Raises InputError where a name is taken
    already.
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
    """bool (2, N), the rows of `Genome.label`: what intervals cover, each a contig's index, start, end, and strand (+1,
    -1, 0 for both)."""
    covered = np.zeros((2, len(genome.base)), bool)
    offset = genome.start.tolist()
    rows = {1: slice(0, 1), -1: slice(1, 2), 0: slice(0, 2)}
    for contig, start, end, strand in intervals:
        covered[rows[strand], offset[contig] + start : offset[contig] + end] = True
    return covered


def masked(genome: Genome, hidden: np.ndarray) -> Genome:
    """The genome with `NO_LABEL` in all its label sets where `hidden`, bool (2, N) as the rows of `label`, is true.

    Sites there stay among `Genome.site`, as those on an N do. A label set that is added later is not masked.
    """
    label = genome.label.copy()
    label[:, hidden] = NO_LABEL
    return replace(genome, label=label)


def sites_under(genome: Genome, hidden: np.ndarray) -> list[int]:
    """How many sites of each label set lie where `hidden`, bool (2, N), is true."""
    which, row, place = genome.site.T
    return np.bincount(which[hidden[row, place]], minlength=len(genome.labels)).tolist()
