"""How many planted elements the regions of heads recover, compared with windows at a fixed offset.

A window at the right offset from every site finds a -10 element about as well as a head that reads it. Each score is
therefore reported beside that of the best such window. The window is as wide as the head's regions, and its offset is
chosen on one half of the sites and scored on the other.
"""

from dataclasses import dataclass

import numpy as np

from ...data import Regions, Sites

ALL = "all"
"""In `Recovery.head`: the regions of all heads together."""

REACH = np.arange(-200, 101)
"""Offsets at which a window may begin."""


@dataclass(frozen=True)
class Recovery:
    """How one head's regions recover one kind of planted element.

    Attributes
    ----------
    name
        Name of the element.
    head
        Name of the head, or `ALL`.
    elements
        Number of these elements whose site is listed.
    found
        Number of those that a region of their own site covers by at least half.
    regions
        Number of the head's regions.
    hits
        Number of regions that cover at least half of such an element.
    width
        Width of the windows in nucleotides.
    distance
        Offset of the windows' first base, chosen on the first half of the sites.
    baseline_recall, baseline_precision
        The same scores for one window at each site; NaN where there is nothing to divide by.
    """

    name: str
    head: str
    elements: int
    found: int
    regions: int
    hits: int
    width: int
    distance: int
    baseline_recall: float
    baseline_precision: float

    @property
    def recall(self) -> float:
        """Share of the elements that are found; NaN without elements."""
        return self.found / self.elements if self.elements else float("nan")

    @property
    def precision(self) -> float:
        """Share of the regions that are hits; NaN without regions."""
        return self.hits / self.regions if self.regions else float("nan")

    @property
    def gain(self) -> float:
        """F1 of the regions less F1 of the windows."""
        return _f1(self.recall, self.precision) - _f1(self.baseline_recall, self.baseline_precision)


def recover(
    regions: Regions, truth: Regions, sites: Sites, contigs: tuple[str, ...], tolerance: int = 2
) -> list[Recovery]:
    """Score the regions of each head, and of all heads together, against each kind of planted element.

    A region counts only for an element of its own site and strand. Ends beyond the origin of a circular contig are not
    unrolled.

    Parameters
    ----------
    regions
        Regions of the heads.
    truth
        Planted elements, as in `plant.Planted.elements`; decoys (`site` -1) are left out.
    sites
        The sites that the regions belong to.
    contigs
        Contig names that the contigs of `sites` index.
    tolerance
        A listed site is a true site if they lie at most this many nucleotides apart on one strand.

    Returns
    -------
    list of Recovery
        By the name of the element, then by head, with all heads together last.
    """
    truth = truth.take(truth.site >= 0)
    names = {name: i for i, name in enumerate(dict.fromkeys([*contigs, *truth.contigs, *regions.contigs]))}
    span = (
        1 + max((int(c.max()) for c in (truth.site, regions.site, sites.position) if len(c)), default=0) + 2 * tolerance
    )

    def key(contig: np.ndarray, of: tuple[str, ...], strand: np.ndarray, position: np.ndarray) -> np.ndarray:
        index = np.array([names[name] for name in of], np.int64)[contig]
        return (2 * index + (strand < 0)) * span + tolerance + position

    own = key(truth.contig, truth.contigs, truth.strand, truth.site)
    order = np.argsort(own, kind="stable")
    truth = truth.take(order)
    true, first, count = np.unique(own[order], return_index=True, return_counts=True)

    at_region = _find_nearest(true, key(regions.contig, regions.contigs, regions.strand, regions.site), tolerance)
    at_site = _find_nearest(true, key(sites.contig, contigs, sites.strand, sites.position), tolerance)
    region, piece = _pairs(at_region, first, count)
    covered = np.minimum(regions.end[region], truth.end[piece]) - np.maximum(regions.start[region], truth.start[piece])
    half = 2 * covered >= (truth.end - truth.start)[piece]
    region, piece = region[half], piece[half]
    site, listed = _pairs(at_site, first, count)

    table = []
    for name in np.unique(truth.head):
        elements = np.unique(listed[truth.head[listed] == name])
        windows = _Windows(truth, sites, site, listed, str(name))
        mine = truth.head[piece] == name
        for head in [*np.unique(regions.head), ALL]:
            of_head = np.ones(len(regions), bool) if head == ALL else regions.head == head
            chosen = mine & of_head[region]
            found = np.intersect1d(piece[chosen], elements)
            width = max(1, round(float(np.median((regions.end - regions.start)[of_head])))) if of_head.any() else 1
            counts = len(elements), len(found), int(of_head.sum()), len(np.unique(region[chosen]))
            table.append(Recovery(str(name), str(head), *counts, width, *windows.find_best(width)))
    return table


