"""What many small genomes cost through the pipeline, on the local executor and on Slurm, beside one process over the
same files.

Needs nextflow on PATH, and for --slurm Debian's Slurm, as make test-slurm has it. Each number of genomes is run by the
shell and by the pipeline in turn, so that what else the machine does falls on both.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "engines"))
BIN = Path(sys.executable).parent


def genomes(folder: Path, count: int, length: int) -> list[Path]:
    """Planted genomes of that length, cut out of few, so that making them takes no time."""
    made = []
    for number in range(count):
        path = folder / f"genome{number}" / "genome.fa"
        made.append(path)
        if path.exists():
            continue
        path.parent.mkdir(parents=True)
        source = folder / f"source{number // 100}.fa"
        if not source.exists():
            words = [
                "simulate",
                "-o",
                source,
                "--length",
                str(100 * length),
                "--promoters",
                str(length // 4),
                "--seed",
                str(1 + number // 100),
                "--quiet",
            ]
            subprocess.run([BIN / "headmotif", *words], check=True)
        bases = "".join(source.read_text().split("\n")[1:])
        begin = number % 100 * length
        path.write_text(f">contig\n{bases[begin : begin + length]}\n")
    return made


def seconds(words: list[object], folder: Path, env: dict[str, str]) -> float:
    began = time.monotonic()
    done = subprocess.run([str(word) for word in words], cwd=folder, env=env, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{words}: {done.stdout}{done.stderr}")
    return time.monotonic() - began


def time_one_process(files: list[Path], threads: int, env: dict[str, str]) -> float:
    with tempfile.TemporaryDirectory() as name:
        sheet = Path(name) / "sheet.tsv"
        sheet.write_text("".join(["sample\tgenome\n", *(f"{path.parent.name}\t{path}\n" for path in files)]))
        return seconds(
            [BIN / "predict-annot", "--samplesheet", sheet, "--outdir", "out", "--threads", threads, "--quiet"],
            Path(name),
            env,
        )


def time_pipeline(
    files: list[Path], threads: int, batch: int, profile: str, env: dict[str, str], more: list[str]
) -> tuple[int, float, float]:
    """Tasks, wall time, and the sum of the tasks' own times."""
    with tempfile.TemporaryDirectory() as name:
        sheet = Path(name) / "sheet.csv"
        sheet.write_text("".join(["sample,fasta\n", *(f"{path.parent.name},{path}\n" for path in files)]))
        words = [
            "nextflow",
            "run",
            ROOT / "nextflow",
            "-profile",
            profile,
            "--input",
            sheet,
            "--cpus",
            threads,
            "--batch_bases",
            batch,
        ]
        took = seconds(
            [*words, "--multiqc", "false", "-with-trace", "trace.tsv", *more],
            Path(name),
            {**env, "NXF_HOME": f"{name}/home"},
        )
        rows = [line.split("\t") for line in (Path(name) / "trace.tsv").read_text().splitlines()]
        column = rows[0].index("realtime")
        assert len(list((Path(name) / "results/calls").glob("*.bed"))) == len(files)
        return len(rows) - 1, took, sum(_seconds(row[column]) for row in rows[1:])


def _seconds(text: str) -> float:
    units = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}
    return sum(
        float("".join(c for c in word if c in "0123456789.")) * units["".join(c for c in word if c.isalpha())]
        for word in text.split()
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--counts", type=int, nargs="+", default=[1, 10, 50, 200])
    parser.add_argument("--length", type=int, default=20_000)
    parser.add_argument(
        "--threads", type=int, default=2, help="of a task; the one process has as many as all nodes together"
    )
    parser.add_argument("--batch", type=int, default=50_000_000, help="nucleotides of a task")
    parser.add_argument(
        "--slurm",
        type=int,
        default=0,
        metavar="NODES",
        help="on a real Slurm of so many virtual nodes of --threads cores",
    )
    parser.add_argument("--array", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="where the genomes are kept")
    asked = parser.parse_args()
    env = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}:/usr/sbin", "NXF_ANSI_LOG": "false"}
    with tempfile.TemporaryDirectory() as name:
        files = genomes(asked.keep or Path(name) / "genomes", max(asked.counts), asked.length)
        from slurm_cluster import Cluster

        with Cluster(Path(name) / "slurm", asked.slurm, asked.threads) if asked.slurm else nullcontext() as cluster:
            env |= {name: value for name, value in cluster.environment.items() if name != "PATH"} if cluster else {}
            profile, more = (
                ("slurm", ["--array", str(asked.array)] if asked.array else []) if cluster else ("standard", [])
            )
            print(
                "genomes\tMb\ttasks\tone process, s\tpipeline, s\tratio\ttasks' own, s\toverhead per task, "
                "s\tefficiency"
            )
            for count in asked.counts:
                alone = time_one_process(
                    files[:count], asked.threads * max(1, asked.slurm), env
                )  # as many cores as the cluster has
                tasks, took, own = time_pipeline(files[:count], asked.threads, asked.batch, profile, env, more)
                times = (
                    ""
                    f"{alone:.1f}\t{took:.1f}\t{took / alone:.2f}\t{own:.1f}\t"
                    f"{(took - own) / tasks:.2f}\t{alone / took:.2f}"
                )
                print(f"{count}\t{count * asked.length / 1e6:g}\t{tasks}\t{times}", flush=True)


if __name__ == "__main__":
    main()
