"""Flat files of TRANSFAC, as TRANSFAC, PRODORIC and RSAT write them.

    AC  M00001                  accession; ID  identifier; NA  name; DE  description
    XX                          separators are ignored
    P0      A     C     G     T
    01      1     2     2     0     S       a number, four counts in the order of P0, perhaps a consensus letter
    //                          ends a record

Counts or probabilities. The number of sites is the largest sum of a position, or unknown if all sums are 1. The name of
the motif is ID, else AC. Its alternative name is NA, else RSAT's "CC  ac:", else DE. All other lines are ignored.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from ...data import Motif
from ...errors import FormatError
from ..files import lines, write_text
from . import titled


def read(text: str, path: str) -> list[Motif]:
    """Read the motifs of a TRANSFAC file; see `parse` for those that are skipped.

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
    """Read the motifs of a TRANSFAC file.

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
        With the line, if one is malformed; also if there is no motif.
    """
    motifs, skipped = [], []
    for number, record in _records(text):
        fields = _fields(record)
        name = (fields.get("ID") or fields.get("AC") or fields.get("NA") or "").replace(" ", "_")
        if not name and not any(line[:2].upper() in ("P0", "PO") for _, line in record):
            continue  # the file's own header (VV)
        if not name:
            raise FormatError(path, number, "this motif has no name; give it a line ID or AC")
        counts = _counts(record, path, name)
        if why := titled.explain_lack(counts):
            skipped.append((name, why))
        else:
            alt = fields.get("NA") or fields.get("CC ac") or fields.get("DE") or ""
            motifs.append(Motif.from_counts(name, "" if alt == name else alt, counts))
    if not motifs and not skipped:
        raise FormatError(path, None, "this file has no motifs; a TRANSFAC motif has lines AC or ID, P0 and //")
    return motifs, skipped


def _records(text: str) -> Iterator[tuple[int, list[tuple[int, str]]]]:
    record: list[tuple[int, str]] = []
    for number, line in lines(text):
        line = line.strip()
        if line.startswith("//"):
            if record:
                yield record[0][0], record
            record = []
        elif line and line != "XX":
            record.append((number, line))
    if record:
        yield record[0][0], record


def _fields(record: list[tuple[int, str]]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for _, line in record:
        key, _, value = line.replace("\t", " ").partition(" ")
        if key.upper() == "CC" and value.strip().startswith("ac:"):
            key, value = "CC ac", value.strip()[3:]
        fields.setdefault(key if key == "CC ac" else key.upper(), " ".join(value.split()))
    return fields


def _counts(record: list[tuple[int, str]], path: str, name: str) -> np.ndarray:
    """Counts (width, 4), columns A C G T; no rows if there is no matrix."""
    order: list[int] | None = None
    rows = []
    for number, line in record:
        words = line.split()
        if words[0].upper() in ("P0", "PO"):
            letters = "".join(words[1:5]).upper().replace("U", "T")
            if sorted(letters) != list("ACGT"):
                raise FormatError(
                    path,
                    number,
                    f"the columns of motif {name} are {letters or 'not named'}; they must be A, C, G and T",
                )
            order = [letters.index(letter) for letter in "ACGT"]
        elif order is not None and words[0].isdecimal():
            if len(words) not in (5, 6):
                raise FormatError(
                    path, number, f"this row of motif {name} has {len(words) - 1} entries instead of 4 counts"
                )
            values = [titled.count(word, number, path) for word in words[1:5]]
            rows.append([values[i] for i in order])
    return np.array(rows).reshape(-1, 4)


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
        name = titled.format_name(motif)
        out += [f"AC  {name}", "XX", f"ID  {name}", "XX"]
        if motif.alt.strip():
            out += [f"NA  {' '.join(motif.alt.split())}", "XX"]
        out.append("P0\tA\tC\tG\tT")
        counts = motif.counts
        out += [
            "\t".join([f"{i:02d}", *(f"{value:.10g}" for value in row)]) for i, row in enumerate(counts.tolist(), 1)
        ]
        out += ["XX", "//"]
    write_text(path, "".join(line + "\n" for line in out))
