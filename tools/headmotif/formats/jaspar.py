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

from ..data import Motif
from ..errors import FormatError
from .files import lines, write_text

_ROW = re.compile(r"(?:([ACGTU])\b)?[\s:|]*\[?([^\]\[]*)\]?\s*$", re.IGNORECASE)


def read(text: str, path: str) -> list[Motif]:
    """The motifs of a JASPAR file, in order; see `parse` for those skipped."""
    return parse(text, path)[0]


def parse(text: str, path: str) -> tuple[list[Motif], list[tuple[str, str]]]:
    """The motifs of a JASPAR file, and (name, why) of those without counts. Raises FormatError with the line."""
    records: list[tuple[int, str, list[tuple[int, str]]]] = []
    for number, line in lines(text):
        line = line.strip()
        if line.startswith(">"):
            records.append((number, line[1:].strip(), []))
        elif line and not line.startswith("#"):
            if not records:
                raise FormatError(path, number, "numbers before the first name; a motif begins with a line '>ID name'")
            records[-1][2].append((number, line))
    if not records:
        raise FormatError(path, None, "this file has no motif; a motif begins with a line '>ID name'")
    motifs, skipped = [], []
    for number, title, rows in records:
        words = title.split()
        if not words:
            raise FormatError(path, number, "this motif has no name; write >ID name")
        if not rows:
            skipped.append((words[0], "it has no matrix"))
            continue
        counts = _counts(rows, number, path, words[0])
        if (counts.sum(axis=1) <= 0).any():
            skipped.append((words[0], f"its position {int(np.argmin(counts.sum(axis=1))) + 1} has no counts"))
            continue
        motifs.append(Motif.from_counts(words[0], " ".join(words[1:]), counts))
    return motifs, skipped


def _counts(rows: list[tuple[int, str]], number: int, path: str, name: str) -> np.ndarray:
    """Counts (w, 4) of one motif."""
    found: dict[str, list[float]] = {}
    for at, line in rows:
        row = _ROW.match(line)
        letter = (row[1] or "ACGT"[min(len(found), 3)]).upper().replace("U", "T") if row else ""
        if row is None or letter in found:
            raise FormatError(path, at, f"motif {name} needs one line of counts for each of A, C, G and T")
        found[letter] = [_count(word, at, path) for word in row[2].split()]
        if len(found[letter]) != len(next(iter(found.values()))) or not found[letter]:
            raise FormatError(path, at, f"this line of motif {name} has {len(found[letter])} counts; the lines of a motif are equally long")
    if len(found) != 4:
        raise FormatError(path, rows[-1][0], f"motif {name} has {len(found)} lines of counts instead of 4 (A C G T)")
    return np.array([found[letter] for letter in "ACGT"]).T


def _count(word: str, number: int, path: str) -> float:
    try:
        value = float(word)
    except ValueError:
        raise FormatError(path, number, f"'{word[:30]}' is not a number; is this a file of sequences rather than of motifs?") from None
    if not 0 <= value < 1e15:
        raise FormatError(path, number, f"'{word[:30]}' is no count; it must be 0 or more")
    return value


def write(path: str, motifs: Sequence[Motif]) -> None:
    """Write motifs as counts (probabilities where the number of sites is unknown); white space in a name becomes _."""
    out = []
    for motif in motifs:
        counts = motif.counts
        out.append(" ".join([">" + (re.sub(r"\s+", "_", motif.name.strip()) or "_"), *motif.alt.split()]))
        out += [f"{letter} [ {' '.join(f'{value:.10g}' for value in row)} ]" for letter, row in zip("ACGT", counts.T.tolist(), strict=True)]
    write_text(path, "".join(line + "\n" for line in out))
