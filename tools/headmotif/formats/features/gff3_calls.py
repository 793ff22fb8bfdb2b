"""Called sites as GFF3: 1-based and closed, sorted by contig, position and strand, so that tabix indexes them
(https://github.com/The-Sequence-Ontology/Specifications/blob/master/gff3.md).

A call is a `TSS` (SO:0000315) of one nucleotide. Column 6 and the attribute `probability` are P, as `%.6g`. `ID` counts
the lines, `Name` is the call's name; each further column is an attribute of its name, beginning with a small letter as
the format asks of all that it does not itself define. What is empty is left out. `formats.sites` reads the file back
without being told a type.
"""

import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote

import numpy as np

from ...data import Contigs, Sites
from ..files import write_text

RESERVED = re.compile(r"[\x00-\x1f\x7f%;=&,]")
"""What a value may not hold as it is: a comma would make two values of it."""


def write(
    path: str,
    contigs: Contigs,
    calls: Sites,
    names: Sequence[str],
    columns: Mapping[str, Sequence[str]] | None = None,
) -> None:
    """Calls with their strength as P (NaN: unknown), a name each ("" none), and columns of as many texts."""
    seqids = [quote(contig.name, safe="|.:^*$@!+_?-") for contig in contigs]
    keys = {name: _key(name) for name in columns or {}}
    rows = ["##gff-version 3\n"]
    rows += [f"##sequence-region {seqid} 1 {contig.length}\n" for seqid, contig in zip(seqids, contigs, strict=True)]
    for number, row in enumerate(np.lexsort((-calls.strand, calls.position, calls.contig)).tolist(), 1):
        p, place = float(calls.strength[row]), str(calls.position[row] + 1)
        shown = f"{p:.6g}" if p == p else ""
        said = {"ID": f"tss{number}", "Name": names[row], "probability": shown}
        said |= {keys[name]: str(column[row]) for name, column in (columns or {}).items()}
        attributes = ";".join(f"{key}={_encoded(value)}" for key, value in said.items() if value)
        strand = "+" if calls.strand[row] > 0 else "-"
        rows.append(
            "\t".join(
                [seqids[calls.contig[row]], "headmotif", "TSS", place, place, shown or ".", strand, ".", attributes]
            )
            + "\n"
        )
    write_text(path, "".join(rows))


def _key(name: str) -> str:
    """An attribute's name: the column's, its first letter small, so that it is none of those that the format defines.

    >>> _key("Gene name")
    'gene_name'
    """
    text = re.sub(r"\s+", "_", name.strip())
    return _encoded(text[:1].lower() + text[1:])


def _encoded(text: str) -> str:
    """A text with percent signs and codes for what means something to the format.

    >>> _encoded("a;b=50%, c d")
    'a%3Bb%3D50%25%2C c d'
    """
    return RESERVED.sub(lambda found: f"%{ord(found[0]):02X}", text)
