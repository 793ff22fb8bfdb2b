"""The models in the package: small, described, and at home on promoters that none of them has seen."""

import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from openpyxl import load_workbook

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "benchmarks"))
import bacteria_models
import builtin_models

from headmotif import builtin
from headmotif.cli import TSS_MODEL
from headmotif.data import Split
from headmotif.formats.inputs import genomes, models, site_files
from headmotif.formats.tensors import model_header, model_tensor
from headmotif.steps.calling import thresholds
from headmotif.steps.network import annotate, device, presets
from headmotif.steps.statistics import metrics
from headmotif.steps.training import split

TINY = Path(__file__).resolve().parent.parent / "galaxy" / "test-data" / "tiny.safetensors"
CARDS = {name: (builtin.HERE / f"{name}.md").read_text(encoding="utf-8") for name in ("bacteria-tss", "ecoli-tss")}
NAMES = ("bacteria-tss", "bacteria-tss-split", "ecoli-tis", "ecoli-tss", "ecoli-tss-split")
OF_BACTERIA = NAMES[:2]
LAMBDA = {"pL": (35582, -1), "pR": (38023, 1), "p'R": (44587, 1), "pO": (38675, -1)}
"""Promoters of phage lambda that need no activator, 1-based."""


def open_model(name):
    return models.open_model(name, builtin.MODELS)


@pytest.fixture(scope="module", params=NAMES)
def trained_model(request):
    return request.param, open_model(request.param)


def test_there_are_these_and_they_are_small():
    assert tuple(builtin.MODELS) == NAMES
    assert sum(path.stat().st_size for path in builtin.MODELS.values()) < 5_000_000


def test_each_says_how_it_was_made_and_the_card_names_it(trained_model):
    name, model = trained_model
    assert f"| `{name}` | {model.digest} |" in CARDS["bacteria-tss" if name in OF_BACTERIA else "ecoli-tss"]
    assert model.names == (name.split("-")[1],)
    for label in model.labels:
        assert 0 < label.threshold < 1
        assert label.calibration.slope > 0
        assert model.genome.learned[label.name].sites > 1000
    assert model.genome.contigs == ("SQ.NjjHtoQ2gYdy2RVkAZBKURBiV7xp-8ZS",)
    header = {key: value for key, value in model_header.header(model).items() if key != "split"}
    assert "/" not in json.dumps(header)  # no path of a machine


def test_the_tss_models_say_which_sigma_factors_they_miss_as_the_card_does(trained_model):
    name, model = trained_model
    of_bacteria, card = name in OF_BACTERIA, CARDS["ecoli-tss"]
    assert model.limits == (bacteria_models.LIMITS if of_bacteria else builtin_models.LIMITS.get(model.names[0], ""))
    figures = re.findall(r"\d+ (?:%|of \d+) for sigma\d+", model.limits)
    assert len(figures) == (0 if name == "ecoli-tis" else 3)
    assert [figure for figure in figures if figure not in card] == []


@pytest.fixture
def genome(tmp_path):
    bases = "".join(np.random.default_rng(1).choice(list("ACGT"), 600))
    (tmp_path / "g.fa").write_text(f">g\n{bases}\n")
    return tmp_path / "g.fa"


@pytest.mark.parametrize("name", [*NAMES, "tiny"])
def test_a_run_says_once_what_its_model_misses_and_its_files_do(name, genome, tmp_path, run):
    """A copy of a built-in model has the same limits; another model has none."""
    path = tmp_path / "model"
    path.write_bytes((TINY if name == "tiny" else builtin.MODELS[name]).read_bytes())
    limits = model_tensor.read(str(path)).limits
    assert bool(limits) == (name not in ("ecoli-tis", "tiny"))
    words = [genome, "--model", path, "--top", 3, "--threads", 1, "-o", tmp_path / "c.bed"]
    done = run("predict-annot", *words, "--metrics", tmp_path / "c.json", "--xlsx", tmp_path / "c.xlsx")
    assert done.returncode == 0, done.stderr
    assert [line for line in done.stderr.decode().splitlines() if "sigma" in line] == [limits] * bool(limits)
    assert json.loads((tmp_path / "c.json").read_text())["limits"] == limits
    methods = [cell.value for row in load_workbook(tmp_path / "c.xlsx")["methods"] for cell in row][1]
    assert (f" The model{limits.removeprefix('the model')}. " in methods) == bool(limits)
    assert ("sigma24" in methods) == bool(limits)
    assert run("predict-annot", *words, "--quiet").stderr == b""


