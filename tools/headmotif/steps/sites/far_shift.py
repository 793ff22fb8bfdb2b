"""Sites that all lie the same long way from their starts, found by the signs of starts there.

A table of another version of the genome, or of another end of a feature, has its sites hundreds of nucleotides away.
Then purines after a pyrimidine, and -10 elements before them, are no more frequent at the sites than elsewhere, but
they are at that distance from them, and at no other.
"""

from dataclasses import dataclass

import numpy as np

from ...data import Contig, Genome, Sites
from ..sequence.windows import flip, orient
from .coordinate_checks import STARTS, follow_minus10
from .start_signs import find_steps

NEAREST, FARTHEST = 61, 1000
"""Distances that are searched. Nearer than this, the elements of the promoter itself have frequent bases."""
LEAST_Z = 5.5
"""Standard deviations that the best distance stands out by: once in ten thousand lists, with all distances tried."""
AROUND = 20
"""Positions this near to a site of the list are no sign that another one is displaced."""
AT_ONCE = 2000
"""Sites whose surroundings are read together."""


@dataclass(frozen=True)
class FarShift:
    """Sites that lie far from their starts.

    Attributes
    ----------
    shift
        How far the sites lie downstream of their starts, in nt; negative upstream. With `by_coordinate`, how much too
        high their positions are.
    by_coordinate
        Whether both strands are off in the same direction of the contig.
    share
        The share of the sites that are displaced in this way, of all that show the first bases of a start, 0 to 1.
    """

    shift: int
    by_coordinate: bool
    share: float

    @property
    def words(self) -> str:
        """Where the sites lie."""
        many = f"about {100 * self.share:.0f} % of the sites"
        if self.by_coordinate:
            return f"the positions of {many} seem {abs(self.shift):,} nt too {'high' if self.shift > 0 else 'low'}"
        side = "downstream" if self.shift > 0 else "upstream"
        return f"{many} seem to lie {abs(self.shift):,} nt {side} of where they should"


def find(genome: Genome, sites: Sites) -> FarShift | None:
    """Find a distance at which many sites have their starts.

    Parameters
    ----------
    genome
        The sequence.
    sites
        The sites.

    Returns
    -------
    FarShift or None
        The distance that stands out most; None if none does.
    """
    here, plus, minus = _add_up(genome, sites)
    offsets = np.arange(-FARTHEST, FARTHEST + 1)
    far = np.abs(offsets) >= NEAREST
    best: tuple[float, FarShift] | None = None
    for by_coordinate, count in ((False, plus + minus), (True, plus + minus[::-1])):
        usual = float(np.median(count[far]))
        spread = max(1.4826 * float(np.median(np.abs(count[far] - usual))), 1.0)
        excess = np.where(far, count - usual, 0.0)
        at = int(np.argmax(excess))
        z = float(excess[at]) / spread
        if z >= LEAST_Z and (best is None or z > best[0]):
            share = float(excess[at] / (excess[at] + max(here - usual, 0.0)))
            best = z, FarShift(-int(offsets[at]), by_coordinate, share)
    return best[1] if best else None


def _add_up(genome: Genome, sites: Sites) -> tuple[float, np.ndarray, np.ndarray]:
    """The signs of a start at the sites, and for each strand at each offset from its sites, counted.

    A purine after a pyrimidine is one, and a -10 element 14-10 nt upstream is another.

    At an offset, a position at or around a site of the list counts as any other: it is no sign of a displaced one.
    Each count is float64 (2 FARTHEST + 1,).
    """
    here, sums = 0.0, {one: np.zeros(2 * FARTHEST + 1) for one in (1, -1)}
    steps = np.arange(2 * FARTHEST + 1)
    for contig, strand in np.unique(np.stack([sites.contig, sites.strand]), axis=1).T.tolist():
        mine = sites.take((sites.contig == contig) & (sites.strand == strand))
        place = flip(mine.position, mine.strand, genome.contigs.lengths[mine.contig])
        codes = orient(genome, contig, strand, FARTHEST - STARTS[0], FARTHEST)
        sign = np.r_[False, find_steps(codes[:-1], codes[1:])].astype(np.float32)
        sign = (sign + follow_minus10(codes))[-STARTS[0] :]  # by oriented position + FARTHEST
        here += float(sign[place + FARTHEST].sum(dtype=np.float64))
        sign[_find_around(place + FARTHEST, len(sign), genome.contigs[contig])] = sign.mean()
        for first in range(0, len(place), AT_ONCE):
            sums[strand] += sign[place[first : first + AT_ONCE, None] + steps].sum(axis=0, dtype=np.float64)
    return here, sums[1], sums[-1]


def _find_around(listed: np.ndarray, length: int, contig: Contig) -> np.ndarray:
    """Find what is at most `AROUND` nt from a listed position, bool (length,).

    listed: positions in an array that reads FARTHEST bases beyond either end of the contig.
    """
    turns = [-contig.length, 0, contig.length] if contig.circular else [0]
    places = np.concatenate([listed + turn for turn in turns])
    edge = np.zeros(length + 1, np.int64)
    np.add.at(edge, np.clip(places - AROUND, 0, length), 1)
    np.add.at(edge, np.clip(places + AROUND + 1, 0, length), -1)
    return np.asarray(np.cumsum(edge[:-1]) > 0)
