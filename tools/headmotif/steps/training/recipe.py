"""How a network is trained: numbers alone, so that commands can show them as defaults without loading anything."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    """How a network is trained; the defaults are for every network of ours, `PUBLISHED` is the paper's."""

    epochs: int = 20  # passes over all training sites, at most
    max_steps: int = 0  # 0: as many as the epochs take
    batch: int = 32  # stretches per step
    length: int = 128  # nucleotides per stretch
    rate: float = 2e-3  # of AdamW, after the warm-up
    table_rate: float = (
        20.0  # times the rate, for tables of distances: they begin flat, and until they are not, places are all alike
    )
    warmup: int = 50  # steps
    decay: float = 0.3  # share of the steps, at the end, over which the rate falls to nothing
    cosine: bool = False  # the rate follows a cosine from the warm-up to nothing instead
    weight_decay: float = 0.05
    momenta: tuple[float, float] = (0.9, 0.98)  # AdamW's betas
    clip: float = 1.0  # largest norm of the gradient
    focal: float = 0.0  # positions count (1 - P of the truth) to this power; 0: all alike
    balanced_start: bool = True  # the outputs begin at the sites' prevalence
    average: float = 0.995  # of the weights over the steps; 0: none
    others: float = 0.25  # share of the stretches without a site that an epoch draws
    streams: bool = (
        False  # so many streams as the batch is large, each read in order, instead of stretches drawn at random
    )
    substitutions: float = 0.05  # share of the bases read that are replaced at random, where there are few sites
    few: int = 4000  # training sites; with fewer a network learns them by heart, with more it reads better undisturbed
    every: int = 0  # steps between evaluations; 0: by the size of the validation part
    smooth: int = 3  # evaluations whose mean score decides what is best: a single one is noisy
    by_loss: bool = False  # the best has the lowest validation loss, not the highest average precision
    patience: int = 8  # evaluations without a better score before it stops
    seed: int = 1


DEFAULT = Recipe()
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
"""Clauwaert, Menschaert & Waegeman 2021, as their code has it; what `Recipe` says of streams stands for their
contiguous reading."""
RECIPES = {"default": DEFAULT, "wide": DEFAULT, "cnn": DEFAULT, "paper": PUBLISHED}
"""The recipe of each preset."""


def rate_at(recipe: Recipe, step: int, limit: int) -> float:
    """The learning rate of a step, 0-based, of `limit`: a linear warm-up, a plateau, then a linear fall; or a cosine
    after the warm-up."""
    risen = min(1.0, (step + 1) / max(recipe.warmup, 1))
    if recipe.cosine:
        along = (step - recipe.warmup) / max(limit - recipe.warmup, 1)
        return recipe.rate * risen * (0.5 + 0.5 * math.cos(math.pi * min(max(along, 0.0), 1.0)))
    falling = (limit - step) / (recipe.decay * limit) if recipe.decay else 1.0
    return recipe.rate * min(risen, falling)
