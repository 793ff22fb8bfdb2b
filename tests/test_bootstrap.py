"""Intervals by blocks: against positions that are really drawn again and ranked anew."""

import math

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from effort import relative_cost
from headmotif.data import Contig
from headmotif.steps.statistics.bootstrap import (
    Interval,
    average,
    blocks,
    difference,
    draws,
    mean,
    rank,
    ratio,
    resample,
)
from headmotif.steps.statistics.metrics import average_precision

BLOCKS = 12


def draw_ranking(seed, levels=10**9, n=1500, prevalence=0.03):
    """Which positions are sites, their probability by one model, and the block of each (blocks differ in size and in
    sites)."""
    rng = np.random.default_rng(seed)
    block = np.sort(rng.integers(0, BLOCKS, n))
    hit = rng.random(n) < prevalence * (1 + block / 4)
    return hit, ((0.4 * hit + rng.random(n)) / 1.4 * levels).round().astype(np.float32) / np.float32(levels), block


def repeat_rows(weight, block):
    """The rows of each block, as often as it was drawn."""
    return np.concatenate([np.flatnonzero(block == b) for b, times in enumerate(weight) for _ in range(times)])


@pytest.mark.parametrize("levels", [1, 7, 100, 10**9])
def test_a_draw_scores_as_its_positions_ranked_anew(levels):
    hit, p, block = draw_ranking(1, levels)
    weight = draws(BLOCKS, 150)  # more than are taken at once
    expected = [average_precision_score(hit[rows], p[rows]) for rows in (repeat_rows(w, block) for w in weight)]
    assert resample(rank(hit, p, block, BLOCKS), weight) == pytest.approx(expected, abs=1e-12)


def test_calls_that_miss_sites_score_with_all_sites_of_the_draw():
    hit, p, block = draw_ranking(2, 50)
    sites = np.bincount(block[hit], minlength=BLOCKS) + np.arange(BLOCKS) % 3
    weight = draws(BLOCKS, 20)
    found = resample(rank(hit, p, block, BLOCKS, sites), weight)
    for w, value in zip(weight, found, strict=True):
        rows = repeat_rows(w, block)
        assert value == pytest.approx(average_precision(hit[rows], p[rows], int(w @ sites)), abs=1e-12)


def test_what_stands_below_all_sites_changes_nothing():
    hit, p, block = draw_ranking(3)
    kept = p >= p[hit].min()
    assert (~kept).sum() > 100
    weight = draws(BLOCKS, 10)
    one, other = rank(hit, p, block, BLOCKS), rank(hit[kept], p[kept], block[kept], BLOCKS)
    assert resample(one, weight).tolist() == resample(other, weight).tolist()


def test_means_and_ratios_are_of_the_same_draws():
    hit, _, block = draw_ranking(4)
    models = [
        rank(hit, draw_ranking(4)[1] + np.random.default_rng(i).normal(0, 0.1, len(hit)), block, BLOCKS)
        for i in range(3)
    ]
    others = [rank(hit, np.random.default_rng(9).random(len(hit)), block, BLOCKS)]
    weight = draws(BLOCKS, 400, seed=5)
    upper, lower = (np.mean([resample(m, weight) for m in group], axis=0) for group in (models, others))
    once = np.ones((1, BLOCKS), int)
    above, below = (np.mean([resample(m, once) for m in group]) for group in (models, others))
    assert mean(models, weight) == Interval(pytest.approx(above), *np.quantile(upper, [0.025, 0.975]))
    assert ratio(models, others, weight) == Interval(
        pytest.approx(above / below), *np.quantile(upper / lower, [0.025, 0.975])
    )
    assert ratio(models, models, weight) == Interval(1.0, 1.0, 1.0)
    assert mean(models, weight) == mean(models, draws(BLOCKS, 400, seed=5))
    assert mean(models, weight) != mean(models, draws(BLOCKS, 400, seed=6))


