"""Sites from any table that holds them, recognised by what is in it: BED6, GFF3, GTF, or a TSV with a header."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ...data import Contig, Contigs, Sites
from ...errors import FormatError
from ..contig_names import not_in_genome
from ..features import bed, gff3, site_table
from ..files import lines, read_text
from ..sequences import fasta

LARGEST = 1e30
"""Beyond it a strength is no measurement, and soon no float32."""
OTHER_KINDS = {
    "<": "this is HTML or XML, perhaps a web page saved in the place of the file; download the table itself",
    ">": "this is FASTA; sites are wanted here, as BED6, GFF3, GTF or TSV",
    "LOCUS ": "this is GenBank; give its features as GFF3",
    "PK\x03\x04": "this is a zip archive or an Excel sheet; save the table as tab-separated text",
    "{": "this is JSON; give sites as BED6, GFF3, GTF or TSV",
}
STRANDS = ("+", "-", ".", "?")
Row = tuple[int, str, int, int, str]
"""Line, contig, position (0-based), strand (+1 or -1), strength as it stands."""


@dataclass(frozen=True, eq=False)
class SiteFile:
    """The sites of a file, and what became of its rows.

    sites: contig is the index into the contigs given to `read`; each place and strand once, in the order of their first
    rows, with the largest strength. rows: features or lines that name a site. duplicates: rows of a place and strand
    named before. left_out: (reason, number of features). circular: contigs that the file says are circles.
    """

    sites: Sites
    format: str
    rows: int
    duplicates: int
    left_out: tuple[tuple[str, int], ...]
    circular: tuple[str, ...] = ()


def read(path: str, contigs: Contigs, *, feature: str | None = None, zero_based: bool = False) -> SiteFile:
    """Read sites on the given contigs; gzip or plain, "-" is standard input.

    feature: the type of feature whose 5' ends are the sites, in GFF3 and GTF (default: TSS). zero_based: how a TSV
    counts. Raises FormatError, with the line, where the file is malformed, of another genome, or without sites.
    """
    text = read_text(path)
    kind = recognised(text, path)
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
        raise FormatError(path, None, f"this {kind} holds no site" + (f" ({reasons})" if reasons else ""))
    sites = _placed(rows, contigs, path, kind)
    unique = _unique(sites)
    return SiteFile(unique, kind, len(rows), len(rows) - len(unique), tuple(left_out.items()), circular)


def recognised(text: str, path: str) -> str:
    """BED, GFF3, GTF or TSV, by the first line that says something. Raises FormatError where it is none of them."""
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
    if site_table.recognised(comment):
        return "TSV"
    raise FormatError(
        path,
        None,
        f"this file {'holds no site' if comment else 'is empty'}; sites as BED6, GFF3, GTF or TSV are needed",
    )


def _kind(line: str, comment: str, path: str, number: int) -> str:
    """The kind of file that a first row, and the comment right before it, belong to."""
    for start, problem in OTHER_KINDS.items():
        if line.lstrip().startswith(start):
            raise FormatError(path, number, problem)
    fields = line.split("\t")
    numbers = [re.fullmatch(r"\d+", field) is not None for field in fields]
    if len(fields) == 9 and fields[6] in STRANDS and not all(numbers[1:3]):
        return "GTF" if gff3.is_gtf(fields[8]) else "GFF3"
    if site_table.recognised(comment) or site_table.recognised(line):
        return "TSV"
    if (len(fields) >= 3 and all(numbers[1:3])) or (len(fields) >= 6 and fields[5] in STRANDS):
        return "BED"
    if re.match(r"\S+ +\d+[ \t]+\d+([ \t]|$)", line) or re.match(r"\S+\t+\d+ +\d+([ \t]|$)", line):
        raise FormatError(path, number, f"columns are separated by spaces; {bed.NOT_SIX}")
    if len(fields) == 1 and site_table.recognised(re.sub(r"[,;]| +", "\t", line)):
        raise FormatError(
            path, number, "the columns of this table are not separated by tabs; save it as tab-separated text"
        )
    if "\t" in line:
        return "TSV"
    known = "BED6, GFF3, GTF or TSV with a header (contig, position, strand)"
    raise FormatError(path, number, f"this is no table of sites; give {known}, columns separated by tabs")


def refuse_other_assembly(features: gff3.Features, contigs: Contigs, path: str) -> None:
    """A name can be the same where the sequence is not: contig_1 is in every assembly."""
    known = {c.name: c for c in contigs}
    other = "these are features of another assembly; take those of this one"
    for name, (line, _first, last) in features.bounds.items():
        if name in known and last > known[name].length:
            raise FormatError(
                path, line, f"'{name}' has {last:,} nt here and {known[name].length:,} in the genome; {other}"
            )
    by_digest = {c.digest: c.name for c in contigs if c.digest}
    for name, digest in _digests(features, path).items():
        if name in known and known[name].digest not in ("", digest):
            raise FormatError(
                path, features.fasta_line, f"the sequence of '{name}' after ##FASTA is not the genome's; {other}"
            )
        used = next((row.line for row in features.rows if row.contig == name), None)
        if name not in known and used and digest in by_digest:
            same = f"its sequence after ##FASTA is that of the genome's '{by_digest[digest]}'"
            raise FormatError(path, used, f"contig '{name}' is not in the genome, but {same}; name both alike")


def _digests(features: gff3.Features, path: str) -> Mapping[str, str]:
    """Digests of the sequences after ##FASTA, none where there are none."""
    if not features.fasta.strip():
        return {}
    try:
        return {name: fasta.digest(letters) for name, letters in fasta.parse(features.fasta.encode(), path)}
    except FormatError as error:
        line = None if error.line is None else error.line + features.fasta_line - 1
        raise FormatError(path, line, error.problem) from None


