"""Figures as SVG, parts of the page: with its font and its colours, which dark mode replaces.

The same figure gives the same bytes. There are no dates in them, and the names of their parts are fixed.
"""

import base64
import struct
import zlib
from collections.abc import Mapping, Sequence
from functools import singledispatch

import numpy as np
from markupsafe import Markup, escape

from .ink import Box, Fill, Image, Ink, Stroke, Text
from .layout import INCH, lay_out
from .palette import NAMES
from .plot import Plot

FINE = 100
"""Steps of a point to which places are rounded."""


def embed(plot: Plot, name: str, title: str) -> Markup:
    """Render a figure as a part of the page.

    Parameters
    ----------
    plot
        The figure.
    name
        A name that no other figure of the page has, for the names of its parts.
    title
        What a screen reader says in place of the picture.

    Returns
    -------
    Markup
        The figure as SVG.
    """
    width, height = INCH * plot.width, INCH * plot.height
    head = (
        f'<svg viewBox="0 0 {width:g} {height:g}" role="img" aria-labelledby="{name}-title" '
        f'style="max-width:{width * 4 / 3:.0f}px;font-family:system-ui,sans-serif">'
        f'<title id="{name}-title">{escape(title)}</title>'
    )
    inks = lay_out(plot)
    boxes = dict.fromkeys(ink.within for ink in inks if isinstance(ink, Stroke | Fill) and ink.within)
    clips = {box: f"{name}-c{i}" for i, box in enumerate(boxes, 1)}
    cut = [f'<clipPath id="{clip}">{_write_rectangle("rect", box)}/></clipPath>' for box, clip in clips.items()]
    return Markup("\n".join([head, *cut, *(_write(ink, clips) for ink in inks), "</svg>"]))


@singledispatch
def _write(ink: Ink, clips: Mapping[Box, str]) -> str:
    """The element of a piece of ink, by its kind; `clips` names the clip path of each box."""
    raise TypeError(type(ink))


@_write.register
def _(ink: Stroke, clips: Mapping[Box, str]) -> str:
    dashes = f";stroke-dasharray:{' '.join(f'{ink.width * dash:g}' for dash in ink.dashes)}" if ink.dashes else ""
    look = f"fill:none;stroke:{_name(ink.colour)};stroke-width:{ink.width:g}{dashes}"
    return f'<path d="{_write_path(ink.lines)}" style="{look}"{_clip(ink.within, clips)}/>'


@_write.register
def _(ink: Fill, clips: Mapping[Box, str]) -> str:
    return f'<path d="{_write_path(ink.shapes, "z")}" style="fill:{_name(ink.colour)}"{_clip(ink.within, clips)}/>'


@_write.register
def _(ink: Text, clips: Mapping[Box, str]) -> str:
    x, y = f"{ink.x:.2f}", f"{ink.y:.2f}"
    turned = f' transform="rotate({-ink.turn:g} {x} {y})"' if ink.turn else ""
    anchor = f' text-anchor="{ink.anchor}"' if ink.anchor != "start" else ""
    look = f"font-size:{ink.size:g}px;fill:{_name(ink.colour)}" + (";font-style:italic" if ink.italic else "")
    return f'<text x="{x}" y="{y}"{anchor}{turned} style="{look}">{escape(ink.text)}</text>'


@_write.register
def _(ink: Image, clips: Mapping[Box, str]) -> str:
    content = base64.b64encode(encode_png(ink.colours)).decode()
    return (
        f'{_write_rectangle("image", ink.box)} preserveAspectRatio="none" style="image-rendering:pixelated" '
        f'href="data:image/png;base64,{content}"/>'
    )


def _clip(box: Box | None, clips: Mapping[Box, str]) -> str:
    return "" if box is None else f' clip-path="url(#{clips[box]})"'


def _name(colour: str) -> str:
    """The colour as the page's style sheet names it."""
    return f"var(--{NAMES[colour]})" if colour in NAMES else colour


def _write_rectangle(tag: str, box: Box) -> str:
    left, top, right, bottom = box
    return f'<{tag} x="{left:.2f}" y="{top:.2f}" width="{right - left:.2f}" height="{bottom - top:.2f}"'


def _write_path(parts: Sequence[np.ndarray], close: str = "") -> str:
    """The commands of lines in relative steps, each with `close` at its end."""
    if not parts:
        return ""
    whole = np.rint(np.concatenate(parts) * FINE).astype(np.int64)
    first = np.zeros(len(whole), bool)
    first[np.cumsum([0, *map(len, parts[:-1])])] = True
    whole, first = _thin(whole, first)
    steps = np.diff(whole, axis=0, prepend=0)
    steps[first] = whole[first]
    words = [
        f"{close}M{x:g},{y:g}" if new else f"l{x:g},{y:g}"
        for new, (x, y) in zip(first.tolist(), (steps / FINE).tolist(), strict=True)
    ]
    return "".join(words)[len(close) :] + close


def _thin(points: np.ndarray, first: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Points without those that repeat the one before and those on a straight way between their neighbours.

    int64 (points, 2) and bool (points,): whether each begins a line.
    """
    kept = first | np.diff(points, axis=0, prepend=0).any(axis=1)
    points, first = points[kept], first[kept]
    before = np.diff(points, axis=0, prepend=0)
    after = np.diff(points, axis=0, append=0)
    turns = (before[:, 0] * after[:, 1] != before[:, 1] * after[:, 0]) | ((before * after).sum(axis=1) < 0)
    kept = turns | first | np.append(first[1:], True)
    return points[kept], first[kept]


def encode_png(colours: np.ndarray) -> bytes:
    """Encode an image as PNG (https://www.w3.org/TR/png-3/): one chunk of compressed rows without filters.

    Parameters
    ----------
    colours
        uint8 (rows, columns, 4): red, green, blue and opacity.

    Returns
    -------
    bytes
        The file, without a date.
    """

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    rows, columns, _ = colours.shape
    unfiltered = np.zeros((rows, 1 + 4 * columns), np.uint8)
    unfiltered[:, 1:] = colours.reshape(rows, -1)
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", struct.pack(">IIBBBBB", columns, rows, 8, 6, 0, 0, 0)),
            chunk(b"IDAT", zlib.compress(unfiltered.tobytes(), 9)),
            chunk(b"IEND", b""),
        ]
    )
