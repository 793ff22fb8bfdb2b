"""Two processes on the CPU end where one does with the same batches."""

import json
import os
import socket
import subprocess
import sys

import numpy as np
import pytest
import torch

from headmotif.formats.inputs import genomes
from headmotif.formats.tensors import model_tensor
from headmotif.steps.network import annotate, presets
from headmotif.steps.network.device import Compute
from headmotif.steps.training import split


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@pytest.fixture(scope="module")
def genome(tmp_path_factory, run):
    folder = tmp_path_factory.mktemp("workers")
    fasta, sites = folder / "genome.fa", folder / "sites.bed"
    planted = run(
        "headmotif", "simulate", "--length", 30_000, "--promoters", 120, "--output", fasta, "--sites-out", sites
    )
    assert planted.returncode == 0, planted.stderr
    made = run("fasta2tensor", fasta, "--sites", f"tss={sites}", "-o", folder / "genome.safetensors")
    assert made.returncode == 0, made.stderr
    return folder / "genome.safetensors"


def options(genome, output, preset):
    return [
        *(
            str(genome),
            "--preset",
            preset,
            "--max-steps",
            "6",
            "--eval-steps",
            "3",
            "--batch-size",
            "6",
            "--sequence-length",
            "64",
        ),
        *("--threads", "1", "--precision", "float32", "--output", str(output), "--metrics", f"{output}.json"),
    ]


@pytest.mark.parametrize("preset", ["default", "cnn"])
def test_two_processes_end_where_one_does(tmp_path, run, genome, preset):
    alone = run("train-annot", *options(genome, tmp_path / "one", preset))
    assert alone.returncode == 0, alone.stderr
    launcher = [
        "-m",
        "torch.distributed.run",
        "--nproc-per-node",
        "2",
        "--master-addr",
        "127.0.0.1",
        "--master-port",
        str(free_port()),
    ]
    both = subprocess.run(
        [sys.executable, *launcher, "-m", "headmotif.commands.train_annot", *options(genome, tmp_path / "two", preset)],
        capture_output=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert both.returncode == 0, both.stderr.decode()
    one, two = (model_tensor.read(str(tmp_path / name)) for name in ("one", "two"))
    assert one.weights.keys() == two.weights.keys()
    for name, array in one.weights.items():
        np.testing.assert_allclose(two.weights[name], array, atol=2e-4, err_msg=name)
    scores = [
        json.loads((tmp_path / f"{name}.json").read_text())["metrics"]["validation"]["tss"] for name in ("one", "two")
    ]
    assert scores[0]["average_precision"] == pytest.approx(scores[1]["average_precision"], rel=0.02)
    moved = max(
        float(np.abs(array).max()) for name, array in one.weights.items() if "by_distance" in name or "bias" in name
    )
    assert moved > 1e-3  # and they did learn something
    assert both.stdout == b""


def test_the_command_trains_a_student_and_goes_on_with_a_model(tmp_path, run, genome):
    for name, more in (
        ("first", []),
        ("student", ["--teacher", tmp_path / "first"]),
        ("further", ["--init", tmp_path / "first"]),
    ):
        done = run("train-annot", *options(genome, tmp_path / name, "cnn"), *more)
        assert done.returncode == 0, done.stderr
    first, student, further = (model_tensor.read(str(tmp_path / name)) for name in ("first", "student", "further"))
    assert student.training.teachers == (first.digest,)
    assert further.training.init == first.digest
    assert len({first.digest, student.digest, further.digest}) == 3
    for name in first.weights.keys() - {"out.weight", "out.bias"}:  # those are calibrated anew
        array = first.weights[name]
        np.testing.assert_allclose(
            further.weights[name], array, atol=0.05, err_msg=name
        )  # six steps from it, not from the start
    piped = run(
        "train-annot",
        *options(genome, tmp_path / "piped", "cnn"),
        "--init",
        "-",
        input=(tmp_path / "first").read_bytes(),
    )
    assert piped.returncode == 0, piped.stderr
    assert (tmp_path / "piped").read_bytes() == (tmp_path / "further").read_bytes()


def test_a_model_says_how_it_was_calibrated_and_its_probabilities_sum_to_the_sites(tmp_path, run, genome):
    done = run("train-annot", *options(genome, tmp_path / "model", "default"), "--max-steps", "60")
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "model.json").read_text())["metrics"]
    assert found["calibration"]["tss"]["slope"] > 0
    assert found["calibration"]["tss"].keys() == {"slope", "shift"}
    region = json.loads((tmp_path / "model.json").read_text())["split"]["validation"]
    trained, data = model_tensor.read(str(tmp_path / "model")), genomes.read(str(genome))
    part = split.parts(data, [split.parse_stretch(data, text) for text in region], [])
    net = presets.restore(trained.network, 1, trained.weights)
    p = annotate.annotate(net, data, Compute(torch.device("cpu"), torch.float32), part == split.VALIDATION)[0]
    known = (part == split.VALIDATION) & np.isfinite(p)
    assert p[known].sum() == pytest.approx(
        (data.label[0][known] == 1).sum(), rel=0.15
    )  # one site more or less, as smoothed
