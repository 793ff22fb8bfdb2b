"""The stretches of the training part that a network learns from, epoch by epoch."""

from dataclasses import dataclass

import numpy as np
import torch

from ...alphabet import N
from ...data import NO_LABEL, Genome
from ..sequence.windows import Reads, oriented_rows
from .recipe import Recipe
from .split import TRAIN


@dataclass(frozen=True, eq=False)
class Batch:
    """What a step learns from: codes uint8 (batch, before + length + after), target and weight float32 (batch, length,
    labels), and noise int32 (batch, before + length + after) for the dropout."""

    codes: torch.Tensor
    target: torch.Tensor
    weight: torch.Tensor
    noise: torch.Tensor


Plan = list[tuple[np.ndarray, np.ndarray, int]]
"""Per step the stretches int64 (batch, 3: contig, row 0 + or 1 -, oriented start), their weights float32 (batch,), and
their length."""


class Chunks:
    """The training stretches of a genome: which there are in an epoch, and what is read of them."""

    def __init__(
        self, genome: Genome, part: np.ndarray, recipe: Recipe, halo: tuple[int, int], taught: np.ndarray | None = None
    ):
        """taught: P(site) as teachers have it, float32 (labels, 2, N); what is then learned is the mean of it and of
        the label, or where it is NaN the label."""
        self.genome, self.part, self.recipe = genome, part, recipe
        self.reads = Reads(genome, *halo)
        learned = (genome.label != NO_LABEL) & (part == TRAIN)
        sites = learned & (genome.label == 1)
        self.margin = recipe.length + recipe.length // 4  # a stretch may pass either end
        target = (
            sites
            if taught is None
            else np.where(learned, (sites + np.where(np.isnan(taught), sites, taught)) / 2, 0).astype(np.float32)
        )
        rows = [(contig, strand) for contig in range(len(genome.contigs)) for strand in (1, -1)]
        # per contig and strand: (labels, margin + length + margin)
        self.site, self.learned, self.target = (
            [np.pad(oriented_rows(x, genome, *row), ((0, 0), (self.margin, self.margin))) for row in rows]
            for x in (sites, learned, target)
        )
        self.substitutions = recipe.substitutions if sites.sum() < recipe.few else 0.0
        self.prevalence = np.clip(sites.sum((1, 2)) / np.maximum(learned.sum((1, 2)), 1), 1e-9, 0.5)

    def plan(self, epoch: int) -> Plan:
        """The steps of an epoch."""
        return self._streams(epoch) if self.recipe.streams else self._drawn(epoch)

    def _drawn(self, epoch: int) -> Plan:
        """All stretches with a site and a share of the others, which count for those left out; the grid's phase changes
        every epoch."""
        recipe = self.recipe
        rng = np.random.default_rng([recipe.seed, 1, epoch])
        phase = int(rng.integers(recipe.length))
        found, weight = [], []
        for row, (site, learned) in enumerate(zip(self.site, self.learned, strict=True)):
            start = np.arange(
                self.margin - recipe.length + phase, learned.shape[1] - recipe.length, recipe.length
            )  # in the padded row
            some = np.add.reduceat(learned.any(0), start) > 0
            with_site = np.add.reduceat(site.any(0), start) > 0
            drawn = rng.random(len(start)) < recipe.others
            kept = some & (with_site | drawn)
            place = start[kept] - self.margin
            found.append(np.stack([np.full(len(place), row // 2), np.full(len(place), row % 2), place], 1))
            weight.append(np.where(with_site[kept], 1.0, 1 / recipe.others))
        chunks, weights = np.concatenate(found), np.concatenate(weight).astype(np.float32)
        order = rng.permutation(len(chunks))
        steps = [order[i : i + recipe.batch] for i in range(0, len(order), recipe.batch)]
        return [(chunks[rows], weights[rows], recipe.length) for rows in steps]

    def _streams(self, epoch: int) -> Plan:
        """The training part, all + strands and then all - strands, cut into as many streams as a batch is large, and
        read in order.

        Lengths as published: nearly recipe.length, one step in twenty nearly half of it, with a standard deviation of
        5.
        """
        recipe = self.recipe
        rng = np.random.default_rng([recipe.seed, 1, epoch])
        rows = sorted(range(len(self.learned)), key=lambda row: (row % 2, row // 2))
        places = [np.flatnonzero(self.learned[row].any(0)) - self.margin for row in rows]
        row, place = np.repeat(rows, [len(p) for p in places]), np.concatenate(places)
        size = len(place) // recipe.batch
        plan: Plan = []
        done = 0
        while done < size:
            mean = recipe.length if rng.random() < 0.95 else recipe.length // 2
            length = int(np.clip(round(rng.normal(mean, 5)), 1, self.margin))
            at = np.arange(recipe.batch) * size + done
            plan.append(
                (np.stack([row[at] // 2, row[at] % 2, place[at]], 1), np.ones(recipe.batch, np.float32), length)
            )
            done += length
        return plan

    def batch(self, chunks: np.ndarray, weights: np.ndarray, length: int, step: int) -> Batch:
        """What is read of one entry of a plan; the bases replaced and the noise are the step's own."""
        recipe = self.recipe
        codes = self.reads.cut(chunks[:, 0], 1 - 2 * chunks[:, 1], chunks[:, 2], length)
        rng = np.random.default_rng([recipe.seed, 2, step])
        if self.substitutions:
            changed = (rng.random(codes.shape) < self.substitutions) & (codes != N)
            codes = np.where(changed, rng.integers(0, N, codes.shape, np.uint8), codes)
        noise = rng.integers(-(2**31), 2**31, codes.shape, np.int32)
        spans = [(2 * c + r, slice(p + self.margin, p + self.margin + length)) for c, r, p in chunks]
        target = np.stack([self.target[row][:, span].T for row, span in spans]).astype(np.float32)
        learned = np.stack([self.learned[row][:, span].T for row, span in spans]) * weights[:, None, None]
        return Batch(*(torch.from_numpy(x) for x in (codes, target, learned, noise)))
