"""Where features lie: parts that are read over the origin, that run backwards, or that lie too far apart.

Positions are 0-based half-open. The span of a feature is the shortest stretch with all its parts. On a circular contig
it begins on the contig, and its end may exceed the length.
"""

from collections.abc import Sequence
from itertools import pairwise

Part = tuple[int, int]
Parts = Sequence[Part]
FAR = 3000
"""Most nucleotides between parts of one feature. The longest introns of bacteria, those of group II, have about as
many."""


def find_span(parts: Parts, circle: int) -> Part:
    """Find the span of a feature.

    Parameters
    ----------
    parts
        Start and end of each part, in any order.
    circle
        The length of the contig if it is circular, else 0.

    Returns
    -------
    start
        0-based, on the contig if it is circular.
    end
        Not included.
    """
    if len(parts) == 1:
        start, end = parts[0]
        turn = start // circle * circle if circle else 0
        return start - turn, end - turn
    ordered = sort_parts(parts, circle)
    return ordered[0][0], max(end for _, end in ordered)


def sort_parts(parts: Parts, circle: int) -> list[Part]:
    """Sort parts by + coordinates, on a circular contig from the one after the widest gap on.

    Parameters
    ----------
    parts
        Start and end of each part, in any order.
    circle
        The length of the contig if it is circular, else 0.

    Returns
    -------
    list of tuple[int, int]
        The parts. Those behind the origin have the length added.
    """
    if not circle:
        return sorted(parts)
    ordered = sorted((start % circle, start % circle + end - start) for start, end in parts)
    gaps = [start - before for start, before in _find_gaps(ordered)]
    gaps.insert(0, ordered[0][0] + circle - max(end for _, end in ordered))
    after = gaps.index(max(gaps))
    return ordered[after:] + [(start + circle, end + circle) for start, end in ordered[:after]]


def _find_gaps(ordered: Parts) -> list[Part]:
    """The start of each part but the first, with the last end before it."""
    found, last = [], ordered[0][1]
    for start, end in ordered[1:]:
        found.append((start, last))
        last = max(last, end)
    return found


def split_far(parts: Parts, circle: int) -> list[tuple[Part, ...]]:
    """Split parts that lie more than `FAR` apart, so that they can hardly be parts of one thing.

    Parameters
    ----------
    parts
        Start and end of each part.
    circle
        The length of the contig if it is circular, else 0.

    Returns
    -------
    list of tuple
        The parts that belong together, in the order of the first of each.
    """
    if len(parts) == 1:
        return [tuple(parts)]
    ordered = sort_parts(parts, circle)
    cuts = [start for start, before in _find_gaps(ordered) if start - before > FAR]
    groups: dict[int, list[Part]] = {}
    for part in parts:
        start = part[0] % circle if circle else part[0]
        start += circle * (start < ordered[0][0])
        groups.setdefault(sum(start >= cut for cut in cuts), []).append(part)
    return [tuple(group) for group in groups.values()]


def run_backwards(parts: Parts, strand: str) -> bool:
    """Test whether parts come in another order than along their strand.

    Parameters
    ----------
    parts
        Start and end of each part, in the order in which they are read.
    strand
        "+" or "-".

    Returns
    -------
    bool
        Whether one begins before the one that precedes it.
    """
    sign = -1 if strand == "-" else 1
    return any(sign * start < sign * before for (before, _), (start, _) in pairwise(parts))


def meet_at_origin(parts: Parts, length: int) -> bool:
    """Test whether one part ends at the last base of a contig and another begins at the first.

    Parameters
    ----------
    parts
        Start and end of each part.
    length
        The length of the contig.

    Returns
    -------
    bool
        Whether they do, and are different parts of more than one base.
    """
    ends, starts = ({i for i, part in enumerate(parts) if part[side] == base} for side, base in ((1, length), (0, 0)))
    wide = all(end - start > 1 for start, end in parts)
    return wide and bool(starts) and bool(ends) and starts != ends


def cross_origin(parts: Parts, strand: str, is_ordered: bool, length: int) -> bool:
    """Test whether parts show that their contig is circular.

    They meet at the origin, and they either run backwards or leave more between them than they cover.

    Parameters
    ----------
    parts
        Start and end of each part.
    strand
        "+" or "-".
    is_ordered
        Whether the order of the parts is that in which they are read.
    length
        The length of the contig.

    Returns
    -------
    bool
        Whether they lie on both sides of the origin.
    """
    if not meet_at_origin(parts, length):
        return False
    gap = max((start - before for start, before in _find_gaps(sorted(parts))), default=0)
    return (is_ordered and run_backwards(parts, strand)) or gap > sum(end - start for start, end in parts)
