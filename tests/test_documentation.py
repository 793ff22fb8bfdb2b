"""What README, the documentation, the cards and the help texts say of the commands is what the commands take: command
lines, options, defaults, and the output of the first example."""

import ast
import re
from pathlib import Path

import pytest

from command_lines import ALL, ALWAYS, UMBRELLA, faults
from in_process import call
from signatures import COMMANDS, options

REPOSITORY = Path(__file__).resolve().parent.parent
PACKAGE = REPOSITORY / "tools/headmotif"
PAGES = {
    str(path.relative_to(REPOSITORY)): path.read_text(encoding="utf-8")
    for path in (
        *(REPOSITORY / name for name in ("README.md", "CHANGES.md", "CONTRIBUTING.md", "nextflow/README.md")),
        *sorted((REPOSITORY / "docs").glob("*.md")),
        *sorted((PACKAGE / "builtin").glob("*.md")),
    )
}
"""Every page that names commands or options, by its path."""
README = PAGES["README.md"]
FLAG = re.compile(r"(?<![\w-])--[a-z][a-z0-9_-]*")
FLAGS = {command: {one.flag for one in options(command) if one.flag} | ALWAYS for command in ALL}
ANY = UMBRELLA.union(*FLAGS.values())
OTHERS = {
    "pip",
    "make",
    "torchrun",
    "nextflow",
    "docker",
    "pipx",
    "pre-commit",
    "ruff",
    "python",
    "grep",
    "eval",
    "source",
}
"""Programs that the pages have command lines of besides ours."""
OTHERS_FLAGS = {"--index-url", "--nproc-per-node"}
OWN_FLAGS = {
    "nextflow/README.md": set(
        re.findall(r"\w+", (REPOSITORY / "nextflow/nextflow_schema.json").read_text(encoding="utf-8"))
    ),
    "CONTRIBUTING.md": {"check"},
}
"""Options of the pipeline, and of the tools that developers use."""

STATED = [
    ("docs/annotate.md", r"one to one, exactly and within (\w+) nucleotides", "annot-compare", "--window"),
    ("docs/annotate.md", r"`([\w-]+)` \| start sites of transcription; the default", "predict-annot", "--model"),
    ("docs/training.md", r"members is at most `--cluster-p` \(([\d.]+)\)", "pwm-compare", "--cluster-p"),
    ("docs/training.md", r"Without one, (\w+) untrained network serves", "score-heads", "--untrained"),
    ("docs/evidence.md", r"The largest q is ([\d.]+) by default", "attn2bed", "--max-q"),
    ("docs/evidence.md", r"motifs up to ([\d.]+) are kept", "bed2pwm", "--max-evalue"),
]
"""Where a page gives a default: the page, the words with the number or name, the command and its option."""
NUMBERS = {"an": 1, "one": 1, "two": 2, "three": 3}


def blocks(text: str) -> list[str]:
    """The code blocks of a text that have commands: the drawings, and those with the name of a language, left out."""
    whole = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [block for language, block in whole if not language and not re.search("[▶▼│]", block)]


def command_lines(text: str) -> list[str]:
    """Ours in the code blocks, one a process; PyTorch's launcher is taken off."""
    whole = [block.replace("\\\n", " ") for block in blocks(text)]  # a line that ends in a backslash goes on
    lines = [
        part.strip()
        for block in whole
        for line in block.splitlines()
        for part in re.split(r" \| ", line)
        if part.strip() and "[OPTIONS]" not in part  # a usage line
    ]
    return [
        re.sub(r"^torchrun .*-m headmotif\.commands\.(\w+)", lambda m: m[1].replace("_", "-"), line) for line in lines
    ]


def find_inline(text: str) -> list[str]:
    return re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL))


def find_wrong(text: str, place: str = "README.md") -> list[str]:
    """What a page with command lines and options has wrong, in words."""
    found = [fault for line in command_lines(text) for fault in _faults(line)]
    known = ANY | OTHERS_FLAGS | {f"--{name}" for name in OWN_FLAGS.get(place, ())}
    for said in find_inline(text):
        first = said.split()[0]
        if first in ALL and not re.search(r"[A-Z]{2}", said):
            is_whole = re.match(r"\S+ [^-]", said)  # `bed2pwm --format` names an option; it is no command line
            found += [one for one in faults(said) if is_whole or not re.search(r" takes | needs |: no value$", one)]
        elif first in ALL:
            found += [f"{first} has no {flag}" for flag in FLAG.findall(said) if flag not in FLAGS[first]]
        elif first.rpartition("/")[2] not in OTHERS and not re.match(r"[A-Z_]+=", first):
            found += [f"no command has {flag}" for flag in FLAG.findall(said) if flag not in known]
    for where, words, command, flag in STATED:
        found += _default(text, words, command, flag) if where == place else []
    return found


def _faults(line: str) -> list[str]:
    first = line.split()[0]
    if first.rpartition("/")[2] in OTHERS or re.match(r"[A-Z_]+=\S+", first):
        return []
    return faults(line)


def _default(text: str, words: str, command: str, flag: str) -> list[str]:
    told = re.search(words, text)
    if not told:
        return [f"the sentence that told the default of {command} {flag} has changed: mend this test's list"]
    (default,) = (one.default for one in options(command) if one.flag == flag)
    said = told[1] if isinstance(default, str) else float(NUMBERS.get(told[1], told[1].strip(".")))
    return [] if said == default else [f"{command} {flag} is {default} by default, not {told[1]}"]


