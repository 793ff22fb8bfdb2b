"""Marginalisation: the motif of a head is inserted into shuffled promoters at the head's offset, and the change of the
logit is measured.

Shuffled promoters keep their dinucleotides and nothing else, so the change is due to the motif. The control inserts the
same columns in another order at the same offset, with the same composition but without the word.
"""

from dataclasses import dataclass

import numpy as np

from ...data import Genome
from ..network.device import Compute
from ..network.mutants import Mutants, mutant_logits
from ..network.protocol import Network


@dataclass(frozen=True)
class Marginal:
    """Effect of a motif on the logit of the site in shuffled promoters.

    Attributes
    ----------
    effect
        Mean change of the logit.
    low, high
        Its 95 % interval over the promoters; NaN for a single promoter.
    control
        Mean change by the motif with its columns in another order.
    """

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
    """Measure the effect of a motif in shuffled promoters.

    Parameters
    ----------
    net
        The network that scores the promoters.
    promoters
        A genome with a contig for each promoter, of `net.before` + 1 + `net.after` bases; the site follows the first
        `net.before`.
    matrix
        float64 (width, 4), the motif; each promoter gets bases drawn anew from its columns.
    start
        Offset of the first column from the site, in bases, negative upstream.
    label
        Index of the label whose logit is measured.
    compute
        Device and arithmetic.
    seed
        Seed of the random numbers.

    Returns
    -------
    Marginal or None
        None where there is no promoter, or the motif reaches beyond what the network reads.
    """
    first = net.before + start
    width = net.before + 1 + net.after
    if not len(promoters.contigs) or first < 0 or first + len(matrix) > width:
        return None
    plain = promoters.base.reshape(-1, width)
    rng = np.random.default_rng([seed, 11])
    codes = [plain, _set(plain, matrix, first, rng), _set(plain, rng.permutation(matrix), first, rng)]
    made = Mutants(np.tile(np.arange(len(plain)), len(codes)), np.concatenate(codes))
    scores = mutant_logits(net, plain, made, label, compute).reshape(len(codes), -1)
    change = scores[1] - scores[0]
    error = 1.96 * change.std(ddof=1) / len(change) ** 0.5 if len(change) > 1 else float("nan")
    return Marginal(
        float(change.mean()),
        float(change.mean() - error),
        float(change.mean() + error),
        float((scores[2] - scores[0]).mean()),
    )


def _set(plain: np.ndarray, matrix: np.ndarray, first: int, rng: np.random.Generator) -> np.ndarray:
    """Return the promoters with bases drawn from the motif's columns, from column `first` on."""
    codes = plain.copy()
    below = rng.random((len(plain), len(matrix)))[:, :, None] > np.cumsum(matrix, axis=1)[None, :, :-1]
    codes[:, first : first + len(matrix)] = below.sum(axis=2)
    return codes
