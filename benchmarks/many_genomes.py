"""Many small genomes through one predict-annot: genomes a second, processor time, and whether memory stays flat.

    python benchmarks/many_genomes.py [--genomes N] [--length N] [--threads N] [--nextflow]

The genomes are random, drawn from a seed, one FASTA each. While the command runs, a row is printed whenever another of
the given numbers of genomes is complete: what all of them took so far, the start of Python and PyTorch included, and
the resident memory at that moment. Genomes that are annotated together are complete nearly at once. With --nextflow,
the same genomes go through the pipeline too, which needs nextflow on PATH. The table is TSV; seconds are those of the
clock, which are more on a busy machine, and those of the processor.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import scaling

POINTS = (10, 100, 250, 500, 750, 1000)
"""Numbers of genomes at which memory is read."""
EVERY = 0.05
"""Seconds between two looks at the results."""
BASES = np.frombuffer(b"ACGT", np.uint8)
LINE = 80


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--genomes", type=int, default=1000)
    parser.add_argument("--length", type=int, default=50_000, help="nucleotides of a genome")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--nextflow", action="store_true", help="through the pipeline too, in tasks of --threads")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = make_genomes(folder / "genomes", asked.genomes, asked.length)
        print("genomes\ts\tgenomes/s\tnt/s\tprocessor s a genome\tMB, at the end the highest", flush=True)
        time_command(files, asked.length, folder, asked.threads)
        if asked.nextflow:
            env = {**os.environ, "PATH": f"{scaling.BIN}:{os.environ['PATH']}", "NXF_ANSI_LOG": "false"}
            tasks, took, own = scaling.time_pipeline(files, asked.threads, 50_000_000, "standard", env, [])
            print(
                f"pipeline: {tasks} tasks, {took:.1f} s, {asked.genomes / took:.2f} genomes/s, tasks' own {own:.1f} s"
            )


def make_genomes(folder: Path, number: int, length: int) -> list[Path]:
    """Random genomes, a FASTA each."""
    rng = np.random.default_rng(1)
    made = []
    for one in range(number):
        path = folder / f"genome{one:05}" / "genome.fa"
        path.parent.mkdir(parents=True)
        bases = BASES[rng.integers(0, len(BASES), length)].tobytes().decode()
        lines = [f">contig{one}", *(bases[at : at + LINE] for at in range(0, length, LINE)), ""]
        path.write_text("\n".join(lines))
        made.append(path)
    return made


def time_command(files: list[Path], length: int, folder: Path, threads: int) -> None:
    """Annotate the genomes by one process, and print a row at each number of genomes and at the end."""
    sheet, out = folder / "sheet.tsv", folder / "out"
    sheet.write_text("".join(["sample\tgenome\n", *(f"{path.parent.name}\t{path}\n" for path in files)]))
    words = ["predict-annot", "--samplesheet", sheet, "--outdir", out, "--threads", threads]
    points = [point for point in POINTS if point < len(files)]
    began = time.monotonic()
    process = subprocess.Popen([str(scaling.BIN / words[0]), *map(str, words[1:])])
    while (ended := os.wait4(process.pid, os.WNOHANG))[0] == 0:
        complete = sum(path.name.endswith(".json") for path in os.scandir(out)) if out.exists() else 0
        while points and complete >= points[0]:
            print_row(points.pop(0), length, time.monotonic() - began, processor(process.pid), resident(process.pid))
        time.sleep(EVERY)
    _, status, used = ended
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"predict-annot ended with {process.returncode}")
    spent = used.ru_utime + used.ru_stime
    print_row(len(files), length, time.monotonic() - began, spent, used.ru_maxrss / 1024)


def processor(process: int) -> float:
    """The processor seconds of a process."""
    after_name = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, after_name[11:13])) / os.sysconf("SC_CLK_TCK")


def resident(process: int) -> float:
    """The resident memory of a process in MB, 0 if it has ended."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:")), 0.0)


def print_row(genomes: int, length: int, seconds: float, spent: float, memory: float) -> None:
    rate = genomes / seconds
    row = (f"{seconds:.1f}", f"{rate:.2f}", f"{rate * length:,.0f}", f"{spent / genomes:.3f}", f"{memory:.0f}")
    print("\t".join([str(genomes), *row]), flush=True)


if __name__ == "__main__":
    main()
