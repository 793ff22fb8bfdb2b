"""Logos of the page: the four letters are drawn once, and each logo only places and stretches them, so that hundreds
stay small."""

from collections.abc import Iterable

import numpy as np
from markupsafe import Markup, escape

from ...data import Motif
from ...formats.motifs.logo import information

COLUMN = 14
"""Width of a column in the units of a logo's picture; 2 bits are `TALL` of them."""
TALL = 44
LEAST = 0.01
"""Letters lower than so many bits are left out."""


def glyphs() -> Markup:
    """The outlines of A, C, G and T, each within a square of 1, upright, for `drawn` to refer to: once a page."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.path import Path
    from matplotlib.textpath import TextPath

    font = FontProperties(family="DejaVu Sans", weight="bold")
    parts = []
    for letter in "ACGT":
        path = TextPath((0, 0), letter, size=100, prop=font)
        low, high = path.vertices.min(axis=0), path.vertices.max(axis=0)
        codes = {Path.MOVETO: "M", Path.LINETO: "L", Path.CURVE3: "Q", Path.CURVE4: "C", Path.CLOSEPOLY: "Z"}
        words = []
        for vertices, code in path.iter_segments(simplify=False):
            points = (vertices.reshape(-1, 2) - low) / (high - low)
            points[:, 1] = 1 - points[:, 1]
            words.append(codes[code] + ("" if code == Path.CLOSEPOLY else " ".join(f"{x:.3g}" for x in points.ravel())))
        parts.append(f'<path id="glyph-{letter}" d="{"".join(words)}"/>')
    return Markup(f'<svg class="glyphs" aria-hidden="true" focusable="false"><defs>{"".join(parts)}</defs></svg>')


def drawn(motif: Motif, title: str, before: int = 0, after: int = 0, size: float = 1.0) -> Markup:
    """One logo. before, after: empty columns on either side, to stand under another one. size: of its picture."""
    heights = information(motif)
    left = 16
    width = left + COLUMN * (len(motif) + before + after)
    parts = [
        f'<svg class="logo" viewBox="0 0 {width} {TALL + 4}" width="{width * size:g}" height="{(TALL + 4) * size:g}" '
        'role="img">',
        f"<title>{escape(title)}</title>",
    ]
    parts.append(f'<text x="10" y="9" class="bits">2</text><text x="10" y="{TALL + 2}" class="bits">0</text>')
    parts.append(f'<path class="rule" d="M13 2V{TALL + 2}"/>')
    for column, row in enumerate(heights):
        parts += _column(left + COLUMN * (before + column), row)
    return Markup("".join([*parts, "</svg>"]))


def _column(x: int, heights: np.ndarray) -> Iterable[str]:
    """The letters of a column from the lowest up."""
    y = float(TALL + 2)
    for base in np.argsort(heights, kind="stable"):
        if (tall := heights[base] / 2 * TALL) / TALL * 2 >= LEAST:
            y -= tall
            letter = "ACGT"[base]
            yield (
                f'<use href="#glyph-{letter}" class="{letter}" '
                f'transform="matrix({COLUMN - 1} 0 0 {tall:.2f} {x} {y:.2f})"/>'
            )


def aligned(query: Motif, target: Motif, offset: int, reverse: bool, title: str) -> tuple[Markup, Markup]:
    """Query and target as two logos of one width that stand under each other as Tomtom shows them.

    offset: where in the target (in the orientation that matches) the query starts; negative: the target starts within
    the query.
    """
    if reverse:
        target = Motif(target.name, target.matrix[::-1, ::-1])
    start = min(0, offset)
    end = max(offset + len(query), len(target))
    mine = (offset - start, end - offset - len(query))
    theirs = (-start, end - len(target))
    return drawn(query, f"{title}: the head's motif", *mine), drawn(target, f"{title}: the known motif", *theirs)
