"""Join several genomes into one, and cut what was found for it back into each.

Every step stops at the ends of each contig, so joining genomes creates no sequence across them.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ...data import NO_LABEL, Contigs, Genome
from ...errors import InputError
from . import split


def concatenate_and_split(
    genomes: Sequence[Genome], names: Sequence[str]
) -> tuple[Genome, dict[str, list[split.Stretch]]]:
    """Join genomes, and split each of them into parts as `split.split_automatically` does.

    Parameters
    ----------
    genomes
        The genomes.
    names
        A name for each genome.

    Returns
    -------
    tuple
        The joined genome, or the only one as it is, and its stretches by `validation` and `test`.

    Raises
    ------
    InputError
        As in `concatenate`.
    """
    regions: dict[str, list[split.Stretch]] = {"validation": [], "test": []}
    contigs = 0
    for one in genomes:
        for name, stretches in zip(regions, split.split_automatically(one), strict=True):
            regions[name] += [(contigs + index, begin, end) for index, begin, end in stretches]
        contigs += len(one.contigs)
    return (concatenate(genomes, names) if len(genomes) > 1 else genomes[0]), regions


def concatenate(genomes: Sequence[Genome], names: Sequence[str]) -> Genome:
    """Join the contigs of all genomes end to end; label sets of the same name become one.

    A contig name that two genomes share is written `genome:contig` in each. A label set that a genome does not have is
    `NO_LABEL` throughout that genome, for nothing is known there. Label sets stand in the order in which they first
    occur, and sites are sorted by label, row and place. The sequences of contigs are compared by their digests; a
    contig without a digest is not compared.

    Parameters
    ----------
    genomes
        The genomes.
    names
        A name for each genome.

    Returns
    -------
    Genome
        The joined genome.

    Raises
    ------
    InputError
        If two genomes hold the same sequence, which would leak from one part into another, or if two contigs would
        still have the same name.
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
    return Genome(_make_names_distinct(genomes, names), base, labels, label, site[order], strength[order])


def split_by_genome(values: np.ndarray, genomes: Sequence[Genome]) -> list[np.ndarray]:
    """Cut values of the joined genome into those of each genome.

    Parameters
    ----------
    values
        (..., N), a value for each nucleotide.
    genomes
        The genomes in the order of `concatenate`.

    Returns
    -------
    list of numpy.ndarray
        (..., n) for each genome, views.

    Raises
    ------
    ValueError
        If there are not as many values as nucleotides.
    """
    begin = _begin(genomes)
    if values.shape[-1] != begin[-1]:
        raise ValueError(f"values of {values.shape[-1]} nucleotides for genomes of {begin[-1]}")
    return np.split(values, begin[1:-1], axis=-1)


def _begin(genomes: Sequence[Genome]) -> np.ndarray:
    """Where each genome begins in the joined one, and the end of the last: int64 (genomes + 1,)."""
    return np.cumsum([0, *(len(genome.base) for genome in genomes)], dtype=np.int64)


def _make_names_distinct(genomes: Sequence[Genome], names: Sequence[str]) -> Contigs:
    """All contigs; a name that another genome has too gets its genome's name before it."""
    used = Counter(name for genome in genomes for name in set(genome.contigs.names))
    contigs = Contigs(
        replace(contig, name=f"{name}:{contig.name}") if used[contig.name] > 1 else contig
        for genome, name in zip(genomes, names, strict=True)
        for contig in genome.contigs
    )
    name, n = Counter(contigs.names).most_common(1)[0]
    if n > 1:
        raise InputError(f"{n} contigs would be named '{name}'; give the genomes or the contigs different names")
    return contigs


def _refuse_same_sequence(genomes: Sequence[Genome], names: Sequence[str]) -> None:
    """Raise InputError if two genomes hold the same sequence."""
    seen: dict[str, tuple[int, str]] = {}
    for index, (genome, name) in enumerate(zip(genomes, names, strict=True)):
        for contig in genome.contigs:
            here = f"'{contig.name}' of {name}"
            other, there = seen.setdefault(contig.digest, (index, here))
            if contig.digest and other != index:
                why = "so the model would be tested on what it learned from"
                raise InputError(f"{there} and {here} are the same sequence, {why}; leave one of them out")
