"""A request to predict the sites of one genome, and its result."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ..alphabet import N
from .genes import GeneTable
from .genome import Genome, Sites


@dataclass(frozen=True)
class Asked:
    """What is to be called.

    Calls are chosen by `threshold`, by `top` or by `fdr`.

    Attributes
    ----------
    number
        The 0-based index of the label among the outputs of the model.
    label
        The name of the label.
    threshold
        The least P of a call.
    top
        The number of best calls, or None.
    fdr
        The false discovery rate, or None.
    shuffled
        Whether the false discovery rate is estimated from the shuffled genome, rather than from P itself.
    min_distance
        The least distance, in nucleotides, between calls on one strand.
    seed
        The seed of random choices.
    """

    number: int
    label: str
    threshold: float
    top: int | None
    fdr: float | None
    shuffled: bool
    min_distance: int
    seed: int


@dataclass(frozen=True, eq=False)
class Predicted:
    """The annotation of a genome, N nucleotides long.

    Attributes
    ----------
    genome
        The genome.
    label
        The name of the label.
    probability
        float32 (2, N), P on the rows + and -, by + coordinates; NaN at N, and where a screen left P out.
    calls
        The calls by contig, position and strand. Their strength is P.
    threshold
        The P that all calls reach; NaN if there are none, and no threshold was asked for.
    asked
        What was asked for.
    columns
        Further columns of the calls by name; a cell is "" if it has no value.
    genes
        The genes, or None.
    model
        The name of the model if it is a built-in one, else "".
    why_none
        Why there are no calls, and which setting gives some; "" if there are calls.
    limits
        What the model is known to miss, from `Model.limits`.
    gene_columns
        The table of genes, columns by name; empty if it was not asked for.
    """

    genome: Genome
    label: str
    probability: np.ndarray
    calls: Sites
    threshold: float
    asked: Asked
    columns: dict[str, list[str]]
    genes: GeneTable | None
    model: str = ""
    why_none: str = ""
    limits: str = ""
    gene_columns: dict[str, Sequence[object]] = field(default_factory=dict)

    @property
    def n_right(self) -> float:
        """The number of calls that should be right at the exact base: the sum of P, at the density at which P holds."""
        return float(self.calls.strength.sum(dtype=np.float64))

    @property
    def share_left_out(self) -> float:
        """The share of the positions whose base is known, but for which a screen left P out."""
        known = self.genome.base != N
        return float(np.isnan(self.probability[:, known]).mean()) if known.any() else 0.0

    @property
    def names(self) -> list[str]:
        """
        Attributes
        ----------
        name for each call
            that of the label, numbered from 1.
        """
        return [f"{self.label}{number}" for number in range(1, len(self.calls) + 1)]
