"""Background positions: far from sites, alike in A and T, the same each time."""

import numpy as np
import pytest

from headmotif.alphabet import N
from headmotif.data import Contig, Genome, Sites
from headmotif.steps import background


def sites_of(contig, position, strand):
    n = len(position)
    return Sites(np.array(contig, np.int32), np.array(position, np.int64), np.array(strand, np.int8), np.arange(n, dtype=np.float32))


def striped(circular=False, seed=0):
    """Two contigs whose share of A and T goes up and down, some N, and sites where it is high."""
    rng = np.random.default_rng(seed)
    lengths = (40_000, 12_000)
    place = np.arange(sum(lengths))
    rich = 0.5 + 0.3 * np.sin(place / 400)
    codes = np.where(rng.random(len(place)) < rich, rng.choice([0, 3], len(place)), rng.choice([1, 2], len(place))).astype(np.uint8)
    codes[20_000:20_050] = N
    codes[rng.integers(0, len(codes), 300)] = N
    genome = Genome(tuple(Contig(f"c{i}", n, circular) for i, n in enumerate(lengths)), codes)
    at = np.sort(rng.choice(np.flatnonzero((rich > 0.6) & (codes != N)), 60, replace=False))
    contig = (at >= lengths[0]).astype(int)
    return genome, sites_of(contig, at - contig * lengths[0], rng.choice([-1, 1], len(at)))


def share_of_at(genome, sites):
    """From 60 before to 20 after each position on its strand, one at a time; linear contigs."""
    shares = []
    for contig, position, strand in zip(sites.contig, sites.position, sites.strand, strict=True):
        codes = genome.contig_bases(contig)
        around = [position + strand * d for d in range(-60, 21)]
        shares.append(sum(0 <= a < len(codes) and codes[a] in (0, 3) for a in around) / 81)
    return np.array(shares)


def distances(genome, sites, others, circular=False):
    """From each of `others` to the nearest site of its contig and strand."""
    found = np.full(len(others), np.inf)
    for i in range(len(others)):
        alike = (sites.contig == others.contig[i]) & (sites.strand == others.strand[i])
        apart = np.abs(sites.position[alike] - others.position[i]).astype(float)
        if circular:
            apart = np.minimum(apart, genome.contigs[others.contig[i]].length - apart)
        found[i] = apart.min(initial=np.inf)
    return found


def test_background_keeps_away_from_every_site_of_its_strand_and_from_n():
    genome, sites = striped()
    found = background.matched(genome, sites.take(np.arange(20)), sites, 500, 1)
    assert len(found) == pytest.approx(500, abs=10)
    assert distances(genome, sites, found).min() >= background.APART
    assert distances(genome, sites, found).min() <= background.APART + 20  # and no further than that
    place = genome.start[found.contig] + found.position
    assert (genome.base[place] != N).all()
    assert set(found.strand.tolist()) == {1, -1}
    assert set(found.contig.tolist()) == {0, 1}
    assert len({*zip(found.contig.tolist(), found.position.tolist(), found.strand.tolist(), strict=True)}) == len(found)
    assert np.isnan(found.strength).all()


def test_the_other_strand_of_a_site_may_be_background():
    genome, sites = striped()
    found = background.matched(genome, sites, sites, 2000, 1)
    flipped = Sites(found.contig, found.position, -found.strand, found.strength)
    assert distances(genome, sites, flipped).min() < background.APART


def test_background_keeps_away_from_sites_across_the_origin_of_a_circle():
    genome, _ = striped(circular=True)
    sites = sites_of([0, 0], [2, 39_998], [1, -1])
    found = background.matched(genome, sites, sites, 1_000_000, 1)
    assert len(found) > 10_000
    assert distances(genome, sites, found, circular=True).min() >= background.APART


def test_the_share_of_a_and_t_is_that_of_the_sites():
    genome, sites = striped()
    found = background.matched(genome, sites, sites, 600, 3)
    ours, theirs = share_of_at(genome, sites), share_of_at(genome, found)
    rng = np.random.default_rng(0)
    anywhere = share_of_at(genome, sites_of([0] * 500, rng.integers(0, 40_000, 500), rng.choice([-1, 1], 500)))
    for quantile in (0.1, 0.5, 0.9):
        assert np.quantile(theirs, quantile) == pytest.approx(np.quantile(ours, quantile), abs=0.03)
    assert np.median(anywhere) < np.median(ours) - 0.1  # which unmatched positions would not have


def test_the_same_seed_draws_the_same_and_another_does_not():
    genome, sites = striped()
    first, again, other = (background.matched(genome, sites, sites, 100, seed) for seed in (1, 1, 2))
    for name in ("contig", "position", "strand"):
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name))
    assert not np.array_equal(first.position, other.position)


def test_a_genome_without_room_gives_what_it_has():
    genome, sites = striped()
    crowd = sites_of([0] * 400 + [1] * 120, [*range(0, 40_000, 100), *range(0, 12_000, 100)], [1] * 520)
    found = background.matched(genome, sites, crowd, 50, 1)
    assert 0 < len(found) <= 60
    assert (found.strand == -1).all()
    both = sites_of(np.tile(crowd.contig, 2), np.tile(crowd.position, 2), np.repeat([1, -1], 520))
    assert len(background.matched(genome, sites, both, 50, 1)) == 0
    assert len(background.matched(genome, sites, sites, 0, 1)) == 0


def test_sites_come_before_background_and_are_marked():
    genome, sites = striped()
    others = background.matched(genome, sites, sites, 30, 1)
    both, is_site = background.joined(sites, others)
    assert is_site.tolist() == [True] * len(sites) + [False] * len(others)
    for name in ("contig", "position", "strand", "strength"):
        np.testing.assert_array_equal(getattr(both.take(is_site), name), getattr(sites, name))
        np.testing.assert_array_equal(getattr(both.take(~is_site), name), getattr(others, name))
        assert getattr(both, name).dtype == getattr(sites, name).dtype