@pytest.mark.parametrize("place", PAGES)
def test_a_page_is_in_step(place):
    assert find_wrong(PAGES[place], place) == []


def test_the_command_lines_are_found():
    assert len(command_lines(README)) > 10
    assert sum(len(command_lines(text)) for text in PAGES.values()) > 40


def test_every_command_has_a_line_on_some_page():
    lines = [line.split() for text in PAGES.values() for line in command_lines(text)]
    assert set(COMMANDS) <= {words[0] for words in lines}


def test_the_readme_is_short():
    assert len(README.splitlines()) < 150


def test_the_first_example_prints_what_the_readme_shows(tmp_path):
    command, shown = re.search(
        r"^```\n(predict-annot lambda .*)\n```\n\n```text\n(.*?)^```$", README, re.M | re.S
    ).groups()
    done = call(*command.split(), cwd=tmp_path)
    found, wanted = ([line.split() for line in said.splitlines()] for said in (done.stdout.decode(), shown))
    assert [row[:4] + row[5:] for row in found] == [row[:4] + row[5:] for row in wanted]
    assert all(abs(int(one[4]) - int(other[4])) <= 2 for one, other in zip(found, wanted, strict=True))


@pytest.mark.parametrize(
    ("place", "old", "new", "words"),
    [
        ("README.md", "predict-annot lambda --top 5", "predict-annot lambda --top 0", "--top 0: not within 1 to"),
        ("README.md", "dump-attention - genome.fa --sites", "dump-attention - genome.fa --site", "has no --site"),
        ("README.md", "| attn2bed - |", "| attn2gff - |", "no command attn2gff"),
        ("README.md", "pwm-compare motifs.meme -o", "pwm-compare -o", "pwm-compare takes"),
        ("README.md", "`--gff3`, `--genbank`", "`--gff`, `--genbank`", "no command has --gff"),
        ("README.md", "`headmotif inspect FILE`", "`headmotif inspect FILE --al`", "no command has --al"),
        ("docs/annotate.md", "`--min-distance`", "`--merged`", "no command has --merged"),
        (
            "docs/annotate.md",
            "within two nucleotides",
            "within three nucleotides",
            "--window is 2 by default, not three",
        ),
        ("docs/annotate.md", "`bacteria-tss` | start", "`ecoli-tis` | start", "--model is bacteria-tss by default"),
        ("docs/training.md", "train_annot genome.", "train_annot --ranks 2 genome.", "train-annot has no --ranks"),
        ("docs/training.md", "`pwm-compare TATAAT`", "`pwm-compare --bets`", "has no --bets"),
        ("docs/training.md", "`--cluster-p` (0.001)", "`--cluster-p` (0.01)", "is 0.001 by default, not 0.01"),
        ("docs/training.md", "one, an untrained", "one, two untrained", "--untrained is 1 by default, not two"),
        ("docs/training.md", "`--mask FILE`", "`--masked FILE`", "no command has --masked"),
        ("docs/evidence.md", "q is 0.2 by default", "q is 0.1 by default", "--max-q is 0.2 by default, not 0.1"),
        ("docs/evidence.md", "q is 0.2 by default", "q is 0.2", "has changed"),
        ("docs/faq.md", "`--top 100`", "`--best 100 --tops`", "no command has --tops"),
        ("nextflow/README.md", "`--batch_bases`", "`--batch-basis`", "no command has --batch-basis"),
        ("CONTRIBUTING.md", "`bed2pwm --format`", "`bed2pwm --formats`", "bed2pwm has no --formats"),
    ],
)
def test_a_drift_is_caught(place, old, new, words):
    text = PAGES[place]
    assert old in text, f"{place} has changed: plant this drift elsewhere"
    found = find_wrong(text.replace(old, new, 1), place)
    assert any(words in fault for fault in found), found


def texts(path: Path) -> list[str]:
    """The texts of a module: help, docstrings and messages, f-strings in one piece with a space for what is filled
    in."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            found.append("".join(part.value if isinstance(part, ast.Constant) else "\x00" for part in node.values))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            found.append(node.value)
    return found


def find_unknown(said: list[str], own: set[str]) -> list[str]:
    """Options in texts that neither the command in question nor one that the text names has."""
    found = []
    for text in said:
        named = [command for command in ALL if re.search(rf"(?<![\w-]){command}(?![\w-])", text)]
        known = own.union(*(FLAGS[command] for command in named))
        found += [
            flag for flag in re.findall(r"(?<![\w-])--[a-z][a-z0-9-]*(?!\x00)\b(?!\x00)", text) if flag not in known
        ]
    return found


@pytest.mark.parametrize(
    "command", [command for command in ALL if command != "demo"]
)  # whose texts are others' command lines
def test_a_commands_texts_name_its_own_options(command):
    path = PACKAGE / "commands" / f"{command.replace('-', '_')}.py"
    assert find_unknown(texts(path), FLAGS[command]) == []


def test_messages_elsewhere_name_options_that_are():
    for path in sorted(PACKAGE.rglob("*.py")):
        assert (path.name, find_unknown(texts(path), ANY | OTHERS_FLAGS)) == (path.name, [])


def test_a_wrong_option_in_a_text_is_seen(tmp_path):
    (tmp_path / "x.py").write_text(
        '"""Give --sites."""\nwhy = f"--{name} and --limits {3}"\nhelp = "attn2bed --max-q, --max-z"\n'
    )
    assert find_unknown(texts(tmp_path / "x.py"), FLAGS["dump-attention"]) == ["--limits", "--max-z"]
