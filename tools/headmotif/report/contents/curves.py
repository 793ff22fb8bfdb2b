"""What the table of curves of score-annot shows: site density, areas, the best threshold, and calibration.

Rows are as the table has them: for each prediction, at the exact position (window 0) and within some nucleotides, by
falling threshold, with counts of all calls at the threshold or above.
"""

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

Row = Mapping[str, float | str]

BORDERS = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0)
"""Limits of the bins of P; bins are narrow near 0, where nearly all nucleotides are."""
Z = 1.959964
"""Quantile of the normal distribution for 95 % intervals."""


def group_by_curve(rows: Sequence[Row]) -> dict[tuple[str, float], list[Row]]:
    """Group the rows of the table by curve.

    Parameters
    ----------
    rows
        Rows of the table.

    Returns
    -------
    dict
        The rows by prediction and window in nucleotides, in the order of the table. If a curve occurs twice, its first
        rows count.
    """
    found: dict[tuple[str, float], dict[float, Row]] = {}
    for row in rows:
        found.setdefault((str(row["prediction"]), float(row["window_nt"])), {}).setdefault(float(row["threshold"]), row)
    return {key: list(mine.values()) for key, mine in found.items()}


def summary(rows: Sequence[Row], threshold: float = math.nan) -> list[dict[str, float | str]]:
    """Summarise each curve in a row.

    ROC-AUC is the area under the points of the table, which straight lines connect.

    Parameters
    ----------
    rows
        Rows of the table.
    threshold
        Threshold of calls; NaN if it is unknown.

    Returns
    -------
    list
        A row for each curve. Site density and ROC-AUC are NaN without a false positive rate. Precision and recall are
        those at the lowest threshold of the table that is not below `threshold`. The best F1 stands with its own
        threshold; it is optimistic, because the threshold was chosen on the same sites.
    """
    found: list[dict[str, float | str]] = []
    for (name, within), mine in group_by_curve(rows).items():
        best = max(mine, key=lambda row: float(row.get("f1", math.nan)))
        x, y = roc(mine)
        called = [row for row in mine if float(row["threshold"]) >= threshold]
        found.append(
            {
                "prediction": name,
                "window_nt": within,
                "site_density": prevalence(mine),
                "roc_auc": float(np.trapezoid(y, x)) if len(x) else math.nan,
                "threshold": threshold,
                **{column: float(called[-1][column]) if called else math.nan for column in ("precision", "recall")},
                **{f"best_{column}": float(best.get(column, math.nan)) for column in ("f1", "threshold")},
            }
        )
    return found


def roc(rows: Sequence[Row]) -> tuple[np.ndarray, np.ndarray]:
    """Compute the points of the ROC curve.

    Parameters
    ----------
    rows
        Rows of one curve.

    Returns
    -------
    tuple
        False positive rate and recall, each float64 (points,), from (0, 0) to (1, 1); empty if the rows have no false
        positive rate.
    """
    points = [(float(row.get("false_positive_rate", math.nan)), float(row["recall"])) for row in rows]
    if not points or any(math.isnan(x) for x, _ in points):
        return np.zeros(0), np.zeros(0)
    x, y = np.array([(0.0, 0.0), *points, (1.0, 1.0)]).T
    return x, y


def prevalence(rows: Sequence[Row]) -> float:
    """Compute the site density.

    It comes from the last row that has false positives and true positives.

    Parameters
    ----------
    rows
        Rows of one curve.

    Returns
    -------
    float
        Sites divided by nucleotides; NaN if there is no such row.
    """
    for row in reversed(rows):
        rate, recall = float(row.get("false_positive_rate", math.nan)), float(row["recall"])
        if rate > 0 and recall > 0:
            sites = float(row["true_positives"]) / recall
            return sites / (sites + (float(row["calls"]) - float(row["true_positives"])) / rate)
    return math.nan


def calibration(rows: Sequence[Row]) -> list[dict[str, float | str]]:
    """Compute the share of sites among nucleotides in bins of P.

    Between two rows of the table, the number of nucleotides, their mean P and the number of their sites are known. They
    go into the bin of that mean. Intervals are those of Wilson (1927), which treat nucleotides as independent.

    Parameters
    ----------
    rows
        Rows of the table. Curves with a window above 0, or with values that are no probabilities, are left out.

    Returns
    -------
    list
        A row for each prediction and each bin of P that holds nucleotides.
    """
    found: list[dict[str, float | str]] = []
    for (name, within), mine in group_by_curve(rows).items():
        if not within and all(0 <= float(row.get("mean_p", math.nan)) <= 1 for row in mine):
            found += [{"prediction": name, **one} for one in _bins(mine)]
    return found


def _bins(rows: Sequence[Row]) -> Iterator[dict[str, float]]:
    calls, right, mean = (
        np.array([float(row[name]) for row in rows]) for name in ("calls", "true_positives", "mean_p")
    )
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
    """Compute the 95 % interval of a share after Wilson (1927).

    Parameters
    ----------
    hits
        Number of successes, 0 to n.
    n
        Number of trials, above 0.

    Returns
    -------
    tuple
        Lower and upper end, 0-1.
    """
    share, more = hits / n, Z * Z / n
    middle, half = share + more / 2, Z * math.sqrt(share * (1 - share) / n + more / n / 4)
    return max(0.0, (middle - half) / (1 + more)), min(1.0, (middle + half) / (1 + more))
