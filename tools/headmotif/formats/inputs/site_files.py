"""Sites from BED6, GFF3, GTF, or a TSV with a header, recognised by content."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ...data import Contig, Contigs, Sites
from ...errors import FormatError
from ..contig_names import ContigNames
from ..features import bed, gff3, site_table
from ..files import lines, read_text
from ..sequences import fasta

LARGEST = 1e30
"""The largest strength: more cannot be a measurement, and float32 ends soon after."""
OTHER_KINDS = {
    "<": "this is HTML or XML, perhaps a web page saved instead of the file; download the table itself",
    ">": "this is FASTA; give sites as BED6, GFF3, GTF or TSV",
    "LOCUS ": "this is GenBank; give its features as GFF3",
    "PK\x03\x04": "this is a zip archive or an Excel sheet; save the table as tab-separated text",
    "{": "this is JSON; give sites as BED6, GFF3, GTF or TSV",
}
STRANDS = ("+", "-", ".", "?")
Row = tuple[int, str, int, int, str]
"""Line, contig, position (0-based), strand (+1 or -1), strength as written."""


@dataclass(frozen=True, eq=False)
class SiteFile:
    """The sites of a file, and what became of its rows.

    Attributes
    ----------
    sites
        The sites. `contig` is the index into the contigs given to `read`. Each position and strand comes once, in the
        order of its first row, with its largest strength.
    format
        BED, GFF3, GTF or TSV, or "label set".
    rows
        The number of features or lines that name a site.
    duplicates
        The number of rows that repeat a position and strand.
    left_out
        Reason and number of the features that were left out.
    circular
        The contigs that the file says are circular.
    """

    sites: Sites
    format: str
    rows: int
    duplicates: int
    left_out: tuple[tuple[str, int], ...]
    circular: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """What was read, in words."""
        return f"{len(self.sites):,} sites ({self.format}; {self.duplicates:,} duplicates dropped)"


def read(path: str, contigs: Contigs, *, feature: str | None = None, zero_based: bool = False) -> SiteFile:
    """Read the sites on the given contigs.

    Parameters
    ----------
    path
        The file, gzip or plain; "-" is standard input.
    contigs
        The contigs of the genome.
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
    text = read_text(path)
    kind = recognise_kind(text, path)
    left_out: dict[str, int] = {}
    circular: tuple[str, ...] = ()
    if kind in ("GFF3", "GTF"):
        features = gff3.parse(text, path)
        circular = features.circular
        refuse_other_assembly(features, contigs, path)
        lengths = {c.name: c.length for c in contigs if c.circular or c.name in circular}
        rows, left_out = gff3.sites(features, path, feature, lengths)
    elif kind == "BED":
        rows = bed.parse_sites(text, path)
    else:
        rows = site_table.parse_sites(text, path, zero_based)
    if not rows:
        reasons = "; ".join(f"{n:,} {reason} were left out" for reason, n in left_out.items())
        raise FormatError(path, None, f"this {kind} has no sites" + (f" ({reasons})" if reasons else ""))
    sites = _place_rows(rows, contigs, path, kind)
    unique = _drop_duplicates(sites)
    return SiteFile(unique, kind, len(rows), len(rows) - len(unique), tuple(left_out.items()), circular)


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
        BED, GFF3, GTF or TSV.

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
    if site_table.is_header(comment):
        return "TSV"
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
    if site_table.is_header(comment) or site_table.is_header(line):
        return "TSV"
    if (len(fields) >= 3 and all(numbers[1:3])) or (len(fields) >= 6 and fields[5] in STRANDS):
        return "BED"
    if re.match(r"\S+ +\d+[ \t]+\d+([ \t]|$)", line) or re.match(r"\S+\t+\d+ +\d+([ \t]|$)", line):
        raise FormatError(path, number, f"columns are separated by spaces; {bed.NOT_SIX}")
    if len(fields) == 1 and site_table.is_header(re.sub(r"[,;]| +", "\t", line)):
        raise FormatError(
            path, number, "the columns of this table are not separated by tabs; save it as tab-separated text"
        )
    if "\t" in line:
        return "TSV"
    known = "BED6, GFF3, GTF or TSV with a header (contig, position, strand)"
    raise FormatError(path, number, f"this is not a table of sites; give {known}, with columns separated by tabs")


def refuse_other_assembly(features: gff3.Features, contigs: Contigs, path: str) -> None:
    """Refuse features of another assembly, whose contigs may have the same names: contig_1 is in every assembly.

    Lengths (##sequence-region) and sequences (after ##FASTA) are compared with the genome's.

    Parameters
    ----------
    features
        The content of a GFF3 or GTF.
    contigs
        The contigs of the genome.
    path
        The name of the file, for messages alone.

    Raises
    ------
    FormatError
        With the line, if they differ.
    """
    known = {c.name: c for c in contigs}
    other = "these are features of another assembly; use those of this one"
    for name, (line, _first, last) in features.bounds.items():
        if name in known and last > known[name].length:
            raise FormatError(
                path, line, f"'{name}' has {last:,} nt here and {known[name].length:,} in the genome; {other}"
            )
    by_digest = {c.digest: c.name for c in contigs if c.digest}
    for name, digest in _digests(features, path).items():
        if name in known and known[name].digest not in ("", digest):
            raise FormatError(
                path, features.fasta_line, f"the sequence of '{name}' after ##FASTA is not that of the genome; {other}"
            )
        used = next((row.line for row in features.rows if row.contig == name), None)
        if name not in known and used and digest in by_digest:
            same = f"its sequence after ##FASTA is that of the genome's '{by_digest[digest]}'"
            raise FormatError(
                path, used, f"contig '{name}' is not in the genome, but {same}; use one name in both files"
            )


def _digests(features: gff3.Features, path: str) -> Mapping[str, str]:
    """Digests of the sequences after ##FASTA, if there are any."""
    if not features.fasta.strip():
        return {}
    try:
        return {name: fasta.digest(letters) for name, letters in fasta.parse(features.fasta.encode(), path)}
    except FormatError as error:
        line = None if error.line is None else error.line + features.fasta_line - 1
        raise FormatError(path, line, error.problem) from None


def _place_rows(rows: Sequence[Row], contigs: Contigs, path: str, kind: str) -> Sites:
    """The rows on these contigs as columns; the error names the first line with a wrong position or strength."""
    names = ContigNames(contigs, path, "sites")
    found: list[tuple[int, int, int, float]] = []
    for line, name, position, strand, score in rows:
        if (contig := names.find(name, line)) is None:
            continue
        if not 0 <= position < contigs[contig].length:
            raise FormatError(path, line, _explain_outside(position, contigs[contig], kind))
        found.append((contig, position, strand, _strength(score, path, line)))
    names.conclude()
    index, places, strands, strength = zip(*found, strict=True)
    return Sites(
        np.array(index, np.int32),
        np.array(places, np.int64),
        np.array(strands, np.int8),
        np.array(strength, np.float32),
    )


def _explain_outside(position: int, contig: Contig, kind: str) -> str:
    """In GFF3 and GTF alone a feature may continue over the origin of a circular contig."""
    more = "; if the contig is circular, add --circular" if kind in ("GFF3", "GTF") and not contig.circular else ""
    where = f"position {position + 1:,} (counted from 1) lies outside '{contig.name}', which has {contig.length:,} nt"
    return f"{where}; use the sites of this version of the genome{more}"


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
