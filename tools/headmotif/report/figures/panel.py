"""Draw a panel into its box: its ground, its marks, its axes, its legend and its scale of colours."""

from collections.abc import Callable, Iterator
from functools import singledispatch

import numpy as np

from . import axes, legend
from .ink import Box, Fill, Image, Ink, Stroke, Text, make_rectangles
from .letters import HEIGHT, LEADING, measure
from .markers import draw_markers
from .palette import INK, MUTED
from .plot import Area, Axis, Bars, Cells, Line, Mark, Note, Panel, Rule, Scale

BESIDE, BAR = 7.0, 9.0
"""Distance of the scale of colours from the panel, and its width, in points."""
ABOVE = 3.0
"""Distance of notes above the panel, in points."""

Place = Callable[[np.ndarray | float], np.ndarray]


def draw_panel(panel: Panel, box: Box) -> Iterator[Ink]:
    """Draw a panel.

    Parameters
    ----------
    panel
        The panel, with the ticks of both axes.
    box
        Where the axes lie, in points.

    Yields
    ------
    Ink
        What is put on the sheet, in order.
    """
    left, top, right, bottom = box
    x, y = axes.project(panel.x, left, right), axes.project(panel.y, bottom, top)
    if panel.ground:
        yield Fill([np.array([(left, top), (right, top), (right, bottom), (left, bottom)])], panel.ground)
    words = [mark for mark in panel.marks if isinstance(mark, Note)]
    for mark in panel.marks:
        if not isinstance(mark, Note):
            yield from _draw(mark, x, y, box)
    yield from axes.draw_x(panel.x, box)
    yield from axes.draw_y(panel.y, box)
    for word in words:
        yield from _draw(word, x, y, box)
    if panel.legend:
        yield from legend.draw_legend(panel, x, y, box)
    if panel.scale:
        yield from _draw_scale(panel.scale, box)


def measure_scale(scale: Scale | None) -> float:
    """Measure the room of a scale of colours at the right of a panel.

    Parameters
    ----------
    scale
        The scale; None for none.

    Returns
    -------
    float
        Its width in points.
    """
    return 0.0 if scale is None else BESIDE + BAR + axes.measure_y(_make_axis(scale))


@singledispatch
def _draw(mark: Mark, x: Place, y: Place, box: Box) -> Iterator[Ink]:
    """The ink of a mark, by its kind; x and y place values on the sheet."""
    raise TypeError(type(mark))


@_draw.register
def _(mark: Line, x: Place, y: Place, box: Box) -> Iterator[Ink]:
    points = np.stack([x(mark.x), y(mark.y)], axis=1)
    known = ~np.isnan(points).any(axis=1)
    if mark.width:
        cuts = np.flatnonzero(~known)
        lines = [part[~np.isnan(part).any(axis=1)] for part in np.split(points, cuts)]
        kept = [part for part in lines if len(part) > 1]
        yield Stroke(kept, mark.colour, mark.width, mark.dashes, None if mark.spill else _cut(kept, box))
    if mark.marker:
        shown = known if mark.spill else known & _lies_within(points, box)
        yield draw_markers(points[shown], mark.marker, mark.size, mark.colour)


@_draw.register
def _(mark: Rule, x: Place, y: Place, box: Box) -> Iterator[Ink]:
    left, top, right, bottom = box
    at = float(x(mark.at) if mark.upright else y(mark.at))
    line = np.array([(at, bottom), (at, top)] if mark.upright else [(left, at), (right, at)])
    if _lies_within(line, box).all():
        yield Stroke([line], mark.colour, mark.width, mark.dashes)


@_draw.register
def _(mark: Bars, x: Place, y: Place, box: Box) -> Iterator[Ink]:
    shapes = make_rectangles(x(mark.left), y(mark.high), x(mark.right), y(mark.low))
    yield Fill(shapes, mark.colour, _cut(shapes, box))


@_draw.register
def _(mark: Area, x: Place, y: Place, box: Box) -> Iterator[Ink]:
    shapes = [np.stack([x(mark.x), y(mark.y)], axis=1)]
    yield Fill(shapes, mark.colour, _cut(shapes, box))


@_draw.register
def _(mark: Cells, x: Place, y: Place, box: Box) -> Iterator[Ink]:
    yield Image(box, mark.colours)


@_draw.register
def _(mark: Note, x: Place, y: Place, box: Box) -> Iterator[Ink]:
    left, top, right, _ = box
    at = float(x(mark.x))
    if mark.anchor == "middle":  # one that is no longer than the panel stays within it
        half = measure(mark.text, mark.size) / 2
        at = max(left + half, min(at, right - half))
    high = HEIGHT * mark.size
    baseline = top - ABOVE if mark.y is None else float(y(mark.y)) + (1.1 * high if mark.below else high / 2)
    yield Text(mark.text, at, baseline, mark.size, mark.colour, mark.anchor, italic=mark.italic)


def _lies_within(points: np.ndarray, box: Box) -> np.ndarray:
    """bool (points,): whether each lies within the box, to a thousandth of a point."""
    left, top, right, bottom = box
    inside = (points >= (left - 1e-3, top - 1e-3)) & (points <= (right + 1e-3, bottom + 1e-3))
    return np.asarray(inside.all(axis=1))


def _cut(parts: list[np.ndarray], box: Box) -> Box | None:
    """The box, if something lies outside it."""
    return box if parts and not _lies_within(np.concatenate(parts), box).all() else None


def _make_axis(scale: Scale) -> Axis:
    return Axis(0.0, 1.0, scale.label, scale.ticks, line=False)


def _draw_scale(scale: Scale, box: Box) -> Iterator[Ink]:
    """The scale, its numbers at its right and its label, which is read upwards."""
    _, top, right, bottom = box
    left, end = right + BESIDE, right + BESIDE + BAR
    axis = _make_axis(scale)
    place = axes.project(axis, bottom, top)
    yield Image((left, top, end, bottom), scale.colours[::-1, None])
    heights = [float(place(value)) for value, _ in scale.ticks]
    yield Stroke([np.array([(end, y), (end + axes.TICK, y)]) for y in heights], MUTED, axes.WIDTH)
    for y, (_, text) in zip(heights, scale.ticks, strict=True):
        yield Text(text, end + axes.TICK + axes.GAP, y + HEIGHT * axis.size / 2, axis.size, INK)
    x = end + axes.measure_y(axis) - (LEADING - 1) * axis.label_size
    yield Text(scale.label, x, (top + bottom) / 2, axis.label_size, INK, "middle", 90)
