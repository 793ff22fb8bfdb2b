"""From a network and a labelled genome to a better network, one record per evaluation.

Every chunk of the training part that holds a site is seen once an epoch; of the others a share is drawn, and each drawn one counts for
those left out, so the loss is that of the whole genome at its natural balance. The weights are averaged over the steps, and the
average that scores best on the validation part is kept: a small network memorises the sites of a genome in some twenty passes.

Every random choice comes from (seed, epoch) or (seed, step), so a run that stops can go on from its last state to the same end.
"""

import copy
import math
import time
from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch.nn import functional as F

from ..data import NO_LABEL, Genome
from ..errors import InputError
from .annotate import annotate
from .chunks import Chunks
from .compute import Compute
from .metrics import Score, score
from .recipe import Recipe
from .run_state import Record, State, remember, restore
from .split import VALIDATION


def train(
    net: torch.nn.Module,
    chunks: Chunks,
    compute: Compute,
    state: State,
    told: Callable[[int, float], None] | None = None,
    keep: Callable[[State], None] | None = None,
) -> Iterator[Record]:
    """Train `net` in place; after the last record it holds the averaged weights of the evaluation that, with those just before it
    (`Recipe.smooth`), scored best on the validation part.

    state: fresh, or where an interrupted run stood; it moves along. told: called each step with the step and its loss.
    keep: called with the state after each evaluation.
    """
    recipe = chunks.recipe
    optimiser = torch.optim.AdamW(_groups(net, recipe), lr=recipe.rate, betas=(0.9, 0.98))
    if not state.weights:
        with torch.no_grad():
            net.out.bias.copy_(torch.from_numpy(np.log(chunks.prevalence / (1 - chunks.prevalence))))
        state.mean = {name: p.detach().clone() for name, p in net.named_parameters()}
    else:
        restore(net, optimiser, state)
    every = recipe.every or evaluation_interval(chunks)
    limit = steps_at_most(chunks)
    while not _finished(state, recipe, limit):
        order, weights = chunks.epoch(state.epoch)
        batches = math.ceil(len(order) / recipe.batch)
        while state.batch < batches and not _finished(state, recipe, limit):
            span = slice(state.batch * recipe.batch, (state.batch + 1) * recipe.batch)
            loss = _step(net, optimiser, chunks.batch(order[span], weights[span], state.step), state, recipe, compute)
            state.step, state.batch = state.step + 1, state.batch + 1
            state.loss = (state.loss[0] + loss, state.loss[1] + 1)
            if told:
                told(state.step, loss)
            if state.step % every == 0 or state.step == limit:
                record = _evaluate(net, chunks, compute, state)
                if keep:
                    remember(net, optimiser, state)
                    keep(state)
                yield record
        if state.batch >= batches:
            state.epoch, state.batch = state.epoch + 1, 0
    with torch.no_grad():
        for name, parameter in net.named_parameters():
            parameter.copy_(state.best.get(name, state.mean[name]))


def steps_at_most(chunks: Chunks) -> int:
    """The recipe's limit, or the steps of all epochs together, from the size of the first (they differ by the draw of the other chunks)."""
    recipe = chunks.recipe
    return recipe.max_steps or recipe.epochs * math.ceil(len(chunks.epoch(0)[0]) / recipe.batch)


def evaluation_interval(chunks: Chunks) -> int:
    """Steps between evaluations that keep them below about a sixth of the work; inference is about five times as fast."""
    positions = 2 * int((chunks.part == VALIDATION).sum())
    return max(25, round(6 * positions / 5 / (chunks.recipe.batch * chunks.recipe.length)))


def seconds_per_step(net: torch.nn.Module, chunks: Chunks, compute: Compute) -> float:
    """What a step takes on this machine, measured on a copy of the network."""
    trial = copy.deepcopy(net)
    optimiser = torch.optim.AdamW(trial.parameters(), lr=0.0)
    order, weights = chunks.epoch(0)
    span = slice(0, chunks.recipe.batch)
    state = State(mean={name: p.detach().clone() for name, p in trial.named_parameters()})
    began = 0.0
    for number in range(4):
        began = time.monotonic() if number == 1 else began  # the first pays for what is set up once
        _step(trial, optimiser, chunks.batch(order[span], weights[span], 0), state, chunks.recipe, compute)
    return (time.monotonic() - began) / 3


