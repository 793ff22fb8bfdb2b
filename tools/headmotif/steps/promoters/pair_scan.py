"""A baseline that needs no training: the best pair of -35 and -10 elements before each nucleotide.

The score is the sum of the two log-odds and of the logarithms of the shares of the spacer and of the discriminator. The
best pair over all spacers and discriminators counts. After Staden (1984), Nucleic Acids Res 12:505-519 (unchecked).
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from ...data import Genome, Motif
from ..sequence.region_windows import composition
from ..sequence.scan import log_odds, scan
from ..sequence.windows import orient

NOTHING = -100.0
"""Score where a motif would cover an N or lie beyond the end of a contig."""


class Scan(NamedTuple):
    """The best pair of elements of every position of a strand, taken as the +1.

    Attributes
    ----------
    score
        float64 (length,), score of the pair in bits; `NOTHING` where there is none.
    discriminator
        int32 (length,), number of bases between the -10 element and the +1.
    spacer
        int32 (length,), number of bases between the two elements.
    minus10
        float64 (length,), score of the -10 element alone in bits.
    """

    score: np.ndarray
    discriminator: np.ndarray
    spacer: np.ndarray
    minus10: np.ndarray


def promoter_scores(
    genome: Genome, minus35: Motif, minus10: Motif, spacer: dict[int, float], discriminator: dict[int, float]
) -> np.ndarray:
    """Score each nucleotide as the +1 of a promoter.

    Parameters
    ----------
    genome
        The sequence; its composition is the background.
    minus35, minus10
        Motifs of the two elements.
    spacer
        Share of each number of bases between the two elements.
    discriminator
        Share of each number of bases between the -10 element and the +1.

    Returns
    -------
    numpy.ndarray
        float32 (2, N), bits; rows + and -, both by + coordinates. -100 where a motif would cover an N or lie off a
        contig.
    """
    background = composition(genome)
    upper, lower = log_odds(minus35, background), log_odds(minus10, background)
    lead = count_upstream(minus35, minus10, spacer, discriminator)
    result = np.full((2, len(genome.base)), NOTHING, np.float32)
    for index, contig in enumerate(genome.contigs):
        for row, strand in enumerate((1, -1)):
            score = scan_pairs(orient(genome, index, strand, lead, 0), upper, lower, spacer, discriminator).score[lead:]
            start = genome.start[index]
            result[row, start : start + contig.length] = score if strand > 0 else score[::-1]
    return result


def count_upstream(minus35: Motif, minus10: Motif, spacer: dict[int, float], discriminator: dict[int, float]) -> int:
    """Count the bases before the +1 that a pair of elements takes at most.

    Parameters
    ----------
    minus35, minus10
        Motifs of the two elements.
    spacer
        Shares by the number of bases between the two elements.
    discriminator
        Shares by the number of bases between the -10 element and the +1.

    Returns
    -------
    int
        Bases of the longest pair, from its first base to the base before the +1.
    """
    return len(minus35) + max(spacer) + len(minus10) + max(discriminator)


def scan_pairs(
    codes: np.ndarray, upper: np.ndarray, lower: np.ndarray, spacer: dict[int, float], discriminator: dict[int, float]
) -> Scan:
    """Find the best pair of elements for every position of a strand.

    Of equal pairs the first counts, in the order of `discriminator` and then of `spacer`.

    Parameters
    ----------
    codes
        uint8 (length,), codes 0-4 of one strand, 5' to 3'.
    upper, lower
        float64 (width, 4), scores of the -35 and of the -10 element in bits, see `scan.log_odds`.
    spacer
        Share of each number of bases between the two elements.
    discriminator
        Share of each number of bases between the -10 element and the +1.

    Returns
    -------
    Scan
        One value for each position; the score is `NOTHING` where there is no pair.
    """
    length = len(codes)
    above, below = scan(codes, upper), scan(codes, lower)  # by their first bases
    paired, gap = _find_best(length, ((s, np.log2(share), above, len(upper) + s) for s, share in spacer.items()))
    own = np.full(length, -np.inf)
    own[: len(below)] = below
    # The score of the -10 element with its best -35 element, by the first base of the -10 element.
    both = np.maximum(own + paired, NOTHING)
    score, between = _find_best(
        length, ((d, np.log2(share), both, len(lower) + d) for d, share in discriminator.items())
    )
    ten = np.maximum(np.arange(length) - len(lower) - between, 0)
    return Scan(np.maximum(score, NOTHING), between, gap[ten], own[ten])


def _find_best(length: int, choices: Iterable[tuple[int, float, np.ndarray, int]]) -> tuple[np.ndarray, np.ndarray]:
    """For every position the best of several upstream values, and its name; -inf where there is none.

    choices: name, bonus added to the values, the values (any length), and how many bases before the position they lie.
    """
    best, which = np.full(length, -np.inf), np.zeros(length, np.int32)
    for name, bonus, values, shift in choices:
        there = values[: max(length - shift, 0)] + bonus
        span = slice(shift, shift + len(there))
        np.copyto(which[span], name, where=there > best[span])
        np.maximum(best[span], there, out=best[span])
    return best, which
