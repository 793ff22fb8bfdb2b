"""The report's own figures: what is drawn stands where its numbers say, in the page and in files alike."""

import io
import re
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
from matplotlib import colormaps
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.textpath import TextPath
from PIL import Image

from headmotif.report.figures import accuracy, canvas, colours, heads, letters, logos, svg, ticks
from headmotif.report.figures.axes import project
from headmotif.report.figures.ink import Fill, Stroke, Text
from headmotif.report.figures.ink import Image as ImageInk
from headmotif.report.figures.layout import lay_out
from headmotif.report.figures.palette import BACKGROUND, SITES
from headmotif.report.figures.plot import Axis, Line, Panel, Plot

DISTANCE = np.arange(-96, 97)
SHARE = np.random.default_rng(1).random(len(DISTANCE))


def make_every_figure() -> dict[str, Plot]:
    """One of each kind, with names that need room."""
    rng = np.random.default_rng(2)
    names = ["L1H1", "a very long name of a head", "L10H16"]
    square = rng.random((3, 3))
    points = np.linspace(1, 0.1, 7)
    bins = tuple(np.array(x) for x in ([0.01, 0.2, 0.9], [0.02, 0.3, 0.8], [0.01, 0.2, 0.7], [0.03, 0.4, 0.9]))
    return {
        "map": heads.draw_promoter_map(names, DISTANCE, rng.normal(size=(3, len(DISTANCE)))),
        "profile": heads.draw_profile(DISTANCE, SHARE, SHARE[::-1]),
        "training": heads.draw_training({"tss": (points * 1e4, points)}, {"tss": 0.002}, 10_000),
        "ablation": heads.draw_ablations(names, np.array([-0.2, 0, 0.1]), np.full(3, -0.3), np.array([-0.1, 0.1, 0.2])),
        "pairs": heads.draw_spacings(names, 100 * square, square),
        "likeness": heads.draw_likeness(names, square, ["1", "1", "2"]),
        "strands": heads.draw_strands(DISTANCE, SHARE, -SHARE),
        "scores": accuracy.draw_scores(names, points[:3], points[:3] / 10),
        "curve": accuracy.draw_recall_precision({"a": (points[::-1], points, points)}, 0.002, 0.5),
        "roc": accuracy.draw_roc({"a": (points[::-1] ** 3, points[::-1])}),
        "calibration": accuracy.draw_calibration({"a": bins}),
        "agreement": accuracy.draw_shares(names, square, 2),
        "found": accuracy.draw_accuracy(names, {"precision": square, "recall": square}),
    }


def read_path(text: str) -> list[np.ndarray]:
    """The corners of each line of a path in relative steps."""
    lines = []
    for part in re.split("(?=M)", text)[1:]:
        steps = [tuple(map(float, step.split(","))) for step in re.findall(r"[-\d.e]+,[-\d.e]+", part)]
        lines.append(np.cumsum(steps, axis=0))
    return lines


def test_a_line_stands_where_its_numbers_are():
    """Read back from the page, through the axes: the slow way around."""
    text = str(svg.embed(heads.draw_profile(DISTANCE, SHARE, SHARE[::-1]), "f", "a"))
    paths = dict(re.findall(r'<path d="([^"]*)" style="fill:none;stroke:var\(--(\w+)\)', text)[::-1])
    drawn = {name: np.concatenate(read_path(path)) for path, name in paths.items()}
    numbers = {
        word: (float(x), float(y))
        for x, y, word in re.findall(r'<text x="([\d.]+)" y="([\d.]+)"[^>]*>(−?[\d.]+)</text>', text)
    }
    (left, _), (right, _) = numbers["−50"], numbers["50"]
    low, high = (numbers[word][1] - letters.HEIGHT * 8 / 2 for word in ("0.0", "1.0"))  # the middle of the number
    for name, values in (("sites", SHARE), ("background", SHARE[::-1])):
        offset = -50 + 100 * (drawn[name][:, 0] - left) / (right - left)
        weight = (drawn[name][:, 1] - low) / (high - low)
        assert np.interp(offset, DISTANCE, values) == pytest.approx(weight, abs=0.01)
        assert len(offset) > 0.9 * len(DISTANCE)


