"""P at and around given sites, and how often positions nearby have as high a P."""

from dataclasses import dataclass

import numpy as np

from ...alphabet import A, C
from ...data import Genome, Sites
from ..network import mutants, screened
from ..network.annotate import logit
from ..network.device import Compute
from ..network.protocol import Network
from ..sites import start_share, start_signs
from ..sites.coordinate_checks import cut_around
from ..sites.start_share import StartShare
from . import rounding

REACH = 5
"""A start is looked for this many nucleotides to either side of a site."""
OFFSETS = np.arange(-REACH, REACH + 1)
BASES = 1_000_000
"""Bases of all windows that are read once more with the same first bases: of more sites, some stand for all."""


@dataclass(frozen=True, eq=False)
class Around:
    """P around sites, in columns of one row for each site.

    Attributes
    ----------
    p
        float32 (sites, 11), P at each of `OFFSETS` on the site's strand, rounded as in all tables; NaN where a base is
        unknown or lies off the contig.
    """

    p: np.ndarray

    @property
    def here(self) -> np.ndarray:
        """P at the site, float32 (sites,)."""
        return self.p[:, REACH]

    @property
    def best_offset(self) -> np.ndarray:
        """The offset of the highest P, int64 (sites,): of equal ones the nearest, of equally near ones upstream."""
        order = np.argsort(np.abs(OFFSETS), kind="stable")
        known = np.nan_to_num(self.p[:, order], nan=-1.0)
        return np.asarray(OFFSETS[order][known.argmax(axis=1)])

    @property
    def best(self) -> np.ndarray:
        """The highest P, float32 (sites,)."""
        return np.asarray(self.p[np.arange(len(self.p)), self.best_offset + REACH])


def share_as_high(values: np.ndarray, nearby: np.ndarray) -> np.ndarray:
    """Compute the share of nearby positions whose P is as high, the position itself counted as one of them.

    Parameters
    ----------
    values
        float (sites,).
    nearby
        float (positions,).

    Returns
    -------
    numpy.ndarray
        float64 (sites,), above 0 to 1; 1 where a value is NaN.
    """
    known = np.sort(nearby[~np.isnan(nearby)])
    higher = len(known) - np.searchsorted(known, values, side="left")
    return np.where(np.isnan(values), 1.0, (higher + 1) / (len(known) + 1))


class Scorer:
    """A model's P at the sites of a genome.

    Parameters
    ----------
    net
        The network of the model.
    label
        Number of the label.
    genome
        The genome.
    where
        Device and precision.
    """

    def __init__(self, net: Network, label: int, genome: Genome, where: Compute):
        self.net, self.label, self.genome, self.where = net, label, genome, where

    def read_around(self, sites: Sites, other: bool = False) -> Around:
        """Compute P around sites.

        Parameters
        ----------
        sites
            The sites.
        other
            Whether P is that of the other strand, at the same positions.

        Returns
        -------
        Around
            P by the offsets of each site's own strand.
        """
        genome, contigs = self.genome, self.genome.contigs
        length = contigs.lengths[sites.contig][:, None]
        place = sites.position[:, None] + OFFSETS * sites.strand[:, None].astype(np.int64)
        there = contigs.circular[sites.contig][:, None] | ((place >= 0) & (place < length))
        joined = contigs.place(sites.contig[:, None], place % length)
        row = np.broadcast_to(((sites.strand < 0) != other).astype(np.int64)[:, None], joined.shape)
        wanted = np.zeros((2, len(genome.base)), bool)
        wanted[row[there], joined[there]] = True
        p = screened.annotate_some(self.net, genome, self.where, wanted)[self.label]
        found = np.where(there, p[row, joined], np.nan).astype(np.float32)
        return Around(rounding.round_digits(found.ravel()).reshape(found.shape))

    def estimate_starts(self, sites: Sites, near: Sites) -> StartShare:
        """Estimate the share of sites that behave like starts, from P and from their first bases.

        P is computed with the first bases of all positions made C and A, so that the two signs are independent.

        Parameters
        ----------
        sites
            The sites.
        near
            Positions near the sites.

        Returns
        -------
        StartShare
            The share with its interval.
        """
        most = max(BASES // (self.net.before + 1 + self.net.after), 1)
        some = [one.take(spread(len(one), most)) for one in (sites, near)]
        upstream = [self._score_without_first_bases(one) for one in some]
        first = [start_signs.rate_first_bases(self.genome, one) for one in some]
        return start_share.estimate(upstream[0], first[0], upstream[1], first[1])

    def _score_without_first_bases(self, sites: Sites) -> np.ndarray:
        """The logit of each site if its first bases were C and A, float64 (sites,)."""
        before, after = self.net.before, self.net.after
        side = max(before, after, 1)
        windows = cut_around(self.genome, sites, side)
        windows[:, side - 1 : side + 1] = C, A
        return mutants.logits(self.net, windows[:, side - before : side + after + 1], self.label, self.where)


def spread(number: int, most: int) -> np.ndarray:
    """Choose rows that are evenly spread.

    Parameters
    ----------
    number
        Number of rows to choose from.
    most
        Number of rows wanted; all where there are fewer.

    Returns
    -------
    numpy.ndarray
        int64, indices of the rows, ascending.
    """
    return np.unique(np.linspace(0, number - 1, min(number, most)).round().astype(np.int64))


def log_odds_gain(around: Around) -> np.ndarray:
    """Compute how much higher the logit of the best P is than that of the site's own.

    Parameters
    ----------
    around
        P around the sites.

    Returns
    -------
    numpy.ndarray
        float64 (sites,); NaN where P at the site is.
    """
    return np.asarray(logit(around.best) - logit(around.here))
