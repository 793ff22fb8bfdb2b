"""The six commands chained: through files and through one pipe."""

import subprocess
import sys
from pathlib import Path

import pytest

from in_process import call

BIN = Path(sys.executable).parent
SPLIT = ["--max-steps", "8", "--eval-steps", "4", "--batch-size", "16", "--threads", "1"]


@pytest.fixture(scope="module")
def planted_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small planted genome with its sites."""
    folder = tmp_path_factory.mktemp("planted")
    sizes = ["--length", "60000", "--promoters", "120"]
    read_output(folder, "headmotif", "simulate", "-o", "genome.fa", "--sites-out", "sites.bed", *sizes, "--quiet")
    return folder


def read_output(folder: Path, name: str, *words: str) -> bytes:
    """What a command that must succeed wrote on standard output."""
    ended = call(name, *words, cwd=folder)
    assert ended.returncode == 0, ended.stderr.decode()
    return ended.stdout


def make_chain(folder: Path) -> dict[str, list[str]]:
    return {
        "genome.st": ["fasta2tensor", "genome.fa", "--sites", "sites.bed"],
        "model.st": ["train-annot", "genome.st", *SPLIT],
        "attention.st": [
            "dump-attention",
            "model.st",
            "genome.fa",
            "--sites",
            "sites.bed",
            "--background",
            "200",
            "--threads",
            "1",
        ],
        "regions.bed": ["attn2bed", "attention.st", "--max-q", "1", "--max-p", "1"],
        "motifs.meme": ["bed2pwm", "regions.bed", "genome.fa", "--max-evalue", "1000"],
        "matches.tsv": ["pwm-compare", "motifs.meme", "--max-q", "1"],
    }


@pytest.fixture(scope="module")
def files(planted_folder: Path) -> Path:
    """The chain through files: each command's -o."""
    for result, (name, *words) in make_chain(planted_folder).items():
        read_output(planted_folder, name, *words, "-o", result, "--quiet")
    return planted_folder


def test_one_pipe_gives_the_same_bytes_as_files(files: Path) -> None:
    words = list(make_chain(files).items())
    stages = []
    for number, (_result, (name, *arguments)) in enumerate(words):
        before = words[number - 1][0] if number else None
        stages.append(" ".join([str(BIN / name), *("-" if a == before else a for a in arguments), "--quiet"]))
    pipe = " | ".join(stages)
    piped = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {pipe}"], cwd=files, capture_output=True, check=True
    ).stdout
    assert piped == (files / "matches.tsv").read_bytes()
    assert piped.startswith(b"Query_ID\tTarget_ID\t")
    assert len(piped.splitlines()) > 1


def test_standard_output_of_each_command_is_the_file_that_output_names(files: Path) -> None:
    for result, (name, *words) in make_chain(files).items():
        if name == "train-annot":
            continue  # the pipe above shows it, at less cost
        assert read_output(files, name, *words) == (files / result).read_bytes(), name


def test_a_genome_tensor_serves_wherever_a_fasta_does(files: Path) -> None:
    read_output(
        files,
        "dump-attention",
        "model.st",
        "genome.st",
        "--background",
        "200",
        "--threads",
        "1",
        "-o",
        "again.st",
        "--quiet",
    )
    read_output(files, "bed2pwm", "regions.bed", "genome.st", "--max-evalue", "1000", "-o", "again.meme", "--quiet")
    assert (files / "again.meme").read_bytes() == (files / "motifs.meme").read_bytes()
    rows = []
    for name in ("again.st", "attention.st"):
        rows.append(len(read_output(files, "attn2bed", name, "--max-q", "1", "--max-p", "1", "--quiet").splitlines()))
    assert rows[0] == rows[1] > 1000  # a region for every site and head, whichever file told the sites


def test_training_again_from_its_checkpoint_ends_in_the_same_bytes(files: Path) -> None:
    """A run killed as soon as its first checkpoint is there, then resumed."""
    words = [
        BIN / "train-annot",
        "genome.st",
        *SPLIT,
        "--checkpoint",
        "run.ckpt",
        "--resume",
        "-o",
        "resumed.st",
        "--quiet",
    ]
    process = subprocess.Popen(words, cwd=files)
    while not (files / "run.ckpt").exists() and process.poll() is None:
        pass
    process.kill()
    process.wait()
    assert not (files / "resumed.st").exists()
    read_output(files, words[0].name, *words[1:])
    assert (files / "resumed.st").read_bytes() == (files / "model.st").read_bytes()


def test_inspect_names_every_file_of_the_chain(files: Path) -> None:
    words = {
        "genome.st": "genome",
        "model.st": "model",
        "attention.st": "attention",
        "regions.bed": "BED",
        "motifs.meme": "MEME",
    }
    for name, word in words.items():
        assert word in read_output(files, "headmotif", "inspect", name).decode(), name
