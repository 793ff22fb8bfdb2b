"""Networks on species that they have not seen, beside `ecoli-tss-split` and a scan: the card's table, and the bars.

    python benchmarks/species_table.py DATA folds [--recipes NAME.NUCLEOTIDES ...]

Rows come from species.py. Ratios are of average precision at the exact nucleotide, a group's mean of logarithms for its
species; their geometric mean is over groups without the enterics, which `ecoli-tss-split` has seen, and its interval of
groups drawn again. The development groups, on which the recipe was chosen, are told apart.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import species_maps
from species import DEVELOPMENT, ENTERICS

CLASSES = {
    "Gammaproteobacteria": ("Enterobacterales", "Vibrio", "Acinetobacter"),
    "Betaproteobacteria": ("Burkholderiales", "Neisseria"),
    "Alphaproteobacteria": ("Sphingomonadales", "Rhodobacter"),
    "Bacilli": ("Bacillus", "Listeria", "Streptococcus"),
}
"""Groups with relatives of the same class in training."""
OURS = "left out"
DRAWS = 10_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("folds", type=Path)
    parser.add_argument("--recipes", nargs="+", default=["drawn.8000000", "drawn.4000000"], help="the last counts")
    asked = parser.parse_args()
    listed = species_maps.list_species(asked.data)
    found = {recipe: read_rows(asked.folds, [recipe]) for recipe in ("scan.0", "start.0", "composed.0")}
    found[OURS] = read_rows(asked.folds, asked.recipes)
    known = [key for key in listed if key != "ecoli" and all(key in rows for rows in found.values())]
    print_table(listed, found, known)
    print()
    print_bars(listed, found, known)


def print_table(listed: dict[str, dict[str, str]], found: dict[str, dict[str, dict]], known: list[str]) -> None:
    """The scores of each species; `found` has the rows of each recipe by species."""
    print("| species | group | map | -35/-10 scan | `ecoli-tss-split` | its own frequencies | left out | genes right |")
    print("|---|---|---|---|---|---|---|---|")
    for key in known:
        scan, start, composed, ours = (rows[key] for rows in found.values())
        cells = [f"{x['average_precision']:.3f}, {x['within_2']:.3f}" for x in (scan, start, composed, ours)]
        name = " ".join(listed[key]["species"].split()[:2])
        group = listed[key]["group"]
        print(
            "| *" + " | ".join([f"{name}*", group, listed[key]["map"], *cells, f"{ours['right_within_2']:.0%}"]) + " |"
        )


def print_bars(listed: dict[str, dict[str, str]], found: dict[str, dict[str, dict]], known: list[str]) -> None:
    """What was asked for: ratios, the scan, and the slope of the calibration on full maps."""
    ours, start = found[OURS], found["start.0"]
    logs = {key: np.log(ours[key]["average_precision"] / start[key]["average_precision"]) for key in known}
    groups = {listed[key]["group"] for key in known} - {ENTERICS}
    for name, some in (
        ("all groups", groups),
        ("development groups", groups & set(DEVELOPMENT)),
        ("other groups", groups - set(DEVELOPMENT)),
        (
            "groups with full or partial maps",
            {listed[k]["group"] for k in known if is_wide(listed[k])} & groups,
        ),
    ):
        values = np.array([np.mean([logs[k] for k in known if listed[k]["group"] == group]) for group in sorted(some)])
        if len(values) > 1:
            low, high = interval(values)
            mean = np.exp(values.mean())
            print(f"{name}: {len(values)}, geometric mean of the ratio {mean:.2f} ({low:.2f} to {high:.2f})")
    below = [key for key in known if ours[key]["within_2"] < found["scan.0"][key]["within_2"]]
    print(f"below the scan within 2 nt: {', '.join(below) or 'none'}")
    for key in known:
        if listed[key]["map"] == "full":
            print(f"{key}: slope of the calibration {ours[key]['slope']:.2f}, shift {ours[key]['shift']:.2f}")
    for key in known:
        related = next((name for name, its in CLASSES.items() if listed[key]["group"] in its), "none")
        print(f"{key}: class in training {related}, ratio {np.exp(logs[key]):.2f}")


def is_wide(row: dict[str, str]) -> bool:
    return not row["map"].startswith("gene")


def read_rows(folder: Path, recipes: list[str]) -> dict[str, dict]:
    """The scores of the species of the groups left out, by species."""
    rows: dict[str, dict] = {}
    for recipe in recipes:
        variant, nucleotides = recipe.split(".")
        for path in sorted(folder.glob(f"{variant}.*.{nucleotides}.1.json")):
            fold = json.loads(path.read_text())
            rows |= {key: x for key, x in fold.items() if isinstance(x, dict) and "within_2" in x and key != "ecoli"}
    return rows


def interval(values: np.ndarray) -> tuple[float, float]:
    """The 95 % interval of a geometric mean from logarithms, groups drawn again."""
    rng = np.random.default_rng(1)
    means = values[rng.integers(0, len(values), (DRAWS, len(values)))].mean(1)
    low, high = np.exp(np.quantile(means, [0.025, 0.975]))
    return float(low), float(high)


if __name__ == "__main__":
    main()
