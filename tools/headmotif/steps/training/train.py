"""Train a network on a labelled genome, with one record for each evaluation.

Every stretch of the training part that holds a site is seen once in an epoch. Of the other stretches a share is drawn,
and each drawn one counts for those left out, so the loss is that of the whole genome at its natural balance. The
weights are averaged over the steps, and the average that scores best on the validation part is kept: a small network
memorises the sites of a genome in some twenty passes. Random choices come from (seed, epoch) or (seed, step), so a
resumed run ends alike.
"""

import copy
import time
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from ...data import NO_LABEL, Genome
from ...errors import InputError
from ..network.annotate import annotate
from ..network.device import Compute
from ..network.protocol import Network
from ..statistics.metrics import Score, score
from . import selection
from .batches import Chunks
from .distributed import Workers
from .optimiser import AdamW
from .recipe import Recipe, rate_at
from .split import VALIDATION
from .state import Record, State, remember, restore
from .step import take_step

ALONE = Workers()


def train(
    net: Network,
    chunks: Chunks,
    compute: Compute,
    state: State,
    progress: Callable[[int, float], None] | None = None,
    workers: Workers = ALONE,
    begun: Sequence[bool] = (),
) -> Iterator[Record]:
    """Train a network in place.

    Parameters
    ----------
    net, chunks, compute
        The network; the training stretches with their recipe; device and precision.
    state
        A fresh state, or that of an interrupted run. It is changed in place, and at each record it holds all that the
        run needs to go on from there.
    progress, workers
        Receives the step and its loss at each step; the processes that share every batch.
    begun
        For each label whether the network knows it already from another's weights. If any is known, the network is
        scored before the first step too, and kept if it does not get better.

    Yields
    ------
    Record
        Each evaluation. After the last one the network holds the averaged weights that scored best on the validation
        part, by the score of `selection`.
    """
    recipe = chunks.recipe
    optimiser = AdamW(group_parameters(net, recipe), lr=recipe.rate, betas=recipe.momenta)
    if not state.weights:
        if recipe.balanced_start:
            new = [label for label in range(len(chunks.prevalence)) if label >= len(begun) or not begun[label]]
            with torch.no_grad():
                log_odds = torch.from_numpy(np.log(chunks.prevalence / (1 - chunks.prevalence)))
                net.out.bias[new] = log_odds[new].to(net.out.bias)
        state.mean = {name: p.detach().clone() for name, p in net.named_parameters()}
        if any(begun):
            record = _evaluate(net, chunks, compute, state, workers)
            remember(net, optimiser, state)
            yield record
    else:
        restore(net, optimiser, state)
    every = recipe.every or evaluation_interval(chunks)
    limit = limit_steps(chunks)
    while not _is_finished(state, recipe, limit):
        plan = chunks.plan(state.epoch)
        while state.batch < len(plan) and not _is_finished(state, recipe, limit):
            batch = chunks.batch(*plan[state.batch], state.step)
            for group in optimiser.param_groups:
                group["lr"] = rate_at(recipe, state.step, limit) * group["faster"]
            loss = take_step(net, optimiser, batch, state, recipe, compute, workers)
            state.step, state.batch = state.step + 1, state.batch + 1
            state.seen += batch.weight[..., 0].numel()
            state.loss = (state.loss[0] + loss, state.loss[1] + 1)
            if progress:
                progress(state.step, loss)
            if state.step % every == 0 or state.step == limit:
                record = _evaluate(net, chunks, compute, state, workers)
                remember(net, optimiser, state)
                yield record
        if state.batch >= len(plan):
            state.epoch, state.batch = state.epoch + 1, 0
    _take(net, state.best or state.mean)


def limit_steps(chunks: Chunks) -> int:
    """Compute the largest number of steps.

    Parameters
    ----------
    chunks
        The training stretches with their recipe.

    Returns
    -------
    int
        The recipe's limit, or the steps of all epochs if each has as many as the first (they draw other stretches).
    """
    recipe = chunks.recipe
    return recipe.max_steps or recipe.epochs * len(chunks.plan(0))


