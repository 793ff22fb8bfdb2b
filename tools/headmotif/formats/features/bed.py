"""BED: sites, plain intervals, and the regions of heads. 0-based, half-open, separated by tabs
(https://samtools.github.io/hts-specs/BEDv1.pdf).

Sites are BED6: contig, start, end, name, score, strand; further columns are ignored. The score, any finite number or
".", is the strength. Of an interval longer than one base the 5' end on its strand is the site. Lines that begin with
track, browser or # are skipped.

Intervals are BED3 and more: contig, start, end; column 6, where there is one, is the strand, "." for both. Further
columns, blocks too, are ignored. An interval over a circle's origin is two lines.

Regions are BED6+5: the name is the head (L1H3), the score 1000 times the weight, rounded and clipped; then weight
(%.6g), distance, site (0-based), p and q ("." where not tested), and, where in-silico mutagenesis was asked for, ism,
the drop of the site's logit. A region over a circle's origin is two lines of one name. A line with #
names the columns.

Not checked: that lines are sorted, that names differ, that scores of sites lie within 0-1000.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from ...data import Contigs, Regions, Sites
from ...errors import FormatError
from ..contig_names import not_in_genome
from ..files import lines, read_text, write_text

SKIPPED = ("#", "track ", "track\t", "browser ", "browser\t")
HEADER = "#contig\tstart\tend\tname\tscore\tstrand\tweight\tdistance\tsite\tp\tq"
N_REGION_COLUMNS = 11
SIGN = {"+": 1, "-": -1}
NOT_SIX = "a BED6 is needed: contig, start, end, name, score, strand, separated by tabs"
NOT_THREE = "a BED is needed: contig, start, end, separated by tabs"


def parse_sites(text: str, path: str) -> list[tuple[int, str, int, int, str]]:
    """The sites of a BED6: line, contig, position (0-based), strand (+1 or -1), and the score as it stands.

    Raises FormatError with the line that is malformed.
    """
    rows = []
    for number, fields in _rows(text, path):
        start, end = _interval(fields, path, number)
        sign = _sign(fields[5], path, number)
        rows.append((number, fields[0], start if sign > 0 else end - 1, sign, fields[4]))
    return rows


def read_intervals(path: str, contigs: Contigs) -> list[tuple[int, int, int, int]]:
    """The intervals of a BED of three columns or more: index of the contig, start, end, and strand (+1 or -1; 0 both),
    in the file's order.

    A file without rows holds no interval. Raises FormatError with the line that is malformed, of another contig, or
    beyond its end.
    """
    place = {contig.name: index for index, contig in enumerate(contigs)}
    found = []
    for number, fields in _rows(read_text(path), path, 3, NOT_THREE):
        start, end = _interval(fields, path, number)
        name = fields[0]
        if name not in place:
            raise FormatError(path, number, not_in_genome(name, list(place)))
        length = contigs[place[name]].length
        if end > length:
            more = "; over a circle's origin write two lines" if contigs[place[name]].circular else ""
            same = f"take the intervals of this version of the genome{more}"
            raise FormatError(path, number, f"the end ({end:,}) lies beyond '{name}', which has {length:,} nt; {same}")
        found.append((place[name], start, end, _sign_or_both(fields, path, number)))
    return found


def write_sites(path: str, sites: Sites, names: Sequence[str], labels: Sequence[str] = ()) -> None:
    """Sites as BED6, sorted by contig (in the order of `names`), position and strand; "." where there is no strength.

    labels: a name for each site (without: site1, site2 in the order written); white space in one is written as _, none
    as a dot.
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
        f"{_shown(strength)}\t{'+' if strand > 0 else '-'}\n"
        for number, (contig, position, strand, strength) in enumerate(zip(*columns, strict=True))
    ]
    write_text(path, "".join(rows))


def write_calls(path: str, calls: Sites, names: Sequence[str], labels: Sequence[str] = ()) -> None:
    """Calls, whose strength is P, as `write_sites`; the score is 1000 P to the nearest whole number, as the format
    wants it."""
    write_sites(path, replace(calls, strength=np.rint(1000 * calls.strength.astype(np.float64))), names, labels)


