"""Count matrices of JASPAR.

    >MA0001.1 name
    A [ 3 0 12 ]                one line for each base; without letters and brackets the order is A, C, G, T
    C [ 0 9  1 ]
    G [ 7 0  0 ]
    T [ 3 4  0 ]

Counts or probabilities. The number of sites is the largest sum of a position, or unknown if all sums are 1.
"""

import re
from collections.abc import Sequence

import numpy as np

from ...data import Motif
from ...errors import FormatError
from ..files import write_text
from . import titled

_ROW = re.compile(r"(?:([ACGTU])\b)?[\s:|]*\[?([^\]\[]*)\]?\s*$", re.IGNORECASE)


def read(text: str, path: str) -> list[Motif]:
    """Read the motifs of a JASPAR file; see `parse` for those that are skipped.

    Parameters
    ----------
    text
        The content of the file.
    path
        The name of the file, for messages alone.

    Returns
    -------
    list of Motif
        The motifs, in order.

    Raises
    ------
    FormatError
        As `parse`.
    """
    return parse(text, path)[0]


def parse(text: str, path: str) -> tuple[list[Motif], list[tuple[str, str]]]:
    """Read the motifs of a JASPAR file.

    Parameters
    ----------
    text
        The content of the file.
    path
        The name of the file, for messages alone.

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
    return titled.parse(text, path, _counts)


def _counts(rows: list[tuple[int, str]], path: str, name: str) -> np.ndarray:
    """Counts (width, 4) of one motif; no rows if it has no matrix."""
    if not rows:
        return np.empty((0, 4))
    found: dict[str, list[float]] = {}
    for at, line in rows:
        row = _ROW.match(line)
        letter = (row[1] or "ACGT"[min(len(found), 3)]).upper().replace("U", "T") if row else ""
        if row is None or letter in found:
            raise FormatError(path, at, f"motif {name} needs one line of counts for each of A, C, G and T")
        found[letter] = [titled.count(word, at, path) for word in row[2].split()]
        if len(found[letter]) != len(next(iter(found.values()))) or not found[letter]:
            raise FormatError(
                path,
                at,
                f"this line of motif {name} has {len(found[letter])} counts; all lines of a motif need the same number",
            )
    if len(found) != 4:
        raise FormatError(path, rows[-1][0], f"motif {name} has {len(found)} lines of counts instead of 4 (A C G T)")
    return np.array([found[letter] for letter in "ACGT"]).T


def write(path: str, motifs: Sequence[Motif]) -> None:
    """Write motifs as counts, or as probabilities if the number of sites is unknown.

    White space in a name becomes _.

    Parameters
    ----------
    path
        The file; "-" is standard output.
    motifs
        The motifs, in order.
    """
    out = []
    for motif in motifs:
        rows = zip("ACGT", motif.counts.T.tolist(), strict=True)
        out += [
            titled.format_title(motif),
            *(f"{letter} [ {' '.join(f'{value:.10g}' for value in row)} ]" for letter, row in rows),
        ]
    write_text(path, "".join(line + "\n" for line in out))
