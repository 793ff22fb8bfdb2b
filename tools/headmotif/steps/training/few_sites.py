"""Tune a network that knows other genomes with the sites that are known of one, be they as few as fifty.

Whoever has few sites has the strongest ones, before genes; many positions that are not listed are sites all the same.
So the labels list a share of the sites, which is known from the network itself: the listed sites over the sum of its P.
A position that is not listed counts as a site with the probability that is left (`step.loss_of`), and P keeps its
meaning. Few sites hold nothing out: the number of steps depends on the number of sites alone, and the weights are an
average of the steps, drawn back part of the way to where they began.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch

from ..network.device import Compute
from ..network.protocol import Network
from .batches import Chunks
from .optimiser import AdamW
from .recipe import DEFAULT, Recipe, rate_at
from .state import State
from .step import take_step
from .train import ALONE, group_parameters

WITH_SITE = 0.5
"""Share of the stretches that are drawn about a site; the others lie anywhere."""
SAMPLE = 512
"""Stretches by which the sum of P is estimated."""
KEPT = 0.8
"""How far the weights go from where they began to where tuning takes them."""
FEW = replace(
    DEFAULT,
    rate=7e-4,
    table_rate=1.0,
    warmup=20,
    decay=0.5,
    weight_decay=0.0,
    average=0.98,
    substitutions=0.0,
    balanced_start=False,
)
"""The recipe of a tuning, but for its steps: as from nothing, but slower, and the tables of distances no faster."""


def choose_recipe(sites: int, seed: int) -> Recipe:
    """Choose the recipe by the number of sites.

    Parameters
    ----------
    sites
        Known sites.
    seed
        Seed of all random choices.

    Returns
    -------
    Recipe
        50 steps for 50 sites, and with more sites by the power of 0.6: more steps, and fewer passes over each site.
    """
    steps = round(50 * (max(sites, 1) / 50) ** 0.6)
    return replace(FEW, max_steps=max(steps, 25), seed=seed)


def tune(net: Network, chunks: Chunks, compute: Compute, progress: Callable[[int, float], None] | None = None) -> float:
    """Tune a network in place.

    Parameters
    ----------
    net
        The network, with the weights that it begins with.
    chunks
        The known sites of one label, with a recipe of `choose_recipe`.
    compute
        Device and precision.
    progress
        Receives the step and its loss at each step.

    Returns
    -------
    float
        The share of the sites that are listed, as estimated before the first step; at most 1.
    """
    recipe = chunks.recipe
    start = {name: p.detach().clone() for name, p in net.named_parameters()}
    draws = Draws(chunks)
    share = estimate_listed(net, draws, compute)
    optimiser = AdamW(group_parameters(net, recipe), lr=recipe.rate, betas=recipe.momenta)
    state = State(mean={name: p.clone() for name, p in start.items()})
    for step in range(recipe.max_steps):
        batch = chunks.batch(*draws.draw(np.random.default_rng([recipe.seed, 4, step])), step)
        for group in optimiser.param_groups:
            group["lr"] = rate_at(recipe, step, recipe.max_steps) * group["faster"]
        loss = take_step(net, optimiser, replace(batch, listed=share), state, recipe, compute, ALONE)
        state.step = step + 1
        if progress:
            progress(state.step, loss)
    with torch.no_grad():
        for name, parameter in net.named_parameters():
            parameter.copy_(torch.lerp(start[name], state.mean[name], KEPT))
    net.eval()
    return share


def estimate_listed(net: Network, draws: "Draws", compute: Compute) -> float:
    """Estimate which share of the sites is listed, if P of the network is right on the whole.

    Parameters
    ----------
    net, draws, compute
        The network; the stretches; device and precision.

    Returns
    -------
    float
        The listed sites over the sum of P, at most 1.
    """
    chunks = draws.chunks
    places = sum(int(learned.sum()) for learned in chunks.learned)
    rng = np.random.default_rng([chunks.recipe.seed, 5])
    total = weight = 0.0
    net.eval()
    for _part in range(0, SAMPLE, chunks.recipe.batch):
        batch = chunks.batch(*draws.draw(rng, 0.0), 0)
        with torch.no_grad(), compute.arithmetic():
            p = torch.sigmoid(net(batch.codes.to(compute.device)).float()).cpu()
        total, weight = total + float((p * batch.weight).sum()), weight + float(batch.weight.sum())
    return min(1.0, len(draws.sites) / max(total / max(weight, 1.0) * places, 1e-9))


class Draws:
    """The stretches of a training part with few sites: some about a site and the others anywhere.

    Parameters
    ----------
    chunks
        The known sites of one label.
    """

    def __init__(self, chunks: Chunks):
        self.chunks = chunks
        found = [(row, place) for row, site in enumerate(chunks.site) for place in np.flatnonzero(site.any(0))]
        self.sites = np.array(found, np.int64).reshape(-1, 2)  # row and padded place
        begins = [row.shape[1] - 2 * chunks.margin + chunks.recipe.length - 1 for row in chunks.learned]
        self.begins = np.cumsum([0, *begins])

    def draw(self, rng: np.random.Generator, with_site: float = WITH_SITE) -> tuple[np.ndarray, np.ndarray, int]:
        """Draw the stretches of a step.

        Parameters
        ----------
        rng
            The random numbers.
        with_site
            Share of the stretches about a site.

        Returns
        -------
        tuple
            int64 (batch, 3): contig, row and oriented start; float32 (batch,), the weights that make the sum of the
            loss that of stretches anywhere; and the length of a stretch.
        """
        chunks, number, length = self.chunks, self.chunks.recipe.batch, self.chunks.recipe.length
        about = rng.random(number) < with_site
        site = self.sites[rng.integers(len(self.sites), size=number)]
        back, anywhere = rng.integers(length, size=number), rng.integers(self.begins[-1], size=number)
        row = np.where(about, site[:, 0], np.searchsorted(self.begins, anywhere, "right") - 1)
        start = np.where(about, site[:, 1] - back, anywhere - self.begins[row] - length + 1 + chunks.margin)
        held = [int(chunks.site[i][:, p : p + length].any(0).sum()) for i, p in zip(row, start, strict=True)]
        # A stretch with k of n sites is drawn about one k / (n length) as often, anywhere 1 / (all starts) as often.
        ratio = np.array(held) * self.begins[-1] / (len(self.sites) * length)
        weight = 1 / (with_site * ratio + 1 - with_site)
        place = np.stack([row // 2, row % 2, start - chunks.margin], 1).astype(np.int64)
        return place, weight.astype(np.float32), length
