"""BED: sites, intervals, and the regions of heads. 0-based, half-open, tab-separated
(https://samtools.github.io/hts-specs/BEDv1.pdf).

Sites are BED6: contig, start, end, name, score, strand. Further columns are ignored. The score is the strength: any
finite number, or "." for none. Of an interval longer than one base the 5' end on its strand is the site. Lines that
begin with track, browser or # are skipped.

Intervals are BED3 and more: contig, start, end. Column 6, if present, is the strand, "." for both. Further columns,
blocks too, are ignored. An interval over the origin of a circular contig is two lines.

Regions are BED6+5. The name is the head (L1H3); the score is 1000 times the weight, rounded and clipped. Then follow
weight (%.6g), offset, site (0-based), p and q ("." if not tested). With in-silico mutagenesis the last column is ism,
the drop of the site's logit. A region over the origin of a circular contig is two lines of one name. A line with #
names the columns.

Not checked: that lines are sorted, that names differ, that scores of sites lie within 0-1000.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from ...data import Contigs, Regions, Sites
from ...errors import FormatError
from ..contig_names import ContigNames
from ..files import lines, read_text, write_text

SKIPPED = ("#", "track ", "track\t", "browser ", "browser\t")
HEADER = "#contig\tstart\tend\tname\tscore\tstrand\tweight\toffset\tsite\tp\tq"
N_REGION_COLUMNS = 11
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
    for number, fields in _rows(text, path):
        start, end = _interval(fields, path, number)
        sign = _parse_strand(fields[5], path, number)
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
    for number, fields in _rows(read_text(path), path, 3, NOT_THREE):
        start, end = _interval(fields, path, number)
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
        found.append((contig, start, end, _parse_strand_or_both(fields, path, number)))
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
        f"{_format_number(strength)}\t{'+' if strand > 0 else '-'}\n"
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


def write_regions(path: str, regions: Regions, contigs: Contigs) -> None:
    """Write regions as BED6+5, sorted by contig (in the order of `regions.contigs`), start and end.

    A region over the origin of a circular contig is written as two lines. On other contigs, regions are cut at the
    ends; a region wholly beyond an end is not written.

    Parameters
    ----------
    path
        The file; "-" is standard output.
    regions
        The regions.
    contigs
        The contigs of the genome.
    """
    row, first, last = _pieces(regions, contigs)
    order = np.lexsort((last, first, regions.contig[row]))
    taken = regions.take(row[order])
    score = np.rint(1000 * np.clip(np.nan_to_num(taken.weight), 0, 1)).astype(np.int64)
    bed6 = (taken.contig, first[order], last[order], taken.head, score, taken.strand)
    columns = (*bed6, taken.weight, taken.offset, taken.site, taken.p, taken.q)
    names = regions.contigs
    more = [""] * len(taken) if taken.drop is None else [f"\t{_format_number(drop)}" for drop in taken.drop.tolist()]
    text = [
        f"{names[contig]}\t{start}\t{end}\t{head}\t{score}\t{'+' if strand > 0 else '-'}\t"
        f"{weight:.6g}\t{distance}\t{site}\t{_format_number(p)}\t{_format_number(q)}{last}\n"
        for (contig, start, end, head, score, strand, weight, distance, site, p, q), last in zip(
            zip(*(c.tolist() for c in columns), strict=True), more, strict=True
        )
    ]
    write_text(path, HEADER + ("" if taken.drop is None else "\tism") + "\n" + "".join(text))


def _pieces(regions: Regions, contigs: Contigs) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Row, start and end, int64, of what is written: inside the contigs, in two pieces over an origin."""
    length, endless = contigs.look_up_rows(regions.contigs, regions.contig)
    turns = np.where(endless, regions.start // np.maximum(length, 1) * length, 0)
    start, end = np.maximum(regions.start - turns, 0), regions.end - turns
    over = np.flatnonzero(endless & (end > length))
    row = np.concatenate([np.arange(len(regions)), over])
    first = np.concatenate([start, np.zeros(len(over), np.int64)])
    last = np.concatenate(
        [np.minimum(end, length), np.minimum(end - length, start)[over]]
    )  # a region longer than its circular contig covers it once
    kept = last > first
    return row[kept], first[kept], last[kept]


def _format_number(number: float) -> str:
    return f"{number:.6g}" if number == number else "."


def read_regions(path: str, contigs: Contigs | None = None) -> Regions:
    """Read the regions of a file that `write_regions` wrote, or the intervals of any BED6.

    An interval of another BED6 has weight 1, offset 0 and site -1.

    Parameters
    ----------
    path
        The file; "-" is standard input.
    contigs
        The contigs of the genome; by default those that the file names.

    Returns
    -------
    Regions
        The regions in the file's order.

    Raises
    ------
    FormatError
        With the line, if it is malformed, or ends beyond its contig; also if no region lies on these contigs.
    """
    rows = list(_rows(read_text(path), path))
    wide = len(rows[0][1]) if rows else 0
    ours = wide in (N_REGION_COLUMNS, N_REGION_COLUMNS + 1)
    for number, fields in rows:
        if ours and len(fields) != wide:
            raise FormatError(
                path, number, f"{len(fields)} columns, but the first line has {wide}; all lines need the same columns"
            )
    rows, contig, names = _rows_on(rows, path, contigs)
    numbers = [number for number, _ in rows]
    columns = list(zip(*(fields for _, fields in rows), strict=ours)) if rows else [()] * N_REGION_COLUMNS

    def column(which: int, convert: Callable[[str], float], dtype: type, what: str) -> np.ndarray:
        return _column(columns[which], convert, dtype, f"column {which + 1} ({what})", path, numbers)

    start, end = column(1, _parse_whole, np.int64, "the start"), column(2, _parse_whole, np.int64, "the end")
    length = contigs.lengths if contigs else np.full(max(len(names), 1), np.iinfo(np.int64).max)
    _refuse(end <= start, path, numbers, lambda i: f"the end ({end[i]}) is not after the start ({start[i]})")
    _refuse(
        end > length[contig],
        path,
        numbers,
        lambda i: f"the end ({end[i]}) lies beyond '{columns[0][i]}' of {length[contig[i]]:,} nt",
    )
    strand = column(5, SIGN.__getitem__, np.int8, "the strand, + or -")
    head = np.array(columns[3], str)
    n = len(rows)
    unknown = np.full(n, np.nan)
    rest: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray | None]
    if not ours:
        rest = (np.ones(n), np.zeros(n, np.int64), np.full(n, -1, np.int64), unknown, unknown, None)
    else:
        rest = (
            column(6, _parse_number, np.float64, "the weight"),
            column(7, _parse_integer, np.int64, "the offset"),
            column(8, _parse_whole, np.int64, "the site"),
            column(9, _parse_share, np.float64, "p"),
            column(10, _parse_share, np.float64, "q"),
            column(11, _parse_number_or_nan, np.float64, "ism") if wide > N_REGION_COLUMNS else None,
        )
    return Regions(names, contig, start, end, head, strand, *rest)


