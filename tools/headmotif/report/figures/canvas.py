"""Ink on paper: figures as files and as pages of the PDF, by matplotlib, which is loaded for these alone.

There are no dates in them, and the names of their parts are fixed. The same figure gives the same bytes with the same
version of matplotlib.
"""

import contextlib
import io
from collections.abc import Iterable, Iterator
from functools import singledispatch
from typing import TYPE_CHECKING, Literal

from .ink import Box, Fill, Image, Ink, Stroke, Text
from .layout import INCH, lay_out
from .palette import INK, MUTED, PAPER
from .plot import Plot

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure
    from matplotlib.transforms import Transform, TransformedBbox
    from matplotlib.typing import RcKeyType

DPI = 200
_STYLE: "dict[RcKeyType, object]" = {
    "svg.hashsalt": "headmotif",
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.facecolor": "none",
    "text.color": INK,
    "text.parse_math": False,  # a name from a file may hold a dollar sign
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "figure.facecolor": PAPER,
    "axes.unicode_minus": True,
}

_ANCHOR: "dict[str, Literal['left', 'center', 'right']]" = {"start": "left", "middle": "center", "end": "right"}


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


def make_sheet(width: float, height: float) -> "Figure":
    """Make an empty sheet; use it within `use_style`.

    Parameters
    ----------
    width, height
        Size in inches.

    Returns
    -------
    Figure
        The sheet.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)
    return figure


def draw(plot: Plot) -> "Figure":
    """Draw a figure on a sheet of its own size.

    Parameters
    ----------
    plot
        The figure.

    Returns
    -------
    Figure
        The sheet.
    """
    sheet = make_sheet(plot.width, plot.height)
    put(sheet, lay_out(plot))
    return sheet


def put(sheet: "Figure", inks: Iterable[Ink], left: float = 0, top: float = 0) -> None:
    """Put ink on a sheet.

    Parameters
    ----------
    sheet
        The sheet.
    inks
        The ink.
    left, top
        Where its upper left corner lies, in inches from that of the sheet.
    """
    from matplotlib.transforms import Affine2D

    _, height = sheet.get_size_inches()
    place = Affine2D().scale(1 / INCH, -1 / INCH).translate(left, height - top) + sheet.dpi_scale_trans
    for order, ink in enumerate(inks):
        artist = _make_artist(ink, place)
        artist.set_zorder(order)
        sheet.add_artist(artist)


@singledispatch
def _make_artist(ink: Ink, place: "Transform") -> "Artist":
    """The artist of a piece of ink, by its kind."""
    raise TypeError(type(ink))


@_make_artist.register(Stroke)
def _(ink: Stroke, place: "Transform") -> "Artist":
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    path = Path.make_compound_path(*map(Path, ink.lines))
    style = (0, ink.dashes) if ink.dashes else "-"
    artist = PathPatch(
        path, transform=place, fill=False, edgecolor=ink.colour, linewidth=ink.width, linestyle=style, capstyle="butt"
    )
    return _clip(artist, ink.within, place)


@_make_artist.register(Fill)
def _(ink: Fill, place: "Transform") -> "Artist":
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    path = Path.make_compound_path(*(Path([*shape, shape[0]], closed=True) for shape in ink.shapes))
    return _clip(PathPatch(path, transform=place, color=ink.colour, linewidth=0), ink.within, place)


@_make_artist.register(Text)
def _(ink: Text, place: "Transform") -> "Artist":
    from matplotlib import text

    return text.Text(
        ink.x, ink.y, ink.text, transform=place, color=ink.colour, fontsize=ink.size, rotation=ink.turn,
        horizontalalignment=_ANCHOR[ink.anchor], verticalalignment="baseline", rotation_mode="anchor",
        fontstyle="italic" if ink.italic else "normal",
    )  # fmt: skip


@_make_artist.register(Image)
def _(ink: Image, place: "Transform") -> "Artist":
    from matplotlib.image import BboxImage

    image = BboxImage(_make_box(ink.box, place), interpolation="nearest", origin="lower")
    image.set_data(ink.colours)
    return image


def _make_box(box: Box, place: "Transform") -> "TransformedBbox":
    from matplotlib.transforms import Bbox, TransformedBbox

    left, top, right, bottom = box
    return TransformedBbox(Bbox.from_extents(left, bottom, right, top), place)


def _clip(artist: "Artist", box: Box | None, place: "Transform") -> "Artist":
    if box is not None:
        artist.set_clip_box(_make_box(box, place))
    return artist


def render_file(sheet: "Figure", kind: str, dpi: int = DPI) -> bytes:
    """Render a sheet as the bytes of a file.

    Parameters
    ----------
    sheet
        The sheet.
    kind
        "svg" or "png".
    dpi
        Dots per inch of PNG.

    Returns
    -------
    bytes
        The file, without a date.
    """
    buffer = io.BytesIO()
    undated = {"Date": None, "Creator": None} if kind == "svg" else {"Software": None}
    sheet.savefig(buffer, format=kind, dpi=dpi, metadata=undated)
    return buffer.getvalue()
