"""Networks of many species, each scored on a group of species that it has not seen.

    python benchmarks/species.py DATA --output folds [--variants NAME ...] [--groups GROUP ...] [--nucleotides N]

A fold leaves out a group and learns from all others, from the weights of `ecoli-tss-split`; the fold of the enterics
begins with new weights. Finished folds are not made again: each has a row and its weights in the output folder.
"""

import argparse
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import species_maps
import torch
from safetensors.torch import save_file
from species_learn import RECIPE, Variant, learn, settle
from species_maps import Map

from headmotif import builtin
from headmotif.formats.inputs import models
from headmotif.steps.network import annotate, presets
from headmotif.steps.network.device import Compute, use_device
from headmotif.steps.network.kmer_attention import Reader
from headmotif.steps.statistics.metrics import score

DEVELOPMENT = ("Bacillus", "Campylobacter", "Rhodobacter", "Streptococcus")
"""The groups on which variants are chosen."""
ENTERICS = "Enterobacterales"
ANCHORED = Variant(balance=0.5, listed=True, reference=0.35)
VARIANTS = {
    "plain": Variant(masked=False),
    "masked": Variant(),
    "balanced": Variant(balance=0.5),
    "listed": Variant(balance=0.5, listed=True),
    "anchored": ANCHORED,
    "windows": replace(ANCHORED, odds=True, windows=True),
    "odds": replace(ANCHORED, odds=True),
    "jitter": replace(ANCHORED, jitter=True),
    "bases": replace(ANCHORED, composition="bases"),
    "gc": replace(ANCHORED, composition="gc"),
}
SCORED = 500_000
"""Nucleotides of a genome that a fold is scored on; of a gene-associated map what is known, of all its length."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--output", type=Path, default=Path("folds"))
    parser.add_argument("--variants", nargs="*", default=list(VARIANTS))
    parser.add_argument("--groups", nargs="*", default=list(DEVELOPMENT))
    parser.add_argument("--nucleotides", type=int, default=3_000_000)
    parser.add_argument("--seed", type=int, default=RECIPE.seed)
    asked = parser.parse_args()
    asked.output.mkdir(parents=True, exist_ok=True)
    with use_device("cpu", "float32", 1) as where:
        for variant in ["start", *asked.variants]:
            for group in asked.groups:
                make_fold(variant, group, asked, where)
    collect(asked.output)


def make_fold(name: str, group: str, asked: argparse.Namespace, where: Compute) -> None:
    """Train and score one fold; `start` is `ecoli-tss-split` as it is."""
    nucleotides = asked.nucleotides if name != "start" else 0
    recipe = replace(RECIPE, max_steps=nucleotides // (RECIPE.batch * RECIPE.length), seed=asked.seed)
    stem = f"{name}.{group}.{nucleotides}.{asked.seed}"
    row_file = asked.output / f"{stem}.json"
    if row_file.exists():
        return
    left_out = [key for key, row in species_maps.list_species(asked.data).items() if row["group"] == group]
    net = begin(new=group == ENTERICS and name != "start")
    variant, found = VARIANTS.get(name, Variant()), {}
    if name != "start":
        maps = [read_for_training(asked.data, key) for key in species_maps.list_species(asked.data)]
        if variant.windows:
            maps += [species_maps.read_windows(asked.data, key) for key in species_maps.WINDOWS]
        maps = [one for one in maps if one.group != group]

        def say(step: int, steps: int, loss: float) -> None:
            if step % 100 == 0:
                print(f"{stem}: {step} of {steps} steps, loss {loss:.5f}", flush=True)

        listing = learn(net, maps, variant, recipe, say)
        save_file({key: p.detach() for key, p in net.named_parameters()}, asked.output / f"{stem}.safetensors")
        share = listing.share.tolist() if variant.odds else torch.sigmoid(listing.share).tolist()
        share = share if variant.listed else []
        found["share"] = {one.key: [round(x, 3) for x in row] for one, row in zip(maps, share, strict=False)}
    for key in [left_out[0], "ecoli"]:
        found[key] = evaluate(net, variant, asked.data, key, where)
    row_file.write_text(json.dumps({"variant": name, "group": group, "recipe": stem, **found}, indent=1))
    print(row_file.read_text(), flush=True)


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


def evaluate(net: Reader, variant: Variant, data: Path, key: str, where: Compute) -> dict[str, float]:
    """Score a network on a species: average precision, and how often the best place upstream of a gene is right."""
    one = species_maps.read_map(data, key)
    before = {name: p.detach().clone() for name, p in net.named_parameters()}
    if variant.composition:
        settle(net, variant, one.gc)
    wanted = np.zeros(len(one.genome.base), bool)
    begin_at = species_maps.ECOLI_TEST[0] if key == "ecoli" else 0
    wanted[begin_at : begin_at + SCORED] = True
    if one.kind == "gene":
        wanted = one.known.any(0)
    p = annotate.annotate(net, one.genome, where, wanted)[0]
    with torch.no_grad():
        for name, parameter in net.named_parameters():
            parameter.copy_(before[name])
    known = wanted & one.known & np.isfinite(p)
    result = score(one.site[known], p[known])
    hits, genes = count_right(one, p, wanted)
    return {
        "average_precision": round(result.average_precision, 5),
        "roc_auc": round(result.roc_auc, 4),
        "sites": result.sites,
        "sum_p": round(float(p[known].sum()), 1),
        "genes": genes,
        "right_within_2": round(hits / max(genes, 1), 4),
    }


def count_right(one: Map, p: np.ndarray, wanted: np.ndarray) -> tuple[int, int]:
    """Genes with a listed site upstream whose highest P there lies within 2 nt of it, and all of these genes."""
    right = genes = 0
    for row, span in species_maps.list_upstream(one.genes, one.genome):
        site = np.flatnonzero(one.site[row, span])
        if len(site) and wanted[span].all() and np.isfinite(p[row, span]).any():
            genes += 1
            right += int(np.abs(site - np.nanargmax(p[row, span])).min() <= 2)
    return right, genes


def collect(folder: Path) -> None:
    """All rows as one table."""
    rows = [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]
    lines = ["variant\tgroup\trecipe\tspecies\taverage_precision\troc_auc\tsites\tsum_p\tgenes\tright_within_2"]
    for row in rows:
        for key, value in row.items():
            if isinstance(value, dict) and "average_precision" in value:
                lines.append("\t".join(map(str, [row["variant"], row["group"], row["recipe"], key, *value.values()])))
    (folder / "folds.tsv").write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
