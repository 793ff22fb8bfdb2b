"""What the output of a known model is worth to sites of another name: train-annot --init with it and with a fresh one.

    python benchmarks/init_labels.py DATA --output init_labels [--species cjejuni] [--sites 300] [--steps 200]

A stretch of a species that the model has not seen: the last 20 % of its genome are the test, the 10 % before them the
validation, and the nearest so many sites before those are what is known. Their label is `mysites`, which no model has.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from presets import run_command

from headmotif.formats.inputs import genomes, site_files
from headmotif.formats.sequences import fasta
from headmotif.formats.tables import tsv

LABEL = "mysites"
STARTS = {"nothing": [], "fresh output": ["--init-label", f"{LABEL}="], "the model's output": []}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--output", type=Path, default=Path("init_labels"))
    parser.add_argument("--species", default="cjejuni")
    parser.add_argument("--sites", type=int, default=300)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--every", type=int, default=40, help="steps between evaluations")
    parser.add_argument("--model", default="ecoli-tss")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    asked.output.mkdir(parents=True, exist_ok=True)
    genome, split = cut_stretch(asked.data / "species" / asked.species, asked.output, asked.sites)
    rows = [train_and_score(asked, genome, split, start) for start in STARTS]
    tsv.write_table(str(asked.output / "init_labels.tsv"), {name: [row[name] for row in rows] for name in rows[0]})


def cut_stretch(species: Path, folder: Path, number: int) -> tuple[Path, list[str]]:
    """The genome tensor of the stretch, and the options of its parts."""
    whole = genomes.read(str(species / "genome.fa.gz"))
    sites = site_files.read(str(species / "tss.bed"), whole.contigs).sites
    size = len(whole.base)
    if len(whole.contigs) > 1:
        raise SystemExit(f"{species}: take a species with one contig")
    validation, test = round(0.7 * size), round(0.8 * size)
    begin = int(np.sort(sites.position[sites.position < validation])[-number])
    inside = sites.take(sites.position >= begin)
    fasta.write(str(folder / "new.fa"), ["new"], [whole.base[begin:]])
    rows = zip(inside.position.tolist(), inside.strand.tolist(), strict=True)
    text = "".join(f"new\t{p - begin}\t{p - begin + 1}\t.\t0\t{'+' if s > 0 else '-'}\n" for p, s in rows)
    (folder / f"{LABEL}.bed").write_text(text, encoding="utf-8")
    genome = folder / "new.genome"
    run_command("fasta2tensor", str(folder / "new.fa"), "--sites", str(folder / f"{LABEL}.bed"), "-o", str(genome))
    ends = [f"new:{validation - begin + 1}-{test - begin}", f"new:{test - begin + 1}-{size - begin}"]
    return genome, ["--validation", ends[0], "--test", ends[1]]


def train_and_score(asked: argparse.Namespace, genome: Path, split: list[str], start: str) -> dict:
    """Train from one start, and read the scores."""
    stem = asked.output / start.replace(" ", "_").replace("'", "")
    metrics = Path(f"{stem}.json")
    if not metrics.exists():
        init = ["--init", asked.model, *STARTS[start]] if start != "nothing" else []
        size = ["--max-steps", str(asked.steps), "--eval-steps", str(asked.every)]
        fixed = ["--seed", str(asked.seed), "--threads", "1", "--history", f"{stem}.tsv", "-o", f"{stem}.model"]
        words = [*split, *init, *size, *fixed, "--metrics", str(metrics)]
        run_command("train-annot", str(genome), *words, log=f"{stem}.log")
    found = json.loads(metrics.read_text(encoding="utf-8"))
    validation, test = (found["metrics"][part][LABEL] for part in ("validation", "test"))
    return {
        "species": asked.species,
        "sites": asked.sites,
        "start": start,
        "step": found["stopped"]["kept_step"],
        "validation": validation["average_precision"],
        "test": test["average_precision"],
        "site_density": test["prevalence"],
    }


if __name__ == "__main__":
    main()