def write_regions(path: str, regions: Regions, contigs: Contigs) -> None:
    """Regions as BED6+5, sorted by contig (in the order of `regions.contigs`) and start.

    contigs: the genome's. What passes the end of a circle is written at the other, as a second line; on other contigs
    it is cut off, and a region wholly beyond an end is not written.
    """
    row, first, last = _pieces(regions, contigs)
    order = np.lexsort((last, first, regions.contig[row]))
    taken = regions.take(row[order])
    score = np.rint(1000 * np.clip(np.nan_to_num(taken.weight), 0, 1)).astype(np.int64)
    bed6 = (taken.contig, first[order], last[order], taken.head, score, taken.strand)
    columns = (*bed6, taken.weight, taken.distance, taken.site, taken.p, taken.q)
    names = regions.contigs
    more = [""] * len(taken) if taken.drop is None else [f"\t{_shown(drop)}" for drop in taken.drop.tolist()]
    text = [
        f"{names[contig]}\t{start}\t{end}\t{head}\t{score}\t{'+' if strand > 0 else '-'}\t"
        f"{weight:.6g}\t{distance}\t{site}\t{_shown(p)}\t{_shown(q)}{last}\n"
        for (contig, start, end, head, score, strand, weight, distance, site, p, q), last in zip(
            zip(*(c.tolist() for c in columns), strict=True), more, strict=True
        )
    ]
    write_text(path, HEADER + ("" if taken.drop is None else "\tism") + "\n" + "".join(text))


def _pieces(regions: Regions, contigs: Contigs) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Row, start and end, int64, of what is to be written: inside the contigs, two pieces where a region passes a
    circle's origin."""
    length, endless = contigs.of_rows(regions.contigs, regions.contig)
    turns = np.where(endless, regions.start // np.maximum(length, 1) * length, 0)
    start, end = np.maximum(regions.start - turns, 0), regions.end - turns
    over = np.flatnonzero(endless & (end > length))
    row = np.concatenate([np.arange(len(regions)), over])
    first = np.concatenate([start, np.zeros(len(over), np.int64)])
    last = np.concatenate(
        [np.minimum(end, length), np.minimum(end - length, start)[over]]
    )  # longer than the circle: once around
    kept = last > first
    return row[kept], first[kept], last[kept]


def _shown(number: float) -> str:
    return f"{number:.6g}" if number == number else "."


def read_regions(path: str, contigs: Contigs | None = None) -> Regions:
    """The regions of a file of ours, or the intervals of any BED6, in the file's order.

    contigs: the genome's; without them, those that the file names. An interval of another BED6 has weight 1, distance
    0, site -1. Raises FormatError with the line that is malformed, of another contig, or beyond its end.
    """
    rows = list(_rows(read_text(path), path))
    numbers = [number for number, _ in rows]
    wide = len(rows[0][1]) if rows else 0
    ours = wide in (N_REGION_COLUMNS, N_REGION_COLUMNS + 1)
    for number, fields in rows:
        if ours and len(fields) != wide:
            raise FormatError(path, number, f"{len(fields)} columns where the first line has {wide}")
    columns = list(zip(*(fields for _, fields in rows), strict=ours)) if rows else [()] * N_REGION_COLUMNS

    def column(which: int, convert: Callable[[str], float], dtype: type, what: str) -> np.ndarray:
        return _column(columns[which], convert, dtype, f"column {which + 1} ({what})", path, numbers)

    start, end = column(1, _whole, np.int64, "the start"), column(2, _whole, np.int64, "the end")
    names = list(contigs.names) if contigs else list(dict.fromkeys(columns[0]))
    place = {name: index for index, name in enumerate(names)}
    contig = np.array([place.get(name, -1) for name in columns[0]], np.int32)
    length = contigs.lengths if contigs else np.full(max(len(names), 1), np.iinfo(np.int64).max)
    _refuse(contig < 0, path, numbers, lambda i: not_in_genome(columns[0][i], names))
    _refuse(end <= start, path, numbers, lambda i: f"the end ({end[i]}) is not behind the start ({start[i]})")
    _refuse(
        end > length[contig],
        path,
        numbers,
        lambda i: f"the end ({end[i]}) lies beyond '{columns[0][i]}' of {length[contig[i]]:,} nt",
    )
    strand = column(5, SIGN.__getitem__, np.int8, "the strand, + or -")
    head = np.array(columns[3], str)
    n = len(rows)
    nothing = np.full(n, np.nan)
    rest: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray | None]
    if not ours:
        rest = (np.ones(n), np.zeros(n, np.int64), np.full(n, -1, np.int64), nothing, nothing, None)
    else:
        rest = (
            column(6, _number, np.float64, "the weight"),
            column(7, _integer, np.int64, "the distance"),
            column(8, _whole, np.int64, "the site"),
            column(9, _share, np.float64, "p"),
            column(10, _share, np.float64, "q"),
            column(11, _number_or_none, np.float64, "ism") if wide > N_REGION_COLUMNS else None,
        )
    return Regions(tuple(names), contig, start, end, head, strand, *rest)


