"""How good a model should be on a genome whose sites are not known, from what its P says around genes."""

import math
from dataclasses import dataclass

import numpy as np

from ...data import Applicability, GeneTable, Genome
from ..network import screened
from ..network.device import Compute
from ..network.protocol import Network
from . import gene_signs
from .gene_signs import Signs, Windows

GENES = 300
"""Genes that are looked at, drawn at random: their share has a standard error of 3 percentage points."""
CLIP = 0.01
"""Shares are kept so far from 0 and 1, so that their logits are not endless."""
TWO_SIDED = 1.96
NO_GENES = "that needs genes; give them with --genes, or --find-genes finds them"
DOUBT = 0.3
"""A model is doubted if the best position should be right for a smaller share of the genes than this."""


@dataclass(frozen=True)
class Forecast:
    """How good a model should be on a genome.

    Attributes
    ----------
    share
        Share of the genes with a start site in the 300 nt upstream whose best position there should lie within 2 nt of
        it.
    low, high
        Ends of its 95 % interval.
    signs
        What it was foretold from.
    upstream
        Least and largest share of start sites upstream of genes, as in `Applicability`.
    """

    share: float
    low: float
    high: float
    signs: Signs
    upstream: tuple[float, float]

    @property
    def is_doubtful(self) -> bool:
        """Whether the model is doubted on this genome."""
        return self.share < DOUBT


def choose_windows(genome: Genome, genes: GeneTable, seed: int) -> Windows:
    """Draw the genes that are looked at.

    Parameters
    ----------
    genome, genes, seed
        The genome, its genes, and the seed of the draw.

    Returns
    -------
    Windows
        The windows of `GENES` genes at most.
    """
    return gene_signs.choose_windows(genome, genes.spans, GENES, seed)


def read_windows(net: Network, genome: Genome, windows: Windows, where: Compute, inside: bool = True) -> np.ndarray:
    """Compute P in the windows alone: upstream of each gene on its strand, and inside it on both.

    Parameters
    ----------
    net
        The network.
    genome
        The genome.
    windows
        The windows.
    where
        Device and precision.
    inside
        Whether the windows inside the genes are read too.

    Returns
    -------
    numpy.ndarray
        float32 (labels, 2, N), rows + and -, both by + coordinates; NaN elsewhere.
    """
    wanted = np.zeros((2, len(genome.base)), bool)
    wanted[:, windows.cover_inside(len(genome.base))] = inside
    for row in (0, 1):
        wanted[row] |= windows.take(windows.row == row).cover_upstream(len(genome.base))
    return screened.annotate_some(net, genome, where, wanted)


def describe_few(genes: int) -> str:
    """Say why a genome with few genes is not judged.

    Parameters
    ----------
    genes
        The number of genes that can be looked at.

    Returns
    -------
    str
        The reason.
    """
    return f"that needs {gene_signs.FEWEST} genes of {gene_signs.INSIDE[1]} nt or more, and this genome has {genes}"


def foretell(known: Applicability, signs: Signs) -> Forecast | None:
    """Foretell how good a model is from signs.

    Parameters
    ----------
    known
        What the model's file says of it.
    signs
        The signs on the genome.

    Returns
    -------
    Forecast or None
        None if a sign is not known, because there are too few genes.
    """
    values = [getattr(signs, name) for name in known.weights]
    if any(math.isnan(value) for value in values):
        return None
    logit = known.constant + sum(w * find_logit(x) for w, x in zip(known.weights.values(), values, strict=True))
    ends = (logit, logit - TWO_SIDED * known.error, logit + TWO_SIDED * known.error)
    share, low, high = (1 / (1 + math.exp(-x)) for x in ends)
    return Forecast(share, low, high, signs, known.upstream)


def find_logit(share: float) -> float:
    """Compute the logit of a share, which is kept from 0 and 1.

    Parameters
    ----------
    share
        From 0 to 1.

    Returns
    -------
    float
        The logit.
    """
    share = min(max(share, CLIP), 1 - CLIP)
    return math.log(share / (1 - share))
