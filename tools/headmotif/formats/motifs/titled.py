"""Parts that JASPAR, Cluster-Buster and HOMER share: their motifs begin with a line '>'.

TRANSFAC uses the names too. White space around a line, empty lines and comments (#) are ignored. A matrix ends at the
first line that is no row; what follows is left out, and a row among it is refused.
"""

import re
from collections.abc import Callable

import numpy as np

from ...data import Motif
from ...errors import FormatError
from ...notices import LeftOut
from ..files import lines
from .counts import count, explain_lack, is_number, settle

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
        If there is no motif, text before the first, or a row after the end of a matrix.
    """
    found: list[tuple[int, str, list[Row]]] = []
    left_out, end = LeftOut(path, "lines"), 0
    for number, line in lines(text):
        line = line.strip()
        if line.startswith(">"):
            found.append((number, line[1:], []))
            end = 0
        elif line and not line.startswith("#"):
            if not found:
                raise FormatError(
                    path, number, "there is text before the first name; begin each motif with a line '>ID name'"
                )
            if found[-1][2] and not is_row(line):
                left_out.add("no part of a matrix", number)
                end = end or number
            elif end:
                raise FormatError(
                    path,
                    number,
                    f"this row stands after the end of its matrix in line {end}; begin each motif with '>ID name'",
                )
            else:
                found[-1][2].append((number, line))
    if not found:
        raise FormatError(path, None, "this file has no motifs; begin each motif with a line '>ID name'")
    left_out.warn()
    return found


def is_row(line: str) -> bool:
    """Test whether a line is meant as a row of a matrix.

    Parameters
    ----------
    line
        The line.

    Returns
    -------
    bool
        Whether at least half of its words are numbers, but for a letter in front, brackets, bars and colons.
    """
    words = re.sub(r"[\[\]|]", " ", re.sub(r"^\s*[ACGTUacgtu](?![\w.]):?", "", line)).split()
    return bool(words) and 2 * sum(map(is_number, words)) >= len(words)


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
    return settle(np.array(counts).reshape(-1, 4), [number for number, _ in rows], path, name)


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