def _rows(text: str, path: str, least: int = 6, wanted: str = NOT_SIX) -> Iterator[tuple[int, list[str]]]:
    """Line and fields of every row, at least so many; wanted: what to say is needed where a row has fewer."""
    for number, line in lines(text):
        if not line.strip() or line.startswith(SKIPPED):
            continue
        fields = line.split("\t")
        if len(fields) < least:
            raise FormatError(path, number, _too_few(line, fields, wanted))
        yield number, fields


def _too_few(line: str, fields: list[str], wanted: str) -> str:
    if len(line.split()) > len(fields):
        return f"columns are separated by spaces; {wanted}"
    if len(fields) in (3, 4, 5):
        return f"{len(fields)} columns, so no strand (column 6); {wanted}"
    return f"{len(fields)} column{'s' if len(fields) > 1 else ''}; {wanted}"


def _interval(fields: list[str], path: str, number: int) -> tuple[int, int]:
    try:
        start, end = _whole(fields[1]), _whole(fields[2])
    except ValueError:
        shown = f"'{fields[1][:20]}' and '{fields[2][:20]}'"
        raise FormatError(path, number, f"start and end must be whole numbers from 0, not {shown}") from None
    if end <= start:
        raise FormatError(path, number, f"the end ({end}) is not behind the start ({start}); BED is 0-based, half-open")
    return start, end


def _sign(strand: str, path: str, number: int) -> int:
    if strand not in SIGN:
        raise FormatError(path, number, f"the strand (column 6) is '{strand[:20]}'; it must be + or -")
    return SIGN[strand]


def _sign_or_both(fields: list[str], path: str, number: int) -> int:
    if len(fields) < 6 or fields[5] == ".":
        return 0
    if fields[5] not in SIGN:
        raise FormatError(path, number, f"the strand (column 6) is '{fields[5][:20]}'; it must be +, - or . for both")
    return SIGN[fields[5]]


def _whole(text: str) -> int:
    """Digits alone, and few enough for 64 bits: int() would take '1_000' and ' 7 '."""
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise ValueError(text)
    return int(text)


def _integer(text: str) -> int:
    return -_whole(text[1:]) if text[:1] == "-" else _whole(text)


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value) or "_" in text:
        raise ValueError(text)
    return value


def _number_or_none(text: str) -> float:
    return float("nan") if text == "." else _number(text)


def _share(text: str) -> float:
    value = float("nan") if text == "." else _number(text)
    if value < 0 or value > 1:
        raise ValueError(text)
    return value


def _column(
    texts: Sequence[str], convert: Callable[[str], float], dtype: type, what: str, path: str, numbers: list[int]
) -> np.ndarray:
    """One column as an array; the first row that does not convert is told with its line."""
    values: list[float] = []
    try:
        values.extend(map(convert, texts))
    except (ValueError, KeyError):
        wrong = next(i for i, text in enumerate(texts) if not _converts(convert, text))
        raise FormatError(path, numbers[wrong], f"{what} cannot be '{texts[wrong][:20]}'") from None
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
