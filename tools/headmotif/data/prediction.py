"""What is asked of a model for one genome, and what it says."""

from dataclasses import dataclass

import numpy as np

from .genes import GeneTable
from .genome import Genome, Sites


@dataclass(frozen=True)
class Asked:
    """What is to be called: the label's number and name; P of at least `threshold`, or the `top` best, or at most the
    share `fdr` of false ones by P itself, or by a decoy of `decoy` nucleotides (0: none); local maxima within `merge`
    nt."""

    number: int
    label: str
    threshold: float
    top: int
    fdr: float
    merge: int
    decoy: int
    seed: int


@dataclass(frozen=True, eq=False)
class Predicted:
    """A genome's annotation: P float32 (2, N), rows + and -, by + coordinates, NaN at N; calls by contig, position and
    strand, strength P; further columns of the calls, by name, "" where there is nothing to tell; the threshold that all
    calls passed, and what it came from."""

    genome: Genome
    label: str
    probability: np.ndarray
    calls: Sites
    threshold: float
    asked: Asked
    columns: dict[str, list[str]]
    genes: GeneTable | None

    @property
    def names(self) -> list[str]:
        """A name for each call: the label's, numbered from 1."""
        return [f"{self.label}{number}" for number in range(1, len(self.calls) + 1)]
