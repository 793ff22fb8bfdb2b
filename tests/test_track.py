"""The picture of a stretch: what points where on either strand. The base at index i covers i + 0.5 to i + 1.5."""

import numpy as np
import pytest

from headmotif.data import GeneTable, Sites
from headmotif.data.locus import Locus
from headmotif.report.figures import track
from headmotif.report.figures.plot import Area, Bars, Line, Note

START, END = 1000, 1400
POINT = 0.015 * (END - START)
"""How long the point of an arrow is."""


def sites(*rows: tuple[int, int]) -> Sites:
    """Of places and strands."""
    position, strand = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    p = np.full(len(rows), np.nan, np.float32)
    return Sites(np.zeros(len(rows), np.int32), position, strand.astype(np.int8), p)


def panels_of(genes=(), known=((1200, 1), (1300, -1)), calls=None, p=None, regions=()):
    """The panels that are drawn, from the top. genes: start, end and strand of each; regions: the same and the head."""
    table = None
    if genes:
        start, end, strand = (np.array(column, np.int64) for column in zip(*genes, strict=True))
        names = tuple("abcdefgh"[: len(genes)])
        contig, kinds = np.zeros(len(genes), np.int32), ("CDS",) * len(genes)
        table = GeneTable(contig, start, end, strand.astype(np.int8), names, kinds)
    region = np.array([row[:3] for row in regions], np.int64).reshape(-1, 3)
    heads = tuple(row[3] for row in regions)
    return track.draw_track(
        Locus("a", START, END, "", sites(*known), calls and sites(*calls), table, p, region, heads)
    ).panels


def marks(panel, kind):
    """The marks of a kind."""
    return [mark for mark in panel.marks if isinstance(mark, kind)]


def arrow(start: int, end: int, strand: int) -> tuple[list[float], float, float, float]:
    """Of one gene's arrow: its corners' x around it, and the y of its upper edge, its point and its lower edge."""
    (shape,) = marks(panels_of([(start, end, strand)])[0], Area)
    assert shape.colour == track.STRAND[strand]
    x, y = shape.x, shape.y
    assert y[0] == y[1] > y[2] > y[3] == y[4]
    return x.tolist(), *y[[0, 2, 4]].tolist()


def test_the_arrow_of_a_gene_points_the_way_it_is_read():
    x, *y = arrow(1100, 1200, 1)
    assert x == pytest.approx([1100.5, 1200.5 - POINT, 1200.5, 1200.5 - POINT, 1100.5])
    assert y == pytest.approx([0.7, 0.5, 0.3])
    x, *y = arrow(1100, 1200, -1)
    assert x == pytest.approx([1200.5, 1100.5 + POINT, 1100.5, 1100.5 + POINT, 1200.5])
    assert y == pytest.approx([-0.3, -0.5, -0.7])


def test_a_gene_shorter_than_a_point_is_all_point():
    assert arrow(1100, 1104, 1)[0] == pytest.approx([1100.5, 1100.5, 1104.5, 1100.5, 1100.5])
    assert arrow(1100, 1104, -1)[0] == pytest.approx([1104.5, 1104.5, 1100.5, 1104.5, 1104.5])


def test_a_gene_that_goes_on_is_cut_and_has_its_point_only_where_it_ends():
    left, right = START + 0.5, END + 0.5
    assert arrow(900, 1200, 1)[0] == pytest.approx([left, 1200.5 - POINT, 1200.5, 1200.5 - POINT, left])
    assert arrow(900, 1200, -1)[0] == pytest.approx([1200.5, left, left, left, 1200.5])
    assert arrow(1100, 1500, 1)[0] == pytest.approx([1100.5, right, right, right, 1100.5])
    assert arrow(1100, 1500, -1)[0] == pytest.approx([right, 1100.5 + POINT, 1100.5, 1100.5 + POINT, right])


def test_a_gene_that_ends_with_the_stretch_has_its_point():
    left, right = START + 0.5, END + 0.5
    assert arrow(1100, END, 1)[0] == pytest.approx([1100.5, right - POINT, right, right - POINT, 1100.5])
    assert arrow(START, 1200, -1)[0] == pytest.approx([1200.5, left + POINT, left, left + POINT, 1200.5])


def test_names_stand_under_the_middle_of_what_is_drawn():
    names = marks(panels_of([(900, 1200, 1), (1300, 1350, -1)])[0], Note)
    assert all(name.below for name in names)
    assert [(name.text, name.x, name.y) for name in names] == [
        ("a", 1100.5, pytest.approx(0.22)),
        ("b", 1325.5, pytest.approx(-0.78)),
    ]


def test_triangles_of_known_sites_point_along_their_strand_and_crosses_stand_nearer():
    (panel,) = panels_of(calls=((1210, 1), (1310, -1)))
    found = {(line.marker, *line.x.tolist(), *line.y.tolist()) for line in marks(panel, Line)}
    assert found == {(">", 1201, 1.0), ("<", 1301, -1.0), ("x", 1211, 0.75), ("x", 1311, -0.75)}


def test_p_rises_on_the_plus_strand_and_hangs_on_the_minus_strand():
    p = np.zeros((2, END - START), np.float32)
    p[0, 100], p[1, 200], p[0, 300] = 0.5, 0.8, np.nan
    (panel,) = panels_of(p=p)
    plus, minus = marks(panel, Area)
    assert plus.y.min() == 0
    assert minus.y.max() == 0
    assert plus.x[plus.y > 0].mean() == 1101  # the place that browsers show, from 1
    assert minus.x[minus.y < 0].mean() == 1201
    assert (plus.y.max(), minus.y.min()) == pytest.approx((0.5, -0.8))
    assert (panel.y.low, panel.y.high) == pytest.approx((-1.15 * 0.88, 1.15 * 0.88))


def test_a_heads_regions_lie_in_its_row_the_plus_strand_above():
    regions = [(1190, 1196, 1, "L1H2"), (1310, 1316, -1, "L1H2"), (990, 1010, 1, "L1H1"), (1395, 1410, -1, "L1H10")]
    panel = panels_of(regions=regions)[-1]
    assert [text for _, text in panel.y.ticks] == ["L1H1", "L1H2", "L1H10"]
    assert panel.y.high < panel.y.low  # y grows downwards
    found = {
        bars.colour: np.stack([bars.left, bars.right - bars.left, (bars.low + bars.high) / 2], axis=1).tolist()
        for bars in marks(panel, Bars)
    }
    assert found == {
        track.STRAND[1]: [pytest.approx((1190.5, 6, 0.8)), pytest.approx((1000.5, 10, -0.2))],
        track.STRAND[-1]: [pytest.approx((1310.5, 6, 1.2)), pytest.approx((1395.5, 5, 2.2))],
    }
