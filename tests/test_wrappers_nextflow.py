"""The Nextflow modules, parameters and options against the commands' signatures: no flag, default, choice, bound or
version may drift."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import headmotif
from signatures import COMMANDS, Option, options

NEXTFLOW = Path(__file__).resolve().parent.parent / "nextflow"
MODULES = {command.replace("-", ""): command for command in COMMANDS} | {"predictannotsheet": "predict-annot"}
Signatures = Callable[[str], tuple[Option, ...]]

FRESH = "a task begins in an empty folder, so there is nothing to go on from"
PLANS = "a task is planned by its label, and a dry run leaves no result"
ALONE = "of predictannot, for one genome"
MANY = "of predictannotsheet, for many genomes"
ARGS = "a setting of the method: ext.args"
LEFT_OUT = {
    ("train-annot", "--checkpoint"): FRESH,
    ("train-annot", "--resume"): FRESH,
    ("dump-attention", "--resume"): FRESH,
    ("attn2bed", "--per-head"): "column 4 of the regions tells the head",
    ("predict-annot", "--gff3"): "a further form of the calls: ext.args, and an optional output",
    ("predict-annot", "--genbank"): "a further form of the calls: ext.args, and an optional output",
    ("predict-annot", "--tbl"): "a further form of the calls: ext.args, and an optional output",
    ("predict-annot", "--xlsx"): "a further form of the calls: ext.args, and an optional output",
    ("predict-annot", "--gene-table"): "ext.args, and an optional output",
    ("predict-annot", "--fast"): "the pipeline makes tracks, which need P everywhere",
    ("predict-annot", "--full"): "the pipeline makes tracks, which need P everywhere",
    ("predict-annot", "--sites"): "the sites of a sample train a model of its own",
    ("predict-annot", "--save-model"): "the sites of a sample train a model of its own",
    ("predict-annot", "--binding-sites"): "known sites of one genome, which a submission has and the pipeline has not",
    ("predict-annot", "--bedgraph-plus"): "a further form of the tracks: ext.args, and an optional output",
    ("predict-annot", "--bedgraph-minus"): "a further form of the tracks: ext.args, and an optional output",
    ("predict-annot", "--browser"): "a further form of the tracks: ext.args, and an optional output",
    ("annot-compare", "--consensus"): "ext.args, and an optional output",
    ("head-report", "--figures"): "ext.args, and an optional output",
    ("head-report", "--pdf"): "ext.args, and an optional output",
    **{
        (command, "--manifest"): "channels tell which file is which"
        for command in COMMANDS
        if any(one.flag == "--manifest" for one in options(command))
    },
    **{(command, "--dry-run"): PLANS for command in ("train-annot", "dump-attention", "predict-annot", "score-heads")},
}
"""Options that are in no module's script, and why; those that are settings alone are in SETTINGS."""
SETTINGS = {
    "fasta2tensor": "feature zero-based mask-repeats quiet",
    "train-annot": "preset init-label validation test max-epochs max-steps batch-size sequence-length learning-rate "
    "eval-steps patience seed device precision quiet",
    "dump-attention": "feature called random everywhere max-sites background shuffled layers heads top-k seed device "
    "precision quiet",
    "attn2bed": "max-q max-p max-per-site ism seed device quiet",
    "bed2pwm": "format flank min-sites max-evalue nmotifs one-group by-offset top-fractions minw maxw revcomp "
    "spacer markov-order seed quiet",
    "pwm-compare": "max-q best min-overlap distance cluster-p quiet",
    "predict-annot": "label threshold top fdr fdr-from tss-density find-genes min-distance formats seed device "
    "precision quiet bigwig-plus bigwig-minus",
    "score-annot": "window feature zero-based circular region threshold missing-value bootstrap quiet",
    "audit-annot": "label feature zero-based seed device precision quiet",
    "score-variants": "label threshold min-change device precision quiet",
    "annot-compare": "window feature zero-based circular min-support quiet",
    "score-heads": "feature untrained max-sites background max-q max-p ablate marginalize seed device precision quiet",
    "head-report": "feature locus title examples quiet",
}
"""Each command's settings of the method, which ext.args gives."""
MIRRORED = {
    "preset": ("train-annot", "--preset"),
    "fdr": ("predict-annot", "--fdr"),
    "builtin": ("predict-annot", "--model"),
} | {
    f"seed of {command}": (command, "--seed")
    for command in ("train-annot", "dump-attention", "attn2bed", "bed2pwm", "predict-annot", "score-heads")
}
"""Parameters of the pipeline that are an option of a command."""


