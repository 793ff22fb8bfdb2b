"""Model file, version 1: the weights of a trained model, in the container of `tensors`.

Arrays: the parameters of the network, float32, by name. Header: see `model_header`.
"""

import numpy as np

from ...data import Model
from ...errors import FormatError
from . import container, model_header

VERSION = 1


def write(path: str, model: Model) -> None:
    """Write a model.

    Parameters
    ----------
    path
        The file; "-" is standard output.
    model
        The model.
    """
    container.write(path, {"format": "model", "version": VERSION, **model_header.header(model)}, model.weights)


def read(path: str) -> Model:
    """Read a model.

    Parameters
    ----------
    path
        The file; "-" is standard input.

    Returns
    -------
    Model
        The model.

    Raises
    ------
    FormatError
        If the file is no model, is damaged, or has weights that are not finite.
    """
    header, weights = container.read(path, "model", VERSION)
    if not isinstance(header.get("config"), dict) or not isinstance(header.get("labels"), list):
        raise FormatError(path, None, "this model file does not describe its network; make it again")
    for name, array in weights.items():
        if array.dtype == np.float32 and not np.isfinite(array).all():
            raise FormatError(path, None, f"the weights '{name}' have values that are not numbers; train again")
    try:
        return model_header.model(header, dict(weights))
    except ValueError as problem:
        raise FormatError(path, None, f"{problem}; train it again") from None
