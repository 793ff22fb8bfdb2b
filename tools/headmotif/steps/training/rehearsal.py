"""Measure how fast this machine trains and reads a network, in a second or two for each, on a random genome."""

from dataclasses import dataclass

import numpy as np

from ...data import Contig, Contigs, Genome, Sites
from ..attention import record
from ..attention.queries import draw_positions
from ..network import annotate, presets, timing
from ..network.device import Compute
from ..network.protocol import has_heads
from . import labels, split, train
from .batches import Chunks
from .recipe import RECIPES

POSITIONS, QUERIES = 10_000, 100
"""Positions that are annotated, and positions whose heads are recorded, to measure the time of one."""
TURNS = 3
"""Turns of each measurement; the first is not counted."""


@dataclass(frozen=True)
class Pace:
    """How long parts of the work take on this machine, and how many steps training has.

    Attributes
    ----------
    step
        Seconds for a step of training.
    nucleotide
        Seconds for annotating a nucleotide on both strands.
    query
        Seconds for recording the heads at a position.
    steps
        Steps of training, at most, on a genome of the size asked for.
    """

    step: float
    nucleotide: float
    query: float
    steps: int


def pace(preset: str, length: int, sites: int, compute: Compute, seed: int = 0) -> Pace:
    """Measure a fresh network of a preset on a random genome with sites at random positions.

    Times are wall times, so they include the effect of other work on the machine.

    Parameters
    ----------
    preset
        The network and its recipe; a preset with heads.
    length
        Nucleotides of the genome.
    sites
        Sites of the genome, both strands together.
    compute
        Device and precision; the number of threads is the process's own.
    seed
        Seed of the genome, the sites and the weights.

    Returns
    -------
    Pace
        The times and the numbers of steps.

    Raises
    ------
    ValueError
        If the preset has no heads.
    """
    rng = np.random.default_rng(seed)
    contigs = Contigs([Contig("random", length)])
    genome = Genome(contigs, rng.integers(0, 4, length).astype(np.uint8))
    place = np.sort(rng.choice(2 * length, min(sites, length), replace=False))
    genome = labels.label(genome, {"sites": Sites.from_places(contigs, *np.divmod(place, length))})
    net = presets.build_fresh(presets.PRESETS[preset], 1, seed).to(compute.device)
    if not has_heads(net):
        raise ValueError(f"the network of preset '{preset}' has no attention heads")
    chunks = Chunks(genome, split.parts(genome, *split.split_automatically(genome)), RECIPES[preset], net.learning)
    wanted = np.arange(length) < POSITIONS
    queries = draw_positions(genome, QUERIES, seed)
    return Pace(
        min(train.seconds_per_step(net, chunks, compute) for _turn in range(2)),
        timing.seconds(lambda: annotate.annotate(net, genome, compute, wanted), TURNS) / min(POSITIONS, length),
        timing.seconds(lambda: record.gather(net, genome, queries, np.zeros(len(queries)), compute), TURNS)
        / len(queries),
        train.limit_steps(chunks),
    )
