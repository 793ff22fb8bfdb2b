"""Networks that read bases less the frequencies of the genome: another bias for each genome."""

from dataclasses import asdict, replace

import numpy as np
import pytest
import torch

from headmotif.alphabet import A, C, G, T
from headmotif.commands import audit_annot, train_annot
from headmotif.data import Asked, Label, Model, Screen
from headmotif.formats.sequences import fasta
from headmotif.formats.tensors import model_tensor
from headmotif.steps.calling import prediction, screening
from headmotif.steps.network import annotate, composition, presets
from headmotif.steps.network.screen import ScreenConfig, ScreenNet, build_screen
from headmotif.steps.training import teach
from headmotif.steps.training.init_labels import Start
from headmotif.steps.training.train import ALONE
from networks import CPU, READER, genome_of, network, random_codes

pytestmark = pytest.mark.usefixtures("one_thread")


def model_at(gc):
    config = replace(READER, learned_gc=gc)
    net = network(config)
    weights = {name: p.detach().numpy().copy() for name, p in net.named_parameters()}
    return Model(presets.config_header(config), (Label("tss", 0.5),), weights=weights)


def genome_with_gc(gc, length=20_000, seed=1):
    share = [(1 - gc) / 2, gc / 2, gc / 2, (1 - gc) / 2]
    return genome_of(np.random.default_rng(seed).choice([A, C, G, T], length, p=share).astype(np.uint8))


def test_the_settled_bias_is_that_of_bases_less_their_frequencies():
    model, genome = model_at(0.5), genome_with_gc(0.3)
    settled = composition.settle(model, genome)
    gc = settled.network["learned_gc"]
    assert gc == pytest.approx(0.3, abs=0.02)
    weight = torch.from_numpy(model.weights["stem.bases.weight"]).double()
    kmers = random_codes(8 * READER.kmer, 3).reshape(8, READER.kmer)
    words = torch.nn.functional.one_hot(torch.from_numpy(kmers).long(), 4)

    def less(share):
        frequency = torch.tensor([(1 - share) / 2, share / 2, share / 2, (1 - share) / 2], dtype=torch.float64)
        return (words - frequency).transpose(1, 2).flatten(1) @ weight.T

    # The bias of the model belongs to its own GC content.
    expected = less(gc) - less(0.5) + torch.from_numpy(model.weights["stem.bases.bias"])
    found = torch.from_numpy(settled.weights["stem.bases.bias"])
    assert torch.allclose(expected, found.double(), atol=1e-6)
    assert not np.allclose(found, model.weights["stem.bases.bias"])


def test_the_screen_is_settled_with_the_network():
    """Its first map too has the bias of bases less their frequencies."""
    torch.manual_seed(2)
    net = ScreenNet(ScreenConfig(), 1)
    weights = {name: p.detach().numpy().copy() for name, p in net.named_parameters()}
    model = replace(model_at(0.5), screen=Screen(asdict(net.config), (0.1,), {"tss": (0.0,)}, weights))
    genome = genome_with_gc(0.3)
    settled = composition.settle(model, genome)
    share = settled.network["learned_gc"]
    codes = torch.from_numpy(genome.base[None, : net.config.first].astype(np.int64))

    def less(gc):
        frequency = torch.tensor([(1 - gc) / 2, gc / 2, gc / 2, (1 - gc) / 2])
        return torch.nn.functional.one_hot(codes, 4).float() - frequency

    expected = net.first((less(share) - less(0.5) + torch.nn.functional.one_hot(codes, 4)).transpose(1, 2))
    found = build_screen(settled.screen).first(torch.nn.functional.one_hot(codes, 4).float().transpose(1, 2))
    assert torch.allclose(expected, found, atol=1e-5)
    assert not torch.allclose(found, net.first(torch.nn.functional.one_hot(codes, 4).float().transpose(1, 2)))


def test_a_model_settled_twice_is_settled_on_the_second_genome():
    model, first, second = model_at(0.5), genome_with_gc(0.3), genome_with_gc(0.7)
    twice, once = (composition.settle(one, second) for one in (composition.settle(model, first), model))
    assert np.allclose(twice.weights["stem.bases.bias"], once.weights["stem.bases.bias"], atol=1e-6)
    assert twice.network == once.network
    assert twice.digest == once.digest == model.digest  # it is still the model of the file


def test_other_models_stay_as_they_are():
    net = network(READER)
    model = Model(presets.config_header(net.config), (Label("tss", 0.5),), weights={})
    assert "learned_gc" not in model.network
    assert not composition.depends(model)
    assert composition.settle(model, genome_with_gc(0.3)) is model


