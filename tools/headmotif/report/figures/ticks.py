"""Round numbers on an axis, and how they are written."""

import math
from collections.abc import Callable
from itertools import pairwise

STEPS = (1, 2, 2.5, 5, 10)
"""Round numbers are multiples of these times a power of ten."""
ALL_DECADES = 9
"""Powers of ten on an axis, at most; of more, every second or third is taken."""


def choose_ticks(low: float, high: float, most: int) -> list[float]:
    """Choose round numbers that divide a range.

    >>> choose_ticks(0.0, 1.0, 4)
    [0.0, 0.25, 0.5, 0.75, 1.0]

    Parameters
    ----------
    low, high
        Ends of the range, low below high.
    most
        Intervals between the numbers, at most.

    Returns
    -------
    list
        The numbers, rising.
    """
    least = (high - low) / most
    power = 10.0 ** math.floor(math.log10(least))
    step = next(step for step in STEPS if step * power >= least * (1 - 1e-9))
    first, last = math.ceil(low / (step * power) - 1e-9), math.floor(high / (step * power) + 1e-9)
    return [round(i * step * power, 15 - math.floor(math.log10(power))) for i in range(first, last + 1)]


def choose_decades(low: float, high: float) -> list[float]:
    """Choose powers of ten within a range.

    Parameters
    ----------
    low, high
        Ends of the range, 0 < low < high.

    Returns
    -------
    list
        The powers, rising.
    """
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    every = max(1, -(-(last - first + 1) // ALL_DECADES))
    return [10.0**power for power in range(first, last + 1) if (last - power) % every == 0]


def choose_between(low: float, high: float) -> list[float]:
    """Choose the multiples of powers of ten that get a short line on a logarithmic axis.

    Parameters
    ----------
    low, high
        Ends of the range, 0 < low < high.

    Returns
    -------
    list
        The multiples by 2 to 9, rising.
    """
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)))
    return [n * 10.0**power for power in powers for n in range(2, 10) if low <= n * 10.0**power <= high]


def make_form(ticks: list[float]) -> Callable[[float], str]:
    """Make what writes numbers with as many digits as their differences need.

    >>> [make_form([0.0, 0.25])(x) for x in (-0.25, 0.0, 0.5)]
    ['−0.25', '0.00', '0.50']

    Parameters
    ----------
    ticks
        The numbers, evenly spaced.

    Returns
    -------
    Callable
        The text of a number, with a true minus sign.
    """
    step = min((b - a for a, b in pairwise(ticks)), default=abs(ticks[0]) if ticks else 1.0) or 1.0
    digits = next((n for n in range(16) if math.isclose(round(step, n), step, rel_tol=1e-6)), 16)
    return lambda x: f"{x + 0.0:.{digits}f}".replace("-", "−")
