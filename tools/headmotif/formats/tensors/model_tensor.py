"""Model, version 1: the weights of a trained annotator, in the container of `tensors`.

Arrays: the network's parameters, float32, by name. Header: see `model_header`.
"""

import os
from collections.abc import Mapping

import numpy as np

from ...data import Model
from ...errors import FormatError
from . import container, model_header

VERSION = 1


def write(path: str, model: Model) -> None:
    """A model as a file, or to standard output."""
    container.write(path, {"format": "model", "version": VERSION, **model_header.header(model)}, model.weights)


def read(path: str) -> Model:
    """A model from a file or standard input."""
    header, weights = container.read(path, "model", VERSION)
    if not isinstance(header.get("config"), dict) or not isinstance(header.get("labels"), list):
        raise FormatError(path, None, "this model file says nothing of its network; make it again")
    for name, array in weights.items():
        if array.dtype == np.float32 and not np.isfinite(array).all():
            raise FormatError(path, None, f"the weights '{name}' hold values that are not numbers; train again")
    try:
        return model_header.model(header, dict(weights))
    except ValueError as problem:
        raise FormatError(path, None, f"{problem}; train it again") from None


def opened(model: str, known: Mapping[str, os.PathLike[str]]) -> Model:
    """The model of a file, of standard input (-), or of a known name; a name is never a file of the folder that one
    happens to be in.

    known: the files of the models that come with the program, by name.
    """
    if model != "-" and model not in known and not os.path.exists(model):
        raise FormatError(
            model, None, f"there is no such file, and no such built-in model ({', '.join(known) or 'there are none'})"
        )
    return read(os.fspath(known.get(model, model)))
