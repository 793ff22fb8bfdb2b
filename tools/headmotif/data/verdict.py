"""What the tests of a head found, what is said of it in the report, and pieces of genome that show it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from .check import check
from .motif import Match


class Outcome(StrEnum):
    """What the controls of a head's regions and motif came to."""

    NO_REGION = "nothing beyond background"
    BY_CHANCE = "no more than heads that know nothing"
    TOO_FEW = "too few regions for a motif"
    POSITION = "position"
    CONTENT = "content"


@dataclass(frozen=True)
class HeadTest:
    """What score-heads found of a head. inert: its motif alone moves no score. recurs: in models of other seeds, None
    where there were none. Both are looked at where the outcome is CONTENT."""

    outcome: Outcome
    inert: bool = False
    recurs: bool | None = None

    _INERT: ClassVar = "no effect alone"
    _RECURS: ClassVar = {True: "recurs", False: "does not recur"}

    def __post_init__(self) -> None:
        plain = self.outcome == Outcome.CONTENT or (not self.inert and self.recurs is None)
        check(plain, f"a head of '{self.outcome}' is tested no further")

    def __str__(self) -> str:
        """As it stands in the table of heads.

        >>> str(HeadTest(Outcome.CONTENT, inert=True, recurs=False))
        'content, no effect alone, does not recur'
        """
        more = [self._INERT] * self.inert + ([] if self.recurs is None else [self._RECURS[self.recurs]])
        return ", ".join([self.outcome, *more])

    @classmethod
    def parse(cls, text: str) -> "HeadTest":
        """What such a text says. Raises ValueError for any other.

        >>> HeadTest.parse("content, recurs")
        HeadTest(outcome=<Outcome.CONTENT: 'content'>, inert=False, recurs=True)
        """
        outcome, *more = text.split(", ")
        recurs = next((known for known, said in cls._RECURS.items() if said in more), None)
        found = cls(Outcome(outcome), cls._INERT in more, recurs)
        check(str(found) == text, f"'{text}' is no verdict")
        return found


class Kind(StrEnum):
    """What may be said of a head, in the order of the page."""

    KNOWN = "known element"
    CANDIDATE = "candidate"
    REDUNDANT = "redundant"
    UNSTABLE = "does not recur"
    POSITION = "not beyond its positional null"
    NOTHING = "nothing beyond chance"
    UNTESTED = "not tested"


@dataclass(frozen=True)
class Verdict:
    """What is said of a head. label: with the element or the head that it names. text: a sentence or two. match: what
    names it."""

    kind: Kind
    label: str
    text: str
    match: Match | None = None


@dataclass(frozen=True)
class Example:
    """The surroundings of a site on its strand, 5' to 3', and what a head attends to in them.

    contig, position (0-based, + coordinates), strand (+1, -1): the site's. sequence: letters, the site at index `site`.
    start, end: the attended letters, half-open.
    """

    contig: str
    position: int
    strand: int
    sequence: str
    site: int
    start: int
    end: int
