"""Which nucleotides are for training, validation and test: whole stretches of the genome, both strands alike.

Neighbouring nucleotides share their context, so single positions must never be drawn apart.
"""

import numpy as np

from ...data import Genome
from ...errors import InputError

TRAIN, VALIDATION, TEST = 0, 1, 2
Stretch = tuple[int, int, int]
"""Contig index, start, end: 0-based, half-open."""


def parts(genome: Genome, validation: list[Stretch], test: list[Stretch]) -> np.ndarray:
    """uint8 (N,): the part of each nucleotide. Raises InputError where validation and test overlap."""
    part = np.zeros(len(genome.base), np.uint8)
    start = genome.start
    for which, stretches in ((VALIDATION, validation), (TEST, test)):
        for contig, begin, end in stretches:
            stretch = part[start[contig] + begin : start[contig] + end]
            if which == TEST and (stretch == VALIDATION).any():
                raise InputError("the validation and the test region overlap; give regions that do not")
            stretch[:] = which
    return part


def automatic(genome: Genome, validation: float = 0.1, test: float = 0.2) -> tuple[list[Stretch], list[Stretch]]:
    """Contiguous stretches at the end of the genome, shares of its bases: training, then validation, then test.

    Contigs are taken in their order, end to end, so one contig may hold the border of two parts.
    """
    size = len(genome.base)
    first, second = round(size * (1 - validation - test)), round(size * (1 - test))
    return _stretches(genome, first, second), _stretches(genome, second, size)


def _stretches(genome: Genome, begin: int, end: int) -> list[Stretch]:
    start = genome.start
    overlaps = ((max(begin, int(start[i])), min(end, int(start[i + 1])), i) for i in range(len(genome.contigs)))
    return [(i, a - int(start[i]), b - int(start[i])) for a, b, i in overlaps if b > a]


def shown(genome: Genome, stretches: list[Stretch]) -> list[str]:
    """Stretches as samtools writes them: contig:first-last, 1-based, closed."""
    return [f"{genome.contigs[i].name}:{begin + 1}-{end}" for i, begin, end in stretches]


def parsed(genome: Genome, text: str) -> Stretch:
    """One stretch from `contig:first-last` (1-based, closed; commas allowed) or a contig's name alone."""
    names = genome.contigs.names
    if text in names:
        index = names.index(text)
        return index, 0, genome.contigs[index].length
    name, _, span = text.rpartition(":")
    first, dash, last = span.replace(",", "").partition("-")
    if name not in names:
        raise InputError(
            f"the region '{text}' names no contig of the genome ({', '.join(names[:5])}); write contig:first-last"
        )
    if not (dash and first.isdecimal() and last.isdecimal()):
        raise InputError(f"the region '{text}' is not contig:first-last, 1-based, as in {name}:1-1000")
    index = names.index(name)
    if not 1 <= int(first) <= int(last) <= genome.contigs[index].length:
        raise InputError(f"the region '{text}' does not lie within the contig's 1-{genome.contigs[index].length}")
    return index, int(first) - 1, int(last)
