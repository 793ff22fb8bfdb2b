"""Example sites: the surest regions of each head, on the site's strand, with the attended letters marked."""

from dataclasses import replace

import numpy as np

from headmotif.data import Contig, Genome, Regions
from headmotif.report.contents.examples import AFTER, BEFORE, drops, examples

RNG = np.random.default_rng(3)
BASES = RNG.integers(0, 4, 400).astype(np.uint8)


def regions(*rows: tuple) -> Regions:
    """(start, end, strand, weight, site, p) of head L1H1 on the first contig."""
    start, end, strand, weight, site, p = (np.array(column) for column in zip(*rows, strict=True))
    n = len(rows)
    return Regions(
        ("c",), np.zeros(n, np.int32), start.astype(np.int64), end.astype(np.int64), np.array(["L1H1"] * n),
        strand.astype(np.int8),
        weight.astype(float), np.zeros(n, np.int64), site.astype(np.int64), p.astype(float), p.astype(float),
    )  # fmt: skip


def genome(circular: bool = False) -> Genome:
    return Genome((Contig("c", 400, circular),), BASES)


def letters(start: int, end: int) -> str:
    return "".join("ACGT"[b] for b in BASES[start:end])


def test_plus_strand():
    [one] = examples(genome(), regions((188, 194, 1, 0.5, 200, 0.1)), 3)["L1H1"]
    assert one.sequence == letters(200 - BEFORE, 200 + AFTER + 1)
    assert one.sequence[one.start : one.end] == letters(188, 194)
    assert one.sequence[one.site] == letters(200, 201)


def test_minus_strand_is_read_backwards():
    [one] = examples(genome(), regions((207, 213, -1, 0.5, 200, 0.1)), 3)["L1H1"]
    back = letters(207, 213)[::-1].translate(str.maketrans("ACGT", "TGCA"))
    assert one.sequence[one.start : one.end] == back
    assert one.start == BEFORE - 12
    assert len(one.sequence) == BEFORE + AFTER + 1


def test_over_the_origin_of_a_circle_but_not_off_a_line():
    far = regions((393, 399, 1, 0.5, 5, 0.1))
    assert examples(genome(), far, 3)["L1H1"] == []
    [one] = examples(genome(circular=True), far, 3)["L1H1"]
    assert one.sequence == letters(400 + 5 - BEFORE, 400) + letters(0, 5 + AFTER + 1)
    assert one.sequence[one.start : one.end] == letters(393, 399)


def test_the_smallest_p_first_then_the_largest_weight():
    three = regions((188, 194, 1, 0.5, 200, 0.1), (88, 94, 1, 0.9, 100, 0.1), (288, 294, 1, 0.1, 300, 0.01))
    assert [one.position for one in examples(genome(), three, 2)["L1H1"]] == [300, 100]


def test_a_sure_region_elsewhere_is_no_example():
    """A head that looks at -10 at most sites is not shown by the few where it looks at +5, however small their p."""
    sites = [(site - 12, site - 6, 1, 0.5, site, 0.1) for site in (100, 200, 300)]
    four = regions(*sites, (205, 208, 1, 1.0, 200, 1e-9))
    placed = replace(four, offset=np.array([-10, -10, -8, 5]))
    assert [one.start for one in examples(genome(), placed, 9)["L1H1"]] == [BEFORE - 12] * 3


def test_a_copy_of_a_sequence_is_shown_once():
    twice = Genome((Contig("c", 400, False),), np.tile(BASES[:200], 2))
    two = regions((88, 94, 1, 0.9, 100, 0.1), (288, 294, 1, 0.5, 300, 0.1), (98, 104, 1, 0.4, 110, 0.1))
    assert [one.position for one in examples(twice, two, 3)["L1H1"]] == [100, 110]


def test_regions_without_a_site_and_out_of_sight_are_passed_over():
    assert examples(genome(), regions((188, 194, 1, 1.0, -1, 0.1)), 3) == {}
    assert examples(genome(), regions((120, 126, 1, 1.0, 200, 0.1)), 3)["L1H1"] == []


def test_many_heads_are_grouped_as_by_one_order_of_all_regions():
    """The slow way: all regions sorted, then those of each head, compared by name."""
    rng = np.random.default_rng(5)
    n = 600
    site, offset = rng.integers(70, 370, n), rng.choice([-10, -9, -35, 4], n)
    many = replace(
        regions(*[(1, 2, 1, 1.0, 1, 0.1)] * n),
        start=site + offset - 3, end=site + offset + 3, site=np.where(rng.random(n) < 0.1, -1, site), offset=offset,
        weight=rng.choice([0.5, 0.9], n), p=rng.choice([0.1, 0.01, np.nan], n), drop=rng.choice([1.0, -1.0, np.nan], n),
        head=rng.choice(["L1H2", "L1H10", "none"], n),
    )  # fmt: skip
    order = np.lexsort((np.arange(n), -many.weight, np.where(np.isnan(many.p), 1.0, many.p)))
    found, fallen = examples(genome(), many, 400), drops(many)
    assert list(found) == list(fallen) == ["L1H10", "L1H2", "none"]
    for head, ones in found.items():
        rows = order[(many.head[order] == head) & (many.site[order] >= 0)]
        distance, count = np.unique(many.offset[rows], return_counts=True)
        near = rows[np.abs(many.offset[rows] - distance[count.argmax()]) <= 2]
        places = [int(many.site[row]) for row in near if many.site[row] + AFTER < 400]
        assert [one.position for one in ones] == list(dict.fromkeys(places))
        drop = many.drop[(many.head == head) & ~np.isnan(many.drop)]
        assert fallen[head] == (np.median(drop), (drop > 0).mean(), len(drop))


def test_drops_by_head_of_what_was_measured():
    four = regions(*[(188, 194, 1, 1.0, 200, 0.1)] * 4)
    assert drops(four) == {}
    some = replace(four, drop=np.array([0.5, -1.0, np.nan, 2.0]))
    assert drops(some) == {"L1H1": (0.5, 2 / 3, 3)}
