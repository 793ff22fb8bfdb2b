"""Which local maxima become calls."""

import numpy as np
import pytest

from headmotif.data import Contig, Contigs, Sites
from headmotif.steps.calling import thresholds
from networks import genome_of, random_codes


def sites(p):
    n = len(p)
    return Sites(np.zeros(n, np.int32), np.arange(n) * 10, np.ones(n, np.int8), np.array(p, np.float32))


def test_above_is_sorted_and_suppresses_neighbours():
    p = np.zeros((2, 20), np.float32)
    p[0, [3, 5, 12]] = 0.9, 0.8, 0.3
    p[1, [3, 18]] = 0.7, 0.2
    contigs = Contigs([Contig("a", 10), Contig("b", 10)])
    found = thresholds.call_above(p, contigs, 0.25, 3)
    assert list(zip(found.contig.tolist(), found.position.tolist(), found.strand.tolist(), strict=True)) == [
        (0, 3, 1),
        (0, 3, -1),
        (1, 2, 1),
    ]
    assert found.strength.tolist() == pytest.approx([0.9, 0.7, 0.3])
    assert len(thresholds.call_above(p, contigs, 0.25, 2)) == 4  # 5 is no neighbour of 3 any more


def test_best_keeps_the_order():
    assert thresholds.select_best(sites([0.1, 0.9, 0.5, 0.9]), 2).position.tolist() == [10, 30]
    assert thresholds.select_best(sites([0.1, 0.9, 0.5, 0.9]), 1).position.tolist() == [10]
    assert len(thresholds.select_best(sites([0.1]), 5)) == 1


def test_the_false_share_is_that_of_the_definition():
    rng = np.random.default_rng(1)
    p, decoys, times = rng.random(60).round(2), (rng.random(200) ** 3).round(2), 1.7
    share = thresholds.estimate_decoy_share(sites(p), decoys.astype(np.float32), times).strength

    def estimate_share(level):
        return min(
            1.0, ((decoys.astype(np.float32) >= level).sum() + 1) * times / (p.astype(np.float32) >= level).sum()
        )

    levels = p.astype(np.float32)
    for mine, told in zip(levels, share, strict=True):
        assert told == pytest.approx(min(estimate_share(other) for other in levels if other <= mine), rel=1e-6)
    assert len(thresholds.estimate_decoy_share(sites([]), decoys, 1.0)) == 0


def test_the_expected_share_is_the_mean_of_what_p_leaves():
    share = thresholds.estimate_expected_share(sites([0.5, 0.9, 0.2, 0.5])).strength
    assert share.tolist() == pytest.approx([1.1 / 3, 0.1, 1.9 / 4, 1.1 / 3])
    assert len(thresholds.estimate_expected_share(sites([]))) == 0


def test_a_decoy_has_the_genomes_dinucleotides_and_is_no_longer_than_asked_for():
    genome = genome_of(random_codes(120_000, seed=2, gaps=5), random_codes(30_000, seed=3))
    whole, part = thresholds.make_decoy(genome, 10**9, 1), thresholds.make_decoy(genome, 60_000, 1)
    assert len(whole.base) == (genome.base != 4).sum()
    assert [c.length for c in part.contigs] == [int((genome.base[:50_000] != 4).sum()), 30_000]
    first, mine = genome.base[:50_000], whole.base[: whole.contigs[0].length]
    first = first[first != 4]
    np.testing.assert_array_equal(np.bincount(first[:-1] * 4 + first[1:]), np.bincount(mine[:-1] * 4 + mine[1:]))
    assert (first != mine).mean() > 0.5
    np.testing.assert_array_equal(thresholds.make_decoy(genome, 60_000, 1).base, part.base)
    assert not np.array_equal(thresholds.make_decoy(genome, 60_000, 2).base, part.base)
    assert thresholds.make_decoy(genome_of(np.full(50, 4, np.uint8)), 100, 1).base.size == 0
