"""Model, version 1: the weights of a trained annotator, in the container of `tensors`.

Arrays: the network's parameters, float32, by name. Header: `config` (preset and sizes of the network), `labels` (names of the
outputs), `training` (settings and where it stopped), `split` (validation and test regions, 1-based closed), `metrics` (per label
and part: roc_auc, average_precision, prevalence, positions, sites; and the threshold), `data` (digests of the contigs trained on).
"""

import hashlib
from dataclasses import dataclass

import numpy as np

from ..errors import FormatError
from . import tensors

VERSION = 1


@dataclass(frozen=True, eq=False)
class Trained:
    """A model as it lies in a file: `header` as above, `weights` float32 arrays by parameter name."""

    header: dict
    weights: dict[str, np.ndarray]

    @property
    def digest(self) -> str:
        """SHA-256 of the weights, first 16 hexadecimal digits: names the model in what is made from it."""
        total = hashlib.sha256()
        for name in sorted(self.weights):
            total.update(name.encode() + np.ascontiguousarray(self.weights[name]).tobytes())
        return total.hexdigest()[:16]


def write(path: str, model: Trained) -> None:
    """A model as a file, or to standard output."""
    tensors.write(path, {"format": "model", "version": VERSION, **model.header}, model.weights)


def read(path: str) -> Trained:
    """A model from a file or standard input."""
    header, weights = tensors.read(path, "model", VERSION)
    if not isinstance(header.get("config"), dict) or not isinstance(header.get("labels"), list):
        raise FormatError(path, None, "this model file says nothing of its network; make it again")
    for name, array in weights.items():
        if array.dtype == np.float32 and not np.isfinite(array).all():
            raise FormatError(path, None, f"the weights '{name}' hold values that are not numbers; train again")
    return Trained({k: v for k, v in header.items() if k not in ("format", "version")}, dict(weights))
