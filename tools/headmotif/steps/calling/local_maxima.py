"""Calls as local maxima of P, and how many lie within a few nucleotides of a site.

The start of a transcript wobbles by a nucleotide or two, and maps of sites differ by as much; a score at the exact
position takes a call beside the site for as wrong as one far away. Here each local maximum is one call, and each site
can be found once.
"""

from dataclasses import dataclass

import numpy as np

from ...data import NO_LABEL, Contig, Contigs, Sites
from ..statistics import metrics


@dataclass(frozen=True, eq=False)
class Calls:
    """Local maxima by descending P (equal ones: + strand first, then 5' to 3'), and the sites that they find.

    row: 0 on the + strand, 1 on the - strand, place: in the contigs end to end, by + coordinates; probability: P there;
    claimed: place of the site found, on the same row, -1 where none is; each (calls,). sites: how many there are to
    find.
    """

    row: np.ndarray
    place: np.ndarray
    probability: np.ndarray
    claimed: np.ndarray
    sites: int

    @property
    def average_precision(self) -> float:
        """All sites in the denominator of the recall. NaN where there is none."""
        return metrics.average_precision(self.claimed >= 0, self.probability, self.sites)


def local_maxima(probability: np.ndarray, contigs: Contigs, d: int) -> np.ndarray:
    """bool (2, N): where P is larger than all others within d nt on the same strand of the same contig.

    probability: (2, N), rows + and -, both by + coordinates; NaN is below everything and never a maximum. Of equal ones
    at most d apart the first 5' to 3' counts: P must be larger than all upstream, and none downstream larger. Circles
    go on at their other end.
    """
    found = np.zeros(probability.shape, bool)
    for span, contig in _spans(contigs):
        for row, direction in ((0, 1), (1, -1)):
            found[row, span] = _peaks(probability[row, span][::direction], d, contig.circular)[::direction]
    return found


def called(probability: np.ndarray, contigs: Contigs, threshold: float, d: int = 2) -> Sites:
    """The local maxima of P within d nt that are no lower than a threshold, + strand first, by ascending coordinates.

    Their strength is P.
    """
    row, place = np.nonzero(local_maxima(probability, contigs, d) & (probability >= threshold))
    return Sites.at(contigs, row, place, probability[row, place])


def calls(
    probability: np.ndarray, label: np.ndarray, contigs: Contigs, d: int, known: np.ndarray | bool = True
) -> Calls:
    """The local maxima of P within d nt, each with the site that it claims, at most d nt away on its strand and contig.

    From the highest P on, each takes the nearest site that is not taken yet; of two equally near ones that upstream.

    probability: (2, N), as for `local_maxima`. label: uint8 (2, N), 1 at sites, `NO_LABEL` where nothing is to be
    scored. known: bool, (2, N) or (N,), where it is to be. Elsewhere, and where P is NaN, calls and sites alike are
    left out; but a P that is not scored still counts for its neighbours: the shoulder of a peak that lies just behind
    the border is no call.
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
    """Every call with every site within reach, by index: calls in their order, each with its nearest site first, then
    the upstream one."""
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
    reach = max(0, min(d, n - 1))  # on a circle no nucleotide is its own neighbour
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
