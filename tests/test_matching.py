"""Pairs of sites against all there could be, tried one by one; and the nearest site against looking at each."""

from functools import cache
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headmotif.data import Contig, Sites
from headmotif.steps.sites.matching import NONE, find_nearest, match


def sites(*places: tuple[int, int, int]) -> Sites:
    contig, position, strand = np.array(places, np.int64).reshape(-1, 3).T
    return Sites(contig.astype(np.int32), position, strand.astype(np.int8), np.full(len(contig), np.nan, np.float32))


def select_strand(strand: int, *positions: int) -> Sites:
    return sites(*((0, p, strand) for p in positions))


def measure_distance(a: int, b: int, length: int, circular: bool) -> int:
    return min((a - b) % length, (b - a) % length) if circular else abs(a - b)


def try_all(a: tuple[int, ...], b: tuple[int, ...], length: int, circular: bool, d: int) -> tuple[int, int]:
    """Number of pairs and their total distance, over every one-to-one choice there is."""

    @cache
    def find_best(i: int, used: int) -> tuple[int, int]:
        if i == len(a):
            return 0, 0
        options = [find_best(i + 1, used)]
        for j, place in enumerate(b):
            gap = measure_distance(a[i], place, length, circular)
            if not used >> j & 1 and gap <= d:
                n, minus = find_best(i + 1, used | 1 << j)
                options.append((n + 1, minus - gap))
        return max(options)

    n, minus = find_best(0, 0)
    return n, -minus


@settings(max_examples=300, deadline=None)
@given(
    st.integers(2, 40).flatmap(
        lambda n: st.tuples(
            st.just(n), st.sets(st.integers(0, n - 1), max_size=9), st.sets(st.integers(0, n - 1), max_size=9)
        )
    ),
    st.booleans(),
    st.integers(0, 25),
    st.sampled_from((1, -1)),
)
def test_pairs_are_the_best_there_are_and_the_same_turned_about(case, circular, d, strand) -> None:
    length, a, b = case
    contigs = (Contig("c", length, circular),)
    first, second = select_strand(strand, *sorted(a)), select_strand(strand, *sorted(b, reverse=True))
    found, turned = match(first, second, contigs, d), match(second, first, contigs, d)
    assert (len(found), int(np.abs(found.shift).sum())) == try_all(tuple(a), tuple(b), length, circular, d)
    assert len(set(found.first)) == len(set(found.second)) == len(found)
    for i, j, shift in zip(found.first, found.second, found.shift, strict=True):
        here, there = int(first.position[i]), int(second.position[j])
        assert abs(shift) == measure_distance(here, there, length, circular)
        assert (there - here - strand * shift) % (length if circular else 10**9) == 0
    pairs = {(int(first.position[i]), int(second.position[j])) for i, j in zip(found.first, found.second, strict=True)}
    assert pairs == {
        (int(first.position[j]), int(second.position[i])) for i, j in zip(turned.first, turned.second, strict=True)
    }


def test_a_site_gives_up_the_nearest_where_another_has_no_other_choice() -> None:
    contigs = (Contig("c", 100),)
    found = match(
        select_strand(1, 10, 12), select_strand(1, 11, 9), contigs, 2
    )  # 10 is as near to 11 as 12 is, and 9 is 10's alone
    assert found.first.tolist() == [0, 1]
    assert found.second.tolist() == [1, 0]
    assert found.shift.tolist() == [-1, -1]


def test_strands_and_contigs_are_apart_and_the_shift_is_downstream() -> None:
    contigs = (Contig("a", 50), Contig("b", 50, True))
    first = sites((0, 10, 1), (0, 10, -1), (1, 0, -1), (1, 30, 1))
    second = sites((0, 12, -1), (1, 48, -1), (1, 10, 1), (0, 30, 1))
    found = match(first, second, contigs, 2)
    assert list(zip(found.first.tolist(), found.second.tolist(), found.shift.tolist(), strict=True)) == [
        (1, 0, -2),
        (2, 1, 2),
    ]
    assert len(match(first, second.take(np.zeros(0, np.int64)), contigs, 2)) == 0
    assert len(match(first, second, contigs, 0)) == 0


def test_of_equally_good_pairs_both_strands_leave_out_the_site_downstream() -> None:
    contigs = (Contig("c", 100),)
    assert match(select_strand(1, 10), select_strand(1, 9, 11), contigs, 1).shift.tolist() == [-1]
    assert match(select_strand(-1, 10), select_strand(-1, 9, 11), contigs, 1).shift.tolist() == [-1]


@pytest.mark.parametrize("circular", [False, True])
def test_many_sites_are_matched_at_once(circular: bool) -> None:
    rng = np.random.default_rng(1)
    place = np.sort(rng.choice(100_000, 20_000, replace=False))  # one stretch without a gap
    a, b = select_strand(1, *place), select_strand(1, *((place + rng.integers(-3, 4, len(place))) % 100_000).tolist())
    found = match(a, b, (Contig("c", 100_000, circular),), 40)
    assert len(found) == 20_000
    assert (np.abs(found.shift) <= 40).all()


@settings(max_examples=100, deadline=None)
@given(
    st.sets(st.tuples(st.integers(0, 1), st.integers(0, 29), st.sampled_from((1, -1))), max_size=8),
    st.sets(st.tuples(st.integers(0, 1), st.integers(0, 29), st.sampled_from((1, -1))), max_size=8),
    st.booleans(),
)
def test_the_nearest_is_the_nearest(a, b, other) -> None:
    contigs = (Contig("line", 30), Contig("circle", 30, True))
    first, second = sites(*sorted(a)), sites(*sorted(b))
    distance, tied = find_nearest(first, second, contigs, other)
    for (contig, position, strand), found, tie in zip(sorted(a), distance.tolist(), tied.tolist(), strict=True):
        turns = (-30, 0, 30) if contig else (0,)
        there = [p for c, p, s in b if c == contig and s == (-strand if other else strand)]
        every = [strand * (p + turn - position) for p, turn in product(there, turns)]
        if not every:
            assert (found, tie) == (NONE, False)
            continue
        least = min(map(abs, every))
        assert found == (-least if -least in every else least)
        assert tie == (least > 0 and -least in every and least in every)
