"""Parts that JASPAR, Cluster-Buster and HOMER share: their motifs begin with a line '>'.

TRANSFAC uses the counts and the names too. White space around a line, empty lines and comments (#) are ignored. A
number is a count or a probability.
"""

import re
from collections.abc import Callable

import numpy as np

from ...data import Motif
from ...errors import FormatError
from ..files import lines

Row = tuple[int, str]


def records(text: str, path: str) -> list[tuple[int, str, list[Row]]]:
    """Split a file into its motifs.

    Parameters
    ----------
    text
        The content of the file.
    path
        The name of the file, for messages alone.

    Returns
    -------
    list of tuple[int, str, list of Row]
        Line (from 1), title (the text after '>', tabs kept) and rows with their lines, of each motif in order; at least
        one.

    Raises
    ------
    FormatError
        If there is no motif, or text before the first.
    """
    found: list[tuple[int, str, list[Row]]] = []
    for number, line in lines(text):
        line = line.strip()
        if line.startswith(">"):
            found.append((number, line[1:], []))
        elif line and not line.startswith("#"):
            if not found:
                raise FormatError(
                    path, number, "there is text before the first name; begin each motif with a line '>ID name'"
                )
            found[-1][2].append((number, line))
    if not found:
        raise FormatError(path, None, "this file has no motifs; begin each motif with a line '>ID name'")
    return found


def parse(
    text: str, path: str, matrix: Callable[[list[Row], str, str], np.ndarray]
) -> tuple[list[Motif], list[tuple[str, str]]]:
    """Read the motifs of a file whose titles are a name and an alternative name.

    Parameters
    ----------
    text
        The content of the file.
    path
        The name of the file, for messages alone.
    matrix
        A function that makes counts (width, 4) of rows, path and name.

    Returns
    -------
    motifs
        The motifs, in order.
    skipped
        Name and reason of each motif without counts.

    Raises
    ------
    FormatError
        With the line, if one is malformed.
    """
    motifs, skipped = [], []
    for number, title, rows in records(text, path):
        name, alt = name_and_alt(title, number, path)
        counts = matrix(rows, path, name)
        if why := explain_lack(counts):
            skipped.append((name, why))
        else:
            motifs.append(Motif.from_counts(name, alt, counts))
    return motifs, skipped


def name_and_alt(title: str, number: int, path: str) -> tuple[str, str]:
    """Split a title into its first word and the others.

    Parameters
    ----------
    title
        The text after '>'.
    number
        Its line, from 1, for messages.
    path
        The name of the file, for messages alone.

    Returns
    -------
    tuple of str and str
        The name, and the alternative name or "".

    Raises
    ------
    FormatError
        If there is no name.
    """
    name, _, alt = " ".join(title.split()).partition(" ")
    if not name:
        raise FormatError(path, number, "this motif has no name; write >ID name")
    return name, alt


def positions(rows: list[Row], path: str, name: str) -> np.ndarray:
    """Read counts from one row for each position.

    Parameters
    ----------
    rows
        The rows, each with its line, columns A C G T.
    path
        The name of the file, for messages alone.
    name
        The name of the motif, for messages.

    Returns
    -------
    numpy.ndarray
        float64 (width, 4).

    Raises
    ------
    FormatError
        With the line, if a row has other than four counts.
    """
    counts = []
    for number, line in rows:
        words = line.split()
        if len(words) != 4:
            raise FormatError(path, number, f"this row of motif {name} has {len(words)} numbers instead of 4 (A C G T)")
        counts.append([count(word, number, path) for word in words])
    return np.array(counts).reshape(-1, 4)


def count(word: str, number: int, path: str) -> float:
    """Read one count or probability.

    Parameters
    ----------
    word
        The number as text.
    number
        Its line, from 1, for messages.
    path
        The name of the file, for messages alone.

    Returns
    -------
    float
        0 or more, below 1e15.

    Raises
    ------
    FormatError
        If it is anything else.
    """
    try:
        value = float(word)
    except ValueError:
        raise FormatError(
            path, number, f"'{word[:30]}' is not a number; is this a file of sequences instead of motifs?"
        ) from None
    if not 0 <= value < 1e15:
        raise FormatError(path, number, f"'{word[:30]}' is not a count; write a number of 0 or more")
    return value


def explain_lack(counts: np.ndarray) -> str:
    """Explain why counts make no motif.

    Parameters
    ----------
    counts
        Counts (width, 4).

    Returns
    -------
    str
        The reason, "" if they do make a motif.
    """
    if len(counts) == 0:
        return "it has no matrix"
    sums = counts.sum(axis=1)
    return f"its position {int(np.argmin(sums)) + 1} has no counts" if (sums <= 0).any() else ""


def format_name(motif: Motif) -> str:
    """Write the name of a motif as one word: white space becomes _.

    Parameters
    ----------
    motif
        The motif.

    Returns
    -------
    str
        The name, "_" if it is empty.
    """
    return re.sub(r"\s+", "_", motif.name.strip()) or "_"


def format_title(motif: Motif) -> str:
    """Write the line '>name alt'.

    Parameters
    ----------
    motif
        The motif.

    Returns
    -------
    str
        The line, without its end.
    """
    return " ".join([">" + format_name(motif), *motif.alt.split()])
