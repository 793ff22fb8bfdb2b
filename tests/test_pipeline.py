"""The six commands chained: through files, through one pipe, and on planted truth."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from headmotif.formats import bed, tables

BIN = Path(sys.executable).parent
SPLIT = ["--steps", "8", "--every", "4", "--batch", "16", "--threads", "1"]


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small planted genome with its sites."""
    folder = tmp_path_factory.mktemp("planted")
    sizes = ["--length", "60000", "--promoters", "120"]
    subprocess.run([BIN / "headmotif", "plant", "-o", "genome.fa", "--sites", "sites.bed", *sizes, "--quiet"], cwd=folder, check=True)
    return folder


def chained(folder: Path) -> dict[str, list[str]]:
    return {
        "genome.st": ["fasta2tensor", "genome.fa", "--sites", "sites.bed"],
        "model.st": ["train-annot", "genome.st", *SPLIT],
        "attention.st": ["dump-attention", "model.st", "genome.fa", "--sites", "sites.bed", "--background", "200", "--threads", "1"],
        "regions.bed": ["attn2bed", "attention.st", "--max-q", "1", "--max-p", "1"],
        "motifs.meme": ["bed2pwm", "regions.bed", "genome.fa", "--max-e", "1000"],
        "matches.tsv": ["pwm-compare", "motifs.meme", "--max-q", "1"],
    }


@pytest.fixture(scope="module")
def files(planted: Path) -> Path:
    """The chain through files: each command's -o."""
    for result, (name, *words) in chained(planted).items():
        subprocess.run([BIN / name, *words, "-o", result, "--quiet"], cwd=planted, check=True)
    return planted


@pytest.mark.timeout(180)
def test_one_pipe_gives_the_same_bytes_as_files(files: Path) -> None:
    words = list(chained(files).items())
    stages = []
    for number, (_result, (name, *arguments)) in enumerate(words):
        before = words[number - 1][0] if number else None
        stages.append(" ".join([str(BIN / name), *("-" if a == before else a for a in arguments), "--quiet"]))
    pipe = " | ".join(stages)
    done = subprocess.run(["bash", "-c", f"set -o pipefail; {pipe}"], cwd=files, capture_output=True, check=True)
    assert done.stdout == (files / "matches.tsv").read_bytes()
    assert done.stdout.startswith(b"Query_ID\tTarget_ID\t")
    assert len(done.stdout.splitlines()) > 1


def test_standard_output_of_each_command_is_the_file_that_output_names(files: Path) -> None:
    for result, (name, *words) in chained(files).items():
        if name == "train-annot":
            continue  # the pipe above shows it, at less cost
        done = subprocess.run([BIN / name, *words], cwd=files, capture_output=True, check=True)
        assert done.stdout == (files / result).read_bytes(), name


@pytest.mark.timeout(120)
def test_a_genome_tensor_serves_wherever_a_fasta_does(files: Path) -> None:
    words = ["dump-attention", "model.st", "genome.st", "--background", "200", "--threads", "1", "-o", "again.st", "--quiet"]
    subprocess.run([BIN / words[0], *words[1:]], cwd=files, check=True)
    subprocess.run([BIN / "bed2pwm", "regions.bed", "genome.st", "--max-e", "1000", "-o", "again.meme", "--quiet"], cwd=files, check=True)
    assert (files / "again.meme").read_bytes() == (files / "motifs.meme").read_bytes()
    rows = []
    for name in ("again.st", "attention.st"):
        words = ["attn2bed", name, "--max-q", "1", "--max-p", "1", "--quiet"]
        done = subprocess.run([BIN / words[0], *words[1:]], cwd=files, capture_output=True, check=True)
        rows.append(len(done.stdout.splitlines()))
    assert rows[0] == rows[1] > 1000  # a region for every site and head, whichever file told the sites


@pytest.mark.timeout(120)
def test_training_again_from_its_checkpoint_ends_in_the_same_bytes(files: Path) -> None:
    """A run killed as soon as its first checkpoint is there, then resumed."""
    words = [BIN / "train-annot", "genome.st", *SPLIT, "--checkpoint", "run.ckpt", "--resume", "-o", "resumed.st", "--quiet"]
    process = subprocess.Popen(words, cwd=files)
    while not (files / "run.ckpt").exists() and process.poll() is None:
        pass
    process.kill()
    process.wait()
    assert not (files / "resumed.st").exists()
    subprocess.run(words, cwd=files, check=True)
    assert (files / "resumed.st").read_bytes() == (files / "model.st").read_bytes()


def test_inspect_names_every_file_of_the_chain(files: Path) -> None:
    words = {"genome.st": "genome", "model.st": "model", "attention.st": "attention", "regions.bed": "BED", "motifs.meme": "MEME"}
    for name, word in words.items():
        done = subprocess.run([BIN / "headmotif", "inspect", name], cwd=files, capture_output=True, text=True, check=True)
        assert word in done.stdout, name


@pytest.mark.slow
@pytest.mark.timeout(420)
def test_the_demo_finds_what_was_planted(tmp_path: Path) -> None:
    done = subprocess.run([BIN / "headmotif", "demo", "out", "--quiet"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    table = tables.read_table(str(tmp_path / "out/recovered.tsv"))
    found = dict(zip(table["element"], table["found"], strict=True))
    assert found["-10"] == found["-35"] == "1"
    q = dict(zip(table["element"], map(float, table["q"]), strict=True))
    distance = dict(zip(table["element"], map(float, table["distance"]), strict=True))
    assert q["-10"] < 0.05
    assert q["-35"] < 0.05
    assert -25 < distance["-10"] < 0  # the heads that match look where the elements were planted
    assert -50 < distance["-35"] < -20
    metrics = json.loads((tmp_path / "out/metrics.json").read_text())["metrics"]["test"]["sites"]
    assert set(table["verdict"]) <= {"found", "lookalike", "none"}
    assert metrics["average_precision"] > 10 * metrics["prevalence"]
    assert "Open: out/report.html" in done.stdout
    page = (tmp_path / "out/report.html").read_text(encoding="utf-8")
    assert "TATAAT" in page
    assert 'id="figure-map"' in page
    assert "known element: sigma70_-10" in page


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_with_shuffled_sites_nothing_is_found(tmp_path: Path) -> None:
    # 200 steps: planted sites are learned by then
    words = [BIN / "headmotif", "demo", "out", "--shuffle-sites", "--steps", "200", "--quiet"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "-10 and -35 not found again" in done.stderr
    table = tables.read_table(str(tmp_path / "out/recovered.tsv"))
    assert set(table["found"]) == {"0"}
    assert "Found again: nothing" in done.stdout
    assert len(bed.read_regions(str(tmp_path / "out/regions.bed"))) < 0.02 * 800 * 24
