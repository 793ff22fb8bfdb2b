"""The baseline that needs no training: -35 and -10 matrices, their spacer and the distance to the +1, scored at every
nucleotide.

After Staden (1984), Nucleic Acids Res 12:505-519 (unchecked): the best sum of the two log-odds over the spacers and
discriminators, each with the logarithm of its share.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from ...data import Genome, Motif
from ..sequence.region_windows import composition
from ..sequence.scan import log_odds, scan
from ..sequence.windows import oriented

NOTHING = -100.0
"""The score where a matrix meets N, or what lies off a contig."""


class Scan(NamedTuple):
    """What two matrices say of every place of a strand as the +1, each (length,): the score in bits, float64; the
    number of bases between the -10 and the +1, between the two hexamers, and the -10's own score, all of the best
    pair."""

    score: np.ndarray
    discriminator: np.ndarray
    spacer: np.ndarray
    minus10: np.ndarray


def promoter_scores(
    genome: Genome, minus35: Motif, minus10: Motif, spacer: dict[int, float], discriminator: dict[int, float]
) -> np.ndarray:
    """Score in bits, float32 (2, N), rows + and -, both by + coordinates, of each nucleotide as the +1; -100 where a
    matrix meets N.

    spacer: share of each number of bases between the two hexamers; discriminator: of those between the -10 and the +1.
    """
    background = composition(genome)
    upper, lower = log_odds(minus35, background), log_odds(minus10, background)
    lead = upstream(minus35, minus10, spacer, discriminator)
    result = np.full((2, len(genome.base)), NOTHING, np.float32)
    for index, contig in enumerate(genome.contigs):
        for row, strand in enumerate((1, -1)):
            score = scan_pairs(oriented(genome, index, strand, lead, 0), upper, lower, spacer, discriminator).score[
                lead:
            ]
            start = genome.start[index]
            result[row, start : start + contig.length] = score if strand > 0 else score[::-1]
    return result


def upstream(minus35: Motif, minus10: Motif, spacer: dict[int, float], discriminator: dict[int, float]) -> int:
    """How many bases before the +1 a pair of boxes takes at most."""
    return len(minus35) + max(spacer) + len(minus10) + max(discriminator)


def scan_pairs(
    codes: np.ndarray, upper: np.ndarray, lower: np.ndarray, spacer: dict[int, float], discriminator: dict[int, float]
) -> Scan:
    """The best pair for every place of codes, uint8 (length,), read 5' to 3'; upper, lower: scores (width, 4) of the
    two hexamers.

    Of equal pairs the first in the order of `discriminator`, then of `spacer`, counts. Where there is none, the score
    is `NOTHING`.
    """
    length = len(codes)
    above, below = scan(codes, upper), scan(codes, lower)  # by their first bases
    paired, gap = _best(length, ((s, np.log2(share), above, len(upper) + s) for s, share in spacer.items()))
    own = np.full(length, -np.inf)
    own[: len(below)] = below
    # The sum of the -10 with its best -35, by the first base of the -10.
    both = np.maximum(own + paired, NOTHING)
    score, between = _best(length, ((d, np.log2(share), both, len(lower) + d) for d, share in discriminator.items()))
    ten = np.maximum(np.arange(length) - len(lower) - between, 0)
    return Scan(np.maximum(score, NOTHING), between, gap[ten], own[ten])


def _best(length: int, choices: Iterable[tuple[int, float, np.ndarray, int]]) -> tuple[np.ndarray, np.ndarray]:
    """For every place the best of several values, each so many places before it and with a bonus: the value, and its
    name; -inf where none.

    choices: name, bonus, values (any length) and how far before.
    """
    best, which = np.full(length, -np.inf), np.zeros(length, np.int32)
    for name, bonus, values, shift in choices:
        there = values[: max(length - shift, 0)] + bonus
        span = slice(shift, shift + len(there))
        np.copyto(which[span], name, where=there > best[span])
        np.maximum(best[span], there, out=best[span])
    return best, which
