"""How many sites of a new genome does it take? Networks from nothing beside --init with the built-in model, on a
growing stretch.

    python benchmarks/finetune.py DATA --output finetune [--model ecoli-tss-split]

A stretch of E. coli that the split model has not seen (the published test part) stands in for a new genome: its last 30
% are the test, the 10 % before them the validation, and the nearest so many Cappable-seq sites before those are what is
known. It is the model's own species: on another the model knows less, and has more to learn. Rates are chosen on the
validation part.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
from presets import run_command

from headmotif.data import Genome
from headmotif.formats.inputs import genomes, site_files
from headmotif.formats.sequences import fasta
from headmotif.formats.tables import tsv

FIRST, LAST = 2_738_785, 3_667_115
KNOWN = (100, 200, 500, 1000, 1800)
RATES = {"nothing": (0.002,), "init": (0.0005, 0.0001)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--output", type=Path, default=Path("finetune"))
    parser.add_argument("--model", default="ecoli-tss-split")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    asked.output.mkdir(parents=True, exist_ok=True)
    whole = genomes.read(str(asked.data / "ecoli" / "genome.fa.gz"))
    known = site_files.read(str(asked.data / "ecoli" / "tss.cappable.bed"), whole.contigs).sites
    known = known.take((known.position >= FIRST) & (known.position < LAST))
    size = LAST - FIRST
    validation, test = FIRST + round(0.6 * size), FIRST + round(0.7 * size)
    before = np.sort(known.position[known.position < validation])
    rows = [
        train_and_score(asked, whole, known, 0, validation, test, validation - 1000, "init", 0)
    ]  # one step of no rate: the model as it is
    for number in KNOWN:
        begin = int(before[-number])
        for start, rates in RATES.items():
            tried = [
                train_and_score(asked, whole, known, number, validation, test, begin, start, rate) for rate in rates
            ]
            rows.append(max(tried, key=lambda row: row["validation"]))
            print(rows[-1], flush=True)
    tsv.write_table(str(asked.output / "finetune.tsv"), {name: [row[name] for row in rows] for name in rows[0]})


def train_and_score(
    asked: argparse.Namespace,
    whole: Genome,
    known: object,
    number: int,
    validation: int,
    test: int,
    begin: int,
    start: str,
    rate: float,
) -> dict:
    """Train on the genome from `begin` on, and read the scores."""
    stem = asked.output / f"{start}.{number}.{rate:g}"
    genome, model, metrics = (Path(f"{stem}.{name}") for name in ("genome", "safetensors", "json"))
    began = time.monotonic()
    if not metrics.exists():
        inside = known.take(known.position >= begin)
        fasta.write(f"{stem}.fa", ["new"], [whole.base[begin:LAST]])
        rows = zip(inside.position.tolist(), inside.strand.tolist(), strict=True)
        text = "".join(f"new\t{p - begin}\t{p - begin + 1}\t.\t0\t{'+' if s > 0 else '-'}\n" for p, s in rows)
        Path(f"{stem}.bed").write_text(text, encoding="utf-8")
        run_command("fasta2tensor", f"{stem}.fa", "--sites", f"tss={stem}.bed", "-o", str(genome), log=f"{stem}.log")
        split = [
            "--validation",
            f"new:{validation - begin + 1}-{test - begin}",
            "--test",
            f"new:{test - begin + 1}-{LAST - begin}",
        ]
        own = ["--learning-rate", str(rate)] if rate else ["--max-steps", "1", "--learning-rate", "1e-12"]
        own += ["--init", asked.model] if start == "init" else []
        fixed = [
            "--seed",
            str(asked.seed),
            "--threads",
            str(asked.threads),
            "--metrics",
            str(metrics),
            "-o",
            str(model),
        ]
        run_command("train-annot", str(genome), *split, *own, *fixed, log=f"{stem}.log")
    found = json.loads(metrics.read_text(encoding="utf-8"))
    part = {name: found["metrics"][name]["tss"] for name in ("validation", "test")}
    return {
        "sites": number,
        "from": asked.model if start == "init" else "nothing",
        "rate": rate,
        "steps": found["stopped"]["kept_step"],
        "validation": part["validation"]["average_precision"],
        "test": part["test"]["average_precision"],
        "test_sites": part["test"]["sites"],
        "prevalence": part["test"]["prevalence"],
        "minutes": (time.monotonic() - began) / 60,
    }


if __name__ == "__main__":
    main()
