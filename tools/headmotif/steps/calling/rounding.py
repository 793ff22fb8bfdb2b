"""Round the values of a track, so that every format in which it is written holds the same numbers."""

import numpy as np

EXACT = 22
"""The largest power of 10 that float64 holds exactly has this exponent."""


def round_digits(values: np.ndarray, digits: int = 4) -> np.ndarray:
    """Round values to significant digits.

    Each result is the float32 nearest to the decimal that `%.4g` (for 4 digits) writes of the value. So a text with
    that many digits and a file of float32 hold the same bits, and rounding again changes nothing.

    Parameters
    ----------
    values
        float32 (N,); NaN and infinities stay.
    digits
        Number of significant digits, 1-6.

    Returns
    -------
    numpy.ndarray
        float32 (N,).

    Raises
    ------
    ValueError
        If there are fewer digits than 1 or more than 6.

    Examples
    --------
    >>> p, rounded = (np.array(x, np.float32) for x in ([0.123456, 0.99996, 1e-12], [0.1235, 1, 1e-12]))
    >>> round_digits(p).tolist() == rounded.tolist()
    True
    """
    if not 1 <= digits <= 6:
        raise ValueError("float32 holds any decimal of six digits, and no more")
    known = np.asarray(values, np.float64)
    result = known.copy()
    usable = np.isfinite(known) & (known != 0)
    value = known[usable]
    power = digits - 1 - np.floor(np.log10(np.abs(value))).astype(np.int64)  # what makes a whole number of the digits
    # Both the whole number and 10 ** |power| are exact, so that the quotient is the float64 nearest to the decimal:
    # what float(text) is.
    scale = 10.0 ** np.minimum(np.abs(power), EXACT)
    result[usable] = np.where(power >= 0, np.rint(value * scale) / scale, np.rint(value / scale) * scale)
    far = np.flatnonzero(usable)[np.abs(power) > EXACT]
    result[far] = [float(f"{one:.{digits - 1}e}") for one in known[far].tolist()]
    return result.astype(np.float32)
