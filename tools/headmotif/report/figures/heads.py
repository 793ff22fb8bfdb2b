"""Figures of the heads and of training; each function takes plain arrays and returns a figure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

import numpy as np

from . import colours, ticks
from .palette import BACKGROUND, DARK, GRID, LIGHT, MUTED, SITES, cycle, shorten_names
from .plot import DOTTED, Axis, Cells, Line, Mark, Note, Panel, Plot, Rule, Scale, widen

ELEMENTS = {-35: "−35", -10: "−10", 0: "+1"}
"""Offsets that are marked, with their names in biology, where +1 is the site itself and there is no 0."""
DASHED = (4.0, 1.5)
"""Dashes of the line of what a line is compared with."""


def draw_promoter_map(names: Sequence[str], distance: np.ndarray, gain: np.ndarray) -> Plot:
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
    Plot
        The figure.
    """
    limit = max(float(np.abs(gain).max(initial=0)), 2 / len(distance))

    def find_place(value: np.ndarray) -> np.ndarray:
        """0-1 along the scale."""
        return 0.5 + 0.5 * np.sign(value) * np.sqrt(np.abs(value) / limit)

    shown = limit * np.array([-1, -0.25, 0, 0.25, 1])
    texts = [f"{value:.2g}".replace("-", "−") for value in shown]
    panel = Panel(
        Axis(distance[0] - 0.5, distance[-1] + 0.5, "offset from the site (nt; negative: upstream)"),
        _make_rows(names, 8),
        [Cells(colours.colour(find_place(gain), colours.BLUE_TO_RED)), *_mark_elements(distance)],
        scale=Scale(
            colours.BLUE_TO_RED,
            list(zip(find_place(shown).tolist(), texts, strict=True)),
            "attention weight, sites − background",
        ),
    )
    return Plot(9.2, max(2.8, 1.3 + 0.19 * len(names)), [panel])


def _make_rows(names: Sequence[str], size: float) -> Axis:
    """A vertical axis with a name for each row, the first at the top."""
    return Axis(len(names) - 0.5, -0.5, ticks=list(enumerate(shorten_names(names))), size=size, bare=True)


def _mark_elements(distance: np.ndarray, narrow: bool = False) -> Iterator[Mark]:
    """The elements as dotted lines with names above; with `narrow`, the names stand beside their lines."""
    for place, name in ELEMENTS.items():
        if distance[0] <= place <= distance[-1]:
            anchor = {-35: "end", -10: "end", 0: "start"}[place] if narrow else "middle"
            yield Rule(place, dashes=DOTTED)
            yield Note(place, None, name, anchor=anchor)


def draw_profile(distance: np.ndarray, sites: np.ndarray, background: np.ndarray) -> Plot:
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
    Plot
        The figure.
    """
    return Plot(3.6, 1.7, [make_profile(distance, sites, background)])


def make_profile(distance: np.ndarray, sites: np.ndarray, background: np.ndarray) -> Panel:
    """Make the panel of a head's profile.

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
    Panel
        The panel.
    """
    _, top = widen(np.concatenate([sites, background, [0.0]]))
    return Panel(
        Axis(distance[0], distance[-1], "offset from the site (nt)", size=8, label_size=8),
        Axis(0, top, "mean weight", size=8, label_size=8, most=3),
        [
            *_mark_elements(distance, narrow=True),
            Line(distance, background, BACKGROUND, 1.2, DASHED),
            Line(distance, sites, SITES, 1.4),
        ],
    )


def draw_training(
    curves: Mapping[str, tuple[np.ndarray, np.ndarray]], site_density: Mapping[str, float], kept: int | None
) -> Plot:
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
    Plot
        The figure.
    """
    marks: list[Mark] = []
    for (label, (step, score)), (colour, _) in zip(curves.items(), cycle(), strict=False):
        marks += [
            Line(step, score, colour, label=label, marker="o", size=4.5, spill=True),
            Rule(site_density[label], False, colour, 1, DOTTED),
        ]
    marks.append(Line(np.zeros(0), np.zeros(0), MUTED, 1, DOTTED, "site density"))
    if kept is not None:
        marks += [Rule(kept, width=0.8), Note(kept, None, "kept")]
    steps = np.concatenate([step for step, _ in curves.values()] + [np.array([] if kept is None else [kept], float)])
    scores = np.concatenate([score for _, score in curves.values()] + [np.array([0.0, *site_density.values()])])
    panel = Panel(
        Axis(*widen(steps), "training step"),
        Axis(0, widen(scores)[1], "average precision (validation)"),
        marks,
        "lower right",
    )
    return Plot(5.6, 2.8, [panel])


