"""Colours of the report, after Okabe and Ito, which colour-blind people can distinguish.

The page has names for them, by which dark mode replaces them.
"""

from collections.abc import Iterator, Sequence
from itertools import product

INK = "#1a1d21"
MUTED = "#59616b"
GRID = "#d5d9de"
SITES = "#0072b2"
BACKGROUND = "#b35400"
THIRD = "#007a5a"
PAPER = "#ffffff"
NAMES = {
    INK: "ink",
    MUTED: "muted",
    GRID: "grid",
    SITES: "sites",
    BACKGROUND: "background",
    THIRD: "third",
    PAPER: "paper",
}
LIGHT, DARK = "#fefefe", "#010101"
"""Text on coloured cells; not quite white and black, so that dark mode leaves them unchanged."""
BASES = {"A": "#009e73", "C": "#0072b2", "G": "#e69f00", "T": "#d55e00"}


def cycle() -> Iterator[tuple[str, tuple[float, ...]]]:
    """Yield the colours and dashes of lines, first in order of colour, then of dashes.

    Yields
    ------
    tuple
        Colour, and lengths of dashes and gaps in widths of the line; no pair occurs twice.
    """
    for dashes, colour in product(((), (4.0, 1.5), (1.0, 1.2)), (SITES, BACKGROUND, THIRD, MUTED, INK)):
        yield colour, dashes


def shorten_names(names: Sequence[str], most: int = 22) -> list[str]:
    """Shorten names to labels of a square figure, which has no room for long ones; its table has the full names.

    Parameters
    ----------
    names
        The names.
    most
        Letters of a label, at most.

    Returns
    -------
    list
        The labels.
    """
    return [name if len(name) <= most else name[: most - 1] + "…" for name in names]
