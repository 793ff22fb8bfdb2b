"""Numbers as colours of cells: Brewer's Blues and RdBu (Harrower & Brewer 2003, Cartographic Journal 40:27)."""

import numpy as np

N_COLOURS = 256
_BLUES = ("f7fbff", "deebf7", "c6dbef", "9ecae1", "6baed6", "4292c6", "2171b5", "08519c", "08306b")
_BLUE_TO_RED = (
    "053061", "2166ac", "4393c3", "92c5de", "d1e5f0", "f7f7f7", "fddbc7", "f4a582", "d6604d", "b2182b", "67001f",
)  # fmt: skip


def _blend(anchors: tuple[str, ...]) -> np.ndarray:
    """uint8 (colours, 4): the colours between evenly spaced ones, all opaque."""
    fixed = np.array([list(bytes.fromhex(anchor)) for anchor in anchors], float)
    place = np.linspace(0, len(anchors) - 1, N_COLOURS)
    channels = [np.interp(place, np.arange(len(anchors)), channel) for channel in fixed.T]
    return np.stack([*channels, np.full(N_COLOURS, 255.0)], axis=1).astype(np.uint8)


BLUES = _blend(_BLUES)
"""uint8 (256, 4): from nearly white to dark blue."""
BLUE_TO_RED = _blend(_BLUE_TO_RED)
"""uint8 (256, 4): from blue over nearly white to red."""


def colour(share: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Colour numbers.

    Parameters
    ----------
    share
        float64, of any shape, 0-1 from the first to the last colour; NaN is transparent.
    scale
        uint8 (256, 4): the colours.

    Returns
    -------
    numpy.ndarray
        uint8 of the same shape and a last axis of 4: red, green, blue and opacity.
    """
    known = np.isfinite(share)
    found = scale[np.clip(np.where(known, share, 0) * N_COLOURS, 0, N_COLOURS - 1).astype(int)]
    found[~known] = 0
    return found
