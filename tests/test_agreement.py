"""Heads that choose alike, against literal counting over permutations; and their spacings."""

import numpy as np
import pytest

from headmotif.data import BACKGROUND, SITE, Attention, Contig
from headmotif.steps.attention.similarity import NONE, agreement, choices, groups, pairs


def draw_choices(heads=4, sites=400, seed=0):
    """Head 0 at random distances; head 1 beside it mostly; head 2 the same distances, not the same sites; head 3 rarely
    anything."""
    rng = np.random.default_rng(seed)
    first = rng.choice([-35, -34, -12, -11, 20], sites)
    second = np.where(rng.random(sites) < 0.8, first + rng.integers(-2, 3, sites), rng.integers(-60, 60, sites))
    third = rng.permutation(first)
    fourth = np.where(rng.random(sites) < 0.02, first, NONE)
    return np.stack([first, second, third, fourth])[:heads].astype(np.int32)


def count_literally(a, b, near):
    both = [(x, y) for x, y in zip(a.tolist(), b.tolist(), strict=True)]
    same = sum(x != NONE != y and abs(x - y) <= near for x, y in both)
    crossed = sum(x != NONE != y and abs(x - y) <= near for x in a.tolist() for y in b.tolist()) / len(a)
    most = min((a != NONE).sum(), (b != NONE).sum())
    return (same - crossed) / (most - crossed)


@pytest.mark.parametrize("near", [0, 2, 5])
def test_agreement_is_what_is_beyond_swapped_distances(near):
    heads = draw_choices(sites=120)
    found = agreement(heads, heads, near)
    for i in range(4):
        for j in range(4):
            assert found[i, j] == pytest.approx(count_literally(heads[i], heads[j], near), abs=1e-5)


def test_heads_that_choose_alike_agree_and_those_with_the_same_habits_do_not():
    found = agreement(*[draw_choices()] * 2)
    assert found[0, 1] > 0.7
    assert abs(found[0, 2]) < 0.12
    assert found[0, 3] == pytest.approx(1)  # it never chose otherwise
    assert np.allclose(np.diag(found), 1)
    always = np.full((1, 50), -10, np.int32)
    assert agreement(always, always)[0, 0] == 0  # one distance for all sites: nothing beyond habit


def test_heads_that_chose_nothing_agree_with_none():
    nothing = np.full((2, 30), NONE, np.int32)
    assert agreement(nothing, nothing).tolist() == [[0, 0], [0, 0]]
    assert pairs(nothing) == []


def test_groups_are_joined_through_others():
    agree = np.eye(5)
    agree[0, 2] = agree[2, 4] = 0.6
    assert groups(agree).tolist() == [1, 2, 1, 3, 1]
    assert groups(np.zeros((0, 0))).tolist() == []


def test_a_fixed_spacing_is_found_and_independent_heads_have_none():
    rng = np.random.default_rng(1)
    first = rng.integers(-40, -30, 300)
    boxes = first + rng.choice([22, 23, 24], 300)
    apart = rng.integers(-16, -6, 300)
    found = pairs(np.stack([first, boxes, apart]).astype(np.int32))
    assert (found[0].first_head, found[0].second_head, found[0].spacing_nt, found[0].count, found[0].sites) == (
        0,
        1,
        23,
        300,
        300,
    )
    assert found[0].q < 1e-9
    assert found[0].expected < 120
    assert {(pair.first_head, pair.second_head) for pair in found[1:]} == {(0, 2), (1, 2)}
    assert min(pair.q for pair in found[1:]) > 0.01


def test_the_p_of_spacings_is_honest_for_heads_that_choose_apart():
    rng = np.random.default_rng(2)
    p = [one.p for _time in range(150) for one in pairs(rng.integers(-20, -10, (2, 80)).astype(np.int32))]
    assert np.mean(np.array(p) <= 0.05) <= 0.05 + 0.04


def test_the_expected_count_and_its_spread_are_those_of_permutations():
    rng = np.random.default_rng(3)
    a = rng.choice([-30, -29, -10], 60)
    b = rng.choice([-12, -11, -7], 60)
    [found] = pairs(np.stack([a, b]).astype(np.int32))
    counts = [(np.abs(rng.permutation(b) - a - found.spacing_nt) <= 1).sum() for _time in range(4000)]
    assert found.expected == pytest.approx(np.mean(counts), abs=0.2)
    assert (found.count - found.expected) / found.z == pytest.approx(np.std(counts), rel=0.05)


def test_a_choice_whose_p_is_at_the_limit_is_one():
    norm = np.full((60, 1, 1, 9), 0.01, np.float16)
    norm[:20, :, :, 2] = 0.8
    kind = np.repeat([SITE, BACKGROUND], [20, 40]).astype(np.uint8)
    place, none = np.full(60, 50), norm[..., 0] * 0
    offset = np.arange(-4, 5, dtype=np.int32)
    p, contig, strand = np.zeros(60, np.float32), np.zeros(60, np.int32), np.ones(60, np.int8)
    attention = Attention(norm, norm, none, offset, (0,), kind, p, contig, place, strand, (Contig("a", 100),))
    least = 1 / 21  # half of forty, and one
    assert choices(attention, least, 1).tolist() == [[-2] * 20]
    assert choices(attention, np.nextafter(least, 0), 1).tolist() == [[NONE] * 20]


def test_heads_that_agree_by_half_are_of_one_group_whichever_way_it_is_seen():
    for first, second in ((0.5, 0.0), (0.0, 0.5)):
        agree = np.array([[1.0, first], [second, 1.0]])
        assert groups(agree).tolist() == [1, 1]
        assert groups(np.where(agree == 0.5, 0.499, agree)).tolist() == [1, 2]


def test_two_heads_are_compared_from_thirty_sites_on():
    rng = np.random.default_rng(3)
    heads = rng.integers(-9, 9, (2, 40)).astype(np.int32)
    heads[0, 35:] = heads[1, :5] = NONE  # the other thirty both of them chose
    (pair,) = pairs(heads)
    assert pair.sites == 30
    heads[0, 34] = NONE
    assert pairs(heads) == []
