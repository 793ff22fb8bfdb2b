"""How far sets of sites agree: pairs of sets, a matrix of all sets, and distances to the nearest site."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np

from ...data import Contigs, Sites
from .matching import NONE, Pairs, find_nearest, match

FARTHEST = 50
"""Distances to the nearest site are counted one by one up to this one, and together beyond it."""
STRANDS = {"both": 0, "+": 1, "-": -1}


@dataclass(frozen=True)
class Agreement:
    """How far two sets agree on one strand or both, with their sites paired one to one within a window.

    Attributes
    ----------
    first, second
        Names of the sets.
    strand
        "both", "+" or "-".
    window_nt
        Largest distance of a pair in nucleotides; 0 for exact agreement.
    sites_first, sites_second
        Number of sites of each set.
    shared
        Number of pairs.
    share_first, share_second
        Share of each set's sites that are paired, 0 to 1; NaN without sites.
    jaccard
        Pairs divided by all distinct sites of both sets, 0 to 1; NaN without sites.
    exact
        Number of pairs at distance 0.
    shift_nt
        Mean distance of the second site from the first, downstream positive; NaN without pairs.
    """

    first: str
    second: str
    strand: str
    window_nt: int
    sites_first: int
    sites_second: int
    shared: int
    share_first: float
    share_second: float
    jaccard: float
    exact: int
    shift_nt: float


@dataclass(frozen=True)
class Distance:
    """How many sites of a set have their nearest site of another set at one distance.

    Attributes
    ----------
    set, other
        Names of the two sets.
    strand
        "same" or "other": the strand on which the nearest site is sought, relative to the site's own.
    distance_nt
        Distance on the site's strand, downstream positive; "<-50" and ">50" beyond, and "none" where there is no site
        on that strand of the contig.
    sites
        Number of sites at this distance.
    tied
        Number of those that have another nearest site equally far on the other side; they are counted upstream.
    """

    set: str
    other: str
    strand: str
    distance_nt: str
    sites: int
    tied: int


def agreements(sets: Mapping[str, Sites], contigs: Contigs, d: int) -> list[Agreement]:
    """Compare every two sets, exactly and within `d`, on both strands together and on each.

    Parameters
    ----------
    sets
        Sites by the names of the sets.
    contigs
        The contigs that the sites lie on.
    d
        Largest distance of a pair in nucleotides.

    Returns
    -------
    list of Agreement
        By pair of sets in the order given, then by window, then by strand.
    """
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
    """Arrange the pairs of sets as a table: rows by set and measure, and a column for each set.

    The measures are the number of shared sites, exactly or within the window, and its share of the row's set.

    Parameters
    ----------
    found
        All pairs, as `agreements` returns them.
    sizes
        Number of sites of each set.

    Returns
    -------
    dict of list
        Columns by name: `set`, `measure`, and one for each set; all cells are str.
    """
    shared = {(one.first, one.second, one.window_nt): one.shared for one in found if one.strand == "both"}
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
    """Measure how far the sites of each set lie from the nearest site of each other set.

    Both strands are searched: the site's own and the other one. A set is compared with itself only on the other strand.

    Parameters
    ----------
    sets
        Sites by the names of the sets.
    contigs
        The contigs that the sites lie on.

    Returns
    -------
    list of Distance
        By pair of sets, then by strand, then by distance.
    """
    found = []
    for name, against in product(sets, sets):
        for strand in ("same", "other"):
            if strand == "same" and name == against:
                continue
            far, tied = find_nearest(sets[name], sets[against], contigs, strand == "other")
            place = np.where(far == NONE, FARTHEST + 2, np.clip(far, -FARTHEST - 1, FARTHEST + 1)) + FARTHEST + 1
            count, ties = (
                np.bincount(place[rows], minlength=2 * FARTHEST + 4).tolist() for rows in (slice(None), tied)
            )
            labels = [f"<-{FARTHEST}", *map(str, range(-FARTHEST, FARTHEST + 1)), f">{FARTHEST}", "none"]
            found += [Distance(name, against, strand, *row) for row in zip(labels, count, ties, strict=True)]
    return found


def _share(n: int, of: int) -> float:
    return n / of if of else float("nan")


def _cell(value: str | int | float) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
