"""Cluster-Buster's matrices, as Cluster-Buster and RSAT write them.

    >element1 other words       the first word is the name, the rest (RSAT's /name=... too) the other name
    # WEIGHT 2.7                comments; Cluster-Buster's own are WEIGHT and GAP, not read
    0 4 2 14                    one row a position, A C G T
    12 0 0 8

Counts or probabilities; the number of sites is the largest sum of a position, unknown where all sums are 1.
"""

import re
from collections.abc import Sequence

from ...data import Motif
from ..files import write_text
from . import titled

_MARK = re.compile(r"^[ \t]*(#[ \t]*(WEIGHT|GAP)\b|>[^\n]*\s/name=)", re.MULTILINE)


def marked(text: str) -> bool:
    """Whether a text says what only Cluster-Buster's files say: # WEIGHT, # GAP, or RSAT's /name= in a title."""
    return _MARK.search(text) is not None


def read(text: str, path: str) -> list[Motif]:
    """The motifs of a Cluster-Buster file, in order; see `parse` for those skipped."""
    return parse(text, path)[0]


def parse(text: str, path: str) -> tuple[list[Motif], list[tuple[str, str]]]:
    """The motifs of a Cluster-Buster file, and (name, why) of those without counts. Raises FormatError with the
    line."""
    return titled.parse(text, path, titled.positions)


def write(path: str, motifs: Sequence[Motif]) -> None:
    """Write motifs as counts (probabilities where the number of sites is unknown); white space in a name becomes _.

    Four positions of four counts could be JASPAR's as well: there `# WEIGHT 1`, Cluster-Buster's default, says which.
    """
    out = []
    for motif in motifs:
        out += [titled.title(motif), *(["# WEIGHT 1"] if len(motif) == 4 else [])]
        out += ["\t".join(f"{value:.10g}" for value in row) for row in motif.counts.tolist()]
    write_text(path, "".join(line + "\n" for line in out))
