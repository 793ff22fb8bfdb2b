"""How far an average precision could have come out otherwise: intervals from stretches of the genome drawn anew, with
replacement.

Neighbouring nucleotides share their context and sites come in clusters, so blocks of the genome are drawn, not
positions; both strands of a block go together. Intervals are percentiles (Efron and Tibshirani 1993, unchecked). They
tell how much hangs on the stretch of genome that is scored, not on the training: for that, see the spread over seeds. A
draw holds copies of sites, which rank together, so draws score a little higher than the data: by a tenth of their
standard deviation with 3,400 sites, by a third with 270.

A draw is a whole weight for each block, and average precision needs weighted counts at the sites alone: how many
positions of each block stand at or above each site. Those are counted once; a thousand draws are then two products of
matrices, with nothing to sort, and exact.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...data import Contigs

AT_ONCE = 100
"""Draws in one product: bounds the memory."""


@dataclass(frozen=True)
class Interval:
    """A value on the data as they are, and the 2.5 and 97.5 % percentiles of what it is on the draws (NaN: no draw
    gives a number)."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Ranked:
    """A ranking of positions (or calls), counted by block at each probability that a site (or right call) has, from the
    highest.

    hits: float64 (steps, blocks), sites with that probability. above: (steps, blocks), positions with that probability
    or a higher one. sites: (blocks,), all sites: of them the recall is a share.
    """

    hits: np.ndarray
    above: np.ndarray
    sites: np.ndarray


def blocks(contigs: Contigs, size: int = 10_000) -> np.ndarray:
    """int64 (N,): the block of each nucleotide, both strands alike; from each contig's start on, the last of a contig
    may be shorter."""
    first, parts = 0, [np.zeros(0, np.int64)]
    for contig in contigs:
        parts.append(first + np.arange(contig.length) // size)
        first += -(-contig.length // size)
    return np.concatenate(parts)


def ranked(
    hit: np.ndarray, probability: np.ndarray, block: np.ndarray, number: int, sites: np.ndarray | None = None
) -> Ranked:
    """A ranking, counted. All (positions,): hit, bool; probability, none NaN; block, 0 to number - 1.

    sites: (number,), the sites of each block, where not all are among the hits, as with calls: a right call is to be
    given the block of its site, else a draw could find more sites than it holds.
    """
    hit = np.asarray(hit, bool)
    level = np.unique(probability[hit])
    high = (
        probability >= level[0] if len(level) else np.zeros(len(probability), bool)
    )  # what stands below all sites changes nothing

    def counted(rows: np.ndarray) -> np.ndarray:
        step = np.searchsorted(level, probability[rows], side="right") - 1
        count = np.bincount(step * number + block[rows], minlength=len(level) * number)
        return count.reshape(len(level), number)[::-1].astype(np.float64)  # (steps, blocks), from the highest

    found = np.bincount(block[hit], minlength=number)
    return Ranked(counted(hit), np.cumsum(counted(high), axis=0), found if sites is None else sites)


def draws(number: int, times: int = 1000, seed: int = 1) -> np.ndarray:
    """int64 (times, number): how often each of so many blocks is drawn; each row sums to their number."""
    return np.random.default_rng(seed).multinomial(number, np.full(number, 1 / number), size=times)


def resampled(ranking: Ranked, weight: np.ndarray) -> np.ndarray:
    """float64 (draws,): average precision where each block counts `weight`, int (draws, blocks), times.

    Ties count as one step. NaN where no block drawn has a site.
    """
    result = []
    for first in range(0, len(weight), AT_ONCE):
        w = weight[first : first + AT_ONCE].T.astype(np.float64)  # (blocks, draws)
        gained, above = ranking.hits @ w, ranking.above @ w  # (steps, draws); whole numbers, so exact
        precision = np.cumsum(gained, axis=0) / np.maximum(above, 1)  # a step that is not drawn gains nothing
        sites = ranking.sites @ w
        with np.errstate(invalid="ignore"):
            result.append((gained * precision).sum(axis=0) / sites)
    return np.concatenate([np.zeros(0), *result])


def mean(models: Sequence[Ranked], weight: np.ndarray) -> Interval:
    """The mean of the models' average precisions (say, of several seeds), the same draws for all."""
    return interval(_means(models, _once(weight))[0], _means(models, weight))


def ratio(models: Sequence[Ranked], others: Sequence[Ranked], weight: np.ndarray) -> Interval:
    """The mean of some models' average precisions over that of others on the same blocks, the same draws for all: a
    paired comparison."""
    once = _once(weight)
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate = _means(models, once) / _means(others, once)
        return interval(estimate[0], _means(models, weight) / _means(others, weight))


def difference(models: Sequence[Ranked], others: Sequence[Ranked], weight: np.ndarray) -> Interval:
    """The mean of some models' average precisions less that of others on the same blocks, the same draws for all."""
    once = _once(weight)
    return interval((_means(models, once) - _means(others, once))[0], _means(models, weight) - _means(others, weight))


def average(value: np.ndarray, block: np.ndarray, weight: np.ndarray) -> Interval:
    """The mean of values, (n,), each of a block, (n,)."""
    blocks = weight.shape[1]
    sums, counts = np.bincount(block, value, blocks), np.bincount(block, minlength=blocks)
    with np.errstate(invalid="ignore"):
        return interval(float(sums.sum() / max(counts.sum(), 1)), (weight @ sums) / (weight @ counts))


def found(
    right: np.ndarray, calls: np.ndarray, sites: np.ndarray, weight: np.ndarray
) -> tuple[Interval, Interval, Interval]:
    """Precision, recall and F1 of calls, from how many are right, how many there are, and how many sites, all
    (blocks,)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        drawn = [(w @ right, w @ calls, w @ sites) for w in (_once(weight), weight)]
        once, every = ((x / n, x / m, 2 * x / (n + m)) for x, n, m in drawn)
    precision, recall, f1 = (interval(float(one[0]), values) for one, values in zip(once, every, strict=True))
    return precision, recall, f1


def _once(weight: np.ndarray) -> np.ndarray:
    return np.ones((1, weight.shape[1]), np.int64)


def _means(models: Sequence[Ranked], weight: np.ndarray) -> np.ndarray:
    return np.mean([resampled(one, weight) for one in models], axis=0)


def interval(estimate: float, values: np.ndarray) -> Interval:
    """Draws that give no number (none of the blocks drawn has a site) are left out."""
    numbers = values[np.isfinite(values)]
    low, high = np.quantile(numbers, [0.025, 0.975]) if len(numbers) else (np.nan, np.nan)
    return Interval(float(estimate), float(low), float(high))
