"""Help that reads well at any width, examples that run, complaints in one line, completion on Tab."""

import gzip
import os
import shlex
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Annotated

import pytest
import typer

from command_lines import ALL, BELOW, faults
from headmotif.commands import demo
from headmotif.commands.headmotif import load, overview
from headmotif.steps.network import presets
from headmotif.steps.training import recipe
from headmotif.usage import completion, pages
from headmotif.usage.examples import EXAMPLES
from headmotif.usage.headings import HEADINGS, OTHERWISE, heading
from headmotif.usage.parameters import parameters
from in_process import call
from signatures import COMMANDS, options

DATA = Path(__file__).resolve().parent.parent / "galaxy" / "test-data"
NAMES = {"sites.bed": "tss.bed", "true.bed": "other.bed", "tiny.safetensors": "model.safetensors"}
"""What the examples call some of the files of Galaxy's tests; the others have the same name there."""
LINES = [line for examples in EXAMPLES.values() for _what, line in examples]


def some_command(
    genome: Annotated[str, typer.Argument(metavar="GENOME", help="A genome.")],
    truth: Annotated[str, typer.Option(metavar="FILE", help="True sites.")],
    more: Annotated[list[str] | None, typer.Argument(metavar="[MORE]...", help="More of them.")] = None,
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE", help="Where it goes.")] = "-",
    bootstrap: Annotated[int | None, typer.Option(min=0, help="How many; default: as many as there are.")] = None,
    flank: Annotated[int, typer.Option(min=1, max=20, help="Bases beside a region, in words that fill two lines.")] = 2,
    max_p: Annotated[float, typer.Option(min=0, max=1, help="Largest p.")] = 1e-3,
    title: Annotated[str, typer.Option(help="Of the page.")] = "",
    precision: Annotated[str, typer.Option(metavar="auto|float32|bfloat16", help="Arithmetic.")] = "auto",
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing.")] = False,
) -> None:
    """Do something.

    In lines
    that are filled anew.
    """


PAGE = """\
Usage: some-command [OPTIONS] --truth FILE GENOME
                    [MORE]...

Do something.

In lines that are filled anew.

Arguments:
  GENOME                        A genome.
  [MORE]...                     More of them.

Sites and labels:
  --truth FILE                  True sites. [required]

Search:
  --flank INT                   Bases beside a region,
                                in words that fill two
                                lines. [1 to 20;
                                default: 2]

Controls and statistics:
  --bootstrap INT               How many; default: as
                                many as there are.
  --max-p FRACTION              Largest p.
                                [default: 0.001]

Page:
  --title TEXT                  Of the page.

Output files:
  -o, --output FILE             Where it goes.
                                [default: -]

Running:
  --precision auto|float32|bfloat16
                                Arithmetic.
                                [default: auto]
  --quiet                       Say nothing.
  --version                     Print the version and
                                exit.
  --help                        Print this help and
                                exit.

To complete commands and options with the Tab key, run
the script that headmotif --show-completion bash (or
zsh, fish) prints."""


def test_a_page_in_full():
    assert pages.page(some_command, "some-command", 56) == PAGE


def test_an_example_goes_on_after_a_backslash_before_an_option():
    line = "train-annot a.st -o b.st --metrics c.json --dry-run"
    assert pages._break_line(line, 40) == "    train-annot a.st -o b.st \\\n      --metrics c.json --dry-run"
    assert shlex.split(pages._break_line(line, 30).replace("\\\n", "")) == shlex.split(line)


@pytest.mark.parametrize("command", ALL)
@pytest.mark.parametrize("wide", [72, 100])
def test_every_page_is_plain_and_fits(command, wide):
    text = pages.page(load(command), command, wide)
    assert max(map(len, text.splitlines())) <= wide
    assert not [bad for bad in ("None", "<", "<=", "list[", "default: ]", "\xa0", "{") if bad in text]
    shown = Counter(line.split(" ")[2 + line.startswith("  -o")] for line in text.splitlines() if line[:3] == "  -")
    assert shown == {one.flag: 1 for one in options(command) if one.flag} | {"--version": 1, "--help": 1}
    ends = text.rpartition("Examples:\n")[2]
    assert ends.count("headmotif " + command if command in BELOW else command) >= 2


def test_a_terminals_width_is_kept_within_what_reads_well(monkeypatch):
    for columns, wide in (("20", 40), ("90", 90), ("300", 100)):
        monkeypatch.setenv("COLUMNS", columns)
        assert pages.width() == wide


