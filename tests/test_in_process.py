"""A command run without a process says and does what its console script does."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from headmotif import cli
from in_process import call

FASTA = b">a\nACGTACGTTATAATACGT\n"
SAME = {
    "a result on standard output": ("fasta2tensor - --quiet", FASTA, 0),
    "talk on standard error": ("fasta2tensor -", FASTA, 0),
    "a table": ("pwm-compare TATAAT --best", b"", 0),
    "bad data": ("fasta2tensor nowhere.fa", b"", 1),
    "bad data, read from a pipe": ("bed2pwm - genome.fa", b"chr1 1 2\n", 1),
    "bad usage": ("attn2bed --no-such-option", b"", 2),
    "no arguments": ("train-annot", b"", 2),
    "a subcommand": ("headmotif inspect -", FASTA, 0),
    "the overview": ("headmotif", b"", 0),
    "help": ("dump-attention --help", b"", 0),
    "version": ("score-heads --version", b"", 0),
    "PyTorch": ("predict-annot genome.fa --model nowhere", b"", 1),
}


@pytest.mark.parametrize("case", SAME)
def test_both_ways_give_the_same_streams_and_exit_code(tmp_path: Path, case: str) -> None:
    line, given, code = SAME[case]
    (tmp_path / "genome.fa").write_bytes(FASTA)
    name, *words = line.split()
    here = call(name, *words, cwd=tmp_path, input=given, environment={"COLUMNS": "100"})
    script = Path(sys.executable).with_name(name)
    there = subprocess.run(
        [script, *words], cwd=tmp_path, input=given, capture_output=True, env={**os.environ, "COLUMNS": "100"}
    )
    assert (here.returncode, here.stdout, here.stderr) == (there.returncode, there.stdout, there.stderr)
    assert here.returncode == code


def state() -> tuple[object, ...]:
    """What a command could leave behind in a process."""
    streams = sys.stdin, sys.stdout, sys.stderr
    settings = (
        torch.get_num_threads(),
        torch.get_deterministic_debug_mode(),
        torch.utils.deterministic.fill_uninitialized_memory,
    )
    return os.getcwd(), dict(os.environ), *streams, *settings


@pytest.mark.parametrize("model", ["ecoli-tss", "nowhere"])
def test_the_process_is_left_as_it_was(tmp_path: Path, model: str) -> None:
    before = state()
    (tmp_path / "genome.fa").write_bytes(FASTA * 10)
    words = ["genome.fa", "--model", model, "--threads", "3", "-o", "calls.bed"]
    call("predict-annot", *words, cwd=tmp_path, environment={"SOME": "thing"})
    assert state() == before


def test_a_context_lasts_as_long_as_the_command() -> None:
    lasts = []

    @contextlib.contextmanager
    def context() -> Iterator[str]:
        lasts.append("in")
        yield "value"
        lasts.append("out")

    def do_nothing() -> None:
        assert cli.enter(context()) == "value"
        assert lasts == ["in"]

    with pytest.raises(SystemExit) as ended:
        cli.command(do_nothing)([])
    assert (ended.value.code, lasts) == (0, ["in", "out"])


def test_a_bug_is_no_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("headmotif.formats.inputs.genomes.read", fail)
    with pytest.raises(ZeroDivisionError):
        call("fasta2tensor", "genome.fa")
