"""What is wrong with a command line, in one line."""

import difflib
from collections.abc import Iterable, Sequence

from .parameters import Parameter


def complaint(error: Exception, name: str, known: Sequence[Parameter]) -> str:
    """The line for an error of the command line library; `name` is the command as it was called, `known` what it takes.

    The classes of these errors are the library's own business: what they are is seen by what they carry.
    """
    said = _describe_error(error, known)
    return f"{name}: {said}" if said.endswith("?") else f"{name}: {said}; try {name} --help"


def _describe_error(error: Exception, known: Sequence[Parameter]) -> str:
    if hasattr(error, "possibilities"):
        option = str(getattr(error, "option_name", ""))
        return f"no option {option}{did_you_mean(option, (flag for one in known for flag in one.flags))}"
    hit = getattr(error, "param", None)
    ours = next((one for one in known if hit is not None and one.name == hit.name), None)
    if ours and hasattr(error, "param_type"):
        return f"missing {'option' if ours.flags else 'argument'} {_name_parameter(ours)}"
    if ours:
        return f"invalid value for {_name_parameter(ours)}: it takes {_describe_value(ours)}"
    place, message = getattr(error, "param_hint", None), str(getattr(error, "message", error)).rstrip(".")
    return f"invalid value for {place}: {message}" if place else message[:1].lower() + message[1:]


def _name_parameter(one: Parameter) -> str:
    return one.flags[-1] if one.flags else one.value.removesuffix("...")


def _describe_value(one: Parameter) -> str:
    """What a number must be: INT, 0 to 50."""
    return f"{one.value}, {one.range}" if one.range else one.value


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The nearest of what is known, as the end of a complaint; nothing where none is near.

    >>> did_you_mean("predct-annot", ["predict-annot", "train-annot"])
    '; did you mean predict-annot?'
    """
    near = difflib.get_close_matches(word, list(known), n=1)
    return f"; did you mean {near[0]}?" if near else ""
