"""What annot-compare's table of curves says besides its lines: prevalence, areas, the best threshold, and whether P
means what it says.

Rows are as the table has them: of each prediction, exactly (within 0) and within some nucleotides, thresholds falling,
counts of all calls at the threshold or above.
"""

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

Row = Mapping[str, float | str]

BORDERS = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0)
"""Of the bins of P: nearly all nucleotides have a P of nearly nothing, so bins are finer below."""
Z = 1.959964
"""Of 95 % intervals."""


def of_each(rows: Sequence[Row]) -> dict[tuple[str, float], list[Row]]:
    """The rows of each prediction and distance, in the table's order; of a curve that is there twice the first."""
    found: dict[tuple[str, float], dict[float, Row]] = {}
    for row in rows:
        found.setdefault((str(row["prediction"]), float(row["within"])), {}).setdefault(float(row["threshold"]), row)
    return {key: list(mine.values()) for key, mine in found.items()}


def summary(rows: Sequence[Row], threshold: float = math.nan) -> list[dict[str, float | str]]:
    """A row for each curve: prevalence and ROC-AUC, where false positives are told (NaN elsewhere); precision and
    recall at the threshold, the nearest above it that the table has; and the best F1 with its own threshold, which
    flatters.

    ROC-AUC is the area under the points that the table has, with straight lines between them.
    """
    found: list[dict[str, float | str]] = []
    for (name, within), mine in of_each(rows).items():
        best = max(mine, key=lambda row: float(row.get("f1", math.nan)))
        x, y = roc(mine)
        called = [row for row in mine if float(row["threshold"]) >= threshold]
        found.append(
            {
                "prediction": name,
                "within": within,
                "prevalence": prevalence(mine),
                "roc_auc": float(np.trapezoid(y, x)) if len(x) else math.nan,
                "threshold": threshold,
                **{column: float(called[-1][column]) if called else math.nan for column in ("precision", "recall")},
                **{f"best_{column}": float(best.get(column, math.nan)) for column in ("f1", "threshold")},
            }
        )
    return found


def roc(rows: Sequence[Row]) -> tuple[np.ndarray, np.ndarray]:
    """False positive rate and recall, float64, from (0, 0) to (1, 1); empty where the rows do not tell of false
    positives."""
    points = [(float(row.get("false_positive_rate", math.nan)), float(row["recall"])) for row in rows]
    if not points or any(math.isnan(x) for x, _ in points):
        return np.zeros(0), np.zeros(0)
    x, y = np.array([(0.0, 0.0), *points, (1.0, 1.0)]).T
    return x, y


def prevalence(rows: Sequence[Row]) -> float:
    """Sites over nucleotides, from the last row that has wrong calls; NaN where the rows do not tell."""
    for row in reversed(rows):
        rate, recall = float(row.get("false_positive_rate", math.nan)), float(row["recall"])
        if rate > 0 and recall > 0:
            sites = float(row["right"]) / recall
            return sites / (sites + (float(row["calls"]) - float(row["right"])) / rate)
    return math.nan


def calibration(rows: Sequence[Row]) -> list[dict[str, float | str]]:
    """Of the nucleotides with P of about so much, which share are sites: a row for each prediction and bin of P that
    holds any.

    Between two rows of the table lie nucleotides whose number, mean P and number of sites are known: they go into the
    bin of that mean. Intervals are Wilson's (1927), which take nucleotides as independent. Nothing for what is no
    probability, and within some nucleotides.
    """
    found: list[dict[str, float | str]] = []
    for (name, within), mine in of_each(rows).items():
        if not within and all(0 <= float(row.get("mean", math.nan)) <= 1 for row in mine):
            found += [{"prediction": name, **one} for one in _bins(mine)]
    return found


def _bins(rows: Sequence[Row]) -> Iterator[dict[str, float]]:
    calls, right, mean = (np.array([float(row[name]) for row in rows]) for name in ("calls", "right", "mean"))
    n, hits, total = (np.diff(x, prepend=0.0) for x in (calls, right, calls * mean))
    some = n > 0
    n, hits, total = n[some], hits[some], total[some]
    bin_of = np.clip(np.searchsorted(BORDERS, total / n, side="right") - 1, 0, len(BORDERS) - 2)
    for i in np.unique(bin_of):
        mine = bin_of == i
        size, sites = float(n[mine].sum()), float(hits[mine].sum())
        low, high = wilson(sites, size)
        yield {"low": BORDERS[i], "high": BORDERS[i + 1], "positions": size,
               "probability": float(total[mine].sum()) / size,
               "sites": sites, "share": sites / size, "share_low": low, "share_high": high}  # fmt: skip


def wilson(hits: float, n: float) -> tuple[float, float]:
    """The 95 % interval of a share, hits of n."""
    share, more = hits / n, Z * Z / n
    middle, half = share + more / 2, Z * math.sqrt(share * (1 - share) / n + more / n / 4)
    return max(0.0, (middle - half) / (1 + more)), min(1.0, (middle + half) / (1 + more))
