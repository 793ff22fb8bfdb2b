"""Reliability of probabilities: of the positions with a P of about one tenth, is one in ten a site?

Nearly all positions have a P close to 0, so an error averaged over all of them is small whatever the others are. Bins
therefore have equal ratios of P, and the error counts only positions with a P of `LEAST` or more. The sum over all
positions shows whether the site density is right. Intervals are percentiles over 10 kb blocks of the genome drawn anew
(see `bootstrap`).
"""

from dataclasses import dataclass

import numpy as np

from .bootstrap import Interval, interval

LEAST = 0.01
EDGES = np.array([LEAST, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0])
"""Upper borders of the bins; the first bin begins at 0."""


@dataclass(frozen=True)
class Bin:
    """The positions with P from `low` to below `high`; the last bin includes 1.

    Attributes
    ----------
    low, high
        Borders of P.
    positions
        Number of positions.
    probability
        Their mean P.
    share
        Share of them that are sites.
    """

    low: float
    high: float
    positions: int
    probability: float
    share: Interval


@dataclass(frozen=True)
class Reliability:
    """How well P agrees with the share of sites.

    Attributes
    ----------
    prevalence
        Site density: the share of all positions that are sites.
    ratio
        Sites divided by the sum of P.
    error
        Expected calibration error: the mean absolute difference between a bin's mean P and its share of sites, over
        positions with a P of `LEAST` or more.
    bins
        The bins by P, ascending.
    """

    prevalence: float
    ratio: Interval
    error: Interval
    bins: tuple[Bin, ...]


def reliability(truth: np.ndarray, probability: np.ndarray, block: np.ndarray, weight: np.ndarray) -> Reliability:
    """Compare probabilities with the share of sites.

    Values of a bin without positions are NaN.

    Parameters
    ----------
    truth
        0 or 1, (n,).
    probability
        float (n,), without NaN.
    block
        int (n,), block of each position, from 0.
    weight
        int (draws, blocks), as `bootstrap.draws` returns it.

    Returns
    -------
    Reliability
        Bins, ratio and error with their intervals.
    """
    number, many = weight.shape[1], len(EDGES)
    cell = (
        np.minimum(np.searchsorted(EDGES, probability, side="right"), many - 1) * number + block
    )  # bin 0: below LEAST
    shape = (many, number)
    n, p, hits = (
        np.bincount(cell, weights=w, minlength=many * number).reshape(shape)
        for w in (None, probability.astype(np.float64), np.asarray(truth, np.float64))
    )
    every = np.concatenate(
        [np.ones((1, number)), weight.astype(np.float64)]
    ).T  # (blocks, 1 + draws): column 0 is the data as they are
    n, p, hits = (x @ every for x in (n.astype(np.float64), p, hits))  # (bins, 1 + draws)
    with np.errstate(divide="ignore", invalid="ignore"):
        share, mean, ratio = hits / n, p / n, hits.sum(0) / p.sum(0)
        error = np.abs(hits[1:] - p[1:]).sum(0) / n[1:].sum(0)
    low = np.concatenate([[0.0], EDGES[:-1]])
    shares = [interval(float(row[0]), row[1:]) for row in share]
    bins = tuple(Bin(float(low[i]), float(EDGES[i]), int(n[i, 0]), float(mean[i, 0]), shares[i]) for i in range(many))
    prevalence = float(hits[:, 0].sum() / n[:, 0].sum()) if n[:, 0].sum() else float("nan")
    return Reliability(prevalence, interval(float(ratio[0]), ratio[1:]), interval(float(error[0]), error[1:]), bins)
