"""Regions of heads, as BED6+5. 0-based, half-open, tab-separated, as in `bed`.

The name is the head (L1H3); the score is 1000 times the weight, rounded and clipped. Then follow weight (%.6g), offset,
site (0-based), p and q ("." if not tested). With in-silico mutagenesis the last column is ism, the drop of the site's
logit. A region over the origin of a circular contig is two lines of one name. A line with # names the columns.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np

from ...data import Contigs, Regions
from ...errors import FormatError
from ..contig_names import ContigNames
from ..files import read_text
from ..output_files import write_text
from ..whole_numbers import parse_whole
from .bed import SIGN, format_number, read_rows

HEADER = "#contig\tstart\tend\tname\tscore\tstrand\tweight\toffset\tsite\tp\tq"
N_COLUMNS = 11
"""The number of columns, without ism."""


def write(path: str, regions: Regions, contigs: Contigs) -> None:
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
    more = [""] * len(taken) if taken.drop is None else [f"\t{format_number(drop)}" for drop in taken.drop.tolist()]
    text = [
        f"{names[contig]}\t{start}\t{end}\t{head}\t{score}\t{'+' if strand > 0 else '-'}\t"
        f"{weight:.6g}\t{distance}\t{site}\t{format_number(p)}\t{format_number(q)}{last}\n"
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


def read(path: str, contigs: Contigs | None = None) -> Regions:
    """Read the regions of a file that `write` wrote, or the intervals of any BED6.

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
    return parse(list(read_rows(read_text(path), path)), path, contigs)


def parse(rows: list[tuple[int, list[str]]], path: str, contigs: Contigs | None = None) -> Regions:
    """Read the regions of rows.

    An interval of a BED6 that `write` did not write has weight 1, offset 0 and site -1.

    Parameters
    ----------
    rows
        Line and columns of each row, six or more.
    path
        The name of the file, for messages alone.
    contigs
        The contigs of the genome; by default those that the rows name.

    Returns
    -------
    Regions
        The regions in the order of the rows.

    Raises
    ------
    FormatError
        With the line, if a row is malformed, or ends beyond its contig; also if none lies on these contigs.
    """
    wide = len(rows[0][1]) if rows else 0
    ours = wide in (N_COLUMNS, N_COLUMNS + 1)
    for number, fields in rows:
        if ours and len(fields) != wide:
            raise FormatError(
                path, number, f"{len(fields)} columns, but the first line has {wide}; all lines need the same columns"
            )
    rows, contig, names = _rows_on(rows, path, contigs)
    numbers = [number for number, _ in rows]
    columns = list(zip(*(fields for _, fields in rows), strict=ours)) if rows else [()] * N_COLUMNS

    def column(which: int, convert: Callable[[str], float], dtype: type, what: str) -> np.ndarray:
        return _column(columns[which], convert, dtype, f"column {which + 1} ({what})", path, numbers)

    start, end = column(1, parse_whole, np.int64, "the start"), column(2, parse_whole, np.int64, "the end")
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
            column(8, parse_whole, np.int64, "the site"),
            column(9, _parse_share, np.float64, "p"),
            column(10, _parse_share, np.float64, "q"),
            column(11, _parse_number_or_nan, np.float64, "ism") if wide > N_COLUMNS else None,
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


def _parse_integer(text: str) -> int:
    return -parse_whole(text[1:]) if text[:1] == "-" else parse_whole(text)


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
