"""A command's help as Markdown, for the page of all commands: the same texts as the help page, with tables."""

import re
from collections.abc import Callable, Sequence

from .examples import EXAMPLES
from .pages import limits, paragraphs, sections, usage, write_option
from .parameters import HELP, VERSION, Parameter, parameters

COMMANDS = "|".join(name for name in EXAMPLES if re.search(r"-|2", name))
CODE = re.compile(
    rf"(?<![\w=-])(?:--[a-z][a-z0-9-]*|(?:{COMMANDS})(?: --[a-z-]+)?|-(?= is standard|, standard)|NAME=|label:NAME|"
    r"\[NAME=\]PLUS,MINUS|GENOME|MODEL|L\d+H\d+(?:@-?\d+)?(?:\^\d+)?(?:\.bed)?)(?![\w-])"
)
"""What stands in code within a text."""


def section(function: Callable[..., None], name: str) -> str:
    """The section of a command: its usage, what it does, arguments and options by heading, and examples."""
    parts = [
        f"## {name}",
        f"```\n{usage(name, parameters(function))}\n```",
        *("\n".join(map(with_code, sentences(part))) for part in paragraphs(function)),
    ]
    for title, ones in sections(function).items():
        if listed := [one for one in ones if one not in (VERSION, HELP)]:
            parts += [f"**{title}**", table(listed)]
    if examples := EXAMPLES.get(name.split()[-1]):
        parts += ["**Examples**", *(f"{what}:\n\n```\n{line}\n```" for what, line in examples)]
    return "\n\n".join(parts)


def table(given: Sequence[Parameter]) -> str:
    """The rows of a heading: how each is written, what it is, and its default."""
    rows = []
    for one in given:
        said, default = split_default(one)
        cells = (f"`{write_option(one)}`", with_code(said), with_code(default))
        rows.append(f"| {' | '.join(map(_escape, cells))} |")
    first = "option" if given[0].flags else "argument"
    return "\n".join([f"| {first} | what it is | default |", "|---|---|---|", *rows])


def split_default(one: Parameter) -> tuple[str, str]:
    """The help of a parameter without its default, with its bounds, and the default.

    >>> split_default(Parameter("n", ("-n",), "INT", False, False, "", "1 to 9", "Number of them; default: all."))
    ('Number of them. 1 to 9.', 'all')
    """
    said, _, default = one.help.partition("; default: ")
    said = said if said.endswith(".") else f"{said}."
    bounds = f" {limits(one)[0].upper()}{limits(one)[1:]}." if limits(one) else ""
    if one.default:
        default = f"`{one.default}`"
    elif one.required and one.flags:
        default = "required"
    return said + bounds, default.removesuffix(".")


def with_code(text: str) -> str:
    """A text whose options, commands, arguments and lone dashes stand in code.

    >>> with_code("Give --max-q to attn2bed; - is standard input. By NAME= of GENOME, at -10.")
    'Give `--max-q` to `attn2bed`; `-` is standard input. By `NAME=` of `GENOME`, at -10.'
    """
    return text if text.startswith("`") else CODE.sub(r"`\g<0>`", text)


def sentences(paragraph: str) -> list[str]:
    """A paragraph by its sentences, each for a line of its own.

    >>> sentences("One is 0.1. Two (TSV) of E. coli. Three.")
    ['One is 0.1.', 'Two (TSV) of E. coli.', 'Three.']
    """
    return re.split(r"(?<=[.:])(?<!\b[A-Z]\.) (?=[A-Z])", paragraph)


def _escape(text: str) -> str:
    return text.replace("|", "\\|")
