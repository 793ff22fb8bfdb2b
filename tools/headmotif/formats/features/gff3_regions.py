"""Regions as GFF3, beside the same regions as BED: 1-based and closed, sorted by contig and start
(https://github.com/The-Sequence-Ontology/Specifications/blob/master/gff3.md).

A region is a `sequence_feature` (SO:0000110), for attention to it does not say what it is. Attributes: `Name`, the head
(or heads); `weight`; `offset` from the site; `site`, 1-based; `p`, `q`; `ism` if it was measured. A region over the
origin of a circular contig ends beyond the contig, as the format demands.
"""

from urllib.parse import quote

import numpy as np

from ...data import Contigs, Regions
from ..files import write_text


def write(path: str, regions: Regions, contigs: Contigs) -> None:
    """Write regions as GFF3.

    Parameters
    ----------
    path
        The file; "-" is standard output.
    regions
        The regions.
    contigs
        The contigs of the genome.
    """
    length, endless = contigs.look_up_rows(regions.contigs, regions.contig)
    turns = np.where(endless, regions.start // np.maximum(length, 1) * length, 0)
    start = np.where(endless, regions.start - turns, np.maximum(regions.start, 0))
    end = np.where(endless, regions.end - turns, np.minimum(regions.end, length))
    names = [quote(name, safe="|.:^*$@!+_?-") for name in regions.contigs]
    text = ["##gff-version 3\n"]
    text += [
        f"##sequence-region {name} 1 {contigs.length_of[contig]}\n"
        for name, contig in zip(names, regions.contigs, strict=True)
    ]
    for number, row in enumerate(np.lexsort((end, start, regions.contig)).tolist(), 1):
        if end[row] <= start[row]:
            continue
        values = {"weight": regions.weight[row], "p": regions.p[row], "q": regions.q[row]}
        values |= {} if regions.drop is None else {"ism": regions.drop[row]}
        said = [f"ID=region{number}", f"Name={quote(str(regions.head[row]), safe='')}"]
        said += [f"offset={regions.offset[row]}", f"site={regions.site[row] + 1}"]
        said += [f"{name}={value:.6g}" for name, value in values.items() if value == value]
        strand = "+" if regions.strand[row] > 0 else "-"
        columns = [names[regions.contig[row]], "headmotif", "sequence_feature", str(start[row] + 1), str(end[row])]
        text.append("\t".join([*columns, f"{regions.weight[row]:.6g}", strand, ".", ";".join(said)]) + "\n")
    write_text(path, "".join(text))
