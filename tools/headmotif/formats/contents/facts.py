"""The lines in which the content of a file is described: a name and a value each."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

Facts = list[tuple[str, object]]
SHOWN = 10
"""The number of contigs, motifs or names that are listed; the others are counted."""


def show_names(names: Iterable[object]) -> str:
    """List names in one line, the first of them by name.

    Parameters
    ----------
    names
        The names.

    Returns
    -------
    str
        The first `SHOWN` names, and the number of the others.
    """
    listed = list(names)
    return ", ".join(map(str, listed[:SHOWN])) + (f" and {len(listed) - SHOWN:,} more" if len(listed) > SHOWN else "")


def show_range(numbers: Sequence[float]) -> str:
    """Show the range of some numbers, whole numbers in full.

    Parameters
    ----------
    numbers
        The numbers; NaN does not count.

    Returns
    -------
    str
        The least and the largest, to six digits, or "none".

    Examples
    --------
    >>> show_range([4641652.0, 3.0, 0.5]), show_range([7.0, 7.0]), show_range([])
    ('0.5 to 4641652', '7', 'none')
    """
    known = [number for number in numbers if number == number]
    if not known:
        return "none"
    ends = [one if abs(one) < 1e15 else float(str(one)) for one in _ends(known)]  # a whole number may be too large
    least, most = (f"{int(one)}" if abs(one) < 1e15 and one == int(one) else f"{one:.6g}" for one in ends)
    return least if least == most else f"{least} to {most}"


def _ends(numbers: Sequence[float]) -> tuple[float, float]:
    return min(numbers), max(numbers)


def list_contigs(contigs: Sequence[tuple[str, int, bool]]) -> Facts:
    """Describe contigs.

    Parameters
    ----------
    contigs
        Name, length in nucleotides, and whether it is circular, of each.

    Returns
    -------
    Facts
        Their number, their nucleotides, and the first contigs by name.
    """
    facts: Facts = [("contigs", f"{len(contigs):,}"), ("nucleotides", f"{sum(length for _, length, _ in contigs):,}")]
    facts += [
        (f"contig {name}", f"{length:,} nt{', circular' if circular else ''}")
        for name, length, circular in contigs[:SHOWN]
    ]
    return [*facts, ("further contigs", f"{len(contigs) - SHOWN:,}")] if len(contigs) > SHOWN else facts


def list_bases(base: "np.ndarray") -> Facts:
    """Describe the composition of a sequence.

    Parameters
    ----------
    base
        The bases, codes 0-4.

    Returns
    -------
    Facts
        The share of G and C among known bases, and the number of unknown ones.
    """
    import numpy as np

    count = np.bincount(base, minlength=5)
    known = int(count[:4].sum())
    gc = f"{100 * int(count[1] + count[2]) / known:.1f} %" if known else "unknown"
    return [("GC", gc), ("N and other ambiguity", f"{int(count[4]):,}")]


def list_leaves(tree: object, path: str = "") -> Iterator[tuple[str, object]]:
    """List the values of nested mappings.

    Parameters
    ----------
    tree
        The mappings.
    path
        What stands before the keys.

    Yields
    ------
    tuple of str and object
        The keys that lead to a value, and the value; numbers to six digits.
    """
    if isinstance(tree, dict):
        for key, value in sorted(tree.items()):
            yield from list_leaves(value, f"{path} {key}".strip())
    elif tree is not None:
        value = (
            f"{tree:.6g}" if isinstance(tree, float) else " ".join(map(str, tree)) if isinstance(tree, list) else tree
        )
        yield path, re.sub(r"\s+", " ", value) if isinstance(value, str) else value
