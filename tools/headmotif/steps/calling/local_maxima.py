"""Calls as local maxima of P, and how many of them lie within a few nucleotides of a site.

The start of a transcript varies by a nucleotide or two, and maps of sites differ by as much. A score at the exact
position counts a call beside the site as wrong as one far away. Here each local maximum is one call, and each site can
be found once.
"""

from dataclasses import dataclass

import numpy as np

from ...data import NO_LABEL, Contig, Contigs, Sites
from ..statistics import metrics


@dataclass(frozen=True, eq=False)
class Calls:
    """Local maxima by descending P, and the sites that they find.

    Of equal P those on the + strand come first, then those nearer the 5' end.

    Attributes
    ----------
    row
        (calls,), 0 on the + strand, 1 on the - strand.
    place
        (calls,), in the contigs end to end, by + coordinates.
    probability
        (calls,), P at the call.
    claimed
        int64 (calls,), place of the site found, on the same row; -1: none.
    sites
        Number of sites to be found.
    """

    row: np.ndarray
    place: np.ndarray
    probability: np.ndarray
    claimed: np.ndarray
    sites: int

    @property
    def average_precision(self) -> float:
        """The average precision, with all sites in the denominator of the recall; NaN without sites."""
        return metrics.average_precision(self.claimed >= 0, self.probability, self.sites)


def local_maxima(probability: np.ndarray, contigs: Contigs, d: int) -> np.ndarray:
    """Find the local maxima of P on each strand of each contig.

    A position is a maximum if its P is larger than at all positions within `d` nt upstream, and at least as large as
    downstream. So of equal P at most `d` nt apart the first, 5' to 3', counts. Circular contigs continue at their other
    end.

    Parameters
    ----------
    probability
        (2, N), rows + and -, both by + coordinates; NaN is below everything and never a maximum.
    contigs
        The contigs, N nucleotides together.
    d
        Radius in nt.

    Returns
    -------
    numpy.ndarray
        bool (2, N).
    """
    found = np.zeros(probability.shape, bool)
    for span, contig in _spans(contigs):
        for row, direction in ((0, 1), (1, -1)):
            found[row, span] = _peaks(probability[row, span][::direction], d, contig.circular)[::direction]
    return found


def call_sites(probability: np.ndarray, contigs: Contigs, threshold: float, d: int = 2) -> Sites:
    """Call the local maxima of P that reach a threshold.

    Parameters
    ----------
    probability, contigs, d
        As in `local_maxima`.
    threshold
        Lowest P of a call.

    Returns
    -------
    Sites
        The calls, + strand first, by ascending coordinates; their strength is P.
    """
    row, place = np.nonzero(local_maxima(probability, contigs, d) & (probability >= threshold))
    return Sites.from_places(contigs, row, place, probability[row, place])


def calls(
    probability: np.ndarray, label: np.ndarray, contigs: Contigs, d: int, known: np.ndarray | bool = True
) -> Calls:
    """Find the local maxima of P, and the site that each of them claims on its strand and contig.

    From the highest P on, each call takes the nearest site that is not taken yet, at most `d` nt away; of two equally
    near ones that upstream. Where nothing is scored or P is NaN, calls and sites are left out. But a P that is not
    scored still counts for its neighbours: the shoulder of a peak just behind the border is no call.

    Parameters
    ----------
    probability, contigs, d
        As in `local_maxima`.
    label
        uint8 (2, N), 1 at sites, `NO_LABEL` where nothing is scored.
    known
        bool (2, N) or (N,), the positions that are scored.

    Returns
    -------
    Calls
        The calls and the sites that they find.
    """
    scored = (label != NO_LABEL) & np.isfinite(probability) & known
    row, place = np.nonzero(local_maxima(probability, contigs, d) & scored)
    p = probability[row, place]
    order = np.lexsort((np.where(row == 0, place, -place), row, -p))
    row, place, p = row[order], place[order], p[order]
    site_row, site_place = np.nonzero((label == 1) & scored)
    claimed = np.full(len(place), -1, np.int64)
    taken: set[int] = set()
    for call, site in zip(*_pairs(row, place, site_row, site_place, contigs, d), strict=True):
        if claimed[call] < 0 and site not in taken:
            claimed[call] = site_place[site]
            taken.add(site)
    return Calls(row, place, p, claimed, len(site_place))


def _pairs(
    row: np.ndarray,
    place: np.ndarray,
    site_row: np.ndarray,
    site_place: np.ndarray,
    contigs: Contigs,
    d: int,
) -> tuple[list[int], list[int]]:
    """Every call with every site within `d` nt, by index.

    Calls come in their order, each with its nearest site first; of two equally near ones the upstream one comes first.
    """
    size = contigs.total
    index = np.full((2, size), -1, np.int64)
    index[row, place] = np.arange(len(place))
    start = contigs.start
    contig = np.searchsorted(start, site_place, side="right") - 1
    begin, length = start[contig], contigs.lengths[contig]
    circular = contigs.circular[contig]
    found = []
    for step in range(-d, d + 1):  # from the site to the call, downstream
        at = site_place - begin + np.where(site_row == 0, step, -step)
        reached = circular | ((at >= 0) & (at < length))
        call = np.where(reached, index[site_row, begin + at % length], -1)
        near = np.flatnonzero(call >= 0)
        rank = 2 * abs(step) + (step < 0)  # a site upstream of its call: step > 0
        found.append((call[near], near, np.full(len(near), rank)))
    which, site, far = (np.concatenate(x) for x in zip(*found, strict=True))
    order = np.lexsort((far, which))
    return which[order].tolist(), site[order].tolist()


def _peaks(p: np.ndarray, d: int, circular: bool) -> np.ndarray:
    """bool (n,): the local maxima of one strand, 5' to 3'."""
    n = len(p)
    reach = max(0, min(d, n - 1))  # on a circular contig no nucleotide is its own neighbour
    p = np.where(np.isnan(p), -np.inf, p)
    around = np.pad(p, reach, mode="wrap") if circular else np.pad(p, reach, constant_values=-np.inf)
    found = p > -np.inf
    for k in range(1, reach + 1):
        found &= p > around[reach - k : reach - k + n]
        found &= p >= around[reach + k : reach + k + n]
    return found


def _spans(contigs: Contigs) -> list[tuple[slice, Contig]]:
    """Where each contig lies among all, end to end."""
    ends = contigs.start[1:].tolist()
    return [(slice(end - c.length, end), c) for end, c in zip(ends, contigs, strict=True)]
