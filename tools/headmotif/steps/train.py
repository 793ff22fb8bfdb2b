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
from dataclasses import dataclass, field

import numpy as np
import torch
from torch.nn import functional as F

from ..alphabet import N
from ..data import NO_LABEL, Genome
from .annotate import annotate
from .compute import Compute
from .metrics import Score, score
from .recipe import Recipe
from .split import TRAIN, VALIDATION
from .windows import Reads, oriented_rows


@dataclass(frozen=True)
class Record:
    """One evaluation: what was seen, the mean training loss since the last one, and the scores of the validation part per label."""

    step: int
    epoch: int
    nucleotides: int
    loss: float
    scores: tuple[Score, ...]
    best: bool

    @property
    def average_precision(self) -> float:
        """Mean over the labels that can be scored."""
        known = [s.average_precision for s in self.scores if not math.isnan(s.average_precision)]
        return sum(known) / len(known) if known else float("nan")


@dataclass
class State:
    """All that a run needs to go on: at a given number of threads, the resumed run ends in the same bytes."""

    step: int = 0
    epoch: int = 0
    batch: int = 0  # batches of the epoch that are done
    weights: dict[str, torch.Tensor] = field(default_factory=dict)
    mean: dict[str, torch.Tensor] = field(default_factory=dict)
    best: dict[str, torch.Tensor] = field(default_factory=dict)
    moments: dict[str, torch.Tensor] = field(default_factory=dict)  # AdamW's, "<number>.<name>"
    loss: tuple[float, int] = (0.0, 0)  # sum and number of steps since the last evaluation
    records: list[Record] = field(default_factory=list)


