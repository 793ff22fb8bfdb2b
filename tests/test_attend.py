"""Where heads look, for chosen positions; and background positions: far from sites in A and T, the same each time."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from headmotif.alphabet import N, reverse_complement
from headmotif.data import BACKGROUND, SHUFFLED, SITE, Contig, Genome, Sites
from headmotif.steps.attention import queries
from headmotif.steps.attention import record as attend
from headmotif.steps.network import annotate
from networks import CPU, PRECISIONS, READER, WITH_HEADS, assert_near, genome_of, network, random_codes, tolerance

pytestmark = pytest.mark.usefixtures("one_thread")


def sites_of(contig, position, strand):
    n = len(position)
    return Sites(
        np.array(contig, np.int32),
        np.array(position, np.int64),
        np.array(strand, np.int8),
        np.arange(n, dtype=np.float32),
    )


def make_striped(circular=False, seed=0):
    """Two contigs whose share of A and T goes up and down, some N, and sites where it is high."""
    rng = np.random.default_rng(seed)
    lengths = (40_000, 12_000)
    place = np.arange(sum(lengths))
    rich = 0.5 + 0.3 * np.sin(place / 400)
    codes = np.where(
        rng.random(len(place)) < rich, rng.choice([0, 3], len(place)), rng.choice([1, 2], len(place))
    ).astype(np.uint8)
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
    genome, sites = make_striped()
    found = queries.draw_matched(genome, sites.take(np.arange(20)), sites, 500, 1)
    assert len(found) == pytest.approx(500, abs=10)
    assert distances(genome, sites, found).min() >= queries.APART
    assert distances(genome, sites, found).min() <= queries.APART + 20  # and no further than that
    place = genome.start[found.contig] + found.position
    assert (genome.base[place] != N).all()
    assert set(found.strand.tolist()) == {1, -1}
    assert set(found.contig.tolist()) == {0, 1}
    assert len({*zip(found.contig.tolist(), found.position.tolist(), found.strand.tolist(), strict=True)}) == len(found)
    assert np.isnan(found.strength).all()


def test_the_other_strand_of_a_site_may_be_background():
    genome, sites = make_striped()
    found = queries.draw_matched(genome, sites, sites, 2000, 1)
    flipped = Sites(found.contig, found.position, -found.strand, found.strength)
    assert distances(genome, sites, flipped).min() < queries.APART


def test_background_keeps_away_from_sites_across_the_origin_of_a_circle():
    genome, _ = make_striped(circular=True)
    sites = sites_of([0, 0], [2, 39_998], [1, -1])
    found = queries.draw_matched(genome, sites, sites, 1_000_000, 1)
    assert len(found) > 10_000
    assert distances(genome, sites, found, circular=True).min() >= queries.APART


def test_the_share_of_a_and_t_is_that_of_the_sites():
    genome, sites = make_striped()
    found = queries.draw_matched(genome, sites, sites, 600, 3)
    ours, theirs = share_of_at(genome, sites), share_of_at(genome, found)
    rng = np.random.default_rng(0)
    anywhere = share_of_at(genome, sites_of([0] * 500, rng.integers(0, 40_000, 500), rng.choice([-1, 1], 500)))
    for quantile in (0.1, 0.5, 0.9):
        assert np.quantile(theirs, quantile) == pytest.approx(np.quantile(ours, quantile), abs=0.03)
    assert np.median(anywhere) < np.median(ours) - 0.1  # which unmatched positions would not have


def test_the_same_seed_draws_the_same_and_another_does_not():
    genome, sites = make_striped()
    first, again, other = (queries.draw_matched(genome, sites, sites, 100, seed) for seed in (1, 1, 2))
    for name in ("contig", "position", "strand"):
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name))
    assert not np.array_equal(first.position, other.position)


def test_a_genome_without_room_gives_what_it_has():
    genome, sites = make_striped()
    crowd = sites_of([0] * 400 + [1] * 120, [*range(0, 40_000, 100), *range(0, 12_000, 100)], [1] * 520)
    found = queries.draw_matched(genome, sites, crowd, 50, 1)
    assert 0 < len(found) <= 60
    assert (found.strand == -1).all()
    both = sites_of(np.tile(crowd.contig, 2), np.tile(crowd.position, 2), np.repeat([1, -1], 520))
    assert len(queries.draw_matched(genome, sites, both, 50, 1)) == 0
    assert len(queries.draw_matched(genome, sites, sites, 0, 1)) == 0


def test_sites_come_before_background_and_are_marked():
    genome, sites = make_striped()
    others = queries.draw_matched(genome, sites, sites, 30, 1)
    both, kind = queries.concatenate(sites, others)
    assert kind.tolist() == [SITE] * len(sites) + [BACKGROUND] * len(others)
    is_site = kind == SITE
    for name in ("contig", "position", "strand", "strength"):
        np.testing.assert_array_equal(getattr(both.take(is_site), name), getattr(sites, name))
        np.testing.assert_array_equal(getattr(both.take(~is_site), name), getattr(others, name))
        assert getattr(both, name).dtype == getattr(sites, name).dtype


def record_all(net, genome, sites, compute=CPU, chosen=None):
    """All blocks joined."""
    blocks = list(attend.attend(net, genome, sites, np.ones(len(sites), np.uint8), compute, chosen=chosen))
    return {name: np.concatenate([b[name] for b in blocks]) for name in blocks[0]}


@WITH_HEADS
def test_keys_are_those_that_the_network_names(config):
    net = network(config)
    offset, reach = attend.keys_of(net)
    np.testing.assert_array_equal(offset, net.keys)
    assert reach == tuple(max(before, after) for before, after in net.reach)
    assert all(isinstance(r, int) for r in reach)


@WITH_HEADS
def test_keys_off_a_contig_are_not_numbers_and_keys_on_n_have_no_weight(config):
    net, codes = network(config), random_codes(200)
    codes[95] = N
    seen = record_all(net, genome_of(codes), sites_of([0] * 4, [100, 2, 199, 199], [1, 1, -1, 1]))
    for row, (place, length) in enumerate(((100, 200), (2, 200), (0, 200), (199, 200))):  # places along the strand
        missing = (net.keys < -place) | (net.keys >= length - place)
        for name in ("weight", "norm"):
            np.testing.assert_array_equal(np.isnan(seen[name][row]), np.broadcast_to(missing, seen[name][row].shape))
        assert row == 0 or missing.any() or net.keys.max() <= 0
    assert bool((seen["weight"][0][:, :, net.keys == -5] == 0).all())
    assert bool((seen["norm"][0][:, :, net.keys == -5] == 0).all())
    assert bool((seen["weight"][0][:, :, (net.keys != -5) & (abs(net.keys) < 10)] > 0).all())
    assert not np.isnan(seen["none"]).any()


@WITH_HEADS
@PRECISIONS
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_recorded_queries_have_the_probability_of_the_annotation(monkeypatch, config, compute, size):
    monkeypatch.setattr(attend, "block_size", lambda net: size)
    net, genome = network(config), genome_of(random_codes(300), random_codes(80, 1))
    rng = np.random.default_rng(0)
    sites = sites_of(rng.integers(0, 2, 20), rng.integers(0, 80, 20), rng.choice([-1, 1], 20))
    kind = rng.integers(0, 3, 20).astype(np.uint8)
    told = []
    blocks = list(attend.attend(net, genome, sites, kind, compute, told.append))
    seen = {name: np.concatenate([b[name] for b in blocks]) for name in blocks[0]}
    p = annotate.annotate(net, genome, compute)
    row = (sites.strand < 0).astype(int)
    assert_near(seen["probability"], p[0, row, genome.start[sites.contig] + sites.position], tolerance(config, compute))
    assert told == [min(n, 20) for n in range(size, 20 + size, size)]
    for name, right in (
        ("contig", sites.contig),
        ("position", sites.position),
        ("strand", sites.strand),
        ("kind", kind),
    ):
        np.testing.assert_array_equal(seen[name], right)
    types = {"contig": "i4", "position": "i8", "strand": "i1", "kind": "u1", "probability": "f4"}
    for name, array in seen.items():
        assert array.dtype == np.dtype(types.get(name, "f2")), name


@WITH_HEADS
@pytest.mark.parametrize("size", [1, 7])
def test_the_number_of_queries_at_a_time_changes_nothing(monkeypatch, config, size):
    net, genome = network(config), genome_of(random_codes(400, gaps=2))
    sites = sites_of([0] * 20, np.arange(0, 400, 20), [1, -1] * 10)
    whole = record_all(net, genome, sites)
    monkeypatch.setattr(attend, "block_size", lambda net: size)
    for name, values in record_all(net, genome, sites).items():
        assert_near(values, whole[name], 1e-3)


@WITH_HEADS
def test_each_row_is_what_the_network_records_in_a_whole_stretch(config):
    """A query alone with its halo sees what it sees among the others."""
    net, codes = network(config), random_codes(500)
    length, record = len(codes) - net.before - net.after, []
    with torch.inference_mode():
        net(torch.from_numpy(codes)[None], record)
    seen = record_all(
        net, genome_of(codes), sites_of([0] * length, np.arange(net.before, net.before + length), [1] * length)
    )
    for number, name in enumerate(("weight", "norm", "none")):
        right = np.stack([layer[number][0].numpy() for layer in record], 1)  # (length, layers, heads, keys)
        np.testing.assert_allclose(seen[name].astype(np.float32), right, atol=1e-4, rtol=2e-3)


@WITH_HEADS
@pytest.mark.parametrize("circular", [False, True], ids=["linear", "circular"])
def test_the_reverse_complement_looks_at_the_same_keys(config, circular):
    net, codes = network(config), random_codes(200, gaps=2)
    sites = sites_of([0] * 6, [0, 5, 100, 130, 150, 199], [1, -1, 1, -1, 1, -1])
    mirrored = sites_of([0] * 6, 199 - sites.position, -sites.strand)
    here = record_all(net, genome_of(codes, circular=circular), sites)
    there = record_all(net, genome_of(reverse_complement(codes), circular=circular), mirrored)
    for name in ("weight", "norm", "none", "probability"):
        assert_near(here[name], there[name], 1e-3)


@WITH_HEADS
def test_keys_around_a_circles_origin_are_read_at_its_other_end(config):
    net, codes = network(config), random_codes(120)
    site = sites_of([0], [1], [1])
    moved = replace(site, position=np.array([61]))
    here = record_all(net, genome_of(codes, circular=True), site)
    there = record_all(net, genome_of(np.roll(codes, 60), circular=True), moved)
    assert not np.isnan(here["weight"]).any()
    assert_near(here["weight"], there["weight"], 1e-3)
    assert_near(here["norm"], there["norm"], 1e-3)


@WITH_HEADS
def test_queries_far_apart_and_near_each_other_are_all_in_their_rows(monkeypatch, config):
    """In any order, twice the same, on both strands, at both ends; whether they share stretches and batches or not."""
    net, genome = network(config), genome_of(random_codes(900, gaps=3), random_codes(70, 1))
    rng = np.random.default_rng(0)
    place = np.concatenate([rng.integers(0, 900, 30), rng.integers(400, 440, 30), [0, 899, 7, 7]])
    sites = sites_of(np.repeat([0, 1], [64, 10]), [*place, *rng.integers(0, 70, 10)], rng.choice([-1, 1], 74))
    alone = [record_all(net, genome, sites.take(np.array([i]))) for i in range(74)]
    for room in (attend.ROOM, 2000 * 40, 1):
        monkeypatch.setattr(attend, "ROOM", room)
        for name, values in record_all(net, genome, sites).items():
            assert_near(values, np.concatenate([one[name] for one in alone]), 1e-3)


@WITH_HEADS
def test_queries_near_each_other_share_a_stretch(monkeypatch, config):
    net, genome = network(config), genome_of(random_codes(3000))
    shapes, forward = [], net.forward
    monkeypatch.setattr(
        net, "forward", lambda codes, record: shapes.append(tuple(codes.shape)) or forward(codes, record)
    )
    halo = net.before + net.after
    for distance, together in ((attend.choose_join_distance(net), True), (attend.choose_join_distance(net) + 1, False)):
        shapes.clear()
        record_all(net, genome, sites_of([0] * 5, 1000 + distance * np.arange(5), [1, 1, 1, 1, 1]))
        assert shapes == ([(1, halo + 4 * distance + 1)] if together else [(5, halo + 1)])
    shapes.clear()
    record_all(net, genome, sites_of([0] * 2, [1000, 1000], [1, -1]))
    assert shapes == [(2, halo + 1)]


@WITH_HEADS
@pytest.mark.parametrize("joined", [0, 100])
def test_no_more_is_held_than_there_is_room_for(monkeypatch, config, joined):
    monkeypatch.setattr(attend, "choose_join_distance", lambda net: joined)
    net, genome = network(config), genome_of(random_codes(3000))
    each = 8 * config.heads * len(net.keys)  # bytes of one position and layer
    monkeypatch.setattr(attend, "ROOM", 60 * each)
    assert attend.block_size(net) == 60 // config.layers
    held, forward, halo = [], net.forward, net.before + net.after
    monkeypatch.setattr(
        net, "forward", lambda codes, record: held.append(codes[:, halo:].numel()) or forward(codes, record)
    )
    sites = sites_of([0] * 200, np.random.default_rng(0).integers(0, 3000, 200), [1] * 200)
    blocks = attend.attend(net, genome, sites, np.ones(200, bool), CPU)
    assert max(len(b["position"]) for b in blocks) == 60 // config.layers
    assert max(held) <= 60
    monkeypatch.setattr(attend, "ROOM", 1)
    assert attend.block_size(net) == 1


def test_no_queries_are_no_blocks():
    assert (
        list(attend.attend(network(READER), genome_of(random_codes(50)), sites_of([], [], []), np.zeros(0, bool), CPU))
        == []
    )


@WITH_HEADS
def test_chosen_layers_and_heads_are_those_of_all(config):
    net, genome = network(config), genome_of(random_codes(400))
    sites = sites_of([0, 0], [100, 250], [1, -1])
    whole = record_all(net, genome, sites)
    some = record_all(net, genome, sites, chosen=attend.Chosen((1,), (0, 1)))
    for name in ("weight", "norm", "none"):
        np.testing.assert_array_equal(some[name], whole[name][:, [1]][:, :, [0, 1]])
    np.testing.assert_array_equal(some["probability"], whole["probability"])


def test_the_strongest_keys_are_the_strongest():
    net, genome = network(READER), genome_of(random_codes(300))
    whole = record_all(net, genome, sites_of([0, 0], [3, 150], [1, 1]))
    thin = attend.keep_top_keys(whole, 20)
    assert (thin["key"].dtype, thin["key"].shape) == (np.int16, (2, 2, 2, 20))
    for at in np.ndindex(2, 2, 2):
        there = thin["key"][at] >= 0
        assert there.sum() == min(20, np.isfinite(whole["weight"][at]).sum())
        assert np.isnan(thin["weight"][at][~there]).all()
        for name in ("weight", "norm"):
            np.testing.assert_array_equal(thin[name][at][there], whole[name][at][thin["key"][at][there]])
        kept = thin["weight"][at][there]
        assert (np.diff(kept) <= 0).all()
        assert kept[-1] >= np.nanmax(np.delete(whole["weight"][at], thin["key"][at][there]), initial=0)


@WITH_HEADS
def test_shuffled_sites_are_at_the_sites_places_and_see_shuffled_bases(config):
    net, genome = network(config), genome_of(random_codes(600), circular=True)
    sites = sites_of([0] * 5, [3, 100, 200, 300, 590], [1, -1, 1, 1, -1])
    look = attend.make_shuffled_look(net, genome, sites, 3, 1)
    assert len(look.queries) == 3
    assert (look.said["kind"] == SHUFFLED).all()
    assert set(look.said["position"]) < set(sites.position)
    found = np.concatenate([b["weight"] for b in attend.attend_each(net, [look], CPU)])
    assert np.isfinite(found).all()
    [row] = np.flatnonzero(sites.position == look.said["position"][0])
    plain = record_all(net, genome, sites.take(slice(row, row + 1)))
    assert not np.array_equal(found[0], plain["weight"][0])


def test_looks_follow_each_other_and_can_be_gone_on_with(monkeypatch):
    net, genome = network(READER), genome_of(random_codes(600), circular=True)
    sites = sites_of([0] * 7, [3, 100, 200, 300, 400, 500, 590], [1, -1, 1, 1, -1, 1, 1])
    monkeypatch.setattr(attend, "block_size", lambda _net: 3)
    looks = [
        attend.Look(genome, sites, attend.describe_queries(sites, SITE)),
        attend.make_shuffled_look(net, genome, sites, 4, 1),
    ]
    told = []
    whole = list(attend.attend_each(net, looks, CPU, told.append))
    assert [len(b["kind"]) for b in whole] == [3, 3, 1, 3, 1]
    assert told == [3, 6, 7, 10, 11]
    for skipped, first in enumerate([0, 3, 6, 7, 10, 11]):
        rest = list(attend.attend_each(net, looks, CPU, first=first))
        assert len(rest) == len(whole) - skipped
        for one, other in zip(rest, whole[skipped:], strict=True):
            assert all(np.array_equal(one[name], other[name], equal_nan=name in ("weight", "norm")) for name in one)


def test_anywhere_and_everywhere_are_no_n():
    genome = genome_of(random_codes(50, gaps=3), random_codes(20, seed=1))
    free = int((genome.base != N).sum())
    for found, number in ((queries.list_positions(genome), 2 * free), (queries.draw_positions(genome, 30, 1), 30)):
        at = genome.start[found.contig] + found.position
        assert (genome.base[at] != N).all()
        assert len({*zip(at.tolist(), found.strand.tolist(), strict=True)}) == len(found) == number
    assert not np.array_equal(found.position, queries.draw_positions(genome, 30, 2).position)
    assert len(queries.draw_positions(genome, 1000, 1)) == 2 * free
