"""GFF3 and GTF: sites by the type of feature, and which contigs are circles. 1-based and closed in the file
(https://github.com/The-Sequence-Ontology/Specifications/blob/master/gff3.md).

Nine columns separated by tabs: contig, source, type, start, end, score, strand, phase, attributes (`key=value;` in
GFF3, `key "value";` in GTF). Of a feature the 5' end on its strand is the site. Rows of one ID, contig, strand and
Parent are one feature, its 5'-most row counts; on a circle that is the row behind the widest gap, so that a feature
over the origin begins where it does. An end beyond a circle's length goes on from its origin. Of genes (`GENIC`),
pseudogenes are left out, and those whose 5' end is marked as lying off the contig.

What follows `##FASTA` (Prokka, Bakta) is kept as text. Not checked: phases, the ontology, that parents exist.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import unquote

from ...errors import FormatError
from ..files import lines

SIGN = {"+": 1, "-": -1}
SITE_TYPES = ("TSS", "transcription_start_site")
"""Features that are sites by themselves: what is taken where no feature is asked for."""
GENIC = ("CDS", "gene", "mRNA", "transcript", "exon", "start_codon")


@dataclass(frozen=True)
class Row:
    """One feature's line: start and end 0-based, half-open; strand as it stands."""

    line: int
    contig: str
    kind: str
    start: int
    end: int
    score: str
    strand: str
    attributes: Mapping[str, str]


@dataclass(frozen=True)
class Features:
    """All of a file. circular: contigs with Is_circular=true. fasta: what follows ##FASTA, and fasta_line, the line it
    begins in.

    bounds: line, first and last base (1-based, closed) of each ##sequence-region.
    """

    rows: tuple[Row, ...]
    circular: tuple[str, ...]
    bounds: Mapping[str, tuple[int, int, int]]
    fasta: str
    fasta_line: int


def parse(text: str, path: str) -> Features:
    """Read a GFF3 or GTF. Raises FormatError with the line that is malformed."""
    rows: list[Row] = []
    bounds: dict[str, tuple[int, int, int]] = {}
    every = list(lines(text))
    fasta_line = len(every) + 1
    for number, line in every:
        if line.startswith(("##FASTA", ">")):
            fasta_line = number + line.startswith("##FASTA")
            break
        if line.startswith("##sequence-region"):
            fields = line.split()
            if len(fields) == 4 and fields[2].isdecimal() and fields[3].isdecimal() and len(fields[3]) < 16:
                bounds[unquote(fields[1])] = (number, int(fields[2]), int(fields[3]))
        elif line.strip() and not line.startswith(("#", "track ", "browser ")):
            rows.append(_row(line, path, number))
    circular = dict.fromkeys(row.contig for row in rows if row.attributes.get("Is_circular", "").lower() == "true")
    return Features(
        tuple(rows), tuple(circular), bounds, "\n".join(line for _, line in every[fasta_line - 1 :]), fasta_line
    )


def _row(line: str, path: str, number: int) -> Row:
    fields = line.split("\t")
    if len(fields) != 9:
        hint = "; they must be separated by tabs, not spaces" if len(line.split()) >= 9 > len(fields) else ""
        raise FormatError(
            path, number, f"{len(fields)} column{'s' if len(fields) != 1 else ''} where GFF3 and GTF have nine{hint}"
        )
    contig, _source, kind, first, last, score, strand, _phase, attributes = fields
    if not all(cell.isascii() and cell.isdigit() and len(cell) < 16 for cell in (first, last)):
        raise FormatError(
            path, number, f"start and end must be whole numbers from 1, not '{first[:20]}' and '{last[:20]}'"
        )
    if not 1 <= int(first) <= int(last):
        raise FormatError(
            path, number, f"start {first} and end {last}: the start must be 1 or more, and not behind the end"
        )
    return Row(
        number, unquote(contig), unquote(kind), int(first) - 1, int(last), score, strand, _attributes(attributes)
    )


def _attributes(text: str) -> dict[str, str]:
    """Keys and values of column 9.

    >>> _attributes("ID=a%3Bb;pseudo=true") == {"ID": "a;b", "pseudo": "true"}
    True
    >>> _attributes('gene_id "x; y"; partial true;')
    {'gene_id': 'x; y', 'partial': 'true'}
    """
    if is_gtf(text):
        return {key: quoted or plain for key, quoted, plain in re.findall(r'([\w-]+)\s+(?:"([^"]*)"|([^;"\s]+))', text)}
    pairs = (part.strip().partition("=") for part in text.split(";") if "=" in part)
    return {unquote(key): unquote(value) for key, _, value in pairs}


def is_gtf(attributes: str) -> bool:
    """Whether column 9 is written as GTF's."""
    return re.match(r"\s*[\w-]+\s+(\"|[^\s;=]+\s*;)", attributes) is not None


SiteRow = tuple[int, str, int, int, str]
"""Line, contig, position (0-based), strand (+1 or -1), score as it stands."""


