"""How much room a text takes: widths of letters of DejaVu Sans, the widest of the page's fonts."""

import unicodedata

_WIDTH = (
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636, 636, 636, 636, 636,
    636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863,
    748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635,
    615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636,
    337, 636, 838,
)  # fmt: skip
"""Thousandths of the font size, of the letters from space to tilde."""
_OTHER = 838
"""Of all other letters of one column, such as the minus sign; letters of two columns have the whole font size."""
HEIGHT = 0.73
"""Of a capital letter or a digit, in font sizes; texts are centred on half of it."""
LEADING = 1.25
"""Of a line of text with the room above and below, in font sizes."""


def measure(text: str, size: float) -> float:
    """Measure the width of a text.

    Parameters
    ----------
    text
        The text, on one line.
    size
        Font size in points.

    Returns
    -------
    float
        The width in points; that of scripts other than Latin is estimated.
    """
    return size / 1000 * sum(_WIDTH[ord(letter) - 32] if " " <= letter <= "~" else _guess(letter) for letter in text)


def _guess(letter: str) -> int:
    return 1000 if unicodedata.east_asian_width(letter) in "FW" or letter == "…" else _OTHER
