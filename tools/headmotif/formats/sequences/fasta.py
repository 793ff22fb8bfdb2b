"""FASTA: sequences of DNA, plain, gzip, bgzip or from standard input (https://en.wikipedia.org/wiki/FASTA_format).

A record is a line `>name description` and lines of letters of any length. The name ends at the first space or tab. A
record is circular if its title says so, as assemblers and annotators write it: `circular=true`, `circular=Y`,
`topology=circular`, `[topology=circular]`, in any case. If it says both, it is linear.
Accepted: lower case, U, IUPAC ambiguity, CR and CRLF line ends, a byte-order mark, empty lines, spaces within lines.
Refused, with the line: text before the first `>`, a record without a name or without letters, a name used twice, a
letter outside IUPAC.

The lines are checked one by one and written to a temporary plain file, one line for each record. pyfaidx indexes and
reads that file. Of the input itself it would take neither gzip nor standard input nor lines of uneven length, and it
would leave its index beside it.
"""

import base64
import hashlib
import os
import re
import tempfile
from collections.abc import Sequence
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from ...alphabet import ENCODE, INVALID, decode
from ...errors import FormatError, InputError
from ..files import read_bytes, warn_if_cut
from ..output_files import open_for_writing, write_text
from .record import Record

if TYPE_CHECKING:
    import pyfaidx

WIDTH = 80
"""Letters in a written line, as in NCBI's files."""

ALLOWED = bytes(letter for letter in range(256) if ENCODE[letter] != INVALID)
PROTEIN = "EFILPQZJOX*"
SHAPE = re.compile(
    r"(?<![A-Z])(?:circular|topology)[ \t]*[=:-][ \t]*[\"']?([A-Z]+|[01])(?![A-Z0-9])", re.IGNORECASE | re.ASCII
)
"""What a title says about the shape: Unicycler, SKESA, Dragonflye, Autocycler, myloasm, Bakta, table2asn. It is not
Canu's `suggestCircular`, of whose contigs the ends overlap."""
IS_CIRCULAR = dict.fromkeys(("circular", "true", "t", "yes", "y", "1"), True) | dict.fromkeys(
    ("linear", "false", "f", "no", "n", "0"), False
)
"""Whether a word for the shape means a circle."""


