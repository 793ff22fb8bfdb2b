"""Scores from two lists, by group of sites, and of calls: against scores that sort everything, and scikit-learn's."""

import math

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from headmotif.data import Label
from headmotif.data.score import Score
from headmotif.steps.statistics.metrics import average_precision, score, score_against, score_groups
from headmotif.steps.training.description import describe_doubts, format_scores


def draw_ranking(levels, prevalence=0.05, n=3000):
    """Truth and probabilities with few distinct values, so many ties."""
    rng = np.random.default_rng(levels)
    truth = (rng.random(n) < prevalence).astype(np.uint8)
    return truth, ((0.3 * truth + 0.7 * rng.random(n)) * levels).round().astype(np.float32) / np.float32(levels)


@pytest.mark.parametrize("levels", [1, 3, 40, 10**9])
def test_two_lists_score_as_one_ranking(levels):
    truth, p = draw_ranking(levels)
    found = score_against(p[truth == 1], np.sort(p[truth == 0]))
    assert found.roc_auc == pytest.approx(roc_auc_score(truth, p), abs=1e-12)
    assert found.average_precision == pytest.approx(average_precision_score(truth, p), abs=1e-12)
    assert (found.positions, found.sites, found.prevalence) == (3000, truth.sum(), truth.mean())


@pytest.mark.parametrize(("sites", "others"), [(0, 0), (0, 5), (5, 0)])
def test_without_sites_or_others_there_are_no_areas(sites, others):
    found = score_against(np.ones(sites), np.ones(others))
    assert math.isnan(found.roc_auc)
    assert math.isnan(found.average_precision)
    assert (found.positions, found.sites) == (sites + others, sites)


def test_a_group_is_scored_as_if_the_other_sites_were_not_there():
    truth, p = draw_ranking(200)
    group = np.random.default_rng(1).integers(-1, 3, len(truth))
    for which, found in enumerate(score_groups(truth, p, group, 3)):
        kept = (truth == 0) | (group == which)
        expected = score(truth[kept], p[kept])
        assert found.average_precision == pytest.approx(expected.average_precision, abs=1e-12)
        assert found.roc_auc == pytest.approx(expected.roc_auc, abs=1e-12)
        assert (found.positions, found.sites, found.prevalence) == (
            expected.positions,
            expected.sites,
            expected.prevalence,
        )
    assert math.isnan(score_groups(truth, p, group, 4)[3].average_precision)


def test_the_group_of_what_is_no_site_does_not_count():
    truth, p = draw_ranking(200)
    group = np.where(truth == 1, 0, np.random.default_rng(1).integers(0, 2, len(truth)))
    assert score_groups(truth, p, group, 2)[0] == score_groups(truth, p, np.zeros_like(group), 1)[0]


@pytest.mark.parametrize("levels", [3, 10**9])
def test_calls_that_find_every_site_score_as_a_ranking(levels):
    truth, p = draw_ranking(levels)
    hits = int(truth.sum())
    assert average_precision(truth == 1, p, hits) == pytest.approx(average_precision_score(truth, p), abs=1e-12)


def test_sites_that_no_call_finds_lower_the_recall():
    hit, p = np.array([True, False, True, False]), np.array([0.9, 0.8, 0.7, 0.1])
    assert average_precision(hit, p, 2) == pytest.approx((1 + 2 / 3) / 2)
    assert average_precision(hit, p, 5) == pytest.approx((1 + 2 / 3) / 5)
    assert average_precision(hit[:0], p[:0], 5) == 0
    assert math.isnan(average_precision(hit[:0], p[:0], 0))


@pytest.mark.parametrize(
    ("roc_auc", "average_precision", "sites", "chance"),
    [
        (0.53, 0.0017, 12, True),  # the standard error is 0.083
        (0.66, 0.0017, 12, True),
        (0.68, 0.0017, 12, False),
        (0.53, 0.0017, 1200, True),
        (0.53, 0.13, 1200, False),  # the standard error is 0.009
        (0.9, 0.0012, 12, True),  # no better at the top than the site density
        (float("nan"), float("nan"), 0, False),
    ],
)
def test_scores_that_chance_gives_are_told(roc_auc, average_precision, sites, chance):
    prevalence = sites / 10_000
    score = Score(roc_auc, average_precision, prevalence, 10_000, sites)
    assert score.is_at_chance == chance
    doubts = describe_doubts([Label("tss", scores={"test": Score(0.5, 0, 0.1, 10, 1), "validation": score})])
    assert bool(doubts) == chance
    told = format_scores([Label("tss", scores={"validation": score})])
    assert ("check the sites (annot-compare --checks)" in told.splitlines()[-1]) == chance
    if chance:
        words = f"learned nothing of tss: on the validation part ({sites:,} sites) its average precision is "
        assert f"{words}{average_precision:.2g}, by chance {prevalence:.2g}; its ROC-AUC is {roc_auc:.2f}" in doubts[0]
    assert describe_doubts([Label("tss")]) == []
