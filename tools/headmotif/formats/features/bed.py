"""BED: sites and intervals. 0-based, half-open, tab-separated (https://samtools.github.io/hts-specs/BEDv1.pdf).

Sites are BED6: contig, start, end, name, score, strand. Further columns are ignored. The score is the strength: any
finite number, or "." for none. Of an interval longer than one base the 5' end on its strand is the site. Lines that
begin with track, browser or # are skipped.

Intervals are BED3 and more: contig, start, end. Column 6, if present, is the strand, "." for both. Further columns,
blocks too, are ignored. An interval over the origin of a circular contig is two lines.

Not checked: that lines are sorted, that names differ, that scores of sites lie within 0-1000.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from ...data import Contigs, Sites
from ...errors import FormatError
from ..contig_names import ContigNames
from ..files import lines, read_text, warn_if_short
from ..output_files import write_text
from ..whole_numbers import parse_whole

SKIPPED = ("#", "track ", "track\t", "browser ", "browser\t")
SIGN = {"+": 1, "-": -1}
NOT_SIX = "BED6 is needed: contig, start, end, name, score, strand, separated by tabs"
NOT_THREE = "BED is needed: contig, start, end, separated by tabs"


def parse_sites(text: str, path: str) -> list[tuple[int, str, int, int, str]]:
    """Read the sites of a BED6.

    Parameters
    ----------
    text
        The content of the file.
    path
        The name of the file, for messages alone.

    Returns
    -------
    list of tuple[int, str, int, int, str]
        Line (from 1), contig, position (0-based), strand (+1 or -1) and the score as written.

    Raises
    ------
    FormatError
        With the line, if one is malformed.
    """
    rows = []
    for number, fields in read_rows(text, path):
        start, end = parse_interval(fields, path, number)
        sign = parse_strand(fields[5], path, number)
        rows.append((number, fields[0], start if sign > 0 else end - 1, sign, fields[4]))
    return rows


def read_intervals(path: str, contigs: Contigs) -> list[tuple[int, int, int, int]]:
    """Read the intervals of a BED of three columns or more.

    Parameters
    ----------
    path
        The file; "-" is standard input. One without rows holds no interval.
    contigs
        The contigs of the genome.

    Returns
    -------
    list of tuple[int, int, int, int]
        Index of the contig, start, end (0-based, half-open) and strand (+1 or -1, 0 for both), in the file's order.

    Raises
    ------
    FormatError
        With the line, if it is malformed, or ends beyond its contig; also if no interval lies on these contigs.
    """
    names = ContigNames(contigs, path, "intervals")
    found = []
    for number, fields in read_rows(read_text(path), path, 3, NOT_THREE):
        start, end = parse_interval(fields, path, number)
        if (contig := names.find(fields[0], number)) is None:
            continue
        length = contigs[contig].length
        if end > length:
            more = (
                "; write an interval over the origin of a circular contig as two lines"
                if contigs[contig].circular
                else ""
            )
            same = f"use intervals for this version of the genome{more}"
            problem = f"the end ({end:,}) lies beyond '{fields[0]}', which has {length:,} nt; {same}"
            raise FormatError(path, number, problem)
        found.append((contig, start, end, parse_strand_or_both(fields, path, number)))
    names.conclude()
    return found


def write_sites(path: str, sites: Sites, names: Sequence[str], labels: Sequence[str] = ()) -> None:
    """Write sites as BED6, sorted by contig, position and strand.

    Parameters
    ----------
    path
        The file; "-" is standard output.
    sites
        The sites. The strength becomes the score, "." if there is none.
    names
        The contig names, in the order of the genome.
    labels
        A name for each site. White space becomes _, and an empty name a dot. By default site1, site2 and so on, in the
        order written.
    """
    order = np.lexsort((-sites.strand, sites.position, sites.contig))
    columns = (column[order].tolist() for column in (sites.contig, sites.position, sites.strand, sites.strength))
    called = (
        ["_".join(labels[row].split()) or "." for row in order]
        if len(labels)
        else [f"site{number}" for number in range(1, len(order) + 1)]
    )
    rows = [
        f"{names[contig]}\t{position}\t{position + 1}\t{called[number]}\t"
        f"{format_number(strength)}\t{'+' if strand > 0 else '-'}\n"
        for number, (contig, position, strand, strength) in enumerate(zip(*columns, strict=True))
    ]
    write_text(path, "".join(rows))


def write_calls(path: str, calls: Sites, names: Sequence[str], labels: Sequence[str] = ()) -> None:
    """Write calls as BED6, with 1000 x P as the score, rounded to a whole number.

    Parameters
    ----------
    path
        The file; "-" is standard output.
    calls
        The calls; their strength is P.
    names
        The contig names, in the order of the genome.
    labels
        A name for each call, see `write_sites`.
    """
    write_sites(path, replace(calls, strength=np.rint(1000 * calls.strength.astype(np.float64))), names, labels)


def format_number(number: float) -> str:
    """Write a number of a BED column.

    Parameters
    ----------
    number
        The number.

    Returns
    -------
    str
        Six significant digits, "." for NaN.
    """
    return f"{number:.6g}" if number == number else "."


def read_rows(text: str, path: str, least: int = 6, wanted: str = NOT_SIX) -> Iterator[tuple[int, list[str]]]:
    """Read the columns of a BED as text. The user is warned of a last row with fewer columns than the one before.

    Parameters
    ----------
    text
        The content of the file.
    path
        The name of the file, for messages alone.
    least
        The least number of columns.
    wanted
        The message for a row that has fewer.

    Yields
    ------
    tuple of int and list of str
        The line of each row, from 1, and its columns.

    Raises
    ------
    FormatError
        With the line, if it has too few columns.
    """
    last = width = before = 0
    for number, line in lines(text):
        if not is_row(line):
            continue
        fields = line.split("\t")
        if len(fields) < least:
            raise FormatError(path, number, _explain_too_few(line, fields, wanted))
        last, width, before = number, len(fields), width
        yield number, fields
    warn_if_short(path, last, width, before)


def is_row(line: str) -> bool:
    """Say whether a line of a BED is a row.

    Parameters
    ----------
    line
        The line.

    Returns
    -------
    bool
        False for an empty line, a comment and what a browser needs.
    """
    return bool(line.strip()) and not line.startswith(SKIPPED)


def _explain_too_few(line: str, fields: list[str], wanted: str) -> str:
    if len(line.split()) > len(fields):
        return f"columns are separated by spaces; {wanted}"
    if len(fields) in (3, 4, 5):
        return f"{len(fields)} columns without a strand (column 6); {wanted}"
    return f"{len(fields)} column{'s' if len(fields) > 1 else ''}; {wanted}"


def parse_interval(fields: Sequence[str], path: str, number: int) -> tuple[int, int]:
    """Read start and end of a row.

    Parameters
    ----------
    fields
        The columns.
    path
        The name of the file, for messages alone.
    number
        The line, from 1.

    Returns
    -------
    tuple of int and int
        Start and end, 0-based, half-open.

    Raises
    ------
    FormatError
        If they are not whole numbers, or the end is not after the start.
    """
    try:
        start, end = parse_whole(fields[1]), parse_whole(fields[2])
    except ValueError:
        shown = f"'{fields[1][:20]}' and '{fields[2][:20]}'"
        raise FormatError(path, number, f"start and end must be whole numbers from 0, not {shown}") from None
    if end <= start:
        raise FormatError(path, number, f"the end ({end}) is not after the start ({start}); BED is 0-based, half-open")
    return start, end


def parse_strand(strand: str, path: str, number: int) -> int:
    """Read the strand of a row.

    Parameters
    ----------
    strand
        Column 6.
    path
        The name of the file, for messages alone.
    number
        The line, from 1.

    Returns
    -------
    int
        +1 or -1.

    Raises
    ------
    FormatError
        If it is neither + nor -.
    """
    if strand not in SIGN:
        raise FormatError(path, number, f"the strand (column 6) is '{strand[:20]}'; it must be + or -")
    return SIGN[strand]


def parse_strand_or_both(fields: Sequence[str], path: str, number: int) -> int:
    """Read the strand of a row that may have none.

    Parameters
    ----------
    fields
        The row.
    path
        The name of the file, for messages alone.
    number
        The line, from 1.

    Returns
    -------
    int
        +1 or -1, or 0 where column 6 is "." or absent.

    Raises
    ------
    FormatError
        If it is something else.
    """
    if len(fields) < 6 or fields[5] == ".":
        return 0
    if fields[5] not in SIGN:
        raise FormatError(path, number, f"the strand (column 6) is '{fields[5][:20]}'; it must be +, - or . for both")
    return SIGN[fields[5]]
