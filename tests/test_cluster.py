"""Groups of like motifs: those that were put in come out, whatever the order and the strand, and none is lost."""

from dataclasses import replace

import numpy as np
import pytest

from headmotif.data import Motif, consensus
from headmotif.steps.comparison.cluster import Clusters, Member, cluster, link, members, merge


def draw_motif(rng: np.random.Generator, name: str, width: int) -> Motif:
    return Motif(name, rng.dirichlet([0.1] * 4, size=width))


def flip(motif: Motif) -> Motif:
    return replace(motif, matrix=motif.matrix[::-1, ::-1], background=motif.background[::-1])


def add_noise(rng: np.random.Generator, source: Motif, name: str, sites: int) -> Motif:
    """A copy counted from sites, up to two columns wider or narrower at each end, on either strand."""
    matrix = source.matrix
    for _ in range(2):
        by = int(rng.integers(-2, 3))
        matrix = matrix[by:] if by >= 0 else np.concatenate([np.full((-by, 4), 0.25), matrix])
        matrix = matrix[::-1, ::-1]
    matrix = matrix[:: (side := int(rng.choice([1, -1]))), ::side]
    counts = np.array([rng.multinomial(sites, column / column.sum()) for column in matrix])
    return Motif(name, counts / sites, float(sites))


@pytest.fixture(scope="module")
def families() -> tuple[list[Motif], list[Motif], list[Motif]]:
    """A dozen sources of 14 columns, three copies of each (named source.copy), and sixty other motifs."""
    rng = np.random.default_rng(4)
    sources = [draw_motif(rng, f"s{i:02d}", 14) for i in range(12)]
    copies = [add_noise(rng, source, f"{source.name}.{k}", 40) for source in sources for k in range(3)]
    others = [draw_motif(rng, f"o{i}", int(rng.integers(8, 20))) for i in range(60)]
    return sources, copies, others


def partition(found: Clusters, motifs: list[Motif]) -> set[frozenset[str]]:
    numbers = set(found.group.tolist())
    return {frozenset(m.name for m, g in zip(motifs, found.group, strict=True) if g == number) for number in numbers}


def fit(one: np.ndarray, other: np.ndarray) -> float:
    """The least mean distance of the columns of two matrices over shifts by up to three and both strands."""
    best = np.inf
    for matrix in (one, one[::-1, ::-1]):
        for shift in range(-3, 4):
            a, b = matrix[max(0, shift) :], other[max(0, -shift) :]
            n = min(len(a), len(b))
            best = min(best, float(np.abs(a[:n] - b[:n]).sum(axis=1).mean()))
    return best


def test_families_are_found_again(families) -> None:
    sources, copies, others = families
    found = cluster(copies, others)
    assert partition(found, copies) == {frozenset(f"{s.name}.{k}" for k in range(3)) for s in sources}
    assert sorted(set(found.group.tolist())) == list(range(1, 13))
    for i in range(len(copies)):
        assert copies[found.representative[i]].name[:3] == copies[i].name[:3]
        assert found.group[found.representative[i]] == found.group[i]
        assert (found.own[i] < found.p[i]) or found.representative[i] == i


def test_the_averaged_motif_is_nearer_to_the_source_than_its_members(families) -> None:
    sources, copies, others = families
    averaged = merge(cluster(copies, others), copies)
    assert [len(a.alt.split(",")) for a in averaged] == [3] * 12
    for motif in averaged:
        source = next(s for s in sources if s.name == motif.name[:3])
        mine = [c for c in copies if c.name.startswith(source.name)]
        assert sorted(motif.alt.split(",")) == sorted(c.name for c in mine)
        assert motif.nsites == 120
        np.testing.assert_allclose(motif.matrix.sum(axis=1), 1)
        away = fit(motif.matrix, source.matrix)
        assert away < 0.12
        assert away < np.mean([fit(c.matrix, source.matrix) for c in mine])
        assert 10 <= len(motif) <= 18


