"""Rows of the GFF3 files that headmotif writes: the head of the file, landmarks, the codes of reserved characters
(https://github.com/The-Sequence-Ontology/Specifications/blob/master/gff3.md).

Rows are sorted by contig and start, so that tabix indexes them. A circular contig has a row of its own, a `region`
with `Is_circular=true`, as the format asks. A feature over its origin ends beyond the length of the contig.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import quote

from ...data import Contig

RESERVED = re.compile(r"[\x00-\x1f\x7f%;=&,]")
"""Characters that a value may only have as percent codes; a comma would split it."""


class Row(NamedTuple):
    """A feature.

    Attributes
    ----------
    contig
        0-based index of the contig.
    start, end
        The interval, 0-based and half-open.
    strand
        +1 or -1; 0 for both.
    kind
        The type, a term of the Sequence Ontology.
    attributes
        The attributes; empty ones are not written.
    score
        The score as text, "" for none.
    source
        What found the feature.
    """

    contig: int
    start: int
    end: int
    strand: int
    kind: str
    attributes: Mapping[str, str]
    score: str = ""
    source: str = "headmotif"


def make_text(contigs: Sequence[Contig], rows: Iterable[Row]) -> str:
    """Make the text of a file.

    Parameters
    ----------
    contigs
        The contigs.
    rows
        The features in any order. Those with the same start stay in the order given.

    Returns
    -------
    str
        The text.
    """
    seqids = [quote(contig.name, safe="|.:^*$@!+_?-") for contig in contigs]
    text = ["##gff-version 3\n"]
    text += [f"##sequence-region {seqid} 1 {contig.length}\n" for seqid, contig in zip(seqids, contigs, strict=True)]
    landmarks = [
        Row(i, 0, contig.length, 1, "region", {"ID": f"landmark{i + 1}", "Name": contig.name, "Is_circular": "true"})
        for i, contig in enumerate(contigs)
        if contig.circular
    ]
    in_order = sorted(rows, key=lambda row: (row.contig, row.start))
    by_contig: dict[int, list[Row]] = {}
    for row in [*landmarks, *in_order]:  # the landmark comes first, although it ends last
        by_contig.setdefault(row.contig, []).append(row)
    for contig in sorted(by_contig):
        text += [_line(seqids[contig], row) for row in by_contig[contig]]
    return "".join(text)


def _line(seqid: str, row: Row) -> str:
    attributes = ";".join(f"{key}={encode(value)}" for key, value in row.attributes.items() if value)
    columns = (row.source, row.kind, str(row.start + 1), str(row.end), row.score or ".", ".+-"[row.strand], ".")
    return "\t".join([seqid, *columns, attributes]) + "\n"


def encode(text: str) -> str:
    """Write percent codes in place of the characters that the format reserves.

    Parameters
    ----------
    text
        The text.

    Returns
    -------
    str
        The text with codes.

    Examples
    --------
    >>> encode("a;b=50%, c d")
    'a%3Bb%3D50%25%2C c d'
    """
    return RESERVED.sub(lambda found: f"%{ord(found[0]):02X}", text)
