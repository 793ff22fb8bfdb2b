"""What each choice in the presets is worth: one thing changed at a time, equal nucleotides, three contiguous folds of
the training part.

    python benchmarks/ablation.py DATA --output ablation [--trials cnn default.layers2 ...] [--jobs 2] [--nucleotides
    3000000]

DATA holds ecoli/genome.fa.gz, genes.gff3.gz, tss.cappable.bed and tss.smrtcappable.bed. The validation and test parts
of the published split are never read; of the rest a fold is scored, both strands, by a network that learned from the
other two. Repeats are masked. P of every run is kept in the output folder and not made again. Prints a table for each
network: average precision by fold, their mean, and its ratio to that of the network as it was when they began, with a
95 % interval by 10 kb blocks (paired). Intervals know nothing of the spread over seeds: see the rows of other seeds for
that.
"""

import argparse
import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from ecoli import SPLIT
from presets import run_command
from trials import START, TRIALS, Guessing, Lesson, Trial, Weighed, build_fresh, keep_sites_alone

from headmotif.data import NO_LABEL, Genome
from headmotif.formats.inputs import genomes
from headmotif.steps.statistics import bootstrap
from headmotif.steps.statistics.metrics import score
from headmotif.steps.training.split import TEST, TRAIN, VALIDATION, parse_stretch, parts

if TYPE_CHECKING:
    from torch import nn

    from headmotif.steps.network.device import Compute
    from headmotif.steps.training.batches import Chunks
    from headmotif.steps.training.recipe import Recipe

FOLDS = 3
BY_NAME = {trial.name: trial for trial in TRIALS}


def folds(genome: Genome) -> list[np.ndarray]:
    """Per fold uint8 (N,), the parts: a third of what the published split trains on, in a row along the genome, is left
    out."""
    held = parts(genome, [parse_stretch(genome, SPLIT["validation"])], [parse_stretch(genome, SPLIT["test"])])
    thirds = np.array_split(np.flatnonzero(held == TRAIN), FOLDS)
    result = []
    for third in thirds:
        part = np.where(held == TRAIN, TRAIN, TEST).astype(np.uint8)
        part[third] = TEST
        part[third[:1000]] = (
            VALIDATION  # training wants to evaluate something; the last step's weights are kept whatever it says
        )
        result.append(part)
    return [np.where(held == TRAIN, part, np.uint8(9)) for part in result]


def run(trial: Trial, fold: int, folder: Path, data: Path, nucleotides: int, threads: int) -> None:
    """Train on two folds and keep P of the third, float32 (2, its length), and the seconds that training took."""
    import torch
    from accuracy import genes_of

    from headmotif.steps.network import annotate, device
    from headmotif.steps.training.recipe import RECIPES

    where = device.choose("cpu", "auto", threads)
    genome = genomes.read(str(folder / "genome.safetensors"))
    part = folds(genome)[fold]
    lesson = (trial.lesson or keep_sites_alone)(genome, part, genes_of(str(data / "ecoli" / "genes.gff3.gz"), genome))
    recipe = replace(RECIPES[trial.preset], **{**START, **trial.recipe})
    steps = round(nucleotides / (recipe.batch * recipe.length))
    recipe = replace(recipe, max_steps=steps, every=steps, smooth=1)
    torch.manual_seed(recipe.seed)
    began = time.monotonic()
    net = (
        learn_to_guess(trial, lesson, part, recipe, where)
        if trial.guessing
        else build_fresh(trial, len(lesson.genome.labels))
    )
    train_in_place(net, Weighed.from_lesson(lesson, part, recipe, net.learning), where)
    seconds = time.monotonic() - began
    p = annotate.annotate(net, genome, where, find_scored(part))[0]
    stem = folder / f"{trial.name}.{fold}"
    about = {"seconds": round(seconds, 1), "weights": sum(w.numel() for w in net.parameters())}
    Path(f"{stem}.json").write_text(json.dumps(about), encoding="utf-8")
    np.save(f"{stem}.npy", p[:, find_scored(part)])


def learn_to_guess(trial: Trial, lesson: Lesson, part: np.ndarray, recipe: "Recipe", where: "Compute") -> "nn.Module":
    """A network that has learned to guess bases, with fresh outputs for the labels."""
    from headmotif.steps.network import presets

    first = build_fresh(trial, 4)
    steps = round(recipe.max_steps * trial.guessing)
    train_in_place(
        first, Guessing.from_lesson(lesson, part, replace(recipe, max_steps=steps, every=steps), first.learning), where
    )
    return presets.continue_from(first, tuple("ACGT"), lesson.genome.labels)