def _placed(rows: Sequence[Row], contigs: Contigs, path: str, kind: str) -> Sites:
    """Rows as columns; raises FormatError with the line of the first that lies on no contig, beyond its end, or has no
    proper strength."""
    place = {c.name: index for index, c in enumerate(contigs)}
    index = np.empty(len(rows), np.int32)
    strength = np.empty(len(rows), np.float32)
    for i, (line, name, position, _strand, score) in enumerate(rows):
        contig = place.get(name)
        if contig is None:
            raise FormatError(path, line, not_in_genome(name, contigs.names))
        if not 0 <= position < contigs[contig].length:
            raise FormatError(path, line, _outside(position, contigs[contig], kind))
        index[i], strength[i] = contig, _strength(score, path, line)
    places, strands = np.array([row[2] for row in rows], np.int64), np.array([row[3] for row in rows], np.int8)
    return Sites(index, places, strands, strength)


def _outside(position: int, contig: Contig, kind: str) -> str:
    """Only GFF3 and GTF let a feature go on beyond the origin of a circle."""
    more = "; if it is a circle, say so with --circular" if kind in ("GFF3", "GTF") and not contig.circular else ""
    where = f"position {position + 1:,} (counted from 1) lies outside '{contig.name}', which has {contig.length:,} nt"
    return f"{where}; take the sites of this version of the genome{more}"


def _strength(score: str, path: str, line: int) -> float:
    if score == ".":
        return math.nan
    try:
        value = float(score)
    except ValueError:
        value = math.inf
    if "_" in score or not -LARGEST < value < LARGEST:
        raise FormatError(path, line, f"the score '{score[:20]}' is not a finite number; write '.' where there is none")
    return value


def _unique(sites: Sites) -> Sites:
    """Each place and strand once, at its first row's place in the order, with the largest strength."""
    key = np.stack([sites.contig, sites.position, sites.strand], axis=1)
    _, first, inverse = np.unique(key, axis=0, return_index=True, return_inverse=True)
    largest = np.full(len(first), -np.inf, np.float32)
    np.fmax.at(largest, inverse.ravel(), sites.strength)
    largest[np.isneginf(largest)] = np.nan
    order = np.argsort(first)
    rows = first[order]
    return Sites(sites.contig[rows], sites.position[rows], sites.strand[rows], largest[order])
