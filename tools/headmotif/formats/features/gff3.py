"""GFF3 and GTF: sites by the type of feature, and which contigs are circular. 1-based and closed in the file
(https://github.com/The-Sequence-Ontology/Specifications/blob/master/gff3.md).

Nine tab-separated columns: contig, source, type, start, end, score, strand, phase, attributes (`key=value;` in GFF3,
`key "value";` in GTF). The 5' end of a feature on its strand is the site.

Rows of one ID, contig, strand and Parent are one feature, and the site is that of the 5'-most row. On a circular contig
this is the row after the widest gap, so that a feature over the origin begins where it really does. An end beyond the
length of a circular contig continues from its origin. Of genes (`GENIC`), pseudogenes are left out, and those whose 5'
end is marked as lying off the contig.

Text after `##FASTA` (Prokka, Bakta) is kept. Not checked: phases, the ontology, that parents exist.
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
"""Types of features that are read as sites by default."""
GENIC = ("CDS", "gene", "mRNA", "transcript", "exon", "start_codon")


@dataclass(frozen=True)
class Row:
    """One line of a feature.

    Attributes
    ----------
    line
        The line of the file, from 1.
    contig
        The contig name.
    kind
        The type, column 3.
    start
        0-based.
    end
        Not included.
    score
        The score as written.
    strand
        The strand as written.
    attributes
        Column 9 by key.
    """

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
    """The content of a file.

    Attributes
    ----------
    rows
        The features, in the file's order.
    circular
        The contigs with Is_circular=true.
    bounds
        Line, first and last base (1-based, closed) of each ##sequence-region, by contig.
    fasta
        The text after ##FASTA.
    fasta_line
        The line in which that text begins.
    """

    rows: tuple[Row, ...]
    circular: tuple[str, ...]
    bounds: Mapping[str, tuple[int, int, int]]
    fasta: str
    fasta_line: int


def parse(text: str, path: str) -> Features:
    """Read a GFF3 or GTF.

    Parameters
    ----------
    text
        The content of the file.
    path
        The name of the file, for messages alone.

    Returns
    -------
    Features
        Its features, circular contigs and sequences.

    Raises
    ------
    FormatError
        With the line, if one is malformed.
    """
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
            path, number, f"{len(fields)} column{'s' if len(fields) != 1 else ''}, but GFF3 and GTF have nine{hint}"
        )
    contig, _source, kind, first, last, score, strand, _phase, attributes = fields
    if not all(cell.isascii() and cell.isdigit() and len(cell) < 16 for cell in (first, last)):
        raise FormatError(
            path, number, f"start and end must be whole numbers from 1, not '{first[:20]}' and '{last[:20]}'"
        )
    if not 1 <= int(first) <= int(last):
        raise FormatError(
            path, number, f"start {first} and end {last}: the start must be 1 or more, and not after the end"
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
    """Test whether column 9 is written as in GTF.

    Parameters
    ----------
    attributes
        The text of column 9.

    Returns
    -------
    bool
        True if a space separates key and value, false for GFF3's `key=value`.
    """
    return re.match(r"\s*[\w-]+\s+(\"|[^\s;=]+\s*;)", attributes) is not None


SiteRow = tuple[int, str, int, int, str]
"""Line, contig, position (0-based), strand (+1 or -1), score as written."""


def sites(
    features: Features, path: str, feature: str | None, lengths: Mapping[str, int]
) -> tuple[list[SiteRow], dict[str, int]]:
    """Find the 5' ends of the features of one type.

    Parameters
    ----------
    features
        The content of the file.
    path
        The name of the file, for messages alone.
    feature
        The type of feature; None for `SITE_TYPES`.
    lengths
        The lengths of the circular contigs, by name.

    Returns
    -------
    rows
        Line, contig, position (0-based), strand (+1 or -1) and score as written, of each site.
    left_out
        The number of features left out, by reason.

    Raises
    ------
    FormatError
        If no feature has the type; with the line, if one has no strand.
    """
    kinds = (feature,) if feature else SITE_TYPES
    chosen = [row for row in features.rows if row.kind in kinds]
    if not chosen:
        raise FormatError(path, None, _explain_missing_feature(features.rows, feature))
    pseudo = find_pseudogenes(features.rows) if feature in GENIC else set()
    left_out = {"pseudogenes": 0, "with a 5' end off the contig": 0}
    found = []
    for rows in group_rows(chosen):
        if rows[0].strand not in SIGN:
            problem = f"this {rows[0].kind} has no strand (column 7 is '{rows[0].strand[:10]}'); it must be + or -"
            raise FormatError(path, rows[0].line, problem)
        if feature in GENIC and any(is_pseudo(row) or pseudo & set(links(row)) for row in rows):
            left_out["pseudogenes"] += 1
            continue
        row = _find_first(rows, lengths.get(rows[0].contig))
        if feature in GENIC and _is_cut_off(row):
            left_out["with a 5' end off the contig"] += 1
            continue
        position = row.start if row.strand == "+" else row.end - 1
        length = lengths.get(row.contig, 0)
        if length <= position < 2 * length:
            position -= length
        found.append((row.line, row.contig, position, SIGN[row.strand], row.score))
    return found, {reason: n for reason, n in left_out.items() if n}


def group_rows(rows: Iterable[Row]) -> list[list[Row]]:
    """Group the rows that form one feature.

    GTF has no ID: its rows belong together by gene and transcript.

    Parameters
    ----------
    rows
        Rows, in the file's order.

    Returns
    -------
    list of list of Row
        The rows of each feature, in the order of the first row of each.
    """
    groups: dict[object, list[Row]] = {}
    for row in rows:
        own = row.attributes
        transcript = own.get("transcript_id") and (own.get("gene_id"), own["transcript_id"], own.get("protein_id"))
        identity = own.get("ID") or transcript or row.line
        groups.setdefault((row.contig, row.strand, row.kind, identity, own.get("Parent")), []).append(row)
    return list(groups.values())


def sort_rows(rows: list[Row], length: int | None) -> list[Row]:
    """Sort the rows of one feature by start.

    On a circular contig the order begins with the row after the widest gap.

    Parameters
    ----------
    rows
        The rows of one feature.
    length
        The length of the contig if it is circular, else None.

    Returns
    -------
    list of Row
        The rows, in order.
    """
    ordered = sorted(rows, key=lambda row: (row.start, row.end))
    if length is None or len(rows) == 1:
        return ordered
    gaps = [row.start - before.end for before, row in pairwise(ordered)]
    gaps.insert(0, ordered[0].start + length - max(row.end for row in ordered))
    after = gaps.index(max(gaps))
    return ordered[after:] + ordered[:after]


def _find_first(rows: list[Row], length: int | None) -> Row:
    """The row with the 5' end. length: that of the contig if it is circular."""
    ordered = sort_rows(rows, length)
    if rows[0].strand == "+":
        return ordered[0]
    return max(rows, key=lambda row: row.end) if length is None else ordered[-1]


