"""The scan against literal loops, its distribution against all words."""

import itertools

import numpy as np
import pytest

from effort import relative_cost
from headmotif.alphabet import reverse_complement
from headmotif.data import Motif
from headmotif.steps.sequence.scan import (
    log_odds,
    p_values,
    reverse_complement_scores,
    scan,
    score_distribution,
    threshold,
)

UNEVEN = np.array([0.3, 0.2, 0.2, 0.3])


def random_scores(rng: np.random.Generator, width: int) -> np.ndarray:
    return rng.normal(size=(width, 4))


def scan_literally(codes: np.ndarray, scores: np.ndarray) -> list[float]:
    found = []
    for start in range(len(codes) - len(scores) + 1):
        total = 0.0
        for column, row in enumerate(scores):
            code = codes[start + column]
            total += row[code] if code < 4 else -np.inf
        found.append(total)
    return found


@pytest.mark.parametrize("width", [1, 2, 3, 4, 5, 6, 7, 20])
def test_scan_is_the_literal_sum(width):
    rng = np.random.default_rng(width)
    codes = rng.choice(5, size=300, p=[0.245, 0.245, 0.245, 0.245, 0.02]).astype(np.uint8)
    scores = random_scores(rng, width)
    np.testing.assert_allclose(scan(codes, scores), scan_literally(codes, scores), rtol=0, atol=1e-12)


def test_letters_that_score_minus_infinity():
    scores = np.array([[1.0, -np.inf, 0.0, 0.0], [0.0, 2.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]])
    codes = np.array([0, 1, 3, 1, 1, 3], np.uint8)
    assert scan(codes, scores).tolist() == scan_literally(codes, scores)


@pytest.mark.parametrize("length", [0, 1, 4])
def test_a_sequence_shorter_than_the_motif_has_no_place(length):
    assert len(scan(np.zeros(length, np.uint8), np.zeros((5, 4)))) == 0


def test_the_other_strand():
    rng = np.random.default_rng(1)
    codes = rng.integers(0, 5, 200).astype(np.uint8)
    scores = random_scores(rng, 9)
    there = scan(reverse_complement(codes), scores)
    np.testing.assert_allclose(scan(codes, reverse_complement_scores(scores)), there[::-1], atol=1e-12)


def test_log_odds_mixes_in_the_background():
    motif = Motif("m", np.array([[1.0, 0, 0, 0], [0.5, 0.5, 0, 0]]), nsites=4, background=UNEVEN)
    expected = np.log2((motif.matrix * 4 + 2 * UNEVEN) / 6 / UNEVEN)
    np.testing.assert_allclose(log_odds(motif, pseudo=2), expected)
    assert np.isneginf(log_odds(motif, pseudo=0)[0, 1])
    unknown = Motif("m", motif.matrix)
    np.testing.assert_allclose(log_odds(unknown, pseudo=1), np.log2((unknown.matrix * 20 + 0.25) / 21 / 0.25))


@pytest.mark.parametrize("width", [1, 3, 5])
def test_the_distribution_is_that_of_all_words(width):
    rng = np.random.default_rng(width)
    scores = rng.integers(-5, 6, size=(width, 4)) / 2.0
    values, probability = score_distribution(scores, UNEVEN, step=0.5)
    literal = dict.fromkeys(values.tolist(), 0.0)
    for word in itertools.product(range(4), repeat=width):
        literal[sum(scores[i, c] for i, c in enumerate(word))] += np.prod(UNEVEN[list(word)])
    np.testing.assert_allclose(probability, list(literal.values()), atol=1e-12)


@pytest.mark.parametrize("p", [0.5, 0.1, 0.01, 0.002])
def test_threshold_and_p_values_against_all_words(p):
    rng = np.random.default_rng(3)
    scores = random_scores(rng, 5)
    words = np.array(list(itertools.product(range(4), repeat=5)))
    score = scores[np.arange(5), words].sum(axis=1)
    chance = UNEVEN[words].prod(axis=1)
    limit = threshold(scores, UNEVEN, p, step=1e-5)
    assert chance[score >= limit].sum() <= p
    lower = score[score < limit].max()
    assert chance[score >= lower].sum() > p
    true = np.array([chance[score >= s].sum() for s in score])
    np.testing.assert_allclose(p_values(score, scores, UNEVEN, step=1e-5), true, rtol=1e-6)


def test_the_likeliest_and_the_impossible():
    scores = np.array([[1.0, 0, 0, -np.inf]])
    assert threshold(scores, UNEVEN, 0.01) == float("inf")
    assert p_values(np.array([-np.inf, 5.0]), scores, UNEVEN).tolist() == [1.0, 0.0]


def test_a_genome_is_scanned_quicker_than_a_column_at_a_time():
    codes = np.random.default_rng(0).integers(0, 4, 4_600_000).astype(np.uint8)
    scores = random_scores(np.random.default_rng(0), 20)
    places = len(codes) - len(scores) + 1

    def scan_by_column():
        return sum(column[codes[i : i + places]] for i, column in enumerate(scores))

    np.testing.assert_allclose(scan(codes, scores), scan_by_column(), atol=1e-9)
    assert relative_cost(lambda: scan(codes, scores), scan_by_column) < 1  # a third where this was written
