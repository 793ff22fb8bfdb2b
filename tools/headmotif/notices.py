"""What a user should know about his files although the run goes on: one line each, said once.

Readers report it where they see it, with Python's `logging`. The command line prints it on standard error; a program
that imports headmotif handles it as it does any warning of a library.
"""

import logging
from collections.abc import Mapping

from .errors import escape, show_path

LOG = logging.getLogger("headmotif")


def warn(path: str, what: str, line: int | None = None) -> None:
    """Warn the user of something in a file, although the run goes on.

    Parameters
    ----------
    path
        The file as the user gave it; "-" is standard input.
    what
        What it is, in one line without a full stop.
    line
        The line that it is about, from 1; None for the file as a whole.
    """
    place = show_path(path) if line is None else f"{show_path(path)}:{line}"
    LOG.warning("%s", escape(f"{place}: {what}"))


class LeftOut:
    """Counts what a reader leaves out, by reason, and warns the user at the end.

    Parameters
    ----------
    path
        The file as the user gave it; "-" is standard input.
    unit
        What is counted, in the plural.

    Examples
    --------
    >>> left_out = LeftOut("a.vcf", "alleles")
    >>> left_out.add("symbolic (<DEL>)", 7)
    >>> left_out.add("symbolic (<DEL>)", 9)
    >>> left_out.words
    '2 alleles left out: symbolic (<DEL>), first in line 7'
    """

    def __init__(self, path: str, unit: str = "rows"):
        self.path, self.unit = path, unit
        self._count: dict[str, int] = {}
        self._first: dict[str, int | None] = {}

    def add(self, reason: str, line: int | None = None, count: int = 1) -> None:
        """Count something that is left out.

        Parameters
        ----------
        reason
            Why, as words that follow "left out: ".
        line
            Its line, from 1, or None.
        count
            How many there are.
        """
        self._count[reason] = self._count.get(reason, 0) + count
        self._first.setdefault(reason, line)

    def __len__(self) -> int:
        return sum(self._count.values())

    @property
    def counts(self) -> Mapping[str, int]:
        """The number that was left out, by reason."""
        return self._count

    @property
    def words(self) -> str:
        """What was left out and why, in one line; "" for nothing."""
        reasons = []
        for reason, count in self._count.items():
            line = self._first[reason]
            place = "" if line is None else f", {'first ' if count > 1 else ''}in line {line:,}"
            unit = self.unit if count > 1 else self.unit.removesuffix("s")
            reasons.append(f"{count:,} {unit} left out: {reason}{place}")
        return "; ".join(reasons)

    def warn(self) -> None:
        """Warn the user of what was left out, if anything was."""
        if self._count:
            warn(self.path, self.words)
