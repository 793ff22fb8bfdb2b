"""Models as the commands' MODEL arguments name them: files, standard input, or those that come with the program."""

import os
from typing import TYPE_CHECKING

from ..builtin import MODELS
from ..errors import FormatError

if TYPE_CHECKING:
    import torch

    from ..formats.model_tensor import Trained


def opened(model: str) -> "Trained":
    """The model of a file, of standard input (-), or of a built-in name; a name is never a file of the folder that one happens to be in."""
    from ..formats import model_tensor

    if model != "-" and model not in MODELS and not os.path.exists(model):
        raise FormatError(model, None, f"there is no such file, and no such built-in model ({', '.join(MODELS) or 'there are none'})")
    return model_tensor.read(str(MODELS.get(model, model)))


def network(trained: "Trained") -> "torch.nn.Module":
    """The network of a model, of any preset. Raises InputError where its weights and its description do not fit."""
    from ..steps.network import presets as networks

    return networks.restored(trained.header["config"], len(trained.header["labels"]), trained.weights)