def kept(state: State) -> Record:
    """The evaluation whose weights the model keeps."""
    best = [r for r in state.records if r.best]
    if not best:
        raise InputError("training gave no score that is a number; lower --rate")
    return best[-1]


def _finished(state: State, recipe: Recipe, limit: int) -> bool:
    if state.step >= limit:
        return True
    best = max((i for i, r in enumerate(state.records) if r.best), default=-1)
    return len(state.records) - 1 - best >= recipe.patience and bool(state.records)


def _groups(net: torch.nn.Module, recipe: Recipe) -> list[dict]:
    """Weight decay for matrices alone: biases, norms and the tables of distances stay free."""
    matrices = [p for n, p in net.named_parameters() if p.ndim > 1 and "by_distance" not in n]
    others = [p for n, p in net.named_parameters() if p.ndim <= 1 or "by_distance" in n]
    return [{"params": matrices, "weight_decay": recipe.weight_decay}, {"params": others, "weight_decay": 0.0}]


def _step(net: torch.nn.Module, optimiser: torch.optim.Optimizer, batch: tuple, state: State, recipe: Recipe, compute: Compute) -> float:
    codes, target, weight = (x.to(compute.device) for x in batch)
    torch.manual_seed(recipe.seed * 1_000_003 + state.step)  # dropout
    net.train()
    for group in optimiser.param_groups:
        group["lr"] = recipe.rate * min(1.0, (state.step + 1) / recipe.warmup)
    with compute.arithmetic():
        logits = net(codes)
    loss = (F.binary_cross_entropy_with_logits(logits, target, reduction="none") * weight).sum() / weight.sum().clamp(min=1)
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    optimiser.step()
    decay = min(recipe.average, (1 + state.step) / (10 + state.step))
    with torch.no_grad():
        for name, parameter in net.named_parameters():
            state.mean[name].lerp_(parameter.detach(), 1 - decay)
    return float(loss.detach())


def _evaluate(net: torch.nn.Module, chunks: Chunks, compute: Compute, state: State) -> Record:
    """Score the averaged weights on the validation part, and keep them if no smoothed score before was better."""
    current = {name: p.detach().clone() for name, p in net.named_parameters()}
    with torch.no_grad():
        for name, parameter in net.named_parameters():
            parameter.copy_(state.mean[name])
    wanted = chunks.part == VALIDATION
    scores = part_scores(chunks.genome, annotate(net, chunks.genome, compute, wanted), wanted)
    with torch.no_grad():
        for name, parameter in net.named_parameters():
            parameter.copy_(current[name])
    total, steps = state.loss
    seen = state.step * chunks.recipe.batch * chunks.recipe.length
    record = Record(state.step, state.epoch, seen, total / max(steps, 1), scores, False)
    state.records.append(record)
    means = [smoothed(state.records[: i + 1], chunks.recipe.smooth) for i in range(len(state.records))]
    if means[-1] > max(means[:-1], default=float("-inf")):
        record = Record(state.step, state.epoch, seen, record.loss, scores, True)
        state.best = {name: mean.clone() for name, mean in state.mean.items()}
    state.loss = (0.0, 0)
    state.records[-1] = record
    return record


def smoothed(records: list[Record], number: int) -> float:
    """Sum of the validation scores of the last `number` evaluations, over `number`: the first evaluations count less, as they should."""
    return sum(r.average_precision for r in records[-number:]) / number


def part_scores(genome: Genome, probability: np.ndarray, wanted: np.ndarray) -> tuple[Score, ...]:
    """The score of each label on the nucleotides `wanted`, bool (N,), both strands, where a label is to be learned."""
    result = []
    for label, p in zip(genome.label, probability, strict=True):
        known = wanted & (label != NO_LABEL) & np.isfinite(p)
        result.append(score(label[known], p[known]))
    return tuple(result)


def best_threshold(truth: np.ndarray, probability: np.ndarray) -> float:
    """The least probability of a call that gives calls the largest F1 (harmonic mean of precision and recall) on the positions given.

    Equal probabilities are called together.
    """
    if len(truth) == 0:
        return 0.5
    order = np.argsort(-probability, kind="stable")
    ranked, true = probability[order], np.cumsum(truth[order] == 1)
    last = np.append(np.flatnonzero(np.diff(ranked)), len(ranked) - 1)  # the last of each run of equal probabilities
    f1 = 2 * true[last] / (last + 1 + max(int(true[-1]), 1))
    return float(ranked[last[int(np.argmax(f1))]])