def _find_nearest(true: np.ndarray, keys: np.ndarray, tolerance: int) -> np.ndarray:
    """For each key the index of the nearest of the sorted true keys, -1 where it is more than `tolerance` away."""
    if not len(true):
        return np.full(len(keys), -1)
    right = np.clip(np.searchsorted(true, keys), 0, len(true) - 1)
    left = np.maximum(right - 1, 0)
    nearest = np.where(np.abs(keys - true[left]) <= np.abs(true[right] - keys), left, right)
    return np.where(np.abs(true[nearest] - keys) <= tolerance, nearest, -1)


def _pairs(site: np.ndarray, first: np.ndarray, count: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every row with each element of its site: indices of rows and of elements, of one length."""
    rows = np.flatnonzero(site >= 0)
    per_row = count[site[rows]] if len(rows) else np.zeros(0, np.int64)
    before = np.cumsum(per_row) - per_row
    within = np.arange(int(per_row.sum())) - np.repeat(before, per_row)
    return np.repeat(rows, per_row), np.repeat(first[site[rows]], per_row) + within if len(rows) else within


class _Windows:
    """Windows at a fixed offset from the sites, scored against the elements of one name."""

    def __init__(self, truth: Regions, sites: Sites, site: np.ndarray, piece: np.ndarray, name: str):
        mine = truth.head[piece] == name
        self.site, piece = site[mine], piece[mine]
        self.n_sites = len(sites)
        position, forward = sites.position[self.site], sites.strand[self.site] > 0
        self.low = np.where(
            forward, truth.start[piece] - position, position - truth.end[piece] + 1
        )  # from the site, on its strand
        self.high = self.low + truth.end[piece] - truth.start[piece]
        self.known: dict[int, tuple[int, float, float]] = {}

    def find_best(self, width: int) -> tuple[int, float, float]:
        """Offset, recall and precision of the best windows.

        The offset is chosen on every second site and scored on the others, and the reverse.
        """
        if width not in self.known:
            self.known[width] = self._find_best(width)
        return self.known[width]

    def _find_best(self, width: int) -> tuple[int, float, float]:
        if not len(self.site):
            return 0, float("nan"), float("nan")
        covered = np.minimum(self.high[:, None], REACH + width) - np.maximum(
            self.low[:, None], REACH
        )  # (elements, offsets)
        hit = 2 * covered >= (self.high - self.low)[:, None]
        even = self.site % 2 == 0
        found, windows, distances = 0, set(), []
        for half in (even, ~even):
            best = _find_middle_of_best(hit[half].sum(axis=0))
            distances.append(int(REACH[best]))
            right = hit[:, best] & ~half
            found += int(right.sum())
            windows |= set(self.site[right].tolist())
        return distances[0], found / len(self.site), len(windows) / self.n_sites


def _find_middle_of_best(score: np.ndarray) -> int:
    """The middle one of the indices with the highest score, as it is the least likely to be best by its edge alone."""
    best = np.flatnonzero(score == score.max())
    return int(best[len(best) // 2])


def _f1(recall: float, precision: float) -> float:
    return 2 * recall * precision / (recall + precision) if recall + precision > 0 else 0.0
