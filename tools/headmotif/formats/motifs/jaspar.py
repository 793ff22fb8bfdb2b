"""Count matrices of JASPAR.

    >MA0001.1 name
    A [ 3 0 12 ]                one line for each base; without letters and brackets the order is A, C, G, T
    C [ 0 9  1 ]
    G [ 7 0  0 ]
    T [ 3 4  0 ]

Counts or probabilities. The number of sites is the largest sum of a position, or unknown if all sums are 1.
"""

from collections.abc import Sequence

from ...data import Motif
from ..output_files import write_text
from . import by_base, titled


def read(text: str, path: str) -> list[Motif]:
    """Read the motifs of a JASPAR file; see `parse` for those that are skipped.

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
    """Read the motifs of a JASPAR file.

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
    return titled.parse(text, path, by_base.counts)


def write(path: str, motifs: Sequence[Motif]) -> None:
    """Write motifs as counts, or as probabilities if the number of sites is unknown.

    White space in a name becomes _.

    Parameters
    ----------
    path
        The file; "-" is standard output.
    motifs
        The motifs, in order.
    """
    out = []
    for motif in motifs:
        rows = zip("ACGT", motif.counts.T.tolist(), strict=True)
        out += [
            titled.format_title(motif),
            *(f"{letter} [ {' '.join(f'{value:.10g}' for value in row)} ]" for letter, row in rows),
        ]
    write_text(path, "".join(line + "\n" for line in out))
