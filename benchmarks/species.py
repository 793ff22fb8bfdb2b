"""Networks of many species, each scored on a group of species that it has not seen.

    python benchmarks/species.py DATA --output folds [--variants NAME ...] [--groups GROUP ... | all] [--nucleotides N]

A fold leaves out a group and learns from all others, from the weights of `ecoli-tss-split`; the fold of the enterics
begins with new weights. Beside them stand that network as it is (`start`), and as it is with bases less the genome's
own frequencies (`composed`), and a scan for -35 and -10 elements (`scan`). Finished folds are not made again: each has
a row and its weights in the output folder.
"""

import argparse
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import species_maps
import species_measure
import torch
from ecoli import scan_genome
from safetensors.torch import save_file
from species_learn import RECIPE, Variant, copy_weights, draw_back, learn, prepare, put_weights, settle
from species_maps import Map

from headmotif import builtin
from headmotif.alphabet import N
from headmotif.formats.inputs import models
from headmotif.steps.network import annotate, presets
from headmotif.steps.network.device import Compute, use_device
from headmotif.steps.network.kmer_attention import Reader

DEVELOPMENT = ("Bacillus", "Campylobacter", "Rhodobacter", "Streptococcus")
"""The groups on which variants are chosen."""
ENTERICS = "Enterobacterales"
SCAN = "scan"
UNTRAINED = {SCAN: Variant(), "start": Variant(), "composed": Variant(composition="bases")}
DRAWN_BACK = 2 / 3
"""How far the weights of the final networks go from the first ones to the learned ones."""
ANCHORED = Variant(balance=0.5, listed=True, reference=0.35)
BASES = replace(ANCHORED, composition="bases")
MIXED = replace(BASES, odds=True, windows=True, window_share=0.1)
VARIANTS = {
    "plain": Variant(masked=False),
    "masked": Variant(),
    "balanced": Variant(balance=0.5),
    "listed": Variant(balance=0.5, listed=True),
    "anchored": ANCHORED,
    "windows": replace(ANCHORED, odds=True, windows=True),
    "bases": BASES,
    "jitter": replace(BASES, jitter=True),
    "odds": replace(BASES, odds=True),
    "both": replace(BASES, odds=True, windows=True),
    "near": replace(BASES, odds=True, windows=True, around=8),
    "mixed": MIXED,
    "half": replace(BASES, odds=True, reference=0.5),
    "alone": Variant(alone=True, composition="bases"),
    "drawn": replace(MIXED, drawn_back=DRAWN_BACK),
    "gc": replace(ANCHORED, composition="gc"),
}
SCORED = 500_000
"""Nucleotides of a genome that a fold is scored on; gene-associated maps are scored wherever they are known."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--output", type=Path, default=Path("folds"))
    parser.add_argument("--variants", nargs="*", default=list(VARIANTS))
    parser.add_argument("--groups", nargs="*", default=list(DEVELOPMENT), help="or all")
    parser.add_argument("--nucleotides", type=int, default=3_000_000)
    parser.add_argument("--scored", type=int, default=SCORED, help="nucleotides of a genome that are scored")
    parser.add_argument("--all", action="store_true", help="score all species of a group, not the first alone")
    parser.add_argument("--seed", type=int, default=RECIPE.seed)
    asked = parser.parse_args()
    if asked.groups == ["all"]:
        asked.groups = list(dict.fromkeys(row["group"] for row in species_maps.list_species(asked.data).values()))
    asked.output.mkdir(parents=True, exist_ok=True)
    with use_device("cpu", "float32", 1) as where:
        for variant in [*UNTRAINED, *asked.variants]:
            for group in asked.groups:
                make_fold(variant, group, asked, where)
    collect(asked.output)


def make_fold(name: str, group: str, asked: argparse.Namespace, where: Compute) -> None:
    """Train and score one fold."""
    nucleotides = asked.nucleotides if name not in UNTRAINED else 0
    recipe = replace(RECIPE, max_steps=nucleotides // (RECIPE.batch * RECIPE.length), seed=asked.seed)
    stem = f"{name}.{group}.{nucleotides}.{asked.seed}"
    row_file = asked.output / f"{stem}.json"
    if row_file.exists():
        return
    group_of = {key: row["group"] for key, row in species_maps.list_species(asked.data).items()}
    variant, found = (VARIANTS | UNTRAINED)[name], {}
    net = begin(new=variant.alone or (group == ENTERICS and name not in UNTRAINED))
    if name in UNTRAINED:
        prepare(net, variant)
    else:
        maps = [read_for_training(asked.data, key) for key in species_maps.list_species(asked.data)]
        if variant.windows:
            maps += [species_maps.read_windows(asked.data, key, variant.around) for key in species_maps.WINDOWS]
        maps = [one for one in maps if (one.group == group) == variant.alone]

        def say(step: int, steps: int, loss: float) -> None:
            if step % 100 == 0:
                print(f"{stem}: {step} of {steps} steps, loss {loss:.5f}", flush=True)

        state = asked.output / "cache" / f"{stem}.state"
        state.parent.mkdir(exist_ok=True)
        first = copy_weights(net)
        listing = learn(net, maps, variant, recipe, checkpoint=state, progress=say)
        if group != ENTERICS:  # its first weights know nothing
            put_weights(net, draw_back(first, [copy_weights(net)], variant.drawn_back))
        save_file(copy_weights(net), asked.output / f"{stem}.safetensors")
        share = listing.share.tolist() if variant.odds else torch.sigmoid(listing.share).tolist()
        share = share if variant.listed else []
        found["share"] = {one.key: [round(x, 3) for x in row] for one, row in zip(maps, share, strict=False)}
    for key in list_scored(group_of, group, variant.alone, asked.all):
        found[key] = evaluate_scan(asked, key) if name == SCAN else evaluate(net, variant, asked, stem, key, where)
    (asked.output / "cache" / f"{stem}.state").unlink(missing_ok=True)
    row_file.write_text(json.dumps({"variant": name, "group": group, "recipe": stem, **found}, indent=1))
    print(row_file.read_text(), flush=True)


def list_scored(group_of: dict[str, str], group: str, alone: bool, every: bool) -> list[str]:
    """The species that a fold is scored on: those left out, or the first of them; one of each group for a network of
    one group; and *E. coli*."""
    first = {its: key for key, its in reversed(group_of.items())}
    left_out = [key for key, its in group_of.items() if its == group]
    chosen = list(first.values()) if alone else left_out if every else left_out[:1]
    return list(dict.fromkeys([*chosen, "ecoli"]))


def begin(new: bool) -> Reader:
    """The network of `ecoli-tss-split`, with its weights or new ones."""
    model = models.open_model("ecoli-tss-split", builtin.MODELS)
    torch.manual_seed(1)
    if new:
        net = Reader(presets.build_from_model(model).config, 1)
        with torch.no_grad():
            net.out.bias.fill_(-6.5)
        return net
    found = presets.build_from_model(model)
    assert isinstance(found, Reader)
    return found


def read_for_training(data: Path, key: str) -> Map:
    """A map without the paper's test and validation part."""
    one = species_maps.read_map(data, key)
    parts = [species_maps.ECOLI_TEST, species_maps.ECOLI_VALIDATION] if key == "ecoli" else []
    return species_maps.without(one, parts)


