"""Who may import whom: read from the source, so that no import is missed because it stands inside a function."""

import ast
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import headmotif

ROOT = Path(headmotif.__file__).parent
MODULES = sorted(path for path in ROOT.rglob("*.py") if "__pycache__" not in path.parts)
FORMATS = {
    "sequences": set(),
    "features": {"sequences", "tables"},
    "tracks": set(),
    "motifs": set(),
    "tensors": {"tables"},
    "tables": set(),
    "inputs": {"sequences", "features", "tracks", "motifs", "tensors", "tables"},
    "contents": {"inputs", "sequences", "features", "tracks", "tables", "tensors"},
    "outputs": {"sequences", "features", "tracks", "tables"},
}
"""Which groups of formats know which others: a format knows its own group; what recognises or puts together knows
many."""

COMMON = {"cli", "errors", "notices", "progress"}
"""Single modules that every command may use."""
ALLOWED = {
    "commands": {
        "cli",
        "runs",
        "formats",
        "steps",
        "report",
        "builtin",
        "data",
        "alphabet",
        "errors",
        "notices",
        "progress",
    },
    "runs": {"formats", "steps", "data", "errors", "notices"},
    "report": {"report", "formats", "steps", "data", "errors", "__init__"},
    "formats": {"builtin", "data", "alphabet", "errors", "notices", "formats", "__init__"},
    "steps": {"steps", "data", "alphabet", "errors"},
    "builtin": set(),
    "data": {"data", "alphabet"},
    "alphabet": set(),
    "errors": set(),
    "notices": {"errors"},
    "progress": set(),
    "usage": {"usage"},
    "cli": {"usage", "formats.output_files", "errors", "notices", "startup", "__init__"},
    "startup": set(),
    "__init__": set(),
}
SUBCOMMANDS = {"inspect", "simulate", "demo"}
"""What `headmotif` has as subcommands."""
LIGHT = {"typer", "click"} | set(sys.stdlib_module_names)
"""What the top of a command's module may load: --help and --version wait for it."""


def name_of(path: Path) -> str:
    """formats/features/bed.py is formats.bed; formats/__init__.py is formats."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if len(parts) > 1 and parts[-1] == "__init__" else parts)


def imports(path: Path, top_only: bool = False) -> tuple[set[str], set[str]]:
    """Our modules, as dotted names below headmotif, and others' packages that a module imports."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    package = ("headmotif", *path.relative_to(ROOT).parent.parts)
    ours, others = set(), set()
    for node in tree.body if top_only else ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = [*package[: len(package) - node.level + 1]] if node.level else []
            base += node.module.split(".") if node.module else []
            names = [module_or_name(base, alias.name) for alias in node.names]
        else:
            continue
        for name in names:
            first, _, rest = name.partition(".")
            if first == "headmotif":
                ours.add(rest or "__init__")
            else:
                others.add(first)
    return ours, others


def module_or_name(base: list[str], name: str) -> str:
    """`from ..formats import bed` imports formats.bed; `from ..data import Genome` imports data."""
    if base[0] != "headmotif":
        return ".".join(base)
    place = ROOT.joinpath(*base[1:])
    is_module = (place / f"{name}.py").exists() or (place / name / "__init__.py").exists()
    return ".".join([*base, name] if is_module else base)


def test_commands_are_the_console_scripts_and_subcommands_and_nothing_else():
    scripts = {
        script.name.replace("-", "_")
        for script in entry_points(group="console_scripts")
        if script.value.startswith("headmotif.")
    }
    assert {path.stem for path in (ROOT / "commands").glob("*.py")} - {"__init__"} == scripts | SUBCOMMANDS


def test_a_command_reads_computes_and_writes_in_forty_lines():
    """Neither the signature nor the docstring counts."""
    for path in (ROOT / "commands").glob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                assert not body or body[-1].end_lineno - body[0].lineno < 40, f"{path.stem}.{node.name} is too long"


