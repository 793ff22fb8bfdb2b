"""A screen: what a small network says of where a model's P may be high."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from .check import check


@dataclass(frozen=True, eq=False)
class Screen:
    """A small network that was taught by a model where its P may be high.

    Attributes
    ----------
    network
        The sizes of the network, by the names of its configuration.
    least
        Values of P, ascending, for which a cut is known.
    cuts
        For each label of the model, by name, the least output of the screen, 0 to 1, where P may reach each of `least`.
    weights
        float32 arrays by parameter name.
    """

    network: Mapping[str, Any]
    least: tuple[float, ...]
    cuts: Mapping[str, tuple[float, ...]]
    weights: Mapping[str, np.ndarray]

    def __post_init__(self) -> None:
        check(bool(self.least) and list(self.least) == sorted(set(self.least)), "the screen's P do not ascend")
        for label, cuts in self.cuts.items():
            check(len(cuts) == len(self.least), f"the screen has not one cut of {label} for each P")

    def cut(self, label: str, probability: float) -> float | None:
        """Find where P need not be computed, if only P of some size matters.

        Parameters
        ----------
        label
            The name of the label.
        probability
            The least P that matters.

        Returns
        -------
        float or None
            P need not be computed where the screen's output is below this. None if the screen holds for no P this low,
            or does not know the label.
        """
        place = bisect_right(self.least, probability)
        return self.cuts[label][place - 1] if place and label in self.cuts else None
