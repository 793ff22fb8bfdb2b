"""pwm-compare against memelite: cold (a new process that reads, compares and writes) and warm (compare alone), side by
side.

    python benchmarks/speed_compare.py [--large]

With --large, bed2pwm too: 36 groups of 5,000 regions of a drawn genome. Motifs are drawn with a seed. memelite's first
call compiles, unless its cache of an earlier call is warm; NUMBA_CACHE_DIR is therefore set to an empty folder for the
cold run.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time

import numpy as np

from headmotif.alphabet import decode
from headmotif.cli import count_usable_threads
from headmotif.data import Motif
from headmotif.formats.inputs import motif_files
from headmotif.formats.motifs import meme
from headmotif.steps.comparison.tomtom import compare

OURS = "from headmotif.commands.pwm_compare import main; main()"
BED2PWM = "from headmotif.commands.bed2pwm import main; main()"
RIVAL = """
import sys
from memelite import tomtom
from memelite.io import read_meme
queries, targets = (list(read_meme(path).values()) for path in sys.argv[1:3])
p = tomtom(queries, targets)[0]
open(sys.argv[3], "w").write("\\n".join("\\t".join(f"{x:.6g}" for x in row) for row in p))
"""


def draw_motifs(seed: int, count: int) -> list[Motif]:
    """Motifs 6 to 23 wide of sparse columns."""
    rng = np.random.default_rng(seed)
    return [Motif(f"m{i}", rng.dirichlet([0.3] * 4, size=int(rng.integers(6, 24)))) for i in range(count)]


def draw_regions(folder: str, groups: int = 36, number: int = 5000) -> list[str]:
    """bed2pwm's words, on a drawn genome with a word for each group 10 to 60 bases before each of so many sites."""
    rng = np.random.default_rng(3)
    apart, site = 200, 100 + 200 * np.arange(number)
    bases = rng.integers(0, 4, apart * (number + 1)).astype(np.uint8)
    rows = []
    for group in range(groups):
        word, distance = rng.integers(0, 4, 8).astype(np.uint8), rng.integers(-60, -10, number)
        if group < 2:  # more would write over one another
            for at in (site + distance)[: number // 2]:
                bases[at - 4 : at + 4] = word
        name = f"L{group // 12 + 1}H{group % 12 + 1}"
        rows += [
            f"c\t{s + d - 5}\t{s + d + 6}\t{name}\t500\t+\t0.5\t{d}\t{s}\t.\t.\n"
            for s, d in zip(site, distance, strict=True)
        ]
    with open(f"{folder}/genome.fa", "w", encoding="ascii") as stream:
        stream.write(f">c\n{decode(bases)}\n")
    with open(f"{folder}/regions.bed", "w", encoding="ascii") as stream:
        stream.writelines(rows)
    return [f"{folder}/regions.bed", f"{folder}/genome.fa", "-o", f"{folder}/motifs.meme"]


def time_cold(code: str, words: list[str], folder: str) -> tuple[float, float, float]:
    """Wall and CPU seconds, and peak memory in GB, of a new process."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(dir=folder) as cache:
        environment = {"NUMBA_CACHE_DIR": cache, "PATH": ""}
        process = subprocess.Popen(
            [sys.executable, "-c", code, *words], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        _pid, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(words)}: status {process.returncode}")
    return time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1e6


def time_warm(function) -> float:
    """The best of three, after one call for warming up."""
    times = []
    for _ in range(4):
        began = time.perf_counter()
        function()
        times.append(time.perf_counter() - began)
    return min(times[1:])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", action="store_true", help="36 x 1,400 and 36 x 4,000, too")
    large = parser.parse_args().large
    threads = count_usable_threads(None)  # memelite, too, takes all
    sizes = [(36, 109), *([(36, 1400), (36, 4000), (1000, 1000)] if large else [])]
    print(f"{'motifs':>12}  {'program':<12}{'cold wall s':>12}{'cold CPU s':>12}{'peak GB':>10}{'warm s':>10}")
    with tempfile.TemporaryDirectory() as folder:
        for n_queries, n_targets in sizes:
            paths = [f"{folder}/queries.meme", f"{folder}/targets.meme"]
            meme.write(paths[0], draw_motifs(1, n_queries))
            meme.write(paths[1], draw_motifs(2, n_targets))
            queries, targets = (list(motif_files.read(path).motifs) for path in paths)
            from memelite import tomtom

            theirs = [[m.matrix.T.copy() for m in side] for side in (queries, targets)]
            out = f"{folder}/out.tsv"
            for name, code, words, call in (
                (
                    "pwm-compare",
                    OURS,
                    [*paths, "-o", out, "--max-q", "1"],
                    lambda q=queries, t=targets: compare(q, t, threads=threads),
                ),
                ("memelite", RIVAL, [*paths, out], lambda pair=theirs: tomtom(*pair)),
            ):
                wall, cpu, peak = time_cold(code, words, folder)
                print(
                    f"{n_queries:>6} x {n_targets:<5} "
                    f"{name:<12}{wall:>11.2f}{cpu:>12.2f}{peak:>10.3f}{time_warm(call):>10.3f}",
                    flush=True,
                )
        if large:
            wall, cpu, peak = time_cold(BED2PWM, draw_regions(folder), folder)
            print(f"bed2pwm, 36 groups x 5,000 regions: {wall:.1f} s, CPU {cpu:.1f} s, {peak:.3f} GB")


if __name__ == "__main__":
    main()
