"""What `layout` makes of a figure: strokes, fills, texts and images on a sheet, the lowest first.

Positions are in points (1/72 inch) from the sheet's upper left corner; y grows downwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Box = tuple[float, float, float, float]
"""Left, top, right and bottom."""


@dataclass(frozen=True, eq=False)
class Stroke:
    """Lines of one look.

    Attributes
    ----------
    lines
        float64 (points, 2) each: x and y of the points that straight lines connect.
    colour
        The colour, as #rrggbb.
    width
        Width in points.
    dashes
        Lengths of dashes and gaps in widths of the line; empty for a whole line.
    within
        What lies outside this box is not drawn; None draws all.
    """

    lines: Sequence[np.ndarray]
    colour: str
    width: float
    dashes: tuple[float, ...] = ()
    within: Box | None = None


@dataclass(frozen=True, eq=False)
class Fill:
    """Filled shapes of one colour.

    Attributes
    ----------
    shapes
        float64 (corners, 2) each: x and y of the corners.
    colour
        The colour, as #rrggbb.
    within
        What lies outside this box is not drawn; None draws all.
    """

    shapes: Sequence[np.ndarray]
    colour: str
    within: Box | None = None


@dataclass(frozen=True)
class Text:
    """A line of text.

    Attributes
    ----------
    text
        The text.
    x, y
        Where its anchor is, on its baseline.
    size
        Font size in points.
    colour
        The colour, as #rrggbb.
    anchor
        Which part of the text stands at x: "start", "middle" or "end".
    turn
        Degrees of its rotation around its anchor, counterclockwise.
    italic
        Whether it is in italics.
    """

    text: str
    x: float
    y: float
    size: float
    colour: str
    anchor: str = "start"
    turn: float = 0
    italic: bool = False


@dataclass(frozen=True, eq=False)
class Image:
    """Rectangles of the same size, row by row.

    Attributes
    ----------
    box
        Where they lie.
    colours
        uint8 (rows, columns, 4): red, green, blue and opacity.
    """

    box: Box
    colours: np.ndarray


Ink = Stroke | Fill | Text | Image


def make_rectangles(left: np.ndarray, top: np.ndarray, right: np.ndarray, bottom: np.ndarray) -> list[np.ndarray]:
    """Make the corners of rectangles.

    Parameters
    ----------
    left, top, right, bottom
        float64 (rectangles,): their sides.

    Returns
    -------
    list
        float64 (4, 2) each: x and y of the corners.
    """
    return list(np.stack([left, top, right, top, right, bottom, left, bottom], axis=-1).reshape(-1, 4, 2))
