"""Model, version 1: the weights of a trained annotator, in the container of `tensors`.

Arrays: the network's parameters, float32, by name. Header: `config` (preset and sizes of the network), `labels` (names
of the outputs), `training` (settings and where it stopped), `split` (validation and test regions, 1-based closed),
`metrics` (per label and part: roc_auc, average_precision, prevalence, positions, sites; and the threshold), `data`
(digests of the contigs trained on).
"""

import os
from collections.abc import Mapping

import numpy as np

from ...data import Trained
from ...errors import FormatError
from . import container

VERSION = 1


def write(path: str, model: Trained) -> None:
    """A model as a file, or to standard output."""
    container.write(path, {"format": "model", "version": VERSION, **model.header}, model.weights)


def read(path: str) -> Trained:
    """A model from a file or standard input."""
    header, weights = container.read(path, "model", VERSION)
    if not isinstance(header.get("config"), dict) or not isinstance(header.get("labels"), list):
        raise FormatError(path, None, "this model file says nothing of its network; make it again")
    for name, array in weights.items():
        if array.dtype == np.float32 and not np.isfinite(array).all():
            raise FormatError(path, None, f"the weights '{name}' hold values that are not numbers; train again")
    return Trained({k: v for k, v in header.items() if k not in ("format", "version")}, dict(weights))


def opened(model: str, known: Mapping[str, os.PathLike[str]]) -> Trained:
    """The model of a file, of standard input (-), or of a known name; a name is never a file of the folder that one
    happens to be in.

    known: the files of the models that come with the program, by name.
    """
    if model != "-" and model not in known and not os.path.exists(model):
        raise FormatError(
            model, None, f"there is no such file, and no such built-in model ({', '.join(known) or 'there are none'})"
        )
    return read(os.fspath(known.get(model, model)))
