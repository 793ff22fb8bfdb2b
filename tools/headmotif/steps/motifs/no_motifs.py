"""Why no motif is kept, and the nearest setting that keeps one."""

from collections.abc import Sequence

from ..statistics.limits import round_up
from .discovery import Found

LEAST = 8
"""The smallest number of regions that a motif can be searched in."""


def explain_no_motifs(found: Sequence[Found], tested: int, min_sites: int) -> str:
    """Explain why no motif is kept.

    Parameters
    ----------
    found
        The outcome of each group.
    tested
        Number of motifs tested, by which p is multiplied.
    min_sites
        Smallest number of regions in a group.

    Returns
    -------
    str
        The reason, and the setting that keeps one, in one line.
    """
    if not found:
        return "no motifs: there are no regions to search; attn2bed with a larger --max-q may give some"
    if tested:
        best = min((one for one in found if one.motif is not None), key=lambda one: one.p)
        evalue = best.p * tested
        return f"no motifs: the lowest E is {evalue:.2g}, of {best.group}; --max-evalue {round_up(evalue):.2g} keeps it"
    largest = max(found, key=lambda one: one.regions)
    if largest.regions >= min_sites:
        return f"no motifs: {largest.group}: {largest.problem}"
    reason = f"no motifs: the largest group, {largest.group}, has {largest.regions} regions, fewer than {min_sites}"
    if largest.regions < LEAST:
        return f"{reason} and than the {LEAST} that a motif needs"
    return f"{reason}; --min-sites {largest.regions} searches it"
