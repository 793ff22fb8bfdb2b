"""Figures of accuracy and of agreement between sets of sites; each function takes plain arrays, as in `heads`."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from .palette import BACKGROUND, DARK, LIGHT, MUTED, SITES, cycle, shorten_names
from .svg import make_axes, make_row

if TYPE_CHECKING:
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure


def draw_scores(names: Sequence[str], values: np.ndarray, site_density: np.ndarray) -> "Figure":
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
    Figure
        The figure.
    """
    figure, ax = make_axes(5.6, 0.9 + 0.34 * len(names))
    place = np.arange(len(names))
    ax.barh(place, values, height=0.6, color=SITES)
    ax.plot(site_density, place, "|", color=BACKGROUND, markersize=14, markeredgewidth=2)
    for row, value in enumerate(values):
        ax.text(value, row, f" {value:.3f}", va="center", fontsize=8)
    ax.set_yticks(place, names)
    ax.invert_yaxis()
    ax.set_xlim(0, max(float(values.max(initial=0)) * 1.25, 0.01))
    ax.set_xlabel("average precision (marks: site density)")
    return figure


def draw_recall_precision(
    curves: Mapping[str, tuple[np.ndarray, np.ndarray, np.ndarray]], site_density: float, threshold: float
) -> "Figure":
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
    Figure
        The figure.
    """
    figure, ax = make_axes(4.8, 3.4)
    for (name, (recall, precision, level)), (colour, dashes) in zip(curves.items(), cycle(), strict=False):
        ax.plot(recall, precision, color=colour, linestyle=dashes, linewidth=1.5, label=name)
        if np.isfinite(threshold) and (above := np.flatnonzero(level >= threshold)).size:
            ax.plot(recall[above[-1]], precision[above[-1]], "o", color=colour, markersize=5)
    if np.isfinite(threshold):
        ax.plot([], [], "o", color=MUTED, markersize=5, label=f"threshold, P of {threshold:.2g}")
    if np.isfinite(site_density):
        ax.axhline(
            site_density, color=MUTED, linewidth=1, linestyle=(0, (2, 2)), label=f"site density {site_density:.2g}"
        )
    ax.set(xlim=(0, 1), ylim=(0, 1), xlabel="recall", ylabel="precision")
    ax.legend(fontsize=8)
    return figure


def draw_roc(curves: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> "Figure":
    """Draw recall against the false positive rate, on a linear and on a logarithmic axis.

    If sites are one position in hundreds, only small rates matter, and these show only on the logarithmic axis.

    Parameters
    ----------
    curves
        False positive rate and recall by name, float64 (points,) each.

    Returns
    -------
    Figure
        The figure.
    """
    figure, (whole, log) = make_row(7.6, 3.2, 2)
    least = min((float(x[x > 0].min(initial=1.0)) for x, _ in curves.values()), default=1e-3)
    for (name, (x, y)), (colour, dashes) in zip(curves.items(), cycle(), strict=False):
        for ax in (whole, log):
            ax.plot(x, y, color=colour, linestyle=dashes, linewidth=1.5, label=name)
    line = np.geomspace(min(least, 0.1), 1, 50)
    whole.plot([0, 1], [0, 1], color=MUTED, linewidth=1, linestyle=(0, (2, 2)), label="random ranking")
    log.plot(line, line, color=MUTED, linewidth=1, linestyle=(0, (2, 2)))
    log.set_xscale("log")
    for ax in (whole, log):
        ax.set(ylim=(0, 1), xlabel="false positive rate")
    whole.set(xlim=(0, 1), ylabel="recall (true positive rate)")
    log.set_xlim(line[0], 1)
    log.set_xlabel("false positive rate (logarithmic)")
    _set_plain_ticks(log.xaxis)
    whole.legend(loc="lower right", fontsize=8)
    return figure


def draw_calibration(bins: Mapping[str, tuple[np.ndarray, ...]]) -> "Figure":
    """Draw the share of sites against the mean P of bins of nucleotides, on logarithmic axes.

    Parameters
    ----------
    bins
        Mean P, share of sites, and the ends of its interval by name, float64 (bins,) each.

    Returns
    -------
    Figure
        The figure.
    """
    figure, ax = make_axes(4.6, 3.6)
    least = 1.0
    for (name, (p, share, low, high)), (colour, _) in zip(bins.items(), cycle(), strict=False):
        some = share > 0
        error = np.stack([share - low, high - share])[:, some]
        ax.errorbar(
            p[some],
            share[some],
            yerr=error,
            color=colour,
            marker="o",
            markersize=4,
            linewidth=1.3,
            capsize=2,
            label=name,
        )
        least = min(least, float(p[p > 0].min(initial=1)), float(share[some].min(initial=1)))
    ax.plot([least / 1.5, 1], [least / 1.5, 1], color=MUTED, linewidth=1, linestyle=(0, (2, 2)), label="share equals P")
    ax.set(xscale="log", yscale="log", xlim=(least / 1.5, 1), ylim=(least / 1.5, 1.2))
    _set_plain_ticks(ax.xaxis)
    _set_plain_ticks(ax.yaxis)
    ax.set(xlabel="mean P of the nucleotides in the bin", ylabel="share of sites among them")
    ax.legend(loc="upper left", fontsize=8)
    return figure


def _set_plain_ticks(axis: "Axis") -> None:
    """Write the ticks of a logarithmic axis as plain numbers, because mathematical text is switched off."""
    from matplotlib.ticker import NullFormatter

    axis.set_major_formatter(lambda x, _: f"{x:g}")
    axis.set_minor_formatter(NullFormatter())


def draw_shares(names: Sequence[str], share: np.ndarray, within: float) -> "Figure":
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
    Figure
        The figure.
    """
    size = max(3.2, 1.7 + 0.75 * len(names))
    figure, ax = make_axes(size + 1.2, size)
    picture = ax.imshow(share, cmap="Blues", vmin=0, vmax=1, interpolation="nearest", aspect="auto")
    for row, column in zip(*np.nonzero(np.isfinite(share)), strict=True):
        colour = LIGHT if share[row, column] > 0.6 else DARK
        ax.text(column, row, f"{share[row, column]:.0%}", ha="center", va="center", fontsize=9, color=colour)
    ax.set_xticks(range(len(names)), shorten_names(names), fontsize=8, rotation=30, ha="right")
    ax.set_yticks(range(len(names)), shorten_names(names), fontsize=8)
    ax.tick_params(length=0)
    ax.set_xlabel("that are also in this set")
    ax.set_ylabel("share of the sites of this set")
    how = "at the exact position" if not within else f"within {within:.0f} nt"
    figure.colorbar(picture, ax=ax, fraction=0.04, pad=0.03, format=lambda x, _: f"{x:.0%}").set_label(
        f"share of sites, {how}"
    )
    return figure


def draw_accuracy(names: Sequence[str], values: Mapping[str, np.ndarray]) -> "Figure":
    """Draw precision, recall and F1 of predictions, with intervals.

    Parameters
    ----------
    names
        Names of the predictions.
    values
        By measure, float64 (3, predictions): the value and the ends of its interval.

    Returns
    -------
    Figure
        The figure.
    """
    figure, ax = make_axes(5.6, 1.0 + 0.42 * len(names))
    place = np.arange(len(names))
    for i, ((measure, (value, low, high)), (colour, _), mark) in enumerate(
        zip(values.items(), cycle(), "os^", strict=False)
    ):
        low, high = np.where(np.isfinite(low), low, value), np.where(np.isfinite(high), high, value)
        error = np.maximum(np.stack([value - low, high - value]), 0)
        ax.errorbar(
            value,
            place + 0.2 * (i - 1),
            xerr=error,
            fmt=mark,
            color=colour,
            markersize=4.5,
            linewidth=1.3,
            label=measure,
        )
    ax.set_yticks(place, names, fontsize=8)
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.set_xlim(0, 1)
    ax.set_xlabel("value (bars: 95 % intervals)")
    ax.legend(fontsize=8)
    return figure