def problems(root: Path, signature: Signatures) -> list[str]:
    return [*_modules(root, signature), *_arguments(root, signature), *_parameters(root, signature), *_versions(root)]


def script(root: Path, module: str) -> str:
    """A module's script section, lines joined."""
    text = (root / "modules" / module / "main.nf").read_text()
    return re.sub(r"\s*\\\\\n\s*", " ", text[text.index("    script:") : text.index("    stub:")])


def flags(text: str) -> list[tuple[str, bool]]:
    """The flags in a text, each with whether a value follows it."""
    found = re.finditer(r"(?<![\w-])(--[a-z][a-z0-9-]*)(?=[\s='\"]|$)([ =](?!--)[\w'\"$*./{-]|', \w)?", text)
    return [(one.group(1), bool(one.group(2))) for one in found]


def find_used(root: Path, module: str) -> list[tuple[str, bool]]:
    """A module's flags; what ext.args is searched for is no flag of the script's own."""
    text = script(root, module)
    return flags(re.sub(r"/[^/\n]*--[^/\n]*/|args \+ '[^']*'", "", text))


def _modules(root: Path, signature: Signatures) -> Iterator[str]:
    for module, command in MODULES.items():
        known = {option.flag: option for option in signature(command) if not option.is_argument}
        for flag, valued in find_used(root, module):
            if flag not in known:
                yield f"{module}: {command} has no option {flag}"
            elif valued == (known[flag].type is bool):
                yield f"{module}: {flag} {'takes no' if valued else 'needs a'} value"
        text = script(root, module)
        if f"\n    {command} " not in text and f"\n{' ' * 4}{command} " not in text:
            yield f"{module}: {command} is not called"
    for command in COMMANDS:
        there = {
            flag for module, name in MODULES.items() if name == command for flag, _valued in find_used(root, module)
        }
        left = {flag for name, flag in LEFT_OUT if name == command} | {
            f"--{word}" for word in SETTINGS[command].split()
        }
        known = {option.flag for option in signature(command) if not option.is_argument}
        yield from (
            f"{command}: {flag} is in no module, nor in LEFT_OUT or SETTINGS" for flag in sorted(known - there - left)
        )
        yield from (f"{command}: {flag} is no option, but listed" for flag in sorted(left - known))
        needed = {option.flag for option in signature(command) if option.required and not option.is_argument}
        yield from (f"{command}: {flag} is needed, and not in the module" for flag in sorted(needed - there))


def _arguments(root: Path, signature: Signatures) -> Iterator[str]:
    """The options that the configuration gives: they exist, with values that they may have."""
    for file in ("modules.config", "test.config"):
        text = (root / "conf" / file).read_text()
        for names, body in re.findall(r"withName: '[^']*?:?\(?([A-Z0-9|]+)\)?' \{(.*?)\n    \}", text, re.S):
            for name in names.split("|"):
                command = MODULES.get(name.lower())
                if command is None:
                    continue
                known = {option.flag: option for option in signature(command)}
                for flag, value in re.findall(r"(--[a-z][a-z0-9-]*)(?: ['\"]?([^\s'\"-][^\s'\"]*))?", body):
                    yield from (f"{file}: {name}: {problem}" for problem in _value(known.get(flag), flag, value))


def _value(option: Option | None, flag: str, value: str) -> Iterator[str]:
    if option is None:
        yield f"there is no option {flag}"
    elif (option.type is bool) == bool(value):
        yield f"{flag} {'takes no' if value else 'needs a'} value"
    elif value and "$" not in value:
        if option.choices and value not in option.choices:
            yield f"{flag} {value} is none of {option.choices}"
        if option.type in (int, float) and not (option.least or 0) <= float(value) <= (option.most or float("inf")):
            yield f"{flag} {value} lies outside {option.least} to {option.most}"


