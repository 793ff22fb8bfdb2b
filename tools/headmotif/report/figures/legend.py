"""The legend of a panel: a sample of each mark that has a name, in the corner with the most room."""

from collections.abc import Callable, Iterator

import numpy as np

from .ink import Box, Ink, Stroke, Text
from .letters import HEIGHT, LEADING, measure
from .markers import draw_markers
from .palette import INK
from .plot import Line, Panel, Rule

SIZE = 8
SAMPLE, GAP, INSET = 16.0, 6.0, 5.0
"""Length of a sample, its distance from the name, and the distance from the corner, in points."""
CORNERS = ("upper right", "upper left", "lower left", "lower right")
"""The first of those with the fewest points is the best."""

Place = Callable[[np.ndarray | float], np.ndarray]


def draw_legend(panel: Panel, x: Place, y: Place, box: Box) -> Iterator[Ink]:
    """Draw the legend.

    Parameters
    ----------
    panel
        The panel.
    x, y
        Functions from values to places on the sheet.
    box
        Where the axes lie, in points.

    Yields
    ------
    Ink
        Samples and names.
    """
    named = [mark for mark in panel.marks if isinstance(mark, Line | Rule) and mark.label]
    width = SAMPLE + GAP + max((measure(mark.label, SIZE) for mark in named), default=0.0)
    step = LEADING * SIZE
    corner = panel.legend
    if corner == "best":
        corner = _choose_corner(_list_points(panel, x, y), box, width, step * len(named))
    left, top, _, _ = _find_corner(corner, box, width, step * len(named))
    for row, mark in enumerate(named):
        middle = top + (row + 0.5) * step
        ends = np.array([(left, middle), (left + SAMPLE, middle)])
        if mark.width:
            yield Stroke([ends], mark.colour, mark.width, mark.dashes)
        if isinstance(mark, Line) and mark.marker:
            yield draw_markers(ends.mean(axis=0)[None], mark.marker, mark.size, mark.colour)
        yield Text(mark.label, left + SAMPLE + GAP, middle + HEIGHT * SIZE / 2, SIZE, INK)


def _find_corner(corner: str, box: Box, width: float, height: float) -> Box:
    left, top, right, bottom = box
    x = right - INSET - width if corner.endswith("right") else left + INSET
    y = top + INSET if corner.startswith("upper") else bottom - INSET - height
    return x, y, x + width, y + height


def _choose_corner(points: np.ndarray, box: Box, width: float, height: float) -> str:
    def count(corner: str) -> int:
        left, top, right, bottom = _find_corner(corner, box, width, height)
        return int(((points >= (left, top)) & (points <= (right, bottom))).all(axis=1).sum())

    return min(CORNERS, key=count)


def _list_points(panel: Panel, x: Place, y: Place) -> np.ndarray:
    """float64 (points, 2): points on the lines of the panel, in steps of about 4 points of the sheet."""
    found = [np.zeros((0, 2))]
    for mark in panel.marks:
        if isinstance(mark, Line) and len(mark.x):
            ends = np.stack([x(mark.x), y(mark.y)], axis=1)
            ends = ends[~np.isnan(ends).any(axis=1)]
            along = np.concatenate([[0.0], np.hypot(*np.diff(ends, axis=0).T).cumsum()])
            place = np.arange(0.0, along[-1] + 4, 4)
            found.append(np.stack([np.interp(place, along, part) for part in ends.T], axis=1))
    return np.concatenate(found)
