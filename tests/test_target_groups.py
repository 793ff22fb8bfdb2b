"""Targets of one TF counted as one."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from headmotif import builtin
from headmotif.data import Match, Motif
from headmotif.formats.inputs import motif_files
from headmotif.steps.comparison.factors import (
    combine_by_group,
    combine_p,
    from_table,
    parse_tf,
    parse_tfs,
    tabulate_groups,
)
from headmotif.steps.comparison.listing import make_matches, matches
from headmotif.steps.comparison.tomtom import Comparison, compare


def group_matches(*words: object, **named: object) -> list[Match]:
    return make_matches(tabulate_groups(*words, **named))  # type: ignore[arg-type]


def drawn(seed: int, count: int) -> list[Motif]:
    rng = np.random.default_rng(seed)
    return [Motif(f"m{i:02d}", rng.dirichlet([0.3] * 4, size=int(rng.integers(5, 20)))) for i in range(count)]


def named(name: str, alt: str = "") -> Motif:
    return Motif(name, np.eye(4), alt=alt)


@pytest.mark.parametrize(
    ("name", "alt", "expected"),
    [
        ("CRP_25-141", "", "CRP"),
        ("H_NS_28-14", "", "H_NS"),
        ("IHF_19-3_2", "", "IHF"),
        ("crp", "", "crp"),
        ("rpoD15", "", "rpoD"),
        ("argR2", "", "argR"),
        ("flhCD", "", "flhCD"),
        ("FlhD2C2", "", "FlhD2C2"),
        ("Spo0A", "", "Spo0A"),
        ("sigma70_-10", "sigma-70 -10", "sigma70_-10"),
        ("sigma70_-35", "sigma-70 -35", "sigma70_-35"),
        ("sigma70_17", "", "sigma70"),
        ("sigma28", "", "sigma28"),
        ("MX000020", "Fur", "Fur"),
        ("MX000020_2", "Fur", "Fur"),
        ("MA0139.1", "CTCF", "CTCF"),
        ("MX000020", "", "MX000020"),
        ("LexA", "other", "LexA"),
        ("_1", "", "_1"),
    ],
)
def test_names(name: str, alt: str, expected: str) -> None:
    assert parse_tf(named(name, alt)) == expected


def test_case_makes_no_other_tf() -> None:
    assert parse_tfs([named("crp"), named("CRP_25-1"), named("Crp")]) == ["CRP"] * 3
    assert parse_tfs([named("Crp"), named("crp")]) == ["Crp"] * 2


def test_the_built_in_elements_stay_apart() -> None:
    found = Counter(parse_tfs(motif_files.read(str(builtin.MOTIFS)).motifs))
    assert {name: n for name, n in found.items() if n > 1} == {"sigma70": 2, "sigma32": 2}
    assert {"sigma70_-10", "sigma70_-35", "sigma28", "sigma54", "sigma24"} <= set(found)


@pytest.mark.data
def test_the_tfs_of_real_collections(data_folder: Path) -> None:
    def several(name: str) -> dict[str, int]:
        found = Counter(parse_tfs(motif_files.read(str(data_folder / "motifs" / name)).motifs))
        return {name: n for name, n in found.items() if n > 1}

    swiss = several("SwissRegulon_e_coli.meme")
    assert {k: swiss[k] for k in ("CRP", "Fis", "H_NS", "IHF", "Lrp")} == {
        "CRP": 7,
        "Fis": 9,
        "H_NS": 4,
        "IHF": 5,
        "Lrp": 5,
    }
    assert several("dpinteract.meme") == {"argR": 2, "metJ": 2, "phoB": 2, "rpoD": 5, "rpoH": 2, "rpoS": 2}
    assert {k: several("prodoric_2015.transfac")[k] for k in ("AlgU", "MetJ", "SigE")} == {
        "AlgU": 4,
        "MetJ": 3,
        "SigE": 5,
    }


def test_a_table_gives_groups_and_the_rest_stand_alone() -> None:
    targets = [named("a"), named("b"), named("c"), named("d")]
    assert from_table(targets, {"a": "one", "b": "c", "x": "one"}) == ["one", "c", "c alone", "d"]


def test_the_smallest_p_is_corrected_and_keeps_its_digits() -> None:
    p = np.array([[1e-18, 0.5, 0.02, 0.2], [0.3, 1.0, 0.2, 0.2]])
    zero = np.zeros((2, 4))
    found = Comparison(p, p * 4, p, zero.astype(int), zero.astype(int), zero.astype(bool))
    targets = [named("z"), named("y"), named("x"), named("b")]
    grouped = combine_by_group(found, targets, ["f", "e", "f", "f"])
    assert grouped.names == ("e", "f")
    np.testing.assert_allclose(grouped.p, [[0.5, 3e-18], [1.0, 1 - 0.8**3]], rtol=1e-12)
    np.testing.assert_allclose(grouped.evalue, grouped.p * 2)
    assert grouped.target.tolist() == [[1, 0], [1, 3]]  # b before x, of equal p
    assert combine_p(np.array([0.0, 1.0]), np.array([5, 5])).tolist() == [0, 1]


def test_groups_of_one_change_nothing() -> None:
    queries, targets = drawn(1, 6), drawn(2, 30)
    found = compare(queries, targets)
    names = [t.name for t in targets]
    grouped = group_matches(combine_by_group(found, targets, names), found, queries, targets)
    assert grouped == [replace(m, group=m.target) for m in matches(found, queries, targets)]


def test_rows_are_cut_sorted_and_limited() -> None:
    queries, targets = drawn(1, 6), drawn(1, 30)
    found = compare(queries, targets)
    groups = [f"g{i % 7}" for i in range(30)]
    grouped = combine_by_group(found, targets, groups)
    listed = group_matches(grouped, found, queries, targets)
    assert len(listed) == 6 * 7
    of = dict(zip((t.name for t in targets), groups, strict=True))
    assert all(of[m.target] == m.group for m in listed)
    best = group_matches(grouped, found, queries, targets, best=True)
    assert [(m.query, m.target, m.group) for m in best] == [(f"m{i:02d}", f"m{i:02d}", f"g{i % 7}") for i in range(6)]
    assert group_matches(grouped, found, queries, targets, max_q=0.01) == [m for m in listed if m.q <= 0.01]
    mixed = np.random.default_rng(0).permutation(30)
    others = [targets[j] for j in mixed]
    again = compare(queries, others)
    assert group_matches(combine_by_group(again, others, [groups[j] for j in mixed]), again, queries, others) == listed


def test_p_of_groups_holds_for_motifs_of_columns_drawn_from_the_targets() -> None:
    rng = np.random.default_rng(11)
    columns = np.concatenate([m.matrix for m in drawn(12, 100)])
    queries = [Motif("q", columns[rng.integers(0, len(columns), 9)]) for _ in range(150)]
    targets = [Motif(f"t{j}", columns[rng.integers(0, len(columns), int(rng.integers(6, 20)))]) for j in range(280)]
    found = compare(queries, targets)
    p = combine_by_group(
        found, targets, [f"g{j % 70}" if j < 140 else f"h{j % 20}" for j in range(280)]
    ).p  # of two and of seven
    for a in (0.1, 0.05, 0.01, 0.001):
        assert (p <= a).mean() <= 1.1 * a + 3 * np.sqrt(a / p.size)
    assert (p <= 0.1).mean() > 0.05  # nor is it idle
