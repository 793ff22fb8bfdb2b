"""Targets combined by TF: the best motif of each TF stands for it, with p corrected for the number of its motifs.

p of a query and a group of m targets is 1 - (1 - p)^m of the smallest p among them (Sidak 1967, J Am Stat Assoc 62:626,
for independent tests). The motifs of one TF are similar, so the correction is conservative. E is p times the number of
groups, and q is Benjamini and Hochberg's over all pairs of a query and a group.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ...data import Motif
from ..statistics.false_discovery import benjamini_hochberg
from .listing import Table, choose_pairs, describe_pairs
from .tomtom import Comparison

_ACCESSION = re.compile(r"[A-Z]{1,3}\d{4,}(\.\d+)?")
_NUMBER = re.compile(r"[._]\d+(-\d+)?$")
_GENE = re.compile(r"([A-Za-z][a-z]{2}[A-Z])\d+")


@dataclass(frozen=True, eq=False)
class GroupComparison:
    """Every query against every group of targets.

    Attributes
    ----------
    names
        Names of the groups, sorted.
    p, evalue, q
        float64 (queries, groups).
    target
        int64 (queries, groups), index of the best target of the group.
    """

    names: tuple[str, ...]
    p: np.ndarray
    evalue: np.ndarray
    q: np.ndarray
    target: np.ndarray


def parse_tf(motif: Motif) -> str:
    """Find the name of the TF in the name of a motif.

    An accession (MX000020, MA0139.1) names no TF; there the alternative name is read. A number, or two with a dash,
    after a dot or an underscore counts the motifs of a TF or gives their spacers (CRP_25-12, sigma70_17) and is cut
    off. A number with a sign stays (sigma70_-10 and sigma70_-35 are two elements). A number after a gene symbol, three
    letters and a capital, is cut off (rpoD15). After any other name it is part of the name (sigma28).

    Parameters
    ----------
    motif
        A motif with its name and alternative name.

    Returns
    -------
    str
        The name of the TF; the name of the motif where nothing else is left.

    Examples
    --------
    >>> names = ("CRP_25-12", "H_NS_28-4", "rpoD15", "sigma70_17", "sigma70_-35", "sigma28")
    >>> [parse_tf(Motif(name, np.eye(4))) for name in names]
    ['CRP', 'H_NS', 'rpoD', 'sigma70', 'sigma70_-35', 'sigma28']
    """
    plain = re.sub(r"_\d+$", "", motif.name)  # readers append a number to a name that occurs again
    name = motif.alt.strip() if motif.alt.strip() and _ACCESSION.fullmatch(plain) else motif.name
    while _NUMBER.search(name):
        name = _NUMBER.sub("", name)
    gene = _GENE.fullmatch(name)
    return (gene[1] if gene else name) or motif.name


def parse_tfs(motifs: Sequence[Motif]) -> list[str]:
    """Find the TF of each motif.

    Names that differ only in case are one TF, in the spelling that sorts first (CRP and crp: CRP).

    Parameters
    ----------
    motifs
        Motifs with their names.

    Returns
    -------
    list[str]
        The names of the TFs, in the order of the motifs.
    """
    names = [parse_tf(motif) for motif in motifs]
    spelling: dict[str, str] = {}
    for name in sorted(names):
        spelling.setdefault(name.casefold(), name)
    return [spelling[name.casefold()] for name in names]


def from_table(motifs: Sequence[Motif], table: Mapping[str, str]) -> list[str]:
    """Look up the group of each motif in a table.

    A motif that the table leaves out is a group of its own. If a group has the motif's name, " alone" is added to it.

    Parameters
    ----------
    motifs
        Motifs with their names.
    table
        Name of the group for the names of motifs.

    Returns
    -------
    list[str]
        The names of the groups, in the order of the motifs.
    """
    taken = set(table.values())
    return [table.get(m.name) or (f"{m.name} alone" if m.name in taken else m.name) for m in motifs]


def combine_by_group(found: Comparison, targets: Sequence[Motif], groups: Sequence[str]) -> GroupComparison:
    """Combine the targets of each group: p, E and q of the groups from those of the targets.

    Of targets with equal p, the one whose name sorts first stands for the group.

    Parameters
    ----------
    found
        Every query against every target.
    targets
        The targets.
    groups
        Name of the group of each target.

    Returns
    -------
    GroupComparison
        Every query against every group.
    """
    names = tuple(sorted(set(groups)))
    number = {name: i for i, name in enumerate(names)}
    group = np.array([number[name] for name in groups], np.int64)
    by_name = np.array(sorted(range(len(targets)), key=lambda j: (targets[j].name, j)), np.int64)
    best = np.zeros((len(found.p), len(names)), np.int64)
    for g in range(len(names)):
        mine = by_name[group[by_name] == g]
        best[:, g] = mine[found.p[:, mine].argmin(axis=1)]
    size = np.bincount(group, minlength=len(names))
    p = combine_p(np.take_along_axis(found.p, best, axis=1), size)
    return GroupComparison(names, p, p * len(names), benjamini_hochberg(p), best)


def combine_p(p: np.ndarray, m: np.ndarray) -> np.ndarray:
    """Compute 1 - (1 - p)^m without losing the digits of small p: the chance that one of m independent tests has such a
    p.

    Parameters
    ----------
    p
        float64, p-values.
    m
        int, numbers of tests, of a shape that fits p.

    Returns
    -------
    numpy.ndarray
        float64, of the shape of p.

    Examples
    --------
    >>> combine_p(np.array([1e-20, 0.1, 1.0]), np.array([3, 2, 2])).round(30).tolist()
    [3e-20, 0.19, 1.0]
    """
    with np.errstate(divide="ignore"):
        return np.where(m == 1, p, -np.expm1(m * np.log1p(-p)))


def tabulate_groups(
    grouped: GroupComparison,
    found: Comparison,
    queries: Sequence[Motif],
    targets: Sequence[Motif],
    max_q: float = 1.0,
    best: bool = False,
) -> Table:
    """Tabulate the pairs of a query and a group with a small q.

    Parameters
    ----------
    grouped
        Every query against every group of targets.
    found
        Every query against every target.
    queries, targets
        The motifs that were compared.
    max_q
        Largest q of a match.
    best
        Whether only the best group of each query is listed.

    Returns
    -------
    Table
        By query in its order, then by p, then by the name of the group. Target, offset, overlap and orientation are
        those of the best target of the group; p, E and q are the group's.
    """
    query, group = pair = choose_pairs(grouped.p, grouped.q, grouped.names, max_q, best)
    table = describe_pairs(found, queries, targets, query, grouped.target[pair])
    of_group = {"p": grouped.p[pair], "evalue": grouped.evalue[pair], "q": grouped.q[pair]}
    return table | of_group | {"group": [grouped.names[g] for g in group.tolist()]}
