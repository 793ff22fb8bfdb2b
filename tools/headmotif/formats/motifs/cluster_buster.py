"""Matrices of Cluster-Buster, as Cluster-Buster and RSAT write them.

    >element1 other words       the first word is the name, the rest (RSAT's /name=... too) the alternative name
    # WEIGHT 2.7                comments; Cluster-Buster's own are WEIGHT and GAP, not read
    0 4 2 14                    one row for each position, A C G T
    12 0 0 8

Counts or probabilities. The number of sites is the largest sum of a position, or unknown if all sums are 1.
"""

import re
from collections.abc import Sequence

from ...data import Motif
from ..output_files import write_text
from . import titled

_MARK = re.compile(r"^[ \t]*(#[ \t]*(WEIGHT|GAP)\b|>[^\n]*\s/name=)", re.MULTILINE)


def is_cluster_buster(text: str) -> bool:
    """Test for what only Cluster-Buster files have: # WEIGHT, # GAP, or RSAT's /name= in a title.

    Parameters
    ----------
    text
        The content of the file.

    Returns
    -------
    bool
        Whether it has any of them.
    """
    return _MARK.search(text) is not None


def read(text: str, path: str) -> list[Motif]:
    """Read the motifs of a Cluster-Buster file; see `parse` for those that are skipped.

    Parameters
    ----------
    text
        The content of the file.
    path
        The name of the file, for messages alone.

    Returns
    -------
    list of Motif
        The motifs, in order.

    Raises
    ------
    FormatError
        As `parse`.
    """
    return parse(text, path)[0]


def parse(text: str, path: str) -> tuple[list[Motif], list[tuple[str, str]]]:
    """Read the motifs of a Cluster-Buster file.

    Parameters
    ----------
    text
        The content of the file.
    path
        The name of the file, for messages alone.

    Returns
    -------
    motifs
        The motifs, in order.
    skipped
        Name and reason of each motif without counts.

    Raises
    ------
    FormatError
        With the line, if one is malformed.
    """
    return titled.parse(text, path, titled.positions)


def write(path: str, motifs: Sequence[Motif]) -> None:
    """Write motifs as counts, or as probabilities if the number of sites is unknown.

    White space in a name becomes _. Four positions of four counts could be JASPAR as well, so such a motif gets the
    line `# WEIGHT 1`, the default of Cluster-Buster.

    Parameters
    ----------
    path
        The file; "-" is standard output.
    motifs
        The motifs, in order.
    """
    out = []
    for motif in motifs:
        out += [titled.format_title(motif), *(["# WEIGHT 1"] if len(motif) == 4 else [])]
        out += ["\t".join(f"{value:.10g}" for value in row) for row in motif.counts.tolist()]
    write_text(path, "".join(line + "\n" for line in out))
