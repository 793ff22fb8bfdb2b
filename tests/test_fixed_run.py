"""All commands on fixed files write what they wrote: tests/fixed_run.py, compared with what is kept of it in
tests/frozen/run.

After a change that is meant to change results, keep the new ones: `python tests/fixed_run.py FOLDER --keep`.
"""

import shutil
from pathlib import Path

import pytest

import fixed_run
from signatures import COMMANDS

KEPT = Path(__file__).parent / "frozen" / "run"


def test_every_command_writes_what_it_wrote(tmp_path: Path) -> None:
    fixed_run.run(tmp_path / "run")
    found = fixed_run.differences(tmp_path / "run", KEPT)
    assert [line for line in found if "in one folder alone" not in line] == []
    assert {line.partition(":")[0] for line in found} == set(fixed_run.list_too_large(tmp_path / "run"))


def test_every_command_is_among_them() -> None:
    lines = (fixed_run.EXACT | fixed_run.NEAR).values()
    assert {line.split()[0] for line in lines} == {*COMMANDS, "headmotif"}


CHANGES = {
    "a word": ("m.tsv", "group", "groups"),
    "a number": ("t.tsv", "0.", "0.1"),
    "a score": ("c.bed", "planted", "planted2"),
    "an array": ("look.st", b"", b"\xff\x3b" * 4000),
    "a header": ("look.st", b"planted", b"plantee"),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_change_is_seen(tmp_path: Path, case: str) -> None:
    name, old, new = CHANGES[case]
    shutil.copytree(KEPT, tmp_path / "run")
    path = tmp_path / "run" / name
    raw = path.read_bytes()
    if isinstance(old, str):
        raw = raw.replace(old.encode(), str(new).encode(), 1)
    else:
        raw = raw.replace(old, new, 1) if old else raw[: -len(new)] + new
    assert raw != path.read_bytes()
    path.write_bytes(raw)
    (line,) = fixed_run.differences(tmp_path / "run", KEPT)
    assert line.startswith(name)
