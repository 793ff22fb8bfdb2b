"""The baseline that needs no training: -35 and -10 matrices, their spacer and the distance to the +1, scored at every nucleotide.

After Staden (1984), Nucleic Acids Res 12:505-519 (unchecked): the best sum of the two log-odds over the spacers and discriminators,
each with the logarithm of its share.
"""

import numpy as np

from ..data import Genome, Motif
from .motifs import composition
from .scan import log_odds, scan
from .windows import oriented


def promoter_scores(
    genome: Genome, minus35: Motif, minus10: Motif, spacer: dict[int, float], discriminator: dict[int, float]
) -> np.ndarray:
    """Score in bits, float32 (2, N), rows + and -, both by + coordinates, of each nucleotide as the +1; -100 where a matrix meets N.

    spacer: share of each number of bases between the two hexamers; discriminator: of those between the -10 and the +1.
    """
    background = composition(genome)
    upper, lower = log_odds(minus35, background), log_odds(minus10, background)
    reach = len(minus35) + max(spacer) + len(minus10) + max(discriminator)
    result = np.full((2, len(genome.base)), -100.0, np.float32)
    for index, contig in enumerate(genome.contigs):
        for row, strand in enumerate((1, -1)):
            codes = oriented(genome, index, strand, reach, reach)
            both = _pairs(scan(codes, upper), scan(codes, lower), len(minus35), spacer)  # by the start of the -10
            score = np.full(contig.length, -100.0)
            for gap, share in discriminator.items():
                first = reach - gap - len(minus10)
                score = np.maximum(score, both[first : first + contig.length] + np.log2(share))
            start = genome.start[index]
            result[row, start : start + contig.length] = score if strand > 0 else score[::-1]
    return result


def _pairs(upper: np.ndarray, lower: np.ndarray, width: int, spacer: dict[int, float]) -> np.ndarray:
    """Best sum for each start of the lower box over the upper boxes that lie a spacer before it."""
    best = np.full(len(lower), -100.0)
    for gap, share in spacer.items():
        shift = width + gap
        best[shift:] = np.maximum(best[shift:], upper[: len(lower) - shift] + np.log2(share))
    return np.maximum(lower + best, -100.0)
