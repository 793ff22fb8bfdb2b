"""The figure of a locus: genes, known and predicted sites, P on both strands, and the regions of the heads."""

from collections.abc import Iterator, Sequence

import numpy as np

from ...data import make_sort_key
from ...data.locus import Locus
from .palette import BACKGROUND, INK, SITES, THIRD
from .plot import DOTTED, Area, Axis, Bars, Line, Mark, Note, Panel, Plot, Rule

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


def draw_track(locus: Locus) -> Plot:
    """Draw the figure; parts that the locus does not have are left out.

    Parameters
    ----------
    locus
        The locus.

    Returns
    -------
    Plot
        The figure.
    """
    heads = list(dict.fromkeys(sorted(locus.head, key=make_sort_key)))
    x = Axis(locus.start + 0.5, locus.end + 0.5, "position (nt, 1-based)", form=lambda place: f"{place:,.0f}")
    strand = [STRAND[int(strand)] for strand in locus.sites.strand]
    rules = [
        Rule(place, colour=colour, dashes=DOTTED)
        for place, colour in zip((locus.sites.position + 1).tolist(), strand, strict=True)
    ]
    parts = [(_list_genes(locus), _GENES, 0.9)] if locus.genes is not None else []
    parts.append((_list_sites(locus), _make_site_axis(locus), 1.6 if locus.p is not None else 0.8))
    if heads:
        rows = Axis(len(heads) - 0.5, -0.5, ticks=list(enumerate(heads)), size=7, bare=True)
        parts.append((_list_regions(locus, heads), rows, 0.4 + 0.16 * len(heads)))
    panels = [Panel(x, y, [*rules, *marks], share=height) for marks, y, height in parts]
    return Plot(9.2, sum(height for _, _, height in parts) + 0.6, panels)


_GENES = Axis(-1.3, 1, "genes", (), line=False, level=True)


def _list_genes(locus: Locus) -> Iterator[Mark]:
    """An arrow for each gene, with its name below."""
    genes = locus.genes
    if genes is None:
        return
    columns = (genes.start.tolist(), genes.end.tolist(), genes.strand.tolist(), genes.name)
    for start, end, strand, name in zip(*columns, strict=True):
        left, right = max(start, locus.start) + 0.5, min(end, locus.end) + 0.5
        y = 0.5 * strand
        tail, head = (left, right) if strand > 0 else (right, left)
        whole = locus.start <= (end if strand > 0 else start) <= locus.end  # a gene that goes on has no point here
        neck = head - strand * min(right - left, 0.015 * (locus.end - locus.start)) if whole else head
        corners = np.array([(tail, 0.2), (neck, 0.2), (head, 0), (neck, -0.2), (tail, -0.2)])
        yield Area(corners[:, 0], y + corners[:, 1], STRAND[strand])
        yield Note((left + right) / 2, y - 0.28, name, 7, below=True, italic=True)


def _find_top(locus: Locus) -> float:
    """Height of the triangles: somewhat above the highest P."""
    return 1.0 if locus.p is None else max(0.1, 1.1 * float(np.nan_to_num(locus.p).max(initial=0)))


def _make_site_axis(locus: Locus) -> Axis:
    """P rises on the + strand and hangs on the - strand."""
    end = 1.15 * _find_top(locus)
    if locus.p is None:
        return Axis(-end, end, "sites", (), level=True)
    return Axis(-end, end, "P(site)", form=lambda y: f"{abs(y):.2g}", most=5)


def _list_sites(locus: Locus) -> Iterator[Mark]:
    """P as an area for each strand, known sites as triangles and calls as crosses."""
    if locus.p is not None:
        edges = np.repeat(np.arange(locus.start, locus.end + 1) + 0.5, 2)
        for row, strand in enumerate(STRAND):
            heights = strand * np.repeat(np.nan_to_num(locus.p[row]), 2)
            yield Area(edges, np.concatenate([[0.0], heights, [0.0]]), STRAND[strand])
    yield Rule(0, False)
    top = _find_top(locus)
    for sites, markers, colour, share in ((locus.sites, "><", INK, 1.0), (locus.calls, "xx", THIRD, 0.75)):
        for strand, marker in zip(STRAND, markers, strict=True):
            if sites is not None and (sites.strand == strand).any():
                place = sites.position[sites.strand == strand] + 1
                height = np.full(len(place), strand * top * share)
                yield Line(place, height, colour, 0, marker=marker, size=6, spill=True)


def _list_regions(locus: Locus, heads: Sequence[str]) -> Iterator[Mark]:
    """The regions of each head in its row, those of the + strand above."""
    row = {head: float(i) for i, head in enumerate(heads)}
    place = np.array([row[head] for head in locus.head])
    start, end, strand = locus.region.T
    left, right = np.maximum(start, locus.start) + 0.5, np.minimum(end, locus.end) + 0.5
    middle = place - 0.2 * strand
    for sign, colour in STRAND.items():
        mine = strand == sign
        yield Bars(left[mine], right[mine], middle[mine] - 0.18, middle[mine] + 0.18, colour)
