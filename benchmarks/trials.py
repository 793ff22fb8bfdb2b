"""What `ablation.py` tries: each a preset with one thing changed, in its sizes, its recipe, its labels, or in the
network itself."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from torch import nn

from headmotif.alphabet import N
from headmotif.data import NO_LABEL, Genome
from headmotif.steps.network import kmer_attention, presets
from headmotif.steps.training.batches import Batch, Chunks
from headmotif.steps.training.recipe import Recipe
from headmotif.steps.training.split import TRAIN

START = {"substitutions": 0.05, "few": 10**9}
"""What the recipe was when the trials began: each changes one thing of that. What was taken over since has its own
row."""


@dataclass(frozen=True, eq=False)
class Lesson:
    """What is learned: a genome whose first label set is the one scored, and what else there is to its labels.

    taught: as `Chunks` takes it, so that the target is its mean with the label. share: how much each output counts,
    (labels,).
    """

    genome: Genome
    taught: np.ndarray | None = None
    share: tuple[float, ...] = ()


@dataclass(frozen=True, eq=False)
class Trial:
    """A preset and what is changed about it. lesson: from the genome (labels cappable, smrt), the parts and the genes
    to what is learned; edit: changes a fresh network; guessing: share of the nucleotides that are spent on base
    guessing before sites are learned."""

    name: str
    what: str
    preset: str
    config: dict = field(default_factory=dict)
    recipe: dict = field(default_factory=dict)
    lesson: Callable[[Genome, np.ndarray, np.ndarray], Lesson] | None = None
    edit: Callable[[nn.Module], None] | None = None
    guessing: float = 0.0


# --- labels
# ---------------------------------------------------------------------------------------------------------------------


def keep_sites_alone(genome: Genome, part: np.ndarray, genes: np.ndarray) -> Lesson:
    return Lesson(_replace_labels(genome, {}))


def mask_around(genome: Genome, part: np.ndarray, genes: np.ndarray) -> Lesson:
    near = _find_near(genome.label[0] == 1, 2) & (genome.label[0] == 0) & (part == TRAIN)
    return Lesson(_replace_labels(genome, {}, hidden=near))


def soften_around(genome: Genome, part: np.ndarray, genes: np.ndarray) -> Lesson:
    site = genome.label[0] == 1
    softened = np.where(
        site, 1.0, 0.2 * _find_near(site, 1) + 0.2 * _find_near(site, 2)
    )  # the target is half of it beside a site: 0.2, then 0.1
    return Lesson(_replace_labels(genome, {}), softened[None].astype(np.float32))


def mask_other_set(genome: Genome, part: np.ndarray, genes: np.ndarray) -> Lesson:
    other = (genome.label[1] == 1) & (genome.label[0] == 0) & (part == TRAIN)
    return Lesson(_replace_labels(genome, {}, hidden=other))


def add_strength(genome: Genome, part: np.ndarray, genes: np.ndarray) -> Lesson:
    mine = genome.site[:, 0] == 0
    _, row, place = genome.site[mine].T
    more = {}
    for share in (0.5, 0.75):
        label, weak = genome.label[0].copy(), genome.strength[mine] < np.quantile(genome.strength[mine], share)
        learned = label[row[weak], place[weak]] != NO_LABEL
        label[row[weak][learned], place[weak][learned]] = 0
        more[f"stronger than {share}"] = label
    return Lesson(_replace_labels(genome, more))


def add_other_set(genome: Genome, part: np.ndarray, genes: np.ndarray) -> Lesson:
    return Lesson(_replace_labels(genome, {"smrt": genome.label[1]}))


def add_gene_starts(genome: Genome, part: np.ndarray, genes: np.ndarray) -> Lesson:
    start = np.zeros_like(genome.label[0])
    for _contig, begin, end, sign in genes:
        start[int(sign < 0), begin if sign > 0 else end - 1] = 1
    start[genome.label[0] == NO_LABEL] = NO_LABEL
    return Lesson(_replace_labels(genome, {"start": start}))


def add_frames(genome: Genome, part: np.ndarray, genes: np.ndarray) -> Lesson:
    """Three more outputs: is this the first, second, third base of a codon of a gene. They are taught, so that the
    stretches drawn stay those with a site of transcription."""
    frame = np.zeros((3, *genome.label[0].shape), np.float32)
    for _contig, begin, end, sign in genes:
        place = np.arange(begin, end) if sign > 0 else np.arange(begin, end)[::-1]
        frame[np.arange(len(place)) % 3, int(sign < 0), place] = 2.0  # the label is 0, and the target the mean of both
    none = np.where(genome.label[0] == NO_LABEL, NO_LABEL, 0).astype(np.uint8)
    taught = np.concatenate([(genome.label[:1] == 1).astype(np.float32), frame])
    return Lesson(_replace_labels(genome, {f"frame {i}": none for i in (1, 2, 3)}), taught, (1.0, 0.05, 0.05, 0.05))


def _find_near(site: np.ndarray, d: int) -> np.ndarray:
    """bool (2, N): within d bases of a site on the same strand."""
    return np.any([np.roll(site, shift, axis=1) for shift in range(-d, d + 1)], axis=0)


def _replace_labels(genome: Genome, more: dict[str, np.ndarray], hidden: np.ndarray | None = None) -> Genome:
    """The genome with the first label set, where not hidden, and others instead of its own."""
    first = genome.label[0] if hidden is None else np.where(hidden, NO_LABEL, genome.label[0]).astype(np.uint8)
    mine = genome.site[:, 0] == 0
    label = np.stack([first, *more.values()])
    return replace(
        genome, labels=(genome.labels[0], *more), label=label, site=genome.site[mine], strength=genome.strength[mine]
    )


class Weighed(Chunks):
    """Stretches whose outputs count by the lesson's shares."""

    share: tuple[float, ...] = ()

    @classmethod
    def from_lesson(cls, lesson: Lesson, part: np.ndarray, recipe: Recipe, halo: tuple[int, int]) -> "Weighed":
        made = cls(lesson.genome, part, recipe, halo, lesson.taught)
        made.share = lesson.share
        if (
            lesson.taught is not None
        ):  # what is taught, not only what is labelled, tells the balance that outputs begin at
            learned = np.concatenate(made.learned, axis=1).sum(axis=1)
            made.prevalence = np.concatenate(made.target, axis=1).sum(axis=1, dtype=np.float64) / learned
        return made

    def batch(self, chunks: np.ndarray, weights: np.ndarray, length: int, step: int) -> Batch:
        batch = super().batch(chunks, weights, length, step)
        return replace(batch, weight=batch.weight * torch.tensor(self.share)) if self.share else batch


