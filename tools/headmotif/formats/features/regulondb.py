"""RegulonDB's set of promoters (PromoterSet.txt, PromoterSet.tsv): the +1 of each, 1-based.

The columns are identifier, name, strand (forward or reverse), position of the +1, sigma factor, sequence and evidence.
Newer releases name them in a header (`1)pmId`, `3)strand`, `4)posTSS`), which `site_table` reads. Older ones describe
them in comments alone, and this module reads those. The position is 0 or empty where nobody knows it. No contig is
named: all lie on the chromosome of E. coli K-12.
"""

import re
from collections.abc import Sequence

from ..files import lines
from ..tables.user_table import Table
from . import site_table

STRAND, POSITION = 2, 3
"""The columns of strand and position, from 0."""


def is_row(cells: Sequence[str]) -> bool:
    """Test whether the cells of a line are a promoter of a file without header.

    Parameters
    ----------
    cells
        The cells.

    Returns
    -------
    bool
        Whether the third is a strand in words and the fourth a position or nothing.
    """
    return len(cells) > 4 and cells[STRAND] in ("forward", "reverse") and bool(re.fullmatch(r"\d*", cells[POSITION]))


def parse_sites(text: str, path: str) -> list[site_table.Row]:
    """Read the sites of a set of promoters without header.

    Parameters
    ----------
    text
        The content of the file.
    path
        The name of the file, for messages alone.

    Returns
    -------
    list of site_table.Row
        The +1 of each promoter, in the file's order. Promoters without a position are left out and counted aloud.

    Raises
    ------
    FormatError
        With the line, if one is malformed.
    """
    rows = []
    for number, line in lines(text):
        if line.strip() and not line.startswith("#"):
            cells = [cell.strip() for cell in line.split("\t")] + [""] * POSITION
            cells[POSITION] = cells[POSITION].lstrip("0")
            rows.append((number, cells))
    table = Table((), (), 1, "\t", tuple(rows))
    return site_table.read_rows(table, {"position": POSITION, "strand": STRAND}, path)
