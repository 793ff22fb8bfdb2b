"""Regions from hand-made attention: where they lie, what is significant, and the control with swapped distances."""

import re
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import false_discovery_control

from headmotif.data import SHUFFLED, Attention, Contig, Regions
from headmotif.steps.attention.no_regions import explain_no_regions
from headmotif.steps.attention.segment import RARE, permute_offsets, segment
from headmotif.steps.statistics.false_discovery import LIMITS, adjust_by_family, benjamini_hochberg, null_share

OFFSET = np.arange(-10, 11, dtype=np.int32)
CONTIGS = (Contig("ring", 500, True), Contig("line", 300, False))


def attention(weight, is_site, contig=None, position=None, strand=None, reach=2):
    """weight: (queries, heads, keys) of one layer."""
    n = len(weight)
    weight = np.asarray(weight, np.float16)[:, None]
    contig = np.zeros(n, np.int32) if contig is None else np.array(contig, np.int32)
    position = np.full(n, 100) if position is None else np.array(position, np.int64)
    strand = np.ones(n, np.int8) if strand is None else np.array(strand, np.int8)
    none = np.zeros(weight.shape[:3], np.float16)
    p = np.zeros(n, np.float32)
    return Attention(
        weight, weight, none, OFFSET, (reach,), np.array(is_site, np.uint8), p, contig, position, strand, CONTIGS
    )


def make_planted(places, keys, n=60, seed=0):
    """Weights small and alike everywhere, but at sites, given as (contig, position, strand), large on `keys` (offset,
    weight)."""
    rng = np.random.default_rng(seed)
    weight = rng.uniform(0.001, 0.01, (len(places) + n, 1, len(OFFSET)))
    for offset, w in keys:
        weight[: len(places), 0, offset + 10] = w
    contig, position, strand = zip(*places, strict=True)
    rest = ((0,) * n, (100,) * n, (1,) * n)
    columns = (tuple(a) + b for a, b in zip((contig, position, strand), rest, strict=True))
    return attention(weight, [True] * len(places) + [False] * n, *columns)


def rows(regions):
    names = ("contig", "start", "end", "strand", "offset", "site")
    return sorted(zip(*(getattr(regions, name).tolist() for name in names), strict=True))


PLACES = [(0, 100, 1), (0, 100, -1), (0, 3, 1), (0, 497, -1), (1, 298, 1), (1, 8, -1)]
# keys at -7 and, of half its weight, at -6, with two bases read on both sides: -9 to -4
UPSTREAM = [
    (0, 91, 97, 1, -7, 100), (0, 104, 110, -1, -7, 100), (0, 494, 500, 1, -7, 3), (0, 1, 7, -1, -7, 497),
    (1, 289, 295, 1, -7, 298), (1, 12, 18, -1, -7, 8),
]  # fmt: skip


def test_regions_lie_where_the_keys_have_read_on_both_strands_and_around_the_origin():
    places = PLACES * 5
    found = segment(make_planted(places, [(-7, 0.8), (-6, 0.4), (-5, 0.3), (-8, 0.39), (4, 0.2)]), 0.05, 1.0, 1)
    assert found.tests == len(places)
    assert found.background == 60
    assert found.significant == len(found.regions) == len(places)
    assert sorted(set(rows(found.regions))) == sorted(UPSTREAM)
    assert set(found.regions.head.tolist()) == {"L1H1"}
    assert found.regions.weight == pytest.approx(np.full(len(places), 0.8), abs=1e-3)


def test_regions_are_cut_at_the_ends_of_a_linear_contig():
    places = [(1, 6, 1), (1, 293, -1)] * 16
    found = segment(make_planted(places, [(-7, 0.8), (-6, 0.4)]), 0.05, 1.0, 1).regions
    assert sorted(set(rows(found))) == [(1, 0, 3, 1, -7, 6), (1, 297, 300, -1, -7, 293)]


def test_a_region_may_pass_a_circles_origin():
    places = [(0, 5, 1), (0, 495, -1), (0, 498, 1)] * 10
    found = segment(make_planted(places, [(-7, 0.8)]), 0.05, 1.0, 1).regions
    assert sorted(set(rows(found))) == [(0, 0, 5, -1, -7, 495), (0, 489, 494, 1, -7, 498), (0, 496, 501, 1, -7, 5)]
    assert (found.start >= 0).all()
    assert (found.start < 500).all()


def test_a_region_goes_on_to_neighbours_of_half_the_weight_and_no_further():
    keys = [(-5, 0.3), (-4, 0.5), (-3, 0.75), (-2, 0.5), (-1, 0.125), (0, 0.5)]
    found = segment(make_planted([(0, 100, 1)] * 20, keys), 0.05, 1.0, 1).regions
    assert set(rows(found)) == {(0, 96 - 2, 98 + 3, 1, -3, 100)}


