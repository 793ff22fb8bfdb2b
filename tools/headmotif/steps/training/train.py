"""From a network and a labelled genome to a better network, one record per evaluation.

Every stretch of the training part that holds a site is seen once an epoch; of the others a share is drawn, and each
drawn one counts for those left out, so the loss is that of the whole genome at its natural balance. The weights are
averaged over the steps, and the average that scores best on the validation part is kept: a small network memorises the
sites of a genome in some twenty passes.

Every random choice comes from (seed, epoch) or (seed, step), so a run that stops can go on from its last state to the
same end.
"""

import copy
import time
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ...data import NO_LABEL, Genome
from ...errors import InputError
from ..network.annotate import annotate
from ..network.device import Compute
from ..network.protocol import Network
from ..statistics.metrics import Score, score
from .batches import Batch, Chunks
from .distributed import Workers
from .recipe import Recipe, rate_at
from .split import VALIDATION
from .state import Record, State, remember, restore

ALONE = Workers()


def train(
    net: Network,
    chunks: Chunks,
    compute: Compute,
    state: State,
    told: Callable[[int, float], None] | None = None,
    workers: Workers = ALONE,
    begun: Sequence[bool] = (),
) -> Iterator[Record]:
    """Train `net` in place; after the last record it holds the averaged weights of the evaluation that, with those just
    before it (`Recipe.smooth`), scored best on the validation part.

    state: fresh, or where an interrupted run stood; it moves along, and with each record it holds all that is needed to
    go on from there. told: called each step with the step and its loss. workers: the processes that share every batch.
    begun: which labels the network knows already, having begun with another's weights; it is then scored before the
    first step too, and kept if it gets no better.
    """
    recipe = chunks.recipe
    optimiser = torch.optim.AdamW(_groups(net, recipe), lr=recipe.rate, betas=recipe.momenta)
    if not state.weights:
        if recipe.balanced_start:
            new = [label for label in range(len(chunks.prevalence)) if label >= len(begun) or not begun[label]]
            with torch.no_grad():
                net.out.bias[new] = torch.from_numpy(np.log(chunks.prevalence / (1 - chunks.prevalence)))[new].to(
                    net.out.bias
                )
        state.mean = {name: p.detach().clone() for name, p in net.named_parameters()}
        if any(begun):
            record = _evaluate(net, chunks, compute, state, workers)
            remember(net, optimiser, state)
            yield record
    else:
        restore(net, optimiser, state)
    every = recipe.every or evaluation_interval(chunks)
    limit = steps_at_most(chunks)
    while not _finished(state, recipe, limit):
        plan = chunks.plan(state.epoch)
        while state.batch < len(plan) and not _finished(state, recipe, limit):
            batch = chunks.batch(*plan[state.batch], state.step)
            _set_rate(optimiser, rate_at(recipe, state.step, limit))
            loss = _step(net, optimiser, batch, state, recipe, compute, workers)
            state.step, state.batch, state.seen = (
                state.step + 1,
                state.batch + 1,
                state.seen + batch.weight[..., 0].numel(),
            )
            state.loss = (state.loss[0] + loss, state.loss[1] + 1)
            if told:
                told(state.step, loss)
            if state.step % every == 0 or state.step == limit:
                record = _evaluate(net, chunks, compute, state, workers)
                remember(net, optimiser, state)
                yield record
        if state.batch >= len(plan):
            state.epoch, state.batch = state.epoch + 1, 0
    _take(net, state.best or state.mean)


def steps_at_most(chunks: Chunks) -> int:
    """The recipe's limit, or the steps of all epochs together, from the size of the first (they differ by the draw of
    the other chunks)."""
    recipe = chunks.recipe
    return recipe.max_steps or recipe.epochs * len(chunks.plan(0))


def evaluation_interval(chunks: Chunks) -> int:
    """Steps between evaluations that keep them below about a sixth of the work; inference is about five times as
    fast."""
    positions = 2 * int((chunks.part == VALIDATION).sum())
    return max(25, round(6 * positions / 5 / (chunks.recipe.batch * chunks.recipe.length)))


