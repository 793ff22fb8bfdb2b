"""Which sites of two sets are the same: one-to-one pairs within a distance, and the nearest site of another set.

There are as many pairs as possible, and of all such choices the one with the smallest total distance. On a linear
contig this is reached without pairs that cross, where a[i] lies before a[k] but its partner after that of a[k]:
uncrossing two pairs increases neither the larger distance nor the sum. The pairs are therefore found in one pass along
both sets.

On a circular contig the same holds once a first pair is given, and each first pair is tried. But most circular contigs
have a gap somewhere that no pair bridges, and are cut there.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ...data import Contig, Contigs, Sites

NONE = np.iinfo(np.int64).max
"""The distance to the nearest site where there is none on the strand of the contig."""
Pair = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of sites that count as one.

    Attributes
    ----------
    first, second
        int64 (pairs,), rows of the first and of the second set.
    shift
        int64 (pairs,), distance of the second site from the first, downstream on their strand positive.
    """

    first: np.ndarray
    second: np.ndarray
    shift: np.ndarray

    def __len__(self) -> int:
        return len(self.first)


def match(first: Sites, second: Sites, contigs: Contigs, d: int) -> Pairs:
    """Pair the sites of two sets one to one, as many as possible, and then with the least total distance.

    Both sites of a pair lie on one strand of one contig. The exchanged sets give the same pairs. Of equally good
    choices, the one that leaves out the site further downstream counts.

    Parameters
    ----------
    first, second
        The two sets.
    contigs
        The contigs that the sites lie on.
    d
        Largest distance of a pair in nucleotides.

    Returns
    -------
    Pairs
        By contig, + strand first, then 5' to 3'.
    """
    found: list[tuple[int, int, int]] = []
    for contig, mine, theirs in _strands(first, second, contigs):
        sign = int(first.strand[mine[0]])
        a, b = (sites.position[rows] * sign for sites, rows in ((first, mine), (second, theirs)))
        mine, theirs = mine[np.argsort(a, kind="stable")], theirs[np.argsort(b, kind="stable")]
        a, b = np.sort(a).tolist(), np.sort(b).tolist()
        here = (
            _pair_on_circle(a, b, contig.length, min(d, contig.length // 2))
            if contig.circular
            else _pair_on_line(a, b, d)
        )
        half = contig.length / 2
        for i, j in here:
            shift = b[j] - a[i]
            if contig.circular and abs(shift) > half:
                shift -= contig.length if shift > 0 else -contig.length
            found.append((int(mine[i]), int(theirs[j]), shift))
    columns = np.array(found, np.int64).reshape(-1, 3)
    return Pairs(*columns.T)


def find_nearest(first: Sites, second: Sites, contigs: Contigs, other: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Find the distance from each site of one set to the nearest site of another.

    Of two equally near sites the upstream one counts. A site at the same position is at distance 0.

    Parameters
    ----------
    first
        The set whose sites get a distance.
    second
        The set in which the nearest site is sought.
    contigs
        The contigs that the sites lie on.
    other
        Whether the nearest site is sought on the other strand instead of the same.

    Returns
    -------
    tuple of numpy.ndarray
        Distances, int64 (sites,), downstream on the first site's strand positive, `NONE` where there is no site;
        whether another site lies equally far on the other side, bool (sites,).
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
    """Each strand of each contig that has sites of both sets: the contig, and the rows of either set."""
    sign = -1 if other else 1
    for index in np.intersect1d(first.contig, second.contig).tolist():
        for strand in (1, -1):
            mine = np.flatnonzero((first.contig == index) & (first.strand == strand))
            theirs = np.flatnonzero((second.contig == index) & (second.strand == sign * strand))
            if len(mine) and len(theirs):
                yield contigs[index], mine, theirs


def _pair_on_line(a: list[int], b: list[int], d: int) -> list[Pair]:
    """The best pairs of two ascending lists, part by part, as no pair bridges a gap of more than d."""
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
            pairs = _pair_stretch(a[begin_a:i], b[begin_b:j], d)
            found += [(begin_a + x, begin_b + y) for x, y in pairs]
    return found


def _pair_stretch(a: list[int], b: list[int], d: int) -> list[Pair]:
    """The best pairs by dynamic programming.

    worth(i, j) is that of the first i of a and the first j of b; a pair is worth one large unit less its distance. Row
    i holds it only for the j among which a[i - 1] has partners. Before them the row above applies, and after them the
    last value.
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


def _pair_on_circle(a: list[int], b: list[int], length: int, d: int) -> list[Pair]:
    """The best pairs on a circular contig; d is at most half its length."""
    places = sorted({*a, *b})
    for place, after in zip(places, [*places[1:], places[0] + length], strict=True):
        if after - place > d:
            return _pair_on_cut_circle(a, b, length, d, after)
    if b < a:  # so that the exchanged lists give the same pairs
        return [(j, i) for i, j in _pair_on_circle(b, a, length, d)]
    best: list[Pair] = []
    worth = (0, 0)
    for i, x in enumerate(
        a
    ):  # the first of a with a partner, each of its partners in turn, and the best pairs downstream of both
        for j, turn in ((j, turn) for j in range(len(b)) for turn in (-length, 0, length) if abs(b[j] + turn - x) <= d):
            rest = [place + turn for place in b[j + 1 :]] + [place + turn + length for place in b[:j]]
            found = [(i, j)] + [(i + 1 + k, (j + 1 + m) % len(b)) for k, m in _pair_on_line(a[i + 1 :], rest, d)]
            far = sum(min((a[k] - b[m]) % length, (b[m] - a[k]) % length) for k, m in found)
            if (len(found), -far) > worth:
                best, worth = found, (len(found), -far)
        if len(a) - i - 1 < worth[0]:
            break
    return best


def _pair_on_cut_circle(a: list[int], b: list[int], length: int, d: int, start: int) -> list[Pair]:
    """The best pairs on a circular contig that is cut before `start`, as indices into a and b."""
    turned = [sorted(((place - start) % length, index) for index, place in enumerate(places)) for places in (a, b)]
    pairs = _pair_on_line([place for place, _ in turned[0]], [place for place, _ in turned[1]], d)
    return [(turned[0][i][1], turned[1][j][1]) for i, j in pairs]
