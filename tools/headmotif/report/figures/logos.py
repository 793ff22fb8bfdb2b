"""Logos of the page.

The four letters are drawn once. Each logo only places and stretches them, so that a page with hundreds of logos stays
small.
"""

from collections.abc import Iterable

import numpy as np
from markupsafe import Markup, escape

from ...data import Motif
from ...formats.motifs.logo import information
from .glyphs import OUTLINES

COLUMN = 14
"""Width of a column in units of the picture; 2 bits are `TALL` units high."""
TALL = 44
LEAST = 0.01
"""Least height of a letter that is drawn, in bits."""


def draw_glyphs() -> Markup:
    """Draw the outlines of A, C, G and T, each upright in a unit square, once a page for all logos.

    Returns
    -------
    Markup
        A hidden SVG whose outlines `draw_logo` refers to.
    """
    parts = [f'<path id="glyph-{letter}" d="{outline}"/>' for letter, outline in OUTLINES.items()]
    return Markup(f'<svg class="glyphs" aria-hidden="true" focusable="false"><defs>{"".join(parts)}</defs></svg>')


def draw_logo(motif: Motif, title: str, before: int = 0, after: int = 0, size: float = 1.0) -> Markup:
    """Draw a logo.

    Parameters
    ----------
    motif
        The motif.
    title
        What a screen reader says in place of the picture.
    before, after
        Empty columns on either side, which align the logo with another one.
    size
        Scale of the picture.

    Returns
    -------
    Markup
        The logo as SVG, heights in bits.
    """
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
    """Draw the letters of a column, the lowest first."""
    y = float(TALL + 2)
    for base in np.argsort(heights, kind="stable"):
        if (tall := heights[base] / 2 * TALL) / TALL * 2 >= LEAST:
            y -= tall
            letter = "ACGT"[base]
            yield (
                f'<use href="#glyph-{letter}" class="{letter}" '
                f'transform="matrix({COLUMN - 1} 0 0 {tall:.2f} {x} {y:.2f})"/>'
            )


def draw_aligned(query: Motif, target: Motif, offset: int, reverse: bool, title: str) -> tuple[Markup, Markup]:
    """Draw query and target as two aligned logos of the same width, as Tomtom shows them.

    Parameters
    ----------
    query
        Motif of a head.
    target
        Known motif.
    offset
        Column of the target, in the matching orientation, where the query starts; negative if the target starts within
        the query.
    reverse
        Whether the reverse complement of the target matches.
    title
        What a screen reader says in place of the pictures.

    Returns
    -------
    tuple
        The logos of query and target.
    """
    if reverse:
        target = Motif(target.name, target.matrix[::-1, ::-1])
    start = min(0, offset)
    end = max(offset + len(query), len(target))
    mine = (offset - start, end - offset - len(query))
    theirs = (-start, end - len(target))
    return draw_logo(query, f"{title}: the head's motif", *mine), draw_logo(
        target, f"{title}: the known motif", *theirs
    )
