"""Motif files of MEME, JASPAR, TRANSFAC, Cluster-Buster or HOMER, recognised by content; also a bare consensus.

Three of them begin a motif with '>': JASPAR, Cluster-Buster and HOMER. JASPAR has four rows, one for each base; the
others have one row of four numbers for each position. So the first motif that is not four rows of four bare numbers
decides for its file. If all motifs are such squares, the file is

- HOMER if a title has tabs and a number in its third field; this separates HOMER from Cluster-Buster in any case;
- Cluster-Buster if there is a line # WEIGHT or # GAP, or a title with RSAT's /name=; our writer adds # WEIGHT for this;
- else decided by sums, since all positions of a motif have the same number of sites, or 1. It is Cluster-Buster if
  more motifs have equal sums of rows (within `ALIKE` of the largest) than equal sums of columns, and JASPAR if not.
"""

import hashlib
import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...alphabet import IUPAC
from ...data import Motif
from ...errors import FormatError, InputError
from ..files import read_bytes
from ..motifs import cluster_buster, homer, jaspar, meme, transfac

FORMATS = {"MEME": meme, "JASPAR": jaspar, "TRANSFAC": transfac, "Cluster-Buster": cluster_buster, "HOMER": homer}
WRITERS: dict[str, Callable[[str, Sequence[Motif]], None]] = {
    name.lower(): module.write for name, module in FORMATS.items()
}
"""The formats of `write`: "meme", "jaspar", "transfac", "cluster-buster", "homer"."""
UNDERSTOOD = "MEME, JASPAR, TRANSFAC, Cluster-Buster or HOMER"
ALIKE = 0.05
"""Published probabilities have two or three decimals: their sums may stray this far from 1, as in MEME's reader."""

_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, eq=False)
class MotifFile:
    """The content of a motif file.

    Attributes
    ----------
    motifs
        The motifs, in order, each with a name of its own.
    skipped
        Name and reason of each motif without a usable matrix.
    renamed
        Name and new name of each motif whose name was taken.
    format
        The format, such as "MEME 5.5.5" or "JASPAR".
    sha256
        SHA-256 of the decompressed content, 64 hexadecimal digits.
    """

    motifs: tuple[Motif, ...]
    skipped: tuple[tuple[str, str], ...]
    renamed: tuple[tuple[str, str], ...]
    format: str
    sha256: str


def read(path: str) -> MotifFile:
    """Read a motif file. Names become unique: the second `x` becomes `x_2`.

    Parameters
    ----------
    path
        The file, gzip or plain; "-" is standard input.

    Returns
    -------
    MotifFile
        The motifs.

    Raises
    ------
    FormatError
        With the line, if the file is none of these formats or malformed.
    """
    raw = read_bytes(path)
    if b"\0" in raw[:4096]:
        raise FormatError(path, None, f"this is a binary file; give motifs as {UNDERSTOOD} text")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    if kind := recognise_format(text):
        motifs, skipped = FORMATS[kind].parse(text, path)
    else:
        raise FormatError(path, None, _explain_unknown(text))
    version = (
        re.search(r"^\s*MEME\s+version\s+([\w.]+)", text, re.IGNORECASE | re.MULTILINE) if kind == "MEME" else None
    )
    kind = f"{kind} {version[1]}" if version else kind
    unique, renamed = make_names_unique(motifs)
    return MotifFile(tuple(unique), tuple(skipped), tuple(renamed), kind, hashlib.sha256(raw).hexdigest())


def write(path: str, motifs: Sequence[Motif], kind: str) -> None:
    """Write motifs in one of the formats.

    Parameters
    ----------
    path
        The file; "-" is standard output.
    motifs
        The motifs, in order.
    kind
        The format, a key of `WRITERS`.

    Raises
    ------
    InputError
        If there is no such format.
    """
    if kind not in WRITERS:
        raise InputError(f"'{kind[:30]}' is not a motif format; choose one of {', '.join(WRITERS)}")
    WRITERS[kind](path, motifs)


def recognise_format(text: str) -> str:
    """Recognise the format of a text. The docstring of this module has the rule for titles with '>'.

    Parameters
    ----------
    text
        The content of the file.

    Returns
    -------
    str
        A key of `FORMATS`, or "" for none of them.
    """
    text = text.replace("\r", "\n")
    for line in text.split("\n"):
        line = line.strip()
        if re.match(r"(MEME\s+version|ALPHABET|MOTIF\s|Background\s+letter|strands:)", line, re.IGNORECASE):
            return "MEME"
        if line.startswith(">"):
            return _recognise_titled(text)
        if re.match(r"(AC|ID|NA|DE|VV|P0|PO)\s", line):
            return "TRANSFAC"
        if line[:1] in ("<", "{"):
            return ""
    return ""


