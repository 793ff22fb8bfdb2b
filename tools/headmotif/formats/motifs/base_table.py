"""Matrices with one row for each base and another title than '>', or none: RegulonDB, RSAT, UniPROBE, bare PFM.

    Transcription Factor Name: AcrR         RegulonDB; UniPROBE has # Motif:, Protein: or Gene:
    ; MET4                                  RSAT has comments with ; and // behind a matrix
    a | 1 3 0                               one row for each base, see `by_base`
    c | 3 0 0
    g | 0 1 0
    t | 0 0 4

A matrix ends where a base comes again, or at the first line that is no row. Its name is what such a key says, else the
first word of the line above it, if that stands alone. A matrix without either has the name of the file. UniPROBE's
matrices of energies and enrichment scores are left out. All other lines are ignored.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePath

import numpy as np

from ...data import Motif
from ...errors import FormatError
from ...notices import LeftOut
from ..bgzip import strip_ending
from ..files import lines
from . import by_base
from .counts import ALIKE, count, explain_lack, is_number
from .titled import is_row

Row = tuple[int, str]

_NAME = re.compile(
    r"[#;>\s]*(?:Transcription Factor Name|TF Name|Protein|Gene|Motif)\s*[:=]\s*(?P<name>\S+)", re.IGNORECASE
)
_SCORES = re.compile(r"(Enrichment\s+score|Energy|Weight|Log-?odds)\s+matrix", re.IGNORECASE)
_WORD = re.compile(r"[#;>\s]*(\w\S*)")


@dataclass
class _Record:
    """What stands between two names, or between two matrices: titles, then at most one matrix."""

    titles: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)


def is_base_table(text: str) -> bool:
    """Test for rows that begin with three of a, c, g and t, or for a file of nothing but rows of numbers.

    Parameters
    ----------
    text
        The content of the file.

    Returns
    -------
    bool
        Whether there are such rows.
    """
    told = [line.strip() for _, line in lines(text)]
    told = [line for line in told if line and line[0] not in "#;" and not line.startswith("//")]
    if told and all(is_number(word) for line in told for word in line.split()):
        return len(told[0].split()) > 1
    letters = "".join(by_base.letter(line) or " " if is_row(line) else " " for line in told)
    return any(len(set(run[:4])) >= 3 for run in letters.split())


def parse(text: str, path: str) -> tuple[list[Motif], list[tuple[str, str]]]:
    """Read the motifs of such a file.

    Parameters
    ----------
    text
        The content of the file.
    path
        The name of the file, for messages and for the names of motifs without a name.

    Returns
    -------
    motifs
        The motifs, in order.
    skipped
        Name and reason of each motif without counts.

    Raises
    ------
    FormatError
        With the line, if a matrix is malformed; also if there is none.
    """
    motifs: list[Motif] = []
    skipped: list[tuple[str, str]] = []
    left_out = LeftOut(path, "matrices")
    told = ""  # a name without a matrix so far
    key = ""
    for record in _records(text):
        for title in record.titles:
            if found := _NAME.match(title):
                skipped += [(told, "no matrix")] * bool(told)
                told = key = found["name"]
        if not record.rows:
            continue
        if any(map(_SCORES.match, record.titles)):
            left_out.add("scores instead of probabilities", record.rows[0][0])
            continue
        name = key or _name(record.titles) or _stem(path)
        counts = _counts(record.rows, path, name)
        if why := explain_lack(counts):
            skipped.append((name, why))
        else:
            motifs.append(Motif.from_counts(name, "", counts))
        told = key = ""
    skipped += [(told, "no matrix")] * bool(told)
    left_out.warn()
    if not motifs and not skipped:
        raise FormatError(path, None, "this file has no matrix; give one row of counts for each of A, C, G and T")
    return motifs, skipped


def _records(text: str) -> Iterator[_Record]:
    record = _Record()
    for number, line in lines(text):
        line = line.strip()
        letter = by_base.letter(line)
        if line and line[0] not in "#;" and is_row(line) and (letter or all(map(is_number, line.split()))):
            if letter and letter in {by_base.letter(row) for _, row in record.rows}:
                yield record
                record = _Record()
            record.rows.append((number, line))
            continue
        is_open = 0 < len(record.rows) < 4 and by_base.letter(record.rows[0][1])
        if record.rows and not (is_open and not line):
            yield record
            record = _Record()
        if line:
            record.titles.append(line)
    yield record


def _name(titles: list[str]) -> str:
    """The first word of the only title, or of the only one that is no comment."""
    titles = [title for title in titles if not title.startswith("//")]
    plain = [title for title in titles if title[0] not in "#;"]
    titles = plain[-1:] or titles
    found = _WORD.match(titles[0]) if len(titles) == 1 else None
    return found[1] if found else ""


def _stem(path: str) -> str:
    """The name of the file without its endings."""
    name = strip_ending(PurePath(path).name)
    return "_".join(PurePath(name).stem.split()).strip("-") or "motif"


def _counts(rows: list[Row], path: str, name: str) -> np.ndarray:
    """Counts (width, 4); refused if the rows are positions."""
    words = [line.split() for _, line in rows]
    if not by_base.letter(rows[0][1]) and all(len(row) == 4 for row in words):
        table = np.array(
            [[count(word, number, path) for word in row] for (number, _), row in zip(rows, words, strict=True)]
        )
        sums, others = table.sum(axis=1), table.sum(axis=0)
        if len(rows) != 4 or (np.ptp(sums) <= ALIKE * abs(sums.max()) and np.ptp(others) > ALIKE * abs(others.max())):
            raise FormatError(
                path, rows[0][0], "these rows of four numbers have no title; write a line '>NAME' above each matrix"
            )
    return by_base.counts(rows, path, name)
