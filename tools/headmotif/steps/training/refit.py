"""What train-annot --refit takes over from a model that was trained with parts of the genome held out."""

from dataclasses import fields, replace

import numpy as np

from ...data import NO_LABEL, Genome, Label, Model
from ...errors import InputError
from ..network import calibrate
from ..network.presets import Network
from . import split
from .recipe import Recipe

EVALUATIONS = 10
"""Evaluations of a run that has no validation part; they are moments at which its state can be saved."""


def recipe(path: str, like: Model, genome: Genome) -> Recipe:
    """Take over a model's recipe for training on the whole genome.

    The number of steps grows by the ratio of the sites of the whole genome to those of the training part, so that each
    site is seen as often.

    Parameters
    ----------
    path
        The model's file, for messages.
    like
        The model.
    genome
        The genome that the model was trained on, with its labels.

    Returns
    -------
    Recipe
        The recipe.

    Raises
    ------
    InputError
        If the genome or its labels are others, the model's record is incomplete, it began with another's weights,
        or it had nothing held out.
    """
    if like.names != genome.labels or not like.genome.has(genome.contigs):
        raise InputError(
            f"{path}: this model was trained on another genome or other label sets; "
            "--refit needs the genome and the label sets of that training"
        )
    recorded, kept, names = like.training.recipe, like.training.kept_step, [field.name for field in fields(Recipe)]
    if kept is None or not recorded.keys() >= set(names) or not all(label.calibration for label in like.labels):
        raise InputError(
            f"{path}: this model file has no complete record of its training; train the model again with this version"
        )
    known = Recipe(**{name: recorded[name] for name in names})
    first, second = known.momenta  # a list, as JSON has it
    known = replace(known, momenta=(first, second))
    held_out = [
        [split.parse_stretch(genome, text) for text in texts] for texts in (like.split.validation, like.split.test)
    ]
    sites = (genome.label == 1) & (genome.label != NO_LABEL)
    every, learned = int(sites.sum()), int((sites & (split.parts(genome, *held_out) == split.TRAIN)).sum())
    if like.training.init:
        raise InputError(
            f"{path}: this model was trained with --init, and the weights that it began with are not in its file; "
            "give a model that was trained without --init"
        )
    if not np.any(held_out) or not learned:
        raise InputError(
            f"{path}: this model had nothing held out, so it has no scores to take over; give one with held-out parts"
        )
    steps = round(kept * every / learned)
    return replace(known, max_steps=steps, every=max(1, steps // EVALUATIONS), patience=steps)


def calibrate_as(net: Network, like: Model) -> tuple[Label, ...]:
    """Calibrate a network in place with a model's calibration.

    Parameters
    ----------
    net
        The network; its last linear map is changed.
    like
        The model.

    Returns
    -------
    tuple of Label
        The model's labels with its thresholds and scores.
    """
    calibrate.apply(net, tuple(label.calibration for label in like.labels if label.calibration))
    return like.labels
