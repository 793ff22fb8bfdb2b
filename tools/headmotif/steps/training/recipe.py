"""How a network is trained: numbers alone, so that commands can show the defaults without loading anything."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    """How a network is trained.

    The defaults are for this project's own networks; `PUBLISHED` is the recipe of the paper.

    Attributes
    ----------
    epochs
        Passes over all training sites, at most.
    max_steps
        Steps, at most; 0: as many as the epochs take.
    batch
        Stretches of a step.
    length
        Nucleotides of a stretch.
    rate
        Learning rate of AdamW after the warm-up.
    table_rate
        Learning rate of the tables of distances, as a multiple of `rate`. They begin flat, and while they are flat all
        offsets are alike.
    warmup
        Steps over which the learning rate rises.
    decay
        Share of the steps, at the end, over which the learning rate falls to zero.
    cosine
        Whether the learning rate follows a cosine from the warm-up to zero instead.
    weight_decay
        Weight decay of AdamW, for matrices alone.
    momenta
        The betas of AdamW.
    clip
        Largest norm of the gradient.
    focal
        The loss of a position is multiplied by (1 - P of its true label) to this power; 0: all positions count alike.
    balanced_start
        Whether the outputs begin at the site density.
    average
        Decay of the running average of the weights over the steps; 0: no average.
    others
        Share of the stretches without a site that an epoch draws.
    streams
        Whether the training part is read in order, in as many streams as a batch has stretches, instead of in stretches
        drawn at random.
    substitutions
        Share of the bases that are replaced at random if there are few sites.
    few
        Number of training sites below which bases are replaced. With fewer sites a network memorises them; with more it
        learns better from unchanged bases.
    every
        Steps between evaluations; 0: by the size of the validation part.
    smooth
        Evaluations whose mean score decides which is the best, because a single score is noisy.
    by_loss
        Whether the best evaluation has the lowest validation loss instead of the highest average precision.
    patience
        Evaluations without a better score before training stops.
    seed
        Seed of all random choices.
    """

    epochs: int = 20
    max_steps: int = 0
    batch: int = 32
    length: int = 128
    rate: float = 2e-3
    table_rate: float = 20.0
    warmup: int = 50
    decay: float = 0.3
    cosine: bool = False
    weight_decay: float = 0.05
    momenta: tuple[float, float] = (0.9, 0.98)
    clip: float = 1.0
    focal: float = 0.0
    balanced_start: bool = True
    average: float = 0.995
    others: float = 0.25
    streams: bool = False
    substitutions: float = 0.05
    few: int = 4000
    every: int = 0
    smooth: int = 3
    by_loss: bool = False
    patience: int = 8
    seed: int = 1


DEFAULT = Recipe()
"""The recipe of the presets `default`, `wide` and `cnn`."""
PUBLISHED = Recipe(
    epochs=65,
    max_steps=85_000,
    batch=10,
    length=512,
    rate=1e-4,
    warmup=3_000,
    cosine=True,
    weight_decay=0.0,
    momenta=(0.9, 0.999),
    clip=0.25,
    focal=0.8,
    balanced_start=False,
    average=0.0,
    others=1.0,
    streams=True,
    substitutions=0.0,
    every=3_000,
    smooth=1,
    by_loss=True,
    patience=85_000,
)
"""The recipe of Clauwaert, Menschaert & Waegeman 2021, as in their code; `streams` stands for their contiguous reading.
"""
RECIPES = {"default": DEFAULT, "wide": DEFAULT, "cnn": DEFAULT, "paper": PUBLISHED}
"""The recipe of each preset."""


def rate_at(recipe: Recipe, step: int, limit: int) -> float:
    """Compute the learning rate of a step.

    It rises linearly, stays, and falls linearly; or it follows a cosine after the warm-up.

    Parameters
    ----------
    recipe
        The recipe.
    step
        Number of the step, from 0.
    limit
        Largest number of steps.

    Returns
    -------
    float
        The learning rate.
    """
    risen = min(1.0, (step + 1) / max(recipe.warmup, 1))
    if recipe.cosine:
        along = (step - recipe.warmup) / max(limit - recipe.warmup, 1)
        return recipe.rate * risen * (0.5 + 0.5 * math.cos(math.pi * min(max(along, 0.0), 1.0)))
    falling = (limit - step) / (recipe.decay * limit) if recipe.decay else 1.0
    return recipe.rate * min(risen, falling)
