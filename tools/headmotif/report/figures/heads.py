"""The report's figures: each function takes plain arrays and returns a figure of matplotlib; draw within
`svg.styled`."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from .palette import BACKGROUND, DARK, GRID, LIGHT, MUTED, SITES, cycle, short
from .svg import axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ELEMENTS = {-35: "−35", -10: "−10", 0: "+1"}
"""Distances that are marked, and what biologists call them: +1 is the site itself, there is no 0."""


def promoter_map(names: Sequence[str], distance: np.ndarray, gain: np.ndarray) -> "Figure":
    """All heads' profiles as a heat map. distance: int (keys,); gain: float64 (heads, keys), weight at sites less at
    background.

    One scale for all, of square roots: small gains stay visible and a strong head does not hide the others. It ends no
    lower than twice what even attention would give to a key: else noise would look like much.
    """
    from matplotlib.colors import FuncNorm

    figure, ax = axes(9.2, max(2.8, 1.3 + 0.19 * len(names)))
    limit = max(float(np.abs(gain).max(initial=0)), 2 / len(distance))
    norm = FuncNorm((lambda x: np.sign(x) * np.sqrt(np.abs(x)), lambda x: np.sign(x) * x * x), vmin=-limit, vmax=limit)
    extent = (distance[0] - 0.5, distance[-1] + 0.5, len(names) - 0.5, -0.5)
    picture = ax.imshow(gain, cmap="RdBu_r", norm=norm, aspect="auto", extent=extent, interpolation="nearest")
    ax.set_yticks(range(len(names)), short(names), fontsize=8)
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel("distance from the site (nt; negative: upstream)")
    _mark(ax, distance)
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


def _mark(ax: "Axes", distance: np.ndarray, narrow: bool = False) -> None:
    """The distances of the elements as dotted lines, named above the axes. narrow: their names stand to their left, +1
    to its right."""
    for place, name in ELEMENTS.items():
        if distance[0] <= place <= distance[-1]:
            ax.axvline(place, color=MUTED, linewidth=0.7, linestyle=(0, (2, 2)), zorder=1)
            side = {-35: "right", -10: "right", 0: "left"}.get(place, "center") if narrow else "center"
            ax.text(place, 1.01, name, transform=ax.get_xaxis_transform(), ha=side, va="bottom", fontsize=8)


def profile(distance: np.ndarray, sites: np.ndarray, background: np.ndarray) -> "Figure":
    """One head's mean weight by distance, at sites and at background."""
    figure, ax = axes(3.6, 1.7)
    profile_on(ax, distance, sites, background)
    return figure


def profile_on(ax: "Axes", distance: np.ndarray, sites: np.ndarray, background: np.ndarray) -> None:
    """The same on axes that are there."""
    ax.plot(
        distance, background, color=BACKGROUND, linewidth=1.2, linestyle=(0, (4, 1.5)), label="background", zorder=2
    )
    ax.plot(distance, sites, color=SITES, linewidth=1.4, label="sites", zorder=3)
    ax.set_xlim(distance[0], distance[-1])
    ax.set_ylim(0)
    ax.locator_params(axis="y", nbins=3)
    ax.set_xlabel("distance from the site (nt)", fontsize=8)
    ax.set_ylabel("mean weight", fontsize=8)
    ax.tick_params(labelsize=8)
    _mark(ax, distance, narrow=True)


def training(
    curves: Mapping[str, tuple[np.ndarray, np.ndarray]], prevalence: Mapping[str, float], kept: int | None
) -> "Figure":
    """Average precision on the validation part over steps, a line a label. curves: (steps, average precision) by
    label."""
    figure, ax = axes(5.6, 2.8)
    for (label, (step, score)), (colour, _) in zip(curves.items(), cycle(), strict=False):
        ax.plot(step, score, color=colour, marker="o", markersize=3.5, linewidth=1.4, label=label)
        ax.axhline(prevalence[label], color=colour, linewidth=1, linestyle=(0, (2, 2)))
    ax.plot([], [], color=MUTED, linewidth=1, linestyle=(0, (2, 2)), label="prevalence")
    if kept is not None:
        ax.axvline(kept, color=MUTED, linewidth=0.8)
        ax.text(kept, 1.01, "kept", transform=ax.get_xaxis_transform(), ha="center", va="bottom", fontsize=8)
    ax.set_xlabel("step of training")
    ax.set_ylabel("average precision (validation)")
    ax.set_ylim(0)
    ax.legend(loc="lower right", fontsize=8)
    return figure


def ablations(names: Sequence[str], estimate: np.ndarray, low: np.ndarray, high: np.ndarray) -> "Figure":
    """What average precision gains (right) or loses (left) without each head, with intervals; all float64 (heads,)."""
    figure, ax = axes(5.6, 1.0 + 0.19 * len(names))
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
    ax.set_xlabel("change of average precision when the head is silenced")
    ax.legend(loc="lower left", fontsize=8)
    return figure


def spacings(names: Sequence[str], spacing: np.ndarray, excess: np.ndarray) -> "Figure":
    """Head pairs: the commonest spacing of every two as a number, coloured by its excess. Both float64 (heads, heads),
    NaN where none."""
    size = max(3.4, 1.6 + 0.27 * len(names))
    figure, ax = axes(size + 0.6, size)
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
    ax.set_xticks(range(len(names)), short(names), fontsize=7, rotation=90)
    ax.set_yticks(range(len(names)), short(names), fontsize=7)
    ax.tick_params(length=0)
    ax.set_xlabel("second head")
    ax.set_ylabel("first head")
    figure.colorbar(picture, ax=ax, fraction=0.03, pad=0.02).set_label("excess share of sites")
    return figure


def likeness(names: Sequence[str], agree: np.ndarray, group: Sequence[str]) -> "Figure":
    """How far every two heads choose the same bases, float64 (heads, heads), NaN where it is not known; groups framed.
    Sorted by group."""
    from matplotlib.patches import Rectangle

    size = max(3.4, 1.6 + 0.24 * len(names))
    figure, ax = axes(size + 0.8, size)
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
    ax.set_xticks(range(len(names)), short(names), fontsize=7, rotation=90)
    ax.set_yticks(range(len(names)), short(names), fontsize=7)
    ax.tick_params(length=0)
    figure.colorbar(picture, ax=ax, fraction=0.03, pad=0.02).set_label("agreement beyond chance")
    return figure


def strands(distance: np.ndarray, correlation: np.ndarray, corrected: np.ndarray) -> "Figure":
    """Correlation of the two strands' predictions by distance; all float64 (distances,)."""
    figure, ax = axes(5.6, 2.4)
    ax.plot(distance, correlation, color=BACKGROUND, linewidth=1, linestyle=(0, (4, 1.5)), label="as it is")
    ax.plot(distance, corrected, color=SITES, linewidth=1.3, label="freed of composition")
    ax.axhline(0, color=MUTED, linewidth=0.7)
    ax.set_xlim(distance[0], distance[-1])
    ax.set_xlabel("distance of the two strands' positions (nt)")
    ax.set_ylabel("correlation")
    ax.legend(fontsize=8)
    return figure
