"""JASPAR's count matrices.

    >MA0001.1 name
    A [ 3 0 12 ]                one line a base; the letters and the brackets may be absent: then A, C, G, T in order
    C [ 0 9  1 ]
    G [ 7 0  0 ]
    T [ 3 4  0 ]

Counts or probabilities; the number of sites is the largest sum of a position, unknown where all sums are 1.
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
    """The motifs of a JASPAR file, in order; see `parse` for those skipped."""
    return parse(text, path)[0]


def parse(text: str, path: str) -> tuple[list[Motif], list[tuple[str, str]]]:
    """The motifs of a JASPAR file, and (name, why) of those without counts. Raises FormatError with the line."""
    return titled.parse(text, path, _counts)


def _counts(rows: list[tuple[int, str]], path: str, name: str) -> np.ndarray:
    """Counts (w, 4) of one motif; no rows where there is no matrix."""
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
                f"this line of motif {name} has {len(found[letter])} counts; the lines of a motif are equally long",
            )
    if len(found) != 4:
        raise FormatError(path, rows[-1][0], f"motif {name} has {len(found)} lines of counts instead of 4 (A C G T)")
    return np.array([found[letter] for letter in "ACGT"]).T


def write(path: str, motifs: Sequence[Motif]) -> None:
    """Write motifs as counts (probabilities where the number of sites is unknown); white space in a name becomes _."""
    out = []
    for motif in motifs:
        rows = zip("ACGT", motif.counts.T.tolist(), strict=True)
        out += [
            titled.title(motif),
            *(f"{letter} [ {' '.join(f'{value:.10g}' for value in row)} ]" for letter, row in rows),
        ]
    write_text(path, "".join(line + "\n" for line in out))
