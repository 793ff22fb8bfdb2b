"""One sequence of a file, whatever its format."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Record:
    """One sequence of a file.

    Attributes
    ----------
    name
        The contig name. It is text, also where it looks like a number.
    letters
        The upper-case letters as given, IUPAC.
    circular
        Whether the file says that the sequence is circular.
    """

    name: str
    letters: bytes
    circular: bool = False
