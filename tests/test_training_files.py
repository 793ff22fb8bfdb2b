"""What train-annot begins from: several genomes, and another model's weights."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from headmotif.commands import train_annot
from headmotif.data import NO_LABEL, Contig, Genome, Label, Model, Split
from headmotif.errors import InputError
from headmotif.formats.tensors import genome_tensor, model_tensor
from headmotif.steps.network import presets
from headmotif.steps.network import presets as model
from headmotif.steps.training import refit, teach


def show_nothing(_what, _total):
    return lambda _done: None


def genome(path, names, seed, label=("tss",), contig="chr"):
    rng = np.random.default_rng(seed)
    lengths = [1000, 500][: len(names)]
    n = sum(lengths)
    values = np.zeros((len(label), 2, n), np.uint8)
    site = np.array(
        [(number, row, 40 + 100 * i + row) for number in range(len(label)) for row in (0, 1) for i in range(5)],
        np.int64,
    )
    values[tuple(site.T)] = 1
    contigs = tuple(
        Contig(name, length, False, f"SQ.{contig}{seed}{name}") for name, length in zip(names, lengths, strict=True)
    )
    made = Genome(contigs, rng.integers(0, 4, n).astype(np.uint8), label, values, site, np.ones(len(site), np.float32))
    genome_tensor.write(str(path), made)
    return made


def test_several_genomes_are_one_with_parts_set_apart_in_each(tmp_path):
    first, second = genome(tmp_path / "a.st", ("one", "two"), 1), genome(tmp_path / "b.st", ("one",), 2, ("tss", "tis"))
    found, regions = train_annot._genomes([str(tmp_path / "a.st"), str(tmp_path / "b.st")])
    assert [c.name for c in found.contigs] == ["a:one", "two", "b:one"]
    assert found.labels == ("tss", "tis")
    np.testing.assert_array_equal(found.base, np.concatenate([first.base, second.base]))
    assert bool((found.label[1, :, :1500] == NO_LABEL).all())  # the first genome says nothing of translation starts
    np.testing.assert_array_equal(found.label[0, :, 1500:], second.label[0])
    assert regions == {"validation": [(1, 50, 200), (2, 700, 800)], "test": [(1, 200, 500), (2, 800, 1000)]}


def test_the_same_sequence_twice_would_leak_and_is_refused(tmp_path):
    genome(tmp_path / "a.st", ("one",), 1)
    (tmp_path / "b.st").write_bytes((tmp_path / "a.st").read_bytes())
    with pytest.raises(InputError, match=r"a.*b|b.*a"):
        train_annot._genomes([str(tmp_path / "a.st"), str(tmp_path / "b.st")])


@pytest.mark.parametrize("preset", list(model.PRESETS))
def test_a_model_is_gone_on_with_by_its_outputs(tmp_path, preset):
    torch.manual_seed(0)
    old = model.build(model.PRESETS[preset], 2)
    weights = {name: p.detach().numpy() for name, p in old.named_parameters()}
    known = Model(model.config_header(old.config), (Label("tss"), Label("tis")), weights=weights)
    model_tensor.write(str(tmp_path / "old.st"), known)
    net = presets.begin("default", model_tensor.read(str(tmp_path / "old.st")), ("", "tis"), 1).eval()
    assert net.config == old.config  # the model's preset, whatever --preset says
    fresh = presets.begin(preset, None, ("", ""), 1).eval()
    codes = torch.from_numpy(np.random.default_rng(0).integers(0, 4, (1, net.before + 8 + net.after)).astype(np.uint8))
    with torch.inference_mode():
        was, now, never = (x(codes)[0] for x in (old.eval(), net, fresh))
    torch.testing.assert_close(now[:, 1], was[:, 1])
    assert not torch.allclose(now[:, 0], was[:, 0])
    assert not torch.allclose(now[:, 1], never[:, 1])


def test_no_such_preset_is_one_line():
    with pytest.raises(InputError, match=r"^there is no preset 'papre'; take one of default, wide, paper, cnn$"):
        presets.begin("papre", None, ("tss",), 1)


def test_teachers_are_averaged_and_found_by_their_labels_names(tmp_path):
    from headmotif.steps.network.device import Compute
    from headmotif.steps.training.distributed import Workers
    from headmotif.steps.training.train import annotate_shared

    data = genome(tmp_path / "a.st", ("one", "two"), 1, ("tss", "tis"))
    where = Compute(torch.device("cpu"), torch.float32)
    said = []
    for seed, labels in ((0, ["tis", "tss"]), (1, ["tss", "other", "tis"])):
        torch.manual_seed(seed)
        net = model.build(model.PRESETS["cnn"], len(labels))
        weights = {name: p.detach().numpy() for name, p in net.named_parameters()}
        known = Model(model.config_header(net.config), tuple(map(Label, labels)), weights=weights)
        model_tensor.write(str(tmp_path / f"{seed}.st"), known)
        found = annotate_shared(net, data, where, np.ones(1500, bool))
        said.append(found[[labels.index("tss"), labels.index("tis")]])
    paths = [(path, model_tensor.read(path)) for path in (str(tmp_path / f"{seed}.st") for seed in (0, 1))]
    np.testing.assert_allclose(
        teach.ask_teachers(paths, data, np.ones(1500, bool), where, Workers(), show_nothing),
        (said[0] + said[1]) / 2,
        atol=1e-6,
    )
    third = replace(paths[0][1], labels=(Label("tss"), Label("other")))  # another name for one of its outputs
    some = teach.ask_teachers([*paths, ("third", third)], data, np.ones(1500, bool), where, Workers(), show_nothing)
    np.testing.assert_allclose(
        some[0], (said[0][0] + said[1][0] + said[0][1]) / 3, atol=1e-6
    )  # three know of tss, two of tis
    np.testing.assert_allclose(some[1], (said[0][1] + said[1][1]) / 2, atol=1e-6)
    alone = teach.ask_teachers([("third", third)], data, np.ones(1500, bool), where, Workers(), show_nothing)
    assert np.isnan(alone[1]).all()
    np.testing.assert_allclose(alone[0], said[0][1], atol=1e-6)
    assert teach.ask_teachers([], data, np.ones(1500, bool), where, Workers(), show_nothing) is None
    genome(tmp_path / "b.st", ("one",), 2, ("new",))
    unknown = train_annot._genomes([str(tmp_path / "b.st")])[0]
    with pytest.raises(InputError, match=r"0\.st: this teacher has no label named new, only tis, tss; give a teacher"):
        teach.ask_teachers(paths, unknown, np.ones(len(unknown.base), bool), where, Workers(), show_nothing)


def test_refit_learns_from_all_of_the_genome_and_keeps_the_other_models_scores(tmp_path, run):
    """Nothing is held out; steps grow with the sites, the calibration and the scores are the first model's, and it can
    be resumed."""
    genome(tmp_path / "a.st", ("one", "two"), 1)
    words = ["train-annot", tmp_path / "a.st", "--threads", "1", "--quiet"]
    held = [
        "--preset",
        "cnn",
        "--max-steps",
        "8",
        "--eval-steps",
        "2",
        "--seed",
        "3",
        "--validation",
        "one:201-300",
        "--test",
        "one:301-600",
    ]
    done = run(*words, *held, "-o", tmp_path / "held.st")
    assert done.returncode == 0, done.stderr
    state = tmp_path / "run.state"
    again = [
        *words[:-1],
        "--refit",
        tmp_path / "held.st",
        "--checkpoint",
        state,
        "--resume",
        "-o",
        tmp_path / "whole.st",
    ]
    done = run(*again)
    assert done.returncode == 0, done.stderr
    held, whole = (model_tensor.read(str(tmp_path / name)) for name in ("held.st", "whole.st"))
    steps = round(held.training.kept_step * 10 / 4)  # of each strand's five sites two lie in the training part
    assert (whole.training.steps, whole.training.kept_step) == (steps, steps)
    assert whole.split == Split()
    assert (whole.labels, whole.scores_of) == (held.labels, held.digest)
    assert whole.training.recipe["seed"] == 3
    assert f"held out from {tmp_path / 'held.st'}".encode() in done.stderr
    data, other = genome(tmp_path / "a.st", ("one", "two"), 1), genome(tmp_path / "b.st", ("one",), 2)
    for like, on, problem in (
        (held, other, "--refit needs the genome and the label sets"),
        (whole, data, "this model had nothing held out"),
    ):
        with pytest.raises(InputError, match=problem):
            refit.recipe("model", like, on)
    done = run(
        "train-annot",
        tmp_path / "a.st",
        "--refit",
        tmp_path / "held.st",
        "--max-steps",
        "9",
        "-o",
        tmp_path / "none.st",
    )
    assert (done.returncode, done.stderr.count(b"\n"), (tmp_path / "none.st").exists()) == (1, 1, False)
    assert b"leave out --init" in done.stderr
