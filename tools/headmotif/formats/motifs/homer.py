"""Motif files of HOMER.

    >CONSENSUS name 8.059752 -23791.5 0 T:17311.0(44.36%),B:2181.5(5.80%),P:1e-10317        tab-separated
    0.726 0.002 0.170 0.103     one row for each position, A C G T, tab-separated

The name is the second field, or the consensus if that is absent; white space in it becomes _. The third field is the
log-odds (natural logarithm, against 0.25) from which HOMER takes a sequence for a site. The fourth is ln p. The sixth
begins with the number of sites. If it is absent and the rows are counts, the number of sites is the largest sum of a
position. Not read: consensus, threshold, p.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ...data import Motif
from ...errors import FormatError
from ..output_files import write_text
from . import titled
from .counts import explain_lack

TAKEN = 0.6
"""The threshold written for HOMER, as a share of the best possible score; our motifs have none, and HOMER needs one."""

_NUMBER = re.compile(r"\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*", re.IGNORECASE | re.ASCII)
_SITES = re.compile(r"\s*T:([-+.\deE]+)")


def is_header(title: str) -> bool:
    """Test whether the rest of a line with '>' is HOMER's.

    Parameters
    ----------
    title
        The text after '>'.

    Returns
    -------
    bool
        Whether it has three tab-separated fields or more, the third a number.
    """
    fields = title.split("\t")
    return len(fields) >= 3 and _NUMBER.fullmatch(fields[2]) is not None


def read(text: str, path: str) -> list[Motif]:
    """Read the motifs of a HOMER file; see `parse` for those that are skipped.

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
    """Read the motifs of a HOMER file.

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
    motifs, skipped = [], []
    for number, title, rows in titled.records(text, path):
        fields = title.split("\t") if "\t" in title else title.split()[:1]
        name = next(("_".join(field.split()) for field in (*fields[1:2], *fields[:1]) if field.strip()), "")
        if not name:
            raise FormatError(
                path, number, "this motif has no name; write >CONSENSUS, name and threshold with tabs between them"
            )
        counts = titled.positions(rows, path, name)
        if why := explain_lack(counts):
            skipped.append((name, why))
            continue
        motif = Motif.from_counts(name, "", counts)
        nsites = _sites(fields)
        motifs.append(motif if math.isnan(nsites) else replace(motif, nsites=nsites))
    return motifs, skipped


def _sites(fields: list[str]) -> float:
    """The number of sites from the sixth field, NaN if it has none."""
    found = _SITES.match(fields[5]) if len(fields) > 5 else None
    try:
        nsites = float(found[1]) if found else math.nan
    except ValueError:
        return math.nan
    return nsites if 0 < nsites < 1e15 else math.nan


def write(path: str, motifs: Sequence[Motif]) -> None:
    """Write motifs as probabilities.

    White space in a name becomes _. The format has no alternative name. The consensus is the most probable base of each
    position. The threshold is `TAKEN` times the best possible score. The fields up to the number of sites stand only if
    that is known; ln p is then 0, and the percentage nan.

    Parameters
    ----------
    path
        The file; "-" is standard output.
    motifs
        The motifs, in order.
    """
    out = []
    for motif in motifs:
        best = motif.matrix.max(axis=1)
        consensus = "".join("ACGT"[base] for base in motif.matrix.argmax(axis=1))
        threshold = TAKEN * float(np.log(best / 0.25).sum())
        sites = [] if math.isnan(motif.nsites) else ["0", "0", f"T:{motif.nsites:.10g}(nan%)"]
        out.append("\t".join([f">{consensus}", titled.format_name(motif), f"{threshold:.6f}", *sites]))
        out += ["\t".join(f"{value:.7f}" for value in row) for row in motif.matrix.tolist()]
    write_text(path, "".join(line + "\n" for line in out))
