"""Places that several sets of sites support, as BED6+3: 0-based, half-open, sorted by contig (in the genome's order),
position and strand.

The name is site1, site2, ..., the score 1000 times the share of the sets that support it, rounded. Then the number of
those sets, their names, and how far each one's site lies from the place, downstream positive, the last two separated by
commas and in the order in which the sets were given. A line with # names the columns.
"""

from collections.abc import Sequence

import numpy as np

from ...data import Sites
from ..files import write_text

HEADER = "#contig\tstart\tend\tname\tscore\tstrand\tsets\tsupport\tdistance"


def write(
    path: str, sites: Sites, distance: np.ndarray, known: np.ndarray, contigs: Sequence[str], sets: Sequence[str]
) -> None:
    """Sites with, int64 (sites, sets), each set's distance and, bool of that shape, whether it has a site there. sets:
    names."""
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
