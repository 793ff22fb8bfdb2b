"""From sites to labels: what a network is to learn at each nucleotide of both strands."""

from collections.abc import Mapping

import numpy as np

from ..alphabet import N
from ..data import NO_LABEL, Genome, Sites
from ..errors import InputError


def label(genome: Genome, named: Mapping[str, Sites]) -> Genome:
    """The genome with further label sets behind those it has: 1 at the sites, 0 elsewhere, `NO_LABEL` where the base is N.

    named: sites by the label's name, contigs as indices into the genome's, positions inside them, each place and strand once. A site
    on an N stays among `Genome.site`, its label is `NO_LABEL`. Raises InputError where a name is taken already.
    """
    for name in named:
        if name in genome.labels:
            raise InputError(f"the genome has a label set '{name}' already; give the new one another name, NAME=FILE")
    start, n = genome.start, len(genome.base)
    known = genome.label if genome.labels else np.zeros((0, 2, n), np.uint8)
    new = np.zeros((len(named), 2, n), np.uint8)
    site, strength = [genome.site], [genome.strength]
    for number, sites in enumerate(named.values()):
        row, place = (sites.strand < 0).astype(np.int64), start[sites.contig] + sites.position
        new[number, row, place] = 1
        order = np.lexsort((place, row))
        which = np.full(len(sites), len(known) + number, np.int64)
        site.append(np.stack([which, row, place], axis=1)[order])
        strength.append(sites.strength[order])
    new[:, :, genome.base == N] = NO_LABEL
    labels = (*genome.labels, *named)
    return Genome(genome.contigs, genome.base, labels, np.concatenate([known, new]), np.concatenate(site), np.concatenate(strength))