def _recognise_titled(text: str) -> str:
    """Which of the formats whose motifs begin with '>' a text is; see the docstring of the module."""
    rows_alike = columns_alike = 0
    by_position = None
    for rows in _matrices(text):
        square = _parse_square(rows)
        if square is None:
            by_position = len(rows) != 4 and 2 * sum(map(_is_position, rows)) > len(rows)
            break
        rows_alike += _are_alike(square.sum(axis=1))
        columns_alike += _are_alike(square.sum(axis=0))
    if by_position is False:
        return "JASPAR"
    if any(homer.is_header(title) for title in re.findall(r"^[ \t]*>(.*)", text, re.MULTILINE)):
        return "HOMER"
    return (
        "Cluster-Buster"
        if by_position or cluster_buster.is_cluster_buster(text) or rows_alike > columns_alike
        else "JASPAR"
    )


def _matrices(text: str) -> Iterator[list[list[str]]]:
    """The words of each motif's rows, of those that have any."""
    rows: list[list[str]] = []
    for line in text.split("\n"):
        line = line.strip()
        if line.startswith(">"):
            if rows:
                yield rows
            rows = []
        elif line and not line.startswith("#"):
            rows.append(line.split())
    if rows:
        yield rows


def _is_position(row: list[str]) -> bool:
    return len(row) == 4 and all(map(_NUMBER.fullmatch, row))


def _parse_square(rows: list[list[str]]) -> np.ndarray | None:
    """Four rows of four bare numbers, (4, 4); None for anything else, or if they are too large to be summed."""
    if len(rows) != 4 or not all(map(_is_position, rows)):
        return None
    square = np.array([[float(word) for word in row] for row in rows])
    return square if np.abs(square).max() < 1e15 else None


def _are_alike(sums: np.ndarray) -> bool:
    return bool(sums.max() - sums.min() <= ALIKE * sums.max())


def _explain_unknown(text: str) -> str:
    if not text.strip():
        return f"this file is empty; give motifs as {UNDERSTOOD} text"
    if text.lstrip().startswith("<"):
        return f"this is HTML or XML; give MEME's text format (meme.txt) or another of {UNDERSTOOD}"
    return f"this is not a known motif format; give {UNDERSTOOD} text"


def make_names_unique(motifs: Sequence[Motif]) -> tuple[list[Motif], list[tuple[str, str]]]:
    """Number the second motif of a name, and those after it.

    Parameters
    ----------
    motifs
        The motifs.

    Returns
    -------
    unique
        The motifs, in order, each with a name of its own.
    renamed
        Name and new name of those that were renamed.
    """
    taken = {motif.name for motif in motifs}
    seen: set[str] = set()
    last: dict[str, int] = {}
    unique, renamed = [], []
    for motif in motifs:
        name = motif.name
        if name in seen:
            count = last.get(name, 1) + 1
            while f"{name}_{count}" in taken:
                count += 1
            last[name] = count
            renamed.append((name, f"{name}_{count}"))
            motif = replace(motif, name=f"{name}_{count}")
            taken.add(motif.name)
        seen.add(motif.name)
        unique.append(motif)
    return unique, renamed


def is_consensus(text: str) -> bool:
    """Test whether a text is nothing but IUPAC letters.

    Parameters
    ----------
    text
        The text.

    Returns
    -------
    bool
        Whether it is a consensus, in upper or lower case; U counts as T.
    """
    return bool(text) and all(letter in IUPAC or letter == "U" for letter in text.upper())


def consensus(text: str) -> Motif:
    """Make a motif of a bare IUPAC consensus.

    The bases of a letter get equal shares. The number of sites is unknown.

    Parameters
    ----------
    text
        The consensus, in upper or lower case.

    Returns
    -------
    Motif
        The motif, with the text as its name.

    Raises
    ------
    InputError
        If the text is no consensus.

    Examples
    --------
    >>> consensus("TR").matrix.tolist()
    [[0.0, 0.0, 0.0, 1.0], [0.5, 0.0, 0.5, 0.0]]
    """
    if not is_consensus(text):
        raise InputError(f"'{text[:30]}' is not a consensus; use the letters A C G T R Y S W K M B D H V N")
    letters = text.upper().replace("U", "T")
    matrix = np.array([[(base in IUPAC[letter]) / len(IUPAC[letter]) for base in "ACGT"] for letter in letters])
    return Motif(text, matrix, math.nan)