def test_the_order_of_the_motifs_does_not_matter(families) -> None:
    _, copies, others = families
    some = [*copies, *others[:5]]
    found = cluster(some, others)
    rows, motifs = members(found, some), merge(found, some)
    for seed in range(4):
        mixed = [some[i] for i in np.random.default_rng(seed).permutation(len(some))]
        again = cluster(mixed, others)
        assert members(again, mixed) == rows
        for one, other in zip(merge(again, mixed), motifs, strict=True):
            assert (one.name, one.alt) == (other.name, other.alt)
            np.testing.assert_array_equal(one.matrix, other.matrix)


def test_the_strand_of_the_motifs_does_not_matter(families) -> None:
    _, copies, others = families
    found = cluster(copies, others)
    turned = np.random.default_rng(1).random(len(copies)) < 0.5
    other = [flip(m) if t else m for m, t in zip(copies, turned, strict=True)]
    again = cluster(other, others)
    np.testing.assert_array_equal(again.group, found.group)
    np.testing.assert_array_equal(again.representative, found.representative)
    np.testing.assert_array_equal(again.overlap, found.overlap)
    np.testing.assert_array_equal(again.reverse, found.reverse ^ turned ^ turned[found.representative])
    np.testing.assert_allclose(again.p, found.p, rtol=1e-9)
    for one, two in zip(merge(found, copies), merge(again, other), strict=True):
        matrix = two.matrix[::-1, ::-1] if turned[[c.name for c in copies].index(one.name)] else two.matrix
        np.testing.assert_allclose(one.matrix, matrix, atol=1e-12)


def test_a_member_lies_where_the_table_says() -> None:
    rng = np.random.default_rng(0)
    whole = draw_motif(rng, "a", 16)
    part = Motif("b", whole.matrix[3:13])
    beyond = flip(Motif("c", np.concatenate([np.full((2, 4), 0.25), whole.matrix[:14]])))
    others = [draw_motif(rng, f"o{i}", 18) for i in range(50)]
    word = consensus(whole)

    def pair(*motifs: Motif) -> Member:
        """The second row: of two, the one with more information is the representative."""
        first, second = members(cluster(motifs, others), motifs)
        own = len(next(m for m in motifs if m.name == first.motif))
        assert (first.motif, first.offset, first.overlap, first.orientation) == (first.representative, 0, own, "+")
        assert first.motif == second.representative
        return second

    assert pair(part, whole) == Member(1, "b", "a", pytest.approx(0, abs=1e-9), 3, 10, "+", word[3:13])
    assert pair(beyond, whole) == Member(1, "c", "a", pytest.approx(0, abs=1e-6), -2, 14, "-", "NN" + word[:14])
    assert pair(beyond, part) == Member(1, "b", "c", pytest.approx(0, abs=1e-9), 1, 10, "-", consensus(flip(part)))


def test_no_motif_is_lost_however_the_limit() -> None:
    rng = np.random.default_rng(7)
    motifs = [draw_motif(rng, f"m{i}", int(rng.integers(1, 16))) for i in range(25)]
    motifs += [Motif("flat", np.full((8, 4), 0.25)), replace(motifs[0], name="again")]
    for limit in (0, 1e-9, 1e-3, 0.2, 1):
        found = cluster(motifs, [], limit)
        rows = members(found, motifs)
        assert sorted(row.motif for row in rows) == sorted(m.name for m in motifs)
        assert sorted(",".join(m.alt for m in merge(found, motifs)).split(",")) == sorted(m.name for m in motifs)
        groups = len(set(found.group.tolist()))
        sizes = np.bincount(found.group)[1:]
        assert (np.diff(sizes) <= 0).all()  # the largest first
        assert {0: groups == 27, 1: groups == 1}.get(limit, True)
        for row in rows:
            if row.motif == row.representative:
                own = found.own[[m.name for m in motifs].index(row.motif)]
                assert (row.p, row.offset, row.orientation) == (own, 0, "+")
    assert cluster(motifs, []).own[motifs.index(motifs[25])] > 1e-3
    assert members(cluster([], motifs), []) == merge(cluster([], motifs), []) == []


def test_a_group_of_one_is_its_motif() -> None:
    rng = np.random.default_rng(2)
    one = replace(draw_motif(rng, "one", 9), evalue=0.01, nsites=12.0, alt="old")
    (same,) = merge(cluster([one], []), [one])
    np.testing.assert_array_equal(same.matrix, one.matrix)
    assert (same.name, same.alt, same.evalue, same.nsites) == ("one", "one", 0.01, 12)


