"""Correlation between the predictions of the two strands by distance, corrected for local composition.

Promoters that point away from each other may share a -10 element: it reads nearly the same on both strands, and the two
starts then lie some 18 nt apart. However, any stretch rich in A and T raises the scores of both strands. From the logit
of each strand, the part that the local share of A and T explains is therefore subtracted. The correlation of the rest
is compared with that at distances too large for sharing anything.

This correlation counts all positions, and most of them only reflect what two neighbouring bases do. Likely starts are
therefore also counted alone, pair by pair.
"""

from dataclasses import dataclass

import numpy as np

from ...alphabet import A, N, T
from ...data import Genome
from ..calling.local_maxima import call_sites
from ..network.annotate import logit

AROUND = 40
"""Bases on either side over which the share of A and T is taken."""
FAR = (500, 1500)
"""Distances, in nt, between which the two strands are assumed to be independent."""
ROUNDING = 1e-9
"""A row does not vary, but for rounding, if its variance at a distance is at most this share of that of all of it."""
LIKELY = 0.1
"""A local maximum of P with at least this P is a likely start."""


@dataclass(frozen=True, eq=False)
class Strands:
    """Correlation of the two strands by distance; all arrays are (distances,).

    Attributes
    ----------
    distance_nt
        int64, position on the - strand less position on the + strand, both by + coordinates.
    correlation
        float64, Pearson correlation of the logits.
    correlation_corrected
        float64, the same after subtraction of what local composition explains.
    z
        float64, the corrected correlation less its mean at far distances, divided by its standard deviation there.
    pairs
        int64, pairs of likely starts on the two strands at this distance.
    expected
        float64, mean number of such pairs at far distances.
    """

    distance_nt: np.ndarray
    correlation: np.ndarray
    correlation_corrected: np.ndarray
    z: np.ndarray
    pairs: np.ndarray
    expected: np.ndarray


def strands(probability: np.ndarray, genome: Genome, reach: int = 200) -> Strands:
    """Correlate the predictions of the two strands at each distance.

    All contigs are treated as linear, circular ones too.

    Parameters
    ----------
    probability
        float32 (2, N), P of one label, rows + and -, both by + coordinates; NaN where it is unknown.
    genome
        The genome, N nucleotides long.
    reach
        Largest distance, in nt.

    Returns
    -------
    Strands
        At the distances from -`reach` to `reach`.
    """
    said = logit(probability)
    rich = _measure_at_share(genome)
    freed = np.stack([_residual(row, rich) for row in said])
    distance = np.arange(-reach, reach + 1)
    plain, corrected = (_correlate_by_distance(x, genome, distance) for x in (said, freed))
    far = _correlate_by_distance(freed, genome, np.concatenate([-np.arange(*FAR, 7), np.arange(*FAR, 7)]))
    z = (corrected - np.nanmean(far)) / max(float(np.nanstd(far)), 1e-12)
    count = _pairs(probability, genome, max(FAR[1], reach))
    middle = len(count) // 2
    far_pairs = np.concatenate(
        [count[middle - FAR[1] : middle - FAR[0]], count[middle + FAR[0] + 1 : middle + FAR[1] + 1]]
    )
    return Strands(distance, plain, corrected, z, count[middle + distance], np.full(len(distance), far_pairs.mean()))


def _pairs(probability: np.ndarray, genome: Genome, reach: int) -> np.ndarray:
    """Count the pairs of likely starts at each distance from -`reach` to `reach`, - strand less + strand: int64."""
    starts = call_sites(probability, genome.contigs, LIKELY)
    count = np.zeros(2 * reach + 1, np.int64)
    for contig in range(len(genome.contigs)):
        here, there = (
            np.sort(starts.position[(starts.contig == contig) & (starts.strand == sign)]) for sign in (1, -1)
        )
        low, high = np.searchsorted(there, here - reach), np.searchsorted(there, here + reach, side="right")
        for place, first, last in zip(here.tolist(), low.tolist(), high.tolist(), strict=True):
            np.add.at(count, there[first:last] - place + reach, 1)
    return count


