"""Regions of heads, as BED6+5. 0-based, half-open, tab-separated, as in `bed`.

The name is the head (L1H3); the score is 1000 times the weight, rounded and clipped. Then follow weight (%.6g), offset,
site (0-based), p and q ("." if not tested). With in-silico mutagenesis the last column is ism, the drop of the site's
logit. A region over the origin of a circular contig is two lines of one name. A line with # names the columns.
"""

import contextlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np

from ...data import Contigs, Regions
from ...errors import FormatError
from ..contig_names import ContigNames
from ..files import decode_text, lines, read_bytes
from ..output_files import write_text
from ..whole_numbers import DIGITS
from . import cells
from .bed import SIGN, format_number, is_row, read_rows

HEADER = "#contig\tstart\tend\tname\tscore\tstrand\tweight\toffset\tsite\tp\tq"
N_COLUMNS = 11
"""The number of columns, without ism."""
OUR_COLUMNS = (N_COLUMNS, N_COLUMNS + 1)
N_BED6 = 6


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
    raw = read_bytes(path)
    if contigs:
        with contextlib.suppress(cells.NotPlain):
            return read_plain(raw, contigs)
    return parse(split(decode_text(raw, path), path), path, contigs)


def read_plain(raw: bytes, contigs: Contigs) -> Regions:
    """Read the regions of a file that is as `write` writes it, several times faster than line by line.

    Parameters
    ----------
    raw
        The content of the file.
    contigs
        The contigs of the genome.

    Returns
    -------
    Regions
        The regions in the file's order.

    Raises
    ------
    NotPlain
        If there is any mistake, another format, or a contig that the genome does not have. `parse` says what is wrong.
    """
    header = HEADER.encode()
    n_columns = N_COLUMNS if raw.startswith(header + b"\n") else N_COLUMNS + 1
    found = cells.find_cells(raw, header + (b"\n" if n_columns == N_COLUMNS else b"\tism\n"), n_columns)
    place = {name: index for name, index in contigs.index_of.items() if is_row(name)}
    named = [place.get(name) for name in cells.read_words(found, 0).tolist()]
    if None in named:
        raise cells.NotPlain
    contig = np.array(named, np.int32)
    start, end, site = (cells.read_wholes(found, column) for column in (1, 2, 8))
    p, q = (cells.read_numbers(found, column, unknown=True) for column in (9, 10))
    shares = np.concatenate([p, q])
    if (end <= start).any() or (end > contigs.lengths[contig]).any() or (shares < 0).any() or (shares > 1).any():
        raise cells.NotPlain
    return Regions(
        contigs.names, contig, start, end,
        head=cells.read_words(found, 3),
        strand=cells.read_signs(found, 5, SIGN),
        weight=cells.read_numbers(found, 6),
        offset=cells.read_wholes(found, 7, signed=True),
        site=site, p=p, q=q,
        drop=cells.read_numbers(found, 11, unknown=True) if n_columns > N_COLUMNS else None,
    )  # fmt: skip


@dataclass(frozen=True)
class Table:
    """The cells of a BED.

    Attributes
    ----------
    lines
        The line of each row, from 1.
    columns
        The texts of each column, six columns or more.
    """

    lines: Sequence[int]
    columns: Sequence[Sequence[str]]


def split(text: str, path: str) -> Table:
    """Split a BED into columns.

    Parameters
    ----------
    text
        The content of the file.
    path
        The name of the file, for messages alone.

    Returns
    -------
    Table
        The columns that all rows have.

    Raises
    ------
    FormatError
        With the line, if it has fewer than six columns, or another number than the first line, which is that of
        `write`.
    """
    rows = [(number, line) for number, line in lines(text) if is_row(line)]
    widths = {line.count("\t") + 1 for _, line in rows}
    if len(widths) == 1 and (width := min(widths)) >= N_BED6:  # cut at once: ten times faster than line by line
        texts = "\t".join([line for _, line in rows]).split("\t")
        return Table([number for number, _ in rows], [texts[i::width] for i in range(width)])
    fields = list(read_rows(text, path))
    width = len(fields[0][1]) if fields else N_COLUMNS
    uneven = next(((number, row) for number, row in fields if len(row) != width), None)
    if uneven and width in OUR_COLUMNS:
        number, row = uneven
        problem = f"{len(row)} columns, but the first line has {width}; all lines need the same columns"
        raise FormatError(path, number, problem)
    columns = list(zip(*(row for _, row in fields), strict=False)) or [()] * width
    return Table([number for number, _ in fields], columns)


