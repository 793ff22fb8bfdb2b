"""What train-annot --refit takes over from a model that had parts of the genome held out."""

from dataclasses import fields, replace

import numpy as np

from ...data import NO_LABEL, Genome, Label, Model
from ...errors import InputError
from ..network import calibrate
from ..network.presets import Network
from . import split
from .recipe import Recipe

EVALUATIONS = 10
"""Checkpoints of a run that has nothing to be evaluated on."""


def recipe(path: str, like: Model, genome: Genome) -> Recipe:
    """The model's own recipe, with more steps by as much as the whole genome has more sites than the training part:
    each is seen as often.

    Raises InputError where the genome, the labels or the model's record do not allow it.
    """
    if like.names != genome.labels or not like.genome.has(genome.contigs):
        raise InputError(f"{path}: --refit needs the genome and the label sets that this model was trained on")
    try:
        known = Recipe(**{field.name: like.training.recipe[field.name] for field in fields(Recipe)})
        if like.training.kept_step is None or not all(label.calibration for label in like.labels):
            raise KeyError("kept_step or calibration")
    except KeyError:
        raise InputError(
            f"{path}: this model does not say how it was trained; train it again with this version"
        ) from None
    first, second = known.momenta  # a list, as JSON has it
    known = replace(known, momenta=(first, second))
    held_out = [[split.parsed(genome, text) for text in texts] for texts in (like.split.validation, like.split.test)]
    sites = (genome.label == 1) & (genome.label != NO_LABEL)
    every, learned = int(sites.sum()), int((sites & (split.parts(genome, *held_out) == split.TRAIN)).sum())
    if like.training.init:
        raise InputError(
            f"{path}: this model began with another's weights, which its recipe does not hold; give one trained "
            "from nothing"
        )
    if not np.any(held_out) or not learned:
        raise InputError(f"{path}: this model had nothing held out, so its scores are of no use; give one that had")
    steps = round(like.training.kept_step * every / learned)
    return replace(known, max_steps=steps, every=max(1, steps // EVALUATIONS), patience=steps)


def calibrate_as(net: Network, like: Model) -> tuple[Label, ...]:
    """Calibrate the network in place as the model was; the model's labels, with its thresholds and scores."""
    calibrate.apply(net, tuple(label.calibration for label in like.labels if label.calibration))
    return like.labels
