"""Tables of sites with one header line that names the columns, in any order (`user_table`).

Position and strand are needed. Without a contig, the sites lie on the only contig of the genome. The strength is
optional. Common names of columns are known (`NAMES`), further columns are ignored. Start and end stand for a position
where they are the same in every row, and a start alone does. Positions are 1-based by default. The strand is +, -, 1,
-1, plus, minus, forward or reverse. Empty cells, NA and "." are no strength; rows without a position are left out.
"""

import re
from collections.abc import Mapping, Sequence

from ...errors import FormatError
from ...notices import LeftOut
from ..tables import user_table
from ..tables.user_table import Table

NAMES = {
    "contig": (
        *("contig", "chrom", "chromosome", "chr", "seqid", "seqname", "seqnames", "replicon", "accession"),
        *("reference", "refname", "scaffold", "contigid", "contigname", "chromosomename", "sequence"),
    ),
    "position": (
        *("position", "pos", "tssposition", "positiontss", "positionoftss", "tsspos", "postss", "tsscoordinate"),
        *("tsslocation", "genomicposition", "genomeposition", "genomiccoordinate", "5position", "5primeposition"),
        *("5end", "1position", "plus1position", "absoluteplus1pos", "absoluteplus1position", "transcriptionstartsite"),
        *("coordinate", "location", "tss", "site"),
    ),
    "strand": ("strand", "orientation", "direction", "transcriptiondirection", "tssstrand"),
    "strength": (
        *("strength", "score", "readscore", "relativereadscore", "rrs", "reads", "readcount", "readcounts", "count"),
        *("height", "stepheight", "tpm", "rpm", "cpm"),
    ),
}
"""Accepted names of each column, in order of preference, as `user_table.simplify` writes them."""
NEEDED = ("contig", "position", "strand")
MISSING = {"", ".", "na", "n/a", "nan", "none", "null", "-"}
SIGN = {"+": 1, "1": 1, "+1": 1, "plus": 1, "forward": 1, "fwd": 1, "f": 1}
SIGN |= {"-": -1, "-1": -1, "−": -1, "–": -1, "minus": -1, "reverse": -1, "rev": -1, "r": -1}
Row = tuple[int, str, int, int, str]
"""Line, contig ("" if the table names none), position (0-based), strand (+1 or -1), strength as written."""


def find_columns(names: Sequence[str]) -> dict[str, int]:
    """Find the columns that a header names.

    Parameters
    ----------
    names
        The names of the columns, as `user_table.simplify` writes them.

    Returns
    -------
    dict of str to int
        0-based column of each role of `NAMES` that was found.

    Examples
    --------
    >>> find_columns(["chromosome", "tssposition", "strand", "gene"])
    {'contig': 0, 'position': 1, 'strand': 2}
    """
    found = {role: next((names.index(name) for name in known if name in names), None) for role, known in NAMES.items()}
    return {role: place for role, place in found.items() if place is not None}


def is_header(names: Sequence[str]) -> bool:
    """Test whether names of columns are those of a table of sites.

    Parameters
    ----------
    names
        The names of the columns, as `user_table.simplify` writes them.

    Returns
    -------
    bool
        Whether strand and position are among them, or a start that may stand for the position.
    """
    found = find_columns(names)
    return "strand" in found and ("position" in found or "start" in names)


def parse_sites(text: str, path: str, zero_based: bool) -> list[Row]:
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
    list of Row
        The sites, in the file's order.

    Raises
    ------
    FormatError
        With the line, if one is malformed.
    """
    table = user_table.parse(text, path, is_header)
    place = find_columns(table.names)
    if "position" not in place and (start := _find_one_base(table)) is not None:
        place["position"] = start
    if absent := [role for role in ("position", "strand") if role not in place]:
        absent = [role for role in NEEDED if role not in place]
        raise FormatError(path, table.line, _explain_missing_columns(absent, table))
    if "contig" in place and _holds_bases(table, place["contig"]):
        del place["contig"]
    return read_rows(table, place, path, zero_based)


def _find_one_base(table: Table) -> int | None:
    """The column of the start, if there is no end, or each end is its start; such a table is no BED."""
    if "start" not in table.names:
        return None
    start = table.names.index("start")
    end = next((table.names.index(name) for name in ("end", "stop") if name in table.names), start)
    return start if table.rows and all(cells[start] == cells[end] for _, cells in table.rows) else None


def _holds_bases(table: Table, column: int) -> bool:
    """Whether a column named sequence has promoters in it, not names of sequences."""
    return bool(table.rows) and all(re.fullmatch(r"[ACGTUNacgtun]{8,}", cells[column]) for _, cells in table.rows)


def read_rows(table: Table, place: Mapping[str, int], path: str, zero_based: bool = False) -> list[Row]:
    """Read the sites of the rows of a table.

    Parameters
    ----------
    table
        The table.
    place
        The column of each role of `NAMES`: of position and strand, and of contig and strength if they are there.
    path
        The name of the file, for messages alone.
    zero_based
        Whether the first base of a contig is position 0 in the table, not 1.

    Returns
    -------
    list of Row
        The sites, in the table's order; rows without a position are left out and counted aloud.

    Raises
    ------
    FormatError
        With the line, if one is malformed.
    """
    left_out = LeftOut(path)
    found = []
    for number, cells in table.rows:
        if cells[place["position"]].lower() in MISSING:
            left_out.add("without a position", number)
            continue
        position = _parse_position(cells[place["position"]], zero_based, path, number)
        strand = cells[place["strand"]]
        if strand.lower() not in SIGN:
            raise FormatError(path, number, f"the strand '{strand[:20]}' is neither + nor -; write + or -")
        contig = cells[place["contig"]] if "contig" in place else ""
        if not contig and "contig" in place:
            raise FormatError(path, number, "the contig is empty; fill it in")
        strength = cells[place["strength"]] if "strength" in place else "."
        if table.separator == ";":  # where lists have semicolons, numbers have a decimal comma
            strength = strength.replace(",", ".")
        strength = "." if strength.lower() in MISSING else strength
        found.append((number, contig, position, SIGN[strand.lower()], strength))
    left_out.warn()
    return found


def _parse_position(text: str, zero_based: bool, path: str, number: int) -> int:
    """The 0-based position; 301.0 is 301, since tables with gaps are often written so."""
    if not re.fullmatch(r"[0-9]{1,15}(\.0*)?", text):
        rounded = "; a spreadsheet has rounded it" if re.fullmatch(r"[0-9.,]+[eE]\+?[0-9]+", text) else ""
        problem = f"the position '{text[:20]}' is not a whole number{rounded}; write it with digits only"
        raise FormatError(path, number, problem)
    position = int(text.partition(".")[0])
    if position == 0 and not zero_based:
        raise FormatError(
            path, number, "position 0 in a 1-based table; give --zero-based if the first base is position 0"
        )
    return position - (not zero_based)


def _explain_missing_columns(absent: list[str], table: Table) -> str:
    named = ", ".join(f"'{field[:20]}'" for field in table.header[:8])
    if {"start", "end"} <= {name.removeprefix("chrom") for name in table.names}:
        return "there are start and end, but no position; if this is a BED with a header, put # before the header"
    return (
        f"the header names no column {' or '.join(absent)} (it has {named}); needed are contig, position "
        "and strand, separated by tabs, commas or semicolons"
    )
