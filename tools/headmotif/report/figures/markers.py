"""The marks that stand at points, in units of their size, around the point; y grows downwards."""

import numpy as np

from .ink import Fill, Ink, Stroke

_TURN = np.linspace(0, 2 * np.pi, 16, endpoint=False)

SHAPES = {
    "o": np.stack([np.cos(_TURN), np.sin(_TURN)], axis=1) / 2,
    "s": np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)]),
    "^": np.array([(0, -0.5), (0.5, 0.5), (-0.5, 0.5)]),
    ">": np.array([(-0.5, -0.5), (0.5, 0), (-0.5, 0.5)]),
    "<": np.array([(0.5, -0.5), (-0.5, 0), (0.5, 0.5)]),
}
"""Filled markers: a circle, a square and triangles."""
LINES = {
    "x": [np.array([(-0.5, -0.5), (0.5, 0.5)]), np.array([(-0.5, 0.5), (0.5, -0.5)])],
    "|": [np.array([(0, -0.5), (0, 0.5)])],
    "_": [np.array([(-0.5, 0), (0.5, 0)])],
}
"""Markers of lines: a cross, an upright and a level line."""


def draw_markers(points: np.ndarray, marker: str, size: float, colour: str) -> Ink:
    """Draw a marker at each point.

    Parameters
    ----------
    points
        float64 (points, 2), in points of the sheet.
    marker
        A key of `SHAPES` or of `LINES`.
    size
        Width of a marker, in points.
    colour
        The colour, as #rrggbb.

    Returns
    -------
    Ink
        The markers.
    """
    if marker in SHAPES:
        return Fill([point + size * SHAPES[marker] for point in points], colour)
    return Stroke([point + size * line for point in points for line in LINES[marker]], colour, max(1.0, size / 7))
