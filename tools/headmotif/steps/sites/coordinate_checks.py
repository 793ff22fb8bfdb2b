"""Checks of coordinates, strands and genome version by the sequence around sites: do they lie where transcripts start?

Most bacterial promoters have a -10 element, TATAAT or nearly so, and transcripts begin with a purine after a
pyrimidine. A table loses both if its positions are off by one on a strand, or if it belongs to another version of the
genome. Nothing else reveals such a fault.

Measured on E. coli: a -10 element starts 14-10 nt upstream of 24 % of the sites of Cappable-seq, of 34 % of those of
SMRT-Cappable-seq, and of 2 % of all positions. Of either set's sites 58 % are a purine after a pyrimidine, and 25 % of
all positions are.
"""

import math
from dataclasses import dataclass

import numpy as np

from ...alphabet import A, C, G, N, T, reverse_complement
from ...data import Genome, Sites
from ..sequence.windows import Reads, flip, orient

BOX = np.array([T, A, T, A, A, T], np.uint8)
MISMATCHES = 1
STARTS = range(-14, -9)
"""Offsets at which the -10 element of most promoters starts, give or take a base or two."""
PEAK = (-13, -12)
"""Offsets at which it starts most often."""
PROFILE = range(-20, 0)
AROUND_START = range(-3, 4)
LARGEST_SHIFT = 10
AWAY = 50
"""Distance from a site at which its surroundings are alike, but its own -10 element is out of reach."""
REACH = AWAY + 32
"""Bases read on either side of a site."""


