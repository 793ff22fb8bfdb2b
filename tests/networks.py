"""Small networks of every preset with random weights, and genomes for them: what several test files share."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from headmotif.alphabet import N
from headmotif.data import Contig, Genome
from headmotif.steps.network import presets
from headmotif.steps.network.device import Compute

READER = replace(presets.ReaderConfig(), width=16, layers=2, heads=2, d_head=8, window=16, kmer=5)
WIDE = replace(presets.PRESETS["wide"], width=16, layers=2, heads=2, d_head=8, window=16, kmer=9)
CNN = replace(presets.DilatedConfig(), width=12, blocks=3, kernel=3)
PAPER = replace(presets.PublishedConfig(), width=8, layers=2, heads=2, d_head=8, window=16, shift=5)
SMALL = {"default": READER, "wide": WIDE, "paper": PAPER, "cnn": CNN}

EVERY = pytest.mark.parametrize("config", SMALL.values(), ids=SMALL)
HEADED = {name: config for name, config in SMALL.items() if hasattr(config, "heads")}
WITH_HEADS = pytest.mark.parametrize("config", HEADED.values(), ids=HEADED)

CPU = Compute(torch.device("cpu"), torch.float32)
HALF = Compute(torch.device("cpu"), torch.bfloat16)
PRECISIONS = pytest.mark.parametrize("compute", [CPU, HALF], ids=["float32", "bfloat16"])


def network(config, labels=1, seed=0):
    """Random weights everywhere, heads that choose, a `nothing` that does not take all, and logits of mean 0 and spread
    1."""
    torch.manual_seed(seed)
    net = presets.build(config, labels).eval()
    with torch.no_grad():
        for name, parameter in net.named_parameters():
            if parameter.ndim == 1 or "by_distance" in name:
                parameter.add_(0.5 * torch.randn_like(parameter))
            else:
                parameter.normal_(0, parameter[0].numel() ** -0.5)
            if name.endswith("query.weight"):
                parameter.mul_(3)
            if name.endswith("nothing"):
                parameter.sub_(5)
        logits = net(torch.from_numpy(random_codes(net.before + 500 + net.after, seed=99))[None])[0]  # (500, labels)
        rows = net.out.out_features // labels  # of the last matrix for each label
        spread = logits.std(0).repeat_interleave(rows)
        net.out.weight.div_(spread[:, None])
        net.out.bias.div_(spread)
        net.out.bias[rows - 1 :: rows] -= logits.mean(0) / logits.std(0)
    return net


def genome_of(*codes, circular=False):
    contigs = tuple(Contig(f"c{i}", len(c), circular) for i, c in enumerate(codes))
    return Genome(contigs, np.concatenate(codes).astype(np.uint8))


def random_codes(length, seed=0, gaps=0):
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, 4, length).astype(np.uint8)
    for place in rng.integers(0, length, gaps):
        codes[place : place + 3] = N
    return codes


def tolerance(config, compute):
    """Of P, where two computations differ in their stretches alone.

    `paper` multiplies sines and cosines of places in a stretch: rounded to bfloat16, they differ with where it begins.
    """
    if compute is CPU:
        return 1e-5
    return 6e-2 if config.preset == "paper" else 2e-3


def assert_near(found, right, tolerance=1e-5):
    np.testing.assert_allclose(found, right, rtol=0, atol=tolerance, equal_nan=True)
