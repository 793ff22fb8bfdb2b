"""Why heads have no regions, and the nearest limits that give some."""

import numpy as np

from ..statistics.limits import round_up

MOSTLY_CHANCE = 0.5
"""Regions of a larger q are more often chance than not."""


def explain_no_regions(p: np.ndarray, q: np.ndarray, max_q: float, max_p: float) -> str:
    """Explain why no region passes its limits.

    Parameters
    ----------
    p, q
        Of all regions that were tested, of one shape.
    max_q, max_p
        Largest q and largest p of a region.

    Returns
    -------
    str
        The reason, and the limits that give regions, in one line.
    """
    if not p.size:
        return "no regions: the attention has no sites; run dump-attention with --sites, or a genome tensor with labels"
    possible = p <= max_p
    limits, least_p = "", max_p
    if not possible.any():
        least_p, possible = round_up(float(p.min())), p <= p.min()
        limits = f" --max-p {least_p:.2g}"
    lowest = float(q[possible].min())
    least_q = max(max_q, round_up(lowest))
    limits = f"--max-q {least_q:.2g}{limits}" if least_q > max_q else limits.strip()
    number = int(((p <= least_p) & (q <= least_q)).sum())
    regions = f"{number:,} region{'s' if number != 1 else ''}"
    chance = ", most of them by chance" if lowest > MOSTLY_CHANCE else ""
    reason = f"the lowest q is {lowest:.2g}" if least_p == max_p else f"the lowest p is {p.min():.2g}"
    return f"no regions: {reason}; {limits} gives {regions}{chance}"
