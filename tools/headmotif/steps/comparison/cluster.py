"""Motifs grouped by likeness: which of many motifs are one motif, found several times.

Two motifs are as like as the larger of the two p-values of `tomtom.compare` (a in b, b in a), so that each must find
the other. Groups grow by average linkage: the two groups whose members are most alike become one, as long as the
geometric mean of the p between them is at most the limit. Single linkage would chain (a box, a spaced pair of boxes,
the other box); complete linkage breaks large families, where some pair always overlaps little: of three drawn motifs in
twelve noisy copies each it left 3 to 14 groups, the average 3 to 8. One strong likeness must not outweigh a missing one
either, so that none counts more than the limit to the power 1.5: a third motif joins a pair only if its larger p is at
most the square root of the limit.

p-values are drawn from the columns of all these motifs and of the targets together. A few short motifs alone are a poor
null: the more often a motif is among them, the more its own columns would pass for chance.

Neither order nor strand matters: p is rounded to millionths of a decade before it is compared, ties go by the motif's
name.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...data import Motif, consensus
from .tomtom import compare

STRONGEST = 1.5
"""No likeness counts for more than the limit to this power."""

_DECADE = 1_000_000


@dataclass(frozen=True, eq=False)
class Clusters:
    """Which group each motif is in; all arrays are (motifs,), in the order of the motifs.

    group: int64, from 1, the largest group first, then by the representative's name. representative: int64, the index
    of the motif that is most like the others of its group (of two, the one with more information). p: float64, the
    larger p of the motif and its representative. offset: int64, where the motif, turned where `reverse` (bool) says so,
    starts in its representative, in columns (negative: before it). overlap: int64, aligned columns. own: float64, p of
    the motif and itself; above the limit it cannot join.
    """

    group: np.ndarray
    representative: np.ndarray
    p: np.ndarray
    offset: np.ndarray
    overlap: np.ndarray
    reverse: np.ndarray
    own: np.ndarray


@dataclass(frozen=True)
class Member:
    """One motif of a group, as a row of the table; consensus: of the motif as it lies on its representative."""

    group: int
    motif: str
    representative: str
    p: float
    offset: int
    overlap: int
    orientation: str
    consensus: str


def cluster(
    motifs: Sequence[Motif],
    others: Sequence[Motif],
    limit: float = 1e-3,
    distance: str = "pearson",
    min_overlap: int = 1,
) -> Clusters:
    """The groups of `motifs`; `others` (known motifs) only lend their columns to the null.

    limit: the largest geometric mean of p, in (0, 1], at which two groups become one. distance, min_overlap: as of
    `compare`.
    """
    n = len(motifs)
    if not n:
        none = np.zeros(0, np.int64)
        return Clusters(none, none, np.zeros(0), none, none, np.zeros(0, bool), np.zeros(0))
    keys = [_key(motif) for motif in motifs]
    order = np.array(sorted(range(n), key=keys.__getitem__))
    found = compare(motifs, [*motifs, *others], distance, min_overlap)
    p = np.maximum(found.p[:, :n], found.p[:, :n].T)
    decades = np.rint(np.log10(np.maximum(p, 1e-300)) * _DECADE)
    ceiling = float(np.rint(np.log10(max(limit, 1e-300)) * _DECADE))
    counted = np.maximum(decades, np.floor(STRONGEST * ceiling))
    groups = [order[members] for members in linked(counted[np.ix_(order, order)], ceiling)]

    heads = [_representative(members, decades, motifs) for members in groups]
    ranked = sorted(range(len(groups)), key=lambda g: (-len(groups[g]), keys[heads[g]]))
    group, representative = np.zeros(n, np.int64), np.zeros(n, np.int64)
    for number, g in enumerate(ranked, 1):
        group[groups[g]], representative[groups[g]] = number, heads[g]
    pair = (
        representative,
        np.arange(n),
    )  # the representative's place on the motif, so that the representative is not turned
    return Clusters(
        group, representative, p[pair], -found.offset[pair], found.overlap[pair], found.reverse[pair], np.diag(p).copy()
    )


def linked(distance: np.ndarray, limit: float) -> list[np.ndarray]:
    """Groups by average linkage, as ascending indices int64, of a symmetric distance (n, n); the diagonal is not read.

    The nearest two groups are joined while their mean distance is at most `limit`; of equally near ones the first in
    the order given. Distances of whole numbers are summed exactly, whatever the order.

    >>> [group.tolist() for group in linked(np.array([[0, 1, 5, 9], [1, 0, 5, 9], [5, 5, 0, 9], [9, 9, 9, 0]]), 5)]
    [[0, 1, 2], [3]]
    """
    n = len(distance)
    total = distance.astype(float)  # of all pairs between two groups; a group has the place of its first member
    size = np.ones(n)
    members = {i: [i] for i in range(n)}
    mean = total.copy()
    mean[np.tril_indices(n)] = np.inf
    while len(members) > 1:
        first, second = (
            int(i) for i in np.unravel_index(np.argmin(mean), mean.shape)
        )  # the lowest place of equal ones
        if not mean[first, second] <= limit:
            break
        members[first] += members.pop(second)
        size[first] += size[second]
        total[first] += total[second]
        total[:, first] = total[first]
        mean[second] = mean[:, second] = np.inf
        alive = np.array(sorted(members))
        now = total[first, alive] / (size[first] * size[alive])
        before = alive < first
        mean[alive[before], first] = now[before]
        mean[first, alive[alive > first]] = now[alive > first]
    return [np.array(sorted(group)) for group in members.values()]


def members(clusters: Clusters, motifs: Sequence[Motif]) -> list[Member]:
    """Every motif as a row: by group, the representative first, then by p and name. The order of the motifs does not
    matter."""
    rows = []
    for i in _rows(clusters, motifs):
        lies = _turned(motifs[i].matrix) if clusters.reverse[i] else motifs[i].matrix
        name, sign = motifs[clusters.representative[i]].name, "-" if clusters.reverse[i] else "+"
        place = int(clusters.offset[i]), int(clusters.overlap[i])
        word = consensus(Motif(name, lies))
        rows.append(Member(int(clusters.group[i]), motifs[i].name, name, float(clusters.p[i]), *place, sign, word))
    return rows


def merged(clusters: Clusters, motifs: Sequence[Motif]) -> list[Motif]:
    """One motif a group: its members, aligned to the representative, averaged with their nsites as weights.

    It spans the columns that more than half of the members cover (where none is, those that most cover), each column
    averaged over the members that do. Named after the representative, in its orientation; alt lists the members; nsites
    is their sum, so that a site found by two of them counts twice. Where the nsites of any is unknown, all count alike
    and the sum is unknown. A group of one is that motif, with its E.
    """
    by_group: dict[int, list[int]] = {}
    for i in _rows(clusters, motifs):
        by_group.setdefault(int(clusters.group[i]), []).append(i)
    return [_average(indices, clusters, motifs) for indices in by_group.values()]


def _average(indices: list[int], clusters: Clusters, motifs: Sequence[Motif]) -> Motif:
    alt = ",".join(motifs[i].name for i in indices)
    first = motifs[indices[0]]
    if len(indices) == 1:
        return replace(first, alt=alt)
    nsites = np.array([motifs[i].nsites for i in indices])
    weight = np.ones(len(indices)) if np.isnan(nsites).any() else nsites
    offset = clusters.offset[indices]
    start = int(offset.min())
    width = max(int(at) + len(motifs[i]) for at, i in zip(offset, indices, strict=True)) - start
    total, cover, among = np.zeros((width, 4)), np.zeros(width, int), np.zeros(4)
    for i, at, w in zip(indices, offset - start, weight, strict=True):
        turn = _turned if clusters.reverse[i] else np.asarray
        total[at : at + len(motifs[i])] += w * turn(motifs[i].matrix)
        cover[at : at + len(motifs[i])] += 1
        among += w * (motifs[i].background[::-1] if clusters.reverse[i] else motifs[i].background)
    most = np.flatnonzero(cover >= min(len(indices) // 2 + 1, cover.max()))
    total = total[most[0] : most[-1] + 1]
    matrix = total / total.sum(axis=1, keepdims=True)
    return Motif(first.name, matrix, float(nsites.sum()), among / among.sum(), alt=alt)


def _rows(clusters: Clusters, motifs: Sequence[Motif]) -> list[int]:
    """The motifs' indices, by group, the representative first, then by p (to six digits, as it is written) and name."""

    def key(i: int) -> tuple:
        return int(clusters.group[i]), clusters.representative[i] != i, float(f"{clusters.p[i]:.6g}"), _key(motifs[i])

    return sorted(range(len(motifs)), key=key)


def _representative(members: np.ndarray, decades: np.ndarray, motifs: Sequence[Motif]) -> int:
    """The member nearest to all others; of equally near ones that with more information, then more sites, then by
    name."""
    total = decades[np.ix_(members, members)].sum(axis=1) - decades[members, members]

    def key(at: int) -> tuple:
        motif = motifs[members[at]]
        return total[at], -_information(motif), -np.nan_to_num(motif.nsites), _key(motif)

    return int(members[min(range(len(members)), key=key)])


def _information(motif: Motif) -> float:
    """Bits against a uniform background, rounded: turned, the same number is summed in another order."""
    share = np.maximum(motif.matrix, 1e-12)
    return round(float((share * np.log2(4 * share)).sum()), 6)


def _turned(matrix: np.ndarray) -> np.ndarray:
    return matrix[::-1, ::-1]


def _key(motif: Motif) -> tuple[str, bytes]:
    """What decides between motifs that nothing else tells apart: the name, and if that is the same, the matrix of
    either strand."""
    strands = motif.matrix, _turned(motif.matrix)
    return motif.name, min(np.ascontiguousarray(matrix).tobytes() for matrix in strands)
