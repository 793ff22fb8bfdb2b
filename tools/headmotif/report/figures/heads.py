"""Figures of the heads and of training; each function takes plain arrays and returns a figure of matplotlib.

Draw within `svg.use_style`.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from .palette import BACKGROUND, DARK, GRID, LIGHT, MUTED, SITES, cycle, shorten_names
from .svg import make_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ELEMENTS = {-35: "−35", -10: "−10", 0: "+1"}
"""Offsets that are marked, with their names in biology, where +1 is the site itself and there is no 0."""


def draw_promoter_map(names: Sequence[str], distance: np.ndarray, gain: np.ndarray) -> "Figure":
    """Draw the profiles of all heads as a heat map.

    All heads have one colour scale, which follows the square root: small differences stay visible, and a strong head
    does not hide the others. The scale ends at twice the weight of even attention or higher, so that noise does not
    look like a signal.

    Parameters
    ----------
    names
        Names of the heads.
    distance
        int (keys,): offsets, rising.
    gain
        float64 (heads, keys): weight at sites minus weight at background positions.

    Returns
    -------
    Figure
        The figure.
    """
    from matplotlib.colors import FuncNorm

    figure, ax = make_axes(9.2, max(2.8, 1.3 + 0.19 * len(names)))
    limit = max(float(np.abs(gain).max(initial=0)), 2 / len(distance))
    norm = FuncNorm((lambda x: np.sign(x) * np.sqrt(np.abs(x)), lambda x: np.sign(x) * x * x), vmin=-limit, vmax=limit)
    extent = (distance[0] - 0.5, distance[-1] + 0.5, len(names) - 0.5, -0.5)
    picture = ax.imshow(gain, cmap="RdBu_r", norm=norm, aspect="auto", extent=extent, interpolation="nearest")
    ax.set_yticks(range(len(names)), shorten_names(names), fontsize=8)
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel("offset from the site (nt; negative: upstream)")
    _mark_elements(ax, distance)
    ticks = [sign * limit * share for sign, share in ((-1, 1), (-1, 0.25), (1, 0), (1, 0.25), (1, 1))]
    bar = figure.colorbar(
        picture,
        ax=ax,
        ticks=ticks,
        format=lambda x, _: f"{x:.2g}".replace("-", "−"),
        pad=0.01,
        fraction=0.03,
        aspect=30,
    )
    bar.set_label("attention weight, sites − background")
    bar.outline.set_visible(False)
    return figure


def _mark_elements(ax: "Axes", distance: np.ndarray, narrow: bool = False) -> None:
    """Mark the elements as dotted lines with names above; with `narrow`, the names stand beside their lines."""
    for place, name in ELEMENTS.items():
        if distance[0] <= place <= distance[-1]:
            ax.axvline(place, color=MUTED, linewidth=0.7, linestyle=(0, (2, 2)), zorder=1)
            side = {-35: "right", -10: "right", 0: "left"}.get(place, "center") if narrow else "center"
            ax.text(place, 1.01, name, transform=ax.get_xaxis_transform(), ha=side, va="bottom", fontsize=8)


def draw_profile(distance: np.ndarray, sites: np.ndarray, background: np.ndarray) -> "Figure":
    """Draw the profile of a head: its mean weight by offset, at sites and at background positions.

    Parameters
    ----------
    distance
        int (keys,): offsets, rising.
    sites
        float64 (keys,): mean weight at sites.
    background
        float64 (keys,): mean weight at background positions.

    Returns
    -------
    Figure
        The figure.
    """
    figure, ax = make_axes(3.6, 1.7)
    draw_profile_on(ax, distance, sites, background)
    return figure


def draw_profile_on(ax: "Axes", distance: np.ndarray, sites: np.ndarray, background: np.ndarray) -> None:
    """Draw the profile of a head on given axes.

    Parameters
    ----------
    ax
        The axes.
    distance
        int (keys,): offsets, rising.
    sites
        float64 (keys,): mean weight at sites.
    background
        float64 (keys,): mean weight at background positions.
    """
    ax.plot(
        distance, background, color=BACKGROUND, linewidth=1.2, linestyle=(0, (4, 1.5)), label="background", zorder=2
    )
    ax.plot(distance, sites, color=SITES, linewidth=1.4, label="sites", zorder=3)
    ax.set_xlim(distance[0], distance[-1])
    ax.set_ylim(0)
    ax.locator_params(axis="y", nbins=3)
    ax.set_xlabel("offset from the site (nt)", fontsize=8)
    ax.set_ylabel("mean weight", fontsize=8)
    ax.tick_params(labelsize=8)
    _mark_elements(ax, distance, narrow=True)


def draw_training(
    curves: Mapping[str, tuple[np.ndarray, np.ndarray]], site_density: Mapping[str, float], kept: int | None
) -> "Figure":
    """Draw average precision on the validation part by training step, with a line for each label.

    Parameters
    ----------
    curves
        Steps and average precision by label.
    site_density
        Site density by label.
    kept
        The step that was kept; None if it is unknown.

    Returns
    -------
    Figure
        The figure.
    """
    figure, ax = make_axes(5.6, 2.8)
    for (label, (step, score)), (colour, _) in zip(curves.items(), cycle(), strict=False):
        ax.plot(step, score, color=colour, marker="o", markersize=3.5, linewidth=1.4, label=label)
        ax.axhline(site_density[label], color=colour, linewidth=1, linestyle=(0, (2, 2)))
    ax.plot([], [], color=MUTED, linewidth=1, linestyle=(0, (2, 2)), label="site density")
    if kept is not None:
        ax.axvline(kept, color=MUTED, linewidth=0.8)
        ax.text(kept, 1.01, "kept", transform=ax.get_xaxis_transform(), ha="center", va="bottom", fontsize=8)
    ax.set_xlabel("training step")
    ax.set_ylabel("average precision (validation)")
    ax.set_ylim(0)
    ax.legend(loc="lower right", fontsize=8)
    return figure


def draw_ablations(names: Sequence[str], estimate: np.ndarray, low: np.ndarray, high: np.ndarray) -> "Figure":
    """Draw the change of average precision by ablation of each head, with intervals.

    Parameters
    ----------
    names
        Names of the heads.
    estimate
        float64 (heads,): the change; negative if the model is worse without the head.
    low, high
        float64 (heads,): ends of the interval.

    Returns
    -------
    Figure
        The figure.
    """
    figure, ax = make_axes(5.6, 1.0 + 0.19 * len(names))
    place = np.arange(len(names))
    clear = (low > 0) | (high < 0)
    for chosen, colour, label in ((clear, SITES, "interval excludes 0"), (~clear, BACKGROUND, "interval includes 0")):
        error = np.abs(np.stack([estimate - low, high - estimate]))[:, chosen]
        if chosen.any():
            ax.errorbar(estimate[chosen], place[chosen], xerr=error, fmt="o" if label.endswith("excludes 0") else "s",
                        color=colour,
                        markersize=4, linewidth=1.4, label=label)  # fmt: skip
    ax.axvline(0, color=MUTED, linewidth=0.8)
    ax.set_yticks(place, names, fontsize=8)
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.set_xlabel("change of average precision by ablation")
    ax.legend(loc="lower left", fontsize=8)
    return figure


def draw_spacings(names: Sequence[str], spacing: np.ndarray, excess: np.ndarray) -> "Figure":
    """Draw the most frequent spacing of each pair of heads as a number, coloured by its excess.

    Parameters
    ----------
    names
        Names of the heads.
    spacing
        float64 (heads, heads): the spacing in nucleotides; NaN without one.
    excess
        float64 (heads, heads): share of sites beyond expectation; NaN without one.

    Returns
    -------
    Figure
        The figure.
    """
    size = max(3.4, 1.6 + 0.27 * len(names))
    figure, ax = make_axes(size + 0.6, size)
    picture = ax.imshow(
        excess,
        cmap="Blues",
        vmin=0,
        vmax=max(float(np.nanmax(excess, initial=0)), 0.1),
        interpolation="nearest",
        aspect="auto",
    )
    for row, column in zip(*np.nonzero(np.isfinite(spacing)), strict=True):
        dark = excess[row, column] > 0.6 * picture.get_clim()[1]
        colour = LIGHT if dark else DARK
        ax.text(
            column,
            row,
            f"{spacing[row, column]:.0f}".replace("-", "−"),
            ha="center",
            va="center",
            fontsize=6,
            color=colour,
        )
    ax.set_xticks(range(len(names)), shorten_names(names), fontsize=7, rotation=90)
    ax.set_yticks(range(len(names)), shorten_names(names), fontsize=7)
    ax.tick_params(length=0)
    ax.set_xlabel("second head")
    ax.set_ylabel("first head")
    figure.colorbar(picture, ax=ax, fraction=0.03, pad=0.02).set_label("excess share of sites")
    return figure


def draw_likeness(names: Sequence[str], agree: np.ndarray, group: Sequence[str]) -> "Figure":
    """Draw the agreement of each pair of heads, with frames around groups.

    Parameters
    ----------
    names
        Names of the heads, sorted by group.
    agree
        float64 (heads, heads): agreement, 0 for chance and 1 for always; NaN if it is unknown.
    group
        Group of each head.

    Returns
    -------
    Figure
        The figure.
    """
    from matplotlib.patches import Rectangle

    size = max(3.4, 1.6 + 0.24 * len(names))
    figure, ax = make_axes(size + 0.8, size)
    picture = ax.imshow(agree, cmap="Blues", vmin=0, vmax=1, interpolation="nearest", aspect="auto")
    ax.set_facecolor(GRID)
    first = 0
    for i in range(1, len(names) + 1):
        if i == len(names) or group[i] != group[first]:
            if i - first > 1:
                ax.add_patch(
                    Rectangle(
                        (first - 0.5, first - 0.5),
                        i - first,
                        i - first,
                        fill=False,
                        edgecolor=BACKGROUND,
                        linewidth=1.6,
                    )
                )
            first = i
    ax.set_xticks(range(len(names)), shorten_names(names), fontsize=7, rotation=90)
    ax.set_yticks(range(len(names)), shorten_names(names), fontsize=7)
    ax.tick_params(length=0)
    figure.colorbar(picture, ax=ax, fraction=0.03, pad=0.02).set_label("agreement")
    return figure


def draw_strands(distance: np.ndarray, correlation: np.ndarray, corrected: np.ndarray) -> "Figure":
    """Draw the correlation between the predictions of the two strands by distance.

    Parameters
    ----------
    distance
        float64 (distances,): position on the - strand minus position on the + strand, in nucleotides.
    correlation
        float64 (distances,): the correlation.
    corrected
        float64 (distances,): the same without what the local share of A and T explains.

    Returns
    -------
    Figure
        The figure.
    """
    figure, ax = make_axes(5.6, 2.4)
    ax.plot(distance, correlation, color=BACKGROUND, linewidth=1, linestyle=(0, (4, 1.5)), label="uncorrected")
    ax.plot(distance, corrected, color=SITES, linewidth=1.3, label="corrected for A and T")
    ax.axhline(0, color=MUTED, linewidth=0.7)
    ax.set_xlim(distance[0], distance[-1])
    ax.set_xlabel("position on the − strand minus position on the + strand (nt)")
    ax.set_ylabel("correlation")
    ax.legend(fontsize=8)
    return figure
