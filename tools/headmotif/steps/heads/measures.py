"""The measures of heads as columns of a table: what each head reads, what its motif does alone, what is lost without
it."""

from collections.abc import Callable
from dataclasses import asdict

import numpy as np

from ...data import Genome, Model, Sites, consensus
from ..network.device import Compute
from ..network.protocol import HeadedNetwork, Network
from ..sequence.shuffle import surroundings
from ..statistics import bootstrap
from ..training import split
from . import ablation
from .marginalization import Marginal, marginal
from .score import RECURS, Head


def part(genome: Genome, trained: Model, nucleotides: int, seed: int) -> np.ndarray:
    """bool (N,): blocks of 10 kb of the model's validation part, or of all of a genome that it does not know, drawn at
    random.

    As many as hold no more than so many nucleotides, but one at least; none where none is asked for.
    """
    part = np.ones(len(genome.base), bool)
    if trained.genome.has(genome.contigs) and trained.split.validation:
        regions = [split.parsed(genome, text) for text in trained.split.validation]
        part = split.parts(genome, regions, []) == split.VALIDATION
    block = bootstrap.blocks(genome.contigs)
    order = np.random.default_rng([seed, 12]).permutation(np.unique(block[part]))
    size = np.cumsum(np.bincount(block[part])[order])
    blocks = max(1, int(np.searchsorted(size, nucleotides, side="right"))) if nucleotides else 0
    return part & np.isin(block, order[:blocks])


def columns(rows: list[Head], chance: int) -> dict[str, list]:
    """What the heads look at and read. chance: the most regions of a head that knows nothing."""
    motif = [row.found.motif if row.found else None for row in rows]
    shape = [asdict(row.shape) for row in rows]
    return {
        "head": [row.name for row in rows],
        "reach": [row.reach for row in rows],
        **{name: [values[name] for values in shape] for name in shape[0]},
        "regions": [row.regions for row in rows],
        "chance": [chance] * len(rows),
        "distance": [row.distance for row in rows],
        "motif": [consensus(one) if one else "" for one in motif],
        "motif_p": [row.found.p if row.found else float("nan") for row in rows],
        "group": [row.group for row in rows],
        "like": [row.like for row in rows],
        "agreement": [row.agreement for row in rows],
        "models": [len(row.recurs) for row in rows],
        "recurs": [sum(x >= RECURS for x in row.recurs) for row in rows],
        "recurrence": [",".join(f"{x:.2f}" for x in row.recurs) for row in rows],
    }


def effects(
    net: Network, genome: Genome, sites: Sites, rows: list[Head], number: int, where: Compute, seed: int
) -> list[Marginal | None]:
    """What each head's motif adds to the logit in so many shuffled promoters, at the head's most frequent distance."""
    promoters, _row = surroundings(genome, sites, net.before, net.after, number, seed)
    found: list[Marginal | None] = []
    for row in rows:
        if row.found is None or row.found.motif is None:
            found.append(None)
            continue
        found.append(marginal(net, promoters, row.found.motif.matrix, row.distance + row.found.start, 0, where, seed))
    return found


def effect_columns(found: list[Marginal | None]) -> dict[str, list]:
    """What `effects` found; NaN for heads without a motif."""
    names = ("effect", "low", "high", "control")
    return {f"motif_{name}": [getattr(one, name) if one else float("nan") for one in found] for name in names}


def lost_without(
    net: HeadedNetwork,
    genome: Genome,
    probability: np.ndarray,
    wanted: np.ndarray,
    where: Compute,
    told: Callable[[int], None],
) -> dict[str, list]:
    """What is lost without each head, in average precision and in the sites' logits, with intervals.

    genome: with the labels to score by. probability: P of all heads together, float32 (2, N). told: called with the
    number of heads done, each counted twice.
    """
    at = ablation.yardstick(probability, genome.label[0], wanted, genome, 1000)
    columns: dict[str, list] = {}
    for number, one in enumerate(ablation.influence(net, genome, where, wanted), 1):
        for name, change in zip(("ap", "logit"), ablation.changes(at, one.probability[0]), strict=True):
            for part, value in (("", change.estimate), ("_low", change.low), ("_high", change.high)):
                columns.setdefault(f"{name}_{one.kind}{part}", []).append(value)
        told(number)
    return columns