def test_every_option_has_a_heading_and_no_heading_an_option_that_is_not_there():
    there = {(command, one.flag.removeprefix("--")) for command in ALL for one in options(command) if one.flag}
    assert [one for one in there if heading(*one) == "Options"] == []
    names = [name for listed in HEADINGS.values() for name in listed.split()]
    assert [name for name, times in Counter(names).items() if times > 1] == []
    known = {name for _command, name in there} | {"version", "help"}
    assert set(names) - known == set()
    elsewhere = {(command, name) for command, by in OTHERWISE.items() for line in by.values() for name in line.split()}
    assert elsewhere - there == set()


def test_the_help_knows_what_the_signature_says():
    """The page's reader of signatures, and the one of the tests, which wrappers are compared with."""
    for command in ALL:
        ours = [one for one in parameters(load(command)) if one.name not in ("version", "help")]
        for one, told in zip(ours, options(command), strict=True):
            assert one.flags[-1:] == ((told.flag,) if told.flag else ())
            assert (one.required, one.several, one.help) == (told.required, told.several, told.help)
            assert not told.choices or tuple(one.choices) == told.choices


@pytest.mark.parametrize("command", ALL)
def test_every_command_has_two_examples_of_its_own(command):
    lines = [line for _what, line in EXAMPLES[command]]
    assert len(lines) == 2
    for line in lines:
        assert line.startswith(f"headmotif {command}" if command in BELOW else command)
        assert faults(line) == []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What the examples read: the files of a small planted genome, under the names that the examples give them."""
    for path in DATA.iterdir():
        shutil.copy(path, tmp_path / NAMES.get(path.name, path.name))
    (tmp_path / "genome.fa").write_bytes(gzip.decompress((tmp_path / "genome.fa.gz").read_bytes()))
    return tmp_path


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Training short, its network small, and the demonstration's commands told, not run: test_demo runs them."""
    config = replace(presets.PRESETS["default"], width=16, layers=1, heads=2, window=32)
    monkeypatch.setattr(presets, "PRESETS", {**presets.PRESETS, "default": config})
    monkeypatch.setitem(recipe.RECIPES, "default", replace(recipe.DEFAULT, epochs=1))
    monkeypatch.setattr(demo, "_run", lambda words, folder, quiet: None)
    monkeypatch.setattr(demo, "forecast", lambda *sizes: "soon")
    rows = [{"element": name, "found": 1} for name in demo.TARGETS]
    monkeypatch.setattr(demo, "write", lambda folder: rows)
    monkeypatch.setattr(demo, "_format_rows", lambda rows, folder: "found")


@pytest.mark.usefixtures("small", "one_thread")
@pytest.mark.parametrize("line", LINES)
def test_every_example_runs(folder, line):
    name, *words = shlex.split(line)
    command = words[0] if name == "headmotif" else name
    files = {one.flag for one in options(command) if one.metavar in ("FILE", "FOLDER")}
    written = [
        folder / value
        for option, value in pairwise(words)
        if option == "-o" or (option in files and heading(command, option[2:]) == "Output files")
    ]
    for path in written:
        path.unlink(missing_ok=True)  # else it might be what was there before
    done = call(name, *words, cwd=folder, environment={"SLURM_CPUS_PER_TASK": "1"})
    assert done.returncode == 0, done.stderr.decode()
    assert all(path.exists() for path in written)
    assert written or done.stdout or "--dry-run" in words


def test_each_command_is_a_subcommand_too(folder):
    line = ["annot-compare", "tss.bed", "other.bed", "--genome", "genome.fa"]
    alone, below = call(*line, cwd=folder), call("headmotif", *line, cwd=folder)
    assert (below.returncode, below.stdout, below.stderr) == (0, alone.stdout, alone.stderr)
    wrong = [*line[:2], "nowhere.bed", *line[3:]]
    done = call("headmotif", *wrong, cwd=folder)
    assert (done.returncode, done.stderr.decode().splitlines()) == (
        1,
        ["headmotif annot-compare: nowhere.bed: there is no such file"],
    )
    for command in COMMANDS:
        said = call("headmotif", command, "--help").stdout.decode()
        assert said.startswith(f"Usage: headmotif {command} ")
        # but for the usage, whose lines may break elsewhere
        assert said.partition("\n\n")[2] == call(command, "--help").stdout.decode().partition("\n\n")[2]


