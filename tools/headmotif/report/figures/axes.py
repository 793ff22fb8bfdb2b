"""The axes of a panel: where values stand, their ticks, numbers and labels, and the room that these take."""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from . import ticks
from .ink import Box, Ink, Stroke, Text
from .letters import HEIGHT, LEADING, measure
from .palette import INK, MUTED
from .plot import Axis

TICK, BETWEEN = 3.5, 2.0
"""Length of the short lines at ticks, and that of those between powers of ten, in points."""
GAP = 3.5
"""Room between the axis, its numbers and its label, in points."""
WIDTH = 0.8
APART = 3.0, 2.0
"""Least distance of neighbouring numbers along x and y, in font sizes."""


def settle_ticks(axis: Axis, length: float, apart: float) -> Axis:
    """Choose the ticks of an axis that has none.

    Parameters
    ----------
    axis
        The axis.
    length
        Its length in points.
    apart
        Least distance of neighbouring numbers, in font sizes.

    Returns
    -------
    Axis
        The axis with its ticks.
    """
    if axis.ticks is not None:
        return axis
    low, high = sorted((axis.low, axis.high))
    if axis.log:
        return replace(axis, ticks=[(value, f"{value:g}") for value in ticks.choose_decades(low, high)])
    values = ticks.choose_ticks(low, high, max(1, min(axis.most, int(length / (apart * axis.size)))))
    form = axis.form or ticks.make_form(values)
    return replace(axis, ticks=[(value, form(value)) for value in values])


def project(axis: Axis, start: float, end: float) -> Callable[[np.ndarray | float], np.ndarray]:
    """Make the function from values to places on the sheet.

    Parameters
    ----------
    axis
        The axis.
    start, end
        Where its first and its last value stand, in points.

    Returns
    -------
    Callable
        Places of values, float64, in points. On a logarithmic axis, 0 stands far before its start.
    """
    if axis.log:
        first, span = math.log10(axis.low), math.log10(axis.high / axis.low)
        return lambda x: start + (end - start) * (np.log10(np.maximum(x, axis.low / 1e3)) - first) / span
    return lambda x: start + (end - start) * (np.asarray(x, np.float64) - axis.low) / (axis.high - axis.low)


def measure_x(axis: Axis) -> float:
    """Measure the room below a panel, in points.

    Parameters
    ----------
    axis
        The horizontal axis, with ticks.

    Returns
    -------
    float
        The height of its ticks, numbers and label.
    """
    return _measure_numbers(axis) + (GAP + LEADING * axis.label_size if axis.label else 0.0)


def measure_y(axis: Axis) -> float:
    """Measure the room at the left of a panel, in points.

    Parameters
    ----------
    axis
        The vertical axis, with ticks.

    Returns
    -------
    float
        The width of its ticks, numbers and label.
    """
    label = measure(axis.label, axis.label_size) if axis.level else LEADING * axis.label_size
    return _measure_numbers(axis, upright=True) + (GAP + label if axis.label else 0.0)


def measure_overhang(axis: Axis, length: float) -> tuple[float, float]:
    """Measure how far the numbers of a horizontal axis reach beyond its ends, in points.

    Parameters
    ----------
    axis
        The axis, with ticks.
    length
        Its length in points.

    Returns
    -------
    tuple
        Beyond the left and beyond the right end; 0 where they do not.
    """
    left = right = 0.0
    place = project(axis, 0.0, length)
    for value, text in _list_numbers(axis):
        width, at = measure(text, axis.size) * math.cos(math.radians(axis.turn)), float(place(value))
        left = max(left, (width if axis.turn else width / 2) - at)
        right = max(right, (0 if axis.turn else width / 2) - (length - at))
    return left, right


def _list_numbers(axis: Axis) -> list[tuple[float, str]]:
    """The ticks that have a text."""
    return [(value, text) for value, text in axis.ticks or () if text]


def _measure_numbers(axis: Axis, upright: bool = False) -> float:
    """Room of ticks and numbers across the axis."""
    widest = max((measure(text, axis.size) for _, text in _list_numbers(axis)), default=0.0)
    if not widest:
        return 0.0
    slope = math.radians(axis.turn)
    room = widest if upright else widest * math.sin(slope) + HEIGHT * axis.size * math.cos(slope)
    return room + GAP + (0 if axis.bare else TICK)


def draw_x(axis: Axis, box: Box) -> Iterator[Ink]:
    """Draw a horizontal axis.

    Parameters
    ----------
    axis
        The axis, with ticks.
    box
        The panel.

    Yields
    ------
    Ink
        Line, ticks, numbers and label.
    """
    left, _, right, bottom = box
    place = project(axis, left, right)
    yield from _draw_lines(axis, lambda along, across: np.stack([along, bottom + across], axis=1), place, left, right)
    below = bottom + GAP + (0 if axis.bare else TICK)
    high = HEIGHT * axis.size
    for value, text in _list_numbers(axis):
        x = float(place(value))
        if axis.turn == 90:
            yield Text(text, x + high / 2, below, axis.size, INK, "end", 90)
        elif axis.turn:
            yield Text(text, x + high / 2, below + high, axis.size, INK, "end", axis.turn)
        else:
            yield Text(text, x, below + high, axis.size, INK, "middle")
    if axis.label:
        under = bottom + measure_x(axis) - (LEADING - 1) * axis.label_size
        yield Text(axis.label, (left + right) / 2, under, axis.label_size, INK, "middle")


def draw_y(axis: Axis, box: Box) -> Iterator[Ink]:
    """Draw a vertical axis.

    Parameters
    ----------
    axis
        The axis, with ticks.
    box
        The panel.

    Yields
    ------
    Ink
        Line, ticks, numbers and label.
    """
    left, top, _, bottom = box
    place = project(axis, bottom, top)
    yield from _draw_lines(axis, lambda along, across: np.stack([left - across, along], axis=1), place, bottom, top)
    beside = left - GAP - (0 if axis.bare else TICK)
    for value, text in _list_numbers(axis):
        yield Text(text, beside, float(place(value)) + HEIGHT * axis.size / 2, axis.size, INK, "end")
    middle = (top + bottom) / 2
    if axis.label and axis.level:
        x = left - _measure_numbers(axis, upright=True) - GAP
        yield Text(axis.label, x, middle + HEIGHT * axis.label_size / 2, axis.label_size, INK, "end")
    elif axis.label:
        x = left - measure_y(axis) + axis.label_size
        yield Text(axis.label, x, middle, axis.label_size, INK, "middle", 90)


def _draw_lines(
    axis: Axis,
    put: Callable[[np.ndarray, np.ndarray], np.ndarray],
    place: Callable[[np.ndarray | float], np.ndarray],
    start: float,
    end: float,
) -> Iterator[Ink]:
    """The line of the axis and the short lines at its ticks; `put` makes points of places along and across the axis."""
    lines = [put(np.array([start, end]), np.zeros(2))] if axis.line else []
    if not axis.bare:
        both = [(value, TICK) for value, _ in axis.ticks or ()]
        if axis.log:
            both += [(value, BETWEEN) for value in ticks.choose_between(axis.low, axis.high)]
        lines += [put(np.full(2, place(value)), np.array([0.0, length])) for value, length in both]
    if lines:
        yield Stroke(lines, MUTED, WIDTH)