def parse(table: Table, path: str, contigs: Contigs | None = None) -> Regions:
    """Read the regions of a table.

    An interval of a BED6 that `write` did not write has weight 1, offset 0 and site -1.

    Parameters
    ----------
    table
        The cells.
    path
        The name of the file, for messages alone.
    contigs
        The contigs of the genome; by default those that the table names.

    Returns
    -------
    Regions
        The regions in the order of the rows.

    Raises
    ------
    FormatError
        With the line, if a row is malformed, or ends beyond its contig; also if none lies on these contigs.
    """
    table, contig, names = _take_known(table, path, contigs)
    width, n = len(table.columns), len(table.lines)

    def column(which: int, convert: Convert, what: str) -> np.ndarray:
        return _convert(table, which, convert, f"column {which + 1} ({what})", path)

    start, end = column(1, _parse_wholes, "the start"), column(2, _parse_wholes, "the end")
    length = contigs.lengths if contigs else np.full(max(len(names), 1), np.iinfo(np.int64).max)
    _refuse(end <= start, path, table.lines, lambda i: f"the end ({end[i]}) is not after the start ({start[i]})")
    _refuse(
        end > length[contig],
        path,
        table.lines,
        lambda i: f"the end ({end[i]}) lies beyond '{table.columns[0][i]}' of {length[contig[i]]:,} nt",
    )
    strand = column(5, _parse_strands, "the strand, + or -")
    head = np.array(table.columns[3], str)
    unknown = np.full(n, np.nan)
    rest: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray | None]
    if width not in OUR_COLUMNS:
        rest = (np.ones(n), np.zeros(n, np.int64), np.full(n, -1, np.int64), unknown, unknown, None)
    else:
        rest = (
            column(6, _parse_numbers, "the weight"),
            column(7, _parse_integers, "the offset"),
            column(8, _parse_wholes, "the site"),
            column(9, _parse_shares, "p"),
            column(10, _parse_shares, "q"),
            column(11, _parse_known_numbers, "ism") if width > N_COLUMNS else None,
        )
    return Regions(names, contig, start, end, head, strand, *rest)


def _take_known(table: Table, path: str, contigs: Contigs | None) -> tuple[Table, np.ndarray, tuple[str, ...]]:
    """The rows on the contigs, the index of the contig of each, int32, and the contig names; without contigs, those
    that the rows name."""
    column = table.columns[0]
    counts = Counter(column)
    if contigs is None:
        place: dict[str, int | None] = {name: index for index, name in enumerate(counts)}
    else:
        known = ContigNames(contigs, path, "regions")
        place = {name: known.find(name, table.lines[column.index(name)], count) for name, count in counts.items()}
        known.conclude()
    if None in place.values():
        kept = [place[name] is not None for name in column]
        table = Table(list(compress(table.lines, kept)), [list(compress(texts, kept)) for texts in table.columns])
    found = np.array([place[name] for name in table.columns[0]], np.int32)
    return table, found, contigs.names if contigs else tuple(counts)


Convert = Callable[[Sequence[str]], np.ndarray]
"""Makes an array of the texts of a column; raises ValueError if one of them is wrong."""


def _parse_wholes(texts: Sequence[str]) -> np.ndarray:
    every = "".join(texts)
    if texts and not (every.isascii() and every.isdigit() and all(texts) and max(map(len, texts)) <= DIGITS):
        raise ValueError
    return np.array(list(map(int, texts)), np.int64)


def _parse_integers(texts: Sequence[str]) -> np.ndarray:
    negative = np.array([text.startswith("-") for text in texts], bool)
    return _parse_wholes([text.removeprefix("-") for text in texts]) * np.where(negative, -1, 1)


def _parse_strands(texts: Sequence[str]) -> np.ndarray:
    if not set(texts) <= set(SIGN):
        raise ValueError
    return np.array([SIGN[text] for text in texts], np.int8)


def _parse_numbers(texts: Sequence[str]) -> np.ndarray:
    values = np.array(list(map(float, texts)), np.float64)
    if not np.isfinite(values).all() or "_" in "".join(texts):
        raise ValueError
    return values


def _parse_known_numbers(texts: Sequence[str]) -> np.ndarray:
    """Numbers, NaN for "."."""
    known = np.array([text != "." for text in texts], bool)
    values = np.full(len(texts), np.nan)
    values[known] = _parse_numbers(list(compress(texts, known)))
    return values


def _parse_shares(texts: Sequence[str]) -> np.ndarray:
    values = _parse_known_numbers(texts)
    if (values < 0).any() or (values > 1).any():
        raise ValueError
    return values


def _convert(table: Table, which: int, convert: Convert, what: str, path: str) -> np.ndarray:
    """One column as an array; the error names the first line that does not convert."""
    texts = table.columns[which]
    try:
        return convert(texts)
    except ValueError:
        wrong = next(i for i, text in enumerate(texts) if not _converts(convert, text))
        problem = f"{what} cannot be '{texts[wrong][:20]}'; correct it"
        raise FormatError(path, table.lines[wrong], problem) from None


def _converts(convert: Convert, text: str) -> bool:
    try:
        convert([text])
    except ValueError:
        return False
    return True


def _refuse(wrong: np.ndarray, path: str, numbers: Sequence[int], problem: Callable[[int], str]) -> None:
    if wrong.any():
        first = int(wrong.argmax())
        raise FormatError(path, numbers[first], problem(first))
