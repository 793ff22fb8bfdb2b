"""The models in the package: small, described, and at home on promoters that none of them has seen."""

import json

import numpy as np
import pytest

from headmotif import builtin
from headmotif.data import Split
from headmotif.formats.inputs import genomes, models, site_files
from headmotif.formats.tensors import model_header, model_tensor
from headmotif.steps.calling import thresholds
from headmotif.steps.network import annotate, device, presets
from headmotif.steps.statistics import metrics
from headmotif.steps.training import split

CARD = (builtin.HERE / "ecoli-tss.md").read_text(encoding="utf-8")
NAMES = ("ecoli-tis", "ecoli-tss", "ecoli-tss-split")
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
    assert f"| `{name}` | {model.digest} |" in CARD
    assert model.names == (name.split("-")[1],)
    for label in model.labels:
        assert 0 < label.threshold < 1
        assert label.calibration.slope > 0
        assert model.genome.learned[label.name].sites > 1000
    assert model.genome.contigs == ("SQ.NjjHtoQ2gYdy2RVkAZBKURBiV7xp-8ZS",)
    header = {key: value for key, value in model_header.header(model).items() if key != "split"}
    assert "/" not in json.dumps(header)  # no path of a machine


def test_a_model_is_written_as_it_was_read(trained_model, tmp_path):
    name, model = trained_model
    model_tensor.write(str(tmp_path / "again"), model)
    assert (tmp_path / "again").read_bytes() == builtin.MODELS[name].read_bytes()


def test_the_one_for_use_has_the_scores_of_the_one_with_parts_held_out():
    whole, held = open_model("ecoli-tss"), open_model("ecoli-tss-split")
    assert (whole.scores_of, whole.labels) == (held.digest, held.labels)
    assert whole.split == Split()
    assert held.split == Split(("NC_000913.3:3667116-4131280",), ("NC_000913.3:2738786-3667115",))
    assert whole.training.teachers == held.training.teachers != ()


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("name", ["ecoli-tss", "ecoli-tss-split"])
def test_promoters_of_a_phage_that_need_no_activator_are_among_the_twenty_best_calls(name):
    genome = genomes.read("lambda")
    p = annotate.annotate(presets.build_from_model(open_model(name)), genome, device.choose("cpu", "float32", 1))[0]
    best = thresholds.select_best(thresholds.call_above(p, genome.contigs, 0.0, 2), 20)
    found = set(zip((best.position + 1).tolist(), best.strand.tolist(), strict=True))
    for promoter, (position, strand) in LAMBDA.items():
        assert any((position + d, strand) in found for d in (-2, -1, 0, 1, 2)), promoter


@pytest.mark.usefixtures("one_thread")
def test_a_part_of_the_test_region_scores_as_the_header_says_of_the_whole(data_folder):
    """The first 200 kb: average precision within a third of that of the 928 kb, whose interval by blocks is a tenth
    wide."""
    model = open_model("ecoli-tss-split")
    whole = genomes.read(str(data_folder / "ecoli" / "genome.fa.gz"), ("all",))
    sites = site_files.read(str(data_folder / "ecoli" / "tss.cappable.bed"), whole.contigs).sites
    [(_, first, _)] = [split.parse_stretch(whole, text) for text in model.split.test]
    wanted = np.zeros(len(whole.base), bool)
    wanted[first : first + 200_000] = True
    p = annotate.annotate(presets.build_from_model(model), whole, device.choose("cpu", "float32", 1), wanted)[
        0, :, wanted
    ].T
    truth = np.zeros((2, len(whole.base)), bool)
    truth[(sites.strand < 0).astype(int), sites.position] = True
    said = model.scores("test")["tss"].average_precision
    assert metrics.score(truth[:, wanted], p).average_precision == pytest.approx(said, rel=1 / 3)
