"""Train the built-in models of E. coli K-12, and those that the choice of their labels rests on.

    python benchmarks/builtin_models.py DATA --output builtin [--jobs 2] [--threads 1] [--install]
    python benchmarks/builtin_scores.py DATA builtin

DATA holds ecoli/genome.fa.gz, genes.gff3.gz, tss.cappable.bed and tss.smrtcappable.bed. The split is the published one.
What is there already is not made again; each run has its checkpoint. In order:

1. candidates: 2,000 steps on each set of labels (`SETS`), which their scores on the validation part, and a third view,
   choose from;
2. three teachers, `default`, 4,000 steps, seeds 1-3, on Cappable-seq's sites, and two networks taught by them, one with
   an output for either map, one with that of Cappable-seq alone, which the validation part prefers: `ecoli-tss-split`;
3. the same recipe on the whole genome, as many more steps as there are more sites: `ecoli-tss`;
4. `default`, 4,000 steps, on the starts of the coding sequences: `ecoli-tis`; and on both sets of labels at once, to
   compare.

With --install the three go where the program looks for them, with what they are known to miss in their headers. A night
on two cores; less on a GPU.
"""

import argparse
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
from ecoli import SPLIT
from presets import run_command

from headmotif import builtin
from headmotif.data import Sites
from headmotif.formats.features import bed
from headmotif.formats.inputs import genomes as genome_file
from headmotif.formats.inputs import site_files
from headmotif.formats.tensors import model_tensor
from headmotif.steps.sites.matching import find_nearest

SETS = ("cappable", "smrt", "union", "consensus", "two")
CHOSEN = "tss"
WITHIN = 2
"""Sites of the two maps so near to each other are one."""
REPEATS = ["--mask-repeats", "75"]
HELD_OUT = ["--validation", SPLIT["validation"], "--test", SPLIT["test"]]
LIMITS = {
    "tss": "the model calls sites of sigma70 and similar sigma factors; of the sites that RegulonDB lists for E. coli "
    "it calls 0 of 124 for sigma24, 0 of 25 for sigma54 and 5 % for sigma32"
}
"""What the models of a label are known to miss; predict-annot says it after each run."""
INSTALLED = {"split": "ecoli-tss-split", "whole": "ecoli-tss", "tis": "ecoli-tis"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--output", type=Path, default=Path("builtin"))
    parser.add_argument("--jobs", type=int, default=2, help="runs at a time")
    parser.add_argument("--threads", type=int, default=1, help="of each run")
    parser.add_argument("--install", action="store_true", help="put the models where the program looks for them")
    asked = parser.parse_args()
    asked.output.mkdir(parents=True, exist_ok=True)
    genomes(asked.data / "ecoli", asked.output)
    sizes = ["--threads", str(asked.threads)]
    teachers = [word for seed in (1, 2, 3) for word in ("--teacher", str(asked.output / f"teacher.{seed}.safetensors"))]
    first = [(f"candidate.{name}", name, 2000, 1, []) for name in SETS]
    first += [(f"teacher.{seed}", CHOSEN, 4000, seed, []) for seed in (1, 2, 3)]
    first += [("tis", "tis", 4000, 1, []), ("tss_tis", "tss_tis", 4000, 1, [])]
    with ThreadPoolExecutor(asked.jobs) as pool:
        list(pool.map(lambda one: train_model(asked.output, *one, sizes), first))
    train_model(asked.output, "split_two", "tss_smrt", 4000, 4, teachers, sizes)
    train_model(asked.output, "split", CHOSEN, 4000, 4, teachers, sizes)
    train_model(
        asked.output, "whole", CHOSEN, 0, 0, [*teachers, "--refit", str(asked.output / "split.safetensors")], sizes
    )
    for name, public in INSTALLED.items() if asked.install else ():
        install_model(asked.output / f"{name}.safetensors", builtin.HERE / f"{public}.safetensors")


def install_model(made: Path, place: Path) -> None:
    """Copy a model, and write into its header what it is known to miss."""
    model = model_tensor.read(str(made))
    model_tensor.write(str(place), replace(model, limits=LIMITS.get(model.names[0], "")))


def genomes(data: Path, folder: Path) -> None:
    """The genome with each set of labels, repeats masked."""
    fasta, genes = str(data / "genome.fa.gz"), str(data / "genes.gff3.gz")
    cappable, smrt = str(data / "tss.cappable.bed"), str(data / "tss.smrtcappable.bed")
    joined, common = str(folder / "union.bed"), str(folder / "consensus.bed")
    if not Path(common).exists():
        combine(fasta, genes, cappable, smrt, joined, common)
    labels = {
        CHOSEN: [f"tss={cappable}"],
        "cappable": [f"cappable={cappable}"],
        "smrt": [f"smrt={smrt}"],
        "union": [f"union={joined}"],
        "consensus": [f"consensus={common}"],
        "two": [f"cappable={cappable}", f"smrt={smrt}"],
        "tss_smrt": [f"tss={cappable}", f"smrt={smrt}"],
    }
    for name, sets in labels.items():
        make_genome(folder / f"{name}.genome", fasta, [word for one in sets for word in ("--sites", one)], genes)
    starts = ["--sites", f"tis={genes}", "--feature", "CDS"]
    make_genome(folder / "tis.genome", fasta, starts, genes)
    plain = folder / "unmasked.genome"
    run_command("fasta2tensor", fasta, "--sites", f"tss={cappable}", "--annotation", genes, "-o", str(plain))
    make_genome(folder / "tss_tis.genome", str(plain), starts, genes)


def make_genome(path: Path, genome: str, sites: list[str], genes: str) -> None:
    if not path.exists():
        run_command("fasta2tensor", genome, *sites, "--annotation", genes, *REPEATS, "-o", str(path))


def combine(fasta: str, genes: str, first: str, second: str, joined: str, common: str) -> None:
    """Two more sets: the first with those sites of the second that it has not, and those sites of the first that the
    second has."""
    from headmotif.formats.inputs import annotations

    genome = annotations.declare_topology(genome_file.read(fasta), genes)
    one, two = (site_files.read(path, genome.contigs).sites for path in (first, second))
    mine, theirs = (np.abs(find_nearest(a, b, genome.contigs)[0]) <= WITHIN for a, b in ((one, two), (two, one)))
    rest, names = two.take(~theirs), [c.name for c in genome.contigs]
    every = Sites(*(np.concatenate([getattr(one, f.name), getattr(rest, f.name)]) for f in fields(Sites)))
    bed.write_sites(joined, every, names)
    bed.write_sites(common, one.take(mine), names)


def train_model(folder: Path, name: str, genome: str, steps: int, seed: int, more: list[str], sizes: list[str]) -> None:
    """One run, unless its model is there; without steps it is a --refit, which brings its own."""
    model = folder / f"{name}.safetensors"
    if model.exists():
        return
    files = [
        "-o",
        str(model),
        "--metrics",
        str(folder / f"{name}.json"),
        "--checkpoint",
        str(folder / f"{name}.state"),
        "--resume",
    ]
    own = [*HELD_OUT, "--max-steps", str(steps), "--eval-steps", str(steps // 5), "--seed", str(seed)] if steps else []
    run_command(
        "train-annot", str(folder / f"{genome}.genome"), *files, *own, *more, *sizes, log=str(folder / f"{name}.log")
    )
    print(f"{model} is made", flush=True)


if __name__ == "__main__":
    main()
