"""Whether the screen of a model can be used for what is called, and where it lets P be computed."""

from ...data import Asked, Model
from ..network.device import Compute
from ..network.screen import ScreenNet, build_screen
from ..network.screened import Wanted


def explain_full(model: Model, asked: Asked) -> str:
    """Explain why P must be computed everywhere, although only the calls are wanted.

    Parameters
    ----------
    model
        The model.
    asked
        What is called.

    Returns
    -------
    str
        The reason; "" if the model's screen can be used.
    """
    if model.screen is None:
        return "the model has no screen"
    if asked.top is not None or asked.fdr is not None:
        return "--top and --fdr compare all local maxima of P"
    if model.screen.cut(asked.label, asked.threshold) is None:
        return f"the model's screen serves for calls with a P of {model.screen.least[0]:.4g} or more, no lower"
    return ""


def open_screen(model: Model, where: Compute) -> ScreenNet | None:
    """Build the network of a model's screen.

    Parameters
    ----------
    model
        The model.
    where
        Device and precision.

    Returns
    -------
    ScreenNet or None
        The network on the device; None if the model has no screen.

    Raises
    ------
    InputError
        If the screen's description and its weights do not fit together.
    """
    return None if model.screen is None else build_screen(model.screen).to(where.device)


def list_wanted(model: Model, asked: Asked) -> Wanted:
    """Say which calls are wanted, and where the model's screen lets P be computed for them.

    Parameters
    ----------
    model
        The model, whose screen can be used.
    asked
        What is called.

    Returns
    -------
    Wanted
        What `screened.annotate_possible` is asked for.

    Raises
    ------
    ValueError
        If the screen cannot be used.
    """
    cut = None if model.screen is None else model.screen.cut(asked.label, asked.threshold)
    if cut is None:
        raise ValueError("the model has no screen for these calls")
    return Wanted(asked.number, asked.threshold, cut, asked.min_distance - 1)