def schema(root: Path) -> dict[str, dict]:
    groups = json.loads((root / "nextflow_schema.json").read_text())["$defs"].values()
    return {name: about for group in groups for name, about in group["properties"].items()}


def defaults(root: Path) -> dict[str, object]:
    """The params of nextflow.config."""
    block = re.search(r"^params \{\n(.*?)^\}", (root / "nextflow.config").read_text(), re.S | re.M).group(1)
    words = {"null": None, "true": True, "false": False}
    return {
        n: words[v] if v in words else json.loads(v.replace("'", '"'))
        for n, v in re.findall(r"^\s+(\w+)\s+= (.+)$", block, re.M)
    }


def _parameters(root: Path, signature: Signatures) -> Iterator[str]:
    known, given = schema(root), defaults(root)
    yield from (
        f"--{name}: in nextflow_schema.json or nextflow.config alone" for name in sorted(known.keys() ^ given.keys())
    )
    for name in sorted(known.keys() & given.keys()):
        if known[name].get("default") != given[name] or type(known[name].get("default")) is not type(given[name]):
            yield (
                f"--{name}: default {given[name]!r} in nextflow.config, {known[name].get('default')!r} in "
                "nextflow_schema.json"
            )
    for words, (command, flag) in MIRRORED.items():
        name = words.split()[0]
        about, option = known.get(name, {}), next((one for one in signature(command) if one.flag == flag), None)
        if option is None:
            yield f"--{name}: {command} has no option {flag}"
            continue
        facts = {
            "default": option.default,
            "minimum": option.least,
            "maximum": option.most,
            "enum": list(option.choices) or None,
        }
        for fact, value in facts.items():
            if about.get(fact) != value:
                yield f"--{name}: {fact} {about.get(fact)!r}, but {value!r} of {command} {flag}"


def _versions(root: Path) -> Iterator[str]:
    version = headmotif.__version__
    for module in MODULES:
        folder = root / "modules" / module
        if f"bioconda::headmotif={version}\n" not in (folder / "environment.yml").read_text():
            yield f"{module}: environment.yml is not of version {version}"
        if re.findall(r"headmotif:([^-']+)--", (folder / "main.nf").read_text()) != [version, version]:
            yield f"{module}: the containers are not of version {version}"
    if re.search(r"version\s+= '(.+)'", (root / "nextflow.config").read_text()).group(1) != version:
        yield f"nextflow.config: the manifest is not of version {version}"


def test_nothing_has_drifted() -> None:
    assert list(problems(NEXTFLOW, options)) == []


def test_every_module_folder_is_checked() -> None:
    assert {path.parent.name for path in NEXTFLOW.glob("modules/*/main.nf")} == {*MODULES, "multiqc"}


def test_every_reason_is_of_an_option() -> None:
    for command, flag in LEFT_OUT:
        assert flag in {option.flag for option in options(command)}


