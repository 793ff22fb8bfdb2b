"""What is planted in a simulated genome, in numbers.

This module imports nothing heavy, so that a command can show the defaults at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class PlantSettings:
    """What is planted in a simulated genome.

    Promoters lie in a gene of their own strand, antisense to a gene, or before a transcription unit. The defaults of
    the first two stand to each other as among Cappable-seq sites (44 % and 18 % there).

    Attributes
    ----------
    length
        Length of the genome in nucleotides, at least four times `margin`.
    promoters
        Number of promoters.
    coding
        Share of the genome that genes cover, 0 to 1.
    inside
        Share of the promoters whose site lies in a gene of its own strand.
    antisense
        Share of the promoters whose site lies in a gene of the other strand.
    decoys
        Number of -10 elements without a site, as a share of the promoters; may exceed 1.
    missing
        Share of the true sites that are not listed.
    false
        Number of listed sites that are false, as a share of the true sites.
    jittered
        Share of the listed true sites that are off by one or two nucleotides.
    margin
        Nucleotides at each end without sites, at least 100.
    sharpness
        Power of the probabilities in hexamers and TF sites: 1 as published, above 1 easier, below 1 harder to find.
    tfs
        Share of the promoters that each TF binds to, by its name; None for the published shares.
    gc
        Share of G and C in the background, 0.25 to 0.75; None for that of E. coli.
    contig
        Contig name.
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
    tfs: Mapping[str, float] | None = None
    gc: float | None = None
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
            raise ValueError("a share is not between 0 and 1")
        if self.sharpness <= 0 or not (self.gc is None or 0.25 <= self.gc <= 0.75):
            raise ValueError("the sharpness must be above 0, and the share of G and C from 0.25 to 0.75")
        if self.length < 4 * self.margin or self.promoters < 0 or self.margin < 100:
            raise ValueError(
                "a simulated genome needs a margin of at least 100 nt and a length of at least four margins"
            )


DEFAULT = PlantSettings()
