"""Motifs, and how they match."""

from dataclasses import dataclass, field

import numpy as np

from ..alphabet import IUPAC
from .check import check

_LETTER = {frozenset(bases): letter for letter, bases in IUPAC.items()}


@dataclass(frozen=True, eq=False)
class Motif:
    """A position weight matrix of probabilities, float64 (width, 4), columns A C G T, each row summing to 1.

    nsites: number of sites behind it (NaN: unknown). background: float64 (4,). evalue: NaN where none was computed.
    """

    name: str
    matrix: np.ndarray
    nsites: float = float("nan")
    background: np.ndarray = field(default_factory=lambda: np.full(4, 0.25))
    evalue: float = float("nan")
    alt: str = ""

    def __post_init__(self) -> None:
        check(
            self.matrix.ndim == 2 and self.matrix.shape[1] == 4 and len(self.matrix) > 0,
            "a motif needs rows of four columns",
        )
        check(
            bool(np.isfinite(self.matrix).all()) and bool((self.matrix >= 0).all()),
            "a probability is negative or not a number",
        )
        check(bool(np.allclose(self.matrix.sum(axis=1), 1, atol=1e-3)), "a row does not sum to 1")

    def __len__(self) -> int:
        return len(self.matrix)

    @classmethod
    def from_counts(cls, name: str, alt: str, counts: np.ndarray) -> "Motif":
        """A motif from counts (width, 4), every row above 0 in sum; rows that sum to 1 are probabilities and tell no
        number of sites.

        To 1 within 0.05: published probabilities have two or three decimals."""
        sums = counts.sum(axis=1)
        nsites = float("nan") if np.allclose(sums, 1, rtol=0, atol=0.05) else float(sums.max())
        return cls(name, counts / sums[:, None], nsites, alt=alt)

    @property
    def counts(self) -> np.ndarray:
        """Counts float64 (width, 4); probabilities where the number of sites is unknown."""
        return self.matrix if np.isnan(self.nsites) else self.matrix * self.nsites


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


@dataclass(frozen=True)
class Match:
    """One target motif for one query, with the columns of Tomtom's table; offset: where in the target the query starts,
    in columns (negative: before it). group: the target's group, "" where targets are not grouped; p, E and q are then
    the group's."""

    query: str
    target: str
    offset: int
    p: float
    evalue: float
    q: float
    overlap: int
    query_consensus: str
    target_consensus: str
    orientation: str
    group: str = ""
