"""How fast the networks are: training and inference of each preset, memory, and the share of the machine's
matrix-product peak.

    python benchmarks/engine.py [--threads N] [--output engine.tsv]

Every figure is of a process of its own. Products are counted while the network runs (PyTorch's counter of
floating-point operations); the peak is that of `peak.py`, in the same process, precision and number of threads.
`literal` is the tests' own writing of the published network: dense scores of all queries and keys of a stretch (in
evaluation with its halo), the relative term gathered from all distances.
"""

import argparse
import functools
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from peak import find_peak

ROOT = Path(__file__).resolve().parent.parent
NETWORKS = ("default", "cnn", "paper", "literal")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--networks", nargs="*", default=NETWORKS)
    parser.add_argument("--output", type=Path)
    parser.add_argument(
        "--one", nargs=3, metavar=("NETWORK", "PRECISION", "WORK"), help="measure this alone, in this process"
    )
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(measure(*asked.one, asked.threads)))
        return
    rows = []
    for network in asked.networks:
        for precision in ("bfloat16", "float32")[network == "literal" :]:  # the literal network is float32 alone
            for work in ("training", "inference"):
                words = [sys.executable, __file__, "--one", network, precision, work, "--threads", str(asked.threads)]
                rows.append(
                    json.loads(
                        subprocess.run(words, check=True, capture_output=True, text=True).stdout.splitlines()[-1]
                    )
                )
                print("| " + " | ".join(str(x) for x in rows[-1].values()) + " |", flush=True)
    if asked.output:
        lines = ["\t".join(rows[0]), *("\t".join(str(x) for x in row.values()) for row in rows)]
        asked.output.write_text("\n".join(lines) + "\n", encoding="utf-8")


def measure(network: str, precision: str, work: str, threads: int) -> dict:
    """Nucleotides a second, products a nucleotide, share of the peak, and the process's peak memory."""
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    from headmotif.steps.network import device

    where = device.choose("cpu", precision, threads)
    step, nucleotides = (make_training_step if work == "training" else make_inference_step)(network, where)
    for _ in range(2):
        step()
    with FlopCounterMode(display=False) as counter:
        step()
    took = min(seconds(step) for _ in range(7))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    flops, best = counter.get_total_flops(), find_peak(where.dtype)
    return {
        "network": network,
        "work": work,
        "precision": precision,
        "nt_per_s": round(nucleotides / took),
        "mflop_per_nt": round(flops / nucleotides / 1e6, 2),
        "gflop_per_s": round(flops / took / 1e9, 1),
        "peak_gflop_per_s": round(best / 1e9),
        "share_of_peak": round(flops / took / best, 3),
        "memory_gb": round(memory, 2),
        "threads": torch.get_num_threads(),
    }


def make_training_step(network: str, where: "Compute"):  # noqa: F821
    """A step as train-annot takes it: forward, backward, clip, AdamW."""
    import torch

    from headmotif.steps.training import step, train
    from headmotif.steps.training.batches import Batch
    from headmotif.steps.training.recipe import RECIPES
    from headmotif.steps.training.state import State

    net, recipe = build(network), RECIPES["paper" if network == "literal" else network]
    rng = np.random.default_rng(0)
    shape = (recipe.batch, sum(net.learning) + recipe.length)
    codes = torch.from_numpy(rng.integers(0, 4, shape, np.uint8))
    noise = torch.from_numpy(rng.integers(-(2**31), 2**31, shape, np.int32))
    target = torch.from_numpy((rng.random((recipe.batch, recipe.length, 1)) < 0.002).astype(np.float32))
    batch = Batch(codes, target, torch.ones_like(target), noise)
    optimiser = torch.optim.AdamW(train.group_parameters(net, recipe), lr=recipe.rate)
    state = State(mean={name: p.detach().clone() for name, p in net.named_parameters()})
    work = functools.partial(step.take_step, net, optimiser, batch, state, recipe, where, train.ALONE)
    return work, recipe.batch * recipe.length


def make_inference_step(network: str, where: "Compute"):  # noqa: F821
    """Batches as predict and dump read them, in exact halos; only what comes out is counted."""
    import torch

    net = build(network).eval()
    codes = torch.from_numpy(
        np.random.default_rng(0).integers(0, 4, (net.batch, net.before + net.chunk + net.after), np.uint8)
    )

    def step() -> None:
        with torch.inference_mode(), where.arithmetic():
            net(codes)

    return step, net.batch * net.chunk


def build(network: str) -> "torch.nn.Module":  # noqa: F821
    from headmotif.steps.network import presets

    net = presets.build(presets.PRESETS["paper" if network == "literal" else network], 1)
    if network == "literal":
        sys.path.insert(0, str(ROOT / "tests"))
        from published_literal import compute_published

        net.chunk, net.batch = 512, 1  # its scores are those of all positions read, halo and all
        net.forward = lambda codes, record=None, noise=None: compute_published(net, codes, net.training)[0].diff(dim=3)[
            ..., 0
        ]
    return net


def seconds(step) -> float:
    began = time.perf_counter()
    step()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