def test_regions_are_sorted_and_named_by_layer_and_head():
    seen = make_planted([(0, p, s) for p in (400, 20, 200) for s in (1, -1)] * 5, [(-7, 0.8)])
    weight = np.concatenate([seen.weight, seen.weight[..., ::-1]], axis=2)
    both = np.concatenate([weight, weight], axis=1)
    two = Attention(
        both, both, np.zeros(both.shape[:3], np.float16), OFFSET, (2, 0),
        seen.kind, seen.probability, seen.contig, seen.position, seen.strand, CONTIGS,
    )  # fmt: skip
    found = segment(two, 0.05, 1.0, 1).regions
    assert set(found.head.tolist()) == {"L1H1", "L1H2", "L2H1", "L2H2"}
    order = list(zip(found.contig, found.start, found.end, found.strand, found.head, strict=True))
    assert order == sorted(order)
    for head, distance, width in (("L1H1", -7, 5), ("L1H2", 7, 5), ("L2H1", -7, 1), ("L2H2", 7, 1)):
        mine = found.take(found.head == head)
        assert set(mine.offset.tolist()) == {distance}
        assert set((mine.end - mine.start).tolist()) == {width}


def test_a_head_that_looks_the_same_way_everywhere_reports_nothing():
    rng = np.random.default_rng(0)
    weight = rng.uniform(0.001, 0.01, (600, 1, len(OFFSET)))
    weight[:, 0, 3] = rng.uniform(0.5, 0.9, 600)  # strongly, but at background too
    assert segment(attention(weight, np.arange(600) < 300), 0.05, 1.0, 1).significant == 0


def test_a_weight_that_adds_nothing_makes_no_region():
    seen = make_planted([(0, 100, 1)] * 40, [(-7, 0.8), (3, 0.5)], n=200)
    norm = seen.norm.copy()
    norm[:, :, :, OFFSET == -7] = 0
    found = segment(replace(seen, norm=norm), 0.05, 1.0, 1).regions
    assert set(found.offset.tolist()) == {3}
    assert found.weight == pytest.approx(np.full(40, 0.5), abs=1e-3)  # what is told of a region is still its weight


def test_keys_off_the_contig_are_never_attended():
    seen = make_planted([(1, 2, 1)] * 30, [(4, 0.8)])
    for array in (seen.weight, seen.norm):
        array[:30, :, :, OFFSET < -2] = np.nan
    found = segment(seen, 0.05, 1.0, 1).regions
    assert set(rows(found)) == {(1, 4, 9, 1, 4, 2)}


def draw_null(heads, sites, background, seed):
    rng = np.random.default_rng(seed)
    weight = rng.dirichlet(np.full(len(OFFSET), 0.3), (sites + background, heads))
    return attention(weight, np.arange(sites + background) < sites)


def test_p_values_are_honest_where_sites_are_like_background():
    found = segment(draw_null(150, 60, 200, 1), 1.0, 1.0, 1).regions
    assert len(found) == 150 * 60
    for level in (0.05, 0.1, 0.3, 0.5):
        # sites of a head share their background, so the shares per head vary more than a coin's
        shares = [(found.p[found.head == head] <= level).mean() for head in np.unique(found.head)]
        assert np.mean(shares) <= 1.1 * level + 3 * np.std(shares) / len(shares) ** 0.5
        assert np.mean(shares) >= 0.7 * level


def test_few_heads_report_anything_where_sites_are_like_background():
    found = segment(draw_null(200, 60, 300, 2), 0.05, 1.0, 1)
    assert len(set(found.regions.head.tolist())) <= 0.1 * 200


def test_the_smallest_p_is_one_in_the_background_and_one():
    found = segment(make_planted([(0, 100, 1)] * 20, [(-7, 0.8)], n=60), 0.05, 1.0, 1).regions
    assert set(found.p.tolist()) == {1 / 31}  # half of sixty, and one


def test_a_p_at_the_limit_is_within_it():
    """Kept, and counted among the small ones; so are those of shuffled sites."""
    seen, least = make_planted([(0, 100, 1)] * 20, [(-7, 0.8)], n=60), 1 / 31  # half of sixty, and one
    found = segment(seen, 1.0, least, 1)
    assert (found.tests, found.rare, found.significant) == (20, 20, 20)
    for limit in (2 * least, 1.0):
        assert segment(seen, 1.0, limit, 1).rare == 20
    found = segment(seen, 1.0, np.nextafter(least, 0), 1)
    assert (found.tests, found.rare, found.significant) == (20, 0, 0)


