"""How well P around genes foretells the quality of a network on a species that it has not seen.

    python benchmarks/applicability.py DATA folds --recipe mixed.8000000 --alone alone.1500000

Rows come from species.py: networks that left a group out, and networks of one group alone on all others. What is
foretold is the share of genes with a listed site upstream whose highest P there lies within 2 nt of it. A line through
the logits of signs and of that share is fitted on all groups but one, network and species, and foretells the species of
that one; so each forecast is for a group that neither the network nor the line has seen.
"""

import argparse
import itertools
import json
from pathlib import Path

import numpy as np
import species_maps

SIGNS = ("over_inside", "over_antisense", "sharpness", "near_start", "contrast", "agreement")
RIDGE = 1.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("folds", type=Path)
    parser.add_argument("--recipe", default="mixed.8000000")
    parser.add_argument("--alone", default="alone.1500000")
    asked = parser.parse_args()
    group_of = {key: row["group"] for key, row in species_maps.list_species(asked.data).items()}
    rows = [row for recipe in (asked.recipe, asked.alone) for row in read_rows(asked.folds, recipe, group_of)]
    left_out = [row for row in rows if row["pooled"]]
    groups = len({row["target"] for row in rows})
    print(f"{len(rows)} rows of {groups} groups, {len(left_out)} of networks of many species")
    for number in range(1, len(SIGNS) + 1):
        for signs in itertools.combinations(SIGNS, number):
            words = []
            for name, wanted in (("many species", left_out), ("all", rows)):
                real, said = forecast(rows, wanted, signs)
                error = np.abs(real - said).mean()
                words.append(f"{name}: rank {rank(real, said):.2f}, error {error:.3f}")
            print(", ".join(signs), "|", "; ".join(words))


def read_rows(folder: Path, recipe: str, group_of: dict[str, str]) -> list[dict]:
    """A row for each network and species of a group that it has not seen.

    A network that left out a group has seen all others; one of a group alone has seen that.
    """
    variant, nucleotides = recipe.split(".")
    rows = []
    for path in sorted(folder.glob(f"{variant}.*.{nucleotides}.*.json")):
        fold = json.loads(path.read_text())
        for key, found in fold.items():
            alone, same = variant == "alone", group_of.get(key) == fold["group"]
            if isinstance(found, dict) and "signs" in found and alone != same:
                about = {"network": fold["group"], "target": group_of[key], "species": key, "pooled": not alone}
                rows.append({**about, **found, **found["signs"]})
    return rows


def logit(share: np.ndarray) -> np.ndarray:
    share = np.clip(share, 0.01, 0.99)
    return np.log(share / (1 - share))


def forecast(rows: list[dict], wanted: list[dict], signs: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """The shares of the wanted rows, and those foretold."""
    real, said = [], []
    for target in sorted({row["target"] for row in wanted}):
        learned = [row for row in rows if target not in (row["target"], row["network"])]
        weights = fit(learned, signs)
        for row in wanted:
            if row["target"] == target:
                real.append(row["right_within_2"])
                said.append(1 / (1 + np.exp(-(design([row], signs) @ weights)[0])))
    return np.array(real), np.array(said)


def design(rows: list[dict], signs: tuple[str, ...]) -> np.ndarray:
    return np.array([[1.0, *(logit(np.array(row[name])) for name in signs)] for row in rows])


def fit(rows: list[dict], signs: tuple[str, ...]) -> np.ndarray:
    """Least squares, with slopes drawn a little to zero."""
    x, y = design(rows, signs), logit(np.array([row["right_within_2"] for row in rows]))
    penalty = RIDGE * np.diag([0.0, *[1.0] * len(signs)])
    return np.linalg.solve(x.T @ x + penalty, x.T @ y)


def rank(one: np.ndarray, other: np.ndarray) -> float:
    """Spearman's rank correlation."""
    return float(np.corrcoef(np.argsort(np.argsort(one)), np.argsort(np.argsort(other)))[0, 1])


if __name__ == "__main__":
    main()
