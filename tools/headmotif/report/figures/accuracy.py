"""Figures of accuracy and of agreement between sets of sites; each function takes plain arrays, as in `heads`."""

from collections.abc import Mapping, Sequence

import numpy as np

from . import colours
from .heads import join_ends
from .palette import BACKGROUND, DARK, LIGHT, MUTED, SITES, cycle, shorten_names
from .plot import DOTTED, Axis, Bars, Cells, Line, Mark, Note, Panel, Plot, Rule, Scale


def draw_scores(names: Sequence[str], values: np.ndarray, site_density: np.ndarray) -> Plot:
    """Draw average precision as bars, with the site density that a random ranking reaches as marks.

    Parameters
    ----------
    names
        A name for each model and part.
    values
        float64 (rows,): average precision.
    site_density
        float64 (rows,): site density.

    Returns
    -------
    Plot
        The figure.
    """
    place = np.arange(len(names), dtype=float)
    most = max(float(values.max(initial=0)) * 1.25, 0.01)
    marks: list[Mark] = [
        Bars(np.zeros(len(values)), values, place - 0.3, place + 0.3, SITES),
        Line(site_density, place, BACKGROUND, 0, marker="|", size=14),
        *(Note(value, row, f" {value:.3f}", anchor="start") for row, value in enumerate(values.tolist())),
    ]
    rows = Axis(len(names) - 0.5, -0.5, ticks=list(enumerate(names)), bare=True)
    panel = Panel(Axis(0, most, "average precision (marks: site density)"), rows, marks)
    return Plot(5.6, 0.9 + 0.34 * len(names), [panel])


def draw_recall_precision(
    curves: Mapping[str, tuple[np.ndarray, np.ndarray, np.ndarray]], site_density: float, threshold: float
) -> Plot:
    """Draw precision against recall, with a line for each curve and a point at the threshold.

    Parameters
    ----------
    curves
        Recall, precision and threshold by name, float64 (points,) each, by falling threshold.
    site_density
        Site density; NaN if it is unknown.
    threshold
        Threshold of calls; NaN if it is unknown.

    Returns
    -------
    Plot
        The figure.
    """
    marks: list[Mark] = []
    for (name, (recall, precision, level)), (colour, dashes) in zip(curves.items(), cycle(), strict=False):
        marks.append(Line(recall, precision, colour, 1.5, dashes, name))
        if np.isfinite(threshold) and (above := np.flatnonzero(level >= threshold)).size:
            last = above[-1:]
            marks.append(Line(recall[last], precision[last], colour, 0, marker="o", size=6, spill=True))
    if np.isfinite(threshold):
        none = np.zeros(0)
        marks.append(Line(none, none, MUTED, 0, label=f"threshold, P of {threshold:.2g}", marker="o", size=6))
    if np.isfinite(site_density):
        marks.append(Rule(site_density, False, MUTED, 1, DOTTED, f"site density {site_density:.2g}"))
    return Plot(4.8, 3.4, [Panel(Axis(0, 1, "recall"), Axis(0, 1, "precision"), marks, "best")])