def test_unlike_motifs_are_hardly_ever_joined() -> None:
    joined = pairs = 0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        motifs = [draw_motif(rng, f"m{i}", int(rng.integers(6, 14))) for i in range(36)]
        sizes = np.bincount(cluster(motifs, []).group)
        joined, pairs = joined + int((sizes * (sizes - 1) // 2).sum()), pairs + 630
    assert joined <= 1e-3 * pairs


def test_many_copies_of_one_motif_are_one_group_thanks_to_the_columns_of_the_targets() -> None:
    """Alone, thirty copies of TATAAT make T and A the columns of the null; the targets' columns mend that."""
    rng = np.random.default_rng(3)
    box = np.eye(4)[[3, 0, 3, 0, 0, 3]] * 0.8 + 0.05
    copies = [add_noise(rng, Motif("box", box), f"c{i}", 200) for i in range(30)]
    copies = [Motif(c.name, box * 0.9 + 0.1 * rng.dirichlet([1] * 4, size=6)) for c in copies]
    others = [draw_motif(rng, f"o{i}", 18) for i in range(100)]
    alone, beside = cluster(copies, []), cluster(copies, others)
    assert beside.group.max() == 1
    assert alone.group.max() > 1
    assert (beside.own < alone.own).all()


def test_a_strong_likeness_does_not_outweigh_a_missing_one() -> None:
    """A pair of boxes is like each box, but the boxes are not alike: at most one of them joins it."""
    rng = np.random.default_rng(8)
    left, right = draw_motif(rng, "left", 14), draw_motif(rng, "right", 14)
    pair = Motif("pair", np.concatenate([left.matrix, right.matrix]))
    others = [draw_motif(rng, f"o{i}", 18) for i in range(50)]
    found = cluster([left, right, pair], others)
    assert found.group[0] != found.group[1]
    assert found.group[2] in found.group[:2]


@pytest.mark.parametrize("seed", range(5))
def test_linkage_is_that_of_a_plain_search(seed: int) -> None:
    rng = np.random.default_rng(seed)
    distance = rng.integers(0, 30, size=(14, 14))
    distance = np.minimum(distance, distance.T)
    for limit in (0, 4, 9, 15, 40):
        groups = [[i] for i in range(14)]
        while len(groups) > 1:
            means = {(a[0], b[0]): distance[np.ix_(a, b)].mean() for a in groups for b in groups if a[0] < b[0]}
            first, second = min(means, key=lambda pair: (means[pair], pair))
            if means[first, second] > limit:
                break
            (other,) = (g for g in groups if g[0] == second)
            groups.remove(other)
            next(g for g in groups if g[0] == first).extend(other)
        assert [g.tolist() for g in link(distance, limit)] == [sorted(g) for g in groups]


def align(offset: list[int], reverse: list[bool]) -> Clusters:
    """All motifs in one group with the first."""
    n = len(offset)
    one, p = np.ones(n, np.int64), np.zeros(n)
    return Clusters(one, one * 0, p, np.array(offset), one, np.array(reverse), p)


def test_the_average_is_weighted_and_spans_what_most_members_cover() -> None:
    a, c, g, t = np.eye(4)
    one = Motif("one", np.array([a, c, g]), 10.0, np.array([0.4, 0.1, 0.3, 0.2]))
    two = Motif("two", np.array([c, t]), 30.0)
    three = flip(Motif("three", np.array([t, a, c, g]), 60.0))  # lies one column before one
    (motif,) = merge(align([0, 1, -1], [False, False, True]), [one, two, three])
    np.testing.assert_allclose(motif.matrix, [a, c, (70 * g + 30 * t) / 100])
    assert (motif.name, motif.nsites, motif.alt) == ("one", 100, "one,three,two")
    np.testing.assert_allclose(motif.background, 0.1 * one.background + 0.9 * 0.25)

    (even,) = merge(align([0, 1], [False, False]), [one, replace(two, nsites=float("nan"))])
    np.testing.assert_allclose(even.matrix, [c, (g + t) / 2])
    assert np.isnan(even.nsites)
