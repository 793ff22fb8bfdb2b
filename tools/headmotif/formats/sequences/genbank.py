"""GenBank and EMBL flat files: the sequence and the topology of each record
(https://www.ncbi.nlm.nih.gov/Sitemap/samplerecord.html, https://ena-docs.readthedocs.io).

The contig name is that of NCBI's FASTA: the VERSION, else the ACCESSION, else the LOCUS; of EMBL the ID with its SV. A
contig is circular if the LOCUS or ID line says so. `flat_head` reads these lines. Features are read only on
request; sites are given as GFF3. Biopython reads one record at a time, so that an error has the line of its record.
"""

import io
import re
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ...alphabet import ENCODE, INVALID
from ...data import Annotation, Feature
from ...errors import FormatError
from ..files import lines
from . import flat_head
from .record import Record

if TYPE_CHECKING:
    from Bio.SeqFeature import SeqFeature
    from Bio.SeqRecord import SeqRecord

EMBL = re.compile(rb"ID   [^\n]*;[^\n]*\d (BP|AA)\b")
"""How the first line of an EMBL record begins; TRANSFAC's motifs begin with ID, too."""
RECORD = ("LOCUS ", "ID   ")
"""How the first line of a record begins, in GenBank and in EMBL."""
SIGN = {1: "+", -1: "-"}


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