def draw_roc(curves: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> Plot:
    """Draw recall against the false positive rate, on a linear and on a logarithmic axis.

    If sites are one position in hundreds, only small rates matter, and these show only on the logarithmic axis.

    Parameters
    ----------
    curves
        False positive rate and recall by name, float64 (points,) each.

    Returns
    -------
    Plot
        The figure.
    """
    least = min((float(x[x > 0].min(initial=1.0)) for x, _ in curves.values()), default=1e-3)
    lines = [
        Line(x, y, colour, 1.5, dashes, name)
        for (name, (x, y)), (colour, dashes) in zip(curves.items(), cycle(), strict=False)
    ]
    even = np.geomspace(min(least, 0.1), 1, 50)
    random = Line(np.array([0.0, 1.0]), np.array([0.0, 1.0]), MUTED, 1, DOTTED, "random ranking")
    whole = Panel(
        Axis(0, 1, "false positive rate"), Axis(0, 1, "recall (true positive rate)"), [*lines, random], "lower right"
    )
    log = Panel(
        Axis(float(even[0]), 1, "false positive rate (logarithmic)", log=True),
        Axis(0, 1),
        [*lines, Line(even, even, MUTED, 1, DOTTED)],
    )
    return Plot(7.6, 3.2, [whole, log], beside=True)


def draw_calibration(bins: Mapping[str, tuple[np.ndarray, ...]]) -> Plot:
    """Draw the share of sites against the mean P of bins of nucleotides, on logarithmic axes.

    Parameters
    ----------
    bins
        Mean P, share of sites, and the ends of its interval by name, float64 (bins,) each.

    Returns
    -------
    Plot
        The figure.
    """
    marks: list[Mark] = []
    least = 1.0
    for (name, (p, share, low, high)), (colour, _) in zip(bins.items(), cycle(), strict=False):
        some = share > 0
        gap = np.full(int(some.sum()), np.nan)
        ends = np.stack([low[some], high[some], gap], axis=1).ravel()
        marks += [
            Line(np.repeat(p[some], 3), ends, colour, 1.3),
            Line(np.repeat(p[some], 3), ends, colour, 0, marker="_", size=4),
            Line(p[some], share[some], colour, 1.3, label=name, marker="o"),
        ]
        least = min(least, float(p[p > 0].min(initial=1)), float(share[some].min(initial=1)))
    low_end = least / 1.5
    equal = np.array([low_end, 1.0])
    marks.append(Line(equal, equal, MUTED, 1, DOTTED, "share equals P"))
    x = Axis(low_end, 1, "mean P of the nucleotides in the bin", log=True)
    y = Axis(low_end, 1.2, "share of sites among them", log=True)
    return Plot(4.6, 3.6, [Panel(x, y, marks, "upper left")])


def draw_shares(names: Sequence[str], share: np.ndarray, within: float) -> Plot:
    """Draw the share of the sites of one set (row) that another set (column) also has.

    Parameters
    ----------
    names
        Names of the sets.
    share
        float64 (sets, sets), 0-1; NaN if it is unknown.
    within
        Window in nucleotides; 0 for exact positions.

    Returns
    -------
    Plot
        The figure.
    """
    size = max(3.2, 1.7 + 0.75 * len(names))
    numbers = [
        Note(column, row, f"{share[row, column]:.0%}", 9, LIGHT if share[row, column] > 0.6 else DARK)
        for row, column in np.argwhere(np.isfinite(share)).tolist()
    ]
    how = "at the exact position" if not within else f"within {within:.0f} nt"
    each = list(enumerate(shorten_names(names)))
    panel = Panel(
        Axis(-0.5, len(names) - 0.5, "that are also in this set", each, size=8, bare=True, turn=30),
        Axis(len(names) - 0.5, -0.5, "share of the sites of this set", each, size=8, bare=True),
        [Cells(colours.colour(share, colours.BLUES)), *numbers],
        scale=Scale(colours.BLUES, [(n / 5, f"{n / 5:.0%}") for n in range(6)], f"share of sites, {how}"),
    )
    return Plot(size + 1.2, size, [panel])


def draw_accuracy(names: Sequence[str], values: Mapping[str, np.ndarray]) -> Plot:
    """Draw precision, recall and F1 of predictions, with intervals.

    Parameters
    ----------
    names
        Names of the predictions.
    values
        By measure, float64 (3, predictions): the value and the ends of its interval.

    Returns
    -------
    Plot
        The figure.
    """
    place = np.arange(len(names), dtype=float)
    marks: list[Mark] = []
    for i, ((measure, (value, low, high)), (colour, _), marker) in enumerate(
        zip(values.items(), cycle(), "os^", strict=False)
    ):
        across = place + 0.2 * (i - 1)
        ends = np.fmin(low, value), np.fmax(high, value)
        marks += [
            join_ends(*ends, across, colour),
            Line(value, across, colour, 0, label=measure, marker=marker, size=5.5),
        ]
    rows = Axis(len(names) - 0.5, -0.5, ticks=list(enumerate(names)), size=8)
    return Plot(5.6, 1.0 + 0.42 * len(names), [Panel(Axis(0, 1, "value (bars: 95 % intervals)"), rows, marks, "best")])