@dataclass(frozen=True, eq=False)
class Check:
    """What stands around some sites.

    Shares are shares of the sites, 0 to 1. An element counts if it starts at one of `STARTS`.

    Attributes
    ----------
    sites
        Number of sites.
    share
        Share with a -10 element.
    other
        Share that would have one on the other strand.
    upstream, downstream
        Share that would have one if the sites lay `AWAY` nt further upstream or downstream.
    background
        Share of all positions of both strands with a -10 element, counted exactly.
    profile
        float64 (20,), share with an element that starts at each of `PROFILE`.
    purine
        float64 (7,), share with a purine at each of `AROUND_START`.
    start_codon
        Share with an ATG, GTG or TTG that starts at most one base away.
    shift
        How far downstream of the true starts the sites lie, in nucleotides. None if no shift within `LARGEST_SHIFT` has
        more elements than chance.
    other_shift
        The same for the other strand.
    p
        Probability of as many elements at that shift by chance.
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
    """Measure the share of sites with a -10 element that starts 14-10 nt upstream.

    The element is TATAAT with at most one mismatch.

    Parameters
    ----------
    genome
        The sequence.
    sites
        The sites.

    Returns
    -------
    float
        0 to 1; NaN without sites.
    """
    return _share(_starts(cut_around(genome, sites)))


def minus10_background(genome: Genome) -> float:
    """Measure the share of all positions of both strands with a -10 element, exactly.

    Parameters
    ----------
    genome
        The sequence.

    Returns
    -------
    float
        0 to 1; NaN where no base is known.
    """
    hits = known = 0
    edge = -STARTS[0]
    for index in range(len(genome.contigs)):
        for strand in (1, -1):
            codes = orient(genome, index, strand, edge, 0)
            there = codes[edge:] != N
            hits += int((follow_minus10(codes)[edge:] & there).sum())
            known += int(there.sum())
    return hits / known if known else float("nan")


def follow_minus10(codes: np.ndarray) -> np.ndarray:
    """Find the positions of a strand with a -10 element that starts 14-10 nt upstream.

    Parameters
    ----------
    codes
        uint8 (length,), codes 0-4, 5' to 3'.

    Returns
    -------
    numpy.ndarray
        bool (length,); False where the strand begins later.
    """
    edge = -STARTS[0]
    count = np.concatenate([np.zeros(edge + 1, np.int64), np.cumsum(_starts(codes))])  # before each base, from -edge on
    place = np.arange(edge, edge + len(codes))
    return np.asarray(count[place + STARTS[-1] + 1] > count[place + STARTS[0]])


def cut_around(genome: Genome, sites: Sites, reach: int = REACH) -> np.ndarray:
    """Cut the sequence around each site.

    Parameters
    ----------
    genome
        The sequence.
    sites
        The sites.
    reach
        Bases on either side.

    Returns
    -------
    numpy.ndarray
        uint8 (sites, 2 reach + 1), codes 0-4, 5' to 3' on each site's strand, with the site in the middle. N beyond a
        linear contig.
    """
    reads = Reads(genome, reach, reach)
    return reads.cut(sites.contig, sites.strand, flip(sites.position, sites.strand, reads.lengths[sites.contig]), 1)


def check(genome: Genome, sites: Sites, background: float | None = None) -> Check:
    """Check the sequence around sites.

    Parameters
    ----------
    genome
        The sequence.
    sites
        The sites.
    background
        `minus10_background` of the genome, where it is known already.

    Returns
    -------
    Check
        Shares of the sites, and their shift.
    """
    background = minus10_background(genome) if background is None else background
    codes = cut_around(genome, sites)
    element, other = _starts(codes), _starts(reverse_complement(codes))
    middle = codes.shape[1] // 2
    shift, p = _shift(codes, element, background)
    return Check(
        len(sites),
        _share(element),
        _share(other),
        _share(element, -AWAY),
        _share(element, AWAY),
        background,
        np.array([_mean(element[:, middle + offset]) for offset in PROFILE]),
        np.array([_purines(codes[:, middle + offset]) for offset in AROUND_START]),
        _mean(np.any([_start_codon(codes[:, middle + i : middle + i + 3]) for i in (-1, 0, 1)], axis=0)),
        shift,
        _shift(reverse_complement(codes), other, background)[0],
        p,
    )


def _start_codon(codes: np.ndarray) -> np.ndarray:
    """Whether each of codes (sites, 3) is ATG, GTG or TTG, bool (sites,)."""
    return (codes[:, 0] != C) & (codes[:, 0] != N) & (codes[:, 1] == T) & (codes[:, 2] == G)


def find_with_element(genome: Genome, sites: Sites) -> np.ndarray:
    """Find the sites with a -10 element.

    Parameters
    ----------
    genome
        The sequence.
    sites
        The sites.

    Returns
    -------
    numpy.ndarray
        bool (sites,).
    """
    return _find_starting(_starts(cut_around(genome, sites)), STARTS)


def _shift(codes: np.ndarray, element: np.ndarray, background: float) -> tuple[int | None, float]:
    """How far downstream of the true starts the sites lie, and p of as many -10 elements there.

    None where they have no more elements than other positions. The peak of the elements gives the shift to a base or
    two. The step from a pyrimidine to a purine nearby gives it to the base, where there is one.
    """
    n, middle = len(element), element.shape[1] // 2
    if not n:
        return None, 1.0
    near = min(range(-LARGEST_SHIFT, LARGEST_SHIFT + 1), key=lambda k: (-_share(element, -k, PEAK), abs(k)))
    purine, known = (codes == A) | (codes == G), codes != N
    step = {
        k: int((purine[:, middle - k] & known[:, middle - k - 1] & ~purine[:, middle - k - 1]).sum())
        for k in _list_shifts(near)
    }
    sharp = min(step, key=lambda k: (-step[k], abs(k - near)))
    if step[sharp] - n / 4 > 4 * math.sqrt(n * 3 / 16):
        near = sharp
    elif 0 in step:
        near = 0  # the position of the element differs by a base or two between organisms
    if 0 in step and step[near] - step[0] < 3 * math.sqrt(step[near] + step[0]):
        near = 0
    usual = max(background, _share(element, -AWAY - near), _share(element, AWAY - near))
    share = _share(element, -near)
    p = upper_tail(round(share * n), n, usual)
    return (near if p < 1e-6 and share > (3 if near else 2) * usual else None), p


def _list_shifts(shift: int) -> range:
    return range(shift - 2, shift + 3)


def upper_tail(hits: int, n: int, rate: float) -> float:
    """Compute the probability of at least `hits` hits in `n` trials, the upper tail of the binomial distribution.

    It is exact to about nine digits.

    Parameters
    ----------
    hits
        Number of hits.
    n
        Number of trials.
    rate
        Probability of a hit in one trial.

    Returns
    -------
    float
        0 to 1.
    """
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
    """Where a -10 element starts, bool of the shape of codes (..., length); N matches nothing."""
    width = codes.shape[-1] - len(BOX) + 1
    wrong = np.zeros((*codes.shape[:-1], max(width, 0)), np.int8)
    for i, letter in enumerate(BOX):
        wrong += codes[..., i : i + max(width, 0)] != letter
    found = np.zeros(codes.shape, bool)
    found[..., : max(width, 0)] = wrong <= MISMATCHES
    return found


def _find_starting(element: np.ndarray, starts: range | tuple[int, ...], moved: int = 0) -> np.ndarray:
    """Whether an element starts at one of these offsets from the middle, all moved downstream, bool (sites,)."""
    middle = element.shape[1] // 2
    return np.asarray(element[:, [middle + moved + offset for offset in starts]].any(axis=1))


def _share(element: np.ndarray, moved: int = 0, starts: range | tuple[int, ...] = STARTS) -> float:
    return _mean(_find_starting(element, starts, moved))


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _purines(codes: np.ndarray) -> float:
    known = codes[codes != N]
    return _mean((known == A) | (known == G))
