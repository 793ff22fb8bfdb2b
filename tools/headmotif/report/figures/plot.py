"""What a figure shows: panels with two axes each, and marks in the units of the axes. `layout` turns it into ink."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from .palette import INK, MUTED

DOTTED = (2.0, 2.0)
"""Dashes of lines that mark a value."""


@dataclass(frozen=True, eq=False)
class Axis:
    """One axis of a panel.

    Attributes
    ----------
    low, high
        Values at its left and right end, or at its lower and upper end; the first may be the larger one.
    label
        What it measures; "" for nothing.
    ticks
        Values with their texts; None takes round numbers.
    form
        How a round number is written; None writes it with as many digits as its neighbours need.
    log
        Whether it is logarithmic.
    size
        Font size of the numbers, in points.
    label_size
        Font size of the label, in points.
    most
        Intervals between round numbers, at most.
    turn
        Degrees by which the numbers are turned.
    bare
        Whether there are no short lines at the ticks.
    line
        Whether the axis itself is drawn.
    level
        Whether the label of a vertical axis is written horizontally.
    """

    low: float
    high: float
    label: str = ""
    ticks: Sequence[tuple[float, str]] | None = None
    form: Callable[[float], str] | None = None
    log: bool = False
    size: float = 9
    label_size: float = 9
    most: int = 9
    turn: float = 0
    bare: bool = False
    line: bool = True
    level: bool = False


@dataclass(frozen=True, eq=False)
class Line:
    """Points that straight lines connect.

    Attributes
    ----------
    x, y
        float64 (points,) each; NaN interrupts the line.
    colour
        The colour, as #rrggbb.
    width
        Width in points; 0 draws only the markers.
    dashes
        Lengths of dashes and gaps in widths of the line; empty for a whole line.
    label
        Name in the legend; "" for none.
    marker
        What stands at each point: one of the keys of `markers.SHAPES`, or "" for nothing.
    size
        Size of the markers, in points.
    spill
        Whether it may be drawn beyond the axes.
    """

    x: np.ndarray
    y: np.ndarray
    colour: str
    width: float = 1.4
    dashes: tuple[float, ...] = ()
    label: str = ""
    marker: str = ""
    size: float = 5
    spill: bool = False


@dataclass(frozen=True)
class Rule:
    """A straight line across the panel.

    Attributes
    ----------
    at
        Value where it crosses the axis.
    upright
        Whether it is vertical, and crosses the x axis.
    colour
        The colour, as #rrggbb.
    width
        Width in points.
    dashes
        Lengths of dashes and gaps in widths of the line; empty for a whole line.
    label
        Name in the legend; "" for none.
    """

    at: float
    upright: bool = True
    colour: str = MUTED
    width: float = 0.7
    dashes: tuple[float, ...] = ()
    label: str = ""


@dataclass(frozen=True, eq=False)
class Bars:
    """Filled rectangles of one colour.

    Attributes
    ----------
    left, right
        float64 (bars,): their ends along x.
    low, high
        float64 (bars,): their ends along y.
    colour
        The colour, as #rrggbb.
    """

    left: np.ndarray
    right: np.ndarray
    low: np.ndarray
    high: np.ndarray
    colour: str


@dataclass(frozen=True, eq=False)
class Area:
    """A filled shape.

    Attributes
    ----------
    x, y
        float64 (corners,): its corners.
    colour
        The colour, as #rrggbb.
    """

    x: np.ndarray
    y: np.ndarray
    colour: str


@dataclass(frozen=True, eq=False)
class Cells:
    """Coloured cells that fill the panel.

    Attributes
    ----------
    colours
        uint8 (rows, columns, 4): red, green, blue and opacity, the upper row first.
    """

    colours: np.ndarray


@dataclass(frozen=True)
class Note:
    """A text at a point.

    Attributes
    ----------
    x, y
        Where it stands; a y of None is just above the panel.
    text
        The text.
    size
        Font size in points.
    colour
        The colour, as #rrggbb.
    anchor
        Which part of the text stands at x: "start", "middle" or "end".
    below
        Whether it hangs below the point, rather than being centred on it.
    italic
        Whether it is in italics.
    """

    x: float
    y: float | None
    text: str
    size: float = 8
    colour: str = INK
    anchor: str = "middle"
    below: bool = False
    italic: bool = False


Mark = Line | Rule | Bars | Area | Cells | Note


@dataclass(frozen=True, eq=False)
class Scale:
    """The scale of colours beside a panel.

    Attributes
    ----------
    colours
        uint8 (colours, 4): red, green, blue and opacity, the lowest first.
    ticks
        Heights (0-1) with their texts.
    label
        What the colours measure.
    """

    colours: np.ndarray
    ticks: Sequence[tuple[float, str]]
    label: str


@dataclass(frozen=True, eq=False)
class Panel:
    """Two axes and what is drawn between them.

    Attributes
    ----------
    x, y
        The axes.
    marks
        What is drawn, the first at the bottom; notes lie above all others.
    legend
        Where the legend stands, as "upper left"; "best" is the corner with the fewest points, "" is nowhere.
    scale
        The scale of colours; None for none.
    ground
        Colour of the ground, as #rrggbb; "" leaves it as the page has it.
    share
        Height of the panel in proportion to the others of its figure.
    """

    x: Axis
    y: Axis
    marks: Sequence[Mark]
    legend: str = ""
    scale: Scale | None = None
    ground: str = ""
    share: float = 1


@dataclass(frozen=True, eq=False)
class Plot:
    """A figure.

    Attributes
    ----------
    width, height
        Size in inches.
    panels
        Its panels, above each other with the numbers of the x axis below the last, or side by side.
    beside
        Whether they stand side by side.
    """

    width: float
    height: float
    panels: Sequence[Panel]
    beside: bool = False


def widen(values: np.ndarray, share: float = 0.05) -> tuple[float, float]:
    """Find the ends of an axis for values: beyond the extremes by a share of the span.

    Parameters
    ----------
    values
        float64, of any shape; NaN is left out.
    share
        The share.

    Returns
    -------
    tuple
        The lower and the upper end, 0 and 1 without values; they always differ.
    """
    known = values[np.isfinite(values)]
    if not known.size:
        return 0.0, 1.0
    low, high = float(known.min()), float(known.max())
    room = share * (high - low) or 0.05 * max(abs(high), 1.0)
    return low - room, high + room
