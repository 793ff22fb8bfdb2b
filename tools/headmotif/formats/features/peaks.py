"""Peaks of ChIP-seq and the like, which have no strand: BED of three columns or more, narrowPeak, broadPeak
(https://genome.ucsc.edu/FAQ/FAQformat.html#format12), and the table of MACS (`_peaks.xls`).

A BED is one of peaks if no row has a strand (column 6 is "." or not there). narrowPeak has ten columns: signalValue,
two logarithms of p and q, and the summit in bases from the start, -1 for none; IDR adds ten more. broadPeak has nine.
In a BED, column 7 (thickStart) lies between start and end, and so it is no signalValue. The strength is signalValue,
else the score. Of a narrowPeak with strands, every row must have a summit inside it.

The table of MACS is 1-based and closed. It has the columns chr, start, end, abs_summit and fold_enrichment, under
comments that begin with #.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ...errors import FormatError
from ..tables import user_table
from ..whole_numbers import is_whole
from . import bed

NARROW, IDR, BROAD = 10, 20, 9
"""Numbers of columns."""
MACS = ("chr", "start", "end", "foldenrichment")
BOTH = 0
"""The strand of a peak that has none."""


class Peak(NamedTuple):
    """A peak.

    Attributes
    ----------
    line
        The line of the file, from 1.
    contig
        The contig name.
    start
        0-based.
    end
        Not included.
    name
        The name, "" for none.
    strand
        +1, -1, or `BOTH`.
    strength
        The strength as written, "." for none.
    summit
        The position of the summit, 0-based; None if there is none.
    """

    line: int
    contig: str
    start: int
    end: int
    name: str
    strand: int
    strength: str
    summit: int | None

    @property
    def centre(self) -> int:
        """The summit, or else the middle; of two middle bases, the first."""
        return (self.start + self.end - 1) // 2 if self.summit is None else self.summit


@dataclass(frozen=True)
class Peaks:
    """The peaks of a file.

    Attributes
    ----------
    format
        BED, narrowPeak, broadPeak or MACS.
    peaks
        The peaks, in the file's order.
    """

    format: str
    peaks: tuple[Peak, ...]

    @property
    def are_stranded(self) -> bool:
        """Whether the peaks have strands."""
        return any(peak.strand != BOTH for peak in self.peaks)

    @property
    def n_summits(self) -> int:
        """The number of peaks with a summit."""
        return sum(peak.summit is not None for peak in self.peaks)


def is_macs_header(names: Sequence[str]) -> bool:
    """Test whether names of columns are those of a table of MACS.

    Parameters
    ----------
    names
        The names, as `user_table.simplify` writes them.

    Returns
    -------
    bool
        Whether all needed columns are there.
    """
    return set(MACS) <= set(names)


def parse_macs(text: str, path: str) -> Peaks:
    """Read the peaks of a table of MACS.

    Parameters
    ----------
    text
        The content of the file.
    path
        The name of the file, for messages alone.

    Returns
    -------
    Peaks
        Its peaks. The summit is abs_summit, and the strength fold_enrichment.

    Raises
    ------
    FormatError
        With the line, if one is malformed.
    """
    table = user_table.parse(text, path, is_macs_header)
    found = []
    for number, cells in table.rows:
        cell = dict(zip(table.names, cells, strict=True))
        places = [cell["start"], cell["end"], cell.get("abssummit", "")]
        if not all(is_whole(place) for place in places if place):
            raise FormatError(path, number, "start, end and abs_summit must be whole numbers from 1; correct them")
        start, end, summit = (int(place or 0) - 1 for place in places)
        inside = start <= summit <= end if places[2] else start <= end
        if not (start >= 0 and inside):
            raise FormatError(path, number, "the summit must lie between start and end, which count from 1; correct it")
        name = cell.get("name", "")
        peak = Peak(
            number, cell["chr"], start, end + 1, name, BOTH, cell["foldenrichment"], summit if places[2] else None
        )
        found.append(peak)
    return Peaks("MACS", tuple(found))


def parse_bed(rows: Sequence[tuple[int, list[str]]], path: str) -> Peaks | None:
    """Read the peaks of a BED.

    Parameters
    ----------
    rows
        Line and columns of each row, three or more.
    path
        The name of the file, for messages alone.

    Returns
    -------
    Peaks or None
        Its peaks; None if rows have strands and the file is no narrowPeak.

    Raises
    ------
    FormatError
        With the line, if one is malformed.
    """
    if not rows:
        return None
    format = _recognise(rows)
    has_strand = any(len(fields) > 5 and fields[5] != "." for _, fields in rows)
    if has_strand and format != "narrowPeak":
        return None
    if all(len(fields) < 6 and fields[3:4] in (["+"], ["-"]) for _, fields in rows):
        raise FormatError(path, rows[0][0], f"the strands are in column 4; {bed.NOT_SIX}")
    found = []
    for number, fields in rows:
        start, end = bed.parse_interval(fields, path, number)
        summit = None
        if format == "narrowPeak" and fields[9] != "-1":
            summit = start + int(fields[9])
            if summit >= end:
                problem = (
                    f"the summit (column 10) is {fields[9]} nt from the start, beyond this peak of {end - start} nt"
                )
                raise FormatError(path, number, f"{problem}; correct it, or write -1 for none")
        strength = "." if len(fields) < 5 else fields[4 if format == "BED" else 6]
        name = fields[3] if len(fields) > 3 else ""
        strand = bed.parse_strand(fields[5], path, number) if has_strand else BOTH
        found.append(Peak(number, fields[0], start, end, name, strand, strength, summit))
    return Peaks(format, tuple(found))


def _recognise(rows: Sequence[tuple[int, list[str]]]) -> str:
    """BED, narrowPeak or broadPeak."""
    widths = {len(fields) for _, fields in rows}
    is_signal = all(len(fields) > 8 and all(map(_is_number, fields[6:9])) for _, fields in rows)
    if len(widths) > 1 or not is_signal or all(_is_inside(fields[6], fields) for _, fields in rows):
        return "BED"
    if widths == {BROAD}:
        return "broadPeak"
    offsets = [fields[9] for _, fields in rows if len(fields) in (NARROW, IDR)]
    if len(offsets) < len(rows) or not all(text == "-1" or is_whole(text) for text in offsets):
        return "BED"
    # A BED with strands may have a count in column 10. Peaks are wider than a base, with the summit inside.
    has_strand = any(fields[5] != "." for _, fields in rows)
    return "BED" if has_strand and not all(_has_summit(fields) for _, fields in rows) else "narrowPeak"


def _is_number(text: str) -> bool:
    try:
        return float(text) >= -1
    except ValueError:
        return False


def _has_summit(fields: Sequence[str]) -> bool:
    whole = all(map(is_whole, (fields[1], fields[2], fields[9])))
    return whole and 0 < int(fields[9]) < int(fields[2]) - int(fields[1])


def _is_inside(place: str, fields: Sequence[str]) -> bool:
    """Whether a position lies between start and end, both included."""
    return all(map(is_whole, (place, fields[1], fields[2]))) and int(fields[1]) <= int(place) <= int(fields[2])
