"""A command's arguments and options in plain words, from its signature."""

import inspect
import types
import typing
from collections.abc import Callable
from dataclasses import dataclass

import typer

TYPES: dict[type, str] = {int: "INT", float: "FLOAT", str: "TEXT"}


@dataclass(frozen=True)
class Parameter:
    """An argument or option, as the help of its command describes it."""

    name: str
    """As in the function, such as max_q."""
    flags: tuple[str, ...]
    """Such as -o and --output; empty for an argument."""
    value: str
    """What stands for its value, such as FILE, INT or auto|cpu; empty for a flag."""
    several: bool
    required: bool
    default: str
    """In words; empty where there is none to show."""
    range: str
    """In words; empty where there are no bounds."""
    help: str

    @property
    def choices(self) -> list[str]:
        """The words that its value may be: the alternatives in small letters."""
        words = self.value.split("|")
        return [word for word in words if len(words) > 1 and word == word.lower()]


VERSION = Parameter("version", ("--version",), "", False, False, "", "", "Print the version and exit.")
HELP = Parameter("help", ("--help",), "", False, False, "", "", "Print this help and exit.")


def parameters(function: Callable[..., None]) -> list[Parameter]:
    """The arguments and options of a command's function, in its order, then --version and --help."""
    hints = typing.get_type_hints(function, include_extras=True)
    own = [_parameter(one, hints[name]) for name, one in inspect.signature(function).parameters.items()]
    return [*own, VERSION, HELP]


def _parameter(one: inspect.Parameter, hint: object) -> Parameter:
    kind, info = typing.get_args(hint)[:2]  # of Annotated
    inner, several = _unwrap_type(kind)
    required = one.default is inspect.Parameter.empty
    value = info.metavar or _type(inner, info.min, info.max)
    shown = bool(info.show_default) and "default: " not in (info.help or "")
    return Parameter(
        one.name,
        _flags(one.name, info),
        "" if inner is bool else value,
        several,
        required,
        in_words(one.default) if shown and not required else "",
        _range(info.min, info.max),
        info.help or "",
    )


def _flags(name: str, info: object) -> tuple[str, ...]:
    if not isinstance(info, typer.models.OptionInfo):
        return ()
    told = (info.default, *(info.param_decls or ()))  # within Annotated, typer takes the first flag for the default
    short = [flag for flag in told if isinstance(flag, str) and flag.startswith("-") and not flag.startswith("--")]
    return (*short, "--" + name.replace("_", "-"))


def _unwrap_type(kind: object) -> tuple[type, bool]:
    """The type of one value, and whether there may be several: of `str`, `str | None` and `list[str] | None` it is
    str."""
    if isinstance(kind, types.UnionType):
        (kind,) = (part for part in typing.get_args(kind) if part is not types.NoneType)
    if typing.get_origin(kind) is list:
        return typing.get_args(kind)[0], True
    return typing.cast(type, kind), False


def _type(kind: type, least: float | None, most: float | None) -> str:
    return "FRACTION" if kind is float and (least, most) == (0, 1) else TYPES.get(kind, "")


def _range(least: float | None, most: float | None) -> str:
    if least is None:
        return "" if most is None else f"at most {in_words(most)}"
    return f"at least {in_words(least)}" if most is None else f"{in_words(least)} to {in_words(most)}"


def in_words(value: object) -> str:
    """A default or a bound as one would type it: 0.001, 20000, ecoli-tss; nothing of what is empty or off.

    >>> [in_words(value) for value in (1e-3, 1.0, 20_000_000, "-", "", None, False, 0)]
    ['0.001', '1', '20000000', '-', '', '', '', '0']
    """
    if value is None or isinstance(value, bool | list | tuple):
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value:g}"
    return str(value)
