"""Which planted elements regions recover: counts, the choice of a head on one part of the genome, and the bound by the
true matrix.

An element is found where a region of its site covers half of the shorter of the two: half of a -10 box, half of the
eleven bases of a key that lies in a factor's twenty. It is placed where a region points within one base of its middle,
once the usual displacement (a head's key may begin anywhere on a word) was read off the part where the head was chosen.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from headmotif.data import Regions, Sites
from headmotif.steps.promoters.frequencies import FACTORS

JITTER = 2
"""A listed site is off by so many at most."""
NEAR = 12
"""A region may point so far from the middle of what it is for, before its displacement is taken off."""
SAME_PLACE = 8
"""A factor's middle lies within so many bases of its place."""
LIMITS = (0.05, 0.1, 0.2, 0.3, 0.5)
"""Of q, one of which is chosen."""


@dataclass(frozen=True)
class Element:
    """What is to be found: pieces of a name, and of those the ones at a place (their middle's distance from the site;
    None: anywhere)."""

    name: str
    piece: str
    centre: int | None = None

    def select(self, elements: Regions) -> Regions:
        mine = elements.head == self.piece
        if self.centre is not None:
            mine &= np.abs(elements.offset - self.centre) <= SAME_PLACE
        return elements.take(mine)


HEXAMERS = (Element("-10", "-10"), Element("-35", "-35"))
PLACES = tuple(
    Element(
        f"{place.factor} {'on the -10' if place.centre is None else f'at {place.centre - 0.5:g}'}",
        place.factor,
        place.centre,
    )
    for place in FACTORS
)
ALONE = (*HEXAMERS, *PLACES)
"""A head is chosen for each of these: heads are tied to distances, so a factor's two places are two elements."""
FACTORS_WHOLE = tuple(Element(name, name) for name in dict.fromkeys(place.factor for place in FACTORS))


@dataclass(frozen=True)
class Counts:
    """Elements at listed sites; how many are found and placed; regions, and how many of them find and place one."""

    elements: int
    found: int
    placed: int
    regions: int
    finding: int
    placing: int

    @property
    def f1(self) -> float:
        return (self.found + self.finding) / max(self.elements + self.regions, 1)


@dataclass(frozen=True)
class Reading:
    """How an element is read: regions of one head, of q up to a limit, at some distances (None: at all)."""

    head: str
    limit: float
    distances: tuple[int, ...] | None = None

    def select(self, found: Regions) -> Regions:
        mine = (found.head == self.head) & (found.q <= self.limit)
        if self.distances is not None:
            mine &= np.isin(found.offset, self.distances)
        return found.take(mine)


def select_sites(found: Regions, sites: Sites) -> Regions:
    """The regions of some of the sites."""
    key = {(int(c), int(p), int(s)) for c, p, s in zip(sites.contig, sites.position, sites.strand, strict=True)}
    kept = [(int(c), int(p), int(s)) in key for c, p, s in zip(found.contig, found.site, found.strand, strict=True)]
    return found.take(np.array(kept, bool))


def select_listed(elements: Regions, sites: Sites) -> Regions:
    """The planted pieces whose site is among these, off by JITTER at most."""
    true = np.stack([elements.site, elements.strand], 1)
    near = (np.abs(true[:, :1] - sites.position) <= JITTER) & (true[:, 1:] == sites.strand)
    return elements.take(near.any(axis=1))


def find_pointed(found: Regions, elements: Regions) -> tuple[np.ndarray, np.ndarray]:
    """For each region and element (regions, elements): are they of one site; how far downstream of the region's place
    its middle lies."""
    place, middle = (x.site + x.strand.astype(np.int64) * x.offset for x in (found, elements))
    own = (np.abs(found.site[:, None] - elements.site) <= JITTER) & (found.strand[:, None] == elements.strand)
    return own, found.strand.astype(np.int64)[:, None] * (middle - place[:, None])


def find_covered(found: Regions, elements: Regions) -> np.ndarray:
    """bool (regions, elements): of one site, and half of the shorter of the two is shared."""
    own, _delta = find_pointed(found, elements)
    shared = np.minimum(found.end[:, None], elements.end) - np.maximum(found.start[:, None], elements.start)
    shorter = np.minimum((found.end - found.start)[:, None], elements.end - elements.start)
    return own & (2 * shared >= shorter)


def find_placed(found: Regions, elements: Regions, off: int) -> np.ndarray:
    """bool (regions, elements): the region points within a base of the element's middle, its displacement taken off."""
    own, delta = find_pointed(found, elements)
    return own & (np.abs(delta - off) <= 1)


def displacement(found: Regions, elements: Regions) -> int:
    """The most frequent distance from where regions point to the middle of the element."""
    own, delta = find_pointed(found, elements)
    near = delta[own & (np.abs(delta) <= NEAR)]
    return int(np.bincount(near + NEAR).argmax()) - NEAR if len(near) else 0


def counts(found: Regions, elements: Regions, off: int) -> Counts:
    """elements: of one kind, at the sites that the regions are of. off: their displacement."""
    covers, places = find_covered(found, elements), find_placed(found, elements, off)
    hits = (int(x.any(axis).sum()) for axis in (0, 1) for x in (covers, places))
    of_elements, placed, of_regions, right = hits
    return Counts(len(elements), of_elements, placed, len(found), of_regions, right)


def choose_reading(found: Regions, elements: Regions, limits: Sequence[float], at_distances: bool) -> Reading | None:
    """The reading with the largest F1 here, None where no head finds one. at_distances: only regions at the distances,
    or a base beside them, at which the head finds the element here."""
    best, most = None, 0.0
    for head in sorted(set(found.head.tolist())):
        for limit in limits:
            reading = Reading(head, limit)
            if at_distances:
                mine = reading.select(found)
                finds = mine.offset[find_covered(mine, elements).any(1)]
                reading = Reading(head, limit, tuple(sorted({int(d) + beside for d in finds for beside in (-1, 0, 1)})))
            f1 = counts(reading.select(found), elements, 0).f1 if len(reading.select(found)) else 0.0
            if f1 > most and find_covered(reading.select(found), elements).any():
                best, most = reading, f1
    return best


def find_bound(ranked: Regions, elements: Regions, precision: float, what: str) -> int:
    """How many elements the best of the ranked regions find (`what` "found") or place ("placed"), as many as keep the
    precision."""
    hit = find_covered(ranked, elements) if what == "found" else find_placed(ranked, elements, 0)
    right = np.cumsum(hit.any(1))
    reached = np.where(hit.any(0), hit.argmax(0), len(ranked))  # the first region that has each element
    recalled = np.cumsum(np.bincount(reached, minlength=len(ranked) + 1))[: len(ranked)]
    kept = right >= precision * np.arange(1, len(ranked) + 1)
    return int(recalled[kept].max(initial=0))


def choose_one_per_site(found: Regions) -> Regions:
    """Of each site the region with the largest weight."""
    order = np.lexsort((found.start, -found.weight))
    _site, first = np.unique(np.stack([found.contig, found.site, found.strand])[:, order], axis=1, return_index=True)
    return found.take(np.sort(order[first]))