def test_the_interval_is_as_wide_as_genomes_differ():
    """Sixty blocks a genome: 95 % of the intervals, give or take, hold the value that a genome without end has."""
    rng = np.random.default_rng(8)

    def genome(number):
        block = np.repeat(np.arange(number), 100)
        ease, rate = (
            rng.normal(0, 0.7, number),
            rng.gamma(2, 0.01, number),
        )  # blocks differ in how many sites they have and how plain these are
        hit = rng.random(len(block)) < rate[block]
        return hit, np.where(hit, 2 + ease[block], 0) + rng.normal(0, 1, len(block)), block

    hit, p, _ = genome(20_000)
    true = average_precision_score(hit, p)
    weight = draws(60, 300)
    found = [mean([rank(*genome(60), 60)], weight) for _ in range(200)]
    assert 0.88 < np.mean([one.low < true < one.high for one in found]) < 0.99


def test_draws_are_as_many_blocks_as_there_are():
    weight = draws(7, 2000, seed=3)
    assert weight.shape == (2000, 7)
    assert (weight.sum(axis=1) == 7).all()
    assert weight.mean(axis=0) == pytest.approx(1, abs=0.1)
    assert weight.var(axis=0) == pytest.approx(6 / 7, abs=0.15)  # binomial (7, 1/7)


def test_draws_without_a_site_are_left_out():
    hit, p, block = np.array([True, False, False]), np.array([0.5, 0.9, 0.1]), np.array([0, 0, 1])
    one = rank(hit, p, block, 2)
    assert resample(one, np.array([[1, 1], [0, 2], [2, 0]])).tolist()[::2] == [0.5, 0.5]
    assert math.isnan(resample(one, np.array([[0, 2]]))[0])
    assert mean([one], np.array([[0, 2], [1, 1]])) == Interval(0.5, 0.5, 0.5)
    none = mean([rank(hit & False, p, block, 2)], draws(2, 9))
    assert all(map(math.isnan, (none.estimate, none.low, none.high)))


def test_blocks_begin_anew_with_each_contig():
    contigs = (Contig("a", 25), Contig("b", 10), Contig("c", 1))
    assert blocks(contigs, 10).tolist() == [0] * 10 + [1] * 10 + [2] * 5 + [3] * 10 + [4]


def test_a_draw_passes_over_blocks_not_over_positions():
    """1,000 draws of two million positions for less than 20 times the price of one (3.3 times where this was
    written)."""
    rng = np.random.default_rng(0)
    n = 1_860_000
    block, hit = np.arange(n) // 20_000, rng.random(n) < 0.0018
    p = (rng.random(n) + 0.5 * hit).astype(np.float32)  # half of all stand above the last site

    def resample_mean(number):
        return mean([rank(hit, p, block, 93)], draws(93, number))

    found = resample_mean(1000)
    assert relative_cost(lambda: resample_mean(1000), lambda: resample_mean(1)) < 20
    assert found.low < found.estimate < found.high


def test_differences_are_paired_and_averages_are_of_blocks():
    rng = np.random.default_rng(4)
    hit, block = rng.random(4000) < 0.05, rng.integers(0, 20, 4000)
    one = rng.random(4000) + hit
    other = one - 0.3 * hit
    first, second = (rank(hit, p, block, 20) for p in (one, other))
    weight = draws(20, 200)
    found = difference([second], [first], weight)
    each = resample(second, weight) - resample(first, weight)
    np.testing.assert_allclose((found.low, found.high), np.quantile(each, [0.025, 0.975]))
    assert found.low < found.estimate < found.high < 0
    assert difference([first], [first], weight).high == 0
    mean = average(one, block, weight)
    assert mean.estimate == pytest.approx(one.mean())
    drawn = [np.concatenate([one[block == b] for b in np.repeat(np.arange(20), row)]).mean() for row in weight]
    np.testing.assert_allclose((mean.low, mean.high), np.quantile(drawn, [0.025, 0.975]))
