"""What well-kept libraries would cost and give in place of our own code, side by side.

    python benchmarks/libraries.py               SciPy's tests and pandas' tables beside ours
    python benchmarks/libraries.py --bigwig      pybigtools on damaged bigWigs, each in a process of its own

SciPy, pandas and pybigtools are read here alone: `pip install pybigtools` first for the second.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np

from headmotif.data import Contig, Contigs
from headmotif.formats.tables import tsv
from headmotif.formats.tracks import bigwig
from headmotif.steps.motifs.permutation import _compute_tail, rank_test
from headmotif.steps.statistics.false_discovery import benjamini_hochberg

STARTS = ("numpy", "scipy.special", "scipy.stats", "pandas")
DAMAGES = 200
READ = """
import json, sys, numpy, pybigtools
try:
    with pybigtools.open(sys.argv[1]) as file:
        values = [file.values(name, 0, length, fillna=None) for name, length in file.chroms().items()]
    values = [numpy.nan_to_num(v, nan=-1.0) for v in values]
    print(json.dumps(float(sum((v * numpy.arange(1, len(v) + 1)).sum() for v in values))))
except BaseException as problem:  # a panic is no Exception
    print(json.dumps(type(problem).__name__))
"""


def start(module: str) -> float:
    """Seconds from nothing to a module loaded, the least of five."""

    def load_once() -> float:
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", f"import {module}"], check=True)
        return time.perf_counter() - began

    return min(load_once() for _ in range(5))


def seconds(work: Callable[[], object]) -> float:
    """Seconds of a call, the least of five."""

    def run_once() -> float:
        began = time.perf_counter()
        work()
        return time.perf_counter() - began

    return min(run_once() for _ in range(5))


def compare_with_scipy() -> list[tuple[str, str, float, float, str]]:
    """What is compared, on what, seconds of ours and of SciPy's, and by how much the results differ."""
    from scipy import stats

    rng = np.random.default_rng(1)
    here, control = rng.normal(0.1, 1, 2000).round(2), rng.normal(0, 1, 8000).round(2)
    p = rng.random((24, 200_000)) ** 2
    ours, theirs = (
        rank_test(here, control),
        stats.mannwhitneyu(here, control, alternative="greater", method="asymptotic"),
    )
    q, other = benjamini_hochberg(p), stats.false_discovery_control(p.ravel()).reshape(p.shape)
    grid = [(z, skew) for z in np.linspace(0, 12, 241) for skew in (-0.5, -0.2, 0.05, 0.2, 0.5, 1.0, 2.0)]
    exact = np.array([stats.pearson3.sf(z, skew) for z, skew in grid])
    ratio = np.array([_compute_tail(z, skew) for z, skew in grid]) / np.maximum(exact, 1e-300)
    usual, all_of_use = (exact > 1e-6) & (np.abs([skew for _, skew in grid]) <= 0.5), exact > 1e-12
    return [
        (
            "rank test",
            "2,000 and 8,000 values",
            seconds(lambda: rank_test(here, control)),
            seconds(lambda: stats.mannwhitneyu(here, control, alternative="greater", method="asymptotic")),
            f"p {ours:.6g} and {theirs.pvalue:.6g}",
        ),
        (
            "Benjamini-Hochberg",
            "4.8 million p",
            seconds(lambda: benjamini_hochberg(p)),
            seconds(lambda: stats.false_discovery_control(p.ravel())),
            f"largest difference {np.abs(q - other).max():.1g}",
        ),
        (
            "gamma tail",
            f"{len(grid)} values of z and skewness",
            seconds(lambda: [_compute_tail(z, skew) for z, skew in grid]),
            seconds(lambda: [stats.pearson3.sf(z, skew) for z, skew in grid]),
            f"p {ratio[usual].min():.2f} to {ratio[usual].max():.2f} times the exact above 1e-6, skewness to 0.5; "
            f"{ratio[all_of_use].min():.2f} to {ratio[all_of_use].max():.2f} above 1e-12, skewness to 2",
        ),
    ]


def tables(folder: Path) -> tuple[float, float]:
    """Seconds to read a table of profiles, 36 heads by 193 distances: ours, each cell checked, and pandas'."""
    import pandas

    heads = [f"L{layer}H{head}" for layer in range(1, 5) for head in range(1, 10)]
    n = len(heads) * 193
    rng = np.random.default_rng(1)
    columns = {
        "head": np.repeat(heads, 193).tolist(),
        "distance": np.tile(np.arange(-96, 97), len(heads)).tolist(),
        "sites": rng.random(n).tolist(),
        "background": rng.random(n).tolist(),
    }
    path = str(folder / "profiles.tsv")
    tsv.write_table(path, columns)
    return seconds(lambda: tsv.read_rows(path, ("head",), tuple(columns), "profiles")), seconds(
        lambda: pandas.read_csv(path, sep="\t", dtype={"head": str})
    )


def count_damaged(folder: Path) -> Counter[str]:
    """What pybigtools makes of a small bigWig with one byte changed, DAMAGES times, each in a process of its own."""
    contigs = Contigs([Contig("a", 20_000), Contig("b", 3000)])
    rng = np.random.default_rng(1)
    values = rng.random(contigs.total).astype(np.float32)
    good, bad = folder / "good.bw", folder / "bad.bw"
    bigwig.write(str(good), contigs, values)

    def read(path: Path) -> tuple[str, str]:
        done = subprocess.run([sys.executable, "-c", READ, str(path)], capture_output=True, text=True)
        return (json.dumps("killed") if done.returncode else done.stdout.strip()), done.stderr

    right, _ = read(good)
    raw, found = good.read_bytes(), Counter[str]()
    for place in rng.choice(len(raw), DAMAGES, replace=False).tolist():
        broken = bytearray(raw)
        broken[place] ^= int(rng.integers(1, 256))
        bad.write_bytes(broken)
        said, noise = read(bad)
        value = json.loads(said)
        kind = "values as they were" if said == right else "other values" if isinstance(value, float) else value
        found[kind + (", and lines of its own on standard error" if noise.strip() else "")] += 1
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bigwig", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if asked.bigwig:
            for kind, times in count_damaged(folder).most_common():
                print(f"{times}\t{kind}")
            return
        for module in STARTS:
            print(f"start\t{module}\t{start(module):.2f} s")
        for what, on, ours, theirs, differs in compare_with_scipy():
            print(f"{what}\t{on}\tours {1000 * ours:.2f} ms\tSciPy {1000 * theirs:.2f} ms\t{differs}")
        ours, theirs = tables(folder)
        print(f"table\t36 heads, 193 distances\tours {1000 * ours:.1f} ms\tpandas {1000 * theirs:.1f} ms")


if __name__ == "__main__":
    main()
