"""Calibration: a slope and a shift that are found again, that keep the ranking, and that fold into every preset's last
map."""

import numpy as np
import pytest
import torch

from headmotif.steps.network import calibrate, presets
from headmotif.steps.network.calibrate import Calibration, fit
from networks import SMALL


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def draw_truth(slope, shift, n=200_000, seed=1):
    """Truth drawn with P, and a network that says another P, whose logit is (logit - shift) / slope."""
    rng = np.random.default_rng(seed)
    logit = rng.normal(-5, 2, n)
    return (rng.random(n) < sigmoid(logit)).astype(np.uint8), sigmoid((logit - shift) / slope).astype(np.float32)


@pytest.mark.parametrize(("slope", "shift"), [(1.0, 0.0), (2.0, -1.0), (0.5, 3.0), (1.3, -6.0)])
def test_what_was_bent_is_found_again(slope, shift):
    truth, p = draw_truth(slope, shift)
    found = fit(truth, p)
    assert found.slope == pytest.approx(slope, rel=0.05)
    assert found.shift == pytest.approx(shift, abs=0.15)
    again = sigmoid(found.slope * np.log(p / (1 - p.astype(np.float64))) + found.shift)
    assert again.sum() == pytest.approx(truth.sum(), rel=0.002)  # as many sites as are said
    for low, high in ((0, 0.01), (0.01, 0.1), (0.1, 0.5), (0.5, 1)):
        some = (again >= low) & (again < high)
        assert again[some].mean() == pytest.approx(truth[some].mean(), rel=0.15)


def test_it_is_the_likeliest_of_all():
    truth, p = draw_truth(0.7, 1.0, 5000)
    x = np.log(p.astype(np.float64)) - np.log1p(-p.astype(np.float64))
    target = np.where(truth == 1, (truth.sum() + 1) / (truth.sum() + 2), 1 / ((truth == 0).sum() + 2))

    def loss(slope, shift):
        return (np.logaddexp(0, slope * x + shift) - target * (slope * x + shift)).sum()

    found = fit(truth, p)
    for turn in np.linspace(0, 2 * np.pi, 16):
        for far in (1e-3, 1e-2, 1.0):
            assert loss(found.slope + far * np.cos(turn), found.shift + far * np.sin(turn)) > loss(*found)


def test_what_tells_nothing_is_left_alone():
    p = np.array([0.1, 0.2, 0.9], np.float32)
    assert fit(np.zeros(3, np.uint8), p) == Calibration()
    assert fit(np.ones(3, np.uint8), p) == Calibration()
    assert fit(np.zeros(0, np.uint8), p[:0]) == Calibration()
    assert fit(np.array([1, 1, 0], np.uint8), p) == Calibration()  # upside down: the ranking is not turned round


def test_sites_apart_from_all_others_and_certainty_stay_finite():
    truth = np.array([0] * 50 + [1] * 2, np.uint8)
    for p in (np.where(truth == 1, 0.9, 0.1), truth.astype(float)):
        found = fit(truth, p.astype(np.float32))
        assert np.isfinite(found).all()
        assert found.slope > 0


@pytest.mark.parametrize("preset", list(presets.PRESETS))
def test_it_folds_into_the_last_map_of_every_preset(preset):
    torch.manual_seed(1)
    net = presets.build(SMALL[preset], 2).eval()
    codes = torch.randint(0, 4, (1, net.before + 20 + net.after), dtype=torch.uint8)
    with torch.inference_mode():
        was = net(codes)
        calibrate.apply(net, (Calibration(2.0, -1.0), Calibration(0.5, 0.25)))
        now = net(codes)
    torch.testing.assert_close(now, was * torch.tensor([2.0, 0.5]) + torch.tensor([-1.0, 0.25]))