def test_a_samplesheet_says_it_once(genome, tmp_path, run):
    (tmp_path / "sheet.tsv").write_text(f"sample\tgenome\na\t{genome}\nb\t{genome}\n")
    words = ["--samplesheet", tmp_path / "sheet.tsv", "--outdir", tmp_path / "out", "--threads", 1]
    done = run("predict-annot", *words)
    assert done.returncode == 0, done.stderr
    limits = open_model(TSS_MODEL).limits
    assert done.stderr.decode().splitlines().count(limits) == 1
    assert [json.loads((tmp_path / "out" / f"{one}.json").read_text())["limits"] for one in "ab"] == [limits] * 2
    quiet = run("predict-annot", *words[:3], tmp_path / "other", "--threads", 1, "--quiet")
    assert (quiet.returncode, quiet.stderr) == (0, b"")


def test_a_model_is_written_as_it_was_read(trained_model, tmp_path):
    name, model = trained_model
    model_tensor.write(str(tmp_path / "again"), model)
    assert (tmp_path / "again").read_bytes() == builtin.MODELS[name].read_bytes()


@pytest.mark.parametrize("name", ["bacteria-tss", "ecoli-tss"])
def test_the_one_for_use_has_the_scores_of_the_one_with_parts_held_out(name):
    whole, held = open_model(name), open_model(f"{name}-split")
    assert (whole.scores_of, whole.labels) == (held.digest, held.labels)
    assert whole.split == Split()
    assert held.split == Split(("NC_000913.3:3667116-4131280",), ("NC_000913.3:2738786-3667115",))
    assert whole.training.teachers == held.training.teachers
    assert bool(held.training.teachers) == (name == "ecoli-tss")
    assert bool(held.training.init) == (name == "bacteria-tss")


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("name", [name for name in NAMES if name != "ecoli-tis"])
def test_promoters_of_a_phage_that_need_no_activator_are_among_the_twenty_best_calls(name):
    genome = genomes.read("lambda")
    p = annotate.annotate(
        presets.build_from_model(open_model(name), genome), genome, device.choose("cpu", "float32", 1)
    )[0]
    best = thresholds.select_best(thresholds.call_above(p, genome.contigs, 0.0, 2), 20)
    found = set(zip((best.position + 1).tolist(), best.strand.tolist(), strict=True))
    for promoter, (position, strand) in LAMBDA.items():
        assert any((position + d, strand) in found for d in (-2, -1, 0, 1, 2)), promoter


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("name", ["bacteria-tss-split", "ecoli-tss-split"])
def test_a_part_of_the_test_region_scores_as_the_header_says_of_the_whole(name, data_folder):
    """The first 200 kb: average precision within a third of that of the 928 kb, whose interval by blocks is a tenth
    wide."""
    model = open_model(name)
    whole = genomes.read(str(data_folder / "ecoli" / "genome.fa.gz"), ("all",))
    sites = site_files.read(str(data_folder / "ecoli" / "tss.cappable.bed"), whole.contigs).sites
    [(_, first, _)] = [split.parse_stretch(whole, text) for text in model.split.test]
    wanted = np.zeros(len(whole.base), bool)
    wanted[first : first + 200_000] = True
    p = annotate.annotate(presets.build_from_model(model, whole), whole, device.choose("cpu", "float32", 1), wanted)[
        0, :, wanted
    ].T
    truth = np.zeros((2, len(whole.base)), bool)
    truth[(sites.strand < 0).astype(int), sites.position] = True
    said = model.scores("test")["tss"].average_precision
    assert metrics.score(truth[:, wanted], p).average_precision == pytest.approx(said, rel=1 / 3)