def test_a_q_at_the_limit_is_within_it():
    seen = make_planted([(0, 100, 1)] * 20, [(-7, 0.8)], n=60)
    (q,) = set(segment(seen, 1.0, 1.0, 1).regions.q.tolist())
    assert 0 < q < 1
    assert segment(seen, q, 1.0, 1).significant == 20
    assert segment(seen, np.nextafter(q, 0), 1.0, 1).significant == 0


@pytest.mark.parametrize(
    ("max_q", "max_p", "words"),
    [
        (1e-4, 1.0, "the lowest q is 0.0017; --max-q 0.0017 gives 20 regions"),
        (1e-4, 0.01, "the lowest p is 0.032; --max-q 0.0017 --max-p 0.033 gives 20 regions"),
        (0.5, 0.01, "the lowest p is 0.032; --max-p 0.033 gives 20 regions"),
    ],
)
def test_no_regions_are_explained_and_the_limits_named_give_some(max_q, max_p, words):
    seen = make_planted([(0, 100, 1)] * 20, [(-7, 0.8)], n=60)
    found = segment(seen, max_q, max_p, 1)
    assert (len(found.regions), found.why_none) == (0, f"no regions: {words}")
    limits = dict(re.findall(r"--max-(.) ([\d.]+)", found.why_none))
    nearest = segment(seen, float(limits.get("q", max_q)), float(limits.get("p", max_p)), 1)
    assert (len(nearest.regions), nearest.why_none) == (20, "")


def test_regions_by_chance_and_attention_without_sites_are_told():
    p, q = np.array([[0.01, 0.5], [0.3, 1]]), np.array([[0.97, 0.98], [1, 1]])
    said = explain_no_regions(p, q, 0.2, 1.0)
    assert said == "no regions: the lowest q is 0.97; --max-q 0.97 gives 1 region, most of them by chance"
    assert "has no sites; run dump-attention" in explain_no_regions(p[:, :0], q[:, :0], 0.2, 1.0)


@pytest.mark.parametrize("n", [38, 60])
def test_shuffled_sites_whose_p_is_at_the_limit_or_below_are_counted(n):
    """The least p is one in half of the background and one: RARE, or less."""
    seen = make_planted([(0, 100, 1)] * 60, [(-7, 0.8)], n=n)
    seen.kind[20:60] = SHUFFLED
    seen.norm[30:60] = 0  # ten look as sites do, thirty at nothing
    found = segment(seen, 1.0, RARE, 1)
    assert (found.tests, found.rare, found.significant) == (20, 20, 20)
    assert (found.background, found.shuffled, found.shuffled_rare) == (n, 40, 10 / 40)


def test_the_same_seed_gives_the_same_regions():
    seen = draw_null(20, 60, 100, 3)
    first, again, other = (segment(seen, 0.5, 1.0, seed).regions for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.p, again.p)
    np.testing.assert_array_equal(first.start, again.start)
    assert len(first) != len(other) or not np.array_equal(first.p, other.p)


def draw_p(shares, rng, n=400):
    """p of families, uniform but for a share of small ones; and which are those."""
    real = rng.random((len(shares), n)) < np.array(shares)[:, None]
    return np.where(real, rng.beta(0.3, 8, real.shape), rng.random(real.shape)), real


@pytest.mark.parametrize("shares", [[0.0] * 12, [0.5] * 3 + [0.0] * 9, [0.9, 0.5, 0.1, 0.05] + [0.0] * 8])
def test_the_share_of_chance_among_all_findings_is_q_at_most(shares):
    rng = np.random.default_rng(1)
    wrong = []
    for _time in range(200):
        p, real = draw_p(shares, rng)
        found = adjust_by_family(p) <= 0.1
        wrong.append((found & ~real).sum() / max(found.sum(), 1))
    assert np.mean(wrong) <= 0.1 + 2 * np.std(wrong) / len(wrong) ** 0.5


def test_families_without_findings_do_not_bury_those_of_others():
    rng = np.random.default_rng(2)
    p, real = draw_p([0.8] + [0.0] * 30, rng)
    found = adjust_by_family(p) <= 0.1
    assert found[0][real[0]].mean() > 0.7
    assert (benjamini_hochberg(p) <= 0.1)[0][real[0]].mean() < 0.4
    assert found[1:].sum() <= 0.02 * found.sum()


def test_one_family_has_q_of_its_share_of_nulls():
    p = np.concatenate([np.full(50, 1e-4), np.linspace(0.002, 1, 50)])
    null = min(
        (1 + n + 2 * np.sqrt(n * (100 - n) / 100)) / (100 * (1 - limit))
        for limit in LIMITS
        for n in [(p > limit).sum()]
    )
    assert adjust_by_family(p[None])[0] == pytest.approx(np.minimum(null * false_discovery_control(p), 1), rel=0.02)


