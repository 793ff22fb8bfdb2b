"""Agreement tables, distances and consensus sites: made by hand, and held to what they promise whatever the sets."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headmotif.data import Contig, Sites
from headmotif.formats.features import bed_consensus
from headmotif.steps.sites import agreement
from headmotif.steps.sites.consensus import ABSENT, consensus

CONTIGS = (Contig("a", 100), Contig("b", 40, True))


def sites(*rows: tuple) -> Sites:
    """contig, position, strand, and perhaps strength."""
    contig, position, strand, strength = np.array([(*row, np.nan)[:4] for row in rows], np.float64).reshape(-1, 4).T
    return Sites(
        contig.astype(np.int32), position.astype(np.int64), strand.astype(np.int8), strength.astype(np.float32)
    )


THREE = {
    "x": sites((0, 10, 1), (0, 20, 1), (0, 30, -1), (1, 39, 1)),
    "y": sites((0, 10, 1), (0, 22, 1), (0, 31, -1), (1, 1, 1), (0, 70, 1)),
    "z": sites((0, 30, -1)),
}


def test_every_two_sets_are_told_by_strand_and_distance() -> None:
    found = {(one.first, one.second, one.strand, one.window_nt): one for one in agreement.agreements(THREE, CONTIGS, 2)}
    assert list(found)[:4] == [("x", "y", "both", 0), ("x", "y", "+", 0), ("x", "y", "-", 0), ("x", "y", "both", 2)]
    exact, close, minus = (found["x", "y", *key] for key in (("both", 0), ("both", 2), ("-", 2)))
    assert (exact.shared, exact.share_first, exact.share_second, exact.jaccard, exact.shift_nt) == (
        1,
        1 / 4,
        1 / 5,
        1 / 8,
        0,
    )
    assert (close.shared, close.jaccard, close.exact, close.shift_nt) == (
        4,
        4 / 5,
        1,
        (0 + 2 - 1 + 2) / 4,
    )  # 39 to 1 over the origin
    assert (minus.sites_first, minus.sites_second, minus.shared, minus.shift_nt) == (1, 1, 1, -1)
    assert np.isnan(found["x", "z", "+", 2].shift_nt)
    assert np.isnan(found["x", "z", "+", 2].share_second)
    assert {one.window_nt for one in agreement.agreements(THREE, CONTIGS, 0)} == {0}


def test_the_matrix_has_every_set_by_every_set() -> None:
    found = agreement.matrix(agreement.agreements(THREE, CONTIGS, 2), {name: len(one) for name, one in THREE.items()})
    assert list(found) == ["set", "measure", "x", "y", "z"]
    rows = {(a, b): rest for a, b, *rest in zip(*found.values(), strict=True)}
    assert rows["x", "exact"] == ["4", "1", "1"]
    assert rows["y", "within 2"] == ["4", "5", "1"]
    assert rows["z", "within 2, share"] == ["1", "1", "1"]
    assert rows["y", "exact, share"] == ["0.2", "1", "0"]


def test_distances_are_on_the_strand_and_ties_told() -> None:
    sets = {"a": sites((0, 50, 1), (0, 50, -1), (1, 5, 1)), "b": sites((0, 47, 1), (0, 53, 1), (0, 45, -1), (0, 99, 1))}
    found = {
        (r.set, r.other, r.strand, r.distance_nt): (r.sites, r.tied)
        for r in agreement.distances(sets, CONTIGS)
        if r.sites
    }
    assert {k[3]: n for k, n in found.items() if k[:3] == ("a", "b", "same")} == {
        "-3": (1, 1),
        "5": (1, 0),
        "none": (1, 0),
    }
    assert {k[3]: n for k, n in found.items() if k[:3] == ("a", "b", "other")} == {
        "-5": (1, 0),
        "-3": (1, 1),
        "none": (1, 0),
    }
    assert {k[3]: n for k, n in found.items() if k[:3] == ("b", "a", "same")} == {
        "3": (1, 0),
        "-3": (1, 0),
        "-5": (1, 0),
        "-49": (1, 0),
    }
    assert {k[3]: n for k, n in found.items() if k[:3] == ("a", "a", "other")} == {"0": (2, 0), "none": (1, 0)}
    assert ("a", "a", "same") not in {k[:3] for k in found}


def test_the_place_most_sets_have_is_taken_then_the_strongest_then_the_most_upstream() -> None:
    sets = {"a": sites((0, 10, 1, 5)), "b": sites((0, 11, 1, 5)), "c": sites((0, 11, 1, 5), (0, 60, -1, 5))}
    found = consensus(sets, CONTIGS, 2, 2)
    assert found.sites.position.tolist() == [11]
    assert found.sites.strength.tolist() == [3]
    assert found.distance.tolist() == [[-1, 0, 0]]
    tie = {"a": sites((0, 10, -1), (0, 50, 1, 1), (0, 70, 1, 9)), "b": sites((0, 11, -1), (0, 51, 1, 9), (0, 71, 1, 1))}
    found = consensus(tie, CONTIGS, 2, 2)
    assert found.sites.position.tolist() == [
        11,
        51,
        70,
    ]  # - strand: upstream is higher; 51 and 70 are the stronger of their sets
    assert found.distance.tolist() == [[1, 0], [-1, 0], [0, 1]]


def test_a_chain_is_no_site_and_the_origin_no_border() -> None:
    chain = {name: sites((0, 10 + 2 * i, 1)) for i, name in enumerate("abcde")}
    found = consensus(chain, CONTIGS, 1, 2)
    assert found.sites.position.tolist() == [12, 16]
    assert found.distance.tolist() == [[-2, 0, 2, ABSENT, ABSENT], [ABSENT, ABSENT, ABSENT, 0, 2]]
    round_ = consensus({"a": sites((1, 39, 1)), "b": sites((1, 1, 1))}, CONTIGS, 2, 2)
    assert len(round_.sites) == 1


places = st.sets(st.tuples(st.integers(0, 1), st.integers(0, 39), st.sampled_from((1, -1))), max_size=8)


@settings(max_examples=100, deadline=None)
@given(places, places, places, st.integers(1, 3), st.integers(0, 25))
def test_consensus_keeps_its_promises_and_no_order_of_the_sets_matters(a, b, c, least, d) -> None:
    every = {"a": a, "b": b, "c": c}
    sets = {name: sites(*sorted((*row, i + row[1] % 3) for row in every[name])) for i, name in enumerate(every)}
    found = consensus(sets, CONTIGS, least, d)
    used = []
    for place, distances in enumerate(found.distance.tolist()):
        contig, position, strand = (int(getattr(found.sites, n)[place]) for n in ("contig", "position", "strand"))
        known = {name: far for name, far in zip(sets, distances, strict=True) if far != ABSENT}
        assert len(known) >= least
        assert len(known) == found.sites.strength[place]
        assert 0 in known.values()
        for name, far in known.items():
            assert abs(far) <= d
            at = position + strand * far
            at = at % 40 if contig else at
            assert (contig, at, strand) in every[name]
            used.append((name, contig, at, strand))
    assert len(used) == len(set(used))
    if least == 1:
        assert len(used) == len(a) + len(b) + len(c)
    for order in permutations("abc"):
        again = consensus({name: sets[name] for name in order}, CONTIGS, least, d)
        assert again.sites.position.tolist() == found.sites.position.tolist()
        assert again.distance[:, [order.index(name) for name in "abc"]].tolist() == found.distance.tolist()


def test_consensus_sites_as_bed(tmp_path) -> None:
    found = consensus(THREE, CONTIGS, 2, 2)
    path = tmp_path / "c.bed"
    bed_consensus.write(str(path), found.sites, found.distance, found.distance != ABSENT, ["a", "b"], list(THREE))
    assert path.read_text() == (
        "#contig\tstart\tend\tname\tscore\tstrand\tsets\tsupport\tdistance\n"
        "a\t10\t11\tsite1\t667\t+\t2\tx,y\t0,0\n"
        "a\t20\t21\tsite2\t667\t+\t2\tx,y\t0,2\n"
        "a\t30\t31\tsite3\t1000\t-\t3\tx,y,z\t0,-1,0\n"
        "b\t1\t2\tsite4\t667\t+\t2\tx,y\t-2,0\n"
    )


def test_many_sites_close_together_take_no_time() -> None:
    rng = np.random.default_rng(1)
    wide = (Contig("a", 50_000),)
    sets = {name: sites(*((0, p, 1) for p in np.sort(rng.choice(50_000, 8000, replace=False)))) for name in "abc"}
    assert len(consensus(sets, wide, 2, 10).sites) == pytest.approx(8000, rel=0.2)
