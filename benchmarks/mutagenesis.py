"""In-silico mutagenesis of sites of E. coli by the built-in model: all three changes of each base around each site.

    python benchmarks/mutagenesis.py DATA [--threads N]

Beside it some of the mutants are read as whole windows, as networks without k-mer keys read them. DATA holds
ecoli/genome.fa.gz and ecoli/tss.cappable.bed. Prints one row of a table; seconds are wall-clock time, those of the
processor in brackets.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from headmotif.builtin import MODELS
from headmotif.formats.inputs import genomes, models
from headmotif.steps.heads import mutagenesis
from headmotif.steps.network import device, mutants, presets
from headmotif.steps.sequence.windows import Reads, flip

MODEL = "ecoli-tss"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--sites", type=int, default=1000)
    parser.add_argument("--width", type=int, default=200, help="bases around each site")
    parser.add_argument("--whole", type=int, default=1024, help="mutants that are read as a whole")
    parser.add_argument("--threads", type=int, default=2)
    asked = parser.parse_args()
    compute = device.choose("cpu", "float32", asked.threads)
    net = presets.build_from_model(models.open_model(MODEL, MODELS))
    windows = cut_windows(asked.data / "ecoli", asked.sites, net.before, net.after)
    columns = np.arange(asked.width) + net.before - asked.width // 2
    mutated, spent = measure(lambda: mutagenesis.substitutions(net, windows, columns, compute))
    rng = np.random.default_rng(1)
    site, column, base = (rng.integers(0, end, asked.whole) for end in mutated.shape)
    codes = windows[site]
    codes[np.arange(len(codes)), columns[column]] = base
    whole, took = measure(lambda: mutants.logits(net, codes, 0, compute))
    plain = mutants.logits(net, windows[site], 0, compute)
    fast = [seconds / mutated[:, :, 1:].size * 1e6 for seconds in spent]
    slow = [seconds / len(codes) * 1e6 for seconds in took]
    row = (
        torch.backends.cpu.get_cpu_capability(), asked.threads, f"{spent[0]:.1f} ({spent[1]:.1f})",
        *(f"{wall:.0f} ({processor:.0f})" for wall, processor in (fast, slow)),
        f"{slow[0] / fast[0]:.1f} ({slow[1] / fast[1]:.1f})",
        f"{np.abs(mutated[site, column, base] - (whole - plain)).max():.1g}",
    )  # fmt: skip
    print(
        "| instructions | threads | s | us a mutant | us a mutant as a whole | ratio | largest difference of logits |"
    )
    print("| " + " | ".join(map(str, row)) + " |")


def cut_windows(ecoli: Path, number: int, before: int, after: int) -> np.ndarray:
    """The windows around sites drawn at random."""
    genome = genomes.read(str(ecoli / "genome.fa.gz"), ["all"])
    lines = (ecoli / "tss.cappable.bed").read_text(encoding="utf-8").splitlines()
    fields = [line.split("\t") for line in lines if not line.startswith(("#", "track"))]
    drawn = np.random.default_rng(0).permutation(len(fields))[:number]
    place = np.array([int(fields[i][1]) for i in drawn])
    strand = np.array([1 if fields[i][5] == "+" else -1 for i in drawn])
    contig = np.zeros(number, np.int64)
    reads = Reads(genome, before, after)
    return reads.cut(contig, strand, flip(place, strand, reads.lengths[contig]), 1)


def measure(work: Callable[[], np.ndarray]) -> tuple[np.ndarray, tuple[float, float]]:
    """What the work gives, and its seconds: wall-clock and processor."""
    clock, processor = time.perf_counter(), time.process_time()
    found = work()
    return found, (time.perf_counter() - clock, time.process_time() - processor)


if __name__ == "__main__":
    main()
