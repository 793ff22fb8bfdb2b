"""Confidence intervals of average precision and other scores, from parts of the genome drawn with replacement.

Neighbouring nucleotides share their context, and sites come in clusters. So blocks of the genome are drawn, not
positions, and both strands of a block stay together. Intervals are percentiles (Efron and Tibshirani 1993, unchecked).
They show how much a score depends on the part of the genome that is scored, not on the training; for that, see the
spread over seeds.

A draw holds copies of sites, which rank together, so draws score a little higher than the data: by a tenth of their
standard deviation with 3,400 sites, by a third with 270.

A draw is a whole weight for each block, and average precision needs weighted counts only at the sites: how many
positions of each block stand at or above each site. These are counted once. A thousand draws are then two matrix
products, exact and without sorting.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...data import Contigs

AT_ONCE = 100
"""Draws in one matrix product, which bounds the memory."""


@dataclass(frozen=True)
class Interval:
    """A value with its 95 % confidence interval.

    Attributes
    ----------
    estimate
        The value on the data as they are.
    low, high
        The 2.5 % and 97.5 % percentiles of the value over the draws; NaN if no draw gives a number.
    """

    estimate: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Ranked:
    """A ranking of positions or calls, counted by block at each probability that a site or right call has.

    Steps are these probabilities, from the highest.

    Attributes
    ----------
    hits
        float64 (steps, blocks), sites with that probability.
    above
        float64 (steps, blocks), positions with that probability or a higher one.
    sites
        int (blocks,), all sites, of which recall is a share.
    """

    hits: np.ndarray
    above: np.ndarray
    sites: np.ndarray


def blocks(contigs: Contigs, size: int = 10_000) -> np.ndarray:
    """Divide contigs into blocks of equal size.

    The last block of a contig may be shorter. Both strands are in the same block.

    Parameters
    ----------
    contigs
        The contigs, end to end N nucleotides long.
    size
        Nucleotides of a block.

    Returns
    -------
    numpy.ndarray
        int64 (N,), number of each nucleotide's block, from 0.
    """
    first, parts = 0, [np.zeros(0, np.int64)]
    for contig in contigs:
        parts.append(first + np.arange(contig.length) // size)
        first += -(-contig.length // size)
    return np.concatenate(parts)


def rank(
    hit: np.ndarray, probability: np.ndarray, block: np.ndarray, number: int, sites: np.ndarray | None = None
) -> Ranked:
    """Count a ranking by block.

    Parameters
    ----------
    hit
        bool (positions,), whether each is a site.
    probability
        float (positions,), without NaN.
    block
        int (positions,), 0 to `number` - 1.
    number
        Number of blocks.
    sites
        int (number,), sites of each block, where not all are among the hits, as with calls. A right call must then have
        the block of its site, or a draw could find more sites than it holds.

    Returns
    -------
    Ranked
        The counts.
    """
    hit = np.asarray(hit, bool)
    level = np.unique(probability[hit])
    high = (
        probability >= level[0] if len(level) else np.zeros(len(probability), bool)
    )  # what stands below all sites changes nothing

    def count(rows: np.ndarray) -> np.ndarray:
        step = np.searchsorted(level, probability[rows], side="right") - 1
        count = np.bincount(step * number + block[rows], minlength=len(level) * number)
        return count.reshape(len(level), number)[::-1].astype(np.float64)  # (steps, blocks), from the highest

    found = np.bincount(block[hit], minlength=number)
    return Ranked(count(hit), np.cumsum(count(high), axis=0), found if sites is None else sites)


def draws(number: int, times: int = 1000, seed: int = 1) -> np.ndarray:
    """Draw blocks with replacement.

    Parameters
    ----------
    number
        Number of blocks.
    times
        Number of draws.
    seed
        Seed of the draws.

    Returns
    -------
    numpy.ndarray
        int64 (times, number), how often each block is drawn; each row sums to `number`.
    """
    return np.random.default_rng(seed).multinomial(number, np.full(number, 1 / number), size=times)


def resample(ranking: Ranked, weight: np.ndarray) -> np.ndarray:
    """Compute the average precision of each draw.

    Ties count as one step.

    Parameters
    ----------
    ranking
        The ranking.
    weight
        int (draws, blocks), how often each block counts.

    Returns
    -------
    numpy.ndarray
        float64 (draws,); NaN where no block drawn has a site.
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
    """Average the average precisions of several models, such as those of several seeds.

    Parameters
    ----------
    models
        Rankings of the same blocks.
    weight
        int (draws, blocks), used for all models.

    Returns
    -------
    Interval
        The mean.
    """
    return interval(_means(models, _weigh_once(weight))[0], _means(models, weight))


