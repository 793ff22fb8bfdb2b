"""--tss-density: the same ranking, with P stated at another density of sites."""

import json
import re

import numpy as np
import pytest

from headmotif import builtin
from headmotif.data import Label, Model, Sites
from headmotif.errors import InputError
from headmotif.formats.inputs import genomes, models
from headmotif.steps.calling import call_summary, density, prediction, transferability
from headmotif.steps.network import annotate, presets
from networks import CPU

pytestmark = pytest.mark.usefixtures("one_thread")


def open_at(per_kb):
    model = models.open_model("ecoli-tss", builtin.MODELS)
    return model, density.hold_at(model, "ecoli-tss", "", per_kb)


def test_the_odds_of_every_position_change_alike():
    p = np.array([1e-6, 0.01, 0.5, 0.999, np.nan])
    found = density.restate(p, density.shift_between(0.002, 0.001))
    odds = found / (1 - found) * (1 - p) / p
    assert np.allclose(odds[:4], (0.001 / 0.999) / (0.002 / 0.998))
    assert np.isnan(found[4])
    assert np.allclose(density.restate(p, 0.0)[:4], p[:4])
    back = density.restate(found, density.shift_between(0.001, 0.002))
    assert np.allclose(back[:4], p[:4])


def test_the_network_of_a_restated_model_gives_the_restated_p():
    model, other = open_at(0.4)
    genome = genomes.read("lambda")
    wanted = np.arange(len(genome.base)) < 2000
    raw, found = (annotate.annotate(presets.build_from_model(one), genome, CPU, wanted)[0] for one in (model, other))
    before, known = model.labels[0].prevalence, np.isfinite(raw)
    expected = density.restate(raw, density.shift_between(before, 0.4 / 2000))
    assert np.abs(found - expected)[known].max() < 1e-6
    assert found[known].sum() < 0.5 * raw[known].sum()
    assert other.labels[0].prevalence == pytest.approx(0.4 / 2000)
    assert other.labels[0].threshold == model.labels[0].threshold


def test_the_screen_follows():
    model, other = open_at(0.4)
    shift = density.shift_between(model.labels[0].prevalence, 0.4 / 2000)
    for p in (0.3, 0.5):
        restated = float(density.restate(np.array(p), shift))
        assert other.screen.cut("tss", restated + 1e-9) == model.screen.cut("tss", p)
    deeper = open_at(100)[1]
    assert deeper.screen.cut("tss", 0.2) is None  # a P so low is not known to the screen


@pytest.mark.parametrize("per_kb", [0.0, -1.0, 2000.0])
def test_no_density_is_refused(per_kb):
    with pytest.raises(InputError, match="a density lies above 0 and below 2000"):
        open_at(per_kb)


def test_calls_and_words_follow(run, tmp_path):
    said, found = {}, {}
    for name, words in (("usual", ()), ("less", ("--tss-density", "0.4"))):
        done = run("predict-annot", "lambda", "--metrics", tmp_path / name, "--threads", "1", *words)
        assert done.returncode == 0, done.stderr
        said[name], found[name] = done.stderr.decode(), done.stdout.splitlines()
    places = {name: {tuple(line.split(b"\t")[1:3]) for line in lines} for name, lines in found.items()}
    assert places["less"] < places["usual"]
    assert 0 < len(places["less"]) < 0.7 * len(places["usual"])
    assert "in a genome with 3.3 sites a kb on both strands (the sum of P)" in said["usual"]
    assert "should be in a map by dRNA-seq, with 0.4 sites a kb" in said["usual"]
    assert "in a genome with 0.4 sites a kb on both strands (the sum of P)" in said["less"]
    assert "dRNA-seq" not in said["less"]
    runs = {name: json.loads((tmp_path / name).read_text())["run"]["prevalence"] for name in said}
    assert runs["less"] == pytest.approx(0.0002)
    assert runs["usual"] == pytest.approx(0.00164, abs=1e-5)


def test_what_a_map_by_drna_seq_would_hold_is_the_restated_sum():
    model, _ = open_at(0.4)
    calls = Sites(np.zeros(2, int), np.array([5, 50]), np.ones(2, int), np.array([0.9, 0.99], np.float32))
    found = prediction.Predicted(None, "tss", None, calls, 0.2, None, {}, None)
    share = model.labels[0].prevalence
    right = density.restate(calls.strength, density.shift_between(share, 0.0002)).sum()
    assert right > 1
    assert call_summary.describe_less_deep(found, share)[0].startswith(f"about {right:.2g} of them")
    assert call_summary.describe_less_deep(found, 0.0001) == []


def test_if_genes_tell_less_than_p_the_density_that_agrees_is_named():
    p = np.linspace(0.2, 0.9, 50).astype(np.float32)
    calls = Sites(np.zeros(50, int), np.arange(50) * 10, np.ones(50, int), p)
    found = prediction.Predicted(None, "tss", None, calls, 0.2, None, {}, None)
    judged = transferability.Fit(*[0.5] * 11, by_genes_low=0.1, by_genes_high=0.2)
    share = density.share_of(3.3)
    (line,) = call_summary.describe_excess(found, judged, share)
    assert line.startswith("that is more than the 10% to 20% that the genes tell")
    named = float(re.search(r"--tss-density ([\d.]+),", line)[1])
    restated = density.restate(p, density.shift_between(share, density.share_of(named)))
    assert restated.mean() == pytest.approx(0.15, abs=0.005)
    agreeing = transferability.Fit(*[0.5] * 11, by_genes_low=0.3, by_genes_high=0.6)
    unknown = transferability.Fit(*[0.5] * 11)
    assert call_summary.describe_excess(found, agreeing, share) == []
    assert call_summary.describe_excess(found, unknown, share) == []


def test_a_model_that_knows_no_density_says_so():
    with pytest.raises(InputError, match="mine does not say at which density its P holds"):
        density.hold_at(Model({}, (Label("tss"),)), "mine", "", 1.0)
