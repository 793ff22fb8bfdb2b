"""GenBank flat files: the sequence and the topology of each record
(https://www.ncbi.nlm.nih.gov/Sitemap/samplerecord.html).

A contig's name is what NCBI's FASTA calls it: the VERSION, else the ACCESSION, else the LOCUS. It is circular where the
LOCUS line says so. Of the features the genes and coding sequences are read, and only where they are asked for; sites
are given as GFF3. Biopython does the reading, one record at a time, so that an error has its record's line.
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
    """One feature: line, that of its record; parts: start and end of each, 0-based, half-open; attributes: the first
    value of each."""

    line: int
    contig: str
    kind: str
    parts: tuple[tuple[int, int], ...]
    strand: str
    attributes: dict[str, str]


def recognised(raw: bytes) -> bool:
    """Whether a file's first bytes are GenBank's, a byte-order mark and empty lines aside."""
    return raw[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()[:6] == b"LOCUS "


def parse(raw: bytes, path: str) -> list[tuple[str, bytes, bool]]:
    """The records in a file's decompressed bytes: name, upper-case letters, circular or not.

    Raises FormatError, with the line of the record's LOCUS, where a record is damaged, a protein, without a sequence,
    or named as one before.
    """
    if not recognised(raw):
        raise FormatError(path, None, "this is no GenBank file; it must begin with LOCUS")
    found: dict[str, tuple[bytes, bool]] = {}
    for number, text in _records(raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")):
        name, letters, circular = _parsed(text, path, number)
        if name in found:
            raise FormatError(path, number, f"a second record named '{name}'; names must differ")
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
    """The features of some kinds that lie on one strand, in the file's order, of a file that `parse` takes."""
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
        raise FormatError(path, number, "this record is a protein; a genome's sequence is needed")
    if not re.search(r"^//", text, re.MULTILINE):
        raise FormatError(
            path, number, "the record that begins here has no end ('//'); the file is cut off, copy it again"
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of references, which are not used, and of odd places
            record = GenBankScanner().parse(io.StringIO(text), do_features=do_features)
    except Exception as error:  # Biopython raises whatever its parts raise on damaged text
        raise FormatError(
            path, number, f"this GenBank record cannot be read ({_line(error)}); download it again"
        ) from None
    if record is None:
        raise FormatError(path, number, "this GenBank record holds nothing; download it again")
    name = next((one for one in (record.id, record.name) if one not in NAMELESS), "")
    if not name:
        raise FormatError(path, number, "a record without VERSION, ACCESSION and LOCUS name; give it one")
    return record, name


def _parsed(text: str, path: str, number: int) -> tuple[str, bytes, bool]:
    locus = text[: text.index("\n")]
    record, name = _record(text, path, number, do_features=False)
    letters = _letters(record)
    if not letters:
        raise FormatError(
            path,
            number,
            f"the record '{name}' holds no sequence; download the full record (GenBank (full), or gbwithparts)",
        )
    if wrong := [letter for letter in sorted(set(letters)) if ENCODE[letter] == INVALID]:
        raise FormatError(path, number, f"{chr(wrong[0])!r} in '{name}' is no letter of DNA (IUPAC)")
    declared = re.search(r"\s(\d+) bp\s", locus)
    if declared and int(declared[1]) != len(letters):
        problem = (
            f"LOCUS of '{name}' announces {int(declared[1]):,} bp and {len(letters):,} follow; the file "
            "is damaged, copy it again"
        )
        raise FormatError(path, number, problem)
    return name, letters, re.search(r"\sbp\s.*\scircular\b", locus) is not None


def _letters(record: "SeqRecord") -> bytes:
    """Upper-case letters, none where the record has but a length or parts elsewhere (CONTIG)."""
    from Bio.Seq import UndefinedSequenceError

    try:
        return bytes(record.seq).upper() if record.seq is not None else b""
    except UndefinedSequenceError:
        return b""


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:100] or type(error).__name__
