"""Which motif format a text is, and what it seems to be if it is none.

Three formats begin a motif with '>': JASPAR, Cluster-Buster and HOMER. JASPAR has four rows, one for each base; the
others have one row of four numbers for each position. So the first motif that is not four rows of four bare numbers
decides for its file. If all motifs are such squares, the file is

- HOMER if a title has tabs and a number in its third field; this separates HOMER from Cluster-Buster in any case;
- Cluster-Buster if there is a line # WEIGHT or # GAP, or a title with RSAT's /name=; our writer adds # WEIGHT for this;
- else decided by sums, since all positions of a motif have the same number of sites, or 1. It is Cluster-Buster if
  more motifs have equal sums of rows (within 5 % of the largest) than equal sums of columns, and JASPAR if not.

A line of prose may begin like a line of MEME or TRANSFAC. So these two need more than one such line: MEME its version,
alphabet, background or a matrix, TRANSFAC a line P0 or nothing but lines with its keys.
"""

import re
from collections.abc import Iterator

import numpy as np

from . import base_table, cluster_buster, homer, titled, transfac
from .counts import ALIKE

UNDERSTOOD = "MEME, JASPAR, TRANSFAC, Cluster-Buster or HOMER"

_MEME = re.compile(
    r" {0,3}(MEME\s+version\s+\d[\w.]*(\s*\(.*\))?\s*$|ALPHABET\s*=|Background\s+letter\s+frequencies)", re.IGNORECASE
)
_MEME_WEAK = re.compile(r"\s*(MOTIF\s|strands:|ALPHABET\s|(letter-probability|log-odds)\s+matrix\s*:)", re.IGNORECASE)
_MEME_MATRIX = re.compile(r"^\s*(letter-probability|log-odds)\s+matrix\s*:", re.IGNORECASE | re.MULTILINE)
_TRANSFAC = re.compile(r"(AC|ID|NA|DE|VV|P0|PO)\s")
_COLUMNS = re.compile(r"P[0O](\s+[A-Z]\b)+")
_FENCE = re.compile(r"^ {0,3}(```|~~~)", re.MULTILINE)
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", re.IGNORECASE | re.ASCII)


def recognise_format(text: str) -> str:
    """Recognise the format of a text. The docstring of this module has the rules.

    Parameters
    ----------
    text
        The content of the file.

    Returns
    -------
    str
        "MEME", "JASPAR", "TRANSFAC", "Cluster-Buster", "HOMER", "base table" for `base_table`, or "" for none of them.
    """
    text = text.replace("\r", "\n")
    if _FENCE.search(text):
        return ""
    has_matrix = _MEME_MATRIX.search(text) is not None
    is_first = True
    for line in text.split("\n"):
        if _MEME.match(line) or (has_matrix and _MEME_WEAK.match(line)):
            return "MEME"
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith(">") and is_first:
            return _recognise_titled(text)
        if _TRANSFAC.match(line) and _is_transfac(text):
            return "TRANSFAC"
        if line[:1] in ("<", "{"):
            return ""
        is_first = False
    if base_table.is_base_table(text):
        return "base table"
    has_titles = re.search(r"^[ \t]*>", text, re.MULTILINE) is not None
    return _recognise_titled(text) if has_titles and not _is_readme(text) else ""


def _is_transfac(text: str) -> bool:
    """Whether all lines have keys, or most of them and one names the columns."""
    told = [line.strip() for line in text.split("\n") if line.strip()]
    others = sum(not transfac.has_key(line) for line in told)
    return others == 0 or (4 * others <= len(told) and any(map(_COLUMNS.match, told)))


def explain_unknown(text: str) -> str:
    """Say what a text seems to be that is no motif file, and what to give instead.

    Parameters
    ----------
    text
        The content of the file.

    Returns
    -------
    str
        One line without a full stop.
    """
    text = text.replace("\r", "\n")
    told = [line.strip() for line in text.split("\n") if line.strip()]
    give = f"give motifs as {UNDERSTOOD} text"
    if not told:
        return f"this file is empty; {give}"
    if told[0][0] == "<":
        return f"this is HTML or XML; give MEME's text format (meme.txt) or another of {UNDERSTOOD}"
    if told[0][0] == "{":
        return f"this seems to be JSON, not motifs; {give}"
    if any(re.match(r"Pos\s+A\s+C\s+G\s+T\b", line, re.IGNORECASE) for line in told):
        return (
            "this seems to be a table of CIS-BP; write '>NAME' instead of the lines above each matrix, take the column "
            f"Pos away, or {give}"
        )
    if any(re.match(r"Transcription Factor (Name|ID):", line) for line in told):
        return f"this seems to be RegulonDB's list of sites without matrices; {give}"
    if _is_readme(text):
        return f"this seems to be prose, such as a README, not motifs; {give}"
    return f"this is not a known motif format; {give}"


def _is_readme(text: str) -> bool:
    """Whether a text is Markdown or prose: it has blocks of code, headings and no tabs, or many lines of words."""
    told = [line for line in text.split("\n") if line.strip()]
    words = sum(len(re.findall(r"[A-Za-z]{2,}", line)) >= 4 for line in told)
    has_heading = re.search(r"^#{1,6} \w", text, re.MULTILINE) is not None and "\t" not in text
    return _FENCE.search(text) is not None or has_heading or 3 * words >= len(told) > 0


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
        elif line and not line.startswith("#") and (titled.is_row(line) or not rows):
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
