"""benchmarks/factors.py's parts: attended bases on matches against the same distances swapped, and words frequent at a
distance."""

import sys
from pathlib import Path

import numpy as np
import pytest

from networks import genome_of, random_codes

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "benchmarks"))

import factors
import rivals

from headmotif.data import Genome, Motif, Sites
from headmotif.steps.statistics import bootstrap
from headmotif.steps.training.labels import label

WORD = [3, 2, 3, 2, 0, 1, 2, 3]


@pytest.fixture(scope="module")
def planted_genome():
    """A genome with a word 60 bases before every second site, and 40 before the others; and its sites."""
    codes = random_codes(200_000)
    position = np.arange(300, 199_700, 200)
    before = np.where(np.arange(len(position)) % 2 == 0, 60, 40)
    for at, back in zip(position, before, strict=True):
        codes[at - back : at - back + len(WORD)] = WORD
    n = len(position)
    sites = Sites(np.zeros(n, np.int32), position, np.ones(n, np.int8), np.zeros(n, np.float32))
    return genome_of(codes), sites, before


def compare(genome, sites, distance):
    matrix = np.full((len(WORD), 4), 0.02)
    matrix[np.arange(len(WORD)), WORD] = 0.94
    block = bootstrap.blocks(genome.contigs)
    regions = rivals.regions(sites, tuple(c.name for c in genome.contigs), distance, 11)
    return factors.compare(
        factors.find_covered(genome, Motif("word", matrix)),
        genome,
        regions,
        block,
        bootstrap.draws(block.max() + 1, 300),
    )


def test_a_head_that_chooses_by_the_word_has_odds_above_the_same_distances_swapped(planted_genome):
    genome, sites, before = planted_genome
    found = compare(genome, sites, 3 - before)
    assert found["on"] == len(sites)
    assert found["expected"] == pytest.approx(len(sites) / 2, rel=0.02)
    assert found["low"] > 10
    assert found["p"] < 1e-6


def test_a_head_that_looks_there_whatever_it_reads_has_none(planted_genome):
    genome, sites, _before = planted_genome
    found = compare(
        genome, sites, np.random.default_rng(3).permutation(np.repeat([-57, -37], len(sites) // 2 + 1))[: len(sites)]
    )
    assert found["on"] > 400
    assert found["low"] < 1 < found["high"]
    assert found["p"] > 0.01
    fixed = compare(genome, sites, np.full(len(sites), -57))
    assert (fixed["low"], fixed["odds"], fixed["p"]) == (1, 1, 1)


def test_a_word_is_frequent_where_it_was_put(planted_genome):
    genome, sites, _before = planted_genome
    ratio, q = factors.find_frequent(label(Genome(genome.contigs, genome.base), {"sites": sites}))
    word = int((np.array(WORD[:6]) * 4 ** np.arange(6)).sum())
    at = rivals.SPAN - 60 + 2
    assert ratio[at, word] > 50
    assert q[at, word] < 1e-6
    far = (q < 0.05)[rivals.SPAN - 20 :].sum()  # nothing was put there
    assert far <= 0.05 * (q < 0.05).sum()
