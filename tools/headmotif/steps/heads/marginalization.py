"""What a motif alone does: set into shuffled promoters at the distance where a head found it, how much the site's logit
rises.

The promoters keep their dinucleotides and nothing else, so what rises is the motif's own doing; beside it stand the
same columns in another order at the same place, which have the composition and not the word.
"""

from dataclasses import dataclass

import numpy as np

from ...data import Genome
from ..network.device import Compute
from ..network.protocol import Network
from .mutagenesis import logits


@dataclass(frozen=True)
class Marginal:
    """Mean change of the logit with 95 % interval over promoters, and that of the motif with its columns in another
    order."""

    effect: float
    low: float
    high: float
    control: float


def marginal(
    net: Network,
    promoters: Genome,
    matrix: np.ndarray,
    start: int,
    label: int,
    compute: Compute,
    seed: int,
) -> Marginal | None:
    """The effect of a motif, float64 (width, 4), which begins `start` bases from the site.

    promoters: one contig each, of `net.before` + 1 + `net.after` bases, the site behind the first `net.before`. Bases
    are drawn from the columns anew for each. None where there is no promoter, or the motif does not lie in what the
    network reads.
    """
    first = net.before + start
    width = net.before + 1 + net.after
    if not len(promoters.contigs) or first < 0 or first + len(matrix) > width:
        return None
    plain = promoters.base.reshape(-1, width)
    rng = np.random.default_rng([seed, 11])
    scores = [
        logits(net, codes, label, compute)
        for codes in (plain, _set(plain, matrix, first, rng), _set(plain, rng.permutation(matrix), first, rng))
    ]
    change = scores[1] - scores[0]
    error = 1.96 * change.std(ddof=1) / len(change) ** 0.5 if len(change) > 1 else float("nan")
    return Marginal(
        float(change.mean()),
        float(change.mean() - error),
        float(change.mean() + error),
        float((scores[2] - scores[0]).mean()),
    )


def _set(plain: np.ndarray, matrix: np.ndarray, first: int, rng: np.random.Generator) -> np.ndarray:
    """The promoters with bases drawn from the motif's columns from place `first` on."""
    codes = plain.copy()
    below = rng.random((len(plain), len(matrix)))[:, :, None] > np.cumsum(matrix, axis=1)[None, :, :-1]
    codes[:, first : first + len(matrix)] = below.sum(axis=2)
    return codes