def evaluate(net: Reader, variant: Variant, asked: argparse.Namespace, stem: str, key: str, where: Compute) -> dict:
    """Score a network on a part of a species, and say what P alone tells of it; P stays in the folder `cache`."""
    one = species_maps.read_map(asked.data, key)
    before = copy_weights(net)
    if variant.composition:
        settle(net, variant, one.gc)
    wanted = species_measure.choose_part(one, asked.scored)
    p = annotate.annotate(net, one.genome, where, wanted | one.known.any(0) if one.kind == "gene" else wanted)[0]
    put_weights(net, before)
    (asked.output / "cache").mkdir(exist_ok=True)
    np.save(asked.output / "cache" / f"{stem}.{key}.npy", p[:, wanted])
    return {
        **species_measure.measure(one, p, one.known.any(0) if one.kind == "gene" else wanted),
        "signs": species_measure.find_signs(one, p, wanted, read_with_start(asked, one, wanted, where)),
        "bins": species_measure.count_by_bin(one, p, wanted),
    }


def evaluate_scan(asked: argparse.Namespace, key: str) -> dict:
    """Score the scan, its bits taken for logits: the ranking counts."""
    one = species_maps.read_map(asked.data, key)
    wanted = species_measure.choose_part(one, asked.scored)
    p = (1 / (1 + np.exp(-scan_genome(one.genome)))).astype(np.float64)
    part = one.known.any(0) if one.kind == "gene" else wanted
    return species_measure.measure(one, np.where(part & (one.genome.base != N), p, np.nan), part)


def read_with_start(asked: argparse.Namespace, one: Map, wanted: np.ndarray, where: Compute) -> np.ndarray:
    """P of `ecoli-tss-split` on a part of a species, kept in a file."""
    file = asked.output / "cache" / f"{one.key}.{asked.scored}.npy"
    if not file.exists():
        p = annotate.annotate(begin(new=False), one.genome, where, wanted)[0]
        file.parent.mkdir(exist_ok=True)
        np.save(file, p[:, wanted])
    p = np.zeros((2, len(wanted)), np.float32)
    p[:, wanted] = np.load(file)
    return p


COLUMNS = ("average_precision", "within_2", "roc_auc", "sites", "best_n_precision", "genes", "right_within_2", "slope")


def collect(folder: Path) -> None:
    """All rows as one table."""
    rows = [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]
    lines = ["\t".join(("variant", "group", "recipe", "species", *COLUMNS))]
    for row in rows:
        for key, value in row.items():
            if isinstance(value, dict) and "average_precision" in value:
                figures = [value.get(name, "") for name in COLUMNS]
                lines.append("\t".join(map(str, [row["variant"], row["group"], row["recipe"], key, *figures])))
    print("\n".join(lines))


if __name__ == "__main__":
    main()
