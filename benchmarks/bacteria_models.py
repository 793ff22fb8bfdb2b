"""Train the built-in models of all bacteria, `bacteria-tss` and `bacteria-tss-split`.

    python benchmarks/bacteria_models.py DATA --output bacteria [--nucleotides N] [--run NAME ...] [--install]
        [--forecast]

Each is the mean of three runs on the maps of all groups, drawn back to the network that they begin with:

1. `split` begins with `ecoli-tss-split`, without the paper's test and validation part of *E. coli*, and without what
   other genomes share with the test part, word by word of 18 bases. Calibration and threshold are of the validation
   part;
2. `whole` begins with `ecoli-tss`, with nothing left out. Its threshold, calibration and scores are those of `split`.

What is there already is not made again, and each run goes on from its state; two can be made side by side with --run.
With --install the two go where the program looks for them. screen.py then teaches `bacteria-tss` its screen, and with
--forecast what applicability.py found goes into the headers of both.
"""

import argparse
import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import species_maps
from safetensors.numpy import load_file, save_file
from species import VARIANTS
from species_learn import ECOLI_GC, RECIPE, draw_back, learn
from species_maps import ECOLI_TEST, ECOLI_VALIDATION, Map, number_words

from headmotif import builtin
from headmotif.alphabet import reverse_complement
from headmotif.data import Applicability, Genome, Label, Model, Split, Training
from headmotif.formats.inputs import models
from headmotif.formats.tensors import model_tensor
from headmotif.steps.network import annotate, calibrate, presets
from headmotif.steps.network.composition import KEY
from headmotif.steps.network.device import Compute, use_device
from headmotif.steps.statistics.metrics import score
from headmotif.steps.training import refit
from headmotif.steps.training.recipe import Recipe
from headmotif.steps.training.train import choose_threshold

WORD = 18
"""Bases of the words by which stretches of relatives are left out."""
HALO = 110
"""Nucleotides about such a word that are left out too: more than a network reads on either side."""
VARIANT = VARIANTS["drawn"]
SEEDS = (1, 2, 3)
INIT = {"split": "ecoli-tss-split", "whole": "ecoli-tss"}
"""What the runs of each model begin with."""
LIMITS = (
    "the model calls sites of sigma70 and similar sigma factors; of the sites that RegulonDB lists for E. coli, "
    "ecoli-tss, from which it was trained further, calls 0 of 124 for sigma24, 0 of 25 for sigma54 and 5 % for sigma32"
)
"""What the models are known to miss; predict-annot says it after each run."""
FORECAST = Path(__file__).parent / "folds" / "applicability.json"
"""How the quality of the networks of the folds follows from P around genes, written by applicability.py."""
RUNS = [f"{name}.{seed}" for name in INIT for seed in SEEDS]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--output", type=Path, default=Path("bacteria"))
    parser.add_argument("--nucleotides", type=int, default=4_000_000, help="of each run")
    parser.add_argument("--run", nargs="*", default=RUNS)
    parser.add_argument("--install", action="store_true", help="put the models where the program looks for them")
    parser.add_argument("--forecast", action="store_true", help="write into them how their quality is foretold")
    asked = parser.parse_args()
    asked.output.mkdir(parents=True, exist_ok=True)
    for name in asked.run:
        if not (asked.output / f"{name}.weights").exists():
            train(asked, name)
    if asked.install:
        with use_device("cpu", "float32", 1) as where:
            split = finish(asked, where)
        for path in (asked.output / "split.safetensors", builtin.HERE / "bacteria-tss-split.safetensors"):
            model_tensor.write(str(path), split)
        net = average(asked.output, "whole")
        refit.calibrate_as(net, split)
        training = replace(split.training, init=open_start("whole").digest)
        whole = replace(split, split=Split(), training=training, weights=as_arrays(net), scores_of=split.digest)
        for path in (asked.output / "whole.safetensors", builtin.HERE / "bacteria-tss.safetensors"):
            model_tensor.write(str(path), whole)
    if asked.forecast:
        known = json.loads(FORECAST.read_text())
        known = Applicability(**{**known, "upstream": tuple(known["upstream"])})
        for name in ("bacteria-tss", "bacteria-tss-split"):
            path = str(builtin.HERE / f"{name}.safetensors")
            model_tensor.write(path, replace(model_tensor.read(path), applicability=known))


def open_start(name: str) -> Model:
    """The model that the runs of another begin with."""
    return models.open_model(INIT[name], builtin.MODELS)


