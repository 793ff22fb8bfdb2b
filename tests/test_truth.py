"""benchmarks/truth.py's parts: rivals on a network whose logit is known, windows at equal output, the true matrix at
the known place."""

import sys
from pathlib import Path

import numpy as np
import pytest
import torch

import networks
from networks import CPU, genome_of, network, random_codes

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "benchmarks"))

import recovery
import rivals
import strongest
import truth_table

from headmotif.data import Regions, Sites


def sites_of(position, strand):
    n = len(position)
    return Sites(np.zeros(n, np.int32), np.array(position), np.array(strand, np.int8), np.zeros(n, np.float32))


def test_gradients_go_with_mutagenesis():
    for preset in ("default", "wide", "cnn"):
        net = network(networks.SMALL[preset])
        genome = genome_of(random_codes(400), circular=True)
        sites = sites_of([200, 150], [1, -1])
        span = min(net.before, net.after, 90)
        rivals.SPAN, before = span, rivals.SPAN
        try:
            found = rivals.gradient(net, genome, sites, CPU)
            mutated = rivals.mutagenesis(net, genome, sites, CPU)
        finally:
            rivals.SPAN = before
        assert found.shape == mutated.shape == (2, 2 * span + 1)
        assert (
            np.corrcoef(found.ravel(), mutated.ravel())[0, 1] > 0.3
        )  # a slope and a step are not the same, but go together
        assert np.abs(found).max() > 0


def test_mutagenesis_is_the_mean_over_the_other_bases():
    net = network(networks.READER)
    genome = genome_of(random_codes(300), circular=True)
    rivals.SPAN, before = 6, rivals.SPAN
    try:
        [found] = rivals.mutagenesis(net, genome, sites_of([100], [1]), CPU)
    finally:
        rivals.SPAN = before
    codes = genome.base.copy()

    def logit(base):
        window = np.take(base, np.arange(100 - net.before, 101 + net.after), mode="wrap")
        with torch.inference_mode():
            return float(net(torch.from_numpy(window[None]))[0, 0, 0])

    for column in (0, 5, 6, 12):
        at = 100 - 6 + column
        others = []
        for turn in (1, 2, 3):
            other = codes.copy()
            other[at] = (other[at] + turn) % 4
            others.append(logit(other))
        assert abs(found[column] - (logit(codes) - np.mean(others))) < 1e-4


def test_windows_are_the_best_apart_and_as_many_as_asked():
    track = np.zeros((2, 181))
    track[0, 80:86] = 1  # -10 to -5
    track[0, 20:26] = 0.5
    track[1, 100:106] = 0.8
    sites = sites_of([1000, 500], [1, -1])
    found = rivals.windows_of(track, sites, ("c",), 6, 3)
    rows = sorted(
        zip(found.site.tolist(), found.start.tolist(), found.end.tolist(), found.offset.tolist(), strict=True)
    )
    assert rows == [(500, 485, 491, 12), (1000, 930, 936, -68), (1000, 990, 996, -8)]


def test_words_tell_where_a_planted_word_lies():
    codes = random_codes(120_000)
    position = np.arange(200, 119_600, 400)
    for at in position:
        codes[at - 12 : at - 6] = [3, 0, 3, 0, 0, 3]
    genome = genome_of(codes)
    sites = sites_of(position, np.ones(len(position)))
    chance = sites_of(position[:-1] + 200, np.ones(len(position) - 1))
    track = rivals.word_track(genome, sites.take(np.arange(200)), chance, sites.take(np.arange(200, len(position))))
    assert (
        track.argmax(axis=1) == rivals.SPAN - 10
    ).mean() > 0.9  # the word's middle, (6 - 1) // 2 behind its first base at -12


def test_the_true_matrix_points_at_the_planted_word_on_either_strand():
    codes = random_codes(3000)
    matrix = np.full((6, 4), 0.01)
    matrix[np.arange(6), [3, 3, 2, 0, 1, 0]] = 0.97
    codes[960:966] = [3, 3, 2, 0, 1, 0]
    codes[2034:2040] = [3, 2, 3, 1, 0, 0]  # TTGACA on the other strand
    genome = genome_of(codes)
    found, bits = rivals.true_matrix(genome, sites_of([1000, 2000], [1, -1]), matrix, range(-45, -30), False, 6)
    rows = sorted(
        zip(found.site.tolist(), found.start.tolist(), found.end.tolist(), found.offset.tolist(), strict=True)
    )
    assert rows == [(1000, 960, 966, -38), (2000, 2034, 2040, -37)]
    assert bits.min() > 10


