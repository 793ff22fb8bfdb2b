"""Lists of similar motifs: the pairs of a query and a target with a small q, as a table or as matches."""

from collections.abc import Sequence

import numpy as np

from ...data import Match, Motif, consensus
from .tomtom import Comparison

Table = dict[str, np.ndarray | list[str]]
"""Columns of equal length, by the names of the fields of `Match`."""


def tabulate(
    found: Comparison, queries: Sequence[Motif], targets: Sequence[Motif], max_q: float = 1.0, best: bool = False
) -> Table:
    """Tabulate the pairs of a query and a target with a small q.

    Parameters
    ----------
    found
        Every query against every target.
    queries, targets
        The motifs that were compared.
    max_q
        Largest q of a match.
    best
        Whether only the best target of each query is listed.

    Returns
    -------
    Table
        By query in its order, then by p, then by the name of the target.
    """
    query, target = choose_pairs(found.p, found.q, [one.name for one in targets], max_q, best)
    return describe_pairs(found, queries, targets, query, target)


def matches(
    found: Comparison, queries: Sequence[Motif], targets: Sequence[Motif], max_q: float = 1.0, best: bool = False
) -> list[Match]:
    """List the pairs of a query and a target with a small q.

    Parameters
    ----------
    found, queries, targets, max_q, best
        As of `tabulate`.

    Returns
    -------
    list[Match]
        The rows of `tabulate`.
    """
    return make_matches(tabulate(found, queries, targets, max_q, best))


def make_matches(table: Table) -> list[Match]:
    """Make a match of each row of a table.

    Parameters
    ----------
    table
        The columns.

    Returns
    -------
    list[Match]
        In the order of the rows.
    """
    columns = [column.tolist() if isinstance(column, np.ndarray) else column for column in table.values()]
    return [Match(**dict(zip(table, row, strict=True))) for row in zip(*columns, strict=True)]


def choose_pairs(
    p: np.ndarray, q: np.ndarray, names: Sequence[str], max_q: float, best: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Choose the pairs of a query and a target with a small q.

    Parameters
    ----------
    p, q
        float64 (queries, targets).
    names
        Names of the targets.
    max_q
        Largest q.
    best
        Whether only the best target of each query is chosen.

    Returns
    -------
    tuple[numpy.ndarray, numpy.ndarray]
        int64 (pairs,), the queries and their targets: by query, then by p, then by the name of the target.
    """
    rank = np.empty(len(names), np.int64)
    rank[sorted(range(len(names)), key=names.__getitem__)] = np.arange(len(names))
    query, target = np.nonzero(q <= max_q)
    order = np.lexsort((rank[target], p[query, target], query))
    query, target = query[order], target[order]
    if best:
        query, first = np.unique(query, return_index=True)
        target = target[first]
    return query, target


def describe_pairs(
    found: Comparison, queries: Sequence[Motif], targets: Sequence[Motif], query: np.ndarray, target: np.ndarray
) -> Table:
    """Describe pairs of motifs.

    Parameters
    ----------
    found
        Every query against every target.
    queries, targets
        The motifs that were compared.
    query, target
        int64 (pairs,), index of the query and of the target of each pair.

    Returns
    -------
    Table
        All fields of `Match` but the group, in the order of the pairs.
    """
    pair = query, target
    reverse = found.reverse[pair].tolist()
    mine = [consensus(one) for one in queries]
    shown = {
        (j, side): consensus(Motif(targets[j].name, targets[j].matrix[::-1, ::-1]) if side else targets[j])
        for j, side in set(zip(target.tolist(), reverse, strict=True))
    }
    return {
        "query": [queries[i].name for i in query.tolist()],
        "target": [targets[j].name for j in target.tolist()],
        "offset": found.offset[pair],
        "p": found.p[pair],
        "evalue": found.evalue[pair],
        "q": found.q[pair],
        "overlap": found.overlap[pair],
        "query_consensus": [mine[i] for i in query.tolist()],
        "target_consensus": [shown[one] for one in zip(target.tolist(), reverse, strict=True)],
        "orientation": ["-" if side else "+" for side in reverse],
    }
