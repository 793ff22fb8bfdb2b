"""Regions as GFF3, beside the same regions as BED, with the rules of `gff3_rows`: 1-based and closed.

A region is a `sequence_feature` (SO:0000110), for attention to it does not say what it is. Attributes: `Name`, the head
(or heads); `weight`; `offset` from the site; `site`, 1-based; `p`, `q`; `ism` if it was measured. A region over the
origin of a circular contig ends beyond the contig, as the format demands.
"""

import numpy as np

from ...data import Contigs, Regions
from ..output_files import write_text
from .gff3_rows import Row, make_text


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
    rows = []
    for number, row in enumerate(np.lexsort((end, start, regions.contig)).tolist(), 1):
        if end[row] <= start[row]:
            continue
        values = {"weight": regions.weight[row], "p": regions.p[row], "q": regions.q[row]}
        values |= {} if regions.drop is None else {"ism": regions.drop[row]}
        said = {"ID": f"region{number}", "Name": str(regions.head[row]), "offset": str(regions.offset[row])}
        said |= {"site": str(regions.site[row] + 1)}
        said |= {name: f"{value:.6g}" for name, value in values.items() if value == value}
        place = int(regions.contig[row]), int(start[row]), int(end[row]), int(regions.strand[row])
        rows.append(Row(*place, "sequence_feature", said, f"{regions.weight[row]:.6g}"))
    named = [contigs[contigs.index_of[name]] for name in regions.contigs]
    write_text(path, make_text(named, rows))