def regions_of(rows):
    """Regions on the + strand of one contig from (site, start, end, head, q, weight); the distance points at the
    middle."""
    site, start, end, head, q, weight = (np.array(column) for column in zip(*rows, strict=True))
    n = len(site)
    sign, distance = np.ones(n, np.int8), (start + end - 1) // 2 - site
    return Regions(
        ("c",), np.zeros(n, np.int32), start, end, head.astype(str), sign, weight.astype(float), distance, site, q, q
    )


def test_half_of_the_shorter_counts_as_found():
    element = regions_of([(100, 50, 72, "CRP", 0, 1)])
    key = regions_of(
        [(100, at, at + 11, "L1H1", 0, 1) for at in (44, 45, 50, 66, 67)]
    )  # shares 5, 6, 11, 6 and 5 bases with it
    assert recovery.find_covered(key, element)[:, 0].tolist() == [False, True, True, True, False]
    box = regions_of([(100, 87, 93, "-10", 0, 1)])
    near = regions_of([(100, at, at + 11, "L1H1", 0, 1) for at in (78, 79, 80)])
    assert recovery.find_covered(near, box)[:, 0].tolist() == [False, True, True]
    assert not recovery.find_covered(regions_of([(104, 85, 96, "L1H1", 0, 1)]), box).any()  # of another site


def test_the_reading_is_the_one_that_finds_most_with_least_beside_it():
    sites = np.arange(40) * 300 + 500
    boxes = regions_of([(s, s - 13, s - 7, "-10", 0, 1) for s in sites])
    right = [(s, s - 15, s - 4, "L1H1", 0.15, 1) for s in sites]
    doubtful = [(s, s - 60, s - 49, "L1H1", 0.4, 1) for s in sites]
    elsewhere = [(s, s + 20, s + 31, "L1H1", 0.1, 1) for s in sites[:30]]
    half = [(s, s - 15, s - 4, "L1H2", 0.01, 1) for s in sites[:30]]
    found = regions_of(right + doubtful + elsewhere + half)
    whole = recovery.choose_reading(found, boxes, (0.2,), False)
    assert (whole.head, whole.distances) == ("L1H2", None)  # 30 + 30 right in 40 + 30, L1H1 has 40 + 40 in 40 + 70
    some = recovery.choose_reading(found, boxes, recovery.LIMITS, True)
    assert (some.head, some.limit, some.distances) == ("L1H1", 0.2, (-11, -10, -9))
    assert recovery.counts(some.select(found), boxes, 0) == recovery.Counts(40, 40, 40, 40, 40, 40)
    assert recovery.choose_reading(regions_of(doubtful), boxes, (0.5,), True) is None


def test_the_bound_is_the_largest_recall_of_any_number_that_keeps_the_precision():
    rng = np.random.default_rng(7)
    sites = np.arange(60) * 300 + 500
    boxes = regions_of([(s, s - 13, s - 7, "-10", 0, 1) for s in sites[::2]])
    places = zip(rng.permutation(sites), rng.integers(-9, 9, 60), strict=True)
    ranked = regions_of([(s, s - 15 + d, s - 4 + d, "true", 0, 1) for s, d in places])
    for precision in (0.0, 0.2, 0.35, 0.5, 0.9, 1.0):
        for what, hit, right in (("found", "found", "finding"), ("placed", "placed", "placing")):
            each = [recovery.counts(ranked.take(np.arange(n)), boxes, 0) for n in range(1, 61)]
            kept = [getattr(one, hit) for n, one in enumerate(each, 1) if getattr(one, right) >= precision * n]
            assert recovery.find_bound(ranked, boxes, precision, what) == max(kept, default=0)


def test_a_factors_places_are_elements_of_their_own():
    pieces = regions_of([(500, 428, 450, "CRP", 0, 1), (900, 848, 870, "CRP", 0, 1), (1300, 1248, 1270, "FNR", 0, 1)])
    found = {element.name: element.select(pieces).site.tolist() for element in recovery.ALONE}
    assert found["CRP at -61.5"] == [500]
    assert found["CRP at -41.5"] == [900]
    assert found["FNR at -41.5"] == [1300]
    calls = regions_of([(9, 1, 7, "a", 0, 0.5), (9, 3, 9, "b", 0, 0.9), (5, 1, 7, "a", 0, 0.1)])
    assert recovery.choose_one_per_site(calls).head.tolist() == ["b", "a"]


