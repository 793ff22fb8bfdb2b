"""What README, the cards and the help texts say of the commands is what the commands take: command lines, options,
defaults."""

import ast
import re
from pathlib import Path

import pytest

from command_lines import ALL, ALWAYS, faults
from signatures import COMMANDS, options

REPOSITORY = Path(__file__).resolve().parent.parent
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
PACKAGE = REPOSITORY / "tools/headmotif"
FLAG = re.compile(r"(?<![\w-])--[a-z][a-z0-9-]*")
FLAGS = {command: {one.flag for one in options(command) if one.flag} | ALWAYS for command in ALL}
ANY = set.union(*FLAGS.values())
OTHERS = {"pip", "make", "torchrun", "nextflow", "docker"}
"""Programs that README has command lines of besides ours."""
OTHERS_FLAGS = {"--index-url", "--nproc-per-node"}

STATED = [
    (r"one to one, exactly and within (\w+) nucleotides", "annot-compare", "--within"),
    (r"geometric mean of p between their members is at most `--cluster-p` \(([\d.]+)\)", "pwm-compare", "--cluster-p"),
    (r"regions of all heads together, at most ([\d.]+),", "attn2bed", "--max-q"),
    (r"untrained ones \(`--untrained`, (\w+) by default\)", "score-heads", "--untrained"),
]
"""Where README gives a default: the words with the number, the command and its option."""
NUMBERS = {"one": 1, "two": 2, "three": 3}


def blocks(text: str) -> list[str]:
    """The code blocks of a text, the drawings left out."""
    return [block for block in re.findall(r"^```\w*\n(.*?)^```$", text, re.MULTILINE | re.DOTALL) if "▶" not in block]


def command_lines(text: str) -> list[str]:
    """Ours in the code blocks, one a process; PyTorch's launcher is taken off."""
    whole = [block.replace("\\\n", " ") for block in blocks(text)]  # a line that ends in a backslash goes on
    lines = [
        part.strip()
        for block in whole
        for line in block.splitlines()
        for part in re.split(r" \| ", line)
        if part.strip()
    ]
    return [
        re.sub(r"^torchrun .*-m headmotif\.commands\.(\w+)", lambda m: m[1].replace("_", "-"), line) for line in lines
    ]


def inline(text: str) -> list[str]:
    return re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL))


def wrong(text: str) -> list[str]:
    """What a text with command lines, options and a table of commands has wrong, in words."""
    found = [fault for line in command_lines(text) for fault in _faults(line)]
    for said in inline(text):
        if said.split()[0] in ALL and " " in said and not re.search(r"[A-Z]{2}", said):
            found += faults(said)
        elif said.split()[0] not in OTHERS:
            found += [f"no command has {flag}" for flag in FLAG.findall(said) if flag not in ANY]
    for command, rest in re.findall(r"^\| `([\w-]+(?: plant)?)[^`]*`(.*)$", text, re.MULTILINE):
        row = FLAGS[command.split()[-1]]
        found += [f"{command} has no {flag}" for said in inline(rest) for flag in FLAG.findall(said) if flag not in row]
    for words, command, flag in STATED:
        found += _default(text, words, command, flag)
    return found


def _faults(line: str) -> list[str]:
    first = line.split()[0]
    if first in OTHERS or re.fullmatch(r"[A-Z_]+=\S+", first):
        return []
    return faults(line)


def _default(text: str, words: str, command: str, flag: str) -> list[str]:
    told = re.search(words, text)
    if not told:
        return [f"the sentence that told the default of {command} {flag} has changed: mend this test's list"]
    number = float(NUMBERS.get(told[1], told[1].strip(".")))
    (default,) = (one.default for one in options(command) if one.flag == flag)
    return [] if number == default else [f"{command} {flag} is {default} by default, not {told[1]}"]


def test_readme_is_in_step():
    assert len(command_lines(README)) > 25, "the command lines are not found any more"
    assert wrong(README) == []


def test_every_command_has_its_row():
    told = re.findall(r"^\| `([\w-]+)", README, re.MULTILINE)
    assert set(COMMANDS) <= set(told)
    assert all(name in (*COMMANDS, "headmotif") for name in told)


@pytest.mark.parametrize(
    "place", ["CHANGES.md", "tools/headmotif/builtin/ecoli-tss.md", "tools/headmotif/builtin/motifs.md"]
)
def test_other_pages_name_options_that_are(place):
    text = (REPOSITORY / place).read_text(encoding="utf-8")
    assert [flag for flag in FLAG.findall(text) if flag not in ANY | OTHERS_FLAGS] == []
    assert [fault for line in command_lines(text) for fault in _faults(line)] == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("predict-annot genome.fa --fdr 0.1", "predict-annot genome.fa --fdr 10", "--fdr 10: not within 0 to 1"),
        ("dump-attention - genome.fa --sites", "dump-attention - genome.fa --site", "dump-attention has no --site"),
        ("| attn2bed - |", "| attn2gff - |", "no command attn2gff"),
        ("pwm-compare motifs.meme -o", "pwm-compare -o", "pwm-compare takes"),
        ("train_annot genome.safetensors", "train_annot --ranks 2 genome.safetensors", "train-annot has no --ranks"),
        ("`--feature CDS` gives", "`--features CDS` gives", "no command has --features"),
        ("`--per-head`, `--combine`", "`--per-head`, `--gapped`", "attn2bed has no --gapped"),
        ("(`--merge`)", "(`--merged`)", "no command has --merged"),
        ("`pwm-compare TATAAT`", "`pwm-compare --best`", "pwm-compare takes"),
        ("`--cluster-p` (0.001)", "`--cluster-p` (0.01)", "pwm-compare --cluster-p is 0.001 by default, not 0.01"),
        ("`--untrained`, one by", "`--untrained`, two by", "score-heads --untrained is 1 by default, not two"),
        ("together, at most 0.2,", "together, at most 0.1,", "attn2bed --max-q is 0.2 by default, not 0.1"),
        ("together, at most 0.2,", "together,", "has changed"),
    ],
)
def test_a_drift_is_caught(old, new, words):
    assert README.count(old) >= 1, "README has changed: plant this drift elsewhere"
    assert any(words in fault for fault in wrong(README.replace(old, new, 1))), wrong(README.replace(old, new, 1))


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


def unknown(said: list[str], own: set[str]) -> list[str]:
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
    assert unknown(texts(path), FLAGS[command]) == []


def test_messages_elsewhere_name_options_that_are():
    for path in sorted(PACKAGE.rglob("*.py")):
        assert (path.name, unknown(texts(path), ANY | OTHERS_FLAGS)) == (path.name, [])


def test_a_wrong_option_in_a_text_is_seen(tmp_path):
    (tmp_path / "x.py").write_text(
        '"""Give --sites."""\nwhy = f"--{name} and --limits {3}"\nhelp = "attn2bed --max-q, --max-z"\n'
    )
    assert unknown(texts(tmp_path / "x.py"), FLAGS["dump-attention"]) == ["--limits", "--max-z"]
