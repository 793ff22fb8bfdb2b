"""Motif files of MEME, JASPAR, TRANSFAC, Cluster-Buster, HOMER or with a row for each base; also a bare consensus.

The format follows from the content, see `recognition`. A warning names the motifs that are left out.
"""

import hashlib
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...alphabet import IUPAC
from ...data import Motif
from ...errors import FormatError, InputError
from ...notices import LeftOut
from ..files import decode_text, read_bytes
from ..motifs import base_table, cluster_buster, homer, jaspar, meme, transfac
from ..motifs.recognition import UNDERSTOOD, explain_unknown, recognise_format

WRITTEN = {"MEME": meme, "JASPAR": jaspar, "TRANSFAC": transfac, "Cluster-Buster": cluster_buster, "HOMER": homer}
FORMATS = {**WRITTEN, "base table": base_table}
"""The formats of `read`, as `recognition.recognise_format` names them."""
WRITERS: dict[str, Callable[[str, Sequence[Motif]], None]] = {
    name.lower(): module.write for name, module in WRITTEN.items()
}
"""The formats of `write`: "meme", "jaspar", "transfac", "cluster-buster", "homer"."""
NAMES = 5
"""How many motifs that are left out for one reason are named."""


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
    """Read a motif file, and warn of each motif without a usable matrix.

    Names become unique: the second `x` becomes `x_2`.

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
    text = decode_text(raw, path)
    if kind := recognise_format(text):
        motifs, skipped = FORMATS[kind].parse(text, path)
    else:
        raise FormatError(path, None, explain_unknown(text))
    _tell_skipped(path, skipped)
    version = (
        re.search(r"^\s*MEME\s+version\s+([\w.]+)", text, re.IGNORECASE | re.MULTILINE) if kind == "MEME" else None
    )
    kind = f"{kind} {version[1]}" if version else kind
    unique, renamed = make_names_unique(motifs)
    return MotifFile(tuple(unique), tuple(skipped), tuple(renamed), kind, hashlib.sha256(raw).hexdigest())


def _tell_skipped(path: str, skipped: Sequence[tuple[str, str]]) -> None:
    """Warn of the motifs that are left out, with the reason and the names of the first."""
    left_out = LeftOut(path, "motifs")
    for why in dict.fromkeys(why for _, why in skipped):
        names = [name for name, reason in skipped if reason == why]
        more = ", ..." if len(names) > NAMES else ""
        left_out.add(f"{why} ({', '.join(names[:NAMES])}{more})", count=len(names))
    left_out.warn()


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
