"""Clustering of motifs: which of many motifs are one motif that was found several times.

The similarity of two motifs is the larger of the two p-values of `tomtom.compare` (a in b, b in a), so each must find
the other. Groups grow by average linkage. The two most similar groups are joined as long as the geometric mean of the p
between their members is at most the limit.

Single linkage would form chains, such as an element, a pair of elements with a spacer, and the other element. Complete
linkage splits large families, where some pair always overlaps little. Of three motifs in twelve noisy copies each,
complete linkage left 3 to 14 groups, and average linkage 3 to 8. A single very small p must not outweigh a missing
similarity either, so no p counts for less than the limit to the power 1.5. A third motif therefore joins a pair only if
its larger p is at most the square root of the limit.

The null of the p-values is made of the columns of all these motifs and of the targets together. A few short motifs
alone would be a poor null: the more often a motif is among them, the more its own columns would pass for chance.

The result does not depend on order or strand. The logarithm of p is rounded to millionths of a decade before p-values
are compared, and ties are broken by the motif's name.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...data import Motif, consensus
from .tomtom import compare

STRONGEST = 1.5
"""No p counts for less than the limit to this power."""

_DECADE = 1_000_000


@dataclass(frozen=True, eq=False)
class Clusters:
    """The group of each motif; all arrays are (motifs,), in the order of the motifs.

    Attributes
    ----------
    group
        int64, from 1; the largest group first, then by the name of the representative.
    representative
        int64, index of the motif most similar to the others of its group; of two, the one with more information.
    p
        float64, the larger p of the motif and its representative.
    offset
        int64, column of the representative where the motif starts, after reverse complement where `reverse` says so;
        negative: before the first column.
    overlap
        int64, number of aligned columns.
    reverse
        bool, whether the reverse complement of the motif is aligned to the representative.
    own
        float64, p of the motif and itself; a motif with more than the limit cannot join a group.
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
    """One motif of a group, as a row of the table.

    Attributes
    ----------
    group
        Number of the group, from 1.
    motif, representative
        Names of the motif and of the representative of its group.
    p
        The larger p of the two.
    offset, overlap
        As in `Clusters`, in columns.
    orientation
        "+", or "-" where the reverse complement of the motif is aligned.
    consensus
        IUPAC consensus of the motif, as it is aligned to the representative.
    """

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
    threads: int = 1,
) -> Clusters:
    """Cluster motifs.

    Parameters
    ----------
    motifs
        Motifs to cluster.
    others
        Known motifs, whose columns only contribute to the null.
    limit
        Largest geometric mean of p at which two groups are joined, in (0, 1].
    distance, min_overlap, threads
        As in `tomtom.compare`.

    Returns
    -------
    Clusters
        The group of each motif.
    """
    n = len(motifs)
    if not n:
        none = np.zeros(0, np.int64)
        return Clusters(none, none, np.zeros(0), none, none, np.zeros(0, bool), np.zeros(0))
    keys = [_key(motif) for motif in motifs]
    order = np.array(sorted(range(n), key=keys.__getitem__))
    found = compare(motifs, [*motifs, *others], distance, min_overlap, threads)
    p = np.maximum(found.p[:, :n], found.p[:, :n].T)
    decades = np.rint(np.log10(np.maximum(p, 1e-300)) * _DECADE)
    ceiling = float(np.rint(np.log10(max(limit, 1e-300)) * _DECADE))
    counted = np.maximum(decades, np.floor(STRONGEST * ceiling))
    groups = [order[members] for members in link(counted[np.ix_(order, order)], ceiling)]

    heads = [_representative(members, decades, motifs) for members in groups]
    ranked = sorted(range(len(groups)), key=lambda g: (-len(groups[g]), keys[heads[g]]))
    group, representative = np.zeros(n, np.int64), np.zeros(n, np.int64)
    for number, g in enumerate(ranked, 1):
        group[groups[g]], representative[groups[g]] = number, heads[g]
    # the representative aligned to the motif, so that the representative itself is never the reverse complement
    pair = representative, np.arange(n)
    return Clusters(
        group, representative, p[pair], -found.offset[pair], found.overlap[pair], found.reverse[pair], np.diag(p).copy()
    )


