"""train-annot --init: which of the known model's outputs each label begins with, what is said of it, and the scores of
step 0."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from headmotif.data import Calibration, Label, Model, Score
from headmotif.errors import InputError
from headmotif.formats.inputs import genomes
from headmotif.formats.tensors import model_tensor
from headmotif.steps.network import annotate, calibrate, presets
from headmotif.steps.network.device import Compute
from headmotif.steps.training import description, init_labels, selection
from headmotif.steps.training.recipe import DEFAULT, PUBLISHED
from headmotif.steps.training.state import Record

NAN = float("nan")


@pytest.mark.parametrize(
    ("labels", "known", "chosen", "sources"),
    [
        (["tss"], ["tss"], {}, {"tss": "tss"}),
        (["mysites"], ["tss"], {}, {"mysites": "tss"}),
        (["mysites"], ["tss"], {"mysites": ""}, {"mysites": ""}),
        (["tss", "tis"], ["tss"], {}, {"tss": "tss", "tis": ""}),
        (["tis", "tss"], ["tss"], {}, {"tis": "", "tss": "tss"}),
        (["tss"], ["tss", "tis"], {}, {"tss": "tss"}),
        (["tss", "b"], ["a", "tss"], {}, {"tss": "tss", "b": "a"}),
        (["a", "b"], ["tss"], {"a": "tss", "b": "tss"}, {"a": "tss", "b": "tss"}),
        (["tss", "smrt"], ["tss"], {"smrt": "tss"}, {"tss": "tss", "smrt": "tss"}),
        (["tss", "smrt"], ["tss"], {"tss": "", "smrt": "tss"}, {"tss": "", "smrt": "tss"}),
        (["a", "b"], ["x", "y"], {"a": "x"}, {"a": "x", "b": "y"}),
        (["a", "b"], ["x"], {"a": ""}, {"a": "", "b": "x"}),
    ],
)
def test_labels_find_their_outputs(labels, known, chosen, sources):
    found = init_labels.match(labels, known, chosen, "m")
    assert found == sources
    assert list(found) == labels


@pytest.mark.parametrize(
    ("labels", "known", "chosen", "words"),
    [
        (["mysites", "tis"], ["tss"], {}, "label tss, and .* labels mysites and tis .*mysites=tss --init-label tis= "),
        (["mysites"], ["tss", "smrt"], {}, "labels tss and smrt, and .* label mysites .*as --init-label mysites=tss "),
        (["a", "b", "tss"], ["x", "tss", "y"], {}, "labels x and y, .* labels a and b .*a=x --init-label b=y "),
        (["a", "b"], ["x", "y"], {"a": ""}, "labels x and y, and the genome the label b "),
    ],
)
def test_where_there_is_a_choice_it_is_the_users(labels, known, chosen, words):
    with pytest.raises(InputError, match=f"^--init m: the model has the {words}"):
        init_labels.match(labels, known, chosen, "m")


def test_choices_are_read():
    assert init_labels.parse_choices(["a=x", "a=b=y", "c="], ["a", "a=b", "c"], ["x", "y"], "m") == {
        "a": "x",
        "a=b": "y",
        "c": "",
    }


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (["a"], "--init-label a: the genome has the labels a, b; give DATA=MODEL, one of them"),
        (["c=x"], "--init-label c=x: the genome has the labels a, b; give DATA=MODEL"),
        (["=x"], "--init-label =x: the genome has the labels a, b; give DATA=MODEL"),
        (["a=z"], "--init-label a=z: m has the labels x; give one of them after 'a='"),
        (["a=x", "a="], "--init-label a=: a has an --init-label already; give one for each label"),
    ],
)
def test_wrong_choices_are_refused(texts, words):
    with pytest.raises(InputError, match=f"^{re.escape(words)}"):
        init_labels.parse_choices(texts, ["a", "b"], ["x"], "m")


@pytest.mark.parametrize(
    ("labels", "known", "chosen", "lines"),
    [
        (["tss"], ["tss"], {}, []),
        (
            ["mysites"],
            ["tss"],
            {},
            [
                "the output for tss of m starts the one for mysites (--init-label mysites= begins with fresh weights "
                "instead)"
            ],
        ),
        (["mysites"], ["tss"], {"mysites": "tss"}, ["the output for tss of m starts the one for mysites"]),
        (["tss", "tis"], ["tss"], {}, ["the output for tis begins with fresh weights: m has no further label"]),
        (
            ["tss"],
            ["tss"],
            {"tss": ""},
            ["the output for tss begins with fresh weights", "the output for tss of m is not used"],
        ),
        (["tss"], ["tss", "tis"], {}, ["the output for tis of m is not used"]),
    ],
)
def test_what_is_not_the_same_name_is_said(labels, known, chosen, lines):
    assert init_labels.describe(init_labels.match(labels, known, chosen, "m"), known, chosen, "m") == lines


@pytest.mark.parametrize("preset", list(presets.PRESETS))
def test_an_output_brings_its_calibration_to_its_new_place(preset):
    """The network published in 2021 has two outputs for each label; both must come along."""
    torch.manual_seed(0)
    old = presets.build(presets.PRESETS[preset], 2).eval()
    calibrate.apply(old, (Calibration(1.5, -2.0), Calibration(0.5, 1.0)))
    weights = {name: p.detach().numpy() for name, p in old.named_parameters()}
    known = Model(presets.config_header(old.config), (Label("tss"), Label("tis")), weights=weights)
    net = presets.begin("default", known, ["tis", "", "tss", "tss"], 1).eval()
    codes = torch.from_numpy(np.random.default_rng(0).integers(0, 4, (1, net.before + 8 + net.after)).astype(np.uint8))
    with torch.inference_mode():
        was, now = (x(codes)[0] for x in (old, net))
    torch.testing.assert_close(now[:, [0, 2, 3]], was[:, [1, 0, 0]])
    assert not torch.allclose(now[:, 1], was[:, 0])


@pytest.fixture(scope="module")
def folder(tmp_path_factory, run) -> Path:
    """tss.st and mine.st: a genome whose label is called tss, and mysites; two.st: with both; known.st: a model of the
    first."""
    made = tmp_path_factory.mktemp("init")
    words = ("--length", 20_000, "--promoters", 80, "-o", made / "g.fa", "--sites-out", made / "g.bed")
    sets = {"tss": ["tss"], "mine": ["mysites"], "two": ["mysites", "tis"]}
    for done in (
        run("headmotif", "simulate", *words),
        *(
            run(
                "fasta2tensor",
                made / "g.fa",
                *(word for one in names for word in ("--sites", f"{one}={made / 'g.bed'}")),
                "-o",
                made / f"{file}.st",
            )
            for file, names in sets.items()
        ),
        run("train-annot", made / "tss.st", *list_options(made / "known.st")),
    ):
        assert done.returncode == 0, done.stderr
    return made


def list_options(output: Path, *more: object) -> list[object]:
    words = "--preset cnn --max-steps 4 --eval-steps 2 --batch-size 4 --sequence-length 64 --threads 1 --precision"
    return [*words.split(), "float32", "-o", output, *more]


def test_a_file_of_another_name_starts_from_what_the_model_knows(folder, tmp_path, run):
    """Step 0 has the scores of the known model, the run is that of the same name, and the file says what was taken."""
    known, history = folder / "known.st", tmp_path / "h.tsv"
    words = list_options(tmp_path / "mine", "--init", known, "--history", history)
    mine = run("train-annot", folder / "mine.st", *words)
    assert mine.returncode == 0, mine.stderr
    assert f"the output for tss of {known} starts the one for mysites (--init-label mysites= ".encode() in mine.stderr
    same = run("train-annot", folder / "tss.st", *list_options(tmp_path / "same", "--init", known))
    assert b"the output for" not in same.stderr
    first, second, old = (model_tensor.read(str(path)) for path in (tmp_path / "mine", tmp_path / "same", known))
    assert first.digest == second.digest
    assert (first.training.init, first.training.init_labels) == (old.digest, {"mysites": "tss"})
    assert (second.training.init, second.training.init_labels) == (old.digest, {})
    data = genomes.read(str(folder / "mine.st"))
    p = annotate.annotate(presets.build_from_model(old), data, Compute(torch.device("cpu"), torch.float32))
    row = history.read_text().splitlines()[1].split("\t")
    said = dict(zip(history.read_text().splitlines()[0].split("\t"), row, strict=True))
    validation = old.scores("validation")["tss"]
    assert (said["step"], said["label"]) == ("0", "mysites")
    assert float(said["average_precision"]) == pytest.approx(validation.average_precision, rel=1e-5)
    assert float(said["roc_auc"]) == pytest.approx(validation.roc_auc, rel=1e-5)
    begun = presets.begin("default", old, ["tss"], 1)
    again = annotate.annotate(begun, data, Compute(torch.device("cpu"), torch.float32))
    np.testing.assert_array_equal(again, p)  # to the last bit: with its calibration


def test_a_fresh_output_is_asked_for_and_not_scored_before_the_first_step(folder, tmp_path, run):
    words = list_options(tmp_path / "m", "--init", folder / "known.st", "--init-label", "mysites=")
    done = run("train-annot", folder / "mine.st", *words)
    assert done.returncode == 0, done.stderr
    assert b"the output for mysites begins with fresh weights\n" in done.stderr
    assert b"step 0:" not in done.stderr
    assert model_tensor.read(str(tmp_path / "m")).training.init_labels == {"mysites": ""}


@pytest.mark.parametrize(
    ("genome", "more", "words"),
    [
        ("two.st", ["--init", "known.st"], "say which belong together, such as --init-label mysites=tss --init-label"),
        ("mine.st", ["--init", "known.st", "--init-label", "tss=tss"], "the genome has the labels mysites; give DATA="),
        ("mine.st", ["--init-label", "mysites=tss"], "--init-label names a label of the --init model; give --init"),
    ],
)
def test_one_line_says_what_is_missing(folder, tmp_path, run, genome, more, words):
    more = [str(folder / word) if word == "known.st" else word for word in more]
    done = run("train-annot", folder / genome, *list_options(tmp_path / "m", *more))
    assert (done.returncode, done.stderr.count(b"\n"), (tmp_path / "m").exists()) == (1, 1, False)
    assert words.encode() in done.stderr


def test_two_labels_start_from_one_output(folder, tmp_path, run):
    choices = ["--init-label", "mysites=tss", "--init-label", "tis=tss"]
    done = run("train-annot", folder / "two.st", *list_options(tmp_path / "m", "--init", folder / "known.st", *choices))
    assert done.returncode == 0, done.stderr
    first = next(line for line in done.stderr.decode().splitlines() if line.startswith("step 0:"))
    one, two = re.findall(r"(?:mysites|tis): (average precision [\d.]+)", first)
    assert one == two  # the same sites
    assert model_tensor.read(str(tmp_path / "m")).training.init_labels == {"mysites": "tss", "tis": "tss"}


def test_a_run_resumes_with_the_same_outputs_alone(folder, tmp_path, run):
    words = ["--init", folder / "known.st", "--checkpoint", tmp_path / "state", "--resume"]
    fresh = [*words, "--init-label", "tss="]
    done = run("train-annot", folder / "tss.st", *list_options(tmp_path / "m", *fresh))
    assert done.returncode == 0, done.stderr
    other = run("train-annot", folder / "tss.st", *list_options(tmp_path / "n", *words))
    assert other.returncode == 1
    assert b"this checkpoint belongs to another run (init_labels differ)" in other.stderr
    again = run("train-annot", folder / "tss.st", *list_options(tmp_path / "n", *fresh))
    assert again.returncode == 0, again.stderr
    assert (tmp_path / "n").read_bytes() == (tmp_path / "m").read_bytes()


def make_record(step: int, precision: float, *, best: bool = False, loss: float = 0.25) -> Record:
    return Record(step, 0, 0, 0.5, loss, (Score(0.75, precision, 0.001, 1000, 1),), best)


def test_an_evaluation_shows_the_score_that_it_is_chosen_by():
    """A worse evaluation may be the best so far, if those before it were worse still."""
    records = [make_record(10, 0.1), make_record(20, 0.6), make_record(30, 0.5, best=True)]
    line = description.format_evaluation(("tss",), records, DEFAULT)
    assert line == (
        "step 30: loss 0.50000; validation tss: average precision 0.5000, ROC-AUC 0.7500, site density 1.00e-03; "
        "selection score 0.4000 (best so far)"
    )
    assert description.format_evaluation(("tss",), records[:1], DEFAULT).endswith("; selection score 0.0333")
    table = description.history(("tss",), records, DEFAULT)
    assert table["selection_score"] == pytest.approx([0.1 / 3, 0.7 / 3, 0.4])
    assert list(table)[-2:] == ["selection_score", "best"]


def test_the_selection_score_counts_the_known_model_for_missing_evaluations_and_may_be_the_loss():
    records = [make_record(0, 0.3), make_record(10, 0.6)]
    assert selection.score_each(records, DEFAULT) == pytest.approx([0.3, 0.4])
    assert selection.score_each(records, PUBLISHED) == [-0.25, -0.25]
    assert description.format_evaluation(("tss",), records, PUBLISHED).endswith("; selection score -0.25000")
    nothing = replace(records[0], scores=(Score(NAN, NAN, NAN, 0, 0),))
    assert description.format_evaluation(("tss",), [nothing], DEFAULT) == "step 0: loss 0.50000"