def test_every_word_lies_on_its_sheet():
    """With the widths that matplotlib measures, not with our own."""
    font = FontProperties(family="DejaVu Sans")
    for name, plot in make_every_figure().items():
        for ink in lay_out(plot):
            if not isinstance(ink, Text):
                continue
            box = TextPath((0, 0), ink.text, size=ink.size, prop=font).get_extents()
            shift = {"start": 0, "middle": -box.width / 2, "end": -box.width}[ink.anchor]
            corners = np.array(
                [(shift, 0), (shift + box.width, 0), (shift, box.height), (shift + box.width, box.height)]
            )
            slope = np.radians(ink.turn)
            turn = np.array([(np.cos(slope), -np.sin(slope)), (-np.sin(slope), -np.cos(slope))])
            x, y = (corners @ turn.T + (ink.x, ink.y)).T
            assert x.min() >= 0, (name, ink)
            assert y.min() >= 0, (name, ink)
            assert x.max() <= 72 * plot.width, (name, ink)
            assert y.max() <= 72 * plot.height, (name, ink)


def test_words_on_a_line_do_not_overlap():
    for name, plot in make_every_figure().items():
        if name in ("pairs", "likeness", "agreement"):
            continue  # cells with numbers, as small as their number needs
        rows: dict[float, list[tuple[float, float]]] = {}
        for ink in lay_out(plot):
            if isinstance(ink, Text) and not ink.turn:
                wide = letters.measure(ink.text, ink.size)
                left = ink.x - {"start": 0, "middle": wide / 2, "end": wide}[ink.anchor]
                rows.setdefault(round(ink.y, 1), []).append((left, left + wide))
        for spans in map(sorted, rows.values()):
            assert all(end <= start for (_, end), (start, _) in pairwise(spans)), name


def test_the_page_and_the_file_hold_the_same_words():
    plot = make_every_figure()["curve"]
    page = re.findall(r"<text[^>]*>([^<]*)</text>", svg.embed(plot, "f", "a"))
    with canvas.use_style():
        file = canvas.render_file(canvas.draw(plot), "svg").decode()
    assert page == re.findall(r"<text[^>]*>([^<]*)</text>", file)


def test_files_of_every_figure_have_its_colours_the_right_way_up():
    gain = np.zeros((4, len(DISTANCE)))
    gain[0, 10], gain[3, 150] = 0.5, -0.5
    plot = heads.draw_promoter_map(list("abcd"), DISTANCE, gain)
    (cells, _) = (ink for ink in lay_out(plot) if isinstance(ink, ImageInk))
    with canvas.use_style():
        png = canvas.render_file(canvas.draw(plot), "png", 72)
    picture = np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)
    left, top, right, bottom = cells.box
    for (row, column), reddest in (((0, 10), True), ((3, 150), False)):
        x = round(left + (column + 0.5) / len(DISTANCE) * (right - left))
        y = round(top + (row + 0.5) / 4 * (bottom - top))
        red, _, blue = picture[y, x - 1 : x + 2].mean(axis=0)
        assert (red > blue + 30) == reddest
        assert (blue > red + 30) == (not reddest)
    page = Image.open(io.BytesIO(svg.encode_png(cells.colours)))
    assert np.asarray(page).tolist() == cells.colours.tolist()


def test_colours_are_those_of_brewer():
    share = np.array([0.0, 0.3, 0.5, 0.999, 1.0, np.nan])
    for ours, theirs in ((colours.BLUES, "Blues"), (colours.BLUE_TO_RED, "RdBu_r")):
        found = colours.colour(share, ours)
        assert np.abs(found.astype(int) - (255 * colormaps[theirs](share)).astype(int)).max() <= 1


def test_letters_are_as_wide_as_the_font_has_them():
    font = FontProperties(family="DejaVu Sans")
    for text in ("".join(map(chr, range(32, 127))), "−−−−−−−−", "………………"):
        path = TextPath((0, 0), text, size=100, prop=font)
        assert letters.measure(text, 100) == pytest.approx(path.get_extents().x1, rel=0.02)


def test_glyphs_are_the_outlines_of_the_font():
    """As they were made on each page: the slow way."""
    font = FontProperties(family="DejaVu Sans", weight="bold")
    parts = []
    for letter in "ACGT":
        path = TextPath((0, 0), letter, size=100, prop=font)
        low, high = path.vertices.min(axis=0), path.vertices.max(axis=0)
        codes = {Path.MOVETO: "M", Path.LINETO: "L", Path.CURVE3: "Q", Path.CURVE4: "C", Path.CLOSEPOLY: "Z"}
        words = []
        for vertices, code in path.iter_segments(simplify=False):
            points = (vertices.reshape(-1, 2) - low) / (high - low)
            points[:, 1] = 1 - points[:, 1]
            words.append(codes[code] + ("" if code == Path.CLOSEPOLY else " ".join(f"{x:.3g}" for x in points.ravel())))
        parts.append(f'<path id="glyph-{letter}" d="{"".join(words)}"/>')
    assert "".join(parts) in logos.draw_glyphs()