def find_pseudogenes(rows: Iterable[Row]) -> set[str]:
    """Find pseudogenes and everything that descends from them.

    Parameters
    ----------
    rows
        The rows of a file.

    Returns
    -------
    set of str
        Their identifiers.
    """
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
    """Test whether a row is marked as a pseudogene.

    Parameters
    ----------
    row
        A row, alone: its parents do not count.

    Returns
    -------
    bool
        Whether its type or its attributes say so.
    """
    own = row.attributes
    is_marked = own.get("pseudo", "").lower() == "true" or bool(own.get("pseudogene"))
    return (
        is_marked or row.kind == "pseudogene" or "pseudogene" in (own.get("gene_biotype", ""), own.get("biotype", ""))
    )


def links(row: Row) -> list[str]:
    """List what a row belongs to.

    Parameters
    ----------
    row
        A row.

    Returns
    -------
    list of str
        The identifiers of its parents, and in GTF that of its gene; some may be "".
    """
    return [*row.attributes.get("Parent", "").split(","), row.attributes.get("gene_id", "")]


def _is_cut_off(row: Row) -> bool:
    """Whether RefSeq marks the 5' end as lying beyond the sequence."""
    if row.strand == "+":
        return row.attributes.get("start_range", "").startswith(".,")
    return row.attributes.get("end_range", "").endswith(",.")


def _explain_missing_feature(rows: Iterable[Row], feature: str | None) -> str:
    count: dict[str, int] = {}
    for row in rows:
        count[row.kind] = count.get(row.kind, 0) + 1
    common = ", ".join(f"{kind} ({n:,})" for kind, n in sorted(count.items(), key=lambda item: (-item[1], item[0]))[:6])
    asked = f"of type '{feature}'" if feature else f"of type {' or '.join(SITE_TYPES)}"
    return f"no feature {asked}; " + (
        f"this file has {common}: choose one with --feature" if count else "this file has no features at all"
    )
