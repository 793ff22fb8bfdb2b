"""benchmarks/accuracy.py on a small genome with untrained networks: its tables against scores made here from the P it
kept."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from headmotif.data import Contig, Genome, Label, Model, Sites, Split, TrainingGenome
from headmotif.formats.tables import tsv
from headmotif.formats.tensors import genome_tensor, model_tensor
from headmotif.steps.calling.local_maxima import calls
from headmotif.steps.network import presets
from headmotif.steps.network.cnn import Dilated, DilatedConfig
from headmotif.steps.sites.genomic_class import CLASSES, classes, fifths
from headmotif.steps.statistics.metrics import score
from headmotif.steps.training.labels import label

SCRIPT = Path(__file__).resolve().parent.parent / "benchmarks" / "accuracy.py"
LENGTH, TEST = 60_000, slice(30_000, 60_000)
GENE_ROWS = "##gff-version 3\nc\tx\tgene\t31001\t40000\t.\t+\t.\tID=a\nc\tx\tpseudogene\t45001\t47000\t.\t+\t.\tID=p\n"
GENE_ROWS += "c\tx\tgene\t50001\t59000\t.\t-\t.\tID=b\nother\tx\tgene\t1\t90\t.\t+\t.\tID=z\n"


def genome() -> Genome:
    rng = np.random.default_rng(1)
    base = rng.integers(0, 4, LENGTH).astype(np.uint8)
    base[41_000:41_500] = base[35_000:35_500]  # a repeat, and no more of one by chance
    base[[40_999, 41_500]] = 3 - base[[34_999, 35_500]]
    place = rng.choice(np.arange(LENGTH), 1200, replace=False)
    strand = rng.choice(np.array([-1, 1], np.int8), 1200)
    known = Sites(np.zeros(1200, np.int32), place, strand, rng.random(1200).astype(np.float32))
    return label(Genome((Contig("c", LENGTH, True, "SQ.1"),), base), {"cappable": known})


def write_model(path: Path, seed: int, test: str = "c:30001-60000", digest: str = "SQ.1") -> None:
    torch.manual_seed(seed)
    net = Dilated(DilatedConfig(width=8, blocks=2), 1)
    weights = {name: p.detach().numpy() for name, p in net.named_parameters()}
    split = Split(("c:20001-30000",), (test,))
    config, genome = presets.config_header(net.config), TrainingGenome((digest,), "0")
    model_tensor.write(str(path), Model(config, (Label("cappable"),), split, genome, weights=weights))


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    where = tmp_path_factory.mktemp("accuracy")
    genome_tensor.write(str(where / "genome.st"), genome())
    (where / "genes.gff3").write_text(GENE_ROWS)
    for seed in (1, 2, 3):
        write_model(where / f"{seed}.st", seed)
    write_model(where / "split.st", 4, test="c:30001-50000")
    write_model(where / "genome_of_another.st", 4, digest="SQ.2")
    return where


def script(folder: Path, *words: object) -> subprocess.CompletedProcess:
    command = [sys.executable, SCRIPT, folder / "genome.st", "--threads", "1", "--draws", "50", *words]
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, cwd=folder, check=False)


def table(path: Path) -> dict[tuple[str, ...], dict[str, str]]:
    columns = tsv.read_table(str(path))
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return {(row["model"], row["part"], row["measure"]): row for row in rows}


def test_the_tables_say_what_the_steps_do(folder: Path) -> None:
    words = [
        "--model",
        "one=1.st",
        "--model",
        "one=2.st",
        "--model",
        "two=3.st",
        "--genes",
        "genes.gff3",
        "--mask-repeats",
        "--scan",
    ]
    done = script(folder, *words)
    assert done.returncode == 0, done.stderr
    data, out = genome(), folder / "accuracy"
    scores, ratios = table(out / "scores.tsv"), table(out / "ratios.tsv")
    kept = {}
    for seed in (1, 2, 3):
        [path] = out.glob(f"P.{model_tensor.read(str(folder / f'{seed}.st')).digest}.*.npy")
        kept[seed] = np.full((2, LENGTH), np.nan, np.float32)
        kept[seed][:, TEST] = np.load(path)
    repeat = np.zeros(LENGTH, bool)
    repeat[41_000:41_500] = repeat[35_000:35_500] = True
    for part, known in (
        ("test", np.arange(LENGTH) >= 30_000),
        ("test without repeats", (np.arange(LENGTH) >= 30_000) & ~repeat),
    ):
        truth = data.label[0][:, known]
        exact = [score(truth, kept[seed][:, known]) for seed in (1, 2, 3)]
        close = [calls(kept[s], data.label[0], data.contigs, 2, known).average_precision for s in (1, 2, 3)]
        for measure, values in (("exact", [one.average_precision for one in exact]), ("within 2", close)):
            row = scores["one", part, measure]
            assert float(row["average_precision"]) == pytest.approx(np.mean(values[:2]), rel=1e-4)
            assert float(row["sd"]) == pytest.approx(np.std(values[:2], ddof=1), rel=1e-4)
            assert float(row["low"]) < float(row["average_precision"]) < float(row["high"])
            assert (row["seeds"], int(row["sites"]), int(row["positions"])) == ("2", (truth == 1).sum(), truth.size)
            ratio = ratios["two", part, measure]
            assert float(ratio["ratio"]) == pytest.approx(values[2] / np.mean(values[:2]), rel=1e-4)
            assert ratio["against"] == "one"
        both = score(truth, ((kept[1].astype(float) + kept[2]) / 2)[:, known])
        found = scores["one, mean P of 2", part, "exact"]
        assert float(found["average_precision"]) == pytest.approx(both.average_precision, rel=1e-4)
        genes = np.array([(0, 31_000, 40_000, 1), (0, 50_000, 59_000, -1)])
        of_class = classes(genes, data.contigs)[:, known]
        for number, name in enumerate(CLASSES):
            mine = (truth == 0) | (of_class == number)
            expected = score(truth[mine], kept[3][:, known][mine])
            row = scores["two", part, name]
            assert float(row["average_precision"]) == pytest.approx(expected.average_precision, rel=1e-4)
            assert float(row["prevalence"]) == pytest.approx(expected.prevalence, rel=1e-4)
        mine = known[data.site[:, 2]]
        strongest = data.site[mine][fifths(data.strength[mine]) == 4]
        assert int(scores["two", part, "fifth 5"]["sites"]) == len(strongest)
        values = np.concatenate([kept[3][:, known][truth == 0], kept[3][strongest[:, 1], strongest[:, 2]]])
        expected = score(np.arange(len(values)) >= (truth == 0).sum(), values)
        assert float(scores["two", part, "fifth 5"]["average_precision"]) == pytest.approx(
            expected.average_precision, rel=1e-4
        )
    assert ("-35/-10 scan", "test", "exact") in ratios
    assert ("one", "test", "exact") not in ratios
    assert "| two | 1 | " in done.stdout
    before = {name: (out / name).read_bytes() for name in ("scores.tsv", "ratios.tsv")}
    again = script(folder, *words)
    assert "annotating" in done.stderr
    assert "annotating" not in again.stderr  # P is read from the folder
    assert {name: (out / name).read_bytes() for name in before} == before


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["--model", "a=1.st", "--model", "b=split.st"], "different splits"),
        (["--model", "a=genome_of_another.st"], "another genome"),
        (["--model", "a=1.st", "--label", "sigma"], "there is no label 'sigma'"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_one_line(folder: Path, words: list[str], problem: str) -> None:
    done = script(folder, *words)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert problem in done.stderr
