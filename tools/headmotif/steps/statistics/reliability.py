"""Do probabilities mean what they say? Of the positions with P of about one tenth, is one in ten a site?

Nearly all positions have a P of nearly nothing, so an error averaged over all of them is small whatever the others say.
Bins are of equal ratio of P, the error counts positions with P of `LEAST` or more, and the sum over all tells whether
the prevalence holds. Intervals are percentiles over 10 kb blocks of the genome drawn anew (see `bootstrap`).
"""

from dataclasses import dataclass

import numpy as np

from .bootstrap import Interval, interval

LEAST = 0.01
EDGES = np.array([LEAST, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0])
"""Borders of the bins; below them is one more, from 0."""


@dataclass(frozen=True)
class Bin:
    """Positions with P from `low` to below `high` (the last: up to 1): how many, their mean P, and the share of them
    that are sites."""

    low: float
    high: float
    positions: int
    probability: float
    share: Interval


@dataclass(frozen=True)
class Reliability:
    """prevalence: share of all positions that are sites. ratio: sites over the sum of P. error: mean difference,
    without its sign, between a bin's mean P and its share of sites, over positions with P of `LEAST` or more (expected
    calibration error)."""

    prevalence: float
    ratio: Interval
    error: Interval
    bins: tuple[Bin, ...]


def reliability(truth: np.ndarray, probability: np.ndarray, block: np.ndarray, weight: np.ndarray) -> Reliability:
    """truth: 0 or 1; probability: none NaN; block: int, of each position's stretch of the genome; all (n,). weight: int
    (draws, blocks), as `bootstrap.draws` gives it. What a bin without positions says is NaN."""
    number, many = weight.shape[1], len(EDGES)
    cell = (
        np.minimum(np.searchsorted(EDGES, probability, side="right"), many - 1) * number + block
    )  # 0: below the least
    shape = (many, number)
    n, p, hits = (
        np.bincount(cell, weights=w, minlength=many * number).reshape(shape)
        for w in (None, probability.astype(np.float64), np.asarray(truth, np.float64))
    )
    every = np.concatenate(
        [np.ones((1, number)), weight.astype(np.float64)]
    ).T  # (blocks, 1 + draws): the first is the data as they are
    n, p, hits = (x @ every for x in (n.astype(np.float64), p, hits))  # (bins, 1 + draws)
    with np.errstate(divide="ignore", invalid="ignore"):
        share, mean, ratio = hits / n, p / n, hits.sum(0) / p.sum(0)
        error = np.abs(hits[1:] - p[1:]).sum(0) / n[1:].sum(0)
    low = np.concatenate([[0.0], EDGES[:-1]])
    shares = [interval(float(row[0]), row[1:]) for row in share]
    bins = tuple(Bin(float(low[i]), float(EDGES[i]), int(n[i, 0]), float(mean[i, 0]), shares[i]) for i in range(many))
    prevalence = float(hits[:, 0].sum() / n[:, 0].sum()) if n[:, 0].sum() else float("nan")
    return Reliability(prevalence, interval(float(ratio[0]), ratio[1:]), interval(float(error[0]), error[1:]), bins)
