"""How rare a value is, where the answer is known: values from the chance distribution itself, of many shapes."""

import numpy as np
import pytest

from headmotif.steps.statistics.tail import ENOUGH, rarity

DRAWS = {
    "uniform": lambda rng, n: rng.random(n),
    "exponential": lambda rng, n: rng.exponential(1, n),
    "normal": lambda rng, n: rng.normal(0, 1, n),
    "lognormal": lambda rng, n: np.exp(rng.normal(0, 1, n)),
    "beta": lambda rng, n: rng.beta(0.3, 3, n),
    "heavy": lambda rng, n: (rng.random(n) ** -0.25 - 1) / 0.25,
}


@pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)
def test_chance_is_as_rare_as_it_says(draw):
    rng = np.random.default_rng(1)
    p = np.concatenate([rarity(draw(rng, 2000), draw(rng, 20_000)) for _time in range(60)])
    for level in (0.5, 0.1, 0.05, 0.01, 0.001):
        assert (p <= level).mean() <= 1.1 * level
    assert (p <= 0.5).mean() >= 0.45


def test_beyond_all_chance_values_it_goes_on_falling():
    rng = np.random.default_rng(2)
    chance = rng.exponential(1, 2000)
    p = rarity(chance, np.array([10.0, 12.0, 15.0, 20.0]))
    assert (np.diff(np.log(p)) < -0.3).all()
    assert p[0] < 1 / 2001
    assert p[-1] > 0


def test_few_chance_values_have_no_tail():
    chance = np.arange(10.0 * ENOUGH - 1)
    assert rarity(chance, np.array([1e9]))[0] == 1 / (len(chance) + 1)
    assert rarity(np.zeros(0), np.array([1.0]))[0] == 1.0


def test_just_enough_chance_values_have_a_tail():
    chance = np.arange(10.0 * ENOUGH)
    assert rarity(chance, np.array([1e9]))[0] < 0.01 / (len(chance) + 1)


def test_chance_values_all_alike_have_no_tail():
    assert rarity(np.ones(1000), np.array([0.5, 1.0, 2.0])).tolist() == [1.0, 1.0, 1 / 1001]


def test_a_larger_value_is_never_less_rare():
    rng = np.random.default_rng(3)
    p = rarity(rng.gamma(2, 1, 900), np.sort(rng.gamma(2, 2, 5000)))
    assert (np.diff(p) <= 0).all()
