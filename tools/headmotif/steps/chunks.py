"""The stretches of the training part that a network learns from, epoch by epoch."""

import numpy as np
import torch

from ..alphabet import N
from ..data import NO_LABEL, Genome
from .recipe import Recipe
from .split import TRAIN
from .windows import Reads, oriented_rows


class Chunks:
    """The training chunks of a genome: which there are in an epoch, and their codes, targets and weights."""

    def __init__(self, genome: Genome, part: np.ndarray, recipe: Recipe, halo: int):
        self.genome, self.part, self.recipe = genome, part, recipe
        self.reads = Reads(genome, halo)
        learned = (genome.label != NO_LABEL) & (part == TRAIN)
        sites = learned & (genome.label == 1)
        pad = (recipe.length, recipe.length)  # a chunk may pass either end
        self.target: list[np.ndarray] = []  # per contig and strand: bool (labels, pad + length + pad)
        self.learned: list[np.ndarray] = []
        for contig in range(len(genome.contigs)):
            for strand in (1, -1):
                rows = (oriented_rows(x, genome, contig, strand) for x in (sites, learned))
                target, learn = (np.pad(r, ((0, 0), pad)) for r in rows)  # (labels, pad + length + pad)
                self.target.append(target)
                self.learned.append(learn)
        self.prevalence = np.clip(sites.sum((1, 2)) / np.maximum(learned.sum((1, 2)), 1), 1e-9, 0.5)

    def epoch(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        """Chunks int64 (chunks, 3: contig, row 0 + or 1 -, oriented start), shuffled, and their weights float32 (chunks,).

        The phase of the grid differs from epoch to epoch, so the first start of a contig may be negative.
        """
        recipe = self.recipe
        rng = np.random.default_rng([recipe.seed, 1, number])
        phase = int(rng.integers(recipe.length))
        found, weight = [], []
        for row, (target, learned) in enumerate(zip(self.target, self.learned, strict=True)):
            start = np.arange(phase, learned.shape[1] - recipe.length, recipe.length)  # in the padded row
            some = np.add.reduceat(learned.any(0), start) > 0
            with_site = np.add.reduceat(target.any(0), start) > 0
            drawn = rng.random(len(start)) < recipe.others
            kept = some & (with_site | drawn)
            place = start[kept] - recipe.length
            found.append(np.stack([np.full(len(place), row // 2), np.full(len(place), row % 2), place], 1))
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
        spans = [(2 * c + r, slice(p + recipe.length, p + 2 * recipe.length)) for c, r, p in chunks]
        target = np.stack([self.target[row][:, span].T for row, span in spans])
        learned = np.stack([self.learned[row][:, span].T for row, span in spans])
        return torch.from_numpy(codes), torch.from_numpy(target.astype(np.float32)), torch.from_numpy(learned * weights[:, None, None])