def evaluation_interval(chunks: Chunks) -> int:
    """Choose the steps between evaluations so that evaluations take at most about a sixth of the work.

    Parameters
    ----------
    chunks
        The training stretches with their recipe.

    Returns
    -------
    int
        Steps, at least 25; inference is taken to be about five times as fast as training.
    """
    positions = 2 * int((chunks.part == VALIDATION).sum())
    return max(25, round(6 * positions / 5 / (chunks.recipe.batch * chunks.recipe.length)))


def seconds_per_step(net: Network, chunks: Chunks, compute: Compute) -> float:
    """Measure the time of a training step on this machine, with a copy of the network.

    Parameters
    ----------
    net, chunks, compute
        As in `train`; the network is not changed.

    Returns
    -------
    float
        Seconds.
    """
    trial = copy.deepcopy(net)
    optimiser = AdamW(group_parameters(trial, chunks.recipe), lr=0.0)
    batch = chunks.batch(*chunks.plan(0)[0], 0)
    state = State(mean={name: p.detach().clone() for name, p in trial.named_parameters()})
    began = 0.0
    for number in range(4):
        began = time.monotonic() if number == 1 else began  # the first pays for what is set up once
        take_step(trial, optimiser, batch, state, chunks.recipe, compute, ALONE)
    return (time.monotonic() - began) / 3


def find_kept(state: State) -> Record:
    """Find the evaluation whose weights the model keeps.

    Parameters
    ----------
    state
        The state at the end of training.

    Returns
    -------
    Record
        The last evaluation that was the best so far.

    Raises
    ------
    InputError
        If no evaluation has a score that is a number.
    """
    best = [r for r in state.records if r.best]
    if not best:
        raise InputError("no evaluation gave a score that is a number; lower --learning-rate")
    return best[-1]


def count_steps(state: State) -> tuple[int, int]:
    """Count the steps taken, and find the step whose weights are kept.

    Parameters
    ----------
    state
        The state at the end of training.

    Returns
    -------
    tuple of int
        Steps taken, and the step kept; this is the last step if there was nothing to evaluate on.
    """
    evaluated = any(score.positions for record in state.records for score in record.scores)
    return state.step, find_kept(state).step if evaluated else state.step


def _is_finished(state: State, recipe: Recipe, limit: int) -> bool:
    if state.step >= limit:
        return True
    best = max((i for i, r in enumerate(state.records) if r.best), default=-1)
    return len(state.records) - 1 - best >= recipe.patience and bool(state.records)


def group_parameters(net: Network, recipe: Recipe) -> list[dict]:
    """Group the weights for the optimiser by weight decay, which only matrices have; tables of distances learn faster.

    Parameters
    ----------
    net, recipe
        The network, and how it is trained.

    Returns
    -------
    list of dict
        Groups as PyTorch's optimisers take them; `faster` is the learning rate of each as a multiple of the recipe's.
    """
    tables = [p for n, p in net.named_parameters() if "by_distance" in n]
    matrices = [p for n, p in net.named_parameters() if p.ndim > 1 and "by_distance" not in n]
    vectors = [p for _, p in net.named_parameters() if p.ndim <= 1]
    groups = ((matrices, recipe.weight_decay, 1.0), (vectors, 0.0, 1.0), (tables, 0.0, recipe.table_rate))
    return [{"params": params, "weight_decay": decay, "faster": faster} for params, decay, faster in groups if params]