def test_a_path_leaves_out_points_on_a_straight_way_and_no_other():
    line = np.array([(0, 0), (1, 0), (2, 0), (2, 0), (3, 1), (3, 3), (3, 2), (5, 2)], float)
    plot = Plot(3, 3, [Panel(Axis(0, 5), Axis(0, 5), [Line(*line.T, SITES)])])
    (ink,) = (ink for ink in lay_out(plot) if isinstance(ink, Stroke) and ink.colour == SITES)
    text = str(svg.embed(plot, "f", "a"))
    (drawn,) = read_path(re.search(r'<path d="([^"]*)" style="fill:none;stroke:var\(--sites\)', text)[1])
    assert drawn == pytest.approx(ink.lines[0][[0, 2, 4, 5, 6, 7]], abs=0.006)


def test_what_lies_beyond_the_axes_is_cut_off():
    x = np.array([0.0, 2.0])
    plot = Plot(3, 3, [Panel(Axis(0, 1), Axis(0, 1), [Line(x, x, SITES), Line(x / 4, x / 4, BACKGROUND)])])
    within = {ink.colour: ink.within for ink in lay_out(plot) if isinstance(ink, Stroke)}
    assert within[SITES] is not None
    assert within[BACKGROUND] is None
    text = svg.embed(plot, "f", "a")
    assert text.count("<clipPath") == text.count('clip-path="url(#f-c1)"') == 1


def test_a_gap_interrupts_a_line_and_markers_outside_are_left_out():
    values = np.array([0.1, 0.2, np.nan, 0.4, 0.5, 3.0])
    plot = Plot(3, 3, [Panel(Axis(0, 1), Axis(0, 1), [Line(values, values, SITES, marker="s")])])
    (line,) = (ink for ink in lay_out(plot) if isinstance(ink, Stroke) and ink.colour == SITES)
    assert [len(part) for part in line.lines] == [2, 3]
    (markers,) = (ink for ink in lay_out(plot) if isinstance(ink, Fill))
    assert len(markers.shapes) == 4


def test_values_stand_between_the_ends_of_their_axis_and_zero_far_before_a_logarithmic_one():
    assert project(Axis(2, 4), 10, 110)(np.array([2, 3, 4])).tolist() == [10, 60, 110]
    place = project(Axis(0.01, 1, log=True), 0, 100)
    assert place(np.array([0.01, 0.1, 1])) == pytest.approx([0, 50, 100])
    assert place(0.0) < -100


@pytest.mark.parametrize(
    ("low", "high", "most", "texts"),
    [
        (0, 1, 5, "0.0 0.2 0.4 0.6 0.8 1.0"),
        (-0.5, 0.02, 6, "−0.5 −0.4 −0.3 −0.2 −0.1 0.0"),
        (2_741_101.5, 2_741_351.5, 5, "2741150 2741200 2741250 2741300 2741350"),
        (0, 3e-5, 3, "0.00000 0.00001 0.00002 0.00003"),
    ],
)
def test_numbers_on_axes_are_round(low, high, most, texts):
    found = ticks.choose_ticks(low, high, most)
    assert " ".join(map(ticks.make_form(found), found)) == texts


def test_powers_of_ten_are_thinned_where_there_are_many():
    assert ticks.choose_decades(0.001, 1) == pytest.approx([0.001, 0.01, 0.1, 1])
    assert len(ticks.choose_decades(1e-12, 1)) <= ticks.ALL_DECADES + 1
    assert ticks.choose_between(0.1, 1) == pytest.approx([0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])


def test_the_page_alone_loads_nothing_that_it_does_not_need(tmp_path):
    """matplotlib takes longer to load than the page takes to write."""
    code = (
        "import sys; from headmotif.commands.head_report import head_report; "
        "head_report(['heads'], output='page', quiet=True); "
        "print([name for name in ('matplotlib', 'pandas', 'logomaker', 'torch') if name in sys.modules])"
    )
    (tmp_path / "heads").write_text("head\tregions\tverdict\nL1H1\t3\tcontent\n")
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
