"""The strands' correlation by distance: a shared element shows at its distance, a shared composition does not."""

import numpy as np

from headmotif.steps.heads import strand_correlation
from headmotif.steps.heads.strand_correlation import strands
from networks import genome_of, random_codes


def sigmoid(x):
    return (1 / (1 + np.exp(-x))).astype(np.float32)


def draw_rich_and_poor(n, rng):
    """Codes whose share of A and T changes every few hundred bases."""
    share = np.repeat(rng.uniform(0.2, 0.8, n // 400 + 1), 400)[:n]
    return np.where(rng.random(n) < share, rng.choice([0, 3], n), rng.choice([1, 2], n)).astype(np.uint8)


def measure_at_share(codes):
    return np.convolve(np.isin(codes, (0, 3)), np.ones(81) / 81, mode="same")


def test_composition_alone_is_taken_away_and_a_shared_element_is_not():
    rng = np.random.default_rng(0)
    n = 60_000
    codes = draw_rich_and_poor(n, rng)
    base = 6 * measure_at_share(codes)
    logit = np.stack([base, base]) + rng.normal(0, 0.3, (2, n)) - 8
    shared = rng.choice(np.arange(100, n - 100), 150, replace=False)
    logit[0, shared] += 6
    logit[1, shared - 18] += 6
    found = strands(sigmoid(logit), genome_of(codes), 60)
    at = {int(d): i for i, d in enumerate(found.distance_nt)}
    assert found.distance_nt[found.correlation_corrected.argmax()] == -18
    assert found.z[at[-18]] > 10
    assert found.pairs.argmax() == at[-18]
    assert found.pairs[at[-18]] > 100
    assert 0 < found.expected[0] < 1
    others = [i for d, i in at.items() if d != -18]
    assert found.correlation[others].min() > 0.5  # as it is, every distance looks alike
    assert np.abs(found.correlation_corrected[others]).max() < 0.1
    assert np.abs(found.z[others]).max() < 6


def test_strangers_are_strangers_over_contigs_with_gaps():
    rng = np.random.default_rng(1)
    genome = genome_of(random_codes(9000, gaps=3), random_codes(30), random_codes(8000, seed=2))
    p = sigmoid(rng.normal(-6, 1, (2, 17_030)))
    p[:, genome.base == 4] = np.nan
    found = strands(p, genome, 40)
    assert np.isfinite(found.correlation_corrected).all()
    assert np.abs(found.correlation_corrected).max() < 0.06
    assert abs(found.z.mean()) < 1


def test_distances_are_the_minus_strands_place_less_the_plus_strands():
    logit = np.full((2, 4000), -8.0) + np.random.default_rng(2).normal(0, 0.01, (2, 4000))
    logit[0, 1000] = logit[1, 1030] = 3
    found = strands(sigmoid(logit), genome_of(random_codes(4000)), 50)
    assert found.distance_nt[found.correlation.argmax()] == 30


def correlate_pair_by_pair(x, genome, distance):
    """The slow form: for each distance all pairs of positions that lie on one contig and are known."""
    found = []
    for d in distance.tolist():
        here, there = [], []
        for start, contig in zip(genome.start.tolist(), genome.contigs, strict=False):
            n = max(contig.length - abs(d), 0)
            here.append(x[0, start + max(-d, 0) :][:n])
            there.append(x[1, start + max(d, 0) :][:n])
        a, b = np.concatenate(here), np.concatenate(there)
        known = np.isfinite(a) & np.isfinite(b)
        enough = known.sum() > 2 and a[known].std() > 0 and b[known].std() > 0
        found.append(np.corrcoef(a[known], b[known])[0, 1] if enough else np.nan)
    return np.array(found)


def test_all_distances_at_once_are_those_one_by_one():
    rng = np.random.default_rng(3)
    lengths = (9000, 1, 30, 2000)
    genome = genome_of(*(random_codes(n, seed) for seed, n in enumerate(lengths)))
    x = rng.normal(-20, 5, (2, sum(lengths)))
    x[1] += np.roll(x[0], 7)
    x[:, 500:3000] = x[0, rng.integers(0, len(x[0]), 900)] = x[1, rng.integers(0, len(x[0]), 900)] = np.nan
    x[0, :3], x[1, 8997:9000] = rng.normal(size=(2, 3))
    distance = np.concatenate([np.arange(-40, 41), [-1700, 1999, 8997, 8998, 9500]])
    right = correlate_pair_by_pair(x, genome, distance)
    found = strand_correlation._correlate_by_distance(x, genome, distance)
    np.testing.assert_allclose(found, right, rtol=0, atol=1e-9)
    assert np.isnan(right[-3:]).tolist() == [False, True, True]  # three pairs, two, none
    assert right[47] > 0.6
    for row in (0, 1):
        flat = x.copy()
        flat[row, np.isfinite(x[row])] = -8.1  # a row that does not vary, or of which nothing is known
        assert np.isnan(strand_correlation._correlate_by_distance(flat, genome, distance)).all()
        flat[row] = np.nan
        assert np.isnan(strand_correlation._correlate_by_distance(flat, genome, distance)).all()
