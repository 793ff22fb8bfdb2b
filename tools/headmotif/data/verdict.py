"""What is said of a head in the report, and pieces of genome that show it."""

from dataclasses import dataclass

from .motif import Match

KNOWN, CANDIDATE, REDUNDANT, UNSTABLE, POSITION, NOTHING, UNTESTED = (
    "known element",
    "candidate",
    "redundant",
    "does not recur",
    "not beyond its positional null",
    "nothing beyond chance",
    "not tested",
)
KINDS = (KNOWN, CANDIDATE, REDUNDANT, UNSTABLE, POSITION, NOTHING, UNTESTED)


@dataclass(frozen=True)
class Verdict:
    """kind: one of `KINDS`. label: with the element or the head that it names. text: a sentence or two. match: the match that names it."""

    kind: str
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
