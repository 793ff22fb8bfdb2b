"""Motifs that begin with a line '>': what the readers and writers of JASPAR, Cluster-Buster and HOMER share, counts and
names TRANSFAC too.

White space around a line does not count, empty lines and comments (#) say nothing. A number is a count or a
probability.
"""

import re
from collections.abc import Callable

import numpy as np

from ...data import Motif
from ...errors import FormatError
from ..files import lines

Row = tuple[int, str]


def records(text: str, path: str) -> list[tuple[int, str, list[Row]]]:
    """Line, title (what follows '>', tabs kept) and rows with their lines, of each motif in order; at least one, or
    FormatError."""
    found: list[tuple[int, str, list[Row]]] = []
    for number, line in lines(text):
        line = line.strip()
        if line.startswith(">"):
            found.append((number, line[1:], []))
        elif line and not line.startswith("#"):
            if not found:
                raise FormatError(path, number, "numbers before the first name; a motif begins with a line '>ID name'")
            found[-1][2].append((number, line))
    if not found:
        raise FormatError(path, None, "this file has no motif; a motif begins with a line '>ID name'")
    return found


def parse(
    text: str, path: str, matrix: Callable[[list[Row], str, str], np.ndarray]
) -> tuple[list[Motif], list[tuple[str, str]]]:
    """The motifs of a file whose titles are a name and more, and (name, why) of those without counts; matrix: counts
    (w, 4) from rows, path and name. Raises FormatError with the line."""
    motifs, skipped = [], []
    for number, title, rows in records(text, path):
        name, alt = name_and_alt(title, number, path)
        counts = matrix(rows, path, name)
        if why := lack(counts):
            skipped.append((name, why))
        else:
            motifs.append(Motif.from_counts(name, alt, counts))
    return motifs, skipped


def name_and_alt(title: str, number: int, path: str) -> tuple[str, str]:
    """The first word of a title and the others. Raises FormatError where there is none."""
    name, _, alt = " ".join(title.split()).partition(" ")
    if not name:
        raise FormatError(path, number, "this motif has no name; write >ID name")
    return name, alt


def positions(rows: list[Row], path: str, name: str) -> np.ndarray:
    """Counts float64 (w, 4) from one row a position, A C G T. Raises FormatError where a row is no four counts."""
    counts = []
    for number, line in rows:
        words = line.split()
        if len(words) != 4:
            raise FormatError(path, number, f"this row of motif {name} has {len(words)} numbers instead of 4 (A C G T)")
        counts.append([count(word, number, path) for word in words])
    return np.array(counts).reshape(-1, 4)


def count(word: str, number: int, path: str) -> float:
    """A count or probability, 0 or more. Raises FormatError for anything else."""
    try:
        value = float(word)
    except ValueError:
        raise FormatError(
            path, number, f"'{word[:30]}' is not a number; is this a file of sequences rather than of motifs?"
        ) from None
    if not 0 <= value < 1e15:
        raise FormatError(path, number, f"'{word[:30]}' is no count; it must be 0 or more")
    return value


def lack(counts: np.ndarray) -> str:
    """Why counts (w, 4) make no motif; "" where they do."""
    if len(counts) == 0:
        return "it has no matrix"
    sums = counts.sum(axis=1)
    return f"its position {int(np.argmin(sums)) + 1} has no counts" if (sums <= 0).any() else ""


def written_name(motif: Motif) -> str:
    """A motif's name as one word: white space becomes _."""
    return re.sub(r"\s+", "_", motif.name.strip()) or "_"


def title(motif: Motif) -> str:
    """The line '>name alt'."""
    return " ".join([">" + written_name(motif), *motif.alt.split()])
