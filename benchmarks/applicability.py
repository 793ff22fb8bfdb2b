"""How well P around genes foretells the quality of a network on a species that it has not seen.

    python benchmarks/applicability.py DATA folds [--recipes NAME.NUCLEOTIDES ...] [--output folds/applicability.json]

Rows come from species.py: networks that left a group out, networks of one group alone, and `ecoli-tss-split`, on
species of groups that they have not seen. What is foretold is the share of genes with a listed site upstream whose
highest P there lies within 2 nt of it. A line through the logits of signs and of that share is fitted, each group with
the same weight. Nested, group by group: the signs are chosen and the line is fitted without the group, as target or as
the network's own, and foretell its species. The interval of the rank correlation is of groups drawn again.

With --output, the line through all rows is written as models have it, with the error of the nested forecasts.
"""

import argparse
import itertools
import json
from pathlib import Path

import numpy as np
import species_maps

from headmotif.steps.calling.applicability import find_logit
from headmotif.steps.sites.genomic_class import UPSTREAM

SIGNS = ("over_inside", "over_antisense", "sharpness", "near_start", "contrast")
MOST = 3
"""Signs of a line; with fourteen groups more would fit noise."""
RIDGES = (0.01, 0.1, 1.0)
"""How much slopes are drawn to zero; which, is chosen with the signs."""
DRAWS = 2000
Line = tuple[tuple[str, ...], float]
"""The signs of a line, and its ridge."""
ECOLI = ("start", "composed")
"""Recipes of networks of *E. coli*."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("folds", type=Path)
    parser.add_argument("--recipes", nargs="+", default=["drawn.8000000", "alone.1500000", "composed.0"])
    parser.add_argument("--output", type=Path)
    asked = parser.parse_args()
    group_of = {key: row["group"] for key, row in species_maps.list_species(asked.data).items()}
    rows = [row for recipe in asked.recipes for row in read_rows(asked.folds, recipe, group_of)]
    print(
        f"{len(rows)} rows of {len({row['species'] for row in rows})} species of {len(set(group_of.values()))} groups"
    )
    for recipe in asked.recipes:
        mine = [row for row in rows if row["recipe"] == recipe]
        if mine:
            report(recipe, rows, mine)
    report("all", rows, rows)
    signs, ridge = choose(rows)
    weights = fit(rows, signs, ridge)
    real, said = forecast(rows, rows)
    error = float(np.sqrt(np.average((logits(real) - logits(said)) ** 2, weights=balance(rows))))
    print("all rows:", ", ".join(signs), weights.round(3).tolist(), f"error of the logit {error:.2f}")
    if asked.output:
        made = {
            "constant": round(float(weights[0]), 4),
            "weights": {name: round(float(w), 4) for name, w in zip(signs, weights[1:], strict=True)},
            "error": round(error, 4),
            "species": len({row["species"] for row in rows}),
            "upstream": find_upstream(asked.data, group_of),
        }
        asked.output.write_text(json.dumps(made, indent=1) + "\n")


def report(name: str, rows: list[dict], wanted: list[dict]) -> None:
    """Print how good the nested forecasts of some rows are, and each sign alone."""
    real, said = forecast(rows, wanted)
    low, high = bootstrap(wanted, real, said)
    alone = ", ".join(f"{sign} {rank(np.array([row[sign] for row in wanted]), real):.2f}" for sign in SIGNS)
    print(
        f"{name}: rank correlation {rank(real, said):.2f} ({low:.2f} to {high:.2f}), mean error "
        f"{np.average(np.abs(real - said), weights=balance(wanted)):.3f}; signs alone: {alone}"
    )
    for row, one, other in zip(wanted, real, said, strict=True):
        print(f"  {row['network']:17} {row['species']:16} {one:.2f} foretold {other:.2f}")


def read_rows(folder: Path, recipe: str, group_of: dict[str, str]) -> list[dict]:
    """A row for each network and species of a group that it has not seen.

    A network that left out a group has seen all others; one of a group alone has seen that.
    """
    variant, nucleotides = recipe.split(".")
    rows = []
    for path in sorted(folder.glob(f"{variant}.*.{nucleotides}.*.json")):
        fold = json.loads(path.read_text())
        for key, found in fold.items():
            if not (isinstance(found, dict) and "signs" in found):
                continue
            group = group_of[key]
            if variant == "alone":
                network, unseen = fold["group"], group != fold["group"]
            elif variant in ECOLI:
                network, unseen = "Enterobacterales", group == fold["group"] != "Enterobacterales"
            else:
                network, unseen = f"without {group}", group == fold["group"]
            if unseen:
                about = {"network": network, "target": group, "species": key, "recipe": recipe}
                rows.append({**about, **found, **found["signs"]})
    return rows


def logits(shares: np.ndarray) -> np.ndarray:
    return np.array([find_logit(share) for share in shares])


def balance(rows: list[dict]) -> np.ndarray:
    """The weight of each row: that of a group is 1."""
    targets = [row["target"] for row in rows]
    return np.array([1 / targets.count(target) for target in targets])


def without(rows: list[dict], group: str) -> list[dict]:
    """The rows that know nothing of a group, neither as target nor by their network."""
    return [row for row in rows if group not in (row["target"], row["network"])]


def forecast(rows: list[dict], wanted: list[dict], line: Line | None = None) -> tuple[np.ndarray, np.ndarray]:
    """The shares of the wanted rows, and those foretold without their group; without a line, it is chosen so too."""
    said = np.zeros(len(wanted))
    for target in sorted({row["target"] for row in wanted}):
        learned = without(rows, target)
        chosen = line or choose(learned)
        weights = fit(learned, *chosen)
        for number, row in enumerate(wanted):
            if row["target"] == target:
                said[number] = 1 / (1 + np.exp(-(design([row], chosen[0]) @ weights)[0]))
    return np.array([row["right_within_2"] for row in wanted]), said


def choose(rows: list[dict]) -> Line:
    """The signs and the ridge with the least error on groups left out."""

    def error(line: Line) -> float:
        real, said = forecast(rows, rows, line)
        return float(np.average((logits(real) - logits(said)) ** 2, weights=balance(rows)))

    signs = [s for number in range(1, MOST + 1) for s in itertools.combinations(SIGNS, number)]
    return min(itertools.product(signs, RIDGES), key=error)


def design(rows: list[dict], signs: tuple[str, ...]) -> np.ndarray:
    return np.array([[1.0, *(find_logit(row[name]) for name in signs)] for row in rows])


def fit(rows: list[dict], signs: tuple[str, ...], ridge: float) -> np.ndarray:
    """Least squares, with slopes drawn to zero."""
    x, y = design(rows, signs), logits(np.array([row["right_within_2"] for row in rows]))
    weight = balance(rows)[:, None]
    penalty = ridge * np.diag([0.0, *[1.0] * len(signs)])
    return np.linalg.solve(x.T @ (weight * x) + penalty, (x * weight).T @ y)


def rank(one: np.ndarray, other: np.ndarray) -> float:
    """Spearman's rank correlation; NaN of fewer than three."""
    if len(one) < 3:
        return float("nan")
    return float(np.corrcoef(np.argsort(np.argsort(one)), np.argsort(np.argsort(other)))[0, 1])


