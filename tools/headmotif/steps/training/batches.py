"""The stretches of the training part that a network learns from, epoch by epoch."""

from dataclasses import dataclass, field

import numpy as np
import torch

from ...alphabet import N
from ...data import NO_LABEL, Genome
from ..sequence.windows import Reads, orient_rows
from .recipe import Recipe
from .split import TRAIN


@dataclass(frozen=True, eq=False)
class Batch:
    """The stretches that a network learns from in one step.

    Attributes
    ----------
    codes
        uint8 (batch, before + length + after), 0-4, 5' to 3' on each stretch's strand.
    target
        float32 (batch, length, labels), 1 at sites and 0 elsewhere, or a mean with P of the teachers.
    weight
        float32 (batch, length, labels), the weight of the loss; 0 where nothing is learned.
    noise
        int32 (batch, before + length + after), random numbers for the dropout.
    listed
        Share of the sites that the labels list; the others have a target of 0 and are sites all the same.
    """

    codes: torch.Tensor
    target: torch.Tensor
    weight: torch.Tensor
    noise: torch.Tensor
    listed: float = field(default=1.0, kw_only=True)

    @property
    def parts(self) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
        """Its tensors, in their order above."""
        return self.codes, self.target, self.weight, self.noise

    def divide(self, number: int) -> list["Batch"]:
        """Divide the stretches as evenly as can be.

        Parameters
        ----------
        number
            Number of the parts; there are fewer if there are fewer stretches.

        Returns
        -------
        list of Batch
            The parts, in the order of the stretches.
        """
        number = min(number, len(self.codes))
        parts = zip(*(torch.tensor_split(x, number) for x in self.parts), strict=True)
        return [Batch(*some, listed=self.listed) for some in parts]


Plan = list[tuple[np.ndarray, np.ndarray, int]]
"""For each step its stretches, int64 (batch, 3), their weights, float32 (batch,), and their length.

The columns of the stretches are contig, row (0 for +, 1 for -) and oriented start.
"""


class Chunks:
    """The training stretches of a genome: which of them an epoch has, and what a step reads of them.

    Parameters
    ----------
    genome
        The genome with its labels.
    part
        uint8 (N,), the part of each nucleotide, as from `split.parts`.
    recipe
        How the network is trained.
    halo
        Bases before and after a stretch that are read with it.
    taught
        float32 (labels, 2, N), P(site) of the teachers. The target is then the mean of it and the label, and where it
        is NaN the label. None: there are no teachers.
    """

    def __init__(
        self, genome: Genome, part: np.ndarray, recipe: Recipe, halo: tuple[int, int], taught: np.ndarray | None = None
    ):
        self.genome, self.part, self.recipe = genome, part, recipe
        self.reads = Reads(genome, *halo)
        learned = (genome.label != NO_LABEL) & (part == TRAIN)
        sites = learned & (genome.label == 1)
        self.margin = recipe.length + recipe.length // 4  # a stretch may extend beyond either end
        target = (
            sites
            if taught is None
            else np.where(learned, (sites + np.where(np.isnan(taught), sites, taught)) / 2, 0).astype(np.float32)
        )
        rows = [(contig, strand) for contig in range(len(genome.contigs)) for strand in (1, -1)]
        # per contig and strand: (labels, margin + length + margin)
        self.site, self.learned, self.target = (
            [np.pad(orient_rows(x, genome, *row), ((0, 0), (self.margin, self.margin))) for row in rows]
            for x in (sites, learned, target)
        )
        self.substitutions = recipe.substitutions if sites.sum() < recipe.few else 0.0
        self.prevalence = np.clip(sites.sum((1, 2)) / np.maximum(learned.sum((1, 2)), 1), 1e-9, 0.5)

    def plan(self, epoch: int) -> Plan:
        """Plan the steps of an epoch.

        Parameters
        ----------
        epoch
            Number of the epoch, from 0.

        Returns
        -------
        Plan
            Stretches, weights and length of each step.
        """
        return self._plan_streams(epoch) if self.recipe.streams else self._plan_drawn(epoch)

    def _plan_drawn(self, epoch: int) -> Plan:
        """Plan all stretches with a site and a random share of the others, which count for those left out.

        The phase of the grid changes from epoch to epoch.
        """
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

    def _plan_streams(self, epoch: int) -> Plan:
        """Cut the training part, all + strands and then all - strands, into `recipe.batch` streams that are read in
        order.

        Lengths are as published: a normal distribution around recipe.length, and around half of it for one step in
        twenty, with a standard deviation of 5.
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
        """Read the stretches of one step.

        The bases that are replaced and the noise depend on the seed and the step alone.

        Parameters
        ----------
        chunks
            int64 (batch, 3), the stretches, as in `Plan`.
        weights
            float32 (batch,), their weights.
        length
            Their length in nucleotides.
        step
            Number of the step in the whole training, from 0.

        Returns
        -------
        Batch
            What the network learns from.
        """
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
