"""How quick this machine is at training and reading a network: a second or two of each, on a random genome."""

from dataclasses import dataclass

import numpy as np

from ...data import Contig, Contigs, Genome, Sites
from ..attention import record
from ..attention.queries import anywhere
from ..network import annotate, presets, timing
from ..network.device import Compute
from ..network.protocol import has_heads
from . import labels, split, train
from .batches import Chunks
from .recipe import RECIPES

POSITIONS, QUERIES = 10_000, 100
"""How many are annotated, and recorded, to see what one takes."""
TURNS = 3
"""Of each, the first not counted."""


@dataclass(frozen=True)
class Pace:
    """Seconds of this machine for one step of training, one nucleotide annotated on both strands, and one position
    whose heads are recorded; and the most steps that training takes, with as many steps from one evaluation to the
    next, on a genome of the size asked."""

    step: float
    nucleotide: float
    query: float
    steps: int
    between: int


def pace(preset: str, length: int, sites: int, compute: Compute, seed: int = 0) -> Pace:
    """Measure a fresh network of a preset on a random genome with sites at random places.

    Parameters
    ----------
    preset
        The network and its recipe; one with heads.
    length, sites
        Nucleotides of the genome, and its sites, both strands together.
    compute
        Device and precision; the number of threads is the process's own.

    Returns
    -------
    Pace
        Wall time: what else the machine does all the while is in it, as it will be in the work.
    """
    rng = np.random.default_rng(seed)
    contigs = Contigs([Contig("random", length)])
    genome = Genome(contigs, rng.integers(0, 4, length).astype(np.uint8))
    place = np.sort(rng.choice(2 * length, min(sites, length), replace=False))
    genome = labels.label(genome, {"sites": Sites.at(contigs, *np.divmod(place, length))})
    net = presets.fresh(presets.PRESETS[preset], 1, seed).to(compute.device)
    if not has_heads(net):
        raise ValueError(f"the network of preset '{preset}' has no heads to read")
    chunks = Chunks(genome, split.parts(genome, *split.automatic(genome)), RECIPES[preset], net.learning)
    wanted = np.arange(length) < POSITIONS
    queries = anywhere(genome, QUERIES, seed)
    return Pace(
        min(train.seconds_per_step(net, chunks, compute) for _turn in range(2)),
        timing.seconds(lambda: annotate.annotate(net, genome, compute, wanted), TURNS) / min(POSITIONS, length),
        timing.seconds(lambda: record.gathered(net, genome, queries, np.zeros(len(queries)), compute), TURNS)
        / len(queries),
        train.steps_at_most(chunks),
        RECIPES[preset].every or train.evaluation_interval(chunks),
    )
