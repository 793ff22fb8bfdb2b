"""Which local maxima become calls."""

import numpy as np
import pytest

from headmotif.data import Asked, Contig, Contigs, Sites
from headmotif.steps.calling import no_calls, thresholds
from headmotif.steps.statistics.limits import round_up
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


def asked(threshold=0.95, fdr=None, shuffled=False):
    return Asked(0, "tss", threshold, None, fdr, shuffled, 3, 1)


@pytest.mark.parametrize(
    ("p", "threshold", "said"),
    [
        ([0.2, 0.8609, 0.5], 0.95, "the highest P is 0.8609, below the threshold of 0.95; --threshold 0.8609 gives 1 "
         "call, --top 3 gives the 3 best"),
        ([0.25, 0.25], 0.3, "the highest P is 0.25, below the threshold of 0.3; --threshold 0.25 gives 2 calls, "
         "--top 2 gives the 2 best"),
        ([1.5e-05], 0.21, "the highest P is 1.5e-05, below the threshold of 0.21; --threshold 1.5e-05 gives 1 call, "
         "--top 1 gives it"),
        ([], 0.21, "no position has a higher P than those beside it; all bases are N, or P is the same everywhere"),
    ],
)  # fmt: skip
def test_no_call_above_a_threshold_is_explained(p, threshold, said):
    assert no_calls.explain_no_calls(sites(p), asked(threshold), None) == f"no calls: {said}"


@pytest.mark.parametrize(
    ("share", "shuffled", "said"),
    [
        ([0.1391, 0.4, 0.6], False, "is 0.14; --fdr 0.14 gives 1 call; --top 3 gives the 3 best"),
        ([0.3012] * 12 + [0.4] * 8, True, "is 0.3; --fdr 0.31 --fdr-from shuffled gives 12 calls; --top 10 gives the "
         "10 best"),
        ([0.98] * 4, True, "is 0.98, with 4 calls: the shuffled genome has about as many at any P; --fdr-from "
         "probability takes the share from P; --top 4 gives the 4 best"),
    ],
)  # fmt: skip
def test_no_call_within_a_false_discovery_rate_is_explained(share, shuffled, said):
    share = np.array(share, np.float32)
    told = no_calls.explain_no_calls(sites(1 - share), asked(fdr=0.1, shuffled=shuffled), share)
    assert told == f"no calls: the lowest share of false calls to be had here {said}"


def test_a_limit_is_rounded_up_so_that_the_value_passes_it():
    values = np.random.default_rng(4).random(300) ** 4
    limits = [round_up(value) for value in values.tolist()]
    assert all(value <= limit <= value * 1.1 for value, limit in zip(values, limits, strict=True))
    assert [f"{limit:.2g}" for limit in limits] == [f"{float(f'{limit:.2g}'):.2g}" for limit in limits]
    assert [round_up(value) for value in (0.0, 0.31, 0.311, 0.999, 1.0, 12.1)] == [0.0, 0.31, 0.32, 1.0, 1.0, 13.0]
    with pytest.raises(ValueError, match="cannot be a limit"):
        round_up(float("nan"))
