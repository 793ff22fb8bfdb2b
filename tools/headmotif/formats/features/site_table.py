"""Tables of sites: tab-separated, with one header line that names the columns, in any order.

Contig, position and strand are needed; strength is optional. Names are compared without case or punctuation, and common
alternatives are known (`NAMES`). Further columns are ignored. Positions are 1-based by default. The strand is +, -, 1,
-1, plus, minus, forward or reverse. Empty cells, NA and "." are no strength. Lines that begin with # are skipped, but
one right before the first row may be the header.
"""

import re

from ...errors import FormatError
from ..files import lines

NAMES = {
    "contig": (
        "contig",
        "chrom",
        "chromosome",
        "chr",
        "seqid",
        "seqname",
        "seqnames",
        "sequence",
        "replicon",
        "accession",
        "reference",
    ),
    "position": ("position", "pos", "tss", "tssposition", "coordinate", "location", "site"),
    "strand": ("strand", "orientation", "direction"),
    "strength": ("strength", "score", "readscore", "relativereadscore", "reads", "readcount", "count", "height"),
}
"""Accepted names of each column, in order of preference."""
NEEDED = ("contig", "position", "strand")
MISSING = {"", ".", "NA", "na", "NaN", "nan", "None", "-"}
SIGN = {"+": 1, "1": 1, "+1": 1, "plus": 1, "forward": 1, "fwd": 1, "f": 1}
SIGN |= {"-": -1, "-1": -1, "−": -1, "–": -1, "minus": -1, "reverse": -1, "rev": -1, "r": -1}


def header(line: str) -> dict[str, int]:
    """Find the columns that a header line names.

    Parameters
    ----------
    line
        The line, tab-separated, with or without #.

    Returns
    -------
    dict of str to int
        0-based column of each role of `NAMES` that was found.

    Examples
    --------
    >>> header("Chromosome\\tTSS position\\tStrand\\tgene")
    {'contig': 0, 'position': 1, 'strand': 2}
    """
    cells = [re.sub(r"[\W_]+", "", cell.lower()) for cell in line.lstrip("#").split("\t")]
    found = {role: next((cells.index(name) for name in names if name in cells), None) for role, names in NAMES.items()}
    return {role: place for role, place in found.items() if place is not None}


def is_header(line: str) -> bool:
    """Test whether a line is a header that names all needed columns.

    Parameters
    ----------
    line
        The line.

    Returns
    -------
    bool
        Whether contig, position and strand are among its columns.
    """
    return all(role in header(line) for role in NEEDED)


def parse_sites(text: str, path: str, zero_based: bool) -> list[tuple[int, str, int, int, str]]:
    """Read the sites of a table.

    Parameters
    ----------
    text
        The content of the file.
    path
        The name of the file, for messages alone.
    zero_based
        Whether the first base of a contig is position 0 in the table, not 1.

    Returns
    -------
    list of tuple[int, str, int, int, str]
        Line (from 1), contig, position (0-based), strand (+1 or -1) and the strength as written, "." for none.

    Raises
    ------
    FormatError
        With the line, if one is malformed.
    """
    place: dict[str, int] = {}
    columns = 0
    found = []
    for number, line in lines(text):
        if not line.strip() or (line.startswith("#") and (place or not is_header(line))):
            continue
        fields = line.split("\t")
        if not place:
            place, columns = header(line), len(fields)
            if absent := [role for role in NEEDED if role not in place]:
                raise FormatError(path, number, _explain_missing_columns(absent, fields))
            continue
        if len(fields) != columns:
            raise FormatError(
                path, number, f"{len(fields)} cells, but the header names {columns}; separate cells by tabs"
            )
        position, strand = fields[place["position"]].strip(), fields[place["strand"]].strip().lower()
        if not (position.isascii() and position.isdigit() and len(position) < 16):
            raise FormatError(
                path, number, f"the position '{position[:20]}' is not a whole number; write it with digits only"
            )
        if int(position) == 0 and not zero_based:
            raise FormatError(
                path, number, "position 0 in a 1-based table; give --zero-based if the first base is position 0"
            )
        if strand not in SIGN:
            raise FormatError(path, number, f"the strand '{strand[:20]}' is neither + nor -; write + or -")
        strength = fields[place["strength"]].strip() if "strength" in place else "."
        place_0 = int(position) - (not zero_based)
        found.append(
            (number, fields[place["contig"]].strip(), place_0, SIGN[strand], "." if strength in MISSING else strength)
        )
    return found


def _explain_missing_columns(absent: list[str], fields: list[str]) -> str:
    named = ", ".join(f"'{field.strip()[:20]}'" for field in fields[:8])
    if {"start", "end"} <= {field.strip().lower().removeprefix("chrom") for field in fields}:
        return "there are start and end, but no position; if this is a BED with a header, put # before the header"
    return (
        f"the header names no column {' or '.join(absent)} (it has {named}); needed are contig, position "
        "and strand, separated by tabs"
    )
