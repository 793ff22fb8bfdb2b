"""The head of a GenBank or EMBL record: its name, its length and its shape.

GenBank has the lines LOCUS, ACCESSION and VERSION, EMBL has ID, AC and SV
(https://www.insdc.org/submitting-standards/feature-table).

Biopython reads a VERSION as an accession and a number, and makes `cov_7.22600` of `cov_7.022600`. Here a name is the
text as written. Many programs fill VERSION or ACCESSION with a placeholder, or leave it empty. Then the next line gives
the name. Programs that use Biopython write the number into VERSION; then the LOCUS line has the name as it was.

A long name may touch the length behind it (`LOCUS  NODE_1_cov_7.0226006000 bp`). Only the sequence tells them apart.
"""

import re
from dataclasses import dataclass

PLACEHOLDER = re.compile(r"[.\-]?|unknown(\.\d+)?|<unknown (id|name)>|accession|locus|version|none|null|xxx", re.I)
"""What programs write where a record has no name."""


@dataclass(frozen=True)
class Head:
    """The head of a record.

    Attributes
    ----------
    name
        The name of the record; "" if there is none.
    length
        The length that it announces, in nucleotides; None if it announces none.
    circular
        Whether it says that the sequence is circular.
    is_protein
        Whether it announces amino acids.
    """

    name: str
    length: int | None
    circular: bool
    is_protein: bool


def parse(text: str, n_letters: int) -> Head:
    """Read the head of a record.

    Parameters
    ----------
    text
        The text of the record.
    n_letters
        The number of letters in its sequence, 0 if it has none.

    Returns
    -------
    Head
        What it says.
    """
    return _parse_embl(text) if text.startswith("ID ") else _parse_genbank(text, n_letters)


def _parse_genbank(text: str, n_letters: int) -> Head:
    first = text.partition("\n")[0]
    locus, length, rest = _split_locus(first, n_letters)
    version, accession = _value(text, "VERSION"), _value(text, "ACCESSION")
    if version != locus and version == re.sub(r"\.0+(?=\d+$)", ".", locus):
        version = locus  # the number of the version lost its zeros
    return Head(
        _choose(version, accession, locus),
        length,
        re.search(r"\bcircular\b", rest, re.IGNORECASE) is not None,
        re.search(r"\s\d+ aa\b", first) is not None,
    )


def _split_locus(line: str, n_letters: int) -> tuple[str, int | None, str]:
    """Name, length and what follows, of a LOCUS line."""
    found = re.match(r"LOCUS\s+(.*?)(\s*)(?<!\d)(\d+)\s+bp\b(.*)", line)
    if not found:
        return "".join(line.split()[1:2]), None, line
    name, gap, digits, rest = found.groups()
    if gap or not name:
        return "_".join(name.split()), int(digits), rest
    length = str(n_letters)  # the digits belong to the name but for the last ones
    if digits.endswith(length):
        return "_".join((name + digits.removesuffix(length)).split()), n_letters, rest
    return name + digits, int(digits), rest


def _parse_embl(text: str) -> Head:
    first = text.partition("\n")[0]
    fields = [field.strip() for field in first[5:].split(";")]
    identity = "".join(fields[0].split()[:1])
    number = next((field.removeprefix("SV ").strip() for field in fields if re.fullmatch(r"SV\s+\d+", field)), "")
    accession = _value(text, "AC").split(";")[0].removeprefix("* _").strip()
    known = _choose(identity, accession)
    length = re.search(r"\b(\d+)\s+BP\b", first)
    return Head(
        _choose(_value(text, "SV"), f"{known}.{number}" if known and number else known),
        int(length[1]) if length else None,
        re.search(r"\bcircular\b", first, re.IGNORECASE) is not None,
        re.search(r"\b\d+\s+AA\b", first) is not None,
    )


def _value(text: str, key: str) -> str:
    """The value of the first line with this key, before the features."""
    found = re.search(rf"^(?:{key}[ \t]+(.*)|FEATURES |FH |FT |ORIGIN|SQ )", text, re.MULTILINE)
    return (found[1] or "").strip() if found else ""


def _choose(*values: str) -> str:
    """The first value that is a name, as its first word; if all are placeholders, the last one that says anything."""
    named = next((value for value in values if not PLACEHOLDER.fullmatch(value)), "")
    last = next((value for value in reversed(values) if value.strip(".-")), "")
    return "".join((named or last).split()[:1])
