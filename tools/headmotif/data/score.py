"""The scores of a model, and the calibration of its P."""

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class Score:
    """The scores of one label on one part of the genome, both strands together.

    A call counts only at the exact position. NaN is what could not be computed.

    Attributes
    ----------
    roc_auc
        The area under the ROC curve.
    average_precision
        The average precision.
    prevalence
        The site density: the share of positions that are sites.
    positions
        The number of positions, both strands counted.
    sites
        The number of sites.
    """

    roc_auc: float
    average_precision: float
    prevalence: float
    positions: int
    sites: int


class Calibration(NamedTuple):
    """The calibration of a logit: P = sigmoid(slope x logit + shift).

    Attributes
    ----------
    slope
        The slope, above 0.
    shift
        The shift, added to the scaled logit.
    """

    slope: float = 1.0
    shift: float = 0.0