def _rows_on(
    rows: list[tuple[int, list[str]]], path: str, contigs: Contigs | None
) -> tuple[list[tuple[int, list[str]]], np.ndarray, tuple[str, ...]]:
    """The rows on the contigs, the index of the contig of each, int32, and the contig names; without contigs, those
    that the rows name."""
    if contigs is None:
        named = list(dict.fromkeys(fields[0] for _, fields in rows))
        place = {name: index for index, name in enumerate(named)}
        return rows, np.array([place[fields[0]] for _, fields in rows], np.int32), tuple(named)
    known = ContigNames(contigs, path, "regions")
    found = [known.find(fields[0], number) for number, fields in rows]
    known.conclude()
    kept = [row for row, index in zip(rows, found, strict=True) if index is not None]
    return kept, np.array([index for index in found if index is not None], np.int32), contigs.names


def _rows(text: str, path: str, least: int = 6, wanted: str = NOT_SIX) -> Iterator[tuple[int, list[str]]]:
    """Line and fields of every row; `wanted` is the message for a row with fewer than `least` fields."""
    for number, line in lines(text):
        if not line.strip() or line.startswith(SKIPPED):
            continue
        fields = line.split("\t")
        if len(fields) < least:
            raise FormatError(path, number, _explain_too_few(line, fields, wanted))
        yield number, fields


def _explain_too_few(line: str, fields: list[str], wanted: str) -> str:
    if len(line.split()) > len(fields):
        return f"columns are separated by spaces; {wanted}"
    if len(fields) in (3, 4, 5):
        return f"{len(fields)} columns without a strand (column 6); {wanted}"
    return f"{len(fields)} column{'s' if len(fields) > 1 else ''}; {wanted}"


def _interval(fields: list[str], path: str, number: int) -> tuple[int, int]:
    try:
        start, end = _parse_whole(fields[1]), _parse_whole(fields[2])
    except ValueError:
        shown = f"'{fields[1][:20]}' and '{fields[2][:20]}'"
        raise FormatError(path, number, f"start and end must be whole numbers from 0, not {shown}") from None
    if end <= start:
        raise FormatError(path, number, f"the end ({end}) is not after the start ({start}); BED is 0-based, half-open")
    return start, end


def _parse_strand(strand: str, path: str, number: int) -> int:
    if strand not in SIGN:
        raise FormatError(path, number, f"the strand (column 6) is '{strand[:20]}'; it must be + or -")
    return SIGN[strand]


def _parse_strand_or_both(fields: list[str], path: str, number: int) -> int:
    if len(fields) < 6 or fields[5] == ".":
        return 0
    if fields[5] not in SIGN:
        raise FormatError(path, number, f"the strand (column 6) is '{fields[5][:20]}'; it must be +, - or . for both")
    return SIGN[fields[5]]


def _parse_whole(text: str) -> int:
    """A whole number of at most 15 digits: int() would also take '1_000' and ' 7 '."""
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise ValueError(text)
    return int(text)


def _parse_integer(text: str) -> int:
    return -_parse_whole(text[1:]) if text[:1] == "-" else _parse_whole(text)


def _parse_number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value) or "_" in text:
        raise ValueError(text)
    return value


def _parse_number_or_nan(text: str) -> float:
    return float("nan") if text == "." else _parse_number(text)


def _parse_share(text: str) -> float:
    value = float("nan") if text == "." else _parse_number(text)
    if value < 0 or value > 1:
        raise ValueError(text)
    return value


def _column(
    texts: Sequence[str], convert: Callable[[str], float], dtype: type, what: str, path: str, numbers: list[int]
) -> np.ndarray:
    """One column as an array; the error names the first line that does not convert."""
    values: list[float] = []
    try:
        values.extend(map(convert, texts))
    except (ValueError, KeyError):
        wrong = next(i for i, text in enumerate(texts) if not _converts(convert, text))
        raise FormatError(path, numbers[wrong], f"{what} cannot be '{texts[wrong][:20]}'; correct it") from None
    return np.array(values, dtype)


def _converts(convert: Callable[[str], float], text: str) -> bool:
    try:
        convert(text)
    except (ValueError, KeyError):
        return False
    return True


def _refuse(wrong: np.ndarray, path: str, numbers: list[int], problem: Callable[[int], str]) -> None:
    if wrong.any():
        first = int(wrong.argmax())
        raise FormatError(path, numbers[first], problem(first))
