"""What a genome browser is told of a track."""

from dataclasses import dataclass

from .check import check

KINDS = ("bigwig", "bed", "gff3")


@dataclass(frozen=True)
class BrowserTrack:
    """One track: its name, its file beside the page that names it, the file's kind, and its colours as red, green and
    blue, 0-255.

    minus: the colour of features on the - strand; of a bigWig it means nothing.
    """

    name: str
    file: str
    kind: str
    colour: tuple[int, int, int]
    minus: tuple[int, int, int]

    def __post_init__(self) -> None:
        check(self.kind in KINDS, f"a track of kind {self.kind}")