def test_the_file_keeps_the_gc_content(tmp_path):
    model_tensor.write(str(tmp_path / "m.safetensors"), model_at(0.41))
    found = model_tensor.read(str(tmp_path / "m.safetensors"))
    assert found.network["learned_gc"] == 0.41
    assert composition.depends(found)


def test_each_genome_of_many_has_its_own_p(tmp_path, run):
    model = model_at(0.5)
    path = tmp_path / "m.safetensors"
    model_tensor.write(str(path), model)
    genomes = {name: genome_with_gc(gc, 3000) for name, gc in (("at", 0.3), ("cg", 0.7))}
    (tmp_path / "sheet.tsv").write_text("sample\tgenome\n" + "".join(f"{n}\t{n}.fa\n" for n in genomes))
    for name, genome in genomes.items():
        fasta.write(str(tmp_path / f"{name}.fa"), ["c"], [genome.base])
    words = ("--model", path, "--threads", "1", "--threshold", "0")
    done = run("predict-annot", "--samplesheet", tmp_path / "sheet.tsv", "--outdir", tmp_path / "out", *words)
    assert done.returncode == 0, done.stderr.decode()
    for name, genome in genomes.items():
        alone = run("predict-annot", tmp_path / f"{name}.fa", *words)
        assert (tmp_path / "out" / f"{name}.bed").read_bytes() == alone.stdout
        plain = annotate.annotate(presets.build_from_model(model), genome, CPU)
        settled = annotate.annotate(presets.build_from_model(model, genome), genome, CPU)
        assert np.nanmax(np.abs(plain - settled)) > 1e-3
        best = np.nanargmax(settled[0, 0])
        line = next(row for row in alone.stdout.decode().splitlines() if row.split("\t")[1] == str(best))
        assert int(line.split("\t")[4]) == pytest.approx(1000 * settled[0, 0, best], abs=1)


def test_training_begins_with_the_network_settled_on_the_genome():
    model, genome = model_at(0.5), genome_with_gc(0.3)
    net, _recipe = train_annot._build_network("default", Start(model, {"mine": "tss"}), genome, 1, (None,) * 7)
    settled = composition.settle(model, genome)
    assert all(np.array_equal(p.detach().numpy(), settled.weights[name]) for name, p in net.named_parameters())
    assert net.config.learned_gc == settled.network["learned_gc"]
    taught = teach.ask_teachers(
        [("m", model)],
        replace(genome, labels=("tss",), label=np.zeros((1, 2, 20_000), np.uint8)),
        np.ones(20_000, bool),
        CPU,
        ALONE,
        lambda _name, _total: lambda _done: None,
    )
    assert np.allclose(taught[0], annotate.annotate(presets.build_from_model(settled), genome, CPU)[0], atol=1e-6)


def test_an_audit_reads_the_genome_with_the_settled_network():
    model, genome = model_at(0.5), genome_with_gc(0.3)
    scorer = audit_annot._scorer(model, "m", "", genome, ("cpu", "float32", 1))
    settled = composition.settle(model, genome)
    assert np.array_equal(scorer.net.stem.bases.bias.detach().numpy(), settled.weights["stem.bases.bias"])


def test_calls_are_looked_for_with_the_screen_of_the_genome(monkeypatch):
    """The screen that an annotator uses is settled on each genome, and so is the network."""
    torch.manual_seed(2)
    net = ScreenNet(ScreenConfig(), 1)
    weights = {name: p.detach().numpy().copy() for name, p in net.named_parameters()}
    model = replace(model_at(0.5), screen=Screen(asdict(net.config), (0.1,), {"tss": (0.0,)}, weights))
    asked = Asked(0, "tss", 0.5, None, None, False, 3, 1)
    annotator = prediction.Annotator(
        model, presets.build_from_model(model), CPU, asked, None, "", screening.open_screen(model, CPU)
    )
    seen = []
    monkeypatch.setattr(prediction.screened, "annotate_possible", lambda *given: seen.append(given[:3]))
    for gc in (0.3, 0.7):
        genome = genome_with_gc(gc)
        annotator.annotate_possible(genome)
        network_used, screen_used, read = seen.pop()
        settled = composition.settle(model, genome)
        assert read is genome
        assert torch.equal(screen_used.first.bias, torch.from_numpy(settled.screen.weights["first.bias"]))
        assert not torch.equal(screen_used.first.bias, net.first.bias)
        assert np.array_equal(network_used.stem.bases.bias.detach(), settled.weights["stem.bases.bias"])
