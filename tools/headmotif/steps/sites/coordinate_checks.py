"""Do sites lie where transcripts start? What the sequence around them says of coordinates, strands and the version of
the genome.

Most bacterial promoters have a -10 box, TATAAT or nearly so, and transcripts begin with a purine behind a pyrimidine. A
table whose positions are off by one on a strand, or that belongs to another version of the genome, loses both, and
nothing else tells it. Measured on E. coli: a -10-like box starts 14-10 nt upstream of 24 % of the sites of Cappable-seq
and of 34 % of SMRT-Cappable-seq's, of 2 % of all positions; 58 % of either set's sites are a purine behind a
pyrimidine, 25 % of all positions.
"""

import math
from dataclasses import dataclass

import numpy as np

from ...alphabet import A, C, G, N, T, reverse_complement
from ...data import Genome, Sites
from ..sequence.windows import Reads, flip, oriented

BOX = np.array([T, A, T, A, A, T], np.uint8)
MISMATCHES = 1
STARTS = range(-14, -9)
"""Where the box starts, from the site: the -10 box of most promoters, give or take a base or two."""
PEAK = (-13, -12)
"""Where it starts most often."""
PROFILE = range(-20, 0)
AROUND_START = range(-3, 4)
LARGEST_SHIFT = 10
AWAY = 50
"""So far from a site its surroundings are the same, and there is no box of its own."""
REACH = AWAY + 32
"""Bases on either side that are read."""


@dataclass(frozen=True, eq=False)
class Check:
    """What stands around some sites. Shares are of the sites; a box counts where it starts at one of `STARTS`.

    sites: how many. share: with a box; other: with one if they were on the other strand; upstream, downstream: with one
    if they lay `AWAY` nt further; background: of all positions of both strands, exactly. profile: float64 (20,), with a
    box that starts at each of `PROFILE`. purine: float64 (7,), with a purine at each of `AROUND_START`. start_codon:
    with ATG, GTG or TTG, begun at most one base away. shift: how far downstream of the true starts the sites lie (None:
    no box is more frequent than chance has it within `LARGEST_SHIFT`); other_shift: the same if they were on the other
    strand. p: of as many boxes as at that shift, by chance.
    """

    sites: int
    share: float
    other: float
    upstream: float
    downstream: float
    background: float
    profile: np.ndarray
    purine: np.ndarray
    start_codon: float
    shift: int | None
    other_shift: int | None
    p: float


def minus10_share(genome: Genome, sites: Sites) -> float:
    """The share of the sites with a -10-like box, TATAAT with at most one mismatch, that starts 14-10 nt upstream; NaN
    without sites."""
    return _share(_starts(around(genome, sites)))


def minus10_background(genome: Genome) -> float:
    """The same share over all positions of both strands, exactly; NaN where no base is known."""
    hits = known = 0
    edge = -STARTS[0]
    for index in range(len(genome.contigs)):
        for strand in (1, -1):
            codes = oriented(genome, index, strand, edge, edge)
            count = np.concatenate([[0], np.cumsum(_starts(codes))])
            place = np.arange(edge, len(codes) - edge)
            some = count[place + STARTS[-1] + 1] > count[place + STARTS[0]]
            hits += int((some & (codes[place] != N)).sum())
            known += int((codes[place] != N).sum())
    return hits / known if known else float("nan")


def around(genome: Genome, sites: Sites, reach: int = REACH) -> np.ndarray:
    """Codes uint8 (sites, 2 reach + 1), 5' to 3' on each site's strand, the site in the middle; N off a linear
    contig."""
    reads = Reads(genome, reach, reach)
    return reads.cut(sites.contig, sites.strand, flip(sites.position, sites.strand, reads.lengths[sites.contig]), 1)


def check(genome: Genome, sites: Sites, background: float | None = None) -> Check:
    """Look around the sites; background: `minus10_background` of the genome, where it is known already."""
    background = minus10_background(genome) if background is None else background
    codes = around(genome, sites)
    box, other = _starts(codes), _starts(reverse_complement(codes))
    middle = codes.shape[1] // 2
    shift, p = _shift(codes, box, background)
    return Check(
        len(sites),
        _share(box),
        _share(other),
        _share(box, -AWAY),
        _share(box, AWAY),
        background,
        np.array([_mean(box[:, middle + offset]) for offset in PROFILE]),
        np.array([_purines(codes[:, middle + offset]) for offset in AROUND_START]),
        _mean(np.any([_start_codon(codes[:, middle + i : middle + i + 3]) for i in (-1, 0, 1)], axis=0)),
        shift,
        _shift(reverse_complement(codes), other, background)[0],
        p,
    )