class Guessing(Chunks):
    """Bases to be guessed: one in seven is replaced at random, and what it was is the lesson, an output per base."""

    @classmethod
    def from_lesson(cls, lesson: Lesson, part: np.ndarray, recipe: Recipe, halo: tuple[int, int]) -> "Guessing":
        none = np.where(lesson.genome.label[:1] == NO_LABEL, NO_LABEL, 0).astype(np.uint8)
        made = cls(replace(lesson.genome, labels=tuple("ACGT"), label=np.repeat(none, 4, 0)), part, recipe, halo)
        made.prevalence = np.full(4, 0.25)
        return made

    def batch(self, chunks: np.ndarray, weights: np.ndarray, length: int, step: int) -> Batch:
        batch = super().batch(chunks, weights, length, step)
        true = self.reads.cut(chunks[:, 0], 1 - 2 * chunks[:, 1], chunks[:, 2], length)
        rng = np.random.default_rng([self.recipe.seed, 3, step])
        hit = (rng.random(true.shape) < 1 / 7) & (true < N)
        codes = np.where(hit, rng.integers(0, N, true.shape, np.uint8), true)
        inside = slice(self.reads.before, self.reads.before + length)
        target = torch.from_numpy((true[:, inside, None] == np.arange(N)).astype(np.float32))
        weight = torch.from_numpy(hit[:, inside, None].astype(np.float32)) * batch.weight  # (batch, length, 4)
        return Batch(torch.from_numpy(codes), target, weight, batch.noise)


# --- networks
# ---------------------------------------------------------------------------------------------------------------------


