"""The measures of heads as columns of a table: what each head reads, what its motif does alone, and what its ablation
costs.
"""

from collections.abc import Callable
from dataclasses import asdict

import numpy as np
from torch import Tensor

from ...data import Genome, Model, Sites, consensus
from ..network.device import Compute
from ..network.protocol import HeadedNetwork, Network
from ..sequence.shuffle import shuffle_surroundings
from ..statistics import bootstrap
from ..training import split
from . import ablation
from .marginalization import Marginal, marginal
from .score import RECURS, Head

ABLATED = {"zero": "ablated", "mean": "mean_ablated"}
"""Parts of column names for a head that adds nothing, and for one that adds its mean everywhere."""


def part(genome: Genome, trained: Model, nucleotides: int, seed: int) -> np.ndarray:
    """Draw the blocks of a genome on which ablated heads are compared with the whole network.

    The blocks, of 10 kb, come from the model's validation part; in a genome that the model was not trained on, from
    anywhere.

    Parameters
    ----------
    genome
        The genome, N nucleotides long.
    trained
        The model, with the genome and the split of its training.
    nucleotides
        Largest number of nucleotides in the blocks, but there is at least one block; 0: no block.
    seed
        Seed of the random numbers.

    Returns
    -------
    numpy.ndarray
        bool (N,), whether a nucleotide is in one of the blocks.
    """
    part = np.ones(len(genome.base), bool)
    if trained.genome.has(genome.contigs) and trained.split.validation:
        regions = [split.parse_stretch(genome, text) for text in trained.split.validation]
        part = split.parts(genome, regions, []) == split.VALIDATION
    block = bootstrap.blocks(genome.contigs)
    order = np.random.default_rng([seed, 12]).permutation(np.unique(block[part]))
    size = np.cumsum(np.bincount(block[part])[order])
    blocks = max(1, int(np.searchsorted(size, nucleotides, side="right"))) if nucleotides else 0
    return part & np.isin(block, order[:blocks])


def columns(rows: list[Head], chance: int) -> dict[str, list]:
    """Write what heads attend to and read as columns of a table.

    Parameters
    ----------
    rows
        The heads.
    chance
        Largest number of regions of a head of the control networks; see `score.count_by_chance`.

    Returns
    -------
    dict[str, list]
        The columns by name, each with an entry for each head.
    """
    motif = [row.found.motif if row.found else None for row in rows]
    shape = [asdict(row.shape) for row in rows]
    return {
        "head": [row.name for row in rows],
        "reach_nt": [row.reach for row in rows],
        **{name: [values[name] for values in shape] for name in shape[0]},
        "regions": [row.regions for row in rows],
        "regions_by_chance": [chance] * len(rows),
        "offset": [row.offset for row in rows],
        "motif": [consensus(one) if one else "" for one in motif],
        "motif_p": [row.found.p if row.found else float("nan") for row in rows],
        "head_group": [row.group for row in rows],
        "most_similar_head": [row.like for row in rows],
        "agreement": [row.agreement for row in rows],
        "replicates": [len(row.recurs) for row in rows],
        "replicates_recurring": [sum(x >= RECURS for x in row.recurs) for row in rows],
        "replicate_agreement": [",".join(f"{x:.2f}" for x in row.recurs) for row in rows],
    }


def effects(
    net: Network, genome: Genome, sites: Sites, rows: list[Head], number: int, where: Compute, seed: int
) -> list[Marginal | None]:
    """Marginalise the motif of each head in shuffled promoters, at the head's most frequent offset.

    Parameters
    ----------
    net
        The network that scores the promoters.
    genome, sites
        Sites whose surroundings are shuffled, and their genome.
    rows
        The heads.
    number
        Largest number of shuffled promoters.
    where
        Device and arithmetic.
    seed
        Seed of the random numbers.

    Returns
    -------
    list[Marginal | None]
        For each head, the effect on the logit of the first label; None for heads without a motif or with a motif that
        reaches beyond what the network reads.
    """
    promoters, _row = shuffle_surroundings(genome, sites, net.before, net.after, number, seed)
    found: list[Marginal | None] = []
    for row in rows:
        if row.found is None or row.found.motif is None:
            found.append(None)
            continue
        found.append(marginal(net, promoters, row.found.motif.matrix, row.offset + row.found.start, 0, where, seed))
    return found


def effect_columns(found: list[Marginal | None]) -> dict[str, list]:
    """Write the effects of motifs as columns of a table.

    Parameters
    ----------
    found
        The effects, as `effects` returns them.

    Returns
    -------
    dict[str, list]
        `marginal_delta_logit` with `_low`, `_high` and `_control`; NaN for None.
    """
    endings = {"effect": "", "low": "_low", "high": "_high", "control": "_control"}
    return {
        f"marginal_delta_logit{ending}": [getattr(one, name) if one else float("nan") for one in found]
        for name, ending in endings.items()
    }


def measure_losses(
    net: HeadedNetwork,
    genome: Genome,
    whole: tuple[np.ndarray, Tensor],
    wanted: np.ndarray,
    where: Compute,
    progress: Callable[[float], None],
) -> dict[str, list]:
    """Measure what the network loses when each head is ablated, in average precision and in the logits of the sites.

    Parameters
    ----------
    net
        A network with heads.
    genome
        Genome with the labels to score by; the first is used.
    whole
        P of the whole network and what its heads collect on average, as `ablation.listen` returns them.
    wanted
        bool (N,), positions that are scored, on both strands.
    where
        Device and arithmetic.
    progress
        Receives the share of the work that is done, 0 to 1.

    Returns
    -------
    dict[str, list]
        Columns of a table: `delta_ap_ablated`, `delta_logit_ablated`, `delta_ap_mean_ablated` and
        `delta_logit_mean_ablated`, each with `_low` and `_high`, the ends of its 95 % interval.
    """
    probability, mean = whole
    at = ablation.yardstick(probability[0], genome.label[0], wanted, genome, 1000)
    columns: dict[str, list] = {}
    for one in ablation.influence(net, genome, where, wanted, mean, progress):
        for name, change in zip(("ap", "logit"), ablation.changes(at, one.probability[0]), strict=True):
            for part, value in (("", change.estimate), ("_low", change.low), ("_high", change.high)):
                columns.setdefault(f"delta_{name}_{ABLATED[one.kind]}{part}", []).append(value)
    return columns