def _start_codon(codes: np.ndarray) -> np.ndarray:
    """bool (sites,), of codes (sites, 3)."""
    return (codes[:, 0] != C) & (codes[:, 0] != N) & (codes[:, 1] == T) & (codes[:, 2] == G)


def with_box(genome: Genome, sites: Sites) -> np.ndarray:
    """bool (sites,): which of the sites have a box."""
    return _with(_starts(around(genome, sites)), STARTS)


def _shift(codes: np.ndarray, box: np.ndarray, background: float) -> tuple[int | None, float]:
    """How far downstream of the true starts the sites lie, None where they have no more boxes than others; p of so many
    boxes there.

    The boxes' peak says it to a base or two; the step from a pyrimidine to a purine nearby then to the base, where
    there is one.
    """
    n, middle = len(box), box.shape[1] // 2
    if not n:
        return None, 1.0
    near = min(range(-LARGEST_SHIFT, LARGEST_SHIFT + 1), key=lambda k: (-_share(box, -k, PEAK), abs(k)))
    purine, known = (codes == A) | (codes == G), codes != N
    step = {
        k: int((purine[:, middle - k] & known[:, middle - k - 1] & ~purine[:, middle - k - 1]).sum())
        for k in _about(near)
    }
    sharp = min(step, key=lambda k: (-step[k], abs(k - near)))
    if step[sharp] - n / 4 > 4 * math.sqrt(n * 3 / 16):
        near = sharp
    elif 0 in step:
        near = 0  # where the box lies differs by a base or two between organisms
    if 0 in step and step[near] - step[0] < 3 * math.sqrt(step[near] + step[0]):
        near = 0
    usual = max(background, _share(box, -AWAY - near), _share(box, AWAY - near))
    share = _share(box, -near)
    p = upper_tail(round(share * n), n, usual)
    return (near if p < 1e-6 and share > (3 if near else 2) * usual else None), p


def _about(shift: int) -> range:
    return range(shift - 2, shift + 3)


def upper_tail(hits: int, n: int, rate: float) -> float:
    """The probability of so many hits or more in n throws at this rate: the binomial's, to about nine digits."""
    if hits <= 0 or rate >= 1:
        return 1.0
    if rate <= 0:
        return 0.0
    term = math.lgamma(n + 1) - math.lgamma(hits + 1) - math.lgamma(n - hits + 1)
    term += hits * math.log(rate) + (n - hits) * math.log1p(-rate)
    more = np.arange(hits, n)
    ratio = np.log(np.maximum(n - more, 1) / (more + 1)) + math.log(rate) - math.log1p(-rate)
    logs = term + np.concatenate([[0.0], np.cumsum(ratio)])
    return float(min(1.0, np.exp(logs).sum()))


def _starts(codes: np.ndarray) -> np.ndarray:
    """bool, the shape of codes (..., length): where a box starts; N matches nothing."""
    width = codes.shape[-1] - len(BOX) + 1
    wrong = np.zeros((*codes.shape[:-1], max(width, 0)), np.int8)
    for i, letter in enumerate(BOX):
        wrong += codes[..., i : i + max(width, 0)] != letter
    found = np.zeros(codes.shape, bool)
    found[..., : max(width, 0)] = wrong <= MISMATCHES
    return found


def _with(box: np.ndarray, starts: range | tuple[int, ...], moved: int = 0) -> np.ndarray:
    """bool (sites,): a box starts at one of these offsets from the middle, all moved downstream by so much."""
    middle = box.shape[1] // 2
    return np.asarray(box[:, [middle + moved + offset for offset in starts]].any(axis=1))


def _share(box: np.ndarray, moved: int = 0, starts: range | tuple[int, ...] = STARTS) -> float:
    return _mean(_with(box, starts, moved))


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _purines(codes: np.ndarray) -> float:
    known = codes[codes != N]
    return _mean((known == A) | (known == G))
