"""The documentation's pictures: small, the same bytes twice, and what the pages show is there."""

import importlib.util
import re
from pathlib import Path

import pytest

from headmotif import builtin
from headmotif.report.contents import inputs
from reports import write_run

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def pictures():
    spec = importlib.util.spec_from_file_location("pictures", ROOT / "benchmarks/pictures.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_same_files_give_the_same_small_pictures(pictures, tmp_path):
    files = write_run(tmp_path, 4)
    paths = dict.fromkeys(inputs.SHOWS, "") | {"heads": "", "targets": ""}
    paths |= {name.replace("_", "-"): path for name, path in files.items()}
    paths.pop("baseline")
    run = inputs.read(paths, [], [], "", "documentation", 5, str(builtin.MOTIFS))
    one = pictures.pictures(run)
    assert set(one) == {*pictures.SHOWN, "card"}
    assert all(content.startswith(b"\x89PNG") for content in one.values())
    assert pictures.pictures(run) == one


def test_the_pictures_that_the_documentation_shows_are_there_and_small():
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    shown = [
        (words, page.parent / path)
        for page in pages
        for words, path in re.findall(r"!\[([^\]]+)\]\(([^)]+)\)", page.read_text(encoding="utf-8"))
    ]
    assert {path.name for _, path in shown} >= {path.name for path in (ROOT / "docs").glob("*.png")}
    assert all(len(words) > 20 and path.exists() for words, path in shown)
    assert sum(path.stat().st_size for path in (ROOT / "docs").glob("*.png")) < 500_000