def find_recipe(nucleotides: int, seed: int) -> Recipe:
    return replace(RECIPE, max_steps=nucleotides // (RECIPE.batch * RECIPE.length), seed=seed)


def train(asked: argparse.Namespace, run: str) -> None:
    """One run, its weights as `learn` leaves them: P at the composition of *E. coli*."""
    name, seed = run.split(".")
    maps = [species_maps.read_map(asked.data, key) for key in species_maps.list_species(asked.data)]
    maps += [species_maps.read_windows(asked.data, key, VARIANT.around) for key in species_maps.WINDOWS]
    if name != "whole":
        maps = leave_out_test(maps)

    def say(step: int, steps: int, loss: float) -> None:
        if step % 100 == 0:
            print(f"{run}: {step} of {steps} steps, loss {loss:.5f}", flush=True)

    net, state = presets.build_from_model(open_start(name)), asked.output / f"{run}.state"
    with use_device("cpu", "float32", 1):
        learn(net, maps, VARIANT, find_recipe(asked.nucleotides, int(seed)), checkpoint=state, progress=say)
    save_file(as_arrays(net), asked.output / f"{run}.weights")
    state.unlink(missing_ok=True)


def as_arrays(net: presets.Network) -> dict[str, np.ndarray]:
    return {name: p.detach().numpy() for name, p in net.named_parameters()}


def average(folder: Path, name: str) -> presets.Network:
    """The network of a model from its runs."""
    start = open_start(name)
    runs = [load_file(folder / f"{name}.{seed}.weights") for seed in SEEDS]
    weights = {key: np.float32(x) for key, x in draw_back(start.weights, runs, VARIANT.drawn_back).items()}
    return presets.build_from_model(Model({**start.network, KEY: ECOLI_GC}, (Label("tss"),), weights=weights))


def leave_out_test(maps: list[Map]) -> list[Map]:
    """The maps without the paper's test and validation part, and without what others share with the test part."""
    ecoli = next(one for one in maps if one.key == "ecoli")
    words = np.unique(number_words(ecoli.genome.base[slice(*ECOLI_TEST)], WORD))
    words = words[words >= 0]
    left = []
    for one in maps:
        if one.key == "ecoli":
            left.append(species_maps.without(one, [ECOLI_TEST, ECOLI_VALIDATION]))
            continue
        shared = np.zeros(len(one.genome.base), bool)
        for base in (one.genome.base, reverse_complement(one.genome.base)):
            at = np.flatnonzero(np.isin(number_words(base, WORD), words))
            at = at if base is one.genome.base else len(base) - WORD - at
            edges = np.zeros(len(shared) + 1, int)
            np.add.at(edges, np.maximum(at - HALO, 0), 1)
            np.add.at(edges, np.minimum(at + WORD + HALO, len(shared)), -1)
            shared |= np.cumsum(edges)[:-1] > 0
        lost = int((one.site & one.known & shared).sum())
        if lost:
            print(f"{one.key}: {lost} sites and {shared.mean():.1%} of the bases lie near words of the test part")
        left.append(replace(one, known=one.known & ~shared))
    return left


def finish(asked: argparse.Namespace, where: Compute) -> Model:
    """`split` with its calibration, threshold and scores on *E. coli*."""
    ecoli = species_maps.read_map(asked.data, "ecoli")
    known, net = open_start("split"), average(asked.output, "split")
    wanted = mark(ecoli.genome, [ECOLI_VALIDATION])
    p = annotate.annotate(net, ecoli.genome, where, wanted)[0]
    there = wanted & ecoli.known & np.isfinite(p)
    found = calibrate.fit(ecoli.site[there], p[there])
    calibrate.apply(net, (found,))
    scores, threshold = {}, 0.0
    for part, span in (("validation", ECOLI_VALIDATION), ("test", ECOLI_TEST)):
        wanted = mark(ecoli.genome, [span])
        p = annotate.annotate(net, ecoli.genome, where, wanted)[0]
        there = wanted & ecoli.known & np.isfinite(p)
        scores[part] = score(ecoli.site[there], p[there])
        if part == "validation":
            threshold = choose_threshold(ecoli.site[there], p[there])
    recipe = find_recipe(asked.nucleotides, SEEDS[0])
    steps = recipe.max_steps
    model = Model(
        {**known.network, KEY: ECOLI_GC},
        (Label("tss", threshold, found, scores, density=known.labels[0].prevalence),),
        split=known.split,
        genome=known.genome,
        training=Training(asdict(recipe), init=known.digest, steps=steps, kept_step=steps),
        weights=as_arrays(net),
        limits=LIMITS,
    )
    print(scores, threshold, flush=True)
    return model


def mark(genome: Genome, spans: list[tuple[int, int]]) -> np.ndarray:
    wanted = np.zeros(len(genome.base), bool)
    for begin_at, end in spans:
        wanted[begin_at:end] = True
    return wanted


if __name__ == "__main__":
    main()
