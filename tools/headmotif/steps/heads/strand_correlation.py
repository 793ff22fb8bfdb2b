"""Do the two strands' predictions go together? Their correlation by distance, less what the local composition makes of
it.

Promoters that point away from each other may share a -10 box: it reads nearly the same from both sides, and their
starts then lie some 18 nt apart. But any stretch rich in A and T raises both strands' scores; so each strand's logit is
freed of what the share of A and T around it explains, and what is left is compared with the same at distances too large
for sharing anything. All positions count there, and most of them say what two bases beside each other do; so the likely
starts alone are counted too, pair by pair.
"""

from dataclasses import dataclass

import numpy as np

from ...alphabet import A, N, T
from ...data import Genome
from ..calling.local_maxima import called
from ..network.annotate import logit

AROUND = 40
"""Bases on either side that count for the share of A and T."""
FAR = (500, 1500)
"""Distances at which the strands are taken to be strangers."""
LIKELY = 0.1
"""A local maximum of P that is no lower is a likely start."""


@dataclass(frozen=True, eq=False)
class Strands:
    """By distance, the - strand's position less the + strand's, int64 (distances,): the correlation of the logits as
    they are, and freed of the local composition, both float64; z: how far the second lies from the mean at far
    distances, in their standard deviations; pairs: int64, how many likely starts of the two strands lie so; expected:
    float64, how many at far distances, on average."""

    distance: np.ndarray
    correlation: np.ndarray
    corrected: np.ndarray
    z: np.ndarray
    pairs: np.ndarray
    expected: np.ndarray


def strands(probability: np.ndarray, genome: Genome, reach: int = 200) -> Strands:
    """P(site) of one label, float32 (2, N), NaN where it is not known; distances from -`reach` to `reach`.

    Contigs are taken as lines, also where they are circles.
    """
    said = logit(probability)
    rich = _rich(genome)
    freed = np.stack([_residual(row, rich) for row in said])
    distance = np.arange(-reach, reach + 1)
    plain, corrected = (_by_distance(x, genome, distance) for x in (said, freed))
    far = _by_distance(freed, genome, np.concatenate([-np.arange(*FAR, 7), np.arange(*FAR, 7)]))
    z = (corrected - np.nanmean(far)) / max(float(np.nanstd(far)), 1e-12)
    count = _pairs(probability, genome, max(FAR[1], reach))
    middle = len(count) // 2
    far_pairs = np.concatenate(
        [count[middle - FAR[1] : middle - FAR[0]], count[middle + FAR[0] + 1 : middle + FAR[1] + 1]]
    )
    return Strands(distance, plain, corrected, z, count[middle + distance], np.full(len(distance), far_pairs.mean()))


def _pairs(probability: np.ndarray, genome: Genome, reach: int) -> np.ndarray:
    """How many likely starts of the - strand lie at each distance, from -`reach` to `reach`, from one of the + strand:
    int64."""
    starts = called(probability, genome.contigs, LIKELY)
    count = np.zeros(2 * reach + 1, np.int64)
    for contig in range(len(genome.contigs)):
        here, there = (
            np.sort(starts.position[(starts.contig == contig) & (starts.strand == sign)]) for sign in (1, -1)
        )
        low, high = np.searchsorted(there, here - reach), np.searchsorted(there, here + reach, side="right")
        for place, first, last in zip(here.tolist(), low.tolist(), high.tolist(), strict=True):
            np.add.at(count, there[first:last] - place + reach, 1)
    return count


def _by_distance(x: np.ndarray, genome: Genome, distance: np.ndarray) -> np.ndarray:
    """Pearson's correlation of row 0 at each place with row 1 at `distance` from it, over all contigs."""
    found = []
    for d in distance.tolist():
        here, there = [], []
        for start, contig in zip(genome.start.tolist(), genome.contigs, strict=False):
            n = contig.length - abs(d)
            if n > 1:
                here.append(x[0, start + max(-d, 0) :][:n])
                there.append(x[1, start + max(d, 0) :][:n])
        a, b = (np.concatenate(parts) if parts else np.zeros(0) for parts in (here, there))
        known = np.isfinite(a) & np.isfinite(b)
        enough = known.sum() > 2 and a[known].std() > 0 and b[known].std() > 0
        found.append(float(np.corrcoef(a[known], b[known])[0, 1]) if enough else float("nan"))
    return np.array(found)


def _rich(genome: Genome) -> np.ndarray:
    """Share of A and T within AROUND bases, float64 (N,), N and what lies off the contig left out."""
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
    """What a cubic of the share of A and T leaves of the logits; NaN stays."""
    known = np.isfinite(said)
    if known.sum() < 10:
        return said
    terms = np.stack([rich**power for power in range(4)], 1)
    weight, *_rest = np.linalg.lstsq(terms[known], said[known], rcond=None)
    return said - terms @ weight
