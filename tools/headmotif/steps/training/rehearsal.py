"""How quick this machine is at training and reading a network: a second or two of each, on a random genome."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ...data import Contig, Genome, Sites
from ..attention import record as attend
from ..attention.queries import anywhere
from ..network import annotate
from ..network import presets as model
from ..network.device import Compute
from ..network.protocol import has_heads
from . import labels as label
from . import split, train
from .batches import Chunks
from .recipe import RECIPES

POSITIONS, QUERIES = 10_000, 100
"""How many are annotated, and recorded, to see what one takes."""


@dataclass(frozen=True)
class Pace:
    """Seconds of this machine for one step of training, one nucleotide annotated on both strands, and one position whose heads are
    recorded; and the most steps that training takes, with as many steps from one evaluation to the next, on a genome of the size asked."""

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
    contigs = (Contig("random", length),)
    genome = Genome(contigs, rng.integers(0, 4, length).astype(np.uint8))
    place = np.sort(rng.choice(2 * length, min(sites, length), replace=False))
    genome = label.label(genome, {"sites": Sites.at(contigs, *np.divmod(place, length))})
    net = model.fresh(model.PRESETS[preset], 1, seed).to(compute.device)
    if not has_heads(net):
        raise ValueError(f"the network of preset '{preset}' has no heads to read")
    chunks = Chunks(genome, split.parts(genome, *split.automatic(genome)), RECIPES[preset], net.learning)
    wanted = np.arange(length) < POSITIONS
    queries = anywhere(genome, QUERIES, seed)
    return Pace(
        min(train.seconds_per_step(net, chunks, compute) for _turn in range(2)),
        _seconds(lambda: annotate.annotate(net, genome, compute, wanted)) / min(POSITIONS, length),
        _seconds(lambda: attend.gathered(net, genome, queries, np.zeros(len(queries)), compute)) / len(queries),
        train.steps_at_most(chunks),
        RECIPES[preset].every or train.evaluation_interval(chunks),
    )


def _seconds(work: Callable[[], object]) -> float:
    """Of the work, the less of two times: a moment's disturbance is no pace; and not of the first, which sets up what is set up once."""
    took = []
    for _turn in range(3):
        began = time.monotonic()
        work()
        took.append(time.monotonic() - began)
    return min(took[1:])
