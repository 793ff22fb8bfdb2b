"""train-annot, killed with -9 at random moments and resumed, writes the bytes of a run that nobody disturbed."""

import os
import random
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
        ("headmotif", "plant", "--length", 20_000, "--promoters", 80, "--output", fasta, "--sites", sites),
        ("fasta2tensor", fasta, "--sites", f"tss={sites}", "-o", folder / "genome.safetensors"),
    ):
        made = run(*words)
        assert made.returncode == 0, made.stderr
    return folder / "genome.safetensors"


def words(genome, folder):
    names = {"--output": "model", "--history": "history.tsv", "--metrics": "metrics.json", "--checkpoint": "state"}
    files = [str(word) for option, name in names.items() for word in (option, folder / name)]
    size = ["--steps", "60", "--every", "5", "--batch", "4", "--length", "64", "--threads", "1", "--precision", "float32"]
    return [str(Path(sys.executable).with_name("train-annot")), str(genome), *size, *files]


def test_killed_at_random_moments_and_resumed_it_ends_in_the_same_bytes(tmp_path, genome):
    folders = [tmp_path / name for name in ("calm", "stormy")]
    for folder in folders:
        folder.mkdir()
    calm, stormy = folders
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": {**os.environ, "OMP_NUM_THREADS": "1"}}
    began = time.monotonic()
    subprocess.run(words(genome, calm), check=True, **quiet)
    lasted = time.monotonic() - began
    chance, kills, in_time = random.Random(20210), 0, 0
    while kills < 3:
        process = subprocess.Popen([*words(genome, stormy), "--resume"], **quiet)
        try:
            process.wait(lasted * chance.uniform(0.4, 0.8))  # most of a run's time is the start of Python and PyTorch
        except subprocess.TimeoutExpired:
            before = (stormy / "state").exists()
            process.send_signal(signal.SIGKILL)
            process.wait()
            kills += 1
            in_time += before
            if (stormy / "model").exists():  # it was done but for leaving: whole, or not there
                assert (stormy / "model").read_bytes() == (calm / "model").read_bytes()
                break
        else:
            break  # it came to its end before it was killed
    subprocess.run([*words(genome, stormy), "--resume"], check=True, **quiet)
    assert in_time >= 1, "no kill fell between the first checkpoint and the end"
    for name in ("model", "history.tsv", "metrics.json"):
        assert (stormy / name).read_bytes() == (calm / name).read_bytes(), name