def _correlate_by_distance(x: np.ndarray, genome: Genome, distance: np.ndarray) -> np.ndarray:
    """Return the Pearson correlation of row 0 at each position with row 1 at `distance` from it, over all contigs.

    It is NaN where fewer than three pairs are known, or where one row does not vary.
    """
    known = np.isfinite(x)
    if not known.any(axis=1).all():
        return np.full(len(distance), np.nan)
    middle, spread = np.mean(x, axis=1, where=known), np.var(x, axis=1, where=known)
    least = ROUNDING * np.maximum(spread, ROUNDING * middle**2)
    reach = int(np.abs(distance).max())
    n, a, aa, b, bb, ab = _sum_products(x - middle[:, None], genome, reach)[:, reach + distance]
    number = np.maximum(np.rint(n), 1)
    a, aa, b, bb, ab = (total / number for total in (a, aa, b, bb, ab))
    of_a, of_b = aa - a**2, bb - b**2
    enough = (np.rint(n) > 2) & (of_a > least[0]) & (of_b > least[1])
    root = np.sqrt(np.where(enough, of_a * of_b, 1))
    return np.where(enough, (ab - a * b) / root, np.nan)


def _sum_products(x: np.ndarray, genome: Genome, reach: int) -> np.ndarray:
    """Sum over all pairs of known values at each distance from -`reach` to `reach`: float64 (6, distances).

    The sums are the number of pairs, then those of a, a squared, b, b squared and a b, where a is in row 0 of `x` and b
    in row 1; NaN is unknown. Contigs are cut into blocks, whose Fourier transforms give all distances at once.
    """
    size = 1 << (16 * reach + 1000).bit_length()  # of a block with its surroundings
    step = size - 2 * reach
    total = np.zeros((6, size // 2 + 1), complex)
    for start, contig in zip(genome.start.tolist(), genome.contigs, strict=False):
        for first in range(0, contig.length, step):
            low, high = max(first - reach, 0), min(first + step + reach, contig.length)
            block = _list_powers(x[0, start + first : start + min(first + step, contig.length)])
            around = np.zeros((3, size))
            around[:, low - first + reach : high - first + reach] = _list_powers(x[1, start + low : start + high])
            if block[0].any():
                a, b = np.conj(np.fft.rfft(block, size)), np.fft.rfft(around)
                total += a[[0, 1, 2, 0, 0, 1]] * b[[0, 0, 0, 1, 2, 1]]
    return np.fft.irfft(total, size)[:, : 2 * reach + 1]


def _list_powers(x: np.ndarray) -> np.ndarray:
    """Return whether each value is known, the value and its square, 0 where it is NaN: float64 (3, n)."""
    known = np.isfinite(x)
    value = np.where(known, x, 0.0)
    return np.stack([known, value, value**2])


def _measure_at_share(genome: Genome) -> np.ndarray:
    """Return the share of A and T within AROUND bases, float64 (N,), without N and what lies off the contig."""
    shares = []
    for index in range(len(genome.contigs)):
        codes = genome.contig_bases(index)
        sums = [np.concatenate([[0], np.cumsum(mask)]) for mask in ((codes == A) | (codes == T), codes != N)]
        low, high = (
            np.clip(np.arange(len(codes)) - AROUND, 0, None),
            np.clip(np.arange(len(codes)) + AROUND + 1, None, len(codes)),
        )
        rich, count = (total[high] - total[low] for total in sums)
        shares.append(rich / np.maximum(count, 1))
    return np.concatenate(shares)


def _residual(said: np.ndarray, rich: np.ndarray) -> np.ndarray:
    """Subtract from the logits a cubic polynomial of the share of A and T, fitted by least squares; NaN stays."""
    known = np.isfinite(said)
    if known.sum() < 10:
        return said
    terms = np.stack([rich**power for power in range(4)], 1)
    weight, *_rest = np.linalg.lstsq(terms[known], said[known], rcond=None)
    return said - terms @ weight
