"""The scores of a model, and the calibration of its P."""

import math
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

    @property
    def is_at_chance(self) -> bool:
        """Whether a random P may score as well: the average precision is at most the site density, or the ROC-AUC is
        within two standard errors of 0.5 (Hanley and McNeil 1982, for scores that mean nothing)."""
        others = self.positions - self.sites
        if self.sites < 1 or others < 1:
            return False
        error = math.sqrt((self.positions + 1) / (12 * self.sites * others))
        return self.average_precision <= self.prevalence or self.roc_auc < 0.5 + 2 * error


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