def remove_rotary(net: nn.Module) -> None:
    def keep_still(length: int, d_head: int, device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
        return torch.ones(length, d_head // 2, device=device), torch.zeros(length, d_head // 2, device=device)

    kmer_attention.angles = keep_still  # a run has its own process


def remove_tables(net: nn.Module) -> None:
    for layer in net.layers:
        layer.by_distance.requires_grad_(False)


def remove_null_key(net: nn.Module) -> None:
    for layer in net.layers:
        layer.nothing.requires_grad_(False).fill_(-60.0)


def remove_blocks(net: nn.Module) -> None:
    class Zero(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x.new_zeros(*x.shape[:-1], net.config.width)

    for layer in net.layers:
        layer.narrow = Zero()


# --- the list
# ---------------------------------------------------------------------------------------------------------------------


def _list_both() -> list[Trial]:
    """One recipe, so each of its choices is tried on both networks."""
    changes: list[tuple[str, str, dict]] = [
        ("seed2", "seed 2", {"recipe": {"seed": 2}}),
        ("seed3", "seed 3", {"recipe": {"seed": 3}}),
        ("free", "no dropout, no weight decay", {"config": {"dropout": 0.0}, "recipe": {"weight_decay": 0.0}}),
        ("dropout1", "dropout 0.1", {"config": {"dropout": 0.1}}),
        ("decay2", "weight decay 0.2", {"recipe": {"weight_decay": 0.2}}),
        ("current", "no mean of the weights over steps", {"recipe": {"average": 0.0}}),
        ("exact", "no bases replaced (taken over)", {"recipe": {"substitutions": 0.0}}),
        ("substitutions10", "10 % of the bases replaced", {"recipe": {"substitutions": 0.1}}),
        ("whole", "whole passes instead of sampling by importance", {"recipe": {"others": 1.0}}),
        ("others10", "a tenth of the stretches without a site, not a quarter", {"recipe": {"others": 0.1}}),
        ("plateau", "no fall of the rate", {"recipe": {"decay": 0.0}}),
        ("fall6", "the rate falls over the last 0.6", {"recipe": {"decay": 0.6}}),
        ("rate2", "rate doubled", {"recipe": {"rate": 4e-3}}),
        ("masked", "positions within 2 nt of a site masked", {"lesson": mask_around}),
        ("soft", "soft labels: 0.2 and 0.1 at 1 and 2 nt from a site", {"lesson": soften_around}),
        ("other_masked", "sites of the other set masked", {"lesson": mask_other_set}),
        ("other", "one more output: the other set's sites", {"lesson": add_other_set}),
        ("strength", "two more outputs: stronger than half, than three quarters", {"lesson": add_strength}),
        ("starts", "one more output: starts of genes", {"lesson": add_gene_starts}),
        ("frames", "three more outputs: place in the codon", {"lesson": add_frames}),
        ("guessing", "as much again spent on guessing replaced bases first", {"guessing": 1.0}),
    ]
    return [
        Trial(f"{preset}.{name}", what, preset, **how) for preset in ("cnn", "default") for name, what, how in changes
    ]


TRIALS: tuple[Trial, ...] = (
    Trial("cnn", "as it was", "cnn"),
    Trial("default", "as it was", "default"),
    *_list_both(),
    Trial("cnn.width96", "width 96", "cnn", {"width": 96}),
    Trial("cnn.width128", "width 128", "cnn", {"width": 128}),
    Trial("cnn.blocks5", "5 blocks (sees 67 nt on either side)", "cnn", {"blocks": 5}),
    Trial("cnn.blocks7", "7 blocks (259 nt)", "cnn", {"blocks": 7}),
    Trial("cnn.kernel3", "kernel 3 (66 nt)", "cnn", {"kernel": 3}),
    Trial("cnn.kernel7", "kernel 7 (196 nt)", "cnn", {"kernel": 7}),
    Trial("default.norotary", "no rotary positions", "default", edit=remove_rotary),
    Trial("default.notables", "no tables of distances", "default", edit=remove_tables),
    Trial("default.nonothing", "no key that is nothing", "default", edit=remove_null_key),
    Trial("default.noblocks", "no feed-forward blocks", "default", edit=remove_blocks),
    Trial("default.table1", "tables at the common rate", "default", recipe={"table_rate": 1.0}),
    Trial("default.kmer7", "7-mers", "default", {"kmer": 7}),
    Trial("default.kmer15", "15-mers", "default", {"kmer": 15}),
    Trial("default.words", "begins with words of three", "default", {"words": 3}),
    Trial("default.kmer17", "17-mers", "default", {"kmer": 17}),
    Trial("default.wide", "17-mers, begins with words of three: `wide`", "default", {"kmer": 17, "words": 3}),
    Trial("default.window48", "window 48", "default", {"window": 48}),
    Trial("default.layers2", "2 layers", "default", {"layers": 2}),
    Trial("default.layers4", "4 layers", "default", {"layers": 4}),
    Trial("default.heads16", "16 heads of 8 a layer", "default", {"heads": 16, "d_head": 8}),
    Trial("default.heads4", "4 heads of 32 a layer", "default", {"heads": 4, "d_head": 32}),
    Trial("default.width96", "width 96", "default", {"width": 96}),
)


def build_fresh(trial: Trial, labels: int) -> nn.Module:
    net = presets.build(replace(presets.PRESETS[trial.preset], **trial.config), labels)
    if trial.edit:
        with torch.no_grad():
            trial.edit(net)
    return net
