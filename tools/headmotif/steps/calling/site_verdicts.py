"""The verdict on each site of a list: a start, a start beside it, or no sign of one.

The rules are those that a reader would use, with one measure of chance: P that one position in twenty nearby reaches is
no sign. A -10 element counts if a random word is as good once in a hundred, because five words are tried.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...data import Contigs, Sites
from ..sequence.windows import flip
from .site_scores import REACH, Around, log_odds_gain
from .variant_effects import MIN_CHANGE

START, SHIFTED, WEAK, PROCESSED, NO_SIGN = "start", "shifted", "weak", "processed end?", "no sign"
VERDICTS = (START, SHIFTED, WEAK, PROCESSED, NO_SIGN)
CHANCE = 0.05
"""The share of positions nearby that may have as high a P."""
ELEMENT = CHANCE / 5
"""The largest p of a -10 element that counts; five words are tried for each site."""
TRANSCRIPT = 300
"""A site this near downstream of a start of the list lies in its transcript, in nt."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """What is known of each site, in columns (sites,).

    Attributes
    ----------
    around
        P at and around each site.
    p, best_p
        float64, the share of positions nearby with as high a P, and with as high a best P.
    words
        str, the bases at -1 and +1.
    steps
        bool, whether they are a pyrimidine and a purine.
    minus10
        str, the -10 element of the best position.
    minus10_p
        float64, its p; NaN where there is none.
    inside
        The gene of the site's strand that it lies in, "" for none.
    """

    around: Around
    p: np.ndarray
    best_p: np.ndarray
    words: Sequence[str]
    steps: np.ndarray
    minus10: Sequence[str]
    minus10_p: np.ndarray
    inside: Sequence[str]


def judge(known: Evidence, sites: Sites, contigs: Contigs) -> tuple[list[str], list[str]]:
    """Judge each site.

    Parameters
    ----------
    known
        What is known of the sites.
    sites
        The sites.
    contigs
        The contigs that they lie on.

    Returns
    -------
    tuple of list of str
        The verdicts, of `VERDICTS`, and their reasons.
    """
    offset = known.around.best_offset
    listed = _is_listed(sites, offset, contigs)
    moved = (offset != 0) & (known.best_p <= CHANCE) & (log_odds_gain(known.around) >= MIN_CHANGE) & ~listed
    high = known.p <= CHANCE
    has_element = known.minus10_p <= ELEMENT
    kind = np.where(moved, SHIFTED, np.where(high, START, np.where(known.steps | has_element, WEAK, NO_SIGN)))
    after = _find_start_before(sites, kind == START, contigs)
    inside = np.array([bool(name) for name in known.inside], bool)
    kind = np.where((kind == NO_SIGN) & (inside | (after > 0)), PROCESSED, kind)
    return kind.tolist(), [_explain(str(kind[row]), row, known, int(after[row])) for row in range(len(sites))]


def _explain(kind: str, row: int, known: Evidence, after: int) -> str:
    here, best = f"{known.around.here[row]:.4g}", f"{known.around.best[row]:.4g}"
    low = "P as nearby"
    if kind == START:
        return f"P {here}, which {100 * known.p[row]:.2g} % of the positions nearby reach"
    if kind == SHIFTED:
        return f"P {best} at {known.around.best_offset[row]:+d} nt, {here} here"
    if kind == WEAK:
        signs = [f"a -10 element ({known.minus10[row]})"] if known.minus10_p[row] <= ELEMENT else []
        signs += [f"{known.words[row]} at -1 and +1"] if known.steps[row] else []
        return f"{low}, but {' and '.join(signs)}"
    lacks = f"{low}, no -10 element, {known.words[row]} at -1 and +1"
    if kind == PROCESSED:
        where = f"inside {known.inside[row]}" if known.inside[row] else f"{after} nt downstream of a start"
        return f"{lacks}; {where}"
    return lacks


def _is_listed(sites: Sites, offset: np.ndarray, contigs: Contigs) -> np.ndarray:
    """Whether the position at each site's offset is a site of the list too, bool (sites,)."""
    length = contigs.lengths[sites.contig]
    place = sites.position + offset * sites.strand.astype(np.int64)
    place = np.where(contigs.circular[sites.contig], place % length, place)
    keys = [
        list(zip(sites.contig.tolist(), at.tolist(), sites.strand.tolist(), strict=True))
        for at in (sites.position, place)
    ]
    known = set(keys[0])
    return np.array([key in known for key in keys[1]], bool)


def _find_start_before(sites: Sites, is_start: np.ndarray, contigs: Contigs) -> np.ndarray:
    """The distance to the nearest start of the list upstream, int64 (sites,); 0 where there is none near.

    A start counts from `REACH` nt on: a nearer one may be the same.
    """
    far = np.zeros(len(sites), np.int64)
    place = flip(sites.position, sites.strand, contigs.lengths[sites.contig])
    for contig, strand in np.unique(np.stack([sites.contig, sites.strand]), axis=1).T.tolist():
        mine = np.flatnonzero((sites.contig == contig) & (sites.strand == strand))
        starts = np.sort(place[mine[is_start[mine]]])
        if contigs[contig].circular:
            starts = np.concatenate([starts - contigs[contig].length, starts])
        before = np.searchsorted(starts, place[mine] - REACH, side="left") - 1
        there = before >= 0
        gap = place[mine[there]] - starts[before[there]]
        far[mine[there]] = np.where(gap <= TRANSCRIPT, gap, 0)
    return far
