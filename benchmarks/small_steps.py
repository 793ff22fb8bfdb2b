"""Seconds of steps and commands that must not feel slow, each beside what it may take on two AVX2 cores; `make bench`
runs it.

    python benchmarks/small_steps.py DATA

Tests hold these as ratios, counts and bytes, which are the same on every machine; seconds are written down here, with
the processor. DATA holds ecoli/genome.fa.gz and ecoli/tss.cappable.bed.
"""

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from headmotif.data import Contig, Contigs
from headmotif.formats.inputs import genomes
from headmotif.steps.calling import local_maxima
from headmotif.steps.sequence import repeats, scan
from headmotif.steps.statistics import bootstrap

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
from reports import command_line, write_run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    ecoli = parser.parse_args().data / "ecoli"
    print(
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores; processor seconds, the least of three"
    )
    print("what\tseconds\tmay take")
    with tempfile.TemporaryDirectory() as folder:
        for what, limit, work in [*commands(ecoli, Path(folder)), *steps(ecoli)]:
            print(f"{what}\t{min(seconds(work) for _turn in range(3)):.2f}\t{limit}")


def commands(ecoli: Path, folder: Path) -> list[tuple[str, float, Callable[[], object]]]:
    """Whole processes."""
    page = command_line(write_run(folder, 36, 5000))
    made = str(folder / "made")

    def run(name: str, *words: object) -> Callable[[], object]:
        program = [str(Path(sys.executable).with_name(name)), *map(str, words), "-o", made, "--quiet"]
        return lambda: subprocess.run(program, check=True)

    return [
        (
            "fasta2tensor, E. coli and 16,359 sites",
            3,
            run("fasta2tensor", ecoli / "genome.fa.gz", "--sites", ecoli / "tss.cappable.bed"),
        ),
        ("pwm-compare, one word against the built-in motifs", 2, run("pwm-compare", "TATAAT")),
        ("head-report, 36 heads and 5,000 sites", 2, run("head-report", *page)),
    ]


def steps(ecoli: Path) -> list[tuple[str, float, Callable[[], object]]]:
    """Single steps at the size of a genome."""
    rng = np.random.default_rng(0)
    n = 1_860_000
    block, hit, p = np.arange(n) // 20_000, rng.random(n) < 0.0018, rng.random((2, n // 2), np.float32)
    label = (rng.random(p.shape) < 0.002).astype(np.uint8)
    contigs = Contigs([Contig("a", n // 2, True)])
    genome = genomes.read(str(ecoli / "genome.fa.gz"), ["all"])
    matrix = rng.normal(size=(20, 4))
    return [
        ("1,000 draws of two million positions", 5,
         lambda: bootstrap.mean([bootstrap.rank(hit, p.ravel(), block, 93)], bootstrap.draws(93, 1000))),
        ("calls of two million positions", 1, lambda: local_maxima.calls(p, label, contigs, 2)),
        ("a motif of 20 columns over E. coli, one strand", 1, lambda: scan.scan(genome.base, matrix)),
        ("repeats of 75 nt in E. coli", 10, lambda: repeats.find_repeats(genome, 75)),
    ]  # fmt: skip


def seconds(work: Callable[[], object]) -> float:
    """Processor time of this process and of those that it waited for."""

    def measure_spent() -> float:
        used = os.times()
        return used.user + used.system + used.children_user + used.children_system

    before = measure_spent()
    work()
    return measure_spent() - before


if __name__ == "__main__":
    main()
