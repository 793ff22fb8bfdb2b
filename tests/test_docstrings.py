"""Public functions and records say what they take, give and raise, in numpydoc's sections."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "tools" / "headmotif"
ROOMS = ("data", "steps", "formats", "report", "runs")
"""Packages whose public names others build on; a command's docstring is its help."""
MODULES = sorted(path for room in ROOMS for path in (PACKAGE / room).rglob("*.py"))
HOOKS = {"forward", "backward", "setup_context"}
"""Methods that PyTorch calls, with its own meaning."""


def sections(docstring: str) -> dict[str, str]:
    """The sections of a docstring by their titles, "" for what stands before the first."""
    parts = re.split(r"^(Parameters|Returns|Yields|Raises|Attributes|Notes|Examples)\n-{3,}$", docstring, flags=re.M)
    return {"": parts[0], **dict(zip(parts[1::2], parts[2::2], strict=True))}


def entries(section: str) -> set[str]:
    """The names that a section of Parameters or Attributes explains: lines at its margin, several with commas."""
    return {
        name.strip().lstrip("*")
        for line in section.splitlines()
        if line and not line[0].isspace()
        for name in line.split(" : ")[0].split(",")
    }


def public(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef | ast.ClassDef]]:
    """Public functions, classes and methods of a module, properties and PyTorch's hooks left out."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not _is_overload(node):
            yield node.name, node
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield node.name, node
            for one in node.body:
                plain = isinstance(one, ast.FunctionDef) and not one.name.startswith("_") and one.name not in HOOKS
                if plain and not any(ast.unparse(d).split(".")[-1] in ("property", "setter", "overload")
                                     for d in one.decorator_list):  # fmt: skip
                    yield f"{node.name}.{one.name}", one


def _is_overload(node: ast.FunctionDef) -> bool:
    """An overload only narrows the types of the function that follows it, which has the docstring."""
    return any(ast.unparse(d).split(".")[-1] == "overload" for d in node.decorator_list)


def lacks(name: str, node: ast.FunctionDef | ast.ClassDef) -> list[str]:
    """What a docstring does not say, a line each."""
    text = ast.get_docstring(node)
    if not text:
        return [f"{name}: no docstring"]
    told = sections(text)
    if isinstance(node, ast.ClassDef):
        fields = [
            one.target.id
            for one in node.body
            if isinstance(one, ast.AnnAssign)
            and isinstance(one.target, ast.Name)
            and not one.target.id.startswith("_")
            and "ClassVar" not in ast.unparse(one.annotation)
        ]
        return [
            f"{name}: Attributes lack {field}" for field in fields if field not in entries(told.get("Attributes", ""))
        ]
    arguments = node.args
    names = [a.arg for a in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]]
    names += [a.arg for a in (arguments.vararg, arguments.kwarg) if a]
    wanted = [a for a in names if a not in ("self", "cls")]
    found = [f"{name}: Parameters lack {a}" for a in wanted if a not in entries(told.get("Parameters", ""))]
    gives = ast.unparse(node.returns) if node.returns else "None"
    if gives not in ("None", "NoReturn", "Never") and not {"Returns", "Yields"} & set(told):
        found.append(f"{name}: no Returns")
    own = {
        ast.unparse(one.exc).split("(")[0]
        for one in ast.walk(node)
        if isinstance(one, ast.Raise) and one.exc is not None
    }
    errors = {error for error in own if error in ("InputError", "FormatError", "ValueError", "KeyError")}
    found += [f"{name}: Raises lack {error}" for error in sorted(errors) if error not in told.get("Raises", "")]
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_public_names_say_what_they_take_and_give(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert [line for name, node in public(tree) for line in lacks(name, node)] == []


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("def f(a): ...", ["no docstring"]),
        ('def f(a):\n    """Add."""', ["Parameters lack a"]),
        (
            'def f(a) -> int:\n    """Add.\n\n    Parameters\n    ----------\n    a\n        One.\n    """',
            ["no Returns"],
        ),
        (
            'def f(a, b):\n    """Add.\n\n    Parameters\n    ----------\n    a, b : int\n        Two.\n    """\n'
            "    raise ValueError(a)",
            ["Raises lack ValueError"],
        ),
        ('class A:\n    """One."""\n    x: int', ["Attributes lack x"]),
        ('class A:\n    """One.\n\n    Attributes\n    ----------\n    x\n        It.\n    """\n    x: int', []),
    ],
)
def test_what_is_missing_is_seen(source: str, words: list[str]) -> None:
    found = [line for name, node in public(ast.parse(source)) for line in lacks(name, node)]
    assert [word for word in words if not any(word in line for line in found)] == []
    assert bool(found) == bool(words)