def sites(
    features: Features, path: str, feature: str | None, lengths: Mapping[str, int]
) -> tuple[list[SiteRow], dict[str, int]]:
    """The 5' ends of the features of one type, and how many were left out, by reason.

    feature: the type, by default that of a TSS. lengths: of the contigs that are circles. Raises FormatError where no
    feature has the type, and, with the line, where one has no strand.
    """
    kinds = (feature,) if feature else SITE_TYPES
    chosen = [row for row in features.rows if row.kind in kinds]
    if not chosen:
        raise FormatError(path, None, _no_such_feature(features.rows, feature))
    pseudo = pseudogenes(features.rows) if feature in GENIC else set()
    left_out = {"pseudogenes": 0, "with their 5' end off the contig": 0}
    found = []
    for rows in grouped(chosen):
        if rows[0].strand not in SIGN:
            problem = f"this {rows[0].kind} has no strand (column 7 is '{rows[0].strand[:10]}'); it must be + or -"
            raise FormatError(path, rows[0].line, problem)
        if feature in GENIC and any(is_pseudo(row) or pseudo & set(links(row)) for row in rows):
            left_out["pseudogenes"] += 1
            continue
        row = _first(rows, lengths.get(rows[0].contig))
        if feature in GENIC and _cut_off(row):
            left_out["with their 5' end off the contig"] += 1
            continue
        position = row.start if row.strand == "+" else row.end - 1
        length = lengths.get(row.contig, 0)
        if length <= position < 2 * length:
            position -= length
        found.append((row.line, row.contig, position, SIGN[row.strand], row.score))
    return found, {reason: n for reason, n in left_out.items() if n}


def grouped(rows: Iterable[Row]) -> list[list[Row]]:
    """Rows of one feature together, in the order of the first of each. GTF has no ID: its rows belong together by gene
    and transcript."""
    groups: dict[object, list[Row]] = {}
    for row in rows:
        own = row.attributes
        transcript = own.get("transcript_id") and (own.get("gene_id"), own["transcript_id"], own.get("protein_id"))
        identity = own.get("ID") or transcript or row.line
        groups.setdefault((row.contig, row.strand, row.kind, identity, own.get("Parent")), []).append(row)
    return list(groups.values())


def in_order(rows: list[Row], length: int | None) -> list[Row]:
    """Rows of one feature by their start, on a circle (length: its own, else None) from the row behind the widest gap
    on."""
    ordered = sorted(rows, key=lambda row: (row.start, row.end))
    if length is None or len(rows) == 1:
        return ordered
    gaps = [row.start - before.end for before, row in pairwise(ordered)]
    gaps.insert(0, ordered[0].start + length - max(row.end for row in ordered))
    after = gaps.index(max(gaps))
    return ordered[after:] + ordered[:after]


def _first(rows: list[Row], length: int | None) -> Row:
    """The row with the 5' end. length: the contig's, where it is a circle."""
    ordered = in_order(rows, length)
    if rows[0].strand == "+":
        return ordered[0]
    return max(rows, key=lambda row: row.end) if length is None else ordered[-1]


def pseudogenes(rows: Iterable[Row]) -> set[str]:
    """Identifiers of pseudogenes and of all that descends from them."""
    pseudo: set[str] = set()
    parents: dict[str, list[str]] = {}
    for row in rows:
        own = row.attributes.get("ID") or row.attributes.get("gene_id")
        if own and is_pseudo(row):
            pseudo.add(own)
        elif own and row.attributes.get("Parent"):
            parents[own] = links(row)
    grew = True
    while grew:
        new = {own for own, above in parents.items() if own not in pseudo and pseudo & set(above)}
        pseudo |= new
        grew = bool(new)
    return pseudo


def is_pseudo(row: Row) -> bool:
    own = row.attributes
    is_marked = own.get("pseudo", "").lower() == "true" or bool(own.get("pseudogene"))
    return (
        is_marked or row.kind == "pseudogene" or "pseudogene" in (own.get("gene_biotype", ""), own.get("biotype", ""))
    )


def links(row: Row) -> list[str]:
    """What a row belongs to: its parents, in GTF its gene."""
    return [*row.attributes.get("Parent", "").split(","), row.attributes.get("gene_id", "")]


def _cut_off(row: Row) -> bool:
    """RefSeq's mark of a feature whose 5' end lies beyond what was sequenced."""
    if row.strand == "+":
        return row.attributes.get("start_range", "").startswith(".,")
    return row.attributes.get("end_range", "").endswith(",.")


def _no_such_feature(rows: Iterable[Row], feature: str | None) -> str:
    count: dict[str, int] = {}
    for row in rows:
        count[row.kind] = count.get(row.kind, 0) + 1
    common = ", ".join(f"{kind} ({n:,})" for kind, n in sorted(count.items(), key=lambda item: (-item[1], item[0]))[:6])
    asked = f"of type '{feature}'" if feature else f"of type {' or '.join(SITE_TYPES)}"
    return f"no feature {asked}; " + (
        f"it has {common}: choose one with --feature" if count else "it has no features at all"
    )
