"""How far sets of sites agree: pair by pair, all against all, and how far the nearest sites lie."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np

from ...data import Contigs, Sites
from .matching import NONE, Pairs, match, nearest

FARTHEST = 50
"""Distances to the nearest site are counted one by one so far, then together."""
STRANDS = {"both": 0, "+": 1, "-": -1}


@dataclass(frozen=True)
class Agreement:
    """Two sets on one strand (or both), a site of one being a site of the other within so many nt, one to one.

    shift: mean distance of the second's from the first's, downstream; exact: those of the shared that are at distance
    0.
    """

    first: str
    second: str
    strand: str
    within: int
    sites_first: int
    sites_second: int
    shared: int
    share_first: float
    share_second: float
    jaccard: float
    exact: int
    shift: float


@dataclass(frozen=True)
class Distance:
    """How many sites of a set have their nearest of another set, on their own strand or the other, at a distance on
    their strand.

    distance: downstream positive, "<-50" and ">50" beyond, "none" where the contig's strand has none; tied: those of
    the sites that have another as near on the other side (they are counted upstream).
    """

    set: str
    other: str
    strand: str
    distance: str
    sites: int
    tied: int


def agreements(sets: Mapping[str, Sites], contigs: Contigs, d: int) -> list[Agreement]:
    """Every two sets, in the order given: exactly and within d, both strands and each."""
    found = []
    for first, second in combinations(sets, 2):
        a, b = sets[first], sets[second]
        for within in dict.fromkeys((0, d)):
            pairs = match(a, b, contigs, within)
            found += [_agreement(first, second, strand, within, a, b, pairs) for strand in STRANDS]
    return found


def _agreement(first: str, second: str, strand: str, within: int, a: Sites, b: Sites, pairs: Pairs) -> Agreement:
    sign = STRANDS[strand]
    n, m = (int(np.sum(s.strand == sign)) if sign else len(s) for s in (a, b))
    shift = pairs.shift[a.strand[pairs.first] == sign] if sign else pairs.shift
    k = len(shift)
    shares = (_share(k, n), _share(k, m), _share(k, n + m - k))
    return Agreement(
        first,
        second,
        strand,
        within,
        n,
        m,
        k,
        *shares,
        int(np.sum(shift == 0)),
        float(shift.mean()) if k else float("nan"),
    )


def matrix(found: list[Agreement], sizes: Mapping[str, int]) -> dict[str, list]:
    """Columns of a table: a row for each set and measure (shared exactly or within d, and the shares of the row's set),
    a column a set.

    found: as `agreements` gives them; sizes: sites of each set.
    """
    shared = {(one.first, one.second, one.within): one.shared for one in found if one.strand == "both"}
    shared |= {(b, a, within): n for (a, b, within), n in shared.items()}
    rows = []
    for within, name in product(sorted({within for *_, within in shared}), sizes):
        counts = [sizes[name] if other == name else shared[name, other, within] for other in sizes]
        measure = f"within {within}" if within else "exact"
        rows.append([name, measure, *counts])
        rows.append([name, f"{measure}, share", *(_share(n, sizes[name]) for n in counts)])
    columns = zip(*rows, strict=True) if rows else [()] * (2 + len(sizes))
    return {name: [_cell(x) for x in column] for name, column in zip(["set", "measure", *sizes], columns, strict=True)}


def distances(sets: Mapping[str, Sites], contigs: Contigs) -> list[Distance]:
    """From the sites of each set to the nearest of each other on their strand and, of its own too, on the other
    strand."""
    found = []
    for name, against in product(sets, sets):
        for strand in ("same", "other"):
            if strand == "same" and name == against:
                continue
            far, tied = nearest(sets[name], sets[against], contigs, strand == "other")
            place = np.where(far == NONE, FARTHEST + 2, np.clip(far, -FARTHEST - 1, FARTHEST + 1)) + FARTHEST + 1
            count, ties = (
                np.bincount(place[rows], minlength=2 * FARTHEST + 4).tolist() for rows in (slice(None), tied)
            )
            told = [f"<-{FARTHEST}", *map(str, range(-FARTHEST, FARTHEST + 1)), f">{FARTHEST}", "none"]
            found += [Distance(name, against, strand, *row) for row in zip(told, count, ties, strict=True)]
    return found


def _share(n: int, of: int) -> float:
    return n / of if of else float("nan")


def _cell(value: str | int | float) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
