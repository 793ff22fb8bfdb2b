"""Train the built-in models of all bacteria, `bacteria-tss` and `bacteria-tss-split`.

    python benchmarks/bacteria_models.py DATA --output bacteria [--variant NAME] [--nucleotides N] [--run NAME ...]
        [--install]

In order:

1. three teachers on the maps of all groups, without the paper's test and validation part of *E. coli*, and without what
   its relatives share with the test part, word by word of 18 bases;
2. `split`, a network taught by the three on the same maps, calibrated and with its threshold from the validation part;
3. `whole`, the same with nothing left out; its threshold, calibration and scores are those of `split`.

Each begins with `ecoli-tss-split`. What is there already is not made again, and each run goes on from its state; two
runs can be made side by side with --run. With --install the two go where the program looks for them.
"""

import argparse
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import species_maps
from safetensors.numpy import load_file, save_file
from species import VARIANTS, begin
from species_learn import ECOLI_GC, RECIPE, learn
from species_maps import ECOLI_TEST, ECOLI_VALIDATION, Map, number_words

from headmotif import builtin
from headmotif.alphabet import reverse_complement
from headmotif.data import Genome, Label, Model, Split, Training
from headmotif.formats.inputs import models
from headmotif.formats.tensors import model_tensor
from headmotif.steps.network import annotate, calibrate, presets
from headmotif.steps.network.composition import KEY
from headmotif.steps.network.device import Compute, use_device
from headmotif.steps.statistics.metrics import score
from headmotif.steps.training import refit
from headmotif.steps.training.train import choose_threshold

WORD = 18
"""Bases of the words by which stretches of relatives are left out."""
HALO = 110
"""Nucleotides about such a word that are left out too: more than a network reads on either side."""
TEACHERS = ("teacher.1", "teacher.2", "teacher.3")
INSTALLED = {"split": "bacteria-tss-split", "whole": "bacteria-tss"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--output", type=Path, default=Path("bacteria"))
    parser.add_argument("--variant", default="both")
    parser.add_argument("--nucleotides", type=int, default=12_000_000)
    parser.add_argument("--run", nargs="*", default=[*TEACHERS, *INSTALLED])
    parser.add_argument("--install", action="store_true", help="put the models where the program looks for them")
    asked = parser.parse_args()
    asked.output.mkdir(parents=True, exist_ok=True)
    for name in asked.run:
        if not (asked.output / f"{name}.weights").exists():
            train(asked, name)
    if asked.install:
        with use_device("cpu", "float32", 1) as where:
            split = finish(asked, where)
        model_tensor.write(str(builtin.HERE / "bacteria-tss-split.safetensors"), split)
        net = presets.restore(split.network, 1, load_file(asked.output / "whole.weights"))
        refit.calibrate_as(net, split)
        weights = {name: p.detach().numpy() for name, p in net.named_parameters()}
        whole = replace(split, split=Split(), weights=weights, scores_of=split.digest)
        model_tensor.write(str(builtin.HERE / "bacteria-tss.safetensors"), whole)


def train(asked: argparse.Namespace, name: str) -> None:
    """One network, its weights as `learn` leaves them: P at the composition of *E. coli*."""
    variant = VARIANTS[asked.variant]
    seed = TEACHERS.index(name) + 1 if name in TEACHERS else 4
    recipe = replace(RECIPE, max_steps=asked.nucleotides // (RECIPE.batch * RECIPE.length), seed=seed)
    maps = [species_maps.read_map(asked.data, key) for key in species_maps.list_species(asked.data)]
    if variant.windows:
        maps += [species_maps.read_windows(asked.data, key, variant.around) for key in species_maps.WINDOWS]
    if name != "whole":
        maps = leave_out_test(maps)
    teachers = [read_network(asked.output / f"{one}.weights") for one in TEACHERS] if name not in TEACHERS else []

    def say(step: int, steps: int, loss: float) -> None:
        if step % 100 == 0:
            print(f"{name}: {step} of {steps} steps, loss {loss:.5f}", flush=True)

    net = begin(new=False)
    with use_device("cpu", "float32", 1):
        learn(net, maps, variant, recipe, teachers, asked.output / f"{name}.state", say)
    weights = {key: p.detach().numpy() for key, p in net.named_parameters()}
    save_file(weights, asked.output / f"{name}.weights")
    (asked.output / f"{name}.state").unlink(missing_ok=True)


def read_network(path: Path) -> presets.Network:
    net = begin(new=False)
    known = load_file(path)
    with_weights = presets.restore(presets.config_header(net.config), 1, known)
    return with_weights.eval()


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
    known = models.open_model("ecoli-tss-split", builtin.MODELS)
    raw = Model({**known.network, KEY: ECOLI_GC}, (Label("tss"),), weights=load_file(asked.output / "split.weights"))
    net = presets.build_from_model(raw)
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
    recipe = replace(RECIPE, max_steps=asked.nucleotides // (RECIPE.batch * RECIPE.length), seed=4)
    steps = recipe.max_steps
    weights = {name: p.detach().numpy() for name, p in net.named_parameters()}
    model = replace(
        raw,
        labels=(Label("tss", threshold, found, scores),),
        split=known.split,
        genome=known.genome,
        training=Training(asdict(recipe), init=known.digest, steps=steps, kept_step=steps),
        weights=weights,
        limits=known.limits,
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
