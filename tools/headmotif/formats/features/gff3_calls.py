"""Calls as GFF3: 1-based and closed, sorted by contig, position and strand, so that tabix indexes them
(https://github.com/The-Sequence-Ontology/Specifications/blob/master/gff3.md).

A call is a `TSS` (SO:0000315) of one nucleotide. Column 6 and the attribute `probability` are P, as `%.6g`. `ID` counts
the lines, and `Name` is the name of the call. Each further column is an attribute of the same name. Its first letter is
small, as the format asks of attributes that it does not define. Empty values are left out. `formats.inputs.site_files`
reads the file without `--feature`.
"""

import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote

import numpy as np

from ...data import Contigs, Sites
from ..files import write_text

RESERVED = re.compile(r"[\x00-\x1f\x7f%;=&,]")
"""Characters that a value may only have as percent codes; a comma would split it."""


def write(
    path: str,
    contigs: Contigs,
    calls: Sites,
    names: Sequence[str],
    columns: Mapping[str, Sequence[str]] | None = None,
) -> None:
    """Write calls as GFF3.

    Parameters
    ----------
    path
        The file; "-" is standard output.
    contigs
        The contigs of the genome.
    calls
        The calls; their strength is P, NaN if unknown.
    names
        A name for each call, "" for none.
    columns
        Further columns of the calls by name, one text for each call, "" for none.
    """
    seqids = [quote(contig.name, safe="|.:^*$@!+_?-") for contig in contigs]
    keys = {name: _key(name) for name in columns or {}}
    rows = ["##gff-version 3\n"]
    rows += [f"##sequence-region {seqid} 1 {contig.length}\n" for seqid, contig in zip(seqids, contigs, strict=True)]
    for number, row in enumerate(np.lexsort((-calls.strand, calls.position, calls.contig)).tolist(), 1):
        p, place = float(calls.strength[row]), str(calls.position[row] + 1)
        shown = f"{p:.6g}" if p == p else ""
        said = {"ID": f"tss{number}", "Name": names[row], "probability": shown}
        said |= {keys[name]: str(column[row]) for name, column in (columns or {}).items()}
        attributes = ";".join(f"{key}={_encode(value)}" for key, value in said.items() if value)
        strand = "+" if calls.strand[row] > 0 else "-"
        rows.append(
            "\t".join(
                [seqids[calls.contig[row]], "headmotif", "TSS", place, place, shown or ".", strand, ".", attributes]
            )
            + "\n"
        )
    write_text(path, "".join(rows))


def _key(name: str) -> str:
    """The attribute of a column: its name with a small first letter, so that it is none that the format defines.

    Examples
    --------
    >>> _key("Gene name")
    'gene_name'
    """
    text = re.sub(r"\s+", "_", name.strip())
    return _encode(text[:1].lower() + text[1:])


def _encode(text: str) -> str:
    """A text with percent codes in place of the characters that the format reserves.

    Examples
    --------
    >>> _encode("a;b=50%, c d")
    'a%3Bb%3D50%25%2C c d'
    """
    return RESERVED.sub(lambda found: f"%{ord(found[0]):02X}", text)
