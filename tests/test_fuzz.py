"""`make fuzz` in small: every reader on a few damaged files; and the driver sees what is wrong with a reader."""

import sys
import time
from pathlib import Path

import pytest

from headmotif.errors import FormatError, InputError
from headmotif.notices import warn

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "benchmarks"))
import fuzz
from fuzz_seeds import kinds

KINDS = {kind.name: kind for kind in kinds()}


@pytest.mark.parametrize("name", KINDS)
def test_damaged_files_are_read_or_refused(name):
    count, wrong = fuzz.try_damaged((name, 0, 40))
    assert [what for what, _ in wrong] == []
    assert count["refused"] > 2
    assert count["read"] + count["warned"] > 0


@pytest.mark.parametrize("name", KINDS)
def test_well_formed_files_are_read(name, tmp_path):
    for seed in KINDS[name].seeds:
        assert fuzz.outcome_of(KINDS[name].read, str(tmp_path / "file"), seed)[0] in ("read", "warned")


@pytest.mark.parametrize("name", KINDS)
def test_a_cut_is_noticed(name, monkeypatch):
    monkeypatch.setattr(fuzz, "STEP", 17)
    count, wrong = fuzz.try_cuts(name)
    assert [what for what, _ in wrong] == []
    assert count["cut"] or not KINDS[name].reads_all


def test_the_same_number_gives_the_same_file():
    kind = KINDS["sites, BED"]
    assert [fuzz.damage(kind, 7), fuzz.damage(kind, 8)] == [fuzz.damage(kind, 7), fuzz.damage(kind, 8)]
    assert len({fuzz.damage(kind, i) for i in range(50)}) > 40


def read_well(path):
    warn(path, "something")


def refuse(path):
    raise FormatError(path, 1, "it is wrong; mend it")


def refuse_in_two_lines(path):
    error = InputError(f"{path}: wrong")
    error.args = (f"{path}: one\ntwo",)
    raise error


def refuse_without_its_name(path):
    raise InputError("it is wrong")


def fail(path):
    raise ValueError("12")


def work(path):
    began = time.process_time()
    while time.process_time() < began + 5:
        pass


@pytest.mark.parametrize(
    ("read", "outcome", "what"),
    [
        (len, "read", ""),
        (read_well, "warned", "something"),
        (refuse, "refused", ""),
        (refuse_in_two_lines, "fault", "a message of several lines"),
        (refuse_without_its_name, "fault", "'it is wrong'"),
        (fail, "fault", "ValueError: 12"),
        (work, "fault", "TimeoutError"),
    ],
)
def test_what_a_reader_does_is_seen(read, outcome, what, tmp_path, monkeypatch):
    monkeypatch.setattr(fuzz, "SECONDS", 0.1)
    found = fuzz.outcome_of(read, str(tmp_path / "file"), b"x")
    assert found[0] == outcome
    assert what in found[1]


def test_a_reader_that_takes_cut_files_is_seen(monkeypatch):
    made = [fuzz.Kind("x", len, (b"one line\nanother\n",)), fuzz.Kind("y", len, (b"ab\n//\n",), shows_end=True)]
    monkeypatch.setattr(fuzz, "kinds", lambda: made)
    assert fuzz.try_cuts("x")[0] == {"cut": 16, "silent": 14}  # but for those after a line end
    assert fuzz.try_cuts("y")[0] == {"cut": 5, "silent": 4}  # but for the one that leaves out the last line end