def ratio(models: Sequence[Ranked], others: Sequence[Ranked], weight: np.ndarray) -> Interval:
    """Divide the mean average precision of some models by that of others, as a paired comparison.

    Parameters
    ----------
    models, others
        Rankings of the same blocks.
    weight
        int (draws, blocks), used for all models.

    Returns
    -------
    Interval
        The ratio.
    """
    once = _weigh_once(weight)
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate = _means(models, once) / _means(others, once)
        return interval(estimate[0], _means(models, weight) / _means(others, weight))


def difference(models: Sequence[Ranked], others: Sequence[Ranked], weight: np.ndarray) -> Interval:
    """Subtract the mean average precision of other models from that of some models, as a paired comparison.

    Parameters
    ----------
    models
        Rankings of the models whose mean is the minuend.
    others
        Rankings of the models whose mean is subtracted, on the same blocks.
    weight
        int (draws, blocks), used for all models.

    Returns
    -------
    Interval
        The difference.
    """
    once = _weigh_once(weight)
    return interval((_means(models, once) - _means(others, once))[0], _means(models, weight) - _means(others, weight))


def average(value: np.ndarray, block: np.ndarray, weight: np.ndarray) -> Interval:
    """Average values that belong to blocks.

    Parameters
    ----------
    value
        float (n,).
    block
        int (n,), the block of each value.
    weight
        int (draws, blocks).

    Returns
    -------
    Interval
        The mean.
    """
    blocks = weight.shape[1]
    sums, counts = np.bincount(block, value, blocks), np.bincount(block, minlength=blocks)
    with np.errstate(invalid="ignore"):
        return interval(float(sums.sum() / max(counts.sum(), 1)), (weight @ sums) / (weight @ counts))


def measure_calls(
    right: np.ndarray, calls: np.ndarray, sites: np.ndarray, weight: np.ndarray
) -> tuple[Interval, Interval, Interval]:
    """Compute precision, recall and F1 of calls.

    Parameters
    ----------
    right
        int (blocks,), right calls.
    calls
        int (blocks,), all calls.
    sites
        int (blocks,), all sites.
    weight
        int (draws, blocks).

    Returns
    -------
    tuple of Interval
        Precision, recall and F1.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        drawn = [(w @ right, w @ calls, w @ sites) for w in (_weigh_once(weight), weight)]
        once, every = ((x / n, x / m, 2 * x / (n + m)) for x, n, m in drawn)
    precision, recall, f1 = (interval(float(one[0]), values) for one, values in zip(once, every, strict=True))
    return precision, recall, f1


def _weigh_once(weight: np.ndarray) -> np.ndarray:
    return np.ones((1, weight.shape[1]), np.int64)


def _means(models: Sequence[Ranked], weight: np.ndarray) -> np.ndarray:
    return np.mean([resample(one, weight) for one in models], axis=0)


def interval(estimate: float, values: np.ndarray) -> Interval:
    """Make an interval from a value and its draws.

    Draws that give no number, because no block drawn has a site, are left out.

    Parameters
    ----------
    estimate
        The value on the data as they are.
    values
        float (draws,).

    Returns
    -------
    Interval
        The 2.5 % and 97.5 % percentiles; NaN if no draw gives a number.
    """
    numbers = values[np.isfinite(values)]
    low, high = np.quantile(numbers, [0.025, 0.975]) if len(numbers) else (np.nan, np.nan)
    return Interval(float(estimate), float(low), float(high))
