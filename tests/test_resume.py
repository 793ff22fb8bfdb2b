"""train-annot, killed with -9 at random moments and resumed, writes the bytes of a run that nobody disturbed."""

import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def genome(tmp_path_factory, run):
    folder = tmp_path_factory.mktemp("resume")
    fasta, sites = folder / "genome.fa", folder / "sites.bed"
    for words in (
        ("headmotif", "simulate", "--length", 20_000, "--promoters", 80, "--output", fasta, "--sites-out", sites),
        ("fasta2tensor", fasta, "--sites", f"tss={sites}", "-o", folder / "genome.safetensors"),
    ):
        made = run(*words)
        assert made.returncode == 0, made.stderr
    return folder / "genome.safetensors"


def words(genome, folder):
    names = {"--output": "model", "--history": "history.tsv", "--metrics": "metrics.json", "--checkpoint": "state"}
    files = [str(word) for option, name in names.items() for word in (option, folder / name)]
    size = [
        "--preset",
        "cnn",
        "--max-steps",
        "60",
        "--eval-steps",
        "5",
        "--batch-size",
        "4",
        "--sequence-length",
        "64",
        "--threads",
        "1",
        "--precision",
        "float32",
    ]
    return [str(Path(sys.executable).with_name("train-annot")), str(genome), *size, *files]


def test_killed_at_random_moments_and_resumed_it_ends_in_the_same_bytes(tmp_path, genome):
    folders = [tmp_path / name for name in ("calm", "stormy")]
    for folder in folders:
        folder.mkdir()
    calm, stormy = folders
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": {**os.environ, "OMP_NUM_THREADS": "1"}}
    subprocess.run(words(genome, calm), check=True, **quiet)
    chance, state = random.Random(20210), stormy / "state"
    for _kill in range(3):
        process = subprocess.Popen([*words(genome, stormy), "--resume"], **quiet)
        # Counted in checkpoints of twelve, not in seconds: a slow machine and a quick one are killed alike.
        for _checkpoint in range(chance.randint(1, 3)):
            before = state.stat().st_mtime_ns if state.exists() else 0
            while not (state.exists() and state.stat().st_mtime_ns > before):
                assert process.poll() is None
                time.sleep(0.002)
        time.sleep(chance.uniform(0, 0.1))
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert not (stormy / "model").exists() or (stormy / "model").read_bytes() == (calm / "model").read_bytes()
    last = subprocess.run([*words(genome, stormy), "--resume"], check=True, **{**quiet, "stderr": subprocess.PIPE})
    assert re.search(rf"resumed from {re.escape(str(state))} at step \d+", last.stderr.decode()), last.stderr
    for name in ("model", "history.tsv", "metrics.json"):
        assert (stormy / name).read_bytes() == (calm / name).read_bytes(), name
