"""The figure of a locus: genes, known and predicted sites, P on both strands, and the regions of the heads."""

from typing import TYPE_CHECKING

import numpy as np

from ...data import make_sort_key
from ...data.locus import Locus
from .palette import BACKGROUND, INK, MUTED, SITES, THIRD

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STRAND = {1: SITES, -1: BACKGROUND}
"""Colours of the + and the - strand."""


def describe(locus: Locus) -> str:
    """Write the caption of the figure.

    Parameters
    ----------
    locus
        The locus.

    Returns
    -------
    str
        Where the locus is (1-based, closed), why it is shown, and what the figure shows.
    """
    where = f"{locus.contig}:{locus.start + 1:,}–{locus.end:,}"
    why = f", {locus.why}" if locus.why else ""
    shown = [
        f"{_count(len(locus.sites), 'known site')} (triangles)",
        *(["P on the + strand (up) and on the − strand (down)"] if locus.p is not None else []),
        *([f"{_count(len(locus.calls), 'call')} (crosses)"] if locus.calls is not None else []),
        *(["genes"] if locus.genes is not None else []),
        f"regions of {_count(len(set(locus.head)), 'head')}",
    ]
    return f"{where}{why}: {', '.join(shown)}. Blue: + strand; brown: − strand."


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def draw_track(locus: Locus) -> "Figure":
    """Draw the figure; parts that the locus does not have are left out.

    Parameters
    ----------
    locus
        The locus.

    Returns
    -------
    Figure
        The figure.
    """
    from .svg import stack_axes

    heads = list(dict.fromkeys(sorted(locus.head, key=make_sort_key)))
    parts = [("genes", 0.9)] if locus.genes is not None else []
    parts.append(("sites", 1.6 if locus.p is not None else 0.8))
    if heads:
        parts.append(("regions", 0.4 + 0.16 * len(heads)))
    figure, axes = stack_axes(9.2, [height for _, height in parts])
    for (kind, _), ax in zip(parts, axes, strict=True):
        {"genes": _draw_genes, "sites": _draw_sites, "regions": lambda ax, locus: _draw_regions(ax, locus, heads)}[
            kind
        ](ax, locus)
        ax.set_xlim(locus.start + 0.5, locus.end + 0.5)
        for place, strand in zip(locus.sites.position + 1, locus.sites.strand, strict=True):
            ax.axvline(place, color=STRAND[int(strand)], linewidth=0.7, linestyle=(0, (2, 2)), zorder=1)
    axes[-1].set_xlabel("position (nt, 1-based)")
    axes[-1].ticklabel_format(axis="x", style="plain", useOffset=False)
    axes[-1].xaxis.set_major_formatter(lambda x, _: f"{x:,.0f}")
    return figure


def _draw_genes(ax: "Axes", locus: Locus) -> None:
    genes = locus.genes
    if genes is None:
        return
    for start, end, strand, name in zip(genes.start, genes.end, genes.strand, genes.name, strict=True):
        left, right = max(start, locus.start) + 0.5, min(end, locus.end) + 0.5
        y = 0.5 * int(strand)
        tail, head = (left, right) if strand > 0 else (right, left)
        whole = locus.start <= (end if strand > 0 else start) <= locus.end  # a gene that goes on has no point here
        neck = head - int(strand) * min(right - left, 0.015 * (locus.end - locus.start)) if whole else head
        ax.fill(
            [tail, neck, head, neck, tail],
            [y + 0.2, y + 0.2, y, y - 0.2, y - 0.2],
            color=STRAND[int(strand)],
            linewidth=0,
        )
        ax.text(
            (left + right) / 2, y - 0.28, name, ha="center", va="top", fontsize=7, clip_on=True, style="italic"
        ).set_in_layout(False)
    ax.set_ylim(-1.3, 1)
    ax.set_yticks([])
    ax.set_ylabel("genes", rotation=0, ha="right", va="center")
    ax.spines["left"].set_visible(False)


def _draw_sites(ax: "Axes", locus: Locus) -> None:
    top = 1.0
    if locus.p is not None:
        place = np.arange(locus.start, locus.end) + 1
        for row, strand in ((0, 1), (1, -1)):
            ax.fill_between(place, strand * np.nan_to_num(locus.p[row]), step="mid", color=STRAND[strand], linewidth=0)
        top = max(0.1, 1.1 * float(np.nan_to_num(locus.p).max(initial=0)))
        ax.set_ylabel("P(site)")
        ax.yaxis.set_major_formatter(lambda y, _: f"{abs(y):.2g}")
        ax.locator_params(axis="y", nbins=5)
    else:
        ax.set_yticks([])
        ax.set_ylabel("sites", rotation=0, ha="right", va="center")
    ax.axhline(0, color=MUTED, linewidth=0.7)
    for sites, marks, colour, share in ((locus.sites, (">", "<"), INK, 1.0), (locus.calls, ("x", "x"), THIRD, 0.75)):
        if sites is None:
            continue
        for strand in (1, -1):
            mine = sites.position[sites.strand == strand] + 1
            if not len(mine):
                continue  # a line without points still takes room, at the figure's corner
            ax.plot(
                mine,
                np.full(len(mine), strand * top * share),
                marks[strand < 0],
                color=colour,
                markersize=6,
                clip_on=False,
                zorder=3,
            )
    ax.set_ylim(-1.15 * top, 1.15 * top)


def _draw_regions(ax: "Axes", locus: Locus, heads: list[str]) -> None:
    for (start, end, strand), head in zip(locus.region.tolist(), locus.head, strict=True):
        left, right = max(start, locus.start), min(end, locus.end)
        shift = -0.2 if strand > 0 else 0.2
        ax.barh(
            heads.index(head) + shift, right - left, left=left + 0.5, height=0.36, color=STRAND[strand], linewidth=0
        )
    ax.set_yticks(range(len(heads)), heads, fontsize=7)
    ax.set_ylim(len(heads) - 0.5, -0.5)
    ax.tick_params(axis="y", length=0)
