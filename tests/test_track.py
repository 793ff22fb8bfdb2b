"""The picture of a stretch: what points where on either strand. The base at index i covers i + 0.5 to i + 1.5."""

import numpy as np
import pytest
from matplotlib.colors import same_color

from headmotif.data import GeneTable, Sites
from headmotif.data.locus import Locus
from headmotif.report.figures import svg, track

START, END = 1000, 1400
POINT = 0.015 * (END - START)
"""How long the point of an arrow is."""


def sites(*rows: tuple[int, int]) -> Sites:
    """Of places and strands."""
    position, strand = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    p = np.full(len(rows), np.nan, np.float32)
    return Sites(np.zeros(len(rows), np.int32), position, strand.astype(np.int8), p)


def axes_of(genes=(), known=((1200, 1), (1300, -1)), calls=None, p=None, regions=()):
    """The axes that are drawn, from the top. genes: start, end and strand of each; regions: the same and the head."""
    table = None
    if genes:
        start, end, strand = (np.array(column, np.int64) for column in zip(*genes, strict=True))
        names = tuple("abcdefgh"[: len(genes)])
        contig, kinds = np.zeros(len(genes), np.int32), ("CDS",) * len(genes)
        table = GeneTable(contig, start, end, strand.astype(np.int8), names, kinds)
    region = np.array([row[:3] for row in regions], np.int64).reshape(-1, 3)
    heads = tuple(row[3] for row in regions)
    locus = Locus("a", START, END, "", sites(*known), calls and sites(*calls), table, p, region, heads)
    with svg.use_style():
        return track.draw_track(locus).axes


def arrow(start: int, end: int, strand: int) -> tuple[list[float], float, float, float]:
    """Of one gene's arrow: its corners' x around it, and the y of its upper edge, its point and its lower edge."""
    (patch,) = axes_of([(start, end, strand)])[0].patches
    assert same_color(patch.get_facecolor(), track.STRAND[strand])
    x, y = patch.get_xy()[:5].T
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
    texts = axes_of([(900, 1200, 1), (1300, 1350, -1)])[0].texts
    found = [(text.get_text(), *text.get_position()) for text in texts]
    assert found == [("a", 1100.5, pytest.approx(0.22)), ("b", 1325.5, pytest.approx(-0.78))]


def test_triangles_of_known_sites_point_along_their_strand_and_crosses_stand_nearer():
    (ax,) = axes_of(calls=((1210, 1), (1310, -1)))
    marks = {(line.get_marker(), *line.get_xydata()[0].tolist()) for line in ax.lines}
    assert marks >= {(">", 1201, 1.0), ("<", 1301, -1.0), ("x", 1211, 0.75), ("x", 1311, -0.75)}


def test_p_rises_on_the_plus_strand_and_hangs_on_the_minus_strand():
    p = np.zeros((2, END - START), np.float32)
    p[0, 100], p[1, 200], p[0, 300] = 0.5, 0.8, np.nan
    (ax,) = axes_of(p=p)
    plus, minus = (shape.get_paths()[0].vertices for shape in ax.collections)
    assert plus[:, 1].min() == 0
    assert minus[:, 1].max() == 0
    assert plus[plus[:, 1] > 0, 0].mean() == 1101  # the place that browsers show, from 1
    assert minus[minus[:, 1] < 0, 0].mean() == 1201
    assert (plus[:, 1].max(), minus[:, 1].min()) == pytest.approx((0.5, -0.8))
    assert ax.get_ylim() == pytest.approx((-1.15 * 0.88, 1.15 * 0.88))


def test_a_heads_regions_lie_in_its_row_the_plus_strand_above():
    regions = [(1190, 1196, 1, "L1H2"), (1310, 1316, -1, "L1H2"), (990, 1010, 1, "L1H1"), (1395, 1410, -1, "L1H10")]
    ax = axes_of(regions=regions)[-1]
    assert [text.get_text() for text in ax.get_yticklabels()] == ["L1H1", "L1H2", "L1H10"]
    top, bottom = ax.get_ylim()[::-1]
    assert top < bottom  # y grows downwards
    found = [(bar.get_x(), bar.get_width(), round(bar.get_y() + bar.get_height() / 2, 6)) for bar in ax.patches]
    assert found == [(1190.5, 6, 0.8), (1310.5, 6, 1.2), (1000.5, 10, -0.2), (1395.5, 5, 2.2)]
    for bar, (*_, strand, _head) in zip(ax.patches, regions, strict=True):
        assert same_color(bar.get_facecolor(), track.STRAND[strand])
