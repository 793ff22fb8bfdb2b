"""What a few known sites of a new genome are worth: networks of other groups, tuned with 50 to all sites.

    python benchmarks/species_few.py DATA --folds folds --recipe bases.8000000 [--species KEY ...] [--sizes N ...]

The first 500 kb of each genome are the test, 10 kb after it are left out, and sites are drawn from the rest: those
upstream of genes four times as often as others, and strong ones rather than weak ones, as users know them. Three draws
of each size. A row is kept for each, so that the work can be resumed.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import species_maps
import species_measure
from safetensors.numpy import load_file
from species_learn import ECOLI_GC
from species_maps import Map

from headmotif import builtin
from headmotif.data import Label, Model, Sites
from headmotif.formats.inputs import models
from headmotif.steps.calling import tuned_model
from headmotif.steps.network import annotate, presets
from headmotif.steps.network.composition import KEY
from headmotif.steps.network.device import Compute, use_device
from headmotif.steps.sites.genomic_class import UPSTREAM

SPECIES = ("bsubtilis", "cjejuni", "rcapsulatus", "zymomonas", "cglutamicum", "salmonella")
SIZES = (50, 100, 200, 500, 1_000_000)
TEST, GAP = 500_000, 10_000
UPSTREAM_ODDS = 4.0
"""How much more often a site upstream of a gene is known than another."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--folds", type=Path, default=Path("folds"))
    parser.add_argument("--recipe", default="bases.8000000", help="variant and nucleotides of the folds")
    parser.add_argument("--species", nargs="*", default=list(SPECIES))
    parser.add_argument("--sizes", nargs="*", type=int, default=list(SIZES))
    parser.add_argument("--draws", type=int, default=3)
    asked = parser.parse_args()
    with use_device("cpu", "float32", 1) as where:
        for key in asked.species:
            one = species_maps.read_map(asked.data, key)
            every = species_maps.read_sites(asked.data, key, one.genome.contigs)
            variant, nucleotides = asked.recipe.split(".")
            model = open_fold(asked.folds / f"{variant}.{one.group}.{nucleotides}.1.safetensors")
            for size in (0, *asked.sizes):
                for draw in range(1, 1 + (asked.draws if 0 < size < 1_000_000 else 1)):
                    row = asked.folds / f"few.{asked.recipe}.{key}.{size}.{draw}.json"
                    if not row.exists():
                        row.write_text(json.dumps(tune_and_score(model, one, every, size, draw, where)))
                        print(row.name, row.read_text(), flush=True)


def open_fold(path: Path) -> Model:
    """The network of a fold as a model: P holds at the density of *E. coli*'s map, as `ecoli-tss` has it."""
    known = models.open_model("ecoli-tss-split", builtin.MODELS)
    weights = {name: array for name, array in load_file(path).items() if name != "by_gc"}
    label = Label("tss", 0.2, density=known.labels[0].prevalence)
    composed = {} if path.name.split(".")[0] in ("plain", "listed", "anchored", "windows") else {KEY: ECOLI_GC}
    return Model({**known.network, **composed}, (label,), weights=weights, limits=known.limits)


def tune_and_score(model: Model, one: Map, every: Sites, size: int, draw: int, where: Compute) -> dict[str, float]:
    """Tune with some sites of the rest of the genome, and score the first part."""
    test = np.arange(len(one.genome.base)) < TEST
    found: dict[str, float] = {}
    if size:
        sites = draw_sites(one, every, size, draw)
        net, chunks = tuned_model.begin(model, one.genome, sites, 0, draw)
        made = tuned_model.tune(model, net, chunks, 0, where)
        model, found = made.model, {"known": made.sites, "listed": round(made.listed, 4), "steps": made.steps}
    net = presets.build_from_model(model, one.genome)
    p = annotate.annotate(net, one.genome, where, test)[0]
    return found | species_measure.measure(one, p, test)


def draw_sites(one: Map, every: Sites, size: int, draw: int) -> Sites:
    """Draw known sites without replacement; the chance grows with the rank by strength, and upstream of genes."""
    row, place = (every.strand < 0).astype(int), one.genome.contigs.place(every.contig, every.position)
    rest = np.flatnonzero(place >= TEST + GAP)
    strength = np.nan_to_num(every.strength[rest])
    rank = np.searchsorted(np.sort(strength), strength, "right") / len(rest)
    odds = rank * np.where(one.place[row[rest], place[rest]] == UPSTREAM, UPSTREAM_ODDS, 1.0)
    rng = np.random.default_rng([draw, size])
    chosen = rng.choice(rest, min(size, len(rest)), replace=False, p=odds / odds.sum())
    return every.take(np.sort(chosen))


if __name__ == "__main__":
    main()