def seconds_per_step(net: Network, chunks: Chunks, compute: Compute) -> float:
    """What a step takes on this machine, measured on a copy of the network."""
    trial = copy.deepcopy(net)
    optimiser = torch.optim.AdamW(_groups(trial, chunks.recipe), lr=0.0)
    batch = chunks.batch(*chunks.plan(0)[0], 0)
    state = State(mean={name: p.detach().clone() for name, p in trial.named_parameters()})
    began = 0.0
    for number in range(4):
        began = time.monotonic() if number == 1 else began  # the first pays for what is set up once
        _step(trial, optimiser, batch, state, chunks.recipe, compute, ALONE)
    return (time.monotonic() - began) / 3


def kept(state: State) -> Record:
    """The evaluation whose weights the model keeps."""
    best = [r for r in state.records if r.best]
    if not best:
        raise InputError("training gave no score that is a number; lower --rate")
    return best[-1]


def stopped(state: State) -> tuple[int, int]:
    """Steps taken, and the step whose weights are kept: the last where there was nothing to be evaluated on."""
    evaluated = any(score.positions for record in state.records for score in record.scores)
    return state.step, kept(state).step if evaluated else state.step


def _finished(state: State, recipe: Recipe, limit: int) -> bool:
    if state.step >= limit:
        return True
    best = max((i for i, r in enumerate(state.records) if r.best), default=-1)
    return len(state.records) - 1 - best >= recipe.patience and bool(state.records)


def _groups(net: Network, recipe: Recipe) -> list[dict]:
    """Weight decay for matrices alone: biases, norms and the tables of distances stay free; those tables learn
    faster."""
    tables = [p for n, p in net.named_parameters() if "by_distance" in n]
    matrices = [p for n, p in net.named_parameters() if p.ndim > 1 and "by_distance" not in n]
    vectors = [p for _, p in net.named_parameters() if p.ndim <= 1]
    groups = ((matrices, recipe.weight_decay, 1.0), (vectors, 0.0, 1.0), (tables, 0.0, recipe.table_rate))
    return [{"params": params, "weight_decay": decay, "faster": faster} for params, decay, faster in groups if params]


def _set_rate(optimiser: torch.optim.Optimizer, rate: float) -> None:
    for group in optimiser.param_groups:
        group["lr"] = rate * group["faster"]


def _step(
    net: Network,
    optimiser: torch.optim.Optimizer,
    batch: Batch,
    state: State,
    recipe: Recipe,
    compute: Compute,
    workers: Workers,
) -> float:
    """One step of all workers together; the mean loss of the whole batch."""
    total = batch.weight.sum().clamp(min=1).to(compute.device)
    codes, target, weight, noise = (
        workers.mine(x).to(compute.device) for x in (batch.codes, batch.target, batch.weight, batch.noise)
    )
    net.train()
    with compute.arithmetic():
        logits = net(codes, noise=noise)
    loss = (loss_of(logits, target, recipe.focal) * weight).sum() / total
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    loss = loss.detach()
    workers.add([loss, *(p.grad for p in net.parameters() if p.grad is not None)])
    torch.nn.utils.clip_grad_norm_(net.parameters(), recipe.clip)
    optimiser.step()
    decay = min(recipe.average, (1 + state.step) / (10 + state.step))
    with torch.no_grad():
        torch._foreach_lerp_(
            [state.mean[n] for n, _ in net.named_parameters()], [p.detach() for p in net.parameters()], 1 - decay
        )
    return float(loss)


def loss_of(logits: Tensor, target: Tensor, focal: float) -> Tensor:
    """Cross-entropy of each position and label; with `focal` > 0 times (1 - P of the truth) to that power, which passes
    no gradient.

    Lin et al. 2017, Focal loss for dense object detection, in the form of Clauwaert et al. 2021.
    """
    loss = F.binary_cross_entropy_with_logits(logits, target, reduction="none")
    return loss * (1 - torch.exp(-loss.detach())) ** focal if focal else loss


