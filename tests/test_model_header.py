"""What is known of a model: as a record, as the header of its file, and as the JSON of train-annot --metrics."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from headmotif.data import (
    Applicability,
    Calibration,
    Label,
    LabelledSites,
    Model,
    Score,
    Split,
    Training,
    TrainingGenome,
)
from headmotif.errors import FormatError
from headmotif.formats.tensors import container, model_header, model_tensor
from headmotif.report.contents.run import Run

NAN = float("nan")
WHOLE = Model(
    network={"preset": "p", "heads": 2},
    labels=(
        Label("b", 0.5, Calibration(2.0, -1.0), {"validation": Score(0.9, 0.3, 0.002, 1000, 2)}),
        Label("a", 0.25, Calibration(1.0, 0.5), {"validation": Score(NAN, NAN, 0.0, 1000, 0)}),
    ),
    split=Split(("c:1-10",), ("c:11-20", "d")),
    genome=TrainingGenome(("SQ.1",), "feed", 40, 0.5, 0.02, {"a": LabelledSites(0, NAN), "b": LabelledSites(2, 0.3)}),
    training=Training({"seed": 3, "momenta": (0.9, 0.98)}, "abc", ("d", "e"), 9, 7),
    scores_of="dead",
    limits="it misses much",
    applicability=Applicability(0.5, {"over_inside": 1.5, "sharpness": -0.25}, 0.4, 21, (0.3, 0.5)),
)


def test_a_header_says_all_and_comes_back():
    header = json.loads(json.dumps(model_header.header(WHOLE), allow_nan=False))
    assert header["metrics"]["validation"]["a"]["average_precision"] is None
    assert header["metrics"]["threshold"] == {"b": 0.5, "a": 0.25}
    assert header["metrics"]["calibration"]["b"] == {"slope": 2.0, "shift": -1.0}
    assert header["learned_from"]["labels"] == {"a": {"sites": 0, "minus10": None}, "b": {"sites": 2, "minus10": 0.3}}
    assert header["stopped"] == {"steps": 9, "kept_step": 7}
    found = model_header.model(header, {})
    assert model_header.header(found) == header
    assert found.names == ("b", "a")  # the order of the outputs, not of the alphabet
    assert math.isnan(found.labels[1].scores["validation"].roc_auc)
    assert (found.split, found.training.teachers, found.scores_of) == (WHOLE.split, ("d", "e"), "dead")
    assert found.labels[0].prevalence == 0.002
    assert found.scores("test") == {}
    assert found.limits == header["limits"] == "it misses much"
    assert found.applicability == WHOLE.applicability
    assert header["applicability"]["weights"] == {"over_inside": 1.5, "sharpness": -0.25}
    assert "init_labels" not in header


def test_a_run_is_what_a_checkpoint_must_agree_in():
    run = model_header.run(WHOLE)
    assert list(run) == ["config", "labels", "training", "init", "teachers", "split", "data"]
    assert run["training"]["momenta"] == [0.9, 0.98]
    later = replace(WHOLE, labels=(Label("b"), Label("a")), scores_of="", training=replace(WHOLE.training, steps=None))
    assert model_header.run(later) == run
    renamed = replace(WHOLE, training=replace(WHOLE.training, init_labels={"b": "x", "a": ""}))
    assert model_header.run(renamed) == {**run, "init_labels": {"b": "x", "a": ""}}
    assert model_header.model(model_header.header(renamed), {}).training.init_labels == {"b": "x", "a": ""}


def test_what_a_header_does_not_say_is_unknown():
    found = model_header.model({"config": {"preset": "p"}, "labels": ["x"]}, {})
    assert found.labels == (Label("x"),)
    assert (found.labels[0].threshold, found.labels[0].prevalence, found.training.kept_step) == (None, None, None)
    assert (found.genome.nucleotides, math.isnan(found.genome.gc), found.genome.learned) == (0, True, {})
    assert set(model_header.header(found)["metrics"]) == set()
    assert (found.limits, found.training.init_labels, "limits" in model_header.header(found)) == ("", {}, False)


def test_nought_is_a_number():
    """A network that began with another's weights and got no better keeps those of step 0."""
    label = Label("a", 0.0, Calibration())
    known = Model({"preset": "p"}, (label,), training=Training(steps=9, kept_step=0))
    header = model_header.header(known)
    assert header["stopped"] == {"steps": 9, "kept_step": 0}
    found = model_header.model(header, {})
    assert (found.labels, found.training.kept_step) == ((label,), 0)


def test_labels_that_are_not_listed_are_those_that_have_scores():
    score = {"average_precision": 0.5, "prevalence": 0.1}
    metrics = {"validation": {"b": score, "a": score}, "test": {"b": score}}
    found = model_header.model({"metrics": metrics}, {})
    assert found.names == ("b", "a")
    assert found.scores("test").keys() == {"b"}


@pytest.mark.parametrize(
    "said",
    [
        {"labels": ["a", "a"]},
        {"metrics": {"threshold": {"a": "high"}}},
        {"metrics": {"calibration": {"a": {"slope": 0, "shift": 0}}}},
        {"metrics": {"calibration": {"a": {"slope": 1}}}},
        {"metrics": {"test": {"a": [1]}}},
        {"metrics": ["test"]},
        {"split": {"test": 3}},
        {"stopped": {"steps": "many"}},
        {"learned_from": {"labels": {"a": 3}}},
        {"data": "SQ.1"},
    ],
    ids=str,
)
def test_a_header_that_cannot_be_is_one_line(tmp_path, said):
    header = {"format": "model", "version": 1, "config": {"preset": "p"}, "labels": ["a"], **said}
    container.write(str(tmp_path / "m"), header, {"w": np.zeros(2, np.float32)})
    with pytest.raises(FormatError, match=r"^[^ ]*/m: .*; train it again$") as caught:
        model_tensor.read(str(tmp_path / "m"))
    assert "\n" not in str(caught.value)


def test_the_metrics_of_a_training_come_back_from_their_file(tmp_path):
    model_header.write_metrics(str(tmp_path / "m.json"), WHOLE)
    found = model_header.read_metrics(str(tmp_path / "m.json"))
    assert model_header.header(found) == model_header.header(WHOLE)
    (tmp_path / "m.json").write_text('{"metrics": {"threshold": {}, "test": {}}, "split": {"test": 3}}')
    with pytest.raises(FormatError, match=r"m\.json: .*give the file that train-annot --metrics wrote"):
        model_header.read_metrics(str(tmp_path / "m.json"))


def test_scores_are_of_parts_that_there_are():
    with pytest.raises(ValueError, match="label a has scores for an unknown part"):
        Label("a", scores={"training": Score(1, 1, 1, 1, 1)})


def test_a_baseline_of_any_name_stands_beside_the_model():
    other = replace(WHOLE, scores_of="")
    run = Run("t", "0", [], {}, [], model=WHOLE, baselines={"this model": other})
    assert run.models == [("this model", WHOLE), ("this model", other)]
