"""Sites from BED6, GFF3, GTF, a table with a header, or the files of TSS and peak callers, recognised by content."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...data import Annotation, Contig, Contigs, Sites
from ...errors import FormatError
from ...notices import warn
from ..contig_names import ContigNames
from ..features import bed, gff3, peaks, regulondb, site_table, tsspredator
from ..files import lines, read_text
from ..tables import user_table
from . import annotations, feature_sites

LARGEST = 1e30
"""The largest strength: more cannot be a measurement, and float32 ends soon after."""
OTHER_KINDS = {
    "<": "this is HTML or XML, perhaps a web page saved instead of the file; download the table itself",
    ">": "this is FASTA; give sites as BED6, GFF3, GTF or TSV",
    "LOCUS ": "this is GenBank; give its features as GFF3",
    "{": "this is JSON; give sites as BED6, GFF3, GTF or TSV",
}
STRANDS = ("+", "-", ".", "?")
Row = tuple[int, str, int, int, str]
"""Line, contig ("" if the file names none), position (0-based), strand (+1, -1, or 0 for both), strength as written."""
TAKEN = {
    "TSSpredator": "TSSpredator: Pos, strength stepHeight",
    "RegulonDB": "RegulonDB: promoters",
    "narrowPeak": "narrowPeak: summits, strength signalValue",
    "broadPeak": "broadPeak: centres, strength signalValue",
    "MACS": "MACS: peaks, strength fold_enrichment",
}
"""What is read of the files of other programs, in words."""


@dataclass(frozen=True, eq=False)
class SiteFile:
    """The sites of a file, and what became of its rows.

    Attributes
    ----------
    sites
        The sites. `contig` is the index into the contigs given to `read`. Each position and strand comes once, in the
        order of its first row, with its largest strength.
    format
        BED, GFF3, GTF, TSV, CSV or "label set"; of other programs, their name and what is taken (`TAKEN`).
    rows
        The number of features or lines that name a site.
    duplicates
        The number of rows that repeat a position and strand.
    """

    sites: Sites
    format: str
    rows: int
    duplicates: int

    @property
    def summary(self) -> str:
        """What was read, in words."""
        return f"{len(self.sites):,} sites ({self.format}; {self.duplicates:,} duplicates dropped)"


@dataclass(frozen=True, eq=False)
class SiteTable:
    """A table of sites that is still to be placed on a genome.

    Attributes
    ----------
    path
        The file as the user gave it.
    format
        BED, GFF3, GTF or TSV.
    rows
        The rows of a BED or TSV.
    annotation
        The features of a GFF3 or GTF, else None.
    feature
        The type of feature whose 5' ends are the sites; "" for TSS.
    may_be_empty
        Whether a table without sites is no mistake, as of a prediction that has no calls.
    """

    path: str
    format: str
    rows: Sequence[Row] = ()
    annotation: Annotation | None = None
    feature: str = ""
    may_be_empty: bool = False


def read(path: str, contigs: Contigs, *, feature: str | None = None, zero_based: bool = False) -> SiteFile:
    """Read the sites on the given contigs.

    Parameters
    ----------
    path
        The file, gzip or plain; "-" is standard input.
    contigs
        The contigs of the genome. What the file says of their topology counts as well.
    feature
        In GFF3 and GTF, the type of feature whose 5' ends are the sites; None for TSS.
    zero_based
        Whether the first base of a contig is position 0 in a TSV, not 1.

    Returns
    -------
    SiteFile
        The sites.

    Raises
    ------
    FormatError
        With the line, if the file is malformed or of another genome; also if it holds no site.
    """
    table = load(path, contigs.names, feature or "", zero_based)
    return place(table, annotations.close_contigs(contigs, [table.annotation]))


def load(
    path: str, names: Sequence[str], feature: str = "", zero_based: bool = False, may_be_empty: bool = False
) -> SiteTable:
    """Read a table of sites, which `place` puts on a genome.

    Parameters
    ----------
    path
        As in `read`.
    names
        The contig names of the genome.
    feature
        As in `read`; "" for TSS.
    zero_based
        As in `read`.
    may_be_empty
        Whether a table without sites is no mistake; the user is warned.

    Returns
    -------
    SiteTable
        The table.

    Raises
    ------
    FormatError
        With the line, if the file is malformed.
    """
    text = read_text(path)
    if may_be_empty and not any(line.strip() and not line.startswith(bed.SKIPPED) for _, line in lines(text)):
        return SiteTable(path, "empty", may_be_empty=True)
    kind = recognise_kind(text, path)
    if kind in ("GFF3", "GTF"):
        return SiteTable(path, kind, annotation=gff3.parse(text, path), feature=feature)
    return SiteTable(path, *_read_rows(kind, text, path, names, zero_based), may_be_empty=may_be_empty)


def place(table: SiteTable, contigs: Contigs) -> SiteFile:
    """Place the sites of a table on a genome.

    Parameters
    ----------
    table
        The table.
    contigs
        The contigs of the genome, with their topology (`annotations.declare_circular`).

    Returns
    -------
    SiteFile
        The sites.

    Raises
    ------
    FormatError
        As `read`.
    """
    rows = table.rows
    if table.annotation is not None:
        rows = feature_sites.find_sites(table.annotation, table.feature, contigs)
    if not rows and not table.may_be_empty:
        raise FormatError(table.path, None, f"this {table.format} has no sites")
    if not rows:
        warn(table.path, "this file has no sites")
        return SiteFile(_list_sites([]), table.format, 0, 0)
    sites = _place_rows(_name_only_contig(rows, contigs, table.path), contigs, table.path)
    unique = _drop_duplicates(sites)
    duplicates = (len(sites) - len(unique)) // (1 if rows[0][3] else 2)
    return SiteFile(unique, TAKEN.get(table.format, table.format), len(rows), duplicates)


def _read_rows(kind: str, text: str, path: str, names: Sequence[str], zero_based: bool) -> tuple[str, list[Row]]:
    """The rows of a file that is not GFF3 or GTF, and its format, which for BED is told by all rows together."""
    if kind == "TSSpredator":
        return kind, tsspredator.parse_sites(text, path, names)
    if kind == "RegulonDB":
        return kind, regulondb.parse_sites(text, path)
    if kind == "MACS":
        return kind, _take_centres(peaks.parse_macs(text, path), path)
    if kind != "BED":
        return kind, site_table.parse_sites(text, path, zero_based)
    found = peaks.parse_bed(list(bed.read_rows(text, path, 3)), path)
    if found is None:
        return kind, bed.parse_sites(text, path)
    return found.format, _take_centres(found, path)


def _take_centres(found: peaks.Peaks, path: str) -> list[Row]:
    """The summit or the centre of each peak, and a word to the user about what is not in the file."""
    n, without = len(found.peaks), len(found.peaks) - found.n_summits
    is_single = all(peak.end - peak.start == 1 for peak in found.peaks)
    if 0 < without < n:
        warn(path, f"{without:,} of {n:,} peaks have no summit; their centres are taken")
    if not found.are_stranded:
        what = "base" if is_single else "summit" if found.n_summits else "centre"
        more = "" if is_single or found.n_summits else ", since peaks have no summit here"
        warn(path, f"there are no strands; each {what} is taken as a site on both strands{more}")
    return [(peak.line, peak.contig, peak.centre, peak.strand, peak.strength) for peak in found.peaks]


def _name_only_contig(rows: Sequence[Row], contigs: Contigs, path: str) -> Sequence[Row]:
    """The rows, on the only contig of the genome if they name none."""
    if any(row[1] for row in rows):
        return rows
    if len(contigs) > 1:
        problem = f"there is no column of contigs, and the genome has {len(contigs)}; add a column contig"
        raise FormatError(path, rows[0][0], problem)
    warn(path, f"no contigs are named; all rows are read as on '{contigs[0].name}', the only contig of the genome")
    return [(line, contigs[0].name, position, strand, score) for line, _, position, strand, score in rows]


def recognise_kind(text: str, path: str) -> str:
    """Recognise the format of a table of sites by its first rows.

    Parameters
    ----------
    text
        The content of the file.
    path
        The name of the file, for messages alone.

    Returns
    -------
    str
        BED, GFF3, GTF, TSV, CSV, TSSpredator, RegulonDB or MACS.

    Raises
    ------
    FormatError
        If it is none of them.
    """
    comment = ""
    for number, line in lines(text):
        if not line.strip():
            continue
        if line.startswith("##gff-version"):
            return "GTF" if re.match(r"##gff-version\s+2", line) else "GFF3"
        if line.startswith(bed.SKIPPED):
            comment = line
            continue
        return _kind(line, comment, path, number)
    if kind := _table_kind(comment):
        return kind
    raise FormatError(
        path,
        None,
        f"this file {'has no sites' if comment else 'is empty'}; give sites as BED6, GFF3, GTF or TSV",
    )


def _kind(line: str, comment: str, path: str, number: int) -> str:
    """The format that a first row, and the comment right before it, belong to."""
    for start, problem in OTHER_KINDS.items():
        if line.lstrip().startswith(start):
            raise FormatError(path, number, problem)
    fields = line.split("\t")
    numbers = [re.fullmatch(r"\d+", field) is not None for field in fields]
    if len(fields) == 9 and fields[6] in STRANDS and not all(numbers[1:3]):
        return "GTF" if gff3.is_gtf(fields[8]) else "GFF3"
    if kind := _comment_kind(comment, line) or _table_kind(line):
        return kind
    if regulondb.is_row(fields):
        return "RegulonDB"
    if (len(fields) >= 3 and all(numbers[1:3])) or (len(fields) >= 6 and fields[5] in STRANDS):
        return "BED"
    if re.match(r"\S+ +\d+[ \t]+\d+([ \t]|$)", line) or re.match(r"\S+\t+\d+ +\d+([ \t]|$)", line):
        raise FormatError(path, number, f"columns are separated by spaces; {bed.NOT_SIX}")
    if len(fields) == 1 and _table_kind(re.sub(r" +", "\t", line)):
        raise FormatError(
            path, number, "the columns of this table are not separated by tabs; save it as tab-separated text"
        )
    if "\t" in line:
        return "TSV"
    if user_table.find_header(line, lambda names: len(site_table.find_columns(names)) > 1):
        return "CSV"
    known = "BED6, GFF3, GTF or a table with a header (contig, position, strand)"
    raise FormatError(path, number, f"this is not a table of sites; give {known}, with columns separated by tabs")


def _table_kind(line: str) -> str:
    """The format that a header line belongs to, "" for none."""
    if user_table.find_header(line, tsspredator.is_header):
        return "TSSpredator"
    if user_table.find_header(line, peaks.is_macs_header):
        return "MACS"
    if found := user_table.find_header(line, site_table.is_header):
        return "TSV" if found[0] == "\t" else "CSV"
    return ""


def _comment_kind(comment: str, line: str) -> str:
    """The format that a comment right before the first row belongs to: a header there must name everything, and have
    the separator of the row, since comments are prose as well."""
    kind = _table_kind(comment)
    whole = user_table.find_header(comment, lambda names: set(site_table.NEEDED) <= set(site_table.find_columns(names)))
    is_whole = kind not in ("TSV", "CSV") or whole is not None
    return kind if is_whole and any(separator in comment and separator in line for separator in "\t,;") else ""


def recognise_table(text: str) -> str:
    """Recognise a table of sites or peaks by its header.

    Parameters
    ----------
    text
        The content of the file.

    Returns
    -------
    str
        TSV, CSV, TSSpredator or MACS, as the first line that is no comment is; "" if it is the header of none.
    """
    return _table_kind(next((line for _, line in lines(text) if line.strip() and not line.startswith("#")), ""))


def _place_rows(rows: Sequence[Row], contigs: Contigs, path: str) -> Sites:
    """The rows on these contigs as columns; the error names the first line with a wrong position or strength."""
    names = ContigNames(contigs, path, "sites")
    found: list[tuple[int, int, int, float]] = []
    for line, name, position, strand, score in rows:
        if (contig := names.find(name, line)) is None:
            continue
        if not 0 <= position < contigs[contig].length:
            raise FormatError(path, line, _explain_outside(position, contigs[contig]))
        value = _strength(score, path, line)
        found.extend((contig, position, sign, value) for sign in ((strand,) if strand else (1, -1)))
    names.conclude()
    return _list_sites(found)


def _list_sites(rows: Sequence[tuple[int, int, int, float]]) -> Sites:
    """Contig, position, strand and strength of each site as columns."""
    index, places, strands, strength = zip(*rows, strict=True) if rows else ((), (), (), ())
    return Sites(
        np.array(index, np.int32),
        np.array(places, np.int64),
        np.array(strands, np.int8),
        np.array(strength, np.float32),
    )


def _explain_outside(position: int, contig: Contig) -> str:
    where = f"position {position + 1:,} (counted from 1) lies outside '{contig.name}', which has {contig.length:,} nt"
    return f"{where}; use the sites of this version of the genome"


def _strength(score: str, path: str, line: int) -> float:
    if score == ".":
        return math.nan
    try:
        value = float(score)
    except ValueError:
        value = math.inf
    if "_" in score or not -LARGEST < value < LARGEST:
        raise FormatError(path, line, f"the score '{score[:20]}' is not a finite number; write '.' for no score")
    return value


def _drop_duplicates(sites: Sites) -> Sites:
    """Each position and strand once, in the order of its first row, with the largest strength."""
    key = np.stack([sites.contig, sites.position, sites.strand], axis=1)
    _, first, inverse = np.unique(key, axis=0, return_index=True, return_inverse=True)
    largest = np.full(len(first), -np.inf, np.float32)
    np.fmax.at(largest, inverse.ravel(), sites.strength)
    largest[np.isneginf(largest)] = np.nan
    order = np.argsort(first)
    rows = first[order]
    return Sites(sites.contig[rows], sites.position[rows], sites.strand[rows], largest[order])