def _evaluate(net: Network, chunks: Chunks, compute: Compute, state: State, workers: Workers) -> Record:
    """Score the averaged weights on the validation part, and keep them if their selection score is the best so far."""
    current = {name: p.detach().clone() for name, p in net.named_parameters()}
    _take(net, state.mean)
    wanted = chunks.part == VALIDATION
    probability = annotate_shared(net, chunks.genome, compute, wanted, workers)
    scores = part_scores(chunks.genome, probability, wanted)
    validation_loss = part_loss(chunks.genome, probability, wanted, chunks.recipe.focal)
    _take(net, current)
    total, steps = state.loss
    record = Record(state.step, state.epoch, state.seen, total / max(steps, 1), validation_loss, scores, False)
    state.records.append(record)
    *before, last = selection.score_each(state.records, chunks.recipe)
    if last > max(before, default=float("-inf")):
        record = Record(record.step, record.epoch, record.nucleotides, record.loss, validation_loss, scores, True)
        state.best = {name: mean.clone() for name, mean in state.mean.items()}
    state.loss = (0.0, 0)
    state.records[-1] = record
    return record


def annotate_shared(
    net: Network,
    genome: Genome,
    compute: Compute,
    wanted: np.ndarray,
    workers: Workers = ALONE,
    progress: Callable[[int], None] | None = None,
) -> np.ndarray:
    """Annotate a genome with the work shared among processes.

    Parameters
    ----------
    net, genome, compute, wanted, workers, progress
        As in `annotate`, and the processes.

    Returns
    -------
    numpy.ndarray
        float32 (labels, 2, N), whole in each process; NaN where nothing was scored.
    """
    found = annotate(net, genome, compute, wanted, progress, (workers.rank, workers.size))
    if workers.size == 1:
        return found
    mine = torch.from_numpy(np.where(np.isnan(found), -1, found)).to(compute.device)
    together = workers.reduce_max(mine).cpu().numpy()
    return np.where(together < 0, np.nan, together).astype(np.float32)


def _take(net: Network, weights: dict[str, Tensor]) -> None:
    with torch.no_grad():
        for name, parameter in net.named_parameters():
            parameter.copy_(weights[name])


def part_scores(genome: Genome, probability: np.ndarray, wanted: np.ndarray) -> tuple[Score, ...]:
    """Score P of each label on one part of the genome, both strands.

    Parameters
    ----------
    genome, probability, wanted
        The genome with its labels; P, (labels, 2, N); and the part, bool (N,).

    Returns
    -------
    tuple of Score
        A score for each label, without positions whose label is `NO_LABEL` or whose P is NaN.
    """
    result = []
    for label, p in zip(genome.label, probability, strict=True):
        known = wanted & (label != NO_LABEL) & np.isfinite(p)
        result.append(score(label[known], p[known]))
    return tuple(result)


def part_loss(genome: Genome, probability: np.ndarray, wanted: np.ndarray, focal: float) -> float:
    """Compute the mean loss over all labels on one part of the genome, both strands.

    Parameters
    ----------
    genome, probability, wanted, focal
        As in `part_scores` and `loss_of`.

    Returns
    -------
    float
        The mean loss; 0 if there is no position.
    """
    total, number = 0.0, 0
    for label, p in zip(genome.label, probability, strict=True):
        known = wanted & (label != NO_LABEL) & np.isfinite(p)
        truth = np.where(label[known] == 1, p[known], 1 - p[known]).clip(1e-12)
        total += float((-np.log(truth) * (1 - truth) ** focal).sum(dtype=np.float64))
        number += len(truth)
    return total / max(number, 1)


def choose_threshold(truth: np.ndarray, probability: np.ndarray) -> float:
    """Choose the lowest P of a call so that the calls have the largest F1, the harmonic mean of precision and recall.

    Parameters
    ----------
    truth, probability
        (n,), 1 at sites and 0 elsewhere, and P; positions of equal P are called together.

    Returns
    -------
    float
        The threshold; 0.5 if there are no positions.
    """
    if len(truth) == 0:
        return 0.5
    order = np.argsort(-probability, kind="stable")
    ranked, true = probability[order], np.cumsum(truth[order] == 1)
    last = np.append(np.flatnonzero(np.diff(ranked)), len(ranked) - 1)  # the last of each series of equal probabilities
    f1 = 2 * true[last] / (last + 1 + max(int(true[-1]), 1))
    return float(ranked[last[int(np.argmax(f1))]])
