"""FASTA: sequences of DNA, plain, gzip, bgzip or from standard input (https://en.wikipedia.org/wiki/FASTA_format).

A record is a line `>name description` and lines of letters of any length; the name ends at the first space or tab.
Taken as they come: lower case, U, IUPAC ambiguity, CR and CRLF line ends, a byte-order mark, empty lines, spaces within
lines. Refused, with the line: anything before the first `>`, a record without a name or without letters, a name used
twice, a letter outside IUPAC.

The lines are checked one by one and spooled, a line a record, to a temporary plain file which pyfaidx then indexes and
reads: it takes neither gzip nor standard input nor lines of uneven length, and would leave its index beside the input.
"""

import base64
import hashlib
import os
import tempfile
from collections.abc import Sequence
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from ...alphabet import ENCODE, INVALID, decode
from ...errors import FormatError, InputError
from ..files import read_bytes, write_text, writing

if TYPE_CHECKING:
    import pyfaidx

WIDTH = 80
"""Letters in a line that we write, as NCBI does."""

ALLOWED = bytes(letter for letter in range(256) if ENCODE[letter] != INVALID)
PROTEIN = "EFILPQZJOX*"
STARTS = {
    b"PK\x03\x04": "this is a zip archive; unpack it and give the FASTA in it",
    b"BZh": "this is compressed with bzip2; unpack it, or pack it with gzip",
    b"\xfd7zXZ": "this is compressed with xz; unpack it, or pack it with gzip",
    b"\x28\xb5\x2f\xfd": "this is compressed with zstd; unpack it, or pack it with gzip",
    b"\xff\xfe": "this is UTF-16 text; save it as plain text (UTF-8)",
    b"\xfe\xff": "this is UTF-16 text; save it as plain text (UTF-8)",
    b"<": "this is HTML or XML, perhaps a web page saved in the place of the file; download the FASTA itself",
    b"@": "this looks like FASTQ or SAM; an assembled genome in FASTA is needed",
    b"ID   ": "this looks like EMBL; give FASTA or GenBank",
    b"##gff": "this is GFF3; give the sequence as FASTA here, and the GFF3 as --sites",
}
"""First bytes of what people give by mistake, and what to tell them."""


def read(path: str) -> list[tuple[str, bytes]]:
    """The records of a file, name and upper-case letters as given, in its order."""
    return parse(read_bytes(path), path)


def parse(raw: bytes, path: str) -> list[tuple[str, bytes]]:
    """The records in a file's decompressed bytes; `path` is for messages alone. Raises FormatError with the line."""
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    refuse_other_kinds(raw, path)
    try:
        folder = tempfile.TemporaryDirectory(prefix="headmotif-")
    except FileNotFoundError:  # what tempfile says of a full disk as well
        raise InputError(
            "no folder for temporary files can be written to; make room, or set TMPDIR to one that can"
        ) from None
    with folder as place:
        plain = os.path.join(place, "plain.fa")
        with open(plain, "wb") as spool:
            names = _spool(raw, path, spool)
        with _indexed(plain) as records:
            return [(name, records[str(number)][:].encode("ascii")) for number, name in enumerate(names)]


def _indexed(plain: str) -> "pyfaidx.Fasta":
    import pyfaidx

    try:
        return pyfaidx.Fasta(plain, indexname=plain + ".fai", as_raw=True, sequence_always_upper=True)
    except OSError as error:  # pyfaidx hides why the index could not be written
        raise error.__context__ if isinstance(error.__context__, OSError) else error from None


def refuse_other_kinds(raw: bytes, path: str) -> None:
    """Raise FormatError where a file is empty, binary, or of a kind that is given for a FASTA by mistake."""
    start = raw[:4096].lstrip()
    if not start:
        raise FormatError(path, None, "this file is empty; a FASTA, GenBank or genome tensor is needed")
    for sign, problem in STARTS.items():
        if start.startswith(sign):
            raise FormatError(path, None, problem)
    if b"\0" in start:
        raise FormatError(path, None, "this is a binary file; a FASTA, GenBank or genome tensor is needed")


