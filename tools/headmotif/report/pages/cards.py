"""The card of a head drawn by matplotlib, for the PDF and as a picture. All positions and sizes are in inches."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ...data import Match, Motif
from ...data.verdict import Example
from ...formats.motifs.logo import information
from ..contents.run import Row, Run
from ..figures import canvas, drawings, heads
from ..figures.layout import INCH, lay_out_in
from ..figures.palette import BASES, INK, MUTED
from . import page

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, HEIGHT = 6.87, 3.4
COLUMN = 0.125
"""Largest width of a logo's column."""
LETTER = 6.0
"""Font size of example sites, in points; a letter of DejaVu Sans Mono is 0.602 times as wide."""
LINES = 4
EXAMPLES = 5
Profiles = Mapping[str, tuple[np.ndarray, np.ndarray, np.ndarray]]


def profiles(run: Run) -> Profiles:
    """Arrange the profiles by head.

    Parameters
    ----------
    run
        The contents of the report.

    Returns
    -------
    Mapping
        By head: offsets, int64 (keys,), and mean weight at sites and at background positions, float64 (keys,) each.
    """
    if not run.profiles:
        return {}
    names, distance, sites, background = drawings.profiles(run.profiles)
    return {name: (distance, sites[i], background[i]) for i, name in enumerate(names)}


def draw_picture(run: Run, row: Row) -> "Figure":
    """Draw the card of a head as a figure of its own, within `canvas.use_style`.

    Parameters
    ----------
    run
        The contents of the report.
    row
        The row of the head.

    Returns
    -------
    Figure
        The card.
    """
    figure = canvas.make_sheet(WIDTH + 0.3, HEIGHT + 0.2)
    draw_card(figure, run, row, profiles(run), 0.15, 0.1)
    return figure


def draw_card(figure: "Figure", run: Run, row: Row, known: Profiles, left: float, top: float) -> None:
    """Draw the card of a head on a figure.

    Parameters
    ----------
    figure
        The figure.
    run
        The contents of the report.
    row
        The row of the head.
    known
        Profiles by head, see `profiles`.
    left, top
        Position of the card's upper left corner, from that of the figure, in inches.
    """
    name = str(row["head"])
    verdict = run.verdicts[name]
    _write(figure, left, top, f"{name[:60]}   {verdict.label[:60]}", 10, weight="bold")
    says = textwrap.wrap(verdict.text, 118)[:LINES]
    _write(figure, left, top + 0.2, "\n".join(says), 8, color=MUTED)
    upper = top + 0.42 + 0.14 * len(says)
    if name in known:
        box = (0, 0, 2.75 * INCH, 0.75 * INCH)
        canvas.put(figure, lay_out_in(heads.make_profile(*known[name]), box), left + 0.5, upper)
    facts = [f"{what}: {value} {more}".rstrip() for what, value, more in page.facts(run, row)]
    half = -(-len(facts) // 2)
    for lines, x in ((facts[:half], left), (facts[half:], left + 3.4)):
        _write(figure, x, upper + 1.22, "\n".join(lines), 6.5)
    best = min((m for m in run.matches if m.query == name), key=lambda m: (m.q, m.p), default=None)
    if name in run.motifs:
        _draw_motif(figure, run, run.motifs[name], best, left + 3.75, upper)
    elif best:
        _write(figure, left + 3.75, upper, page.match_words(best), 7)
    _draw_examples(figure, run.examples.get(name, ())[:EXAMPLES], left, top + HEIGHT - 0.14 * EXAMPLES - 0.05)


def _draw_motif(figure: "Figure", run: Run, motif: Motif, best: Match | None, left: float, top: float) -> None:
    """Draw the logo of the head; if it matches a known motif, that one above it, aligned."""
    target = run.targets.get(best.target) if best else None
    if best is None or target is None:
        _write(
            figure,
            left - 0.35,
            top - 0.18,
            "No match with a known motif" if best is None else page.match_words(best),
            7,
            color=MUTED,
        )
        _draw_logo(_make_axes(figure, left, top, min(2.8, 0.16 * len(motif)), 0.6), motif, 0, len(motif))
        return
    if best.orientation == "-":
        target = Motif(target.name, target.matrix[::-1, ::-1])
    start, end = min(0, best.offset), max(best.offset + len(motif), len(target))
    width = min(2.95, COLUMN * (end - start))
    _write(figure, left - 0.35, top - 0.18, f"{page.match_words(best)} (above)", 7, color=MUTED)
    _draw_logo(_make_axes(figure, left, top, width, 0.5), target, -start, end - start)
    _draw_logo(_make_axes(figure, left, top + 0.6, width, 0.5), motif, best.offset - start, end - start)


def _draw_examples(figure: "Figure", examples: Sequence[Example], left: float, top: float) -> None:
    """Draw the example sites: attended bases are coloured, and the +1 is framed."""
    from matplotlib.patches import Rectangle

    step = 0.602 * LETTER / 72
    width, height = figure.get_size_inches()
    for i, one in enumerate(examples):
        y = top + 0.14 * i
        where = f"{one.contig}:{one.position + 1:,} {'+' if one.strand > 0 else '−'}"
        _write(figure, left, y, where[:34], LETTER, color=MUTED)
        x = left + 2.0
        for place in (*range(one.start, one.end), one.site):
            attended = one.start <= place < one.end
            look = (
                {"facecolor": BASES.get(one.sequence[place], MUTED), "alpha": 0.55, "linewidth": 0}
                if attended
                else {"fill": False}
            )
            corner = ((x + place * step) / width, 1 - (y + 0.105) / height)
            figure.add_artist(Rectangle(corner, step / width, 0.115 / height, transform=figure.transFigure, **look))
        _write(figure, x, y, one.sequence, LETTER, family="DejaVu Sans Mono")


def _write(figure: "Figure", x: float, y: float, text: str, size: float, **look: str) -> None:
    width, height = figure.get_size_inches()
    figure.text(x / width, 1 - y / height, text, {"color": INK, **look}, fontsize=size, va="top")


def _make_axes(figure: "Figure", left: float, top: float, width: float, height: float) -> "Axes":
    whole = figure.get_size_inches()
    return figure.add_axes((left / whole[0], 1 - (top + height) / whole[1], width / whole[0], height / whole[1]))


def _draw_logo(ax: "Axes", motif: Motif, first: int, columns: int) -> None:
    """Draw a logo from column `first` on axes that are `columns` columns wide."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.patches import PathPatch
    from matplotlib.textpath import TextPath
    from matplotlib.transforms import Affine2D

    font = FontProperties(family="DejaVu Sans", weight="bold")
    shape = {letter: TextPath((0, 0), letter, size=1, prop=font) for letter in "ACGT"}
    for column, heights in enumerate(information(motif), first):
        y = 0.0
        for base in np.argsort(heights, kind="stable"):
            path, tall = shape["ACGT"[base]], float(heights[base])
            if tall >= 0.01:
                extents = path.get_extents()
                place = (
                    Affine2D()
                    .translate(-extents.x0, -extents.y0)
                    .scale(0.95 / extents.width, tall / extents.height)
                    .translate(column, y)
                )
                ax.add_patch(PathPatch(path.transformed(place), color=BASES["ACGT"[base]], linewidth=0))
            y += tall
    ax.set(xlim=(0, columns), ylim=(0, 2), xticks=[], yticks=[0, 1, 2])
    ax.tick_params(labelsize=6)
    ax.set_ylabel("bits", fontsize=6)