def link(distance: np.ndarray, limit: float) -> list[np.ndarray]:
    """Group items by average linkage.

    The nearest two groups are joined while their mean distance is at most `limit`; of equally near ones the first in
    the given order. Distances of whole numbers are summed exactly, in whatever order.

    Parameters
    ----------
    distance
        float (n, n), symmetric; the diagonal is not read.
    limit
        Largest mean distance of two groups that are joined.

    Returns
    -------
    list[numpy.ndarray]
        The groups, int64, each with its indices in ascending order.

    Examples
    --------
    >>> [group.tolist() for group in link(np.array([[0, 1, 5, 9], [1, 0, 5, 9], [5, 5, 0, 9], [9, 9, 9, 0]]), 5)]
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
    """List every motif with its group.

    Parameters
    ----------
    clusters
        The groups of the motifs.
    motifs
        The motifs, in the same order.

    Returns
    -------
    list[Member]
        By group, the representative first, then by p and name; the order of the motifs does not matter.
    """
    rows = []
    for i in _rows(clusters, motifs):
        lies = _reverse_complement(motifs[i].matrix) if clusters.reverse[i] else motifs[i].matrix
        name, sign = motifs[clusters.representative[i]].name, "-" if clusters.reverse[i] else "+"
        place = int(clusters.offset[i]), int(clusters.overlap[i])
        word = consensus(Motif(name, lies))
        rows.append(Member(int(clusters.group[i]), motifs[i].name, name, float(clusters.p[i]), *place, sign, word))
    return rows


def merge(clusters: Clusters, motifs: Sequence[Motif]) -> list[Motif]:
    """Merge each group into one motif.

    The members are aligned to the representative and averaged, with their nsites as weights. The merged motif spans the
    columns that more than half of the members cover (where there are none, those that most cover). Each column is
    averaged over the members that cover it. nsites is the sum, so a site that two members found counts twice. If the
    nsites of any member is unknown, all count alike, and the sum is unknown. The motif of a group of one stays as it
    is, with its E-value.

    Parameters
    ----------
    clusters
        The groups of the motifs.
    motifs
        The motifs, in the same order.

    Returns
    -------
    list[Motif]
        In the order of the groups, each named after its representative and in its orientation; `alt` lists the members.
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
        turn = _reverse_complement if clusters.reverse[i] else np.asarray
        total[at : at + len(motifs[i])] += w * turn(motifs[i].matrix)
        cover[at : at + len(motifs[i])] += 1
        among += w * (motifs[i].background[::-1] if clusters.reverse[i] else motifs[i].background)
    most = np.flatnonzero(cover >= min(len(indices) // 2 + 1, cover.max()))
    total = total[most[0] : most[-1] + 1]
    matrix = total / total.sum(axis=1, keepdims=True)
    return Motif(first.name, matrix, float(nsites.sum()), among / among.sum(), alt=alt)


def _rows(clusters: Clusters, motifs: Sequence[Motif]) -> list[int]:
    """Return the indices of the motifs by group, the representative first, then by p (to six digits, as written) and
    name.
    """

    def key(i: int) -> tuple:
        return int(clusters.group[i]), clusters.representative[i] != i, float(f"{clusters.p[i]:.6g}"), _key(motifs[i])

    return sorted(range(len(motifs)), key=key)


def _representative(members: np.ndarray, decades: np.ndarray, motifs: Sequence[Motif]) -> int:
    """Return the member nearest to all others; ties go by more information, then more sites, then the name."""
    total = decades[np.ix_(members, members)].sum(axis=1) - decades[members, members]

    def key(at: int) -> tuple:
        motif = motifs[members[at]]
        return total[at], -_information(motif), -np.nan_to_num(motif.nsites), _key(motif)

    return int(members[min(range(len(members)), key=key)])


def _information(motif: Motif) -> float:
    """Return bits against a uniform background, rounded because the reverse complement is summed in another order."""
    share = np.maximum(motif.matrix, 1e-12)
    return round(float((share * np.log2(4 * share)).sum()), 6)


def _reverse_complement(matrix: np.ndarray) -> np.ndarray:
    return matrix[::-1, ::-1]


def _key(motif: Motif) -> tuple[str, bytes]:
    """Return what decides between motifs that are otherwise equal: the name, then the matrix of either strand."""
    strands = motif.matrix, _reverse_complement(motif.matrix)
    return motif.name, min(np.ascontiguousarray(matrix).tobytes() for matrix in strands)
