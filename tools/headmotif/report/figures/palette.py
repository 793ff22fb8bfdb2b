"""Colours of the report: after Okabe and Ito, which the colour-blind tell apart; with the page's names for them, by
which dark mode changes them."""

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
"""Of text on a coloured cell, which stays as it is in dark mode: so these are not the page's white and black."""
BASES = {"A": "#009e73", "C": "#0072b2", "G": "#e69f00", "T": "#d55e00"}


def cycle() -> Iterator[tuple[str, object]]:
    """Colours and dashes of lines, told apart by both where there are many."""
    for dashes, colour in product(("-", (0, (4, 1.5)), (0, (1, 1.2))), (SITES, BACKGROUND, THIRD, MUTED, INK)):
        yield colour, dashes


def short(names: Sequence[str], most: int = 22) -> list[str]:
    """Names as labels of a square figure, which has no room for long ones; its table has them whole."""
    return [name if len(name) <= most else name[: most - 1] + "…" for name in names]
