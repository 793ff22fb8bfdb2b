"""A track as a genome browser shows it."""

from dataclasses import dataclass

from .check import check

KINDS = ("bigwig", "bed", "gff3")


@dataclass(frozen=True)
class BrowserTrack:
    """One track of a genome browser.

    Attributes
    ----------
    name
        The name that the browser shows.
    file
        The file of the track, relative to the page that names it.
    kind
        The kind of file, one of `KINDS`.
    colour
        Red, green and blue, 0-255 each.
    minus
        The colour of features on the - strand, as `colour`. It has no effect on a bigWig.
    """

    name: str
    file: str
    kind: str
    colour: tuple[int, int, int]
    minus: tuple[int, int, int]

    def __post_init__(self) -> None:
        check(self.kind in KINDS, f"{self.kind} is not a kind of track")
