"""Recall, precision and the fixed-distance baseline on cases worked out by hand."""

import numpy as np
import pytest

from headmotif.data import Regions, Sites
from headmotif.steps.simulation.recovery import ALL, recover


def regions(*rows):
    """Rows of start, end, name, strand, site on one contig."""
    start, end, name, strand, site = zip(*rows, strict=True) if rows else ((),) * 5
    n = len(rows)
    ints = [np.array(c, np.int64) for c in (start, end, site)]
    nan = np.full(n, np.nan)
    head, sign, zero = np.array(name, str), np.array(strand, np.int8), np.zeros(n, np.int64)
    return Regions(("c",), np.zeros(n, np.int32), ints[0], ints[1], head, sign, np.ones(n), zero, ints[2], nan, nan)


def sites(*rows):
    position, strand = zip(*rows, strict=True)
    n = len(rows)
    return Sites(
        np.zeros(n, np.int32), np.array(position, np.int64), np.array(strand, np.int8), np.full(n, np.nan, np.float32)
    )


def row(table, name, head):
    [found] = [r for r in table if (r.name, r.head) == (name, head)]
    return found


def test_half_of_a_piece_is_enough_and_less_is_not():
    truth = regions((88, 94, "-10", 1, 100), (207, 213, "-10", -1, 200))
    seen = regions((91, 95, "L1H1", 1, 100), (212, 220, "L1H1", -1, 200))
    found = row(recover(seen, truth, sites((100, 1), (200, -1)), ("c",)), "-10", "L1H1")
    assert (found.elements, found.found, found.regions, found.hits) == (2, 1, 2, 1)
    assert found.recall == found.precision == 0.5


def test_other_strand_and_other_promoter_do_not_count():
    truth = regions((88, 94, "-10", 1, 100))
    listed = sites((100, 1), (100, -1), (110, 1))
    seen = regions((88, 94, "L1H1", -1, 100), (88, 94, "L1H1", 1, 110))
    assert row(recover(seen, truth, listed, ("c",)), "-10", "L1H1").found == 0


@pytest.mark.parametrize(("listed", "found"), [(98, 1), (102, 1), (103, 0), (97, 0)])
def test_a_site_listed_two_off_is_the_true_one(listed, found):
    truth = regions((88, 94, "-10", 1, 100))
    got = row(recover(regions((88, 94, "L1H1", 1, listed)), truth, sites((listed, 1)), ("c",)), "-10", ALL)
    assert (got.elements, got.found) == (found, found)


def test_a_piece_found_twice_counts_once_and_heads_are_told_apart():
    truth = regions((88, 94, "-10", 1, 100), (65, 71, "-35", 1, 100), (500, 506, "decoy", 1, -1))
    seen = regions(
        (88, 94, "L1H1", 1, 100), (87, 93, "L1H1", 1, 100), (60, 75, "L2H1", 1, 100), (500, 506, "L2H1", 1, 100)
    )
    table = recover(seen, truth, sites((100, 1)), ("c",))
    assert {r.name for r in table} == {"-10", "-35"}
    assert (row(table, "-10", "L1H1").found, row(table, "-10", "L1H1").hits, row(table, "-10", "L1H1").precision) == (
        1,
        2,
        1.0,
    )
    assert (row(table, "-10", "L2H1").found, row(table, "-35", "L2H1").found, row(table, "-35", "L2H1").precision) == (
        0,
        1,
        0.5,
    )
    assert (row(table, "-10", ALL).regions, row(table, "-35", ALL).hits) == (4, 1)


def test_a_piece_of_a_missing_site_is_not_asked_for():
    truth = regions((88, 94, "-10", 1, 100), (288, 294, "-10", 1, 300))
    assert row(recover(regions((88, 94, "L1H1", 1, 100)), truth, sites((100, 1)), ("c",)), "-10", ALL).recall == 1


def test_baseline_equals_regions_at_a_fixed_distance_and_reads_both_strands():
    where = [(1000 * i, 1 if i % 3 else -1) for i in range(1, 41)]
    box = [(p - 12, p - 6) if s > 0 else (p + 7, p + 13) for p, s in where]
    truth = regions(*[(a, b, "-10", s, p) for (a, b), (p, s) in zip(box, where, strict=True)])
    seen = regions(*[(a, b, "L1H1", s, p) for (a, b), (p, s) in zip(box, where, strict=True)])
    got = row(recover(seen, truth, sites(*where), ("c",)), "-10", "L1H1")
    assert (got.distance, got.width, got.baseline_recall, got.baseline_precision, got.gain) == (-12, 6, 1.0, 1.0, 0.0)


def test_baseline_is_scored_on_the_half_that_did_not_choose():
    """Even sites have their box at -12, odd ones at -40: what suits one half finds nothing in the other."""
    where = [1000 * i for i in range(1, 21)]
    at = [-12 if i % 2 == 0 else -40 for i in range(20)]
    truth = regions(*[(p + d, p + d + 6, "-10", 1, p) for p, d in zip(where, at, strict=True)])
    seen = regions(*[(p + d, p + d + 6, "L1H1", 1, p) for p, d in zip(where, at, strict=True)])
    got = row(recover(seen, truth, sites(*[(p, 1) for p in where]), ("c",)), "-10", "L1H1")
    assert (got.recall, got.baseline_recall, got.gain) == (1.0, 0.0, 1.0)


def test_nothing_seen_and_nothing_planted():
    truth = regions((88, 94, "-10", 1, 100))
    [got] = recover(regions(), truth, sites((100, 1)), ("c",))
    assert (got.head, got.found, got.recall) == (ALL, 0, 0)
    assert np.isnan(got.precision)
    assert recover(truth, regions(), sites((100, 1)), ("c",)) == []


def test_contigs_are_matched_by_name():
    truth = regions((88, 94, "-10", 1, 100))
    seen = regions((88, 94, "L1H1", 1, 100))
    other = Sites(np.array([1], np.int32), np.array([100]), np.array([1], np.int8), np.array([np.nan], np.float32))
    assert row(recover(seen, truth, other, ("b", "c")), "-10", ALL).elements == 1
    assert row(recover(seen, truth, other, ("c", "d")), "-10", ALL).elements == 0