def read(path: str) -> list[Record]:
    """Read the records of a file.

    Parameters
    ----------
    path
        The file, gzip or plain; "-" is standard input.

    Returns
    -------
    list of Record
        The records, in the file's order.

    Raises
    ------
    FormatError
        As `parse`.
    """
    return parse(read_bytes(path), path)


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
        With the line, if the content is no FASTA or malformed.
    InputError
        If no temporary file can be written.
    """
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    if not raw.strip():
        raise FormatError(path, None, "this file is empty; give FASTA")
    warn_if_cut(raw, path)
    try:
        folder = tempfile.TemporaryDirectory(prefix="headmotif-")
    except FileNotFoundError:  # tempfile's error for a full disk too
        raise InputError(
            "there is no writable folder for temporary files; free disk space, or set TMPDIR to a writable folder"
        ) from None
    with folder as place:
        plain = os.path.join(place, "plain.fa")
        with open(plain, "wb") as spool:
            titles = _spool(raw, path, spool)
        with _index(plain) as records:
            letters = (records[str(number)][:].encode("ascii") for number in range(len(titles)))
            return [Record(name, own, circle) for (name, circle), own in zip(titles.items(), letters, strict=True)]


def _index(plain: str) -> "pyfaidx.Fasta":
    import pyfaidx

    try:
        return pyfaidx.Fasta(plain, indexname=plain + ".fai", as_raw=True, sequence_always_upper=True)
    except OSError as error:  # pyfaidx hides why the index could not be written
        raise error.__context__ if isinstance(error.__context__, OSError) else error from None


def _spool(raw: bytes, path: str, spool: BinaryIO) -> dict[str, bool]:
    """Check every line, write each record under its number as one line, and return the names and which are circular.

    Numbers rather than names: an index cannot hold every name (letters of any encoding).
    """
    names: dict[str, int] = {}
    circular: dict[str, bool] = {}
    began, has_letters = 0, True
    if b"\r" in raw:
        raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    for number, line in enumerate(raw.split(b"\n"), 1):
        if line[:1] == b">":
            if not has_letters:
                raise FormatError(path, began, _explain_no_sequence(names))
            title = _decode(line[1:])
            name = _name(title, path, number)
            if name in names:
                raise FormatError(
                    path,
                    number,
                    f"the record name '{name}' is already used in line {names[name]}; give each record its own name",
                )
            spool.write(b"%s>%d\n" % (b"\n" if names else b"", len(names)))
            names[name] = began = number
            circular[name] = _is_circular(title)
            has_letters = False
            continue
        letters = b"".join(line.split())
        if not letters:
            continue
        if not names:
            raise FormatError(
                path,
                number,
                f"there is text before the first '>' ({_start(line)}); begin the FASTA with '>' and a name",
            )
        if wrong := letters.translate(None, ALLOWED):
            raise FormatError(path, number, _explain_wrong_letter(wrong.decode("latin-1"), list(names)[-1]))
        spool.write(letters)
        has_letters = True
    if not has_letters:
        raise FormatError(path, began, _explain_no_sequence(names))
    spool.write(b"\n")
    return circular


def _decode(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("latin-1")


def _is_circular(title: str) -> bool:
    """Whether a title says that the sequence is circular, and nowhere that it is not.

    >>> _is_circular("1 length=6000 depth=1.00x circular=true"), _is_circular("2 [topology=linear]")
    (True, False)
    """
    said = [IS_CIRCULAR.get(word.lower()) for word in SHAPE.findall(title)]
    return True in said and False not in said


def _name(title: str, path: str, number: int) -> str:
    words = title.split(maxsplit=1)
    if not words or title[:1].isspace():
        raise FormatError(path, number, "this record has no name; write one directly after the '>'")
    if not words[0].isprintable():
        raise FormatError(path, number, "this name has control characters; the file may be damaged")
    return words[0]


def _explain_no_sequence(names: dict[str, int]) -> str:
    return f"the record '{list(names)[-1]}' has no sequence; the file may be truncated"


def _start(line: bytes) -> str:
    text = _decode(line).strip()
    return repr(text[:30] + ("..." if len(text) > 30 else ""))


def _explain_wrong_letter(wrong: str, name: str) -> str:
    """Explain letters that are not DNA's, in a record of this name."""
    if any(letter.upper() in PROTEIN for letter in wrong):
        letter = next(letter for letter in wrong if letter.upper() in PROTEIN)
        return f"the letter '{letter}' in '{name}' is not a letter of DNA; is this a protein? Give the genome's DNA"
    if wrong[0] in "-.":
        return f"there is a gap '{wrong[0]}' in '{name}'; give the sequence without the gaps of an alignment"
    return f"{wrong[0]!r} in '{name}' is not a letter of DNA (IUPAC); correct or remove it"


def digest(letters: bytes) -> str:
    """Compute the GA4GH refget digest of a sequence: "SQ." and sha512t24u.

    Parameters
    ----------
    letters
        The sequence in upper-case letters.

    Returns
    -------
    str
        The digest.

    Examples
    --------
    >>> digest(b"ACGT")
    'SQ.aKF498dAxcJAqme6QYQ7EZ07-fiw8Kw2'
    """
    return "SQ." + base64.urlsafe_b64encode(hashlib.sha512(letters).digest()[:24]).decode()


def write(path: str, names: Sequence[str], bases: Sequence[np.ndarray]) -> None:
    """Write contigs as FASTA, with `WIDTH` letters in a line.

    Parameters
    ----------
    path
        The file; "-" is standard output.
    names
        The contig names.
    bases
        The bases of each contig, uint8 (length,), codes 0-4.
    """
    with open_for_writing(path) as stream:
        for name, codes in zip(names, bases, strict=True):
            letters = decode(codes)
            rows = (letters[i : i + WIDTH] for i in range(0, len(letters), WIDTH))
            stream.write("\n".join([f">{name}", *rows, ""]).encode())


def write_index(path: str, names: Sequence[str], lengths: Sequence[int]) -> None:
    """Write the index (.fai) of a FASTA that `write` wrote, as samtools faidx makes it.

    Its columns are name, length, place in bytes of the first letter, letters and bytes in a full line.

    Parameters
    ----------
    path
        The file; "-" is standard output.
    names
        The contig names, in order.
    lengths
        The lengths of the contigs in nucleotides.
    """
    rows, place = [], 0
    for name, length in zip(names, lengths, strict=True):
        place += len(f">{name}\n".encode())
        rows.append(f"{name}\t{length}\t{place}\t{min(length, WIDTH)}\t{min(length, WIDTH) + 1}\n")
        place += length + -(-length // WIDTH)
    write_text(path, "".join(rows))
