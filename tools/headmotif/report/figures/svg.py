"""Figures of matplotlib as bytes: whole files for a paper, or parts of the page, that take the page's font and colours.

Nothing is dated and names of parts are fixed: the same figure gives the same bytes with the same version of matplotlib.
"""

import contextlib
import io
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from .palette import GRID, INK, MUTED, NAMES, PAPER

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.typing import RcKeyType

DPI = 200
_STYLE: "dict[RcKeyType, object]" = {
    "svg.hashsalt": "headmotif",
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": False,
    "axes.facecolor": "none",
    "text.color": INK,
    "text.parse_math": False,  # a name from a file may hold a dollar sign
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "grid.color": GRID,
    "legend.frameon": False,
    "figure.facecolor": PAPER,
    "axes.unicode_minus": True,
}


@contextlib.contextmanager
def styled(text: str = "none") -> Iterator[None]:
    """matplotlib as the report's figures have it. text: "none" leaves text as text, "path" makes outlines of it."""
    import warnings

    import matplotlib

    with matplotlib.rc_context({**_STYLE, "svg.fonttype": text}), warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", message="Glyph .* missing from font"
        )  # a name in any script; the page's font has it
        yield


def axes(width: float, height: float) -> "tuple[Figure, Axes]":
    """An empty figure of so many inches with its axes; draw on it within `styled`."""
    figure = _empty(width, height)
    return figure, figure.subplots()


def row_of(width: float, height: float, number: int) -> "tuple[Figure, Sequence[Axes]]":
    """An empty figure of so many axes side by side; draw on it within `styled`."""
    figure = _empty(width, height)
    return figure, list(figure.subplots(1, number))


def stacked(width: float, heights: Sequence[float]) -> "tuple[Figure, Sequence[Axes]]":
    """An empty figure of axes above each other, so many inches high, that share their x axis; draw on it within
    `styled`."""
    figure = _empty(width, sum(heights) + 0.6)
    found = figure.subplots(len(heights), 1, sharex=True, squeeze=False, gridspec_kw={"height_ratios": list(heights)})
    return figure, list(found[:, 0])


def _empty(width: float, height: float) -> "Figure":
    """Nothing of so many inches, with room at its sides: the page's letters may be a little wider than those of the
    layout."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    figure = Figure(figsize=(width, height), layout=ConstrainedLayoutEngine(w_pad=0.09, h_pad=0.06))
    FigureCanvasAgg(figure)
    return figure


def file(figure: "Figure", kind: str, dpi: int = DPI) -> bytes:
    """A figure as the bytes of an SVG or PNG. Its layout is worked out once, which takes longer than the drawing, and
    then stays."""
    if (engine := figure.get_layout_engine()) is not None:
        engine.execute(figure)
        figure.set_layout_engine("none")
    buffer = io.BytesIO()
    nothing = {"Date": None, "Creator": None} if kind == "svg" else {"Software": None}
    figure.savefig(buffer, format=kind, dpi=dpi, metadata=nothing)
    return buffer.getvalue()


def inline(figure: "Figure", name: str, title: str) -> Markup:
    """A figure as a part of the page. name: unique on it, for its parts' names; title: what a reader who sees no
    picture is told."""
    figure.patch.set_visible(False)
    text = file(figure, "svg").decode()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>\s*", "", text, flags=re.DOTALL)
    text = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', text)
    text = re.sub(r'href="#([^"]+)"', rf'href="#{name}-\1"', text)
    text = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", text)
    for colour, variable in NAMES.items():
        text = text.replace(f": {colour}", f": var(--{variable})")
    text = re.sub(r"font: ([^;\"]*?)'DejaVu Sans'", r"font: \1system-ui, sans-serif", text)
    text = re.sub(r"\n\s*", "\n", text)
    opening = text[: text.index(">") + 1]
    box = opening.split('viewBox="')[1].split('"')[0]
    width = float(box.split()[2]) * 4 / 3
    head = f'<svg viewBox="{box}" role="img" aria-labelledby="{name}-title" style="max-width:{width:.0f}px">'
    head += f'<title id="{name}-title">{escape(title)}</title>'
    return Markup(head + text[len(opening) :].rstrip())