def test_a_few_real_ones_are_found_where_the_others_are_less_than_chance():
    rng = np.random.default_rng(4)
    p = np.stack([rng.beta(1.3, 1, 4000), rng.random(4000)])  # sites that a head looks at less than at background
    p[0, :240] = rng.uniform(0, 1e-4, 240)
    assert (p[0] > 0.5).mean() > 0.5
    q = adjust_by_family(p)
    assert (q[0, :240] <= 0.2).all()
    found = q <= 0.2
    assert found[0, 240:].sum() + found[1].sum() <= 0.2 * found.sum()


def test_families_of_chance_alone_have_nearly_all_nulls():
    share = null_share(np.random.default_rng(5).random((300, 2000)))
    assert share.min() > 0.97
    assert (share < 1).mean() < 0.1


def test_q_of_ties_and_of_nothing():
    assert adjust_by_family(np.zeros((0, 0))).shape == (0, 0)
    assert adjust_by_family(np.ones((2, 5))).tolist() == [[1.0] * 5] * 2
    assert (adjust_by_family(np.zeros((2, 5))) < 1e-200).all()
    few = adjust_by_family(np.array([[0.001] * 30 + [0.2, 0.2, 0.9]]))[0]
    assert few[30] == few[31]


# controls


def regions(seed=0, n=60, heads=("L1H1", "L1H2")):
    rng = np.random.default_rng(seed)
    strand = rng.choice([-1, 1], n).astype(np.int8)
    site = rng.integers(1000, 9000, n)
    distance = rng.integers(-60, 20, n)
    before, after = (
        rng.integers(0, 9, n),
        rng.integers(0, 9, n),
    )  # bases of the region before and after its centre, on its strand
    centre = site + strand * distance
    start = np.where(strand > 0, centre - before, centre - after)
    end = np.where(strand > 0, centre + after, centre + before) + 1
    contig = rng.integers(0, 2, n).astype(np.int32)
    head = np.array(heads)[rng.integers(0, len(heads), n)]
    p = rng.random(n)
    return Regions(("a", "b"), contig, start, end, head, strand, rng.random(n), distance, site, p, p), before, after


def shape(r):
    """Distance, bases before and after the centre on its strand, and weight of each region."""
    centre = r.site + r.strand.astype(int) * r.offset
    left, right = centre - r.start, r.end - 1 - centre
    before, after = np.where(r.strand > 0, left, right), np.where(r.strand > 0, right, left)
    return list(
        zip(r.head.tolist(), r.offset.tolist(), before.tolist(), after.tolist(), r.weight.tolist(), strict=True)
    )


def test_swapped_distances_keep_each_heads_profile_widths_and_weights():
    before = regions()[0]
    after = permute_offsets(before, 1)
    assert sorted(shape(after)) == sorted(shape(before))
    assert shape(after) != shape(before)


def test_swapped_distances_keep_every_site():
    before = regions()[0]
    after = permute_offsets(before, 1)
    for name in ("contig", "strand", "site", "head"):
        np.testing.assert_array_equal(getattr(after, name), getattr(before, name))
    assert np.isnan(after.p).all()
    assert np.isnan(after.q).all()


def test_swapping_is_fixed_by_the_seed():
    before = regions()[0]
    first, again, other = (permute_offsets(before, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.start, again.start)
    assert (first.start != other.start).any()


def test_swapping_covers_all_sites_evenly():
    before = regions(n=8, heads=("L1H1",))[0]
    unique = Regions(before.contigs, *(getattr(before, c) if c != "offset" else np.arange(8) for c in Regions.COLUMNS))
    first = np.array([permute_offsets(unique, seed).offset[0] for seed in range(400)])
    assert np.bincount(first, minlength=8).min() > 25


def test_where_nearly_every_site_differs_a_weak_one_is_kept_out_by_its_p():
    """No p above one half lets Storey's q be near 0 everywhere: `max_p` is there for that."""
    weight = np.full((400, 1, len(OFFSET)), 0.01)
    weight[:200, 0, 4] = np.linspace(0.05, 0.4, 200)  # sites
    weight[200:, 0, 4] = np.where(np.arange(200) % 3 == 0, 0.15, 0.02)  # a third of the background looks there too
    seen = attention(weight, np.arange(400) < 200)
    loose, strict = segment(seen, 0.1, 1.0, 1).regions, segment(seen, 0.1, 0.05, 1).regions
    assert loose.p.max() > 0.3
    assert strict.p.max() <= 0.05
    assert 0 < len(strict) < len(loose)