PLANTED = {
    "a changed default": ("nextflow.config", "seed        = 1", "seed        = 2", "--seed: default 2"),
    "a changed default of both": (
        ("nextflow.config", "nextflow_schema.json"),
        '\'default\'|"default": "default"',
        "",
        "--preset: default",
    ),
    "a default of another type": ("nextflow.config", "tracks      = false", "tracks      = 0", "--tracks: default 0"),
    "a default where there is none": (
        "nextflow.config",
        "fdr         = null",
        "fdr         = 0.1",
        "--fdr: default 0.1 in nextflow.config, None",
    ),
    "an unknown flag": ("modules/bed2pwm/main.nf", "--sites-out", "--sites-file", "bed2pwm has no option --sites-file"),
    "a missing flag": (
        "modules/headreport/main.nf",
        "['--metrics', metrics],",
        "",
        "head-report: --metrics is in no module",
    ),
    "a value too many": (
        "modules/predictannotsheet/main.nf",
        "--keep-going",
        "--keep-going 1",
        "--keep-going takes no value",
    ),
    "a value too few": (
        "modules/attn2bed/main.nf",
        "--controls-out ${prefix}.controls.bed",
        "--controls-out",
        "--controls-out needs a value",
    ),
    "another command": ("modules/attn2bed/main.nf", "    attn2bed ", "    attention2bed ", "attn2bed is not called"),
    "a wrong bound": ("nextflow_schema.json", '"maximum": 1\n', '"maximum": 2\n', "--fdr: maximum 2"),
    "a wrong choice": ("nextflow_schema.json", '"paper"', '"published"', "--preset: enum"),
    "a parameter that nobody knows": (
        "nextflow.config",
        "help        =",
        "more        = 1\n    help        =",
        "--more: in nextflow_schema.json or",
    ),
    "an argument out of bounds": ("conf/test.config", "--min-sites 8", "--min-sites 7", "--min-sites 7 lies outside"),
    "an argument unknown": ("conf/modules.config", "--preset", "--network", "there is no option --network"),
    "an argument without a value": ("conf/test.config", "--max-q 1", "--max-q", "--max-q needs a value"),
    "a wrong version": (
        "modules/bed2pwm/environment.yml",
        headmotif.__version__,
        "9.9.9",
        "environment.yml is not of version",
    ),
    "a wrong container": (
        "modules/bed2pwm/main.nf",
        f"headmotif:{headmotif.__version__}",
        "headmotif:9.9.9",
        "the containers are not of",
    ),
    "a wrong manifest": ("nextflow.config", f"'{headmotif.__version__}'", "'9.9.9'", "the manifest is not of version"),
}


@pytest.mark.parametrize("drift", PLANTED)
def test_planted_drifts_are_caught(tmp_path: Path, drift: str) -> None:
    names, before, after, message = PLANTED[drift]
    root = tmp_path / "nextflow"
    shutil.copytree(NEXTFLOW, root)
    if isinstance(names, tuple):  # the preset's default, in both places
        _edit(root / names[0], "preset      = 'default'", "preset      = 'cnn'")
        _edit(root / names[1], '"default": "default"', '"default": "cnn"')
    else:
        _edit(root / names, before, after)
    assert any(message in problem for problem in problems(root, options)), problems(root, options)


def _edit(path: Path, before: str, after: str) -> None:
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))


CHANGED: dict[str, tuple[str, Callable[[Option], Option | None], str]] = {
    "an option that is new": (
        "bed2pwm",
        lambda o: replace(o, flag="--novel") if o.flag == "--flank" else o,
        "--novel is in no module",
    ),
    "an option that is gone": (
        "bed2pwm",
        lambda o: None if o.flag == "--table" else o,
        "bed2pwm has no option --table",
    ),
    "a setting that is gone": (
        "attn2bed",
        lambda o: None if o.flag == "--ism" else o,
        "--ism is no option, but listed",
    ),
    "an option now needed": (
        "bed2pwm",
        lambda o: replace(o, required=True) if o.flag == "--flank" else o,
        "--flank is needed",
    ),
    "another default": (
        "predict-annot",
        lambda o: replace(o, default=0.1) if o.flag == "--fdr" else o,
        "--fdr: default None, but 0.1",
    ),
    "another bound": (
        "predict-annot",
        lambda o: replace(o, most=0.5) if o.flag == "--fdr" else o,
        "--fdr: maximum 1, but 0.5",
    ),
    "another choice": (
        "train-annot",
        lambda o: replace(o, choices=("a",)) if o.flag == "--preset" else o,
        "--preset: enum",
    ),
}


@pytest.mark.parametrize("change", CHANGED)
def test_changes_of_a_signature_are_caught(change: str) -> None:
    command, changed, message = CHANGED[change]

    def signature(name: str) -> tuple[Option, ...]:
        return tuple(one for o in options(name) if (one := changed(o) if name == command else o) is not None)

    assert any(message in problem for problem in problems(NEXTFLOW, signature))