def draw_ablations(names: Sequence[str], estimate: np.ndarray, low: np.ndarray, high: np.ndarray) -> Plot:
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
    Plot
        The figure.
    """
    place = np.arange(len(names), dtype=float)
    clear = (low > 0) | (high < 0)
    marks: list[Mark] = [Rule(0, width=0.8)]
    for chosen, colour, marker, label in (
        (clear, SITES, "o", "interval excludes 0"),
        (~clear, BACKGROUND, "s", "interval includes 0"),
    ):
        if chosen.any():
            marks.append(join_ends(low[chosen], high[chosen], place[chosen], colour))
            marks.append(Line(estimate[chosen], place[chosen], colour, 0, label=label, marker=marker))
    ends = np.concatenate([estimate, low, high, [0.0]])
    panel = Panel(
        Axis(*widen(ends), "change of average precision by ablation"), _make_rows(names, 8), marks, "lower left"
    )
    return Plot(5.6, 1.0 + 0.19 * len(names), [panel])


def join_ends(low: np.ndarray, high: np.ndarray, across: np.ndarray, colour: str) -> Line:
    """Make the level lines of intervals.

    Parameters
    ----------
    low, high
        float64 (intervals,): ends of the intervals; NaN leaves one out.
    across
        float64 (intervals,): their places along y.
    colour
        The colour, as #rrggbb.

    Returns
    -------
    Line
        The lines.
    """
    between = np.full(len(low), np.nan)
    x = np.stack([low, high, between], axis=1).ravel()
    return Line(x, np.stack([across, across, between], axis=1).ravel(), colour)


def draw_spacings(names: Sequence[str], spacing: np.ndarray, excess: np.ndarray) -> Plot:
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
    Plot
        The figure.
    """
    size = max(3.4, 1.6 + 0.27 * len(names))
    most = max(float(np.nanmax(excess, initial=0)), 0.1)
    numbers = [
        Note(
            column,
            row,
            f"{spacing[row, column]:.0f}".replace("-", "−"),
            6,
            LIGHT if excess[row, column] > 0.6 * most else DARK,
        )
        for row, column in np.argwhere(np.isfinite(spacing)).tolist()
    ]
    shown = ticks.choose_ticks(0.0, most, 8)
    form = ticks.make_form(shown)
    scale = Scale(colours.BLUES, [(value / most, form(value)) for value in shown], "excess share of sites")
    return Plot(size + 0.6, size, [_make_square(names, excess / most, numbers, scale, ("first head", "second head"))])


def _make_square(
    names: Sequence[str], share: np.ndarray, marks: Sequence[Mark], scale: Scale, labels: tuple[str, str] = ("", "")
) -> Panel:
    """A panel with a cell for each pair of heads, 0-1 along the scale; the labels are those of rows and columns."""
    rows = _make_rows(names, 7)
    row_label, column_label = labels
    columns = replace(rows, low=-0.5, high=len(names) - 0.5, label=column_label, turn=90)
    cells = Cells(colours.colour(share, scale.colours))
    return Panel(columns, replace(rows, label=row_label), [cells, *marks], scale=scale)


def draw_likeness(names: Sequence[str], agree: np.ndarray, group: Sequence[str]) -> Plot:
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
    Plot
        The figure.
    """
    size = max(3.4, 1.6 + 0.24 * len(names))
    frames: list[Mark] = []
    for _, members in groupby(range(len(names)), key=group.__getitem__):
        first, *others = members
        if others:
            start, end = first - 0.5, others[-1] + 0.5
            corners = np.array([(start, start), (end, start), (end, end), (start, end), (start, start)])
            frames.append(Line(corners[:, 0], corners[:, 1], BACKGROUND, 1.6, spill=True))
    scale = Scale(colours.BLUES, [(n / 5, f"{n / 5:.1f}") for n in range(6)], "agreement")
    panel = replace(_make_square(names, agree, frames, scale), ground=GRID)
    return Plot(size + 0.8, size, [panel])


def draw_strands(distance: np.ndarray, correlation: np.ndarray, corrected: np.ndarray) -> Plot:
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
    Plot
        The figure.
    """
    marks: list[Mark] = [
        Rule(0, False),
        Line(distance, correlation, BACKGROUND, 1, DASHED, "uncorrected"),
        Line(distance, corrected, SITES, 1.3, label="corrected for A and T"),
    ]
    values = np.concatenate([correlation, corrected, [0.0]])
    x = Axis(float(distance[0]), float(distance[-1]), "position on the − strand minus position on the + strand (nt)")
    return Plot(5.6, 2.4, [Panel(x, Axis(*widen(values), "correlation"), marks, "best")])
