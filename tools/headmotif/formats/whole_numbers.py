"""Whole numbers as files write them, with ASCII digits alone: int() would also take '1_000' and ' 7 '."""

DIGITS = 15
"""Most digits of a number: more is no position, and would not fit into 64 bits."""


def is_whole(text: str) -> bool:
    """Test whether a text is a whole number of 0 or more.

    Parameters
    ----------
    text
        The text.

    Returns
    -------
    bool
        Whether it has digits alone, at most `DIGITS`.

    Examples
    --------
    >>> [text for text in ("7", "", "-7", "1_0", "9" * 16) if is_whole(text)]
    ['7']
    """
    return text.isascii() and text.isdigit() and len(text) <= DIGITS


def parse_whole(text: str) -> int:
    """Read a whole number of 0 or more.

    Parameters
    ----------
    text
        The number as written.

    Returns
    -------
    int
        The number.

    Raises
    ------
    ValueError
        If it is none, see `is_whole`.
    """
    if not is_whole(text):
        raise ValueError(text)
    return int(text)
