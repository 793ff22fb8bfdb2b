"""The table of curves: what is drawn from it agrees with what was counted, and a P that lies is caught."""

import math

import numpy as np
import pytest

from headmotif.report.contents import curves
from headmotif.steps.calling.evaluation import thin
from headmotif.steps.statistics.metrics import curve, score


def rows_of(truth: np.ndarray, p: np.ndarray, few: int = 200) -> list[dict]:
    """Rows as annot-compare writes them of a track, exactly."""
    columns = curve(truth, p, int(truth.sum()))
    columns["false_positive_rate"] = (columns["calls"] - columns["true_positives"]) / (~truth).sum()
    columns = thin(columns, few)
    return [
        {"prediction": "p", "window_nt": 0.0, **{k: float(v[i]) for k, v in columns.items()}}
        for i in range(len(columns["calls"]))
    ]


def draw(power: float = 1.0, n: int = 200_000) -> tuple[np.ndarray, np.ndarray]:
    """Sites drawn with the probability that is said (power 1), or with another one."""
    rng = np.random.default_rng(3)
    p = rng.random(n) ** 6
    return rng.random(n) < p**power, p


def test_areas_and_prevalence_are_those_of_the_scores():
    truth, p = draw()
    [one] = curves.summary(rows_of(truth, p))
    known = score(truth, p)
    assert one["roc_auc"] == pytest.approx(known.roc_auc, abs=0.002)
    assert one["site_density"] == pytest.approx(known.prevalence, rel=1e-6)
    f1 = [2 * r["precision"] * r["recall"] / (r["precision"] + r["recall"]) for r in rows_of(truth, p)]
    assert one["best_f1"] == pytest.approx(max(f1))


def test_a_true_probability_lies_on_the_diagonal_and_a_false_one_does_not():
    honest = curves.calibration(rows_of(*draw()))
    assert len(honest) >= 8
    assert sum(row["share_low"] <= row["probability"] <= row["share_high"] for row in honest) >= len(honest) - 1
    boasting = [row for row in curves.calibration(rows_of(*draw(2.0))) if row["probability"] > 0.1]
    assert all(row["share_high"] < row["probability"] for row in boasting[:-1])


def test_bins_hold_every_nucleotide_down_to_the_last_site():
    truth, p = draw()
    found = curves.calibration(rows_of(truth, p))
    assert sum(row["sites"] for row in found) == truth.sum()
    assert sum(row["positions"] for row in found) == (p >= p[truth].min()).sum()
    exact = [(p >= row["low"]) & (p < row["high"]) for row in found[4:]]
    shares = [truth[mine].mean() for mine in exact]
    assert [row["share"] for row in found[4:]] == pytest.approx(shares, abs=0.02)


def test_what_is_no_probability_or_has_no_false_positives_says_nothing():
    truth, p = draw(n=2000)
    rows = rows_of(truth, 7 * p)
    assert curves.calibration(rows) == []
    assert curves.calibration([{**row, "window_nt": 2.0} for row in rows_of(truth, p)]) == []
    bare = [{k: v for k, v in row.items() if k not in ("false_positive_rate", "mean_p")} for row in rows]
    [one] = curves.summary(bare)
    assert math.isnan(one["roc_auc"])
    assert math.isnan(one["site_density"])
    assert curves.calibration(bare) == []


def test_a_curve_that_is_there_twice_counts_once():
    rows = rows_of(*draw(n=2000))
    assert curves.group_by_curve([*rows, *rows]) == curves.group_by_curve(rows)


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"), [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0)]
)
def test_wilson_intervals_are_those_of_the_books(hits, n, low, high):
    assert curves.wilson(hits, n) == pytest.approx((low, high), abs=1e-4)
