"""pwm-compare against memelite: cold (a new process that reads, compares and writes) and warm (compare alone), side by side.

    python benchmarks/speed_compare.py [--large]

Motifs are drawn with a seed. memelite's first call compiles, unless its cache of an earlier call is warm; NUMBA_CACHE_DIR is
therefore set to an empty folder for the cold run.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time

import numpy as np

from headmotif.data import Motif
from headmotif.formats import meme, motifs
from headmotif.steps.compare import compare

OURS = "from headmotif.commands.pwm_compare import main; main()"
RIVAL = """
import sys
from memelite import tomtom
from memelite.io import read_meme
queries, targets = (list(read_meme(path).values()) for path in sys.argv[1:3])
p = tomtom(queries, targets)[0]
open(sys.argv[3], "w").write("\\n".join("\\t".join(f"{x:.6g}" for x in row) for row in p))
"""


def drawn(seed: int, count: int) -> list[Motif]:
    """Motifs 6 to 23 wide of sparse columns."""
    rng = np.random.default_rng(seed)
    return [Motif(f"m{i}", rng.dirichlet([0.3] * 4, size=int(rng.integers(6, 24)))) for i in range(count)]


def cold(code: str, words: list[str], folder: str) -> tuple[float, float]:
    """Wall and CPU seconds of a new process."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with tempfile.TemporaryDirectory(dir=folder) as cache:
        subprocess.run([sys.executable, "-c", code, *words], check=True, env={"NUMBA_CACHE_DIR": cache, "PATH": ""}, capture_output=True)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def warm(function) -> float:
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
    sizes = [(36, 109), *([(36, 1400), (36, 4000)] if parser.parse_args().large else [])]
    print(f"{'motifs':>12}  {'program':<12}{'cold wall s':>12}{'cold CPU s':>12}{'warm s':>10}")
    with tempfile.TemporaryDirectory() as folder:
        for n_queries, n_targets in sizes:
            paths = [f"{folder}/queries.meme", f"{folder}/targets.meme"]
            meme.write(paths[0], drawn(1, n_queries))
            meme.write(paths[1], drawn(2, n_targets))
            queries, targets = (list(motifs.read(path).motifs) for path in paths)
            from memelite import tomtom

            theirs = [[m.matrix.T.copy() for m in side] for side in (queries, targets)]
            out = f"{folder}/out.tsv"
            for name, code, words, call in (
                ("pwm-compare", OURS, [*paths, "-o", out, "--max-q", "1"], lambda q=queries, t=targets: compare(q, t)),
                ("memelite", RIVAL, [*paths, out], lambda pair=theirs: tomtom(*pair)),
            ):
                wall, cpu = cold(code, words, folder)
                print(f"{n_queries:>6} x {n_targets:<5} {name:<12}{wall:>11.2f}{cpu:>12.2f}{warm(call):>10.3f}", flush=True)


if __name__ == "__main__":
    main()
