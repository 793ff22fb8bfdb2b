"""How good a model's P is, and how it was put right."""

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class Score:
    """One label's scores on one part of the genome, both strands, exact positions; NaN where there are none."""

    roc_auc: float
    average_precision: float
    prevalence: float
    positions: int
    sites: int


class Calibration(NamedTuple):
    """P as it should be is sigmoid(slope x logit of P as it is + shift); slope > 0."""

    slope: float = 1.0
    shift: float = 0.0
