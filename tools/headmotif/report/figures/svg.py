"""Figures of matplotlib as bytes: files for a paper, or parts of the page with the page's font and colours.

There are no dates in them, and the names of their parts are fixed. The same figure gives the same bytes with the same
version of matplotlib.
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
def use_style(text: str = "none") -> Iterator[None]:
    """Use the style of the report's figures within a `with` block.

    Parameters
    ----------
    text
        "none" keeps text as text, "path" turns it into outlines.

    Yields
    ------
    None
        Nothing.
    """
    import warnings

    import matplotlib

    with matplotlib.rc_context({**_STYLE, "svg.fonttype": text}), warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", message="Glyph .* missing from font"
        )  # a name in any script; the page's font has it
        yield


def make_axes(width: float, height: float) -> "tuple[Figure, Axes]":
    """Make an empty figure with its axes; draw on it within `use_style`.

    Parameters
    ----------
    width, height
        Size in inches.

    Returns
    -------
    tuple
        The figure and its axes.
    """
    figure = _make_empty(width, height)
    return figure, figure.subplots()


def make_row(width: float, height: float, number: int) -> "tuple[Figure, Sequence[Axes]]":
    """Make an empty figure with axes side by side; draw on it within `use_style`.

    Parameters
    ----------
    width, height
        Size in inches.
    number
        Number of axes.

    Returns
    -------
    tuple
        The figure and its axes, from left to right.
    """
    figure = _make_empty(width, height)
    return figure, list(figure.subplots(1, number))


def stack_axes(width: float, heights: Sequence[float]) -> "tuple[Figure, Sequence[Axes]]":
    """Make an empty figure with axes above each other that share their x axis; draw on it within `use_style`.

    Parameters
    ----------
    width
        Width in inches.
    heights
        Height of each of the axes in inches.

    Returns
    -------
    tuple
        The figure and its axes, from top to bottom.
    """
    figure = _make_empty(width, sum(heights) + 0.6)
    found = figure.subplots(len(heights), 1, sharex=True, squeeze=False, gridspec_kw={"height_ratios": list(heights)})
    return figure, list(found[:, 0])


def _make_empty(width: float, height: float) -> "Figure":
    """An empty figure with room at its sides, because the letters of the page may be wider than those of the layout."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    figure = Figure(figsize=(width, height), layout=ConstrainedLayoutEngine(w_pad=0.09, h_pad=0.06))
    FigureCanvasAgg(figure)
    return figure


def render_file(figure: "Figure", kind: str, dpi: int = DPI) -> bytes:
    """Render a figure as the bytes of a file.

    The layout is computed once, which takes longer than the drawing, and is then fixed.

    Parameters
    ----------
    figure
        The figure.
    kind
        "svg" or "png".
    dpi
        Dots per inch of PNG.

    Returns
    -------
    bytes
        The file, without a date.
    """
    if (engine := figure.get_layout_engine()) is not None:
        engine.execute(figure)
        figure.set_layout_engine("none")
    buffer = io.BytesIO()
    undated = {"Date": None, "Creator": None} if kind == "svg" else {"Software": None}
    figure.savefig(buffer, format=kind, dpi=dpi, metadata=undated)
    return buffer.getvalue()


def embed(figure: "Figure", name: str, title: str) -> Markup:
    """Render a figure as a part of the page.

    Parameters
    ----------
    figure
        The figure.
    name
        A name that no other figure of the page has, for the names of its parts.
    title
        What a screen reader says in place of the picture.

    Returns
    -------
    Markup
        The figure as SVG, with the colours and the font of the page.
    """
    figure.patch.set_visible(False)
    text = render_file(figure, "svg").decode()
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
    view_box = opening.split('viewBox="')[1].split('"')[0]
    width = float(view_box.split()[2]) * 4 / 3
    head = f'<svg viewBox="{view_box}" role="img" aria-labelledby="{name}-title" style="max-width:{width:.0f}px">'
    head += f'<title id="{name}-title">{escape(title)}</title>'
    return Markup(head + text[len(opening) :].rstrip())
