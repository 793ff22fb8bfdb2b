"""A motif in one line of IUPAC letters."""

import numpy as np

from ..alphabet import IUPAC
from ..data import Motif

_LETTER = {frozenset(bases): letter for letter, bases in IUPAC.items()}


def consensus(motif: Motif) -> str:
    """The IUPAC consensus of a motif, one letter a column, by Cavener's rule as TRANSFAC uses it.

    One base where it has more than half and more than twice the second; two bases where they have more than three
    quarters together; three where the fourth has less than 1 %; else N. (Cavener 1987, Nucleic Acids Res 15:1353.)

    >>> consensus(Motif("m", np.array([[1, 0, 0, 0], [0.5, 0, 0.5, 0], [0.25, 0.25, 0.25, 0.25]])))
    'ARN'
    """
    return "".join(_column(row) for row in motif.matrix)


def _column(row: np.ndarray) -> str:
    values = row.tolist()
    # Ties are broken by the base's letter: sorting is stable, and every rule takes tied bases together or not at all.
    first, second, third, fourth = sorted(range(4), key=lambda base: -values[base])
    if values[first] > 0.5 and values[first] > 2 * values[second]:
        bases = [first]
    elif values[first] + values[second] > 0.75 and values[second] > values[third]:
        bases = [first, second]
    elif values[fourth] < 0.01:
        bases = [first, second, third]
    else:
        bases = [first, second, third, fourth]
    return _LETTER[frozenset("ACGT"[base] for base in bases)]
