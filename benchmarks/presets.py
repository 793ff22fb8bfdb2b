"""Train the presets on E. coli K-12 with the paper's split, three seeds each, for `benchmarks/accuracy.py` to compare.

    python benchmarks/presets.py DATA --output presets [--jobs 2] [--threads 1]
    python benchmarks/accuracy.py presets/genome.safetensors --genes DATA/ecoli/genes.gff3.gz --scan --output presets/scores \\
        --model default=presets/default.1.safetensors --model cnn=presets/cnn.1.safetensors ...

DATA holds ecoli/genome.fa.gz, ecoli/genes.gff3.gz and ecoli/tss.cappable.bed. A model that is there already is not trained again; every
run has its checkpoint and goes on from it. Positions in 75-mers that occur more than once are masked: neither learned from nor scored.
"""

import argparse
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ecoli import SPLIT

STEPS = {"default": 4000, "cnn": 4000, "paper": 3200}  # 16.4 million nucleotides each
SEEDS = {"default": (1, 2, 3), "cnn": (1, 2, 3), "paper": (1,)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--output", type=Path, default=Path("presets"))
    parser.add_argument("--jobs", type=int, default=2, help="runs at a time")
    parser.add_argument("--threads", type=int, default=1, help="of each run")
    parser.add_argument("--presets", nargs="*", default=list(STEPS))
    asked = parser.parse_args()
    asked.output.mkdir(parents=True, exist_ok=True)
    genome = asked.output / "genome.safetensors"
    if not genome.exists():
        ecoli = asked.data / "ecoli"
        sites = ["--sites", f"cappable={ecoli / 'tss.cappable.bed'}", "--annotation", str(ecoli / "genes.gff3.gz"), "--mask-repeats", "75"]
        called("fasta2tensor", str(ecoli / "genome.fa.gz"), *sites, "-o", str(genome))
    runs = [(preset, seed) for preset in asked.presets for seed in SEEDS[preset]]
    with ThreadPoolExecutor(asked.jobs) as pool:
        for line in pool.map(lambda run: trained(genome, *run, asked.threads), runs):
            print(line, flush=True)


def trained(genome: Path, preset: str, seed: int, threads: int) -> str:
    stem = genome.parent / f"{preset}.{seed}"
    model = stem.with_name(f"{stem.name}.safetensors")
    if model.exists():
        return f"{model} is there"
    files = ["-o", str(model), "--metrics", f"{stem}.json", "--history", f"{stem}.tsv", "--checkpoint", f"{stem}.state", "--resume"]
    split = ["--validation", SPLIT["validation"], "--test", SPLIT["test"]]
    size = ["--steps", str(STEPS[preset]), "--every", str(STEPS[preset] // 5), "--seed", str(seed), "--threads", str(threads)]
    began = time.monotonic()
    called("train-annot", str(genome), "--preset", preset, *files, *split, *size, log=f"{stem}.log")
    return f"{model}: {(time.monotonic() - began) / 60:.1f} minutes"


def called(name: str, *words: str, log: str = "") -> None:
    program = str(Path(sys.executable).with_name(name))
    with open(log or "/dev/stderr", "w", encoding="utf-8") as stream:
        subprocess.run([program, *words], check=True, stderr=stream)


if __name__ == "__main__":
    main()
