"""Motifs, and matches between them."""

from dataclasses import dataclass, field

import numpy as np

from ..alphabet import IUPAC
from .check import check

_LETTER = {frozenset(bases): letter for letter, bases in IUPAC.items()}


@dataclass(frozen=True, eq=False)
class Motif:
    """A motif as a position weight matrix (PWM) of probabilities.

    Attributes
    ----------
    name
        The name of the motif.
    matrix
        float64 (width, 4), columns A C G T, 5' to 3'. Each row sums to 1.
    nsites
        The number of sites behind it, NaN if unknown.
    background
        float64 (4,), the frequencies of A C G T; uniform by default.
    evalue
        The E-value, NaN if none was computed.
    alt
        An alternative name, or "".
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
        """Make a motif from counts.

        Rows that sum to 1 are probabilities and do not say the number of sites. They may stray from 1 by 0.05, for
        published probabilities have two or three decimals.

        Parameters
        ----------
        name
            The name of the motif.
        alt
            An alternative name, or "".
        counts
            Counts or probabilities (width, 4), columns A C G T. Each row has a sum above 0.

        Returns
        -------
        Motif
            The motif. `nsites` is the largest sum of a row, or NaN for probabilities.
        """
        sums = counts.sum(axis=1)
        nsites = float("nan") if np.allclose(sums, 1, rtol=0, atol=0.05) else float(sums.max())
        return cls(name, counts / sums[:, None], nsites, alt=alt)

    @property
    def counts(self) -> np.ndarray:
        """Counts, float64 (width, 4), or probabilities if the number of sites is unknown."""
        return self.matrix if np.isnan(self.nsites) else self.matrix * self.nsites


def consensus(motif: Motif) -> str:
    """Write the IUPAC consensus of a motif, one letter a column.

    The rule is Cavener's, as TRANSFAC uses it (Cavener 1987, Nucleic Acids Res 15:1353). A column gets one base if that
    base has more than half, and more than twice the second. It gets two bases if they have more than three quarters
    together, and three if the fourth has less than 1 %. All others get N.

    Parameters
    ----------
    motif
        The motif.

    Returns
    -------
    str
        IUPAC letters, one for each row of the matrix.

    Examples
    --------
    >>> consensus(Motif("m", np.array([[1, 0, 0, 0], [0.5, 0, 0.5, 0], [0.25, 0.25, 0.25, 0.25]])))
    'ARN'
    """
    return "".join(_column(row) for row in motif.matrix)


def _column(row: np.ndarray) -> str:
    """The consensus letter of one column."""
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
    """One target motif that matches one query, with the columns of Tomtom's table.

    Attributes
    ----------
    query
        The name of the query motif.
    target
        The name of the target motif.
    offset
        The column of the target at which the query starts, 0-based; negative if it starts before the target.
    p
        The p-value of the target, or of its group if targets are grouped.
    evalue
        The E-value of the target, or of its group.
    q
        The q-value of the target, or of its group.
    overlap
        The number of columns that overlap.
    query_consensus
        The consensus of the query.
    target_consensus
        The consensus of the target.
    orientation
        "+" or "-".
    group
        The group of the target, "" if targets are not grouped.
    """

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
