"""predict-annot --sites: a model tuned with the sites that are known of a genome."""

from dataclasses import replace

import numpy as np
import pytest

from headmotif import builtin
from headmotif.alphabet import A, C, G, T
from headmotif.data import Label, Model, Score, Sites
from headmotif.errors import InputError
from headmotif.formats.features import bed
from headmotif.formats.inputs import models
from headmotif.formats.sequences import fasta
from headmotif.formats.tensors import model_tensor
from headmotif.steps.calling import tuned_model
from headmotif.steps.network import annotate, presets
from headmotif.steps.training import few_sites
from networks import CPU, READER, genome_of, network, random_codes

pytestmark = pytest.mark.usefixtures("one_thread")

PLACE = np.arange(500, 3500, 75)


@pytest.fixture(autouse=True)
def small_steps(monkeypatch):
    monkeypatch.setattr(few_sites, "FEW", replace(few_sites.FEW, batch=8))


@pytest.fixture(scope="module")
def genome():
    codes = random_codes(4000, 1)
    for site in PLACE:
        codes[site : site + 4] = A, C, G, T
    return genome_of(codes)


def list_sites(number=40):
    return Sites(np.zeros(number, int), PLACE[:number], np.ones(number, int), np.full(number, np.nan, np.float32))


def make_model(labels=("tss",), **more):
    net = network(READER, labels=len(labels))
    net.out.bias.data.fill_(-5.0)
    weights = {name: p.detach().numpy().copy() for name, p in net.named_parameters()}
    score = Score(0.9, 0.3, 0.002, 10_000, 20)
    known = tuple(Label(name, 0.05, scores={"validation": score}) for name in labels)
    return Model({**presets.config_header(net.config), **more}, known, weights=weights, limits="it misses much")


def tune(model, genome, number=0):
    net, chunks = tuned_model.begin(model, genome, list_sites(), number, 1)
    return tuned_model.tune(model, net, chunks, number, CPU)


def test_a_tuned_model_keeps_what_its_p_means_and_has_no_scores(genome, tmp_path):
    model = make_model()
    made = tune(model, genome)
    assert (made.sites, made.steps) == (40, 44)
    assert 0 < made.listed <= 1
    label = made.model.labels[0]
    assert (label.threshold, label.prevalence, label.scores) == (0.05, 0.002, {})
    assert (made.model.training.init, made.model.limits) == (model.digest, "it misses much")
    assert made.model.digest != model.digest
    assert made.model.genome.learned["tss"].sites == round(0.002 * 2 * 4000)  # the list is a part of these
    model_tensor.write(str(tmp_path / "m.safetensors"), made.model)
    assert model_tensor.read(str(tmp_path / "m.safetensors")).labels == made.model.labels


def test_of_other_labels_nothing_is_learned(genome):
    one, two = make_model(), make_model(("tis", "tss"))
    made = tune(two, genome, 1)
    assert np.array_equal(made.model.weights["out.weight"][0], two.weights["out.weight"][0])
    assert not np.array_equal(made.model.weights["out.weight"][1], two.weights["out.weight"][1])
    assert tune(one, genome).sites == made.sites == 40


def test_a_network_that_depends_on_the_composition_is_settled_on_the_genome(genome):
    made = tune(make_model(learned_gc=0.3), genome)
    assert made.model.network["learned_gc"] == pytest.approx(0.5, abs=0.03)


def test_too_few_sites_are_refused(genome):
    with pytest.raises(InputError, match="19 sites are too few"):
        tuned_model.begin(make_model(), genome, list_sites(19), 0, 1)


def test_the_command_tunes_before_it_calls(genome, run, tmp_path, monkeypatch):
    monkeypatch.setattr(few_sites, "FEW", replace(few_sites.FEW, rate=5e-3))  # it knows nothing before
    model_tensor.write(str(tmp_path / "m.safetensors"), make_model())
    fasta.write(str(tmp_path / "g.fa"), ["c"], [genome.base])
    bed.write_sites(str(tmp_path / "sites.bed"), list_sites(), ["c"])
    words = (tmp_path / "g.fa", "--model", tmp_path / "m.safetensors", "--threads", "1")
    known = ("--sites", tmp_path / "sites.bed", "--save-model", tmp_path / "tuned.safetensors")
    done = run("predict-annot", *words, *known)
    assert done.returncode == 0, done.stderr.decode()
    said = done.stderr.decode()
    assert "tuning with 40 sites in 44 steps" in said
    assert "tuned with 40 sites; they are about" in said
    assert "wrote " in said
    assert "the tuned model" in said
    model = model_tensor.read(str(tmp_path / "tuned.safetensors"))
    again = run("predict-annot", tmp_path / "g.fa", "--model", tmp_path / "tuned.safetensors", "--threads", "1")
    assert again.stdout == done.stdout
    p = annotate.annotate(presets.build_from_model(model), genome, CPU)[0, 0]
    assert p[PLACE].mean() > 3 * np.nanmean(p)
    assert run("predict-annot", *words, *known).stdout == done.stdout


def test_what_does_not_go_together(run, tmp_path):
    alone = run("predict-annot", "lambda", "--save-model", tmp_path / "x")
    assert (alone.returncode, b"give --sites too" in alone.stderr) == (2, True)
    fast = run("predict-annot", "lambda", "--sites", "s.bed", "--fast")
    assert (fast.returncode, b"--sites needs P everywhere" in fast.stderr) == (2, True)


def test_a_built_in_model_is_tuned_as_it_is(genome):
    model = models.open_model("ecoli-tss", builtin.MODELS)
    net, _chunks = tuned_model.begin(model, genome, list_sites(), 0, 1)
    assert all(np.array_equal(p.detach().numpy(), model.weights[name]) for name, p in net.named_parameters())
