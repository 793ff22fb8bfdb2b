"""Model file, version 2: the weights of a trained model, in the container of `tensors`.

Arrays: the parameters of the network, float32, by name; then, if the model has a screen, those of the screen, whose
names begin with `screen.`. Header: see `model_header`. A model without a screen is written as version 1, which had
none, so that older programs read it.
"""

import numpy as np

from ...data import Model
from ...errors import FormatError
from . import container, model_header

VERSION = 2
SCREEN = "screen."
"""What the names of a screen's arrays begin with."""


def write(path: str, model: Model) -> None:
    """Write a model.

    Parameters
    ----------
    path
        The file; "-" is standard output.
    model
        The model.
    """
    screen = {} if model.screen is None else {SCREEN + name: array for name, array in model.screen.weights.items()}
    version = VERSION if screen else 1
    header = {"format": "model", "version": version, **model_header.header(model)}
    container.write(path, header, {**model.weights, **screen})


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
        screen = {name.removeprefix(SCREEN): a for name, a in weights.items() if name.startswith(SCREEN)}
        own = {name: array for name, array in weights.items() if not name.startswith(SCREEN)}
        return model_header.model(header, own, screen)
    except ValueError as problem:
        raise FormatError(path, None, f"{problem}; train it again") from None
