"""What the skins are checked against is what the command line really takes."""

import inspect
import typing
from typing import Annotated

import pytest
import typer

from command_lines import ALL, faults
from signatures import Option, _option, options


def by_hand(
    genome: Annotated[str, typer.Argument(metavar="GENOME", help="A genome.")],
    more: Annotated[list[str] | None, typer.Argument(metavar="[MORE]...")] = None,
    kind: Annotated[str, typer.Option(metavar="auto|some-kind")] = "auto",
    group: Annotated[str, typer.Option(metavar="name|FILE")] = "",
    count: Annotated[int, typer.Option("--count", "-c", min=1, max=9)] = 3,
    share: Annotated[float, typer.Option(min=0)] = 0.5,
    least_p: Annotated[float | None, typer.Option()] = None,
    several: Annotated[list[str], typer.Option(metavar="FILE")] = (),
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Stop.")] = False,
    truth: Annotated[str, typer.Option(metavar="FILE")] = ...,
) -> None:
    """A parameter of each kind."""


def test_each_kind_of_parameter():
    hints = typing.get_type_hints(by_hand, include_extras=True)
    parameters = dict(inspect.signature(by_hand).parameters)
    parameters["truth"] = parameters["truth"].replace(
        default=inspect.Parameter.empty
    )  # Python wants it before those with a default
    assert [_option(parameter, hints[name]) for name, parameter in parameters.items()] == [
        Option("", "genome", str, False, None, True, (), None, None, "GENOME", "A genome."),
        Option("", "more", str, True, None, False, (), None, None, "[MORE]...", ""),
        Option("--kind", "kind", str, False, "auto", False, ("auto", "some-kind"), None, None, "auto|some-kind", ""),
        Option("--group", "group", str, False, "", False, (), None, None, "name|FILE", ""),
        Option("--count", "count", int, False, 3, False, (), 1, 9, "", ""),
        Option("--share", "share", float, False, 0.5, False, (), 0, None, "", ""),
        Option("--least-p", "least_p", float, False, None, False, (), None, None, "", ""),
        Option("--several", "several", str, True, (), False, (), None, None, "FILE", ""),
        Option("--dry-run", "dry_run", bool, False, False, False, (), None, None, "", "Stop."),
        Option("--truth", "truth", str, False, None, True, (), None, None, "FILE", ""),
    ]


@pytest.mark.parametrize("command", ALL)
def test_the_command_line_library_makes_the_same_of_it(command):
    """Flags, arguments, types, bounds, defaults and repetition: a flag spelt otherwise than its parameter would be seen
    here."""
    import importlib

    name = command.replace("-", "_")
    app = typer.Typer(add_completion=False)
    app.command()(getattr(importlib.import_module(f"headmotif.commands.{name}"), name))
    made = {one.name: one for one in typer.main.get_command(app).params if one.name != "help"}
    told = {one.name: one for one in options(command)}
    assert list(made) == list(told)
    for name, one in told.items():
        theirs = made[name]
        assert (theirs.param_type_name == "argument") == one.is_argument, name
        assert one.is_argument or one.flag in theirs.opts, name
        assert not (one.flag and theirs.secondary_opts), name  # no --no-...
        assert (theirs.multiple or theirs.nargs == -1) == one.several, name
        assert theirs.required == one.required, name
        assert (theirs.default or None) == (one.default or None), name
        assert one.several or theirs.bare_type() == one.type.__name__, name
        assert (theirs.min, theirs.max) == (one.least, one.most), name


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("attn2gff a", "no command attn2gff"),
        ("headmotif simulates", "headmotif has no simulates"),
        ("headmotif simulate --size 3", "simulate has no --size"),
        ("fasta2tensor g.fa -x", "fasta2tensor has no -x"),
        ("fasta2tensor", "takes 1 to 1 arguments, not none"),
        ("predict-annot a b", "takes 0 to 1 arguments, not a b"),
        ("annot-compare a b", "annot-compare needs --genome"),
        ("predict-annot g.fa --top", "--top : no value"),
        ("predict-annot g.fa --top --quiet", "no value"),
        ("predict-annot g.fa --top=many", "--top many: no int"),
        ("predict-annot g.fa --top 1 --top 2", "--top is given twice"),
        ("predict-annot g.fa --fdr 1.1", "not within 0 to 1"),
        ("predict-annot g.fa --device gpu", "none of auto, cpu, cuda, mps"),
    ],
)
def test_a_wrong_command_line_is_refused(line, words):
    assert any(words in fault for fault in faults(line)), faults(line)


def test_a_right_command_line_is_not():
    for line in (
        "headmotif",
        "headmotif --version",
        "headmotif simulate -o g.fa --seed 3",
        "predict-annot 'my genome.fa' -o - --fdr=0.1 --circular a --circular b",
        "train-annot a b c --dry-run",
        "head-report --help",
    ):
        assert faults(line) == []
