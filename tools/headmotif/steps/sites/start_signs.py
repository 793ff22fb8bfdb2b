"""Two signs of a start in the sequence, and positions near the sites to compare with.

The first sign is in the first bases: transcripts begin with a purine after a pyrimidine. The second lies upstream: the
word that is most like a -10 element and starts 14 to 10 nt before the site. The two do not share a base.
"""

import numpy as np

from ...alphabet import A, C, G, N, T
from ...data import Genome, Sites
from ..promoters.frequencies import MINUS_10, hexamer
from ..sequence.region_windows import composition
from .coordinate_checks import STARTS, cut_around
from .matching import NONE, find_nearest

NEAR, FAR = 150, 1000
"""Positions to compare with lie this far from a site of the list, in nt: so they have its composition and its genes."""
APART = 100
"""And they are further than this from every site on their strand, in nt."""
FEWEST_NEARBY, MOST_NEARBY = 2000, 5000
"""Positions to compare a list with, at least and at most."""
TRIES = 8
"""Positions that are drawn for each one that is wanted: some lie too near to a site, on an N or off the contig."""
EDGE = -STARTS[0]
"""Bases before a site that the signs are read from."""


def draw_nearby(genome: Genome, sites: Sites, number: int, seed: int = 1) -> Sites:
    """Draw positions near the sites, on their strands, that are no sites of the list.

    Parameters
    ----------
    genome
        The sequence.
    sites
        The sites.
    number
        Number of positions wanted.
    seed
        Seed of the random numbers.

    Returns
    -------
    Sites
        At most `number` positions without strength, `NEAR` to `FAR` nt from a site and more than `APART` nt from every
        one; fewer where the sites leave little room.
    """
    rng = np.random.default_rng([seed, 31])
    if not len(sites):
        return sites
    sites = sites.take(np.lexsort((sites.strand, sites.position, sites.contig)))  # whatever the order of the list
    row = rng.integers(0, len(sites), TRIES * number)
    moved = rng.integers(NEAR, FAR, len(row)) * rng.choice(np.array([-1, 1]), len(row))
    contig, strand = sites.contig[row], sites.strand[row]
    length = genome.contigs.lengths[contig]
    place = sites.position[row] + moved
    inside = genome.contigs.circular[contig] | ((place >= 0) & (place < length))
    place %= length
    inside &= genome.base[genome.contigs.place(contig, place)] != N
    drawn = Sites(contig, place, strand, np.full(len(row), np.nan, np.float32)).take(inside)
    far, _ = find_nearest(drawn, sites, genome.contigs)
    return drawn.take(np.flatnonzero((far == NONE) | (np.abs(far) > APART))[:number])


def rate_first_bases(genome: Genome, sites: Sites) -> np.ndarray:
    """Rate the bases at -1 and +1 of each site.

    Parameters
    ----------
    genome
        The sequence.
    sites
        The sites.

    Returns
    -------
    numpy.ndarray
        float64 (sites,): 1 for a purine after a pyrimidine, 0.5 for another purine at +1, 0 for none.
    """
    before, first, _ = cut_around(genome, sites, 1).T
    return rate_bases(before, first)


def rate_bases(before: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Rate pairs of neighbouring bases as -1 and +1.

    Parameters
    ----------
    before, first
        uint8 of one shape, codes 0-4 of the bases at -1 and at +1.

    Returns
    -------
    numpy.ndarray
        float64 of that shape, as from `rate_first_bases`.

    Examples
    --------
    >>> rate_bases(np.array([T, A, A], np.uint8), np.array([A, A, C], np.uint8)).tolist()
    [1.0, 0.5, 0.0]
    """
    purine = (first == A) | (first == G)
    step = find_steps(before, first)
    return np.asarray(np.where(step, 1.0, np.where(purine, 0.5, 0.0)))


def find_steps(before: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Find the pairs of a pyrimidine and a purine.

    Parameters
    ----------
    before, first
        As for `rate_bases`.

    Returns
    -------
    numpy.ndarray
        bool of that shape.
    """
    return np.asarray(((before == C) | (before == T)) & ((first == A) | (first == G)))


def score_minus10(genome: Genome, sites: Sites) -> np.ndarray:
    """Score the word that is most like a -10 element and starts at one of `coordinate_checks.STARTS`.

    Parameters
    ----------
    genome
        The sequence; its composition is the background.
    sites
        The sites.

    Returns
    -------
    numpy.ndarray
        float64 (sites,), log-odds in bits. An N scores like a letter of the background.
    """
    scores = np.zeros((len(MINUS_10), N + 1))
    scores[:, :N] = np.log2(hexamer(MINUS_10) / np.maximum(composition(genome), 1e-3))
    codes = cut_around(genome, sites, EDGE)
    columns = np.arange(len(MINUS_10))
    words = [scores[columns, codes[:, EDGE + start + columns]].sum(axis=1) for start in STARTS]
    return np.max(words, axis=0)


def count_nearby(sites: Sites) -> int:
    """Count the positions that a list is to be compared with.

    Parameters
    ----------
    sites
        The sites of the list.

    Returns
    -------
    int
        As many as there are sites, within limits.
    """
    return min(max(len(sites), FEWEST_NEARBY), MOST_NEARBY)
