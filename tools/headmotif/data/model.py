"""A trained model, and what is known of it."""

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, eq=False)
class Trained:
    """A trained annotator: `weights`, float32 arrays by parameter name, and `header`, all that is known of it.

    header: config (preset and sizes of the network), labels (names of the outputs), training (settings and where it
    stopped), split (validation and test regions, 1-based closed), metrics (of each part and label its scores; threshold
    and calibration of each label), data (digests of the contigs trained on).
    """

    header: dict[str, Any]
    weights: dict[str, np.ndarray]

    @property
    def digest(self) -> str:
        """SHA-256 of the weights, first 16 hexadecimal digits: names the model in what is made from it."""
        total = hashlib.sha256()
        for name in sorted(self.weights):
            total.update(name.encode() + np.ascontiguousarray(self.weights[name]).tobytes())
        return total.hexdigest()[:16]

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the outputs, in their order."""
        return tuple(self.header["labels"])

    def number(self, label: str) -> int | None:
        """Which output a label is, by default the first; None where the model does not know it."""
        return (self.labels.index(label) if label in self.labels else None) if label else 0

    def threshold(self, label: str) -> float | None:
        """The threshold of calls that the model's validation part chose; None where the model names none."""
        try:
            return float(self.header["metrics"]["threshold"][label])
        except (KeyError, TypeError):
            return None

    def prevalence(self, label: str) -> float | None:
        """The share of sites among all positions at which the model's P holds: its validation part's; None where the
        model names none."""
        try:
            return float(self.header["metrics"]["validation"][label]["prevalence"])
        except (KeyError, TypeError):
            return None

    @property
    def calibration(self) -> list[tuple[float, float]]:
        """Slope and shift of each label's logit. Raises KeyError or TypeError where the model was not calibrated."""
        found = self.header["metrics"]["calibration"]
        return [(found[label]["slope"], found[label]["shift"]) for label in self.labels]
