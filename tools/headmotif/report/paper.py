"""The report as PDF, A4: the same words, figures and cards as the page, for those who cannot be shown HTML. Nothing in it is dated."""

import io
import textwrap
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..data import Motif
from ..formats.logo import information
from . import drawings, figures, svg
from .page import number
from .palette import BASES, MUTED
from .run import Row, Run

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, HEIGHT, MARGIN = 8.27, 11.69, 0.7
"""Inches."""
COLUMNS = {"head": 9, "peak": 6, "regions": 8, "motif": 16, "motif_p": 9, "ap_zero": 9, "motif_effect": 9, "recurs": 7}
"""Columns of the table of heads and their widths in letters; the verdict comes last."""
LINES = 74
CARDS = 5


def pdf(run: Run) -> bytes:
    """The whole file."""
    from matplotlib.backends.backend_pdf import PdfPages

    buffer = io.BytesIO()
    with svg.styled(), PdfPages(buffer, metadata={"CreationDate": None, "Producer": None, "Creator": "headmotif"}) as pages:
        for page in _pages(run):
            pages.savefig(page)
    return buffer.getvalue()


def _pages(run: Run) -> Iterator["Figure"]:
    yield from _text(run.title, [*_wrapped([" ".join(run.findings)]), "", *_wrapped(_absent(run))], title=True)
    made = dict((name, (words, make)) for name, words, make in drawings.all_of(run))
    for name in ("map",):
        if name in made:
            yield _sheet(*made[name])
    yield from _cards(run)
    for name, (words, make) in made.items():
        if name != "map" and not name.startswith("profile "):
            yield _sheet(words, make)
    yield from _text("Heads", [_line(None, run), *(_line(row, run) for row in run.rows)], small=True)
    rules = [f"{kind}: {rule}." for kind, rule in run.rules]
    given = [f"{row['input']}  {row['SHA-256']}" for row in run.given]
    lines = [
        *_wrapped([" ".join(run.methods)]),
        "",
        "Verdicts (the first rule that holds decides)",
        *_wrapped(rules),
        "",
        "Inputs (SHA-256)",
    ]
    yield from _text("Methods", [*lines, *given, "", "How to cite", *_wrapped(run.citation)])


def _absent(run: Run) -> list[str]:
    return [f"Left out, for its file was not given: {option}, {what}." for option, what in run.absent]


def _wrapped(paragraphs: Sequence[str], width: int = 96) -> list[str]:
    return [line for paragraph in paragraphs for line in textwrap.wrap(paragraph, width) or [""]]


def _blank() -> "Figure":
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, HEIGHT))
    FigureCanvasAgg(figure)
    return figure


def _text(heading: str, lines: list[str], title: bool = False, small: bool = False) -> Iterator["Figure"]:
    """Pages of lines under a heading. small: a table, in letters of one width."""
    for first in range(0, len(lines), LINES):
        figure = _blank()
        head = "\n".join(textwrap.wrap(heading, 60)[:3])
        figure.text(MARGIN / WIDTH, 1 - MARGIN / HEIGHT, head, fontsize=15 if title else 13, weight="bold", va="top")
        style = {"fontsize": 6.5, "family": "DejaVu Sans Mono"} if small else {"fontsize": 9}
        text = "\n".join(lines[first : first + LINES])
        figure.text(MARGIN / WIDTH, 1 - (MARGIN + 0.3 + 0.25 * head.count("\n") + 0.1) / HEIGHT, text, va="top", linespacing=1.35, **style)
        yield figure


def _sheet(words: str, make: drawings.Maker) -> "Figure":
    """A figure on a page of its own, as wide as the margins let it be, with its words below."""
    figure = make()
    width, height = figure.get_size_inches()
    scale = min(1, (WIDTH - 2 * MARGIN) / width)
    width, height = width * scale, min(height, HEIGHT - 2 * MARGIN - 1)
    figure.set_size_inches(WIDTH, HEIGHT)
    top = 1 - MARGIN / HEIGHT
    figure.get_layout_engine().set(rect=(MARGIN / WIDTH, top - height / HEIGHT, width / WIDTH, height / HEIGHT))
    text = "\n".join(_wrapped([words]))
    figure.text(MARGIN / WIDTH, top - (height + 0.15) / HEIGHT, text, va="top", fontsize=9, color=MUTED).set_in_layout(False)
    return figure


def _cards(run: Run) -> Iterator["Figure"]:
    """Heads, so many a page: profile, motif, verdict."""
    known = {}
    if run.profiles:
        names, distance, sites, background = drawings.profiles(run.profiles)
        known = {name: (distance, sites[i], background[i]) for i, name in enumerate(names)}
    step = (HEIGHT - 2 * MARGIN) / CARDS
    for first in range(0, len(run.rows), CARDS):
        figure = _blank()
        for place, row in enumerate(run.rows[first : first + CARDS]):
            top = HEIGHT - MARGIN - place * step
            name = str(row["head"])
            verdict = run.verdicts[name]
            figure.text(MARGIN / WIDTH, top / HEIGHT, f"{name[:60]}   {verdict.label[:60]}", weight="bold", fontsize=10, va="top")
            says = "\n".join(textwrap.wrap(verdict.text, 105)[:2])
            figure.text(MARGIN / WIDTH, (top - 0.22) / HEIGHT, says, fontsize=8, va="top", color=MUTED)
            if name in known:
                ax = figure.add_axes(((MARGIN + 0.45) / WIDTH, (top - 1.55) / HEIGHT, 3.0 / WIDTH, 0.8 / HEIGHT))
                figures.profile_on(ax, *known[name])
            if name in run.motifs:
                motif = run.motifs[name]
                ax = figure.add_axes(((MARGIN + 3.95) / WIDTH, (top - 1.55) / HEIGHT, min(2.9, 0.17 * len(motif)) / WIDTH, 0.8 / HEIGHT))
                _logo(ax, motif)
        yield figure


def _logo(ax: "Axes", motif: Motif) -> None:
    from matplotlib.font_manager import FontProperties
    from matplotlib.patches import PathPatch
    from matplotlib.textpath import TextPath
    from matplotlib.transforms import Affine2D

    font = FontProperties(family="DejaVu Sans", weight="bold")
    shape = {letter: TextPath((0, 0), letter, size=1, prop=font) for letter in "ACGT"}
    for column, heights in enumerate(information(motif)):
        y = 0.0
        for base in np.argsort(heights, kind="stable"):
            path, tall = shape["ACGT"[base]], float(heights[base])
            if tall >= 0.01:
                box = path.get_extents()
                place = Affine2D().translate(-box.x0, -box.y0).scale(0.95 / box.width, tall / box.height).translate(column, y)
                ax.add_patch(PathPatch(path.transformed(place), color=BASES["ACGT"[base]], linewidth=0))
            y += tall
    ax.set(xlim=(0, len(motif)), ylim=(0, 2), xticks=[], yticks=[0, 1, 2])
    ax.tick_params(labelsize=7)
    ax.set_ylabel("bits", fontsize=7)


def _line(row: Row | None, run: Run) -> str:
    """A line of the table of heads; its header for None."""
    if row is None:
        return "".join(f"{name:<{width}}" for name, width in COLUMNS.items()) + "verdict"
    cells = [number(row.get(name, "")) for name in COLUMNS]
    return (
        "".join(f"{cell[: width - 1]:<{width}}" for cell, width in zip(cells, COLUMNS.values(), strict=True))
        + run.verdicts[str(row["head"])].label[:50]
    )
