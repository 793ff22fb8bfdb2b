"""One step of training: the loss of a batch, its gradient, and what the optimiser makes of it."""

import functools
from collections.abc import Iterable

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.optim import Optimizer

from ..network.device import Compute
from ..network.parallel import count_threads, map_in_order
from ..network.protocol import Network
from .batches import Batch
from .distributed import Workers
from .recipe import Recipe
from .state import State


def take_step(
    net: Network, optimiser: Optimizer, batch: Batch, state: State, recipe: Recipe, compute: Compute, workers: Workers
) -> float:
    """Take one step of all processes together, each with its share of the batch, and each thread with a share of that.

    Parameters
    ----------
    net
        The network; its weights are changed in place.
    optimiser
        What turns the gradient into a change of the weights.
    batch
        The stretches of all processes.
    state
        The state of the run, whose averaged weights follow.
    recipe
        How the network is trained.
    compute
        Device and precision.
    workers
        The processes that share every batch.

    Returns
    -------
    float
        The mean loss of the whole batch.
    """
    total = batch.weight.sum().clamp(min=1).to(compute.device)
    mine = Batch(*map(workers.take_share, batch.parts), listed=batch.listed)
    parameters = [p for p in net.parameters() if p.requires_grad]
    net.train()

    def find_gradient(part: Batch) -> tuple[Tensor, list[Tensor | None]]:
        codes, target, weight, noise = (x.to(compute.device) for x in part.parts)
        with compute.arithmetic():
            logits = net(codes, noise=noise)
        loss = (loss_of(logits, target, recipe.focal, part.listed) * weight).sum() / total
        return loss.detach(), list(torch.autograd.grad(loss, parameters, allow_unused=True))

    found = list(map_in_order(find_gradient, mine.divide(count_threads(compute)), compute))
    loss = _add(loss for loss, _gradient in found)
    for parameter, *gradients in zip(parameters, *(gradient for _loss, gradient in found), strict=True):
        parameter.grad = None if gradients[0] is None else _add(gradients)
    workers.add([loss, *(p.grad for p in parameters if p.grad is not None)])
    torch.nn.utils.clip_grad_norm_(net.parameters(), recipe.clip)
    optimiser.step()
    decay = min(recipe.average, (1 + state.step) / (10 + state.step))
    mean = [state.mean[n] for n, _ in net.named_parameters()]
    with torch.no_grad():
        torch._foreach_lerp_(mean, [p.detach() for p in net.parameters()], 1 - decay)
    return float(loss)


def _add(parts: Iterable[Tensor]) -> Tensor:
    """Add tensors, the first first."""
    return functools.reduce(torch.add, parts)


def loss_of(logits: Tensor, target: Tensor, focal: float, listed: float = 1.0) -> Tensor:
    """Compute the cross-entropy of each position and label.

    If the labels list only a share c of the sites, what is not listed is a site with the probability
    P (1 - c) / (1 - c P), and that is its target. No gradient passes through it, so the gradient is that of the
    likelihood of the list, in which P(listed) = c P (the step of Dempster, Laird & Rubin 1977, J R Stat Soc B 39:1-38,
    unchecked).

    With `focal` > 0 it is multiplied by (1 - P of the true label) to that power, through which no gradient passes. Lin
    et al. 2017, Focal loss for dense object detection, in the form of Clauwaert et al. 2021.

    Parameters
    ----------
    logits, target, focal
        Logits and targets (0 to 1), both (batch, length, labels), and the power, 0 for plain cross-entropy.
    listed
        The share of the sites that are listed, above 0.

    Returns
    -------
    torch.Tensor
        (batch, length, labels).
    """
    if listed < 1:
        p = torch.sigmoid(logits.detach().float())
        target = target + (1 - target) * p * (1 - listed) / (1 - listed * p)
    loss = F.binary_cross_entropy_with_logits(logits, target, reduction="none")
    return loss * (1 - torch.exp(-loss.detach())) ** focal if focal else loss
