"""Motif files of any kind, recognised by what is in them: MEME, JASPAR, TRANSFAC; and a bare consensus."""

import hashlib
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..alphabet import IUPAC
from ..data import Motif
from ..errors import FormatError, InputError
from . import jaspar, meme, transfac
from .files import read_bytes


@dataclass(frozen=True, eq=False)
class MotifFile:
    """What a motif file holds. format: "MEME 5.5.5", "JASPAR", ... sha256: of the content, decompressed, in hexadecimal.

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
        raise FormatError(path, None, "this is a binary file; give motifs as MEME, JASPAR or TRANSFAC text")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    if kind := recognised(text):
        motifs, skipped = {"MEME": meme, "JASPAR": jaspar, "TRANSFAC": transfac}[kind].parse(text, path)
    else:
        raise FormatError(path, None, _unknown(text))
    version = re.search(r"^\s*MEME\s+version\s+([\w.]+)", text, re.IGNORECASE | re.MULTILINE) if kind == "MEME" else None
    kind = f"{kind} {version[1]}" if version else kind
    unique, renamed = unique_names(motifs)
    return MotifFile(tuple(unique), tuple(skipped), tuple(renamed), kind, hashlib.sha256(raw).hexdigest())


def recognised(text: str) -> str:
    """The format of a text: "MEME", "JASPAR", "TRANSFAC", or "" for none of them."""
    for line in text.replace("\r", "\n").split("\n"):
        line = line.strip()
        if re.match(r"(MEME\s+version|ALPHABET|MOTIF\s|Background\s+letter|strands:)", line, re.IGNORECASE):
            return "MEME"
        if line.startswith(">"):
            return "JASPAR"
        if re.match(r"(AC|ID|NA|DE|VV|P0|PO)\s", line):
            return "TRANSFAC"
        if line[:1] in ("<", "{"):
            return ""
    return ""


def _unknown(text: str) -> str:
    if not text.strip():
        return "this file is empty; give motifs as MEME, JASPAR or TRANSFAC text"
    if text.lstrip().startswith("<"):
        return "this is HTML or XML; give MEME's text format (meme.txt), JASPAR or TRANSFAC"
    return "this is no motif file that is understood; give MEME, JASPAR or TRANSFAC text"


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