def bootstrap(rows: list[dict], real: np.ndarray, said: np.ndarray) -> tuple[float, float]:
    """The 95 % interval of the rank correlation, groups drawn again."""
    targets = np.array([row["target"] for row in rows])
    places = [np.flatnonzero(targets == target) for target in sorted(set(targets.tolist()))]
    rng = np.random.default_rng(1)
    found = []
    for _draw in range(DRAWS):
        take = np.concatenate([places[i] for i in rng.integers(0, len(places), len(places))])
        if len(set(real[take].tolist())) > 2:
            found.append(rank(real[take], said[take]))
    low, high = np.quantile(found, [0.025, 0.975]) if found else (np.nan, np.nan)
    return float(low), float(high)


def find_upstream(data: Path, group_of: dict[str, str]) -> tuple[float, float]:
    """Least and largest share of mapped sites at most 300 nt upstream of a gene, over the groups with whole maps."""
    shares: dict[str, list[float]] = {}
    for key, group in group_of.items():
        one = species_maps.read_map(data, key)
        if one.kind == "full":
            shares.setdefault(group, []).append(float((one.place[one.site] == UPSTREAM).mean()))
    means = [float(np.mean(values)) for values in shares.values()]
    return round(min(means), 4), round(max(means), 4)


if __name__ == "__main__":
    main()