def test_a_function_that_is_no_command_takes_seven_parameters_at_most():
    """self, cls and autograd's ctx do not count."""
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and (path.parent.name, node.name) != ("commands", path.stem):
                given = node.args.posonlyargs + node.args.args + node.args.kwonlyargs
                names = [one.arg for one in given if one.arg not in ("self", "cls", "ctx")]
                assert len(names) <= 7, f"{name_of(path)}.{node.name} takes {', '.join(names)}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_each_layer_imports_only_what_it_may(path):
    name = name_of(path)
    layer = name.partition(".")[0]
    assert layer in ALLOWED, f"{name} belongs to no layer"
    ours, _ = imports(path)
    allowed = set(ALLOWED[layer])
    if name == "commands.headmotif":
        allowed |= {f"commands.{sub}" for sub in SUBCOMMANDS}
    wrong = {one for one in ours if one not in allowed and one.partition(".")[0] not in allowed}
    assert not wrong, f"{name} imports {', '.join(sorted(wrong))}"


def rooms(layer: str) -> dict[str, set[str]]:
    """For each package of a layer, the packages of that layer that it imports."""
    found: dict[str, set[str]] = {}
    for path in MODULES:
        its, room, *_ = [*name_of(path).split("."), ""]
        if its == layer and (path.parent if path.parent != ROOT / layer else None):
            named = {
                parts[1]
                for parts in (one.split(".") for one in imports(path)[0])
                if parts[0] == layer and len(parts) > 2
            }
            found.setdefault(room, set()).update(named - {room})
    return found


@pytest.mark.parametrize(
    ("layer", "packages", "beside"),
    [
        ("steps", 12, set()),
        ("formats", 9, {"files", "output_files", "bgzip", "contig_names", "whole_numbers"}),
        ("report", 4, {"outputs"}),
    ],
)
def test_layers_are_packages_and_no_circle_runs_through_them(layer, packages, beside):
    assert {path.stem for path in (ROOT / layer).glob("*.py")} == {"__init__"} | beside
    left = rooms(layer)
    assert len(left) == packages
    while free := [room for room, named in left.items() if not named & left.keys()]:
        for room in free:
            del left[room]
    assert not left, f"a circle runs through {', '.join(sorted(left))}"


def test_a_format_knows_only_the_formats_that_it_consists_of():
    strangers = {group: named - FORMATS[group] for group, named in rooms("formats").items()}
    assert not any(strangers.values()), strangers


AT_START = [path for path in MODULES if name_of(path).partition(".")[0] in ("commands", "cli", "errors", "__init__")]


@pytest.mark.parametrize("path", AT_START, ids=name_of)
def test_commands_load_nothing_heavy_at_their_top(path):
    """Neither themselves nor through a module of ours."""
    waiting, seen = [path], set()
    while waiting:
        one = waiting.pop()
        ours, others = imports(one, top_only=True)
        assert others <= LIGHT, f"{name_of(one)} loads {', '.join(sorted(others - LIGHT))} before anything is asked"
        seen.add(one)
        waiting += [other for other in MODULES if name_of(other) in ours and other not in seen]


def test_the_reader_of_imports_sees_what_it_should(tmp_path, monkeypatch):
    """The test above would pass on anything if this failed."""
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    (tmp_path / "formats").mkdir()
    (tmp_path / "formats" / "bed.py").write_text(
        "import numpy.linalg\ndef f():\n    from ..steps import plant\n    from . import fasta\n"
    )
    (tmp_path / "steps").mkdir()
    (tmp_path / "steps" / "plant.py").write_text("")
    (tmp_path / "formats" / "fasta.py").write_text("")
    assert imports(tmp_path / "formats" / "bed.py") == ({"steps.plant", "formats.fasta"}, {"numpy"})
    assert imports(tmp_path / "formats" / "bed.py", top_only=True) == (set(), {"numpy"})


def test_modules_stay_small():
    sizes = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert max(sizes.values()) <= 400, max(sizes, key=sizes.get)
