"""What the tests of a head found, what the report says about it, and example sites of it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from .check import check
from .motif import Match


class Outcome(StrEnum):
    """The result of the controls on a head's regions and on its motif."""

    NO_REGION = "no regions"
    BY_CHANCE = "no more regions than control networks"
    TOO_FEW = "too few regions for a motif"
    POSITION = "position"
    CONTENT = "content"


@dataclass(frozen=True)
class HeadTest:
    """What score-heads found out about a head.

    `inert` and `recurs` are tested only where the outcome is CONTENT; a record of another outcome with one of them
    raises ValueError.

    Attributes
    ----------
    outcome
        The result of the controls.
    inert
        True if the motif alone changes no score in marginalisation.
    recurs
        True if the head recurs in replicates, False if it does not, None if there were no replicates.
    """

    outcome: Outcome
    inert: bool = False
    recurs: bool | None = None

    _INERT: ClassVar = "motif alone has no effect"
    _RECURS: ClassVar = {True: "recurs", False: "does not recur"}

    def __post_init__(self) -> None:
        plain = self.outcome == Outcome.CONTENT or (not self.inert and self.recurs is None)
        check(plain, f"a head of '{self.outcome}' is tested no further")

    def __str__(self) -> str:
        """Return the text that the table of heads holds.

        >>> str(HeadTest(Outcome.CONTENT, inert=True, recurs=False))
        'content, motif alone has no effect, does not recur'
        """
        more = [self._INERT] * self.inert + ([] if self.recurs is None else [self._RECURS[self.recurs]])
        return ", ".join([self.outcome, *more])

    @classmethod
    def parse(cls, text: str) -> "HeadTest":
        """Read the text of the table of heads.

        >>> HeadTest.parse("content, recurs")
        HeadTest(outcome=<Outcome.CONTENT: 'content'>, inert=False, recurs=True)

        Parameters
        ----------
        text
            The text, as `str` of a HeadTest gives it.

        Returns
        -------
        HeadTest
            The record with this text.

        Raises
        ------
        ValueError
            If the text is no verdict of score-heads.
        """
        outcome, *more = text.split(", ")
        recurs = next((known for known, said in cls._RECURS.items() if said in more), None)
        found = cls(Outcome(outcome), cls._INERT in more, recurs)
        check(str(found) == text, f"'{text}' is no verdict")
        return found


class Kind(StrEnum):
    """The kinds of verdicts, in the order of the page."""

    KNOWN = "known motif"
    CANDIDATE = "candidate motif"
    REDUNDANT = "redundant"
    UNSTABLE = "does not recur"
    POSITION = "position only"
    NOTHING = "too few regions"
    UNTESTED = "not tested"


@dataclass(frozen=True)
class Verdict:
    """The verdict on a head.

    Attributes
    ----------
    kind
        The kind of the verdict.
    label
        The kind, with the known motif or the head that it refers to.
    text
        The verdict in a sentence or two.
    match
        The match that names the motif; None without one.
    """

    kind: Kind
    label: str
    text: str
    match: Match | None = None


@dataclass(frozen=True)
class Example:
    """A site with its surroundings and the bases that a head attends to.

    The sequence runs 5' to 3' on the strand of the site.

    Attributes
    ----------
    contig
        Name of the contig.
    position
        Position of the site, 0-based, + coordinates.
    strand
        Strand of the site, +1 or -1.
    sequence
        Letters around the site.
    site
        Index of the site in `sequence`.
    start, end
        The attended letters of `sequence`, 0-based half-open.
    """

    contig: str
    position: int
    strand: int
    sequence: str
    site: int
    start: int
    end: int
