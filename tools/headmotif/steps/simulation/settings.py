"""What is planted, in numbers. Loads nothing, so that a command can show the defaults at once."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PlantSettings:
    """What is planted. Shares are of the promoters: inside (a gene of the site's strand), antisense (to a gene), the
    rest before units.

    decoys: -10 boxes without a site, as a share of the promoters. missing and false: true sites not listed, and listed
    ones that are none, as shares of the true; jittered: share of the listed true ones off by one or two nucleotides.
    margin: no site nearer to an end. sharpness: power of the hexamers' and factors' probabilities: 1 as published,
    above 1 easier, below 1 harder. gc: share of G and C of what is not planted; 0: E. coli's.
    The inside and antisense sites stand to each other as Cappable-seq's (44 % and 18 % there).
    """

    length: int = 400_000
    promoters: int = 800
    coding: float = 0.87
    inside: float = 0.28
    antisense: float = 0.12
    decoys: float = 1.0
    missing: float = 0.10
    false: float = 0.10
    jittered: float = 0.15
    margin: int = 150
    sharpness: float = 1.0
    gc: float = 0.0
    contig: str = "planted"

    def __post_init__(self) -> None:
        shares = (
            self.coding,
            self.inside,
            self.antisense,
            self.missing,
            self.false,
            self.jittered,
            self.inside + self.antisense,
        )
        if any(not 0 <= share <= 1 for share in shares) or self.decoys < 0:
            raise ValueError("a share lies outside 0 to 1")
        if self.sharpness <= 0 or not (self.gc == 0 or 0.25 <= self.gc <= 0.75):
            raise ValueError("a sharpness above 0 and a gc from 0.25 to 0.75 are needed")
        if self.length < 4 * self.margin or self.promoters < 0 or self.margin < 100:
            raise ValueError("a planted genome needs a length of four margins, and a margin of 100")


DEFAULT = PlantSettings()
