"""Several genomes as one, and what was found of the one cut back into each.

Contigs stay apart: every step keeps to a contig's own ends, so joining adds nothing between two genomes.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ...data import NO_LABEL, Contigs, Genome
from ...errors import InputError
from . import split


def in_one(genomes: Sequence[Genome], names: Sequence[str]) -> tuple[Genome, dict[str, list[split.Stretch]]]:
    """All genomes end to end, and the regions that `split.automatic` sets apart in each, by validation and test."""
    regions: dict[str, list[split.Stretch]] = {"validation": [], "test": []}
    contigs = 0
    for one in genomes:
        for name, stretches in zip(regions, split.automatic(one), strict=True):
            regions[name] += [(contigs + index, begin, end) for index, begin, end in stretches]
        contigs += len(one.contigs)
    return (joined(genomes, names) if len(genomes) > 1 else genomes[0]), regions


def joined(genomes: Sequence[Genome], names: Sequence[str]) -> Genome:
    """The contigs of all genomes end to end, with the label sets of the same name as one.

    names: one a genome; a contig's name that two genomes share is written `genome:contig` in each. A label set that a
    genome does not have is `NO_LABEL` throughout it: nothing is known there. Label sets stand in the order in which
    they first come; sites are sorted by label, row and place. Raises InputError where two genomes hold the same
    sequence, which would leak from one part into another (known by the contigs' digests; a contig without one is not
    compared), or where two contigs would still be named alike.
    """
    _refuse_same_sequence(genomes, names)
    labels = tuple(dict.fromkeys(label for genome in genomes for label in genome.labels))
    begin = _begin(genomes)
    label = np.full((len(labels), 2, begin[-1]), NO_LABEL, np.uint8)
    sites = []
    for genome, first, end in zip(genomes, begin[:-1], begin[1:], strict=True):
        number = np.array([labels.index(one) for one in genome.labels], np.int64)
        if genome.labels:
            label[number, :, first:end] = genome.label
        which, row, place = genome.site.T
        sites.append(np.stack([number[which], row, place + first], axis=1))
    site, strength = np.concatenate(sites), np.concatenate([genome.strength for genome in genomes])
    order = np.lexsort(site.T[::-1])
    base = np.concatenate([genome.base for genome in genomes])
    return Genome(_named_apart(genomes, names), base, labels, label, site[order], strength[order])


def parted(values: np.ndarray, genomes: Sequence[Genome]) -> list[np.ndarray]:
    """Per-nucleotide values (..., N) of the joined genome as those of each, views (..., n), in the order of
    `joined`."""
    begin = _begin(genomes)
    if values.shape[-1] != begin[-1]:
        raise ValueError(f"values of {values.shape[-1]} nucleotides for genomes of {begin[-1]}")
    return np.split(values, begin[1:-1], axis=-1)


def _begin(genomes: Sequence[Genome]) -> np.ndarray:
    """Where each genome begins in the joined one, and the end of the last: int64 (genomes + 1,)."""
    return np.cumsum([0, *(len(genome.base) for genome in genomes)], dtype=np.int64)


def _named_apart(genomes: Sequence[Genome], names: Sequence[str]) -> Contigs:
    """All contigs, those whose name another genome has too with their genome's before it."""
    used = Counter(name for genome in genomes for name in set(genome.contigs.names))
    contigs = Contigs(
        replace(contig, name=f"{name}:{contig.name}") if used[contig.name] > 1 else contig
        for genome, name in zip(genomes, names, strict=True)
        for contig in genome.contigs
    )
    name, n = Counter(contigs.names).most_common(1)[0]
    if n > 1:
        raise InputError(f"{n} contigs would be named '{name}'; give the genomes, or their contigs, names that differ")
    return contigs


def _refuse_same_sequence(genomes: Sequence[Genome], names: Sequence[str]) -> None:
    seen: dict[str, tuple[int, str]] = {}
    for index, (genome, name) in enumerate(zip(genomes, names, strict=True)):
        for contig in genome.contigs:
            here = f"'{contig.name}' of {name}"
            other, there = seen.setdefault(contig.digest, (index, here))
            if contig.digest and other != index:
                why = "what is learned from the one would be tested on the other"
                raise InputError(f"{there} and {here} are the same sequence, and {why}; leave one of them out")
