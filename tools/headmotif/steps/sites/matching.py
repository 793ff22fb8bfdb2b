"""Which sites of two sets are the same: one-to-one pairs within a distance, and the nearest site of another set.

The pairs are the best there are: as many as possible, and of those the nearest together in sum. On a line such pairs
can be had without any that cross, a[i] before a[k] and yet its partner behind the other's (uncrossing two makes neither
the larger distance nor the sum larger), so they are found going along both sets at once. On a circle the same holds
once a first pair is given, and each is tried; but most circles have a gap somewhere that no pair bridges, and are cut
there.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ...data import Contig, Contigs, Sites

NONE = np.iinfo(np.int64).max
"""The distance to the nearest where there is none on the contig."""
Pair = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Pairs:
    """Sites that are one: indices into either set, and how far the second lies from the first, downstream on their
    strand; (pairs,)."""

    first: np.ndarray
    second: np.ndarray
    shift: np.ndarray

    def __len__(self) -> int:
        return len(self.first)


def match(first: Sites, second: Sites, contigs: Contigs, d: int) -> Pairs:
    """One-to-one pairs of sites on one strand of one contig at most d nt apart: the most there can be, then the least
    total distance.

    Turned about, the same pairs come out: of equally good ones those that leave out the site further downstream. By
    contig, + strand first, then 5' to 3'.
    """
    found: list[tuple[int, int, int]] = []
    for contig, mine, theirs in _strands(first, second, contigs):
        sign = int(first.strand[mine[0]])
        a, b = (sites.position[rows] * sign for sites, rows in ((first, mine), (second, theirs)))
        mine, theirs = mine[np.argsort(a, kind="stable")], theirs[np.argsort(b, kind="stable")]
        a, b = np.sort(a).tolist(), np.sort(b).tolist()
        here = _round(a, b, contig.length, min(d, contig.length // 2)) if contig.circular else _line(a, b, d)
        half = contig.length / 2
        for i, j in here:
            shift = b[j] - a[i]
            if contig.circular and abs(shift) > half:
                shift -= contig.length if shift > 0 else -contig.length
            found.append((int(mine[i]), int(theirs[j]), shift))
    columns = np.array(found, np.int64).reshape(-1, 3)
    return Pairs(*columns.T)


def nearest(first: Sites, second: Sites, contigs: Contigs, other: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """From each site of the first set to the nearest of the second on its strand (`other`: on the other strand).

    int64 (sites,), downstream on the first's strand positive, NONE where the contig's strand has none; bool (sites,),
    whether another lies as far on the other side. Of two equally near ones the upstream one counts. A site beside
    itself is at distance 0.
    """
    distance, tied = np.full(len(first), NONE), np.zeros(len(first), bool)
    for contig, mine, theirs in _strands(first, second, contigs, other):
        sign = int(first.strand[mine[0]])
        a, b = first.position[mine] * sign, np.sort(second.position[theirs] * sign)
        if contig.circular:
            b = np.concatenate([b - contig.length, b, b + contig.length])
        after = np.searchsorted(b, a)
        far = np.iinfo(np.int64).max // 4
        down = np.where(after < len(b), b[np.minimum(after, len(b) - 1)] - a, far)
        up = np.where(after > 0, a - b[np.maximum(after - 1, 0)], far)
        distance[mine] = np.where(up <= down, -up, down)
        tied[mine] = up == down
    return distance, tied


def _strands(
    first: Sites, second: Sites, contigs: Contigs, other: bool = False
) -> Iterator[tuple[Contig, np.ndarray, np.ndarray]]:
    """Each strand of each contig that has sites of both: the contig, and the rows of either set."""
    sign = -1 if other else 1
    for index in np.intersect1d(first.contig, second.contig).tolist():
        for strand in (1, -1):
            mine = np.flatnonzero((first.contig == index) & (first.strand == strand))
            theirs = np.flatnonzero((second.contig == index) & (second.strand == sign * strand))
            if len(mine) and len(theirs):
                yield contigs[index], mine, theirs


def _line(a: list[int], b: list[int], d: int) -> list[Pair]:
    """The best pairs of two ascending lists of places: stretch by stretch, as no pair bridges a gap of more than d."""
    found: list[Pair] = []
    i = j = 0
    while i < len(a) and j < len(b):
        begin_a, begin_b = i, j
        end = min(a[i], b[j])
        while True:
            if i < len(a) and a[i] - end <= d and (j == len(b) or a[i] <= b[j]):
                end, i = a[i], i + 1
            elif j < len(b) and b[j] - end <= d:
                end, j = b[j], j + 1
            else:
                break
        if i > begin_a and j > begin_b:
            pairs = _stretch(a[begin_a:i], b[begin_b:j], d)
            found += [(begin_a + x, begin_b + y) for x, y in pairs]
    return found


def _stretch(a: list[int], b: list[int], d: int) -> list[Pair]:
    """The best pairs by dynamic programming: worth(i, j) is that of the first i of a and j of b, a pair one large unit
    less its distance.

    Row i holds it for the j between which a[i - 1] has partners at all; before them it is the row above's, behind them
    it stays.
    """
    unit = (d + 1) * (min(len(a), len(b)) + 1)
    low, rows = [0], [[0]]

    def worth(i: int, j: int) -> int:
        while j < low[i]:
            i -= 1
        return rows[i][min(j - low[i], len(rows[i]) - 1)]

    for i, x in enumerate(a):
        first, end = bisect_left(b, x - d), bisect_right(b, x + d)
        row = [worth(i, first)]
        for j in range(first, end):
            row.append(max(worth(i, j + 1), row[-1], worth(i, j) + unit - abs(x - b[j])))
        low.append(first)
        rows.append(row)
    found, i, j = [], len(a), len(b)
    while i and j:
        x, y, here = a[i - 1], b[j - 1], worth(i, j)
        if x > y and here == worth(i - 1, j):
            i -= 1
        elif y > x and here == worth(i, j - 1):
            j -= 1
        elif abs(x - y) <= d and here == worth(i - 1, j - 1) + unit - abs(x - y):
            i, j = i - 1, j - 1
            found.append((i, j))
        elif here == worth(i - 1, j):
            i -= 1
        else:
            j -= 1
    return found[::-1]


def _round(a: list[int], b: list[int], length: int, d: int) -> list[Pair]:
    """The best pairs on a circle; d at most half of it."""
    places = sorted({*a, *b})
    for place, after in zip(places, [*places[1:], places[0] + length], strict=True):
        if after - place > d:
            return _cut(a, b, length, d, after)
    if b < a:  # so that turned about the same pairs come out
        return [(j, i) for i, j in _round(b, a, length, d)]
    best: list[Pair] = []
    worth = (0, 0)
    for i, x in enumerate(
        a
    ):  # the first of a that has a partner, each partner in turn, and what goes with it downstream of both
        for j, turn in ((j, turn) for j in range(len(b)) for turn in (-length, 0, length) if abs(b[j] + turn - x) <= d):
            rest = [place + turn for place in b[j + 1 :]] + [place + turn + length for place in b[:j]]
            found = [(i, j)] + [(i + 1 + k, (j + 1 + m) % len(b)) for k, m in _line(a[i + 1 :], rest, d)]
            far = sum(min((a[k] - b[m]) % length, (b[m] - a[k]) % length) for k, m in found)
            if (len(found), -far) > worth:
                best, worth = found, (len(found), -far)
        if len(a) - i - 1 < worth[0]:
            break
    return best


def _cut(a: list[int], b: list[int], length: int, d: int, start: int) -> list[Pair]:
    """The best pairs on a circle that is cut before `start`, as indices into a and b as they are."""
    turned = [sorted(((place - start) % length, index) for index, place in enumerate(places)) for places in (a, b)]
    pairs = _line([place for place, _ in turned[0]], [place for place, _ in turned[1]], d)
    return [(turned[0][i][1], turned[1][j][1]) for i, j in pairs]