class Chunks:
    """The training chunks of a genome: which there are in an epoch, and their codes, targets and weights."""

    def __init__(self, genome: Genome, part: np.ndarray, recipe: Recipe, halo: int):
        self.genome, self.part, self.recipe = genome, part, recipe
        self.reads = Reads(genome, halo)
        learned = (genome.label != NO_LABEL) & (part == TRAIN)
        sites = learned & (genome.label == 1)
        pad = (0, recipe.length)  # a chunk may pass the end
        self.target: list[np.ndarray] = []  # per contig and strand: bool (labels, length + pad)
        self.learned: list[np.ndarray] = []
        for contig in range(len(genome.contigs)):
            for strand in (1, -1):
                rows = (oriented_rows(x, genome, contig, strand) for x in (sites, learned))
                target, learn = (np.pad(r, ((0, 0), pad)) for r in rows)  # (labels, length + pad)
                self.target.append(target)
                self.learned.append(learn)
        self.prevalence = np.clip(sites.sum((1, 2)) / np.maximum(learned.sum((1, 2)), 1), 1e-9, 0.5)

    def epoch(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        """Chunks int64 (chunks, 3: contig, row 0 + or 1 -, oriented start), shuffled, and their weights float32 (chunks,)."""
        recipe = self.recipe
        rng = np.random.default_rng([recipe.seed, 1, number])
        phase = int(rng.integers(recipe.length))
        found, weight = [], []
        for row, (target, learned) in enumerate(zip(self.target, self.learned, strict=True)):
            start = np.arange(phase - recipe.length, learned.shape[1] - recipe.length, recipe.length)
            start = start[start >= 0] if len(start) > 1 else np.zeros(1, np.int64)
            some = np.add.reduceat(learned.any(0), start) > 0
            with_site = np.add.reduceat(target.any(0), start) > 0
            drawn = rng.random(len(start)) < recipe.others
            kept = some & (with_site | drawn)
            found.append(np.stack([np.full(kept.sum(), row // 2), np.full(kept.sum(), row % 2), start[kept]], 1))
            weight.append(np.where(with_site[kept], 1.0, 1 / recipe.others))
        chunks, weights = np.concatenate(found), np.concatenate(weight).astype(np.float32)
        order = rng.permutation(len(chunks))
        return chunks[order], weights[order]

    def batch(self, chunks: np.ndarray, weights: np.ndarray, step: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Codes (batch, halo + length + halo), targets and weights (batch, length, labels)."""
        recipe = self.recipe
        codes = self.reads.cut(chunks[:, 0], 1 - 2 * chunks[:, 1], chunks[:, 2], recipe.length)
        rng = np.random.default_rng([recipe.seed, 2, step])
        changed = (rng.random(codes.shape) < recipe.substitutions) & (codes != N)
        codes = np.where(changed, rng.integers(0, N, codes.shape, np.uint8), codes)
        spans = [(2 * c + r, slice(p, p + recipe.length)) for c, r, p in chunks]
        target = np.stack([self.target[row][:, span].T for row, span in spans])
        learned = np.stack([self.learned[row][:, span].T for row, span in spans])
        return torch.from_numpy(codes), torch.from_numpy(target.astype(np.float32)), torch.from_numpy(learned * weights[:, None, None])


def train(
    net: torch.nn.Module,
    chunks: Chunks,
    compute: Compute,
    state: State,
    told: Callable[[int, float], None] | None = None,
    keep: Callable[[State], None] | None = None,
) -> Iterator[Record]:
    """Train `net` in place; after the last record it holds the averaged weights that scored best on the validation part.

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
        _restore(net, optimiser, state)
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
                    _remember(net, optimiser, state)
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
    return [r for r in state.records if r.best][-1]


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
    """Score the averaged weights on the validation part, and keep them if none before was better."""
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
    before = [r.average_precision for r in state.records if r.best]
    if not before or record.average_precision > max(before):
        record = Record(state.step, state.epoch, seen, record.loss, scores, True)
        state.best = {name: mean.clone() for name, mean in state.mean.items()}
    state.loss = (0.0, 0)
    state.records.append(record)
    return record


def part_scores(genome: Genome, probability: np.ndarray, wanted: np.ndarray) -> tuple[Score, ...]:
    """The score of each label on the nucleotides `wanted`, bool (N,), both strands, where a label is to be learned."""
    result = []
    for label, p in zip(genome.label, probability, strict=True):
        known = wanted & (label != NO_LABEL) & np.isfinite(p)
        result.append(score(label[known], p[known]))
    return tuple(result)


def _remember(net: torch.nn.Module, optimiser: torch.optim.Optimizer, state: State) -> None:
    state.weights = {name: p.detach().clone() for name, p in net.named_parameters()}
    moments = optimiser.state_dict()["state"]
    state.moments = {f"{number}.{name}": torch.as_tensor(value) for number, slots in moments.items() for name, value in slots.items()}


def _restore(net: torch.nn.Module, optimiser: torch.optim.Optimizer, state: State) -> None:
    with torch.no_grad():
        for name, parameter in net.named_parameters():
            parameter.copy_(state.weights[name])
    slots: dict[int, dict[str, torch.Tensor]] = {}
    for key, value in state.moments.items():
        number, _, name = key.partition(".")
        slots.setdefault(int(number), {})[name] = value
    optimiser.load_state_dict({"state": slots, "param_groups": optimiser.state_dict()["param_groups"]})


def best_threshold(truth: np.ndarray, probability: np.ndarray) -> float:
    """The probability above which calls have the largest F1 (harmonic mean of precision and recall) on the positions given."""
    order = np.argsort(-probability, kind="stable")
    true = np.cumsum(truth[order] == 1)
    f1 = 2 * true / (np.arange(1, len(true) + 1) + max(int(true[-1]) if len(true) else 0, 1))
    return float(probability[order][int(np.argmax(f1))]) if len(true) else 0.5


def pack(state: State) -> tuple[dict, dict[str, dict[str, np.ndarray]]]:
    """A state as plain numbers and arrays, for a checkpoint; `unpack` gives it back."""
    progress = {"step": state.step, "epoch": state.epoch, "batch": state.batch}
    progress["records"] = [[r.step, r.epoch, r.nucleotides, r.loss.hex(), [_hex(s) for s in r.scores], r.best] for r in state.records]
    progress["loss"] = [state.loss[0].hex(), state.loss[1]]
    groups = ("weights", "mean", "best", "moments")
    return progress, {group: {n: t.detach().cpu().numpy() for n, t in getattr(state, group).items()} for group in groups}


def unpack(progress: dict, arrays: dict[str, dict[str, np.ndarray]]) -> State:
    """The state that `pack` took apart."""
    records = [
        Record(step, epoch, seen, float.fromhex(loss), tuple(Score(*(float.fromhex(x) for x in s[:3]), *s[3:]) for s in scores), best)
        for step, epoch, seen, loss, scores, best in progress["records"]
    ]
    groups = {group: {n: torch.from_numpy(np.array(a)) for n, a in found.items()} for group, found in arrays.items()}
    loss = (float.fromhex(progress["loss"][0]), progress["loss"][1])
    return State(progress["step"], progress["epoch"], progress["batch"], **groups, loss=loss, records=records)


def _hex(s: Score) -> list:
    """A score's floats to the last bit, NaN included, which JSON has no number for."""
    return [float(s.roc_auc).hex(), float(s.average_precision).hex(), float(s.prevalence).hex(), s.positions, s.sites]
