"""Consensus sites of several sets, as BED6+3: 0-based, half-open, sorted by contig (in the genome's order), position
and strand.

The name is site1, site2 and so on. The score is 1000 times the share of the sets that support the site, rounded. Then
follow the number of those sets, their names, and the distance of each set's site from the consensus site, downstream
positive. Names and distances are separated by commas, in the order of the sets. A line with # names the columns.
"""

from collections.abc import Sequence

import numpy as np

from ...data import Sites
from ..output_files import write_text

HEADER = "#contig\tstart\tend\tname\tscore\tstrand\tsets\tsupport\tdistance"


def write(
    path: str, sites: Sites, distance: np.ndarray, known: np.ndarray, contigs: Sequence[str], sets: Sequence[str]
) -> None:
    """Write consensus sites.

    Parameters
    ----------
    path
        The file; "-" is standard output.
    sites
        The consensus sites, sorted.
    distance
        int64 (sites, sets), nucleotides from the consensus site to the site of each set, downstream positive.
    known
        bool (sites, sets), whether the set has a site there.
    contigs
        The contig names, in the order of the genome.
    sets
        The names of the sets.
    """
    rows = [HEADER]
    columns = (sites.contig.tolist(), sites.position.tolist(), sites.strand.tolist(), distance.tolist(), known.tolist())
    for number, (contig, position, strand, far, has) in enumerate(zip(*columns, strict=True), 1):
        who = [i for i, one in enumerate(has) if one]
        score = (2000 * len(who) + len(sets)) // (2 * len(sets))
        bed6 = [contigs[contig], position, position + 1, f"site{number}", score, "+" if strand > 0 else "-"]
        rows.append(
            "\t".join(map(str, [*bed6, len(who), ",".join(sets[i] for i in who), ",".join(str(far[i]) for i in who)]))
        )
    write_text(path, "\n".join(rows) + "\n")
