"""Why a genome has no calls, and the nearest setting that gives some."""

import numpy as np

from ...data import Asked, Sites
from ..statistics.limits import round_up

BEST = 10
"""The number of calls that is proposed for --top."""

HOPELESS = 0.5
"""A share of false calls that is not worth proposing."""


def explain_no_calls(maxima: Sites, asked: Asked, share: np.ndarray | None) -> str:
    """Explain why no local maximum of P became a call.

    Parameters
    ----------
    maxima
        All local maxima; their strength is P.
    asked
        How calls were chosen.
    share
        With a false discovery rate: the share of false calls among the maxima with the P of each or higher; else None.

    Returns
    -------
    str
        The reason, and the setting that gives calls, in one line.
    """
    if not len(maxima):
        return "no calls: no position has a higher P than those beside it; all bases are N, or P is the same everywhere"
    best = min(BEST, len(maxima))
    top = f"--top {best} gives the {best} best" if best > 1 else "--top 1 gives it"
    if share is not None:
        return f"no calls: {_explain_share(share, asked.shuffled)}; {top}"
    highest = float(maxima.strength.max())
    reason = f"the highest P is {highest:.4g}, below the threshold of {asked.threshold:.4g}"
    number = int((maxima.strength >= highest).sum())
    return f"no calls: {reason}; --threshold {highest:.4g} gives {_count(number)}, {top}"


def _explain_share(share: np.ndarray, shuffled: bool) -> str:
    lowest = float(share.min())
    least = f"the lowest share of false calls to be had here is {lowest:.2g}"
    setting = round_up(lowest)
    calls = _count(int((share <= np.float32(setting)).sum()))
    if shuffled and lowest > HOPELESS:
        return (
            f"{least}, with {calls}: the shuffled genome has about as many at any P; "
            "--fdr-from probability takes the share from P"
        )
    source = " --fdr-from shuffled" if shuffled else ""
    return f"{least}; --fdr {setting:.2g}{source} gives {calls}"


def _count(number: int) -> str:
    return f"{number:,} call{'s' if number != 1 else ''}"
