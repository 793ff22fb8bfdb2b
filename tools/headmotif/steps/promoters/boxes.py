"""The -35 and the -10 element of each site, and how rare its -10 element is by chance.

The elements of a site are the pair that gives it its score in `pair_scan`. Every position has a best pair, and so a -10
element, whether or not it is a promoter. `Boxes.minus10_p` shows whether the -10 element is more than chance. It is the
p-value of one random word, but five words are tried for each site.
"""

from dataclasses import dataclass, fields

import numpy as np

from ...alphabet import DECODE, G, N, T
from ...data import Genome, Motif, Sites
from ..sequence.region_windows import composition
from ..sequence.scan import log_odds, p_values
from ..sequence.windows import Reads, flip
from .frequencies import SPACER, TO_START
from .pair_scan import NOTHING, count_upstream, scan_pairs

BEFORE_TEN = 3
"""Bases before the -10 element that the TGn of an extended one takes."""


@dataclass(frozen=True, eq=False)
class Boxes:
    """The best pair of elements of each site, one row for each site.

    A site without a pair, because of an N or the end of a contig, has "", -1, NaN and False.

    Attributes
    ----------
    minus35, minus10
        str (sites,), the hexamers, 5' to 3' on the site's strand.
    spacer
        int64 (sites,), number of bases between the two elements.
    to_start
        int64 (sites,), distance in nucleotides from the last base of the -10 element to the +1.
    score
        float64 (sites,), score of the pair in bits, with the shares of its spacer and of its distance to the +1.
    minus10_p
        float64 (sites,), probability that a random word of the genome's composition scores as high as the -10 element.
    extended
        bool (sites,), whether TG stands one base before the -10 element.
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
        """Select rows.

        Parameters
        ----------
        rows
            Indices or a bool mask.

        Returns
        -------
        Boxes
            The given rows, in their order.
        """
        return Boxes(*(getattr(self, column.name)[rows] for column in fields(self)))


def find_elements(
    genome: Genome,
    sites: Sites,
    minus35: Motif,
    minus10: Motif,
    spacer: dict[int, float] = SPACER,
    to_start: dict[int, float] = TO_START,
    background: np.ndarray | None = None,
) -> Boxes:
    """Find the best pair of -35 and -10 elements of each site.

    Of equal pairs the first counts, in the order of `to_start` and then of `spacer`.

    Parameters
    ----------
    genome
        The sequence that the sites lie on.
    sites
        Positions taken as +1.
    minus35, minus10
        Motifs of the two elements.
    spacer
        Share of each number of bases between the two elements.
    to_start
        Share of each distance from the last base of the -10 element to the +1, in nucleotides.
    background
        float64 (4,), frequencies of A, C, G and T; by default those of the genome.

    Returns
    -------
    Boxes
        One row for each site, in the order of `sites`.
    """
    background = composition(genome) if background is None else background
    upper, lower = log_odds(minus35, background), log_odds(minus10, background)
    between = {last - 1: share for last, share in to_start.items()}
    lead = (
        count_upstream(minus35, minus10, spacer, between) + BEFORE_TEN
    )  # room for the TGn of the farthest -10 element even where there is no -35 element
    reads = Reads(genome, lead, 0)
    windows = reads.cut(sites.contig, sites.strand, flip(sites.position, sites.strand, reads.lengths[sites.contig]), 1)
    # The windows are scanned as one sequence. The score at the last base of a window depends on that window alone.
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
        extended=there & (_take_column(windows, ten - 3) == T) & (_take_column(windows, ten - 2) == G),
    )


def _take_column(windows: np.ndarray, column: np.ndarray) -> np.ndarray:
    """Each window's code at its own column, uint8 (windows,)."""
    return windows[np.arange(len(windows)), column]


def _words(windows: np.ndarray, first: np.ndarray, width: int, there: np.ndarray) -> np.ndarray:
    """The `width` bases of each window from its column `first` on, str (windows,); "" where not `there`."""
    columns = np.where(there, first, 0)[:, None] + np.arange(width)
    letters = DECODE[np.where(there[:, None], np.take_along_axis(windows, columns, axis=1), N)]
    words = np.ascontiguousarray(letters).view(f"S{width}").ravel().astype(str)
    return np.where(there, words, "")