def _spool(raw: bytes, path: str, spool: BinaryIO) -> list[str]:
    """Check every line, write each record under its number as one line, and return the names.

    Numbers rather than names: a name may hold what the index could not (letters of any encoding).
    """
    names: dict[str, int] = {}
    began, has_letters = 0, True
    if b"\r" in raw:
        raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    for number, line in enumerate(raw.split(b"\n"), 1):
        if line[:1] == b">":
            if not has_letters:
                raise FormatError(path, began, _without_letters(names))
            name = _name(line, path, number)
            if name in names:
                raise FormatError(
                    path, number, f"a record named '{name}' stands already in line {names[name]}; names must differ"
                )
            spool.write(b"%s>%d\n" % (b"\n" if names else b"", len(names)))
            names[name] = began = number
            has_letters = False
            continue
        letters = b"".join(line.split())
        if not letters:
            continue
        if not names:
            raise FormatError(
                path, number, f"text before the first '>' ({_start(line)}); a FASTA begins with '>' and a name"
            )
        if wrong := letters.translate(None, ALLOWED):
            raise FormatError(path, number, _wrong_letter(wrong.decode("latin-1"), list(names)[-1]))
        spool.write(letters)
        has_letters = True
    if not has_letters:
        raise FormatError(path, began, _without_letters(names))
    spool.write(b"\n")
    return list(names)


def _name(line: bytes, path: str, number: int) -> str:
    words = line[1:].decode("utf-8", "replace").split(maxsplit=1)
    if not words or line[1:2].isspace():
        raise FormatError(path, number, "a record without a name; put one right behind the '>'")
    if not words[0].isprintable():
        raise FormatError(path, number, "a name with control characters; is the file damaged?")
    return words[0]


def _without_letters(names: dict[str, int]) -> str:
    return f"the record '{list(names)[-1]}' holds no sequence; is the file cut off?"


def _start(line: bytes) -> str:
    text = line.decode("utf-8", "replace").strip()
    return repr(text[:30] + ("..." if len(text) > 30 else ""))


def _wrong_letter(wrong: str, name: str) -> str:
    """What to say of letters that are not DNA's, in a record of this name."""
    if any(letter.upper() in PROTEIN for letter in wrong):
        letter = next(letter for letter in wrong if letter.upper() in PROTEIN)
        return f"the letter '{letter}' in '{name}' is none of DNA; is this a protein? A genome's sequence is needed"
    if wrong[0] in "-.":
        return f"a gap '{wrong[0]}' in '{name}'; give the sequence without the gaps of an alignment"
    return f"{wrong[0]!r} in '{name}' is no letter of DNA (IUPAC); mend or remove it"


def digest(letters: bytes) -> str:
    """The GA4GH refget digest of upper-case letters: "SQ." and sha512t24u.

    >>> digest(b"ACGT")
    'SQ.aKF498dAxcJAqme6QYQ7EZ07-fiw8Kw2'
    """
    return "SQ." + base64.urlsafe_b64encode(hashlib.sha512(letters).digest()[:24]).decode()


def write(path: str, names: Sequence[str], bases: Sequence[np.ndarray]) -> None:
    """Write contigs given by their names and their codes, uint8 (length,) each."""
    with writing(path) as stream:
        for name, codes in zip(names, bases, strict=True):
            letters = decode(codes)
            rows = (letters[i : i + WIDTH] for i in range(0, len(letters), WIDTH))
            stream.write("\n".join([f">{name}", *rows, ""]).encode())


def write_index(path: str, names: Sequence[str], lengths: Sequence[int]) -> None:
    """The index (.fai) of what `write` writes of contigs of these names and lengths, as samtools faidx makes it: name,
    length, place in bytes of the first letter, letters and bytes in a full line."""
    rows, place = [], 0
    for name, length in zip(names, lengths, strict=True):
        place += len(f">{name}\n".encode())
        rows.append(f"{name}\t{length}\t{place}\t{min(length, WIDTH)}\t{min(length, WIDTH) + 1}\n")
        place += length + -(-length // WIDTH)
    write_text(path, "".join(rows))
