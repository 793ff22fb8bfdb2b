"""A model tuned to a genome with the few sites that are known of it."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

import numpy as np

from ...data import NO_LABEL, Genome, Label, Model, Sites, Training, TrainingGenome
from ...errors import InputError
from ..network import presets
from ..network.device import Compute
from ..training import few_sites, split
from ..training.batches import Chunks
from ..training.labels import label
from . import transferability

FEWEST = 20
"""With fewer sites a model is not tuned."""


@dataclass(frozen=True)
class Tuned:
    """A tuned model, and what its tuning began with.

    Attributes
    ----------
    model
        The model. It has the threshold of the model before, its P holds at the same density, and it has no scores, for
        nothing was held out.
    sites
        Sites that were learned from.
    listed
        The share of the genome's sites that they are, as estimated by the model before; at most 1.
    steps
        Steps of the tuning.
    """

    model: Model
    sites: int
    listed: float
    steps: int


def begin(model: Model, genome: Genome, sites: Sites, number: int, seed: int) -> tuple[presets.Network, Chunks]:
    """Prepare a tuning.

    Parameters
    ----------
    model, genome, sites
        The model; the genome; and the sites that are known of it.
    number
        The label of the model that they are sites of, from 0.
    seed
        Seed of all random choices.

    Returns
    -------
    tuple
        The network, and what it learns from: of the other labels nothing.

    Raises
    ------
    InputError
        If there are fewer than `FEWEST` sites.
    """
    if len(sites) < FEWEST:
        raise InputError(f"{len(sites)} sites are too few to tune a model with; give {FEWEST} or more, better 50")
    nothing = sites.take(np.zeros(len(sites), bool))
    named = {name: sites if i == number else nothing for i, name in enumerate(model.names)}
    known = label(Genome(genome.contigs, genome.base), named)
    others = np.arange(len(named)) != number
    labels = np.where(others[:, None, None], NO_LABEL, known.label).astype(np.uint8)
    known = replace(known, label=labels)
    net = presets.build_from_model(model, genome)
    listed = int((labels[number] == 1).sum())
    return net, Chunks(known, split.parts(known, [], []), few_sites.choose_recipe(listed, seed), net.learning)


def tune(
    model: Model,
    net: presets.Network,
    chunks: Chunks,
    number: int,
    where: Compute,
    progress: Callable[[int, float], None] | None = None,
) -> Tuned:
    """Tune a model.

    Parameters
    ----------
    model
        The model before.
    net, chunks
        From `begin`; the network is changed in place.
    number
        The label, from 0.
    where
        Device and precision.
    progress
        Receives the step and its loss at each step.

    Returns
    -------
    Tuned
        The model after.
    """
    net.to(where.device)
    listed = few_sites.tune(net, chunks, where, progress)
    weights = {name: p.detach().cpu().numpy() for name, p in net.named_parameters()}
    steps = chunks.recipe.max_steps
    after = Model(
        network=presets.config_header(net.config),
        labels=tuple(Label(one.name, one.threshold, density=one.prevalence) for one in model.labels),
        genome=_describe_genome(model, chunks.genome),
        training=Training(asdict(chunks.recipe), init=model.digest, steps=steps, kept_step=steps),
        weights=weights,
        limits=model.limits,
    )
    return Tuned(after, int((chunks.genome.label[number] == 1).sum()), listed, steps)


def _describe_genome(model: Model, genome: Genome) -> TrainingGenome:
    """What the tuned model keeps of its genome: of sites as many as there are at its density, not those listed."""
    found = transferability.origin(genome)
    learned = {
        label.name: replace(found.learned[label.name], sites=round(2 * found.nucleotides * (label.prevalence or 0)))
        for label in model.labels
        if label.prevalence
    }
    return replace(found, learned={**found.learned, **learned})
