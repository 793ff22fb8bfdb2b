"""Lay out a figure: how much room the words around its panels take, and where the panels lie."""

from collections.abc import Iterator
from dataclasses import replace

from . import axes
from .ink import Box, Ink
from .letters import LEADING
from .panel import ABOVE, draw_panel, measure_scale
from .plot import Note, Panel, Plot

INCH = 72
SIDE, END = 6.5, 6.0
"""Empty room at the left and right, and at the top and bottom: the page's letters may be wider than those measured."""
BETWEEN = 9.0
"""Room between panels above each other."""
GUESS = 50.0
"""Room around a panel that is taken for granted when its ticks are chosen."""


def lay_out(plot: Plot) -> list[Ink]:
    """Lay out a figure.

    Parameters
    ----------
    plot
        The figure.

    Returns
    -------
    list
        What is put on the sheet, in order; the sheet has the size of the figure.
    """
    width, height = INCH * plot.width, INCH * plot.height
    placed = _place_beside(plot, width, height) if plot.beside else _place_above(plot, width, height)
    return [ink for panel, box in placed for ink in draw_panel(panel, box)]


def lay_out_in(panel: Panel, box: Box) -> list[Ink]:
    """Lay out a panel whose axes have their place.

    Parameters
    ----------
    panel
        The panel.
    box
        Where its axes lie, in points.

    Returns
    -------
    list
        What is put on the sheet, in order.
    """
    left, top, right, bottom = box
    return list(draw_panel(_settle(panel, right - left, bottom - top), box))


def _place_above(plot: Plot, width: float, height: float) -> Iterator[tuple[Panel, Box]]:
    """Panels above each other, their axes of the same length, with their boxes."""
    shares = [panel.share / sum(one.share for one in plot.panels) for panel in plot.panels]
    panels = [
        _settle(panel, width - GUESS, share * (height - GUESS))
        for panel, share in zip(plot.panels, shares, strict=True)
    ]
    panels = [*(_drop_numbers(panel) for panel in panels[:-1]), panels[-1]]
    around = [_measure_around(panel, width - GUESS) for panel in panels]
    left, right = (max(sides) for sides in list(zip(*around, strict=True))[::2])
    free = height - around[0][1] - around[-1][3] - BETWEEN * (len(panels) - 1)
    top = around[0][1]
    for panel, share in zip(panels, shares, strict=True):
        yield panel, (left, top, width - right, top + share * free)
        top += share * free + BETWEEN


def _place_beside(plot: Plot, width: float, height: float) -> Iterator[tuple[Panel, Box]]:
    """Panels side by side, each with the room of its own words, with their boxes."""
    each = width / len(plot.panels)
    panels = [_settle(panel, each - GUESS, height - GUESS) for panel in plot.panels]
    around = [_measure_around(panel, each - GUESS) for panel in panels]
    top, bottom = (max(sides) for sides in list(zip(*around, strict=True))[1::2])
    for i, (panel, (left, _, right, _)) in enumerate(zip(panels, around, strict=True)):
        yield panel, (i * each + left, top, (i + 1) * each - right, height - bottom)


def _settle(panel: Panel, width: float, height: float) -> Panel:
    """The panel with the ticks of both axes, for about this size."""
    x, y = axes.APART
    return replace(panel, x=axes.settle_ticks(panel.x, width, x), y=axes.settle_ticks(panel.y, height, y))


def _drop_numbers(panel: Panel) -> Panel:
    """The panel with short lines alone at its x axis, which the one below shares."""
    return replace(panel, x=replace(panel.x, label="", ticks=[(value, "") for value, _ in panel.x.ticks or ()]))


def _measure_around(panel: Panel, width: float) -> Box:
    """Room of the words at the left, above, at the right and below, of a panel of about this width."""
    left, right = axes.measure_overhang(panel.x, width)
    noted = [mark.size for mark in panel.marks if isinstance(mark, Note) and mark.y is None]
    return (
        SIDE + max(axes.measure_y(panel.y), left),
        END + (ABOVE + LEADING * max(noted) if noted else 0.0),
        SIDE + max(measure_scale(panel.scale), right),
        END + axes.measure_x(panel.x),
    )
