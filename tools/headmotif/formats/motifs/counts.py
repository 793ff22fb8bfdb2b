"""Counts and probabilities as most formats write them: numbers of 0 or more, and which of the two they are."""

import numpy as np

from ...errors import FormatError

ALIKE = 0.05
"""Published probabilities have two or three decimals: their sums may stray this far from 1, as in MEME's reader."""
ALIKE_ROUNDED = 0.2
"""The same for four probabilities of one decimal."""


def count(word: str, number: int, path: str) -> float:
    """Read one count or probability.

    Parameters
    ----------
    word
        The number as text.
    number
        Its line, from 1, for messages.
    path
        The name of the file, for messages alone.

    Returns
    -------
    float
        0 or more, below 1e15.

    Raises
    ------
    FormatError
        If it is anything else.
    """
    try:
        value = float(word)
    except ValueError:
        raise FormatError(
            path, number, f"'{word[:30]}' is not a number; is this a file of sequences instead of motifs?"
        ) from None
    if value < 0:
        raise FormatError(
            path, number, f"'{word[:30]}' is not a count; if these are log-odds, give the counts or probabilities"
        )
    if not value < 1e15:
        raise FormatError(path, number, f"'{word[:30]}' is not a count; write a number of 0 or more")
    return value


def is_number(word: str) -> bool:
    """Test whether a word is a number, whatever its value.

    Parameters
    ----------
    word
        The word.

    Returns
    -------
    bool
        Whether Python reads it as a float.
    """
    try:
        float(word)
    except ValueError:
        return False
    return True


def settle(counts: np.ndarray, lines: list[int], path: str, name: str) -> np.ndarray:
    """Refuse numbers that are neither counts nor probabilities.

    Whole numbers are counts. Fractions are probabilities if none is above 1 or if most positions sum to 1. Then all
    positions must do so, but for rounding. Sums that are alike and at least 2 are counts of weighted sites.

    Parameters
    ----------
    counts
        Counts or probabilities (width, 4).
    lines
        The line of each position, from 1, for messages.
    path
        The name of the file, for messages alone.
    name
        The name of the motif, for messages.

    Returns
    -------
    numpy.ndarray
        The counts, or probabilities that sum to 1 within `ALIKE`. A position without counts stays as it is.

    Raises
    ------
    FormatError
        With the line, if a position contradicts the others.
    """
    sums = counts.sum(axis=1)
    used = sums > 0
    if not used.any() or (counts == np.floor(counts)).all():
        return counts
    one_decimal = np.allclose(counts * 10, np.round(counts * 10), rtol=0, atol=1e-6)
    near = np.abs(sums - 1) <= (ALIKE_ROUNDED if one_decimal else ALIKE) + 1e-9
    if near[used].all():
        return np.where(used[:, None], counts / np.where(used, sums, 1)[:, None], 0)
    most_sum_to_one = 2 * near.sum() > used.sum()
    is_weighted = counts.max() > 1 or (sums[used].min() >= 2 - ALIKE and np.ptp(sums[used]) <= ALIKE * sums.max())
    if is_weighted and not most_sum_to_one:
        return counts
    at = int(np.argmax(used & ~near))
    raise FormatError(
        path,
        lines[at],
        f"position {at + 1} of motif {name} sums to {sums[at]:.6g}; probabilities sum to 1 at each position",
    )


def explain_lack(counts: np.ndarray) -> str:
    """Explain why counts make no motif.

    Parameters
    ----------
    counts
        Counts (width, 4).

    Returns
    -------
    str
        The reason, "" if they do make a motif.
    """
    if len(counts) == 0:
        return "no matrix"
    sums = counts.sum(axis=1)
    return f"position {int(np.argmin(sums)) + 1} without counts" if (sums <= 0).any() else ""
