"""The -35 and the -10 box of each site: the pair that scores best, which is there for any position, and how good its
-10 is.

It is the pair that gives the site its score in `pair_scan`. A -10 is found wherever one looks: what counts is its p,
that of one random word, and five words are looked at for each site.
"""

from dataclasses import dataclass, fields

import numpy as np

from ...alphabet import DECODE, G, N, T
from ...data import Genome, Motif, Sites
from ..sequence.region_windows import composition
from ..sequence.scan import log_odds, p_values
from ..sequence.windows import Reads, flip
from .frequencies import SPACER, TO_START
from .pair_scan import NOTHING, scan_pairs, upstream

BEFORE_TEN = 3
"""Bases before the -10 that the TGn of an extended one takes."""


@dataclass(frozen=True, eq=False)
class Boxes:
    """The best pair of boxes of each site, columns (sites,); without one (N, a contig's end): "", -1, NaN and False.

    minus35, minus10: str, the hexamers 5' to 3' on the site's strand. spacer: int64, bases between them; to_start:
    int64, how far the last base of the -10 lies before the +1. score: float64, bits of the pair, with those of its
    spacer and distance. minus10_p: float64, how often a random word of the genome's composition scores as high as the
    -10. extended: bool, TG one base before the -10.
    """

    minus35: np.ndarray
    minus10: np.ndarray
    spacer: np.ndarray
    to_start: np.ndarray
    score: np.ndarray
    minus10_p: np.ndarray
    extended: np.ndarray

    def __len__(self) -> int:
        return len(self.score)

    def take(self, rows: np.ndarray) -> "Boxes":
        """The given rows (indices or a mask), in their order."""
        return Boxes(*(getattr(self, column.name)[rows] for column in fields(self)))


def boxes(
    genome: Genome,
    sites: Sites,
    minus35: Motif,
    minus10: Motif,
    spacer: dict[int, float] = SPACER,
    to_start: dict[int, float] = TO_START,
    background: np.ndarray | None = None,
) -> Boxes:
    """The boxes of sites. spacer, to_start: the share of each; of equal pairs the first in the order of `to_start`,
    then of `spacer`.

    background: frequencies of A, C, G, T, float64 (4,), by default the genome's own.
    """
    background = composition(genome) if background is None else background
    upper, lower = log_odds(minus35, background), log_odds(minus10, background)
    between = {last - 1: share for last, share in to_start.items()}
    lead = (
        upstream(minus35, minus10, spacer, between) + BEFORE_TEN
    )  # the TGn of the farthest -10 without a -35 still lies in it
    reads = Reads(genome, lead, 0)
    windows = reads.cut(sites.contig, sites.strand, flip(sites.position, sites.strand, reads.lengths[sites.contig]), 1)
    # End to end: what is scored at the last place of a window lies in that window.
    found = [
        column.reshape(-1, lead + 1)[:, lead] for column in scan_pairs(windows.ravel(), upper, lower, spacer, between)
    ]
    score, discriminator, gap, own = found
    there = score > NOTHING
    ten = lead - discriminator - len(minus10)
    above = ten - gap - len(minus35)
    return Boxes(
        minus35=_words(windows, above, len(minus35), there),
        minus10=_words(windows, ten, len(minus10), there),
        spacer=np.where(there, gap, -1).astype(np.int64),
        to_start=np.where(there, discriminator + 1, -1).astype(np.int64),
        score=np.where(there, score, np.nan),
        minus10_p=np.where(there, p_values(own, lower, background), np.nan),
        extended=there & (_at(windows, ten - 3) == T) & (_at(windows, ten - 2) == G),
    )


def _at(windows: np.ndarray, column: np.ndarray) -> np.ndarray:
    return windows[np.arange(len(windows)), column]


def _words(windows: np.ndarray, first: np.ndarray, width: int, there: np.ndarray) -> np.ndarray:
    """The words of each window from a column on, str (windows,); "" where not there."""
    columns = np.where(there, first, 0)[:, None] + np.arange(width)
    letters = DECODE[np.where(there[:, None], np.take_along_axis(windows, columns, axis=1), N)]
    words = np.ascontiguousarray(letters).view(f"S{width}").ravel().astype(str)
    return np.where(there, words, "")
