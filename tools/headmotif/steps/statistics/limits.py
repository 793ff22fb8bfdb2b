"""The nearest limit that gives something, for messages about a result that has nothing in it."""

import math
from decimal import ROUND_CEILING, Context


def round_up(value: float, digits: int = 2) -> float:
    """Round a limit up, so that what has just this value passes it.

    Parameters
    ----------
    value
        The value, finite and not below 0.
    digits
        Significant digits.

    Returns
    -------
    float
        The smallest number of so many digits that is not below the value.

    Raises
    ------
    ValueError
        If the value is not finite.

    Examples
    --------
    >>> round_up(0.1391), round_up(0.14), round_up(0.996), round_up(3.2e-5)
    (0.14, 0.14, 1.0, 3.2e-05)
    """
    if not math.isfinite(value):
        raise ValueError(f"{value} cannot be a limit")
    return float(Context(prec=digits, rounding=ROUND_CEILING).create_decimal(repr(float(value))))
