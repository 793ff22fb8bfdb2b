"""How a network is trained: numbers alone, so that commands can show them as defaults without loading anything."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    """How a network is trained."""

    epochs: int = 20  # passes over all training sites, at most
    max_steps: int = 0  # 0: as many as the epochs take
    batch: int = 32  # chunks per step
    length: int = 128  # nucleotides per chunk
    rate: float = 2e-3  # of AdamW, after the warm-up
    warmup: int = 50  # steps
    weight_decay: float = 0.05
    average: float = 0.995  # of the weights over the steps
    others: float = 0.25  # share of the chunks without a site that an epoch draws
    substitutions: float = 0.05  # share of the bases read that are replaced at random
    every: int = 0  # steps between evaluations; 0: by the size of the validation part
    smooth: int = 3  # evaluations whose mean score decides what is best: a single one is noisy
    patience: int = 8  # evaluations without a better score before it stops
    seed: int = 1


DEFAULT = Recipe()
