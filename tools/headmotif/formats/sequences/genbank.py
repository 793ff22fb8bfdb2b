"""GenBank flat files: the sequence and the topology of each record
(https://www.ncbi.nlm.nih.gov/Sitemap/samplerecord.html).

The contig name is that of NCBI's FASTA: the VERSION, else the ACCESSION, else the LOCUS. A contig is circular if the
LOCUS line says so. Of the features, genes and coding sequences are read, and only on request; sites are given as GFF3.
Biopython reads one record at a time, so that an error has the line of its record.
"""

import io
import re
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...alphabet import ENCODE, INVALID
from ...errors import FormatError
from ..files import lines

if TYPE_CHECKING:
    from Bio.SeqRecord import SeqRecord

NAMELESS = {"", ".", "<unknown id>", "<unknown name>"}
SIGN = {1: "+", -1: "-"}


@dataclass(frozen=True)
class Feature:
    """One feature.

    Attributes
    ----------
    line
        The line in which its record begins, from 1.
    contig
        The contig name.
    kind
        The type, such as gene or CDS.
    parts
        Start and end of each part, 0-based, half-open.
    strand
        "+" or "-".
    attributes
        The first value of each qualifier, by its name.
    """

    line: int
    contig: str
    kind: str
    parts: tuple[tuple[int, int], ...]
    strand: str
    attributes: dict[str, str]


def is_genbank(raw: bytes) -> bool:
    """Test whether a file begins as GenBank, after a byte-order mark and empty lines.

    Parameters
    ----------
    raw
        The content of the file, or its first bytes.

    Returns
    -------
    bool
        Whether it begins with LOCUS.
    """
    return raw[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()[:6] == b"LOCUS "


def parse(raw: bytes, path: str) -> list[tuple[str, bytes, bool]]:
    """Read the records in the decompressed content of a file.

    Parameters
    ----------
    raw
        The content.
    path
        The name of the file, for messages alone.

    Returns
    -------
    list of tuple[str, bytes, bool]
        Name, upper-case letters, and whether it is circular, of each record.

    Raises
    ------
    FormatError
        With the line of the record's LOCUS, if it is damaged, a protein, without a sequence, or has the name of one
        before.
    """
    if not is_genbank(raw):
        raise FormatError(path, None, "this is not a GenBank file; it must begin with LOCUS")
    found: dict[str, tuple[bytes, bool]] = {}
    for number, text in _records(raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")):
        name, letters, circular = _parse_record(text, path, number)
        if name in found:
            raise FormatError(path, number, f"this is a second record named '{name}'; give each record its own name")
        found[name] = (letters, circular)
    return [(name, letters, circular) for name, (letters, circular) in found.items()]


def _records(text: str) -> list[tuple[int, str]]:
    """The text of each record with the line where it begins."""
    starts: list[int] = []
    rows: list[str] = []
    for number, line in lines(text):
        rows.append(line)
        if line.startswith("LOCUS "):
            starts.append(number)
    ends = [*(start - 1 for start in starts[1:]), len(rows)] if starts else []
    return [(start, "\n".join([*rows[start - 1 : end], ""])) for start, end in zip(starts, ends, strict=True)]


def features(raw: bytes, path: str, kinds: tuple[str, ...]) -> list[Feature]:
    """Read the features of some types that lie on one strand.

    Parameters
    ----------
    raw
        The decompressed content of a file that `parse` accepts.
    path
        The name of the file, for messages alone.
    kinds
        The types of features.

    Returns
    -------
    list of Feature
        The features, in the file's order.

    Raises
    ------
    FormatError
        With the line of the record's LOCUS, if it is damaged.
    """
    found = []
    for number, text in _records(raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")):
        record, name = _record(text, path, number, do_features=True)
        for one in record.features:
            location = one.location
            if (
                one.type in kinds
                and location is not None
                and location.strand in SIGN
                and not any(p.ref for p in location.parts)
            ):
                parts = tuple((int(part.start), int(part.end)) for part in location.parts)
                values = {key: value[0] for key, value in one.qualifiers.items()}
                found.append(Feature(number, name, one.type, parts, SIGN[location.strand], values))
    return found


def _record(text: str, path: str, number: int, do_features: bool) -> "tuple[SeqRecord, str]":
    """Biopython's record, and its name."""
    from Bio.GenBank.Scanner import GenBankScanner

    if re.search(r"\s\d+ aa\s", text[: text.index("\n")]):
        raise FormatError(path, number, "this record is a protein; give the DNA sequence of the genome")
    if not re.search(r"^//", text, re.MULTILINE):
        raise FormatError(
            path, number, "the record that begins here has no end ('//'); the file is truncated, copy it again"
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about references, which are not used, and odd locations
            record = GenBankScanner().parse(io.StringIO(text), do_features=do_features)
    except Exception as error:  # Biopython raises whatever its parts raise on damaged text
        raise FormatError(
            path, number, f"this GenBank record cannot be read ({_line(error)}); download it again"
        ) from None
    if record is None:
        raise FormatError(path, number, "this GenBank record is empty; download it again")
    name = next((one for one in (record.id, record.name) if one not in NAMELESS), "")
    if not name:
        raise FormatError(path, number, "this record has no VERSION, ACCESSION or LOCUS name; give it one")
    return record, name


def _parse_record(text: str, path: str, number: int) -> tuple[str, bytes, bool]:
    locus = text[: text.index("\n")]
    record, name = _record(text, path, number, do_features=False)
    letters = _letters(record)
    if not letters:
        raise FormatError(
            path,
            number,
            f"the record '{name}' has no sequence; download the full record (GenBank (full), or gbwithparts)",
        )
    if wrong := [letter for letter in sorted(set(letters)) if ENCODE[letter] == INVALID]:
        raise FormatError(
            path, number, f"{chr(wrong[0])!r} in '{name}' is not a letter of DNA (IUPAC); correct or remove it"
        )
    declared = re.search(r"\s(\d+) bp\s", locus)
    if declared and int(declared[1]) != len(letters):
        problem = (
            f"LOCUS of '{name}' announces {int(declared[1]):,} bp, but {len(letters):,} follow; the file "
            "is damaged, copy it again"
        )
        raise FormatError(path, number, problem)
    return name, letters, re.search(r"\sbp\s.*\scircular\b", locus) is not None


def _letters(record: "SeqRecord") -> bytes:
    """Upper-case letters; none if the record has only a length, or parts elsewhere (CONTIG)."""
    from Bio.Seq import UndefinedSequenceError

    try:
        return bytes(record.seq).upper() if record.seq is not None else b""
    except UndefinedSequenceError:
        return b""


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:100] or type(error).__name__
