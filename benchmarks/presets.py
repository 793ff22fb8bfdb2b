"""Train the presets on E. coli K-12 with the paper's split, and a student of three, for `benchmarks/accuracy.py` to
compare.

    python benchmarks/presets.py DATA --output presets [--jobs 2] [--threads 1]
    python benchmarks/accuracy.py presets/genome.safetensors --genes DATA/ecoli/genes.gff3.gz --scan --output
    presets/scores \\
        --model default=presets/default.1.safetensors --model cnn=presets/cnn.1.safetensors ...

DATA holds ecoli/genome.fa.gz, ecoli/genes.gff3.gz and ecoli/tss.cappable.bed. A model that is there already is not
trained again; every run has its checkpoint and goes on from it. Positions in 75-mers that occur more than once are
masked: neither learned from nor scored.
"""

import argparse
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ecoli import SPLIT

STEPS = {"default": 4000, "cnn": 4000, "paper": 8000, "student": 4000}
SEEDS = {"default": (1, 2, 3), "cnn": (1, 2, 3), "paper": (1,), "student": (4,)}
EVERY = {"paper": 1000}
RATE = {"paper": ["--learning-rate", "0.0005"]}  # a tenth of the published steps, at five times the published rate


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--output", type=Path, default=Path("presets"))
    parser.add_argument("--jobs", type=int, default=2, help="runs at a time")
    parser.add_argument("--threads", type=int, default=1, help="of each run")
    asked = parser.parse_args()
    asked.output.mkdir(parents=True, exist_ok=True)
    genome = asked.output / "genome.safetensors"
    if not genome.exists():
        ecoli = asked.data / "ecoli"
        sites = [
            "--sites",
            f"cappable={ecoli / 'tss.cappable.bed'}",
            "--annotation",
            str(ecoli / "genes.gff3.gz"),
            "--mask-repeats",
            "75",
        ]
        run_command("fasta2tensor", str(ecoli / "genome.fa.gz"), *sites, "-o", str(genome))
    runs = [(name, seed) for name in STEPS for seed in SEEDS[name]]
    for some in (
        [run for run in runs if run[0] != "student"],
        [run for run in runs if run[0] == "student"],
    ):  # who learns from the others waits
        with ThreadPoolExecutor(asked.jobs) as pool:
            for line in pool.map(lambda run: train_preset(genome, *run, asked.threads), some):
                print(line, flush=True)


def train_preset(genome: Path, name: str, seed: int, threads: int) -> str:
    stem = genome.parent / f"{name}.{seed}"
    model = stem.with_name(f"{stem.name}.safetensors")
    if model.exists():
        return f"{model} is there"
    files = [
        "-o",
        str(model),
        "--metrics",
        f"{stem}.json",
        "--history",
        f"{stem}.tsv",
        "--checkpoint",
        f"{stem}.state",
        "--resume",
    ]
    split = ["--validation", SPLIT["validation"], "--test", SPLIT["test"]]
    steps = STEPS[name]
    size = [
        "--max-steps",
        str(steps),
        "--eval-steps",
        str(EVERY.get(name, steps // 5)),
        "--seed",
        str(seed),
        "--threads",
        str(threads),
    ]
    kind = ["--preset", name, *RATE.get(name, [])]
    if name == "student":
        kind = [
            word
            for other in SEEDS["default"]
            for word in ("--teacher", str(genome.parent / f"default.{other}.safetensors"))
        ]
    began = time.monotonic()
    run_command("train-annot", str(genome), *kind, *files, *split, *size, log=f"{stem}.log")
    return f"{model}: {(time.monotonic() - began) / 60:.1f} minutes"


def run_command(name: str, *words: str, log: str = "") -> None:
    program = str(Path(sys.executable).with_name(name))
    with open(log or "/dev/stderr", "w", encoding="utf-8") as stream:
        subprocess.run([program, *words], check=True, stderr=stream)


if __name__ == "__main__":
    main()
