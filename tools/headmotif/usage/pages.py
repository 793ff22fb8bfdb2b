"""The help page that a command's --help prints."""

import inspect
import re
import shutil
import textwrap
from collections.abc import Callable, Sequence

from .examples import EXAMPLES
from .headings import HEADINGS, heading
from .parameters import HELP, VERSION, Parameter, parameters

WIDEST, NARROWEST = 100, 40
COLUMN = 28
"""What may stand before an option's help on its line, at most; what is longer has a line of its own."""
OBVIOUS = ("at least 0", "at least 1")
"""Bounds that a number has anyway."""
TOGETHER = "\xa0"
"""A space at which no line breaks."""
TAB = (
    "To complete commands and options with the Tab key, run the script that headmotif --show-completion bash (or zsh, "
    "fish) prints."
)
SHELLS = Parameter(
    "show_completion",
    ("--show-completion",),
    "bash|zsh|fish",
    False,
    False,
    "",
    "",
    'Print a script that completes commands with the Tab key. Run it in bash or zsh by eval "$(headmotif '
    '--show-completion bash)", in fish by headmotif --show-completion fish | source.',
)
OF_A_GROUP = [SHELLS, VERSION, HELP]
"""The options of a command with subcommands."""


def width() -> int:
    """The terminal's, within what reads well."""
    return min(max(shutil.get_terminal_size().columns, NARROWEST), WIDEST)


def page(function: Callable[..., None], name: str, wide: int) -> str:
    """A command's help: usage, what it does, arguments, options under their headings, examples."""
    given = parameters(function)
    own = function.__name__.replace("_", "-")
    text = [_fill(usage(name, given), "Usage: ", " " * len(f"Usage: {name} "), wide)]
    text += [_fill(part, "", "", wide) for part in paragraphs(function)]
    column = min(COLUMN, max(len(write_option(one)) for one in given))
    text += [_section(title, ones, column, wide) for title, ones in sections(function).items()]
    if own in EXAMPLES:
        text.append(_examples(EXAMPLES[own], wide))
    return "\n\n".join([*text, textwrap.fill(TAB, wide)])


def overview_page(name: str, overview: str, wide: int) -> str:
    """The help of a command with subcommands: its overview as it stands, and its options."""
    options = _section("Options", OF_A_GROUP, COLUMN, wide)
    return "\n\n".join([f"Usage: {name} COMMAND [ARGUMENTS AND OPTIONS]", overview, options])


def paragraphs(function: Callable[..., None]) -> list[str]:
    """What a command does, as its docstring has it, each paragraph in one line."""
    return [" ".join(part.split()) for part in (inspect.getdoc(function) or "").split("\n\n")]


def sections(function: Callable[..., None]) -> dict[str, list[Parameter]]:
    """The arguments and options of a command by their headings, in the order of a page; no heading is empty."""
    found: dict[str, list[Parameter]] = {"Arguments": [], **{title: [] for title in HEADINGS}, "Options": []}
    for one in parameters(function):
        found[heading(function.__name__.replace("_", "-"), _long(one)) if one.flags else "Arguments"].append(one)
    return {title: ones for title, ones in found.items() if ones}


def usage(name: str, given: Sequence[Parameter]) -> str:
    """How a command is called: its name, its options and its arguments."""
    needed = [f"{_long(one, '--')} {one.value}" for one in given if one.flags and one.required]
    places = [
        one.value if one.required or one.value.startswith("[") else f"[{one.value}]" for one in given if not one.flags
    ]
    return " ".join([name, "[OPTIONS]", *needed, *places])


def _long(one: Parameter, dashes: str = "") -> str:
    return dashes + one.flags[-1].removeprefix("--")


def write_option(one: Parameter) -> str:
    """What stands before the help: -o, --output FILE."""
    return f"{', '.join(one.flags)} {one.value}".strip()


def _right(one: Parameter) -> str:
    more = ["required"] if one.required and one.flags else []
    more += [limits(one)] if limits(one) else []
    more += [f"default:{TOGETHER}{one.default}"] if one.default else []
    return f"{one.help} [{'; '.join(more)}]" if more else one.help


def limits(one: Parameter) -> str:
    """The bounds of a number in words, but for those that it has anyway."""
    return "" if one.range in OBVIOUS or one.value == "FRACTION" else one.range


def _section(title: str, given: Sequence[Parameter], column: int, wide: int) -> str:
    return "\n".join([f"{title}:", *(_entry(write_option(one), _right(one), column, wide) for one in given)])


def _entry(left: str, right: str, column: int, wide: int) -> str:
    indent = " " * (column + 4)
    if len(left) <= column:
        return _fill(right, f"  {left:<{column}}  ", indent, wide)
    return f"  {left}\n" + _fill(right, indent, indent, wide)


def _examples(examples: Sequence[tuple[str, str]], wide: int) -> str:
    lines = ["Examples:"]
    for what, line in examples:
        lines += [_fill(f"{what}:", "  ", "  ", wide), _break_line(line, wide)]
    return "\n".join(lines)


def _break_line(line: str, wide: int) -> str:
    """A command line; one that is too wide goes on after a backslash, as a shell takes it."""
    together = re.sub(r"(-[\w-]+) (?!-)", rf"\1{TOGETHER}", line)  # an option and its value
    return _fill(together, "    ", "      ", wide - 2).replace("\n", " \\\n")


def _fill(text: str, first: str, other: str, wide: int) -> str:
    """A paragraph with a hanging indent; lines break at spaces alone, and none between a number and its %."""
    text = re.sub(r"(\d) %", rf"\1{TOGETHER}%", text)
    filled = textwrap.fill(
        text, wide, initial_indent=first, subsequent_indent=other, break_on_hyphens=False, break_long_words=False
    )
    return filled.replace(TOGETHER, " ")
