"""benchmarks/ablation.py and its trials: folds that part the training part, lessons that say what they are named for,
networks that run."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "benchmarks"))

import ablation
import trials

from headmotif.data import NO_LABEL, Contig, Genome, Sites
from headmotif.steps.training.labels import label
from headmotif.steps.training.recipe import DEFAULT
from headmotif.steps.training.split import TEST, TRAIN, VALIDATION

GENES = np.array([(0, 300, 330, 1), (0, 500, 530, -1)])


def genome(length: int = 1000) -> Genome:
    rng = np.random.default_rng(1)
    base = rng.integers(0, 4, length).astype(np.uint8)
    base[200:210] = 4
    sets = {"cappable": [(100, 1), (103, 1), (400, -1), (950, 1)], "smrt": [(100, 1), (600, -1)]}
    made = Genome((Contig("NC_000913.3", length, True, "SQ.1"),), base)
    named = {}
    for name, places in sets.items():
        position, strand = np.array(places).T
        strength = np.arange(1, len(places) + 1, dtype=np.float32)
        named[name] = Sites(np.zeros(len(places), np.int32), position, strand.astype(np.int8), strength)
    return label(made, named)


def lesson(name: str) -> trials.Lesson:
    part = np.where(np.arange(1000) < 900, TRAIN, TEST).astype(np.uint8)
    return getattr(trials, name)(genome(), part, GENES)


def test_folds_are_thirds_of_the_training_part_in_a_row():
    whole = genome(4_641_652)
    parts = ablation.folds(whole)
    left_out = [ablation.find_scored(part) for part in parts]
    held = np.zeros(len(whole.base), bool)
    held[2_738_785:4_131_280] = True  # the published validation and test parts
    assert (np.sum(left_out, axis=0) == ~held).all()
    assert np.ptp([x.sum() for x in left_out]) <= 1
    for part, out in zip(parts, left_out, strict=True):
        assert not (part[held] == TRAIN).any()
        assert ((part == TRAIN) == (~held & ~out)).all()
        assert (part == VALIDATION).sum() == 1000


def test_lessons_change_the_training_part_alone():
    before = genome().label[0]
    masked = lesson("mask_around").genome.label[0]
    assert np.flatnonzero((masked == NO_LABEL) & (before == 0))[:4].tolist() == [98, 99, 101, 102]
    assert masked[0, 105] == NO_LABEL
    assert masked[0, 106] == 0
    assert (masked == 1).sum() == 4
    assert masked[0, 949] == 0  # of the part that is scored
    other = lesson("mask_other_set").genome.label[0]
    assert np.argwhere(other != before).tolist() == [[1, 600]]
    assert other[1, 600] == NO_LABEL


def test_soft_labels_stand_beside_the_sites():
    found = lesson("soften_around")
    part = np.zeros(1000, np.uint8)
    target = trials.Weighed.from_lesson(found, part, DEFAULT, (0, 0))
    row = target.target[0][0][target.margin : target.margin + 1000]
    np.testing.assert_allclose(row[97:107], [0, 0.1, 0.2, 1, 0.2, 0.2, 1, 0.2, 0.1, 0], atol=1e-6)


def test_more_outputs_are_what_they_say():
    strength = lesson("add_strength").genome
    assert strength.labels == ("cappable", "stronger than 0.5", "stronger than 0.75")
    assert [(strength.label[i] == 1).sum() for i in range(3)] == [4, 2, 1]
    assert (lesson("add_other_set").genome.label[1] == genome().label[1]).all()
    assert np.argwhere(lesson("add_gene_starts").genome.label[1] == 1).tolist() == [[0, 300], [1, 529]]
    frames = lesson("add_frames")
    assert frames.taught.shape == (4, 2, 1000)
    assert np.flatnonzero(frames.taught[1, 0]).tolist() == list(range(300, 330, 3))
    assert np.flatnonzero(frames.taught[3, 1]).tolist() == sorted(range(527, 499, -3))


def test_guessing_asks_for_the_bases_that_it_replaced():
    made = trials.Guessing.from_lesson(
        lesson("keep_sites_alone"), np.zeros(1000, np.uint8), replace(DEFAULT, batch=6, length=64), (5, 5)
    )
    places, weights, length = made.plan(0)[0]
    batch = made.batch(places, weights, length, 0)
    true = made.reads.cut(places[:, 0], 1 - 2 * places[:, 1], places[:, 2], length)[:, 5:-5]
    asked = batch.weight[..., 0].numpy() > 0
    changed = batch.codes.numpy()[:, 5:-5] != true
    assert 0.05 < changed.mean() < 0.2
    assert asked[changed].mean() > 0.9  # but off the training part, which a stretch may pass
    assert asked[~changed].mean() < 0.1  # those replaced by what they were
    assert (batch.target.numpy().argmax(2)[asked] == true[asked]).all()
    assert (batch.target.numpy().sum(2)[asked] == 1).all()


@pytest.mark.parametrize("trial", trials.TRIALS, ids=lambda trial: trial.name)
def test_every_trial_has_a_network_that_runs(trial, monkeypatch):
    monkeypatch.setattr(
        trials.kmer_attention, "angles", trials.kmer_attention.angles
    )  # put back after a trial without rotary positions
    net = trials.build_fresh(trial, 2).eval()
    with torch.inference_mode():
        out = net(torch.zeros((1, net.before + 4 + net.after), dtype=torch.uint8))
    assert out.shape == (1, 4, 2)
    assert bool(out.isfinite().all())
    replace(DEFAULT, **trial.recipe)


def test_the_names_are_unique():
    assert len(ablation.BY_NAME) == len(trials.TRIALS)
