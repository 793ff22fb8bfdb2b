"""Motif files of any kind, recognised by what is in them: MEME, JASPAR, TRANSFAC, Cluster-Buster, HOMER; and a bare
consensus.

The last three but TRANSFAC begin a motif with '>'. JASPAR has four rows, one a base; the others one row of four numbers
a position. So the first motif that is not four rows of four bare numbers decides for its file. Where all are:

- HOMER, where a title has tabs and a number in its third field; this tells HOMER from Cluster-Buster in any case;
- Cluster-Buster, where there is a line # WEIGHT or # GAP, or a title with RSAT's /name= (our writer adds # WEIGHT for
  this);
- else the sums tell, for each position has as many sites, or 1: Cluster-Buster, where in more motifs the rows' sums are
  alike (within `ALIKE` of the largest) than the columns' sums; JASPAR otherwise, so too where both are or neither is.
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
"""What `write` takes as kind: "meme", "jaspar", "transfac", "cluster-buster", "homer"."""
UNDERSTOOD = "MEME, JASPAR, TRANSFAC, Cluster-Buster or HOMER"
ALIKE = 0.05
"""Published probabilities have two or three decimals: their sums stray this far from 1, as MEME's reader allows too."""

_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, eq=False)
class MotifFile:
    """What a motif file holds. format: "MEME 5.5.5", "JASPAR", ... sha256: of the content, decompressed, in
    hexadecimal.

    skipped: (name, why) of motifs without a usable matrix. renamed: (name, new name) of those whose name was taken.
    """

    motifs: tuple[Motif, ...]
    skipped: tuple[tuple[str, str], ...]
    renamed: tuple[tuple[str, str], ...]
    format: str
    sha256: str


def read(path: str) -> MotifFile:
    """Read a motif file, gzip or plain; "-" is standard input. Names are made unique: the second `x` becomes `x_2`."""
    raw = read_bytes(path)
    if b"\0" in raw[:4096]:
        raise FormatError(path, None, f"this is a binary file; give motifs as {UNDERSTOOD} text")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    if kind := recognised(text):
        motifs, skipped = FORMATS[kind].parse(text, path)
    else:
        raise FormatError(path, None, _unknown(text))
    version = (
        re.search(r"^\s*MEME\s+version\s+([\w.]+)", text, re.IGNORECASE | re.MULTILINE) if kind == "MEME" else None
    )
    kind = f"{kind} {version[1]}" if version else kind
    unique, renamed = unique_names(motifs)
    return MotifFile(tuple(unique), tuple(skipped), tuple(renamed), kind, hashlib.sha256(raw).hexdigest())


def write(path: str, motifs: Sequence[Motif], kind: str) -> None:
    """Write motifs in one of the formats of `WRITERS`. Raises InputError for another kind."""
    if kind not in WRITERS:
        raise InputError(f"'{kind[:30]}' is no format of motifs; choose one of {', '.join(WRITERS)}")
    WRITERS[kind](path, motifs)


def recognised(text: str) -> str:
    """The format of a text, a key of `FORMATS`, or "" for none of them. The rule for '>' stands at the top of this
    module."""
    text = text.replace("\r", "\n")
    for line in text.split("\n"):
        line = line.strip()
        if re.match(r"(MEME\s+version|ALPHABET|MOTIF\s|Background\s+letter|strands:)", line, re.IGNORECASE):
            return "MEME"
        if line.startswith(">"):
            return _titled(text)
        if re.match(r"(AC|ID|NA|DE|VV|P0|PO)\s", line):
            return "TRANSFAC"
        if line[:1] in ("<", "{"):
            return ""
    return ""


def _titled(text: str) -> str:
    """Which of the formats whose motifs begin with '>' a text is."""
    rows_alike = columns_alike = 0
    by_position = None
    for rows in _matrices(text):
        square = _square(rows)
        if square is None:
            by_position = len(rows) != 4 and 2 * sum(map(_is_position, rows)) > len(rows)
            break
        rows_alike += _alike(square.sum(axis=1))
        columns_alike += _alike(square.sum(axis=0))
    if by_position is False:
        return "JASPAR"
    if any(homer.is_header(title) for title in re.findall(r"^[ \t]*>(.*)", text, re.MULTILINE)):
        return "HOMER"
    return "Cluster-Buster" if by_position or cluster_buster.marked(text) or rows_alike > columns_alike else "JASPAR"


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


def _square(rows: list[list[str]]) -> np.ndarray | None:
    """Four rows of four bare numbers, (4, 4); None for anything else, and for numbers so large that their sums say
    nothing."""
    if len(rows) != 4 or not all(map(_is_position, rows)):
        return None
    square = np.array([[float(word) for word in row] for row in rows])
    return square if np.abs(square).max() < 1e15 else None


def _alike(sums: np.ndarray) -> bool:
    return bool(sums.max() - sums.min() <= ALIKE * sums.max())


def _unknown(text: str) -> str:
    if not text.strip():
        return f"this file is empty; give motifs as {UNDERSTOOD} text"
    if text.lstrip().startswith("<"):
        return f"this is HTML or XML; give MEME's text format (meme.txt) or another of {UNDERSTOOD}"
    return f"this is no motif file that is understood; give {UNDERSTOOD} text"


def unique_names(motifs: Sequence[Motif]) -> tuple[list[Motif], list[tuple[str, str]]]:
    """The motifs with the second of a name numbered, and (name, new name) of those."""
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
    """Whether a text is nothing but IUPAC letters."""
    return bool(text) and all(letter in IUPAC or letter == "U" for letter in text.upper())


def consensus(text: str) -> Motif:
    """The motif of a bare IUPAC consensus, any case: each letter's bases in equal shares, the number of sites unknown.

    >>> consensus("TR").matrix.tolist()
    [[0.0, 0.0, 0.0, 1.0], [0.5, 0.0, 0.5, 0.0]]
    """
    if not is_consensus(text):
        raise InputError(f"'{text[:30]}' is no consensus; use the letters A C G T R Y S W K M B D H V N")
    letters = text.upper().replace("U", "T")
    matrix = np.array([[(base in IUPAC[letter]) / len(IUPAC[letter]) for base in "ACGT"] for letter in letters])
    return Motif(text, matrix, math.nan)
