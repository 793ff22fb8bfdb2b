"""The report as PDF on A4: words, figures, cards and tables of the page, without a date."""

import io
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ..contents.run import Row, Run
from ..figures import canvas, drawings
from ..figures.layout import lay_out
from ..figures.palette import MUTED
from . import cards, page, tables

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH, HEIGHT, MARGIN = 8.27, 11.69, 0.7
"""Inches."""
LINES = 74
"""Lines of text on a page."""
LETTERS = 124
"""Letters of a line of a table."""
CELL = 64
"""Letters of a cell, at most."""
LONG = 150
"""Rows of the longest table that is printed; longer ones are only named, and the page offers them to download."""
CARDS = 3
"""Cards on a page."""


def pdf(run: Run) -> bytes:
    """Render the report as PDF.

    Parameters
    ----------
    run
        The contents of the report.

    Returns
    -------
    bytes
        The file.
    """
    from matplotlib.backends.backend_pdf import PdfPages

    buffer = io.BytesIO()
    with (
        canvas.use_style(),
        PdfPages(buffer, metadata={"CreationDate": None, "Producer": None, "Creator": "headmotif"}) as pages,
    ):
        for sheet in _pages(run):
            pages.savefig(sheet)
    return buffer.getvalue()


def _pages(run: Run) -> Iterator["Figure"]:
    """In the order of the page, tables last."""
    yield from _text(run.title, [*_wrap([" ".join(run.findings)]), "", *_wrap(_list_absent(run))], title=True)
    made = {name: (words, make) for name, words, make in drawings.list_figures(run) if not name.startswith("profile ")}
    if "map" in made:
        yield _sheet(*made.pop("map"))
    yield from _cards(run)
    for name, drawn in made.items():
        yield _sheet(*drawn, more=_groups(run) if name == "likeness" else ())
    yield from _text("Methods", list(_methods(run)))
    every = list(tables.list_tables(run))
    lines = [line for name, words, rows in every if len(rows) <= LONG for line in _table(name, words, rows)]
    yield from _text("Tables", lines, small=True)
    if long := [f"{name}.tsv, {len(rows):,} rows: {words}." for name, words, rows in every if len(rows) > LONG]:
        yield from _text("Tables that are too long to print: download them from the HTML page", _wrap(long))


def _list_absent(run: Run) -> list[str]:
    return [f"Left out, because it was not given or not measured: {option}, {what}." for option, what in run.absent]


def _groups(run: Run) -> list[str]:
    return [f"Group {group}: {', '.join(str(row['head']) for row in rows)}." for group, rows in page.groups(run.rows)]


def _methods(run: Run) -> Iterator[str]:
    yield from _wrap([" ".join(run.methods)])
    yield from ("", "Verdicts (the first rule that applies decides)")
    yield from _wrap([f"{kind}: {rule}." for kind, rule in run.rules])
    yield from ("", "How to cite")
    yield from _wrap(run.citation)


def _wrap(paragraphs: Sequence[str], width: int = 96) -> list[str]:
    return [line for paragraph in paragraphs for line in textwrap.wrap(paragraph, width) or [""]]


def _make_blank() -> "Figure":
    return canvas.make_sheet(WIDTH, HEIGHT)


def _text(heading: str, lines: list[str], title: bool = False, small: bool = False) -> Iterator["Figure"]:
    """Pages of lines under a heading; `small` is for tables, in a font of fixed width."""
    for first in range(0, len(lines), LINES):
        figure = _make_blank()
        head = "\n".join(textwrap.wrap(heading, 60)[:3])
        figure.text(MARGIN / WIDTH, 1 - MARGIN / HEIGHT, head, fontsize=15 if title else 13, weight="bold", va="top")
        style = {"fontsize": 6.5, "family": "DejaVu Sans Mono"} if small else {"fontsize": 9}
        text = "\n".join(lines[first : first + LINES])
        figure.text(
            MARGIN / WIDTH,
            1 - (MARGIN + 0.3 + 0.25 * head.count("\n") + 0.1) / HEIGHT,
            text,
            va="top",
            linespacing=1.35,
            **style,
        )
        yield figure


def _sheet(words: str, make: drawings.Maker, more: Sequence[str] = ()) -> "Figure":
    """A figure on a page of its own, within the margins, with its caption below."""
    plot = make()
    width, height = min(WIDTH - 2 * MARGIN, plot.width), min(plot.height, HEIGHT - 2 * MARGIN - 1)
    sheet = _make_blank()
    canvas.put(sheet, lay_out(replace(plot, width=width, height=height)), MARGIN, MARGIN)
    text = "\n".join(_wrap([words, *more]))
    sheet.text(MARGIN / WIDTH, 1 - (MARGIN + height + 0.15) / HEIGHT, text, va="top", fontsize=9, color=MUTED)
    return sheet


def _cards(run: Run) -> Iterator["Figure"]:
    known = cards.profiles(run)
    for first in range(0, len(run.rows), CARDS):
        figure = _make_blank()
        for place, row in enumerate(run.rows[first : first + CARDS]):
            cards.draw_card(figure, run, row, known, MARGIN, MARGIN + place * (HEIGHT - 2 * MARGIN) / CARDS)
        yield figure


def _table(name: str, words: str, rows: Sequence[Row]) -> Iterator[str]:
    """The lines of a table, in parts of as many columns as fit a line; each part repeats the first column."""
    cells = {key: [key, *(_cell(row[key]) for row in rows)] for key in rows[0]}
    width = {key: max(map(len, column)) + 2 for key, column in cells.items()}
    first, *others = cells
    while others or first:
        kept, room = [first], LETTERS - width[first]
        while others and (room >= width[others[0]] or len(kept) == 1):
            room -= width[others[0]]
            kept.append(others.pop(0))
        yield from (f"{words} ({name}.tsv)"[:LETTERS], "")
        yield from (
            "".join(f"{cells[key][i]:<{width[key]}}" for key in kept).rstrip()[:LETTERS] for i in range(len(rows) + 1)
        )
        yield from ("", "")
        if not others:
            return


def _cell(value: object) -> str:
    text = page.number(value)
    return text if len(text) <= CELL else text[: CELL - 1] + "…"
