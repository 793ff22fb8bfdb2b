"""Functions are verbs: no function or method is named by a participle alone."""

import ast
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
MODULES = sorted(path for room in ("tools/headmotif", "benchmarks") for path in (REPOSITORY / room).rglob("*.py"))
VERBS = {"feed", "need", "read", "seed", "speed", "proceed", "embed", "exceed", "shed", "bleed", "attn2bed", "named"}
"""Words that end in -ed and are no participles; PyTorch's `named_parameters`."""
IRREGULAR = {
    "drawn", "told", "shown", "begun", "given", "taken", "made", "kept", "held", "chosen", "found", "known",
    "seen", "written", "laid", "lost", "grown", "worn", "gone", "said", "meant", "spent", "built", "sent",
}  # fmt: skip


def names(path: Path) -> list[str]:
    """The names of all functions and methods of a module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def is_participle(name: str) -> bool:
    first = name.strip("_").split("_")[0]
    return (first.endswith("ed") and first not in VERBS) or first in IRREGULAR


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_functions_are_no_participles(path: Path) -> None:
    assert [name for name in names(path) if is_participle(name)] == []


def test_what_is_a_participle() -> None:
    assert [name for name in ("joined", "_drawn", "shuffled_sites", "looked_up") if not is_participle(name)] == []
    assert [name for name in ("read_sites", "seed", "find_motifs", "embed", "is_masked") if is_participle(name)] == []
