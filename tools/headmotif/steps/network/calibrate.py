"""Calibrate P: fit a slope and a shift of the logit on positions that the network did not learn from.

Substitutions, averaged weights, teachers and the focal loss all move P away from the share of positions that are sites.
Two numbers per label, fitted by maximum likelihood on the validation part, correct P at the site density of that part.
The ranking does not change.

Platt 1999, Probabilistic outputs for support vector machines; iterations as in Lin, Lin & Weng 2007 (both unchecked).
"""

import numpy as np
import torch

from ...data import Calibration
from .annotate import logit
from .protocol import Network


def fit(truth: np.ndarray, probability: np.ndarray) -> Calibration:
    """Fit the slope and shift with the highest likelihood on positions of one label.

    The target of a site is (sites + 1) / (sites + 2), that of another position 1 / (others + 2). So a few sites cannot
    drive the fit to infinity. If sites rank no higher than other positions, or one of the two is missing, the slope
    stays 1 and the shift 0.

    Parameters
    ----------
    truth
        (n,), 1 at sites and 0 elsewhere; no NaN.
    probability
        (n,), P of the network; no NaN.

    Returns
    -------
    Calibration
        The slope and the shift.
    """
    x, hit = logit(probability), truth.astype(bool)
    sites, others = int(hit.sum()), int((~hit).sum())
    if not sites or not others:
        return Calibration()
    target = np.where(hit, (sites + 1) / (sites + 2), 1 / (others + 2))
    slope, shift = 1.0, 0.0
    loss = _loss(slope, shift, x, target)
    for _turn in range(100):
        q = _sigmoid(slope * x + shift)
        weight = q * (1 - q)
        gradient = np.array([((q - target) * x).sum(), (q - target).sum()])
        cross = (weight * x).sum()
        curve = np.array([[(weight * x * x).sum(), cross], [cross, weight.sum()]]) + 1e-12 * np.eye(2)
        step = np.linalg.solve(curve, gradient)
        size = 1.0
        while size > 1e-10 and _loss(slope - size * step[0], shift - size * step[1], x, target) > loss:
            size /= 2  # Newton's step may overshoot the minimum
        slope, shift = slope - size * step[0], shift - size * step[1]
        before, loss = loss, _loss(slope, shift, x, target)
        if before - loss < 1e-10 * before:
            break
    return Calibration(float(slope), float(shift)) if slope > 0 else Calibration()


def apply(net: Network, found: tuple[Calibration, ...]) -> None:
    """Fold a slope and a shift for each label into the network's last linear map, in place.

    A map may have two outputs per label, where the logit is the second minus the first; the shift then goes to the
    second.

    Parameters
    ----------
    net
        The network.
    found
        Slope and shift of each label, in the order of the labels.
    """
    per_label = net.out.out_features // len(found)
    with torch.no_grad():
        for number, (slope, shift) in enumerate(found):
            rows = slice(number * per_label, (number + 1) * per_label)
            net.out.weight[rows] *= slope
            net.out.bias[rows] *= slope
            net.out.bias[rows.stop - 1] += shift


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return np.exp(-np.logaddexp(0, -x))


def _loss(slope: float, shift: float, x: np.ndarray, target: np.ndarray) -> float:
    """Cross-entropy, summed over the positions."""
    z = slope * x + shift
    return float((np.logaddexp(0, z) - target * z).sum())