def test_a_piece_drawn_anew_costs_what_the_network_gives_for_it():
    net = network(networks.READER)
    genome = genome_of(random_codes(3000))
    sites = sites_of([1000, 2000], [1, -1])
    pieces = Regions(
        ("c",), np.zeros(2, np.int32), np.array([985, 2010]), np.array([995, 2020]), np.array(["F", "F"]),
        np.array([1, -1], np.int8),
        np.ones(2), np.array([-11, -14]), np.array([1001, 2000]), np.zeros(2), np.zeros(2),
    )  # fmt: skip
    beside = Regions(
        ("c",), np.zeros(1, np.int32), np.array([985]), np.array([995]), np.array(["-10"]), np.array([1], np.int8),
        np.ones(1), np.array([-11]), np.array([1001]), np.zeros(1), np.zeros(1),
    )  # fmt: skip
    free = rivals.redraw_pieces(net, genome, sites, pieces, pieces, 2, CPU)
    assert (np.abs(free) > 1e-6).all()
    covered = rivals.redraw_pieces(net, genome, sites, pieces, beside, 2, CPU)
    assert covered[0] == 0  # every base of it belongs to another piece
    assert covered[1] == pytest.approx(free[1], abs=1e-4)


def test_the_tables_add_up_seeds():
    def make_row(way, element="-10", **numbers):
        plain = dict.fromkeys(("found", "placed", "finding", "placing", "bound_found", "bound_placed"), -1)
        return {
            "kind": "k",
            "element": element,
            "way": way,
            "elements": 0,
            "regions": 0,
            **plain,
            "lost": 0.0,
            **numbers,
        }

    rows = [
        make_row(
            truth_table.ALL,
            elements=10,
            found=9,
            placed=5,
            regions=12,
            finding=9,
            placing=6,
            bound_found=10,
            bound_placed=5,
        ),
        make_row(
            truth_table.ALL,
            elements=30,
            found=11,
            placed=5,
            regions=8,
            finding=6,
            placing=4,
            bound_found=10,
            bound_placed=5,
        ),
        make_row("window at every site", elements=10, found=10, placed=1, regions=20, finding=10, placing=1),
        make_row(truth_table.LOST, elements=10, lost=2.0),
        make_row(truth_table.LOST, elements=30, lost=1.0),
        make_row(f"{truth_table.PLACES_NAMED} 0.05", "factors", regions=8, finding=6),
    ]
    lines = truth_table.summary(rows).splitlines()
    assert "| k | -10 | 0.50, 0.75; 1.00 of the bound |  |  |  |  |  |  |  |  | 1.00, 0.50 |" in lines
    assert "| k | -10 | 0.25, 0.50; 1.00 of the bound |  |  |  |  |  |  |  |  | 0.10, 0.05 |" in lines
    assert "| k | -10 |  |  |  |  | 1.25 (40) |" in lines
    assert "k, places named with q of at most 0.05: 6 of 8 by a factor that was planted" in lines


def test_a_share_of_the_bound_says_of_how_many_networks_it_is():
    called = {
        "elements": 10,
        "found": 6,
        "regions": 8,
        "finding": 6,
        "bound_found": 8,
        "placed": -1,
        "placing": -1,
        "bound_placed": -1,
    }
    silent = called | {"found": 0, "regions": 0, "finding": 0, "bound_found": -1}
    rows = [
        {"kind": "large", "element": "LexA", "way": way, "lost": 1.0, **one}
        for one in (called, silent)
        for way in (truth_table.NAMED_SO, truth_table.LOST)
    ]
    [line] = [line for line in truth_table.summary(rows).splitlines() if line.startswith("| large | LexA")]
    assert "| 0.30, 0.75; 0.75 of the bound of 1 of 2 networks |" in line


def test_regions_are_ranked_by_a_value_of_their_site():
    at = sites_of([100, 300, 500], [1, -1, 1])
    mine = rivals.regions(at, ("c",), np.full(3, -12), 17)
    found = strongest.rank(mine, strongest.map_values(at.position, at.strand, np.array([0.1, 0.9, 0.5])))
    np.testing.assert_allclose(found.p, [1, 1 / 3, 2 / 3])
    np.testing.assert_array_equal(found.start, mine.start)