def _evaluate(net: Network, chunks: Chunks, compute: Compute, state: State, workers: Workers) -> Record:
    """Score the averaged weights on the validation part, and keep them if no smoothed score before was better."""
    current = {name: p.detach().clone() for name, p in net.named_parameters()}
    _take(net, state.mean)
    wanted = chunks.part == VALIDATION
    probability = annotated(net, chunks.genome, compute, wanted, workers)
    scores = part_scores(chunks.genome, probability, wanted)
    validation_loss = part_loss(chunks.genome, probability, wanted, chunks.recipe.focal)
    _take(net, current)
    total, steps = state.loss
    record = Record(state.step, state.epoch, state.seen, total / max(steps, 1), validation_loss, scores, False)
    state.records.append(record)
    merits = [_merit(state.records[: i + 1], chunks.recipe) for i in range(len(state.records))]
    if merits[-1] > max(merits[:-1], default=float("-inf")):
        record = Record(record.step, record.epoch, record.nucleotides, record.loss, validation_loss, scores, True)
        state.best = {name: mean.clone() for name, mean in state.mean.items()}
    state.loss = (0.0, 0)
    state.records[-1] = record
    return record


def annotated(
    net: Network,
    genome: Genome,
    compute: Compute,
    wanted: np.ndarray,
    workers: Workers = ALONE,
    told: Callable[[int], None] | None = None,
) -> np.ndarray:
    """`annotate`, shared out among the workers; each has the whole result."""
    found = annotate(net, genome, compute, wanted, told, (workers.rank, workers.size))
    if workers.size == 1:
        return found
    together = workers.largest(torch.from_numpy(np.where(np.isnan(found), -1, found)).to(compute.device)).cpu().numpy()
    return np.where(together < 0, np.nan, together).astype(np.float32)


def _take(net: Network, weights: dict[str, Tensor]) -> None:
    with torch.no_grad():
        for name, parameter in net.named_parameters():
            parameter.copy_(weights[name])


def _merit(records: list[Record], recipe: Recipe) -> float:
    """By what the best evaluation is chosen: the larger the better."""
    return -records[-1].validation_loss if recipe.by_loss else smoothed(records, recipe.smooth)


def smoothed(records: list[Record], number: int) -> float:
    """Sum of the validation scores of the last `number` evaluations, over `number`: the first evaluations count less,
    as they should.

    One before the first step, of a network that knows something already, stands for those that there were none of.
    """
    before = [records[0]] * (number - 1) if records[0].step == 0 else []
    return sum(r.average_precision for r in [*before, *records][-number:]) / number


def part_scores(genome: Genome, probability: np.ndarray, wanted: np.ndarray) -> tuple[Score, ...]:
    """The score of each label on the nucleotides `wanted`, bool (N,), both strands, where a label is to be learned."""
    result = []
    for label, p in zip(genome.label, probability, strict=True):
        known = wanted & (label != NO_LABEL) & np.isfinite(p)
        result.append(score(label[known], p[known]))
    return tuple(result)


def part_loss(genome: Genome, probability: np.ndarray, wanted: np.ndarray, focal: float) -> float:
    """The mean loss on the nucleotides `wanted`, over all labels, from their probabilities."""
    total, number = 0.0, 0
    for label, p in zip(genome.label, probability, strict=True):
        known = wanted & (label != NO_LABEL) & np.isfinite(p)
        truth = np.where(label[known] == 1, p[known], 1 - p[known]).clip(1e-12)
        total += float((-np.log(truth) * (1 - truth) ** focal).sum(dtype=np.float64))
        number += len(truth)
    return total / max(number, 1)


def best_threshold(truth: np.ndarray, probability: np.ndarray) -> float:
    """The least probability of a call that gives calls the largest F1 (harmonic mean of precision and recall) on the
    positions given.

    Equal probabilities are called together.
    """
    if len(truth) == 0:
        return 0.5
    order = np.argsort(-probability, kind="stable")
    ranked, true = probability[order], np.cumsum(truth[order] == 1)
    last = np.append(np.flatnonzero(np.diff(ranked)), len(ranked) - 1)  # the last of each run of equal probabilities
    f1 = 2 * true[last] / (last + 1 + max(int(true[-1]), 1))
    return float(ranked[last[int(np.argmax(f1))]])
