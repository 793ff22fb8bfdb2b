"""Why no motif matches, and the nearest limit that reports a match."""

from collections.abc import Sequence

import numpy as np

from ..statistics.limits import round_up


def explain_no_matches(p: np.ndarray, q: np.ndarray, queries: Sequence[str], targets: Sequence[str]) -> str:
    """Explain why no pair of a query and a target has a q within its limit.

    Parameters
    ----------
    p, q
        (queries, targets).
    queries, targets
        Names of the queries, and of the targets or their groups.

    Returns
    -------
    str
        The reason, and the limit that reports a match, in one line.
    """
    if not len(queries):
        return "no matches: there is no motif to compare"
    query, target = divmod(int(np.lexsort((p.ravel(), q.ravel()))[0]), q.shape[1])
    lowest = float(q[query, target])
    pair = f"of {queries[query]} and {targets[target]}"
    if lowest >= 1:
        nearest = f"the nearest is p {p[query, target]:.2g}, {pair}"
        return f"no matches: no pair is more alike than by chance, with q 1; {nearest}; --max-q 1 reports all pairs"
    return f"no matches: the lowest q is {lowest:.2g}, {pair}; --max-q {round_up(lowest):.2g} reports it"