def is_flat_file(raw: bytes) -> bool:
    """Test whether a file begins as GenBank or EMBL, after a byte-order mark and empty lines.

    Parameters
    ----------
    raw
        The content of the file, or its first bytes.

    Returns
    -------
    bool
        Whether it begins with LOCUS, or with the ID line of EMBL.
    """
    return is_genbank(raw) or EMBL.match(raw[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()) is not None


def parse(raw: bytes, path: str) -> list[Record]:
    """Read the records in the decompressed content of a file.

    Parameters
    ----------
    raw
        The content.
    path
        The name of the file, for messages alone.

    Returns
    -------
    list of Record
        The records, in the file's order.

    Raises
    ------
    FormatError
        With the line in which the record begins, if it is damaged, a protein, without a sequence, or has the name of
        one before.
    """
    if not is_flat_file(raw):
        raise FormatError(path, None, "this is not a GenBank or EMBL file; it must begin with LOCUS or ID")
    found: dict[str, Record] = {}
    for number, text in _records(raw, path):
        one = _parse_record(text, path, number)
        if one.name in found:
            problem = f"this is a second record named '{one.name}'; give each record its own name"
            raise FormatError(path, number, problem)
        found[one.name] = one
    return list(found.values())


def _records(raw: bytes, path: str) -> list[tuple[int, str]]:
    """The text of each record with the line where it begins."""
    starts: list[int] = []
    rows: list[str] = []
    for number, line in lines(raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")):
        rows.append(line)
        if line.startswith(RECORD):
            starts.append(number)
    if not starts:
        raise FormatError(path, None, "no line begins with LOCUS or ID here; download this file again")
    ends = [*(start - 1 for start in starts[1:]), len(rows)]
    return [(start, "\n".join([*rows[start - 1 : end], ""])) for start, end in zip(starts, ends, strict=True)]


def read_features(raw: bytes, path: str) -> Annotation:
    """Read the features, the topology and the length of each record.

    Parts on both strands, as of a trans-spliced gene, give a feature for each strand. Parts in other records are left
    out. The parts of a feature come in the order in which they are read on its strand.

    Parameters
    ----------
    raw
        The decompressed content of a file that `parse` accepts.
    path
        The name of the file, for messages alone.

    Returns
    -------
    Annotation
        The features, in the file's order.

    Raises
    ------
    FormatError
        With the line of the record's LOCUS, if it is damaged.
    """
    found: list[Feature] = []
    circular, bounds = [], {}
    for number, text in _records(raw, path):
        record, head = _scan(text, path, number, do_features=True)
        name, length = head.name, head.length or 0
        circular += [name] if head.circular else []
        if length:
            bounds[name] = (number, 1, length)
        keys = _find_keys(text)
        for index, one in enumerate(record.features):
            line = number + keys[index][0] if len(keys) == len(record.features) else number
            written = keys[index][1] if len(keys) == len(record.features) else ""
            found += _list_features(one, (line, name, written, length))
    return Annotation(path, tuple(found), tuple(circular), bounds, has_rows=False)


def _find_keys(text: str) -> list[tuple[int, str]]:
    """The row of each feature's key in a record, from 0, and what is written after it."""
    found, inside = [], False
    for row, line in enumerate(text.split("\n")):
        inside = line.startswith(("FEATURES", "FT ")) or (inside and line[:1] in ("", " "))
        if inside and (key := re.match(r"(?: {5}|FT {3})\S+\s+(\S.*)", line)):
            found.append((row, key[1]))
    return found


def _list_features(one: "SeqFeature", place: tuple[int, str, str, int]) -> list[Feature]:
    """Biopython's feature as one for each strand that its parts lie on.

    place: its line, contig and location as written, and the length of the contig.
    """
    line, contig, written, length = place
    said = {key: value[0] for key, value in one.qualifiers.items()}
    said |= {"pseudo": "true"} if "pseudo" in said else {}
    if one.location is None:
        return [_read_wrapped(Feature(line, contig, one.type, (), "+", said), written, length)]
    is_ordered = getattr(one.location, "operator", "") == "join" and "trans_splicing" not in said
    by_strand: dict[str, list[tuple[int, int]]] = {}
    for part in one.location.parts:
        if not part.ref and part.end > part.start:
            by_strand.setdefault(SIGN.get(part.strand, "?"), []).append((int(part.start), int(part.end)))
    is_ordered = is_ordered and len(by_strand) == 1
    return [
        Feature(line, contig, one.type, tuple(parts), strand, said, is_ordered=is_ordered)
        for strand, parts in by_strand.items()
    ]


def _read_wrapped(feature: Feature, written: str, length: int) -> Feature:
    """A feature whose location Biopython does not read: 5801..150 goes over the origin."""
    found = re.fullmatch(r"(complement\()?<?(\d+)\.\.>?(\d+)\)?", written.strip())
    if found is None or not length >= int(found[2]) > int(found[3]) > 0:
        return replace(feature, problem=f"the location '{written[:60]}' cannot be read")
    parts = ((int(found[2]) - 1, length), (0, int(found[3])))
    strand, parts = ("-", parts[::-1]) if found[1] else ("+", parts)
    return replace(feature, strand=strand, parts=parts, is_ordered=True)


def _scan(text: str, path: str, number: int, do_features: bool) -> "tuple[SeqRecord, flat_head.Head]":
    """Biopython's record, and its head."""
    from Bio.GenBank.Scanner import EmblScanner, GenBankScanner

    head = flat_head.parse(text, _count_letters(text))
    if head.is_protein:
        raise FormatError(path, number, "this record is a protein; give the DNA sequence of the genome")
    if not re.search(r"^//", text, re.MULTILINE):
        raise FormatError(
            path, number, "the record that begins here has no end ('//'); the file is truncated, copy it again"
        )
    scanner: Any = GenBankScanner() if text.startswith("LOCUS ") else EmblScanner()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about references, which are not used, and odd locations
            record = scanner.parse(io.StringIO(_tidy_head(text, head)), do_features=do_features)
    except Exception as error:  # Biopython raises whatever its parts raise on damaged text
        raise FormatError(path, number, f"this record cannot be read ({_line(error)}); download it again") from None
    if record is None:
        raise FormatError(path, number, "this record is empty; download it again")
    if not head.name:
        raise FormatError(path, number, "this record has no VERSION, ACCESSION or LOCUS name; give it one")
    return record, head


def _count_letters(text: str) -> int:
    """The letters of the sequence, 0 if there is none."""
    sequence = re.search(r"^(?:ORIGIN|SQ  ).*\n", text, re.MULTILINE)
    return len(re.sub(r"[^A-Za-z]+", "", text[sequence.end() :].partition("\n//")[0])) if sequence else 0


def _tidy_head(text: str, head: flat_head.Head) -> str:
    """The text with a first line that Biopython reads whatever the name looks like."""
    first, _, rest = text.partition("\n")
    if head.length is None:
        return text
    topology = "circular" if head.circular else "linear"
    if first.startswith("ID "):
        return f"ID   record; SV 1; {topology}; genomic DNA; STD; PRO; {head.length} BP.\n{rest}"
    return f"LOCUS       record {head.length} bp    DNA     {topology:<8} BCT 01-JAN-1980\n{rest}"


def _parse_record(text: str, path: str, number: int) -> Record:
    record, head = _scan(text, path, number, do_features=False)
    name, letters = head.name, _letters(record)
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
    if head.length is not None and head.length != len(letters):
        problem = (
            f"{text.split()[0]} of '{name}' announces {head.length:,} bp, but {len(letters):,} follow; the file "
            "is damaged, copy it again"
        )
        raise FormatError(path, number, problem)
    return Record(name, letters, head.circular)


def _letters(record: "SeqRecord") -> bytes:
    """Upper-case letters; none if the record has only a length, or parts elsewhere (CONTIG)."""
    from Bio.Seq import UndefinedSequenceError

    try:
        return bytes(record.seq).upper() if record.seq is not None else b""
    except UndefinedSequenceError:
        return b""


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:100] or type(error).__name__