def test_the_umbrella_loads_only_the_command_that_is_called():
    code = (
        "import sys, atexit\n"
        "atexit.register(lambda: print(sorted(m for m in sys.modules if m.startswith('headmotif.commands.'))))\n"
        "from headmotif.commands.headmotif import main\nmain(sys.argv[1:])"
    )
    for words, more in ([], []), (["--help"], []), (["bed2pwm", "--help"], ["headmotif.commands.bed2pwm"]):
        done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=True)
        assert done.stdout.splitlines()[-1] == str(sorted(["headmotif.commands.headmotif", *more]))


def test_the_umbrellas_help_has_the_overview_as_it_stands():
    said = call("headmotif", "--help").stdout.decode()
    assert overview() in said
    assert call("headmotif").stdout.decode() == overview() + "\n"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("headmotif predct-annot", "headmotif: no command predct-annot; did you mean predict-annot?"),
        ("headmotif xyz", "headmotif: no command xyz; try headmotif --help"),
        ("headmotif --versoin", "headmotif: no option --versoin; did you mean --version?"),
        ("headmotif bed2pwm --tabel t", "headmotif bed2pwm: no option --tabel; did you mean --table?"),
        ("bed2pwm --tabel t", "bed2pwm: no option --tabel; did you mean --table?"),
        ("bed2pwm -x", "bed2pwm: no option -x; try bed2pwm --help"),
        ("bed2pwm regions.bed", "bed2pwm: missing argument GENOME; try bed2pwm --help"),
        ("train-annot", "train-annot: missing argument GENOME; try train-annot --help"),
        ("annot-compare a.bed", "annot-compare: missing option --genome; try annot-compare --help"),
        ("attn2bed a --max-q 2", "attn2bed: invalid value for --max-q: it takes FRACTION, 0 to 1; try attn2bed --help"),
        (
            "bed2pwm a b --flank many",
            "bed2pwm: invalid value for --flank: it takes INT, at least 0; try bed2pwm --help",
        ),
        (
            "pwm-compare TATAAT --distance far",
            "pwm-compare: invalid value for --distance: far is none of pearson, euclidean, kullback-leibler, allr; try "
            "pwm-compare --help",
        ),
        ("attn2bed a b", "attn2bed: got unexpected extra argument(s) (b); try attn2bed --help"),
        ("attn2bed a --gff3", "attn2bed: option '--gff3' requires an argument; try attn2bed --help"),
        (
            "headmotif --show-completion csh",
            "headmotif: invalid value for --show-completion: it takes bash|zsh|fish; try headmotif --help",
        ),
    ],
)
def test_bad_usage_is_told_in_one_line(line, said):
    done = call(*line.split())
    assert (done.returncode, done.stdout, done.stderr.decode()) == (2, b"", said + "\n")


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("headmotif pre", ["predict-annot"]),
        ("headmotif --sh", ["--show-completion"]),
        ("headmotif --show-completion ", ["bash", "zsh", "fish"]),
        ("headmotif predict-annot --dev", ["--device"]),
        ("predict-annot genome.fa --device c", ["cpu", "cuda"]),
        ("predict-annot genome.fa --bigwig", ["--bigwig-plus", "--bigwig-minus"]),
        ("predict-annot gen", []),
        ("predict-annot --genes ", []),
        ("pwm-compare TATAAT --group n", ["name"]),
        ("attn2bed --quiet --see", ["--seed"]),
    ],
)
def test_what_a_word_may_become(line, found):
    name, *words = line.split(" ")
    done = call(name, *words, environment={completion.ASKED: "1"})
    assert (done.returncode, done.stdout.decode().split(), done.stderr) == (0, found, b"")


@pytest.mark.parametrize("shell", completion.SCRIPTS)
def test_a_script_names_the_commands(shell):
    said = call("headmotif", "--show-completion", shell).stdout.decode()
    assert f"headmotif {' '.join(COMMANDS)}" in said
    assert "COMMANDS" not in said


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["headmotif", "score-h"], "score-heads"),
        (["attn2bed", "a.st", "--device", "cu"], "cuda"),
        (["bed2pwm", "x"], ""),
    ],
)
def test_bash_completes(words, found):
    asked = f"COMP_WORDS=({shlex.join(words)}); COMP_CWORD={len(words) - 1}; _headmotif_complete {words[0]}"
    script = f'eval "$(headmotif --show-completion bash)"; {asked}; echo "${{COMPREPLY[*]}}"; complete -p {words[0]}'
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "--norc", "-c", script], capture_output=True, text=True, env={**os.environ, "PATH": path}
    )
    assert (done.returncode, done.stderr) == (0, "")
    said, registered = done.stdout.splitlines()
    assert said == found
    assert "-F _headmotif_complete" in registered
