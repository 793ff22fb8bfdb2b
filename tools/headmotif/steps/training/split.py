"""Divide a genome into training, validation and test parts: whole stretches of it, both strands alike.

Neighbouring nucleotides share their context, so single positions are never assigned to parts.
"""

import numpy as np

from ...data import Genome
from ...errors import InputError

TRAIN, VALIDATION, TEST = 0, 1, 2
"""The numbers of the parts."""
Stretch = tuple[int, int, int]
"""Contig index, start and end: 0-based, half-open."""


def parts(genome: Genome, validation: list[Stretch], test: list[Stretch]) -> np.ndarray:
    """Number the part of each nucleotide.

    Parameters
    ----------
    genome
        The genome.
    validation, test
        The stretches of the two parts; all other nucleotides are in the training part.

    Returns
    -------
    numpy.ndarray
        uint8 (N,): `TRAIN`, `VALIDATION` or `TEST`.

    Raises
    ------
    InputError
        If a validation and a test stretch overlap.
    """
    part = np.zeros(len(genome.base), np.uint8)
    start = genome.start
    for which, stretches in ((VALIDATION, validation), (TEST, test)):
        for contig, begin, end in stretches:
            stretch = part[start[contig] + begin : start[contig] + end]
            if which == TEST and (stretch == VALIDATION).any():
                raise InputError("the validation and the test regions overlap; give regions that do not overlap")
            stretch[:] = which
    return part


def split_automatically(
    genome: Genome, validation: float = 0.1, test: float = 0.2
) -> tuple[list[Stretch], list[Stretch]]:
    """Choose contiguous stretches at the end of the genome: training first, then validation, then test.

    Contigs are taken in their order, end to end, so one contig may hold the border of two parts.

    Parameters
    ----------
    genome
        The genome.
    validation, test
        Shares of the bases.

    Returns
    -------
    tuple of list of Stretch
        The validation and the test stretches.
    """
    size = len(genome.base)
    first, second = round(size * (1 - validation - test)), round(size * (1 - test))
    return _stretches(genome, first, second), _stretches(genome, second, size)


def _stretches(genome: Genome, begin: int, end: int) -> list[Stretch]:
    start = genome.start
    overlaps = ((max(begin, int(start[i])), min(end, int(start[i + 1])), i) for i in range(len(genome.contigs)))
    return [(i, a - int(start[i]), b - int(start[i])) for a, b, i in overlaps if b > a]


def format_stretches(genome: Genome, stretches: list[Stretch]) -> list[str]:
    """Write stretches as samtools does: contig:first-last, 1-based, closed.

    Parameters
    ----------
    genome
        The genome.
    stretches
        The stretches.

    Returns
    -------
    list of str
        One text for each stretch.
    """
    return [f"{genome.contigs[i].name}:{begin + 1}-{end}" for i, begin, end in stretches]


def parse_stretch(genome: Genome, text: str) -> Stretch:
    """Read a stretch from `contig:first-last` (1-based, closed, commas allowed) or from a contig name alone.

    Parameters
    ----------
    genome
        The genome.
    text
        The text.

    Returns
    -------
    Stretch
        The stretch, 0-based, half-open.

    Raises
    ------
    InputError
        If the genome has no such contig, the text has another form, or the positions lie outside the contig.
    """
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
        raise InputError(f"the region '{text}' is not contig:first-last; write it 1-based, as in {name}:1-1000")
    index = names.index(name)
    if not 1 <= int(first) <= int(last) <= genome.contigs[index].length:
        last_base = genome.contigs[index].length
        raise InputError(f"the region '{text}' does not lie within the contig's 1-{last_base}; correct its positions")
    return index, int(first) - 1, int(last)
