"""The bioconda recipe in step with the package: version, dependencies, console scripts, and command lines that the
signatures take."""

import re
import runpy
import sys
import tomllib
from pathlib import Path

import jinja2
import pytest
import setuptools

import headmotif
from command_lines import faults as line_faults
from signatures import COMMANDS

REPOSITORY = Path(__file__).resolve().parent.parent
RECIPE = (REPOSITORY / "bioconda-recipe/meta.yaml").read_text(encoding="utf-8")
CONDA_NAMES = {"torch": "pytorch"}
BESIDE = {
    "matplotlib-base": "imported by headmotif itself; from PyPI it comes with logomaker (and conda's matplotlib "
    "brings a desktop)",
    "pandas": "imported by headmotif itself; from PyPI it comes with logomaker",
    "markupsafe": "imported by headmotif itself; from PyPI it comes with Jinja2",
    "pyrodigal >=3.5": "an extra on PyPI, which users of Galaxy could not add",
}
"""Run dependencies that setup.py does not name, and why."""


def package() -> dict:
    """What setup.py tells setuptools."""
    told, real = {}, setuptools.setup
    setuptools.setup = lambda **words: told.update(words)
    try:
        runpy.run_path(str(REPOSITORY / "setup.py"))
    finally:
        setuptools.setup = real
    return told


def render(text: str) -> str:
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined)
    return environment.from_string(text).render(
        PYTHON="python", pin_subpackage=lambda name, max_pin: f"{name} up to {max_pin}"
    )


def value(text: str, part: str, key: str) -> str | list[str] | None:
    """part.key of a recipe: a text, or the items of a list. Enough of YAML for one that is written plainly."""
    inside = re.search(rf"^{part}:\n((?:[ \n#].*\n?)*)", text, re.MULTILINE)
    found = re.search(rf"^  {key}:(.*)\n((?:    .*\n?)*)", inside[1], re.MULTILINE) if inside else None
    if not found:
        return None
    items = re.findall(r"^    - (.+)$", found[2], re.MULTILINE)
    return found[1].strip() or items


def requirement(text: str) -> str:
    """torch>=2.4 as conda writes it: pytorch >=2.4."""
    name, version = re.fullmatch(r"([\w-]+)(.*)", text).groups()
    return f"{CONDA_NAMES.get(name, name.lower())} {version}".strip()


def faults(recipe: str) -> list[str]:
    """Where a recipe and the package disagree, in words."""
    text, told = render(recipe), package()
    scripts = told["entry_points"]["console_scripts"]
    lines = [
        part
        for line in value(text, "test", "commands") or []
        for part in line.split(" | ")
        if not part.startswith("printf ")
    ]
    build_with = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]["requires"]
    run = [f"python {told['python_requires']}", *map(requirement, told["install_requires"]), *BESIDE]
    expected = {
        ("package", "name"): told["name"],
        ("package", "version"): headmotif.__version__,
        ("source", "url"): f"https://pypi.org/packages/source/h/headmotif/headmotif-{headmotif.__version__}.tar.gz",
        ("build", "noarch"): "python",
        ("build", "script"): "python -m pip install . --no-deps --no-build-isolation --no-cache-dir -vvv",
        ("build", "entry_points"): scripts,
        ("build", "run_exports"): ["headmotif up to x.x"],
        ("requirements", "host"): [run[0], "pip", *map(requirement, build_with)],
        ("requirements", "run"): run,
        ("about", "summary"): told["description"],
        ("about", "license"): told["license"],
    }
    found = [
        f"{a}.{b}: {value(text, a, b)}, not {right}" for (a, b), right in expected.items() if value(text, a, b) != right
    ]
    found += [f"test.commands: {fault}" for line in lines for fault in line_faults(line)]
    really_run = {line.split()[0] for line in lines if "--help" not in line and "--version" not in line}
    return found + [f"test.commands: {name} is not run" for name in (*COMMANDS, "headmotif") if name not in really_run]


def test_the_recipe_is_in_step():
    assert faults(RECIPE) == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (f'version = "{headmotif.__version__}"', 'version = "0.0.9"', "package.version"),
        ("pytorch >=2.4", "pytorch >=2.3", "requirements.run"),
        ("pytorch >=2.4", "pytorch >=2.4 cpu*", "requirements.run"),
        ("    - jinja2 >=3.1\n", "", "requirements.run"),
        ("matplotlib-base", "matplotlib", "requirements.run"),
        ("    - pandas\n", "    - pandas\n    - scipy\n", "requirements.run"),
        ("    - python >=3.11\n    - pip", "    - python >=3.10\n    - pip", "requirements.host"),
        ("setuptools >=77", "setuptools", "requirements.host"),
        ("    - head-report = headmotif.commands.head_report:main\n", "", "build.entry_points"),
        ("attn2bed:main", "attn_bed:main", "build.entry_points"),
        ('max_pin="x.x"', 'max_pin="x"', "build.run_exports"),
        ("noarch: python", "noarch: generic", "build.noarch"),
        ("license: MIT", "license: BSD", "about.license"),
        ("--top 40", "--best 40", "predict-annot has no --best"),
        ("--preset cnn", "--preset rnn", "train-annot --preset rnn: none of default, wide, paper, cnn"),
        ("--background 100 ", "--background 99 ", "score-heads --background 99: not within 100 to None"),
        ("--minw 6 --maxw 6", "--minw", "bed2pwm --minw --max-evalue: no value"),
        ("--bootstrap 0", "--bootstrap few", "score-annot --bootstrap few: no int"),
        ("pwm-compare motifs.meme --max-q 1 -o matches.tsv", "pwm-compare --help", "pwm-compare is not run"),
        ("attn2bed attention", "attn2gff attention", "no command attn2gff"),
        ("| score-variants genome.fa -", "| score-variants genome.fa", "score-variants takes 2 to 2 arguments"),
    ],
)
def test_a_drift_is_caught(old, new, words):
    assert RECIPE.count(old) >= 1, "the recipe has changed: plant this drift elsewhere"
    assert any(words in fault for fault in faults(RECIPE.replace(old, new, 1)))


def test_no_checksum_is_made_up():
    """Empty until there is a release, then sixty-four hexadecimal digits."""
    assert re.fullmatch(r'"([0-9a-f]{64})?"', value(render(RECIPE), "source", "sha256"))


def test_what_is_imported_is_installed():
    """No package is imported by headmotif that neither setup.py nor the list above names, and none is named in vain."""
    ours = "\n".join(
        path.read_text(encoding="utf-8") for path in sorted((REPOSITORY / "tools/headmotif").rglob("*.py"))
    )
    imported = {
        name.partition(".")[0]
        for name in re.findall(r"^\s*(?:import|from) ([a-zA-Z][\w.]*)(?: import| as|$)", ours, re.MULTILINE)
    }
    modules = {"biopython": "Bio", "matplotlib-base": "matplotlib", "pytorch": "torch"}
    named = {requirement(text).split()[0] for text in package()["install_requires"]} | {
        name.split()[0] for name in BESIDE
    }
    assert imported - set(sys.stdlib_module_names) == {modules.get(name, name) for name in named}
