"""Figures of how good predictions are and how far sets of sites agree; as in `figures`, each takes plain arrays."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from .palette import BACKGROUND, DARK, LIGHT, MUTED, SITES, cycle, short
from .svg import axes, row_of

if TYPE_CHECKING:
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure


def scores(names: Sequence[str], values: np.ndarray, prevalence: np.ndarray) -> "Figure":
    """Average precision of each model and part as bars, with what guessing would reach. values, prevalence: float64
    (rows,)."""
    figure, ax = axes(5.6, 0.9 + 0.34 * len(names))
    place = np.arange(len(names))
    ax.barh(place, values, height=0.6, color=SITES)
    ax.plot(prevalence, place, "|", color=BACKGROUND, markersize=14, markeredgewidth=2)
    for row, value in enumerate(values):
        ax.text(value, row, f" {value:.3f}", va="center", fontsize=8)
    ax.set_yticks(place, names)
    ax.invert_yaxis()
    ax.set_xlim(0, max(float(values.max(initial=0)) * 1.25, 0.01))
    ax.set_xlabel("average precision; marks: prevalence")
    return figure


def recall_precision(
    curves: Mapping[str, tuple[np.ndarray, np.ndarray, np.ndarray]], prevalence: float, threshold: float
) -> "Figure":
    """Precision against recall, a line for each way of counting, a point at the threshold of calls (NaN: it is not
    known).

    curves: (recall, precision, threshold) by name, thresholds falling."""
    figure, ax = axes(4.8, 3.4)
    for (name, (recall, precision, level)), (colour, dashes) in zip(curves.items(), cycle(), strict=False):
        ax.plot(recall, precision, color=colour, linestyle=dashes, linewidth=1.5, label=name)
        if np.isfinite(threshold) and (above := np.flatnonzero(level >= threshold)).size:
            ax.plot(recall[above[-1]], precision[above[-1]], "o", color=colour, markersize=5)
    if np.isfinite(threshold):
        ax.plot([], [], "o", color=MUTED, markersize=5, label=f"called at P of {threshold:.2g} or more")
    if np.isfinite(prevalence):
        ax.axhline(prevalence, color=MUTED, linewidth=1, linestyle=(0, (2, 2)), label=f"prevalence {prevalence:.2g}")
    ax.set(xlim=(0, 1), ylim=(0, 1), xlabel="recall", ylabel="precision")
    ax.legend(fontsize=8)
    return figure


def roc(curves: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> "Figure":
    """Recall against the false positive rate, on the left as it is commonly drawn, on the right by its logarithm: where
    sites are one in hundreds, only what happens at small rates matters. curves: (false positive rate, recall) by
    name."""
    figure, (whole, log) = row_of(7.6, 3.2, 2)
    least = min((float(x[x > 0].min(initial=1.0)) for x, _ in curves.values()), default=1e-3)
    for (name, (x, y)), (colour, dashes) in zip(curves.items(), cycle(), strict=False):
        for ax in (whole, log):
            ax.plot(x, y, color=colour, linestyle=dashes, linewidth=1.5, label=name)
    line = np.geomspace(min(least, 0.1), 1, 50)
    whole.plot([0, 1], [0, 1], color=MUTED, linewidth=1, linestyle=(0, (2, 2)), label="guessing")
    log.plot(line, line, color=MUTED, linewidth=1, linestyle=(0, (2, 2)))
    log.set_xscale("log")
    for ax in (whole, log):
        ax.set(ylim=(0, 1), xlabel="false positive rate")
    whole.set(xlim=(0, 1), ylabel="recall (true positive rate)")
    log.set_xlim(line[0], 1)
    log.set_xlabel("false positive rate (logarithm)")
    _plain(log.xaxis)
    whole.legend(loc="lower right", fontsize=8)
    return figure


def calibration(bins: Mapping[str, tuple[np.ndarray, ...]]) -> "Figure":
    """Share of sites against mean P of bins of nucleotides, both by logarithm, with intervals. bins: P, share, low,
    high by name."""
    figure, ax = axes(4.6, 3.6)
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
    ax.plot(
        [least / 1.5, 1], [least / 1.5, 1], color=MUTED, linewidth=1, linestyle=(0, (2, 2)), label="P is what happens"
    )
    ax.set(xscale="log", yscale="log", xlim=(least / 1.5, 1), ylim=(least / 1.5, 1.2))
    _plain(ax.xaxis)
    _plain(ax.yaxis)
    ax.set(xlabel="mean P of the nucleotides in the bin", ylabel="share of them that are sites")
    ax.legend(loc="upper left", fontsize=8)
    return figure


def _plain(axis: "Axis") -> None:
    """Ticks of a logarithmic axis as plain numbers: powers would be set as mathematics, which a name from a file must
    not be."""
    from matplotlib.ticker import NullFormatter

    axis.set_major_formatter(lambda x, _: f"{x:g}")
    axis.set_minor_formatter(NullFormatter())


def shares(names: Sequence[str], share: np.ndarray, within: float) -> "Figure":
    """Which share of a set's sites (row) another one (column) has, float64 (sets, sets), NaN where it is not known."""
    size = max(3.2, 1.7 + 0.75 * len(names))
    figure, ax = axes(size + 1.2, size)
    picture = ax.imshow(share, cmap="Blues", vmin=0, vmax=1, interpolation="nearest", aspect="auto")
    for row, column in zip(*np.nonzero(np.isfinite(share)), strict=True):
        colour = LIGHT if share[row, column] > 0.6 else DARK
        ax.text(column, row, f"{share[row, column]:.0%}", ha="center", va="center", fontsize=9, color=colour)
    ax.set_xticks(range(len(names)), short(names), fontsize=8, rotation=30, ha="right")
    ax.set_yticks(range(len(names)), short(names), fontsize=8)
    ax.tick_params(length=0)
    ax.set_xlabel("are in this set")
    ax.set_ylabel("of the sites of this set")
    how = "exactly" if not within else f"within {within:.0f} nt"
    figure.colorbar(picture, ax=ax, fraction=0.04, pad=0.03, format=lambda x, _: f"{x:.0%}").set_label(
        f"share that agrees {how}"
    )
    return figure


def found(names: Sequence[str], values: Mapping[str, np.ndarray]) -> "Figure":
    """Precision, recall and F1 of predictions with intervals. values: by measure, float64 (3, predictions): value, low,
    high."""
    figure, ax = axes(5.6, 1.0 + 0.42 * len(names))
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
    ax.set_xlabel("share (bars: 95 % intervals)")
    ax.legend(fontsize=8)
    return figure
