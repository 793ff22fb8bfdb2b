"""How good a model should be on a genome, foretold from P around its genes."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from headmotif import builtin
from headmotif.data import Applicability, Label, Model, Score
from headmotif.formats.inputs.models import open_model
from headmotif.formats.sequences import fasta
from headmotif.formats.tensors import model_tensor
from headmotif.steps.calling import applicability, transferability
from headmotif.steps.calling.gene_signs import Signs
from headmotif.steps.network import annotate, presets
from networks import CPU, READER, genome_of, network, random_codes

pytestmark = pytest.mark.usefixtures("one_thread")

KNOWN = Applicability(0.5, {"over_inside": 2.0, "sharpness": 1.0}, 0.4, 21, (0.3, 0.5))


@pytest.fixture(scope="module")
def genome():
    return genome_of(random_codes(90_000, 1))


@pytest.fixture(scope="module")
def genes():
    begin = np.arange(1000, 88_000, 1000)
    return np.array([(0, b, b + 500, 1 if i % 2 else -1) for i, b in enumerate(begin.tolist())])


def test_the_forecast_is_the_sum_of_logits():
    found = applicability.foretell(KNOWN, Signs(100, 0.8, 0.7, 0.3))
    logit = 0.5 + 2 * math.log(0.8 / 0.2) + math.log(0.3 / 0.7)
    assert found.share == pytest.approx(1 / (1 + math.exp(-logit)))
    assert math.log(found.high / (1 - found.high)) == pytest.approx(logit + 1.96 * 0.4)
    assert math.log(found.low / (1 - found.low)) == pytest.approx(logit - 1.96 * 0.4)
    assert not found.is_doubtful
    assert applicability.foretell(KNOWN, Signs(100, 0.5, 0.5, 0.1)).is_doubtful
    assert applicability.foretell(KNOWN, Signs(10)) is None  # too few genes


def test_p_in_the_windows_is_that_of_the_whole_genome(genome, genes):
    net = network(READER)
    windows = applicability.gene_signs.choose_windows(genome, genes, 60, 1)
    whole = annotate.annotate(net, genome, CPU)
    some = applicability.read_windows(net, genome, windows, CPU)
    known = np.isfinite(some)
    assert 0.3 < known.mean() < 0.5
    assert np.abs(some - whole)[known].max() < 1e-5
    one, other = (applicability.gene_signs.find_signs(windows, p[0]) for p in (some, whole))
    assert one.over_inside == pytest.approx(other.over_inside, abs=2e-3)
    assert one.sharpness == pytest.approx(other.sharpness, abs=1e-5)


@pytest.fixture(scope="module")
def made_folder(tmp_path_factory, genome, genes):
    folder = tmp_path_factory.mktemp("applicability")
    net = network(READER)
    weights = {name: p.detach().numpy() for name, p in net.named_parameters()}
    label = Label("tss", 0.9, scores={"validation": Score(0.9, 0.3, 0.0016, 10_000, 16)})
    model = Model(presets.config_header(net.config), (label,), weights=weights, applicability=KNOWN)
    model_tensor.write(str(folder / "m.safetensors"), model)
    model_tensor.write(str(folder / "plain.safetensors"), replace(model, applicability=None))
    fasta.write(str(folder / "g.fa"), ["c"], [genome.base])
    rows = (f"c\tx\tgene\t{b + 1}\t{e}\t.\t{'+' if s > 0 else '-'}\t.\tID=g{b}\n" for _c, b, e, s in genes.tolist())
    (folder / "genes.gff3").write_text("##gff-version 3\n" + "".join(rows))
    return folder


def test_the_command_foretells_and_judges_by_it(made_folder, run):
    words = ("--threads", "1", "--genes", made_folder / "genes.gff3", "--metrics", made_folder / "m.json")
    done = run("predict-annot", made_folder / "g.fa", "--model", made_folder / "m.safetensors", *words)
    assert done.returncode == 0, done.stderr.decode()
    fit = json.loads((made_folder / "m.json").read_text())["fit"]
    said = f"for {fit['right']:.0%} of the genes that have one there (95 % interval {fit['right_low']:.0%} to "
    assert said in done.stderr.decode()
    assert 0 < fit["right_low"] < fit["right"] < fit["right_high"] < 1
    assert fit["verdict"] == (transferability.DOUBTFUL if fit["right"] < applicability.DOUBT else transferability.FITS)
    assert "judging by P around 87 genes" in done.stderr.decode()
    excess = fit["upstream"] - fit["upstream_chance"]
    for name, of_sites in (("by_genes_low", 0.5), ("by_genes_high", 0.3)):
        expected = min(max(excess / (of_sites - fit["upstream_chance"]), 0), 1)
        assert fit[name] == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(("model", "with_genes"), [("m", False), ("plain", True)])
def test_without_genes_or_what_was_learned_nothing_is_foretold(made_folder, run, model, with_genes):
    words = ["--genes", made_folder / "genes.gff3"] if with_genes else []
    words += ["--threads", "1", "--metrics", made_folder / "n.json"]
    done = run("predict-annot", made_folder / "g.fa", "--model", made_folder / f"{model}.safetensors", *words)
    assert done.returncode == 0, done.stderr.decode()
    assert json.loads((made_folder / "n.json").read_text())["fit"]["right"] is None
    assert "judging by P" not in done.stderr.decode()


def test_agreement_with_another_model_is_measured_with_that_model(made_folder, run, genome, genes):
    """Its weight alone tells which share of the best positions agree; `beside` is read from the package."""
    known = Applicability(0.0, {"agreement": 1.0}, 0.4, 21, (0.3, 0.5), "ecoli-tss")
    model = model_tensor.read(str(made_folder / "m.safetensors"))
    model_tensor.write(str(made_folder / "beside.safetensors"), replace(model, applicability=known))
    assert model_tensor.read(str(made_folder / "beside.safetensors")).applicability == known
    words = ("--threads", "1", "--genes", made_folder / "genes.gff3", "--metrics", made_folder / "b.json")
    done = run("predict-annot", made_folder / "g.fa", "--model", made_folder / "beside.safetensors", *words)
    assert done.returncode == 0, done.stderr.decode()
    windows = applicability.gene_signs.choose_windows(genome, genes)
    nets = presets.build_from_model(model), presets.build_from_model(open_model("ecoli-tss", builtin.MODELS))
    mine, other = (annotate.annotate(net, genome, CPU)[0] for net in nets)
    share = applicability.gene_signs.find_signs(windows, mine, other).agreement
    fit = json.loads((made_folder / "b.json").read_text())["fit"]
    assert fit["right"] == pytest.approx(min(max(share, 0.01), 0.99), abs=0.02)


def test_a_genome_with_too_few_or_no_genes_is_not_judged_and_the_reason_is_said(made_folder, run):
    """The old judgement by GC and -10 elements is for models of one genome."""
    few = made_folder / "few.gff3"
    few.write_text("".join((made_folder / "genes.gff3").read_text().splitlines(keepends=True)[:11]))
    for words, reason in (
        ([], "cannot be judged: that needs genes; give them with --genes, or --find-genes finds them"),
        (["--genes", few], "cannot be judged: that needs 50 genes of 400 nt or more, and this genome has "),
    ):
        words += ["--threads", "1", "--metrics", made_folder / "o.json"]
        done = run("predict-annot", made_folder / "g.fa", "--model", made_folder / "m.safetensors", *words)
        assert reason in done.stderr.decode()
        assert "GC is" not in done.stderr.decode()
        assert json.loads((made_folder / "o.json").read_text())["fit"]["verdict"] == transferability.UNKNOWN
