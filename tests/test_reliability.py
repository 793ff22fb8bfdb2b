"""Whether probabilities mean what they say."""

import math

import numpy as np
import pytest

from headmotif.steps.statistics import bootstrap
from headmotif.steps.statistics.reliability import reliability


def test_by_hand():
    truth = np.array([0, 0, 1, 0, 1, 1, 0, 0, 0, 0])
    p = np.array([0.001, 0.015, 0.015, 0.6, 0.6, 1.0, 0.002, 0.25, 0.25, 0.009])
    found = reliability(truth, p, np.zeros(10, int), np.ones((3, 1), int))
    assert found.prevalence == 0.3
    assert found.ratio.estimate == pytest.approx(3 / p.sum())
    rows = {b.low: b for b in found.bins}
    assert [b.positions for b in found.bins] == [3, 2, 0, 0, 0, 2, 0, 2, 1]
    assert (rows[0.01].share.estimate, rows[0.5].share.estimate, rows[0.7].share.estimate) == (0.5, 0.5, 1.0)
    assert (rows[0.2].positions, rows[0.2].probability, rows[0.2].share.estimate) == (2, 0.25, 0)
    assert math.isnan(rows[0.1].share.estimate)
    expected = (2 * abs(0.5 - 0.015) + 2 * 0.25 + 2 * abs(0.5 - 0.6) + 0) / 7
    assert found.error.estimate == pytest.approx(expected)
    assert found.error.low == found.error.high == pytest.approx(expected)  # one block: every draw is the data


def test_true_probabilities_have_a_small_error_and_others_do_not():
    rng = np.random.default_rng(1)
    p = rng.beta(0.3, 5, 200_000)
    truth, block = rng.random(len(p)) < p, np.arange(len(p)) // 2000
    weight = bootstrap.draws(100, 300)
    good, bad = reliability(truth, p, block, weight), reliability(truth, p**0.5, block, weight)
    assert good.ratio.low < 1 < good.ratio.high
    assert good.error.estimate < 0.01 < 0.1 < bad.error.low
    assert bad.ratio.high < 0.5
    inside = [b for b in good.bins if b.positions > 500]
    assert sum(b.share.low <= b.probability <= b.share.high for b in inside) >= len(inside) - 1


def test_a_border_belongs_to_the_bin_above_it():
    found = reliability(np.zeros(3), np.array([0.2, 0.01, 1.0]), np.zeros(3, int), np.ones((1, 1), int))
    assert {b.low: b.positions for b in found.bins if b.positions} == {0.2: 1, 0.01: 1, 0.7: 1}