def train_in_place(net: "nn.Module", stretches: "Chunks", where: "Compute") -> None:
    from headmotif.steps.training import state, train

    for _record in train.train(net, stretches, where, state.State()):
        pass


def find_scored(part: np.ndarray) -> np.ndarray:
    """bool (N,): the fold that is left out."""
    return (part == TEST) | (part == VALIDATION)


def table(folder: Path, preset: str, draws: int) -> list[str]:
    """Markdown: a row for each trial of a preset whose folds are all there."""
    genome = genomes.read(str(folder / "genome.safetensors"))
    block = bootstrap.blocks(genome.contigs)
    weight = bootstrap.draws(int(block.max()) + 1, draws)
    lines, first, time_of_first = [], None, 0.0
    for trial in TRIALS:
        if trial.preset != preset or not all((folder / f"{trial.name}.{fold}.npy").exists() for fold in range(FOLDS)):
            continue
        found, ranked, seconds = [], [], 0.0
        for fold, part in enumerate(folds(genome)):
            p = np.load(folder / f"{trial.name}.{fold}.npy")
            label = genome.label[0][:, find_scored(part)]
            known = (label != NO_LABEL) & np.isfinite(p)
            found.append(score(label[known], p[known]).average_precision)
            rows = np.broadcast_to(block[find_scored(part)], known.shape)[known]
            ranked.append(bootstrap.rank(label[known] == 1, p[known], rows, weight.shape[1]))
            seconds += json.loads((folder / f"{trial.name}.{fold}.json").read_text())["seconds"]
        first, time_of_first = first or ranked, time_of_first or seconds
        ratio = bootstrap.ratio(ranked, first, weight)
        cells = [trial.what, *(f"{x:.3f}" for x in found), f"{np.mean(found):.4f}"]
        cells.append("1" if ranked is first else f"{ratio.estimate:.3f} ({ratio.low:.3f}-{ratio.high:.3f})")
        lines.append("| " + " | ".join([*cells, f"{seconds / time_of_first:.2f}"]) + " |")
    head = ["fold 1", "fold 2", "fold 3", "mean", "ratio", "training time, ratio"]
    return [f"| `{preset}` | " + " | ".join(head) + " |", "|---" * 7 + "|", *lines]


def write_genome(ecoli: Path, genome: Path) -> None:
    """The genome tensor of both site sets, repeats masked."""
    files = {"cappable": ecoli / "tss.cappable.bed", "smrt": ecoli / "tss.smrtcappable.bed"}
    sites = [word for name, path in files.items() for word in ("--sites", f"{name}={path}")]
    rest = ["--annotation", str(ecoli / "genes.gff3.gz"), "--mask-repeats", "75", "-o", str(genome)]
    run_command("fasta2tensor", str(ecoli / "genome.fa.gz"), *sites, *rest)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--output", type=Path, default=Path("ablation"))
    parser.add_argument(
        "--trials", nargs="*", choices=BY_NAME, default=list(BY_NAME), metavar="NAME", help="all unless named"
    )
    parser.add_argument(
        "--nucleotides", type=int, default=3_000_000, help="learned from; another number needs another folder"
    )
    parser.add_argument("--jobs", type=int, default=2, help="runs at a time")
    parser.add_argument("--threads", type=int, default=1, help="of each run")
    parser.add_argument("--draws", type=int, default=1000, help="of the bootstrap")
    parser.add_argument("--fold", type=int, help=argparse.SUPPRESS)  # one run, in a process of its own
    asked = parser.parse_args()
    if asked.fold is not None:
        run(BY_NAME[asked.trials[0]], asked.fold, asked.output, asked.data, asked.nucleotides, asked.threads)
        return
    asked.output.mkdir(parents=True, exist_ok=True)
    if not (asked.output / "genome.safetensors").exists():
        write_genome(asked.data / "ecoli", asked.output / "genome.safetensors")

    def run_one(name: str, fold: int) -> None:
        if not (asked.output / f"{name}.{fold}.npy").exists():
            size = ["--nucleotides", str(asked.nucleotides), "--threads", str(asked.threads)]
            words = [str(asked.data), "--output", str(asked.output), "--trials", name, "--fold", str(fold), *size]
            subprocess.run([sys.executable, __file__, *words], check=True)
            print(f"{name}, fold {fold + 1}", file=sys.stderr, flush=True)

    with ThreadPoolExecutor(asked.jobs) as pool:
        list(pool.map(lambda job: run_one(*job), [(name, fold) for name in asked.trials for fold in range(FOLDS)]))
    for preset in dict.fromkeys(BY_NAME[name].preset for name in asked.trials):
        print("\n".join([*table(asked.output, preset, asked.draws), ""]))


if __name__ == "__main__":
    main()
