"""Targets of one factor counted as one: the best of its motifs, corrected for their number.

p of a query and a group of m targets is 1 - (1 - p)^m of the smallest p among them (Sidak 1967, J Am Stat Assoc 62:626,
for independent tests). Motifs of one factor are alike, so that the correction is conservative. E is p times the number
of groups, q Benjamini and Hochberg's over every query x group pair.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...data import Match, Motif
from ..statistics.false_discovery import benjamini_hochberg
from .tomtom import Comparison, records

_ACCESSION = re.compile(r"[A-Z]{1,3}\d{4,}(\.\d+)?")
_NUMBER = re.compile(r"[._]\d+(-\d+)?$")
_GENE = re.compile(r"([A-Za-z][a-z]{2}[A-Z])\d+")


@dataclass(frozen=True, eq=False)
class GroupComparison:
    """Every query against every group: names of the groups, sorted; p, evalue, q float64 (queries, groups); target
    int64 (queries, groups), the index of the group's best member."""

    names: tuple[str, ...]
    p: np.ndarray
    evalue: np.ndarray
    q: np.ndarray
    target: np.ndarray


def factor(motif: Motif) -> str:
    """The factor's name in a motif's name.

    An accession (MX000020, MA0139.1) tells nothing: there it is the alternative name. A number, or two with a dash,
    behind a dot or an underscore counts a factor's motifs or their spacers (CRP_25-12, sigma70_17), but not one with a
    sign (sigma70_-10 and sigma70_-35 are two elements). A number behind a gene's symbol, three small letters and a
    capital, is none of the symbol (rpoD15); behind any other name it is part of it (sigma28).

    >>> names = ("CRP_25-12", "H_NS_28-4", "rpoD15", "sigma70_17", "sigma70_-35", "sigma28")
    >>> [factor(Motif(name, np.eye(4))) for name in names]
    ['CRP', 'H_NS', 'rpoD', 'sigma70', 'sigma70_-35', 'sigma28']
    """
    plain = re.sub(r"_\d+$", "", motif.name)  # the reader numbers a name that it meets again
    name = motif.alt.strip() if motif.alt.strip() and _ACCESSION.fullmatch(plain) else motif.name
    while _NUMBER.search(name):
        name = _NUMBER.sub("", name)
    gene = _GENE.fullmatch(name)
    return (gene[1] if gene else name) or motif.name


def factors(motifs: Sequence[Motif]) -> list[str]:
    """The factor of each motif; names that differ in case alone are one factor, in the spelling that sorts first (CRP
    and crp: CRP)."""
    names = [factor(motif) for motif in motifs]
    spelling: dict[str, str] = {}
    for name in sorted(names):
        spelling.setdefault(name.casefold(), name)
    return [spelling[name.casefold()] for name in names]


def from_table(motifs: Sequence[Motif], table: Mapping[str, str]) -> list[str]:
    """The group of each motif by a table of names; what it leaves out is a group of its own, even where a group has its
    name."""
    taken = set(table.values())
    return [table.get(m.name) or (f"{m.name} alone" if m.name in taken else m.name) for m in motifs]


def by_group(found: Comparison, targets: Sequence[Motif], groups: Sequence[str]) -> GroupComparison:
    """The groups' p, E and q from the targets', of which each is in the group that `groups` (targets,) names.

    Of equal p the member whose name comes first stands for its group.
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
    p = at_least_one(np.take_along_axis(found.p, best, axis=1), size)
    return GroupComparison(names, p, p * len(names), benjamini_hochberg(p), best)


def at_least_one(p: np.ndarray, m: np.ndarray) -> np.ndarray:
    """1 - (1 - p)^m, with the digits of small p: the chance that one of m independent tests has such a p.

    >>> at_least_one(np.array([1e-20, 0.1, 1.0]), np.array([3, 2, 2])).round(30).tolist()
    [3e-20, 0.19, 1.0]
    """
    with np.errstate(divide="ignore"):
        return np.where(m == 1, p, -np.expm1(m * np.log1p(-p)))


def group_matches(
    grouped: GroupComparison,
    found: Comparison,
    queries: Sequence[Motif],
    targets: Sequence[Motif],
    max_q: float = 1.0,
    best: bool = False,
) -> list[Match]:
    """The query x group pairs with q <= `max_q`, by query in its order, then p, then the group's name; `best`: one
    group a query.

    target, offset, overlap and orientation are those of the group's best member; p, E and q are the group's.
    """
    pairs = []
    for i in range(len(queries)):
        order = sorted(
            np.flatnonzero(grouped.q[i] <= max_q).tolist(), key=lambda g: (grouped.p[i, g], grouped.names[g])
        )
        pairs += [(i, g) for g in (order[:1] if best else order)]
    plain = records(found, queries, targets, [(i, int(grouped.target[i, g])) for i, g in pairs])
    return [
        replace(
            match,
            p=float(grouped.p[i, g]),
            evalue=float(grouped.evalue[i, g]),
            q=float(grouped.q[i, g]),
            group=grouped.names[g],
        )
        for match, (i, g) in zip(plain, pairs, strict=True)
    ]
