"""Regions of all heads merged, against a walk over bases; and their GFF3."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from headmotif.data import Contig, Contigs, Regions
from headmotif.formats.features import gff3, gff3_regions
from headmotif.steps.attention.merge import combine_regions

ROW = st.tuples(st.integers(0, 1), st.integers(-3, 40), st.integers(1, 9), st.sampled_from([-1, 1]), st.integers(1, 9))


def regions(rows):
    contig, start, width, strand, weight = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    n = np.arange(len(rows))
    heads = np.array([f"L1H{1 + i % 3}" for i in n])
    columns = (
        contig.astype(np.int32),
        start,
        start + width,
        heads,
        strand.astype(np.int8),
        weight / 10,
        n,
        100 + n,
        weight / 1e3,
        weight / 1e2,
    )
    return Regions(("a", "b"), *columns)


@given(st.lists(ROW, min_size=1, max_size=25))
def test_merged_regions_are_the_runs_of_covered_bases(rows):
    given_, found = regions(rows), combine_regions(regions(rows))
    runs = []
    for contig in (0, 1):
        for strand in (-1, 1):
            mine = [(s, s + w, i) for i, (c, s, w, d, _x) in enumerate(rows) if (c, d) == (contig, strand)]
            for start, end, number in sorted(mine):
                if runs and runs[-1][0] == (contig, strand) and start < runs[-1][2]:
                    runs[-1][2] = max(end, runs[-1][2])
                    runs[-1][3].append(number)
                else:
                    runs.append([(contig, strand), start, end, [number]])
    assert len(found) == len(runs)
    for i, ((contig, strand), start, end, members) in enumerate(runs):
        assert (found.contig[i], found.strand[i], found.start[i], found.end[i]) == (contig, strand, start, end)
        assert found.head[i] == ",".join(sorted({str(given_.head[m]) for m in members}))
        assert found.weight[i] == max(given_.weight[m] for m in members)
        assert given_.weight[found.offset[i]] == found.weight[i]  # distance is the row's number here
        assert found.p[i] == min(given_.p[m] for m in members)


def test_no_regions_are_none():
    none = regions([(0, 1, 2, 1, 3)]).take(np.zeros(0, int))
    assert len(combine_regions(none)) == 0


def test_gff3_has_each_region_1_based_and_over_the_origin_beyond_the_end(tmp_path):
    path = str(tmp_path / "r.gff3")
    gff3_regions.write(
        path,
        regions([(0, 5, 3, 1, 4), (0, 18, 4, -1, 2), (1, 8, 5, 1, 9), (1, -2, 4, 1, 9)]),
        Contigs([Contig("a", 20, True), Contig("b", 10)]),
    )
    text = (tmp_path / "r.gff3").read_text()
    assert text.splitlines()[:3] == ["##gff-version 3", "##sequence-region a 1 20", "##sequence-region b 1 10"]
    landmark, *rows = gff3.parse(text, path).features
    assert (landmark.kind, landmark.contig, landmark.parts) == ("region", "a", ((0, 20),))
    assert landmark.attributes["Is_circular"] == "true"
    assert [(r.contig, *r.parts[0], r.strand) for r in rows] == [
        ("a", 5, 8, "+"),
        ("a", 18, 22, "-"),
        ("b", 0, 2, "+"),
        ("b", 8, 10, "+"),
    ]
    assert {r.kind for r in rows} == {"sequence_feature"}
    assert rows[0].attributes["Name"] == "L1H1"
    assert (rows[0].attributes["site"], rows[0].attributes["offset"], rows[0].attributes["q"]) == ("101", "0", "0.04")
