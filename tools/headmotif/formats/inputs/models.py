"""A model by its file or by its built-in name."""

import os
from collections.abc import Mapping

from ...data import Model
from ...errors import FormatError
from .. import files
from ..tensors import container, model_tensor
from . import recognise

WANTED = "a model here, which train-annot writes"
INSTEAD = {"sequence": f"give {WANTED}; are genome and model in the wrong order?"}
"""What to do with files of other kinds, by their group."""


def open_model(model: str, known: Mapping[str, os.PathLike[str]]) -> Model:
    """Open a model by its file or by its built-in name.

    A built-in name is never taken for a file of that name in the current folder.

    Parameters
    ----------
    model
        The file, "-" for standard input, or a built-in name.
    known
        The files of the built-in models, by name.

    Returns
    -------
    Model
        The model.

    Raises
    ------
    FormatError
        If there is no such file or model, or the file is no model, or damaged.
    """
    if model in known:
        return model_tensor.read(os.fspath(known[model]))
    if model != "-" and not os.path.exists(model):
        raise FormatError(
            model,
            None,
            f"there is no such file and no such built-in model; the built-in models are {', '.join(known) or 'none'}",
        )
    start = files.peek(model)
    if not container.is_tensor(start):
        choice = f"{WANTED}, or {' or '.join(known)}" if known else WANTED
        raise FormatError(model, None, recognise.explain(start, choice, INSTEAD) or f"this is no model; give {choice}")
    return model_tensor.read(model)
