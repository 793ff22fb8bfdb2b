"""What other ways to read a network say of the same sites, base by base: in-silico mutagenesis, and gradient times input.

Both give a score for every base from `SPAN` upstream to `SPAN` downstream of a site: how much the site's logit hangs on it.
"""

import numpy as np
import torch

from headmotif.data import Genome, Regions, Sites
from headmotif.steps import dilated, network, reader
from headmotif.steps.compute import Compute
from headmotif.steps.mutagenesis import logits
from headmotif.steps.windows import Reads, flip

SPAN = 90


def surroundings(net: torch.nn.Module, genome: Genome, sites: Sites) -> np.ndarray:
    """Codes uint8 (sites, before + 1 + after)."""
    reads = Reads(genome, net.before, net.after)
    return reads.cut(sites.contig, sites.strand, flip(sites.position, sites.strand, reads.lengths[sites.contig]), 1)


def mutagenesis(net: torch.nn.Module, genome: Genome, sites: Sites, compute: Compute) -> np.ndarray:
    """Mean drop of the logit over the three other bases, float64 (sites, 2 SPAN + 1)."""
    windows = surroundings(net, genome, sites)
    whole = logits(net, windows, 0, compute)
    found = np.zeros((len(sites), 2 * SPAN + 1))
    for column in range(2 * SPAN + 1):
        at = net.before - SPAN + column
        for turn in (1, 2, 3):
            other = windows.copy()
            other[:, at] = np.where(other[:, at] < 4, (other[:, at] + turn) % 4, 4)
            found[:, column] += (whole - logits(net, other, 0, compute)) / 3
    return found


def gradient(net: torch.nn.Module, genome: Genome, sites: Sites, compute: Compute) -> np.ndarray:
    """Gradient of the logit at the base that is there less its mean over the four bases, float64 (sites, 2 SPAN + 1)."""
    windows = surroundings(net, genome, sites)
    net.eval()
    module = {"default": reader, "cnn": dilated}[net.config.preset]
    found = []
    for first in range(0, len(windows), 32):
        codes = torch.from_numpy(windows[first : first + 32])
        bases = network.one_hot(codes, torch.float32).requires_grad_()
        module.one_hot = lambda _codes, _dtype, bases=bases: bases  # the network reads what a gradient can flow to
        try:
            net(codes.to(compute.device))[:, 0, 0].sum().backward()
        finally:
            module.one_hot = network.one_hot
        slope = bases.grad  # (sites, bases, 4)
        found.append(((slope - slope.mean(2, keepdim=True)) * bases.detach()).sum(2).numpy())
    return np.concatenate(found).astype(np.float64)[:, net.before - SPAN : net.before + SPAN + 1]


def windows_of(track: np.ndarray, sites: Sites, contigs: tuple[str, ...], width: int, number: int) -> Regions:
    """The best windows of a track, (sites, 2 SPAN + 1): so many over all sites, of so many bases, none overlapping another of its site."""
    sums = np.lib.stride_tricks.sliding_window_view(track, width, axis=1).sum(axis=2)  # (sites, starts)
    rows, starts, scores = [], [], []
    free = np.ones(sums.shape, bool)
    for _time in range(8):  # at most so many a site
        best = np.where(free, sums, -np.inf).argmax(axis=1)
        at = np.arange(len(sums))
        rows.append(at)
        starts.append(best)
        scores.append(np.where(free[at, best], sums[at, best], -np.inf))
        free &= np.abs(np.arange(sums.shape[1]) - best[:, None]) >= width
    row, start, score = (np.concatenate(x) for x in (rows, starts, scores))
    kept = np.argsort(-score, kind="stable")[:number]
    row, start = row[kept], start[kept] - SPAN
    position, strand = sites.position[row], sites.strand[row].astype(np.int64)
    low = np.where(strand > 0, position + start, position - start - width + 1)
    n, nothing = len(row), np.full(len(row), np.nan)
    columns = (sites.contig[row], low, low + width, np.full(n, "rival"), strand.astype(np.int8), np.ones(n), start + width // 2, position)
    return Regions(contigs, *columns, nothing, nothing)
