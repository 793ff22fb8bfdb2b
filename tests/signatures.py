"""The commands' signatures as plain facts: the truth that every skin (Galaxy, Nextflow, conda) and the documentation is
checked against.

Read from the functions' type hints, not from what the command line library makes of them, so that a skin is compared
with the code itself.
"""

import importlib
import inspect
import types
import typing
from dataclasses import dataclass

import typer

from headmotif.commands.headmotif import BESIDE, PIPELINE

COMMANDS = (*PIPELINE, *BESIDE)  # that these are the console scripts, in their order, is a test of test_startup


@dataclass(frozen=True)
class Option:
    """One argument or option of a command, as its signature has it."""

    flag: str  # "--max-q"; "" of an argument
    name: str  # "max_q", as the function calls it
    type: type  # str, int, float or bool
    several: bool  # may be given more than once
    default: object  # the default; None where there is none
    required: bool
    choices: tuple[str, ...]  # what a text may be; () where anything may stand
    least: float | None
    most: float | None
    metavar: str
    help: str

    @property
    def is_argument(self) -> bool:
        return not self.flag


def options(command: str) -> tuple[Option, ...]:
    """The arguments and options of a command, in the signature's order; `--version` and `--help`, which all have, are
    not among them."""
    function = getattr(
        importlib.import_module(f"headmotif.commands.{command.replace('-', '_')}"), command.replace("-", "_")
    )
    hints = typing.get_type_hints(function, include_extras=True)
    return tuple(
        _option(parameter, hints[parameter.name]) for parameter in inspect.signature(function).parameters.values()
    )


def _option(parameter: inspect.Parameter, hint: object) -> Option:
    kind, info = typing.get_args(hint)[:2]  # of Annotated
    inner, several = _unwrap(kind)
    required = parameter.default is inspect.Parameter.empty
    metavar = info.metavar or ""
    words = metavar.split("|")
    is_option = isinstance(info, typer.models.OptionInfo)
    return Option(
        flag="--" + parameter.name.replace("_", "-") if is_option else "",
        name=parameter.name,
        type=inner,
        several=several,
        default=None if required else parameter.default,
        required=required,
        # A metavar in capitals stands for something of the user's; words in small letters are all that may be said.
        choices=tuple(words) if len(words) > 1 and all(w == w.lower() for w in words) else (),
        least=info.min,
        most=info.max,
        metavar=metavar,
        help=info.help or "",
    )


def _unwrap(kind: object) -> tuple[type, bool]:
    """The type of one value, and whether there may be several: of `str`, `str | None`, `list[str]` and `list[str] |
    None` it is str."""
    if isinstance(kind, types.UnionType):
        (kind,) = (part for part in typing.get_args(kind) if part is not types.NoneType)
    if typing.get_origin(kind) is list:
        return typing.get_args(kind)[0], True
    return kind, False
