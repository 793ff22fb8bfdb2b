"""What is said of a head in the report, and pieces of genome that show it."""

from dataclasses import dataclass
from enum import StrEnum

from .motif import Match


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
    """What is said of a head. label: with the element or the head that it names. text: a sentence or two. match: what names it."""

    kind: Kind
    label: str
    text: str
    match: Match | None = None


@dataclass(frozen=True)
class Example:
    """The surroundings of a site on its strand, 5' to 3', and what a head attends to in them.

    contig, position (0-based, + coordinates), strand (+1, -1): the site's. sequence: letters, the site at index `site`. start, end: the
    attended letters, half-open.
    """

    contig: str
    position: int
    strand: int
    sequence: str
    site: int
    start: int
    end: int
