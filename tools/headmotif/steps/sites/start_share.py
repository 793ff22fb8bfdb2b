"""The share of a list's sites that behave like starts, from two signs that do not share a base.

No species has to be known for it. Let a share s of the sites be starts, and the others like any position nearby. Let
the first sign be larger by a at starts, and the second by b. Then the mean of the first sign over all sites is larger
by s a than nearby, that of the second by s b, and that of their product by s a b, as long as the signs are independent
within the starts and within the other positions. So

    s = (s a) (s b) / (s a b),

the estimate of a population from two samples and the number that both caught (Lincoln and Petersen). How strong a sign
is in this species cancels. Where strong promoters have both signs more often than weak ones, the estimate is too low.

The interval is that of the posterior distribution; all shares and strengths of the signs are equally likely before.
The three means have a normal distribution, whose covariance comes from the sites and from the positions nearby.
"""

from dataclasses import dataclass

import numpy as np

SHARES, SIDES = 400, 41
"""Points of the grid: shares, and values of each of the two means."""
WIDE = 5.0
"""Standard deviations to either side of a mean that the grid covers."""
QUANTILES = (0.025, 0.5, 0.975)
MOST = 0.6
"""Fewer starts than this share of a list are a reason to doubt it. The maps of 21 genomes have 0.66 or more."""
SURE = 0.95
"""The probability of fewer starts than `MOST` from which a list is doubted."""


@dataclass(frozen=True)
class StartShare:
    """The share of the sites that behave like starts, 0 to 1; NaN where it cannot be estimated.

    Attributes
    ----------
    share
        The median of its distribution.
    low, high
        The interval that holds it with a probability of 95 %.
    too_few
        The probability that it is below `MOST`.
    """

    share: float
    low: float
    high: float
    too_few: float

    @property
    def is_doubtful(self) -> bool:
        """Whether fewer than `MOST` of the sites are starts, with a probability of `SURE` or more."""
        return self.too_few >= SURE

    @property
    def words(self) -> str:
        """The share with its interval."""
        return f"{100 * self.share:.0f} % ({100 * self.low:.0f} to {100 * self.high:.0f} %)"


UNKNOWN = StartShare(*(float("nan"),) * 4)


def rank_among(values: np.ndarray, nearby: np.ndarray) -> np.ndarray:
    """Compute the share of nearby positions with a smaller value.

    Parameters
    ----------
    values
        float (sites,).
    nearby
        float (positions,), one or more.

    Returns
    -------
    numpy.ndarray
        float64 (sites,), 0 to 1; equal values count half.
    """
    known = np.sort(nearby)
    below, up_to = (np.searchsorted(known, values, side=side) for side in ("left", "right"))
    return (below + up_to) / (2 * len(known))


def estimate(upstream: np.ndarray, first: np.ndarray, upstream_near: np.ndarray, first_near: np.ndarray) -> StartShare:
    """Estimate the share of the sites that behave like starts.

    Parameters
    ----------
    upstream
        float (sites,), the sign upstream, on any scale: only its rank among the nearby positions counts.
    first
        float (sites,), the sign in the first bases, 0 to 1.
    upstream_near, first_near
        The same of the nearby positions, float (positions,).

    Returns
    -------
    StartShare
        The share with its interval; NaN with fewer than two sites or positions.
    """
    if len(upstream) < 2 or len(upstream_near) < 2:
        return UNKNOWN
    usual = float(first_near.mean())
    sites = _three_signs(rank_among(upstream, upstream_near) - 0.5, first - usual)
    near = _three_signs(rank_among(upstream_near, upstream_near) - 0.5, first_near - usual)
    mean = sites.mean(axis=1) - near.mean(axis=1)  # the signs are not quite independent nearby
    covariance = np.cov(sites) / sites.shape[1] + np.cov(near) / near.shape[1]
    covariance += np.eye(3) * 1e-12  # where all sites are alike
    weight = _weigh_shares(mean, covariance, (0.5, 1 - usual))
    reached, edges = np.cumsum(weight), _list_shares() + 0.5 / SHARES
    low, share, high = np.interp(QUANTILES, reached, edges).tolist()
    return StartShare(share, low, high, float(np.interp(MOST, edges, reached)))


def _three_signs(upstream: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Both signs and their product, float64 (3, positions)."""
    return np.stack([upstream, first, upstream * first])


def _list_shares() -> np.ndarray:
    return (np.arange(SHARES) + 0.5) / SHARES


def _weigh_shares(mean: np.ndarray, covariance: np.ndarray, most: tuple[float, float]) -> np.ndarray:
    """The probability of each share, float64 (SHARES,).

    mean, covariance: of the two signs and their product; most: the largest strength that either sign can have.
    """
    deviation = np.sqrt(np.diag(covariance))
    share = _list_shares()[:, None, None]
    low, high = np.maximum(mean - WIDE * deviation, 0), np.maximum(mean + WIDE * deviation, deviation)
    a, b = (np.linspace(low[i], high[i], SIDES) for i in (0, 1))
    a, b = a[None, :, None], b[None, None, :]  # the means of the signs: share times strength
    one, two, both = mean[0] - a, mean[1] - b, mean[2] - a * b / share
    precise = np.linalg.inv(covariance)
    misfit = precise[0, 0] * one**2 + 2 * precise[0, 1] * one * two + precise[1, 1] * two**2
    misfit = misfit + both * (2 * (precise[0, 2] * one + precise[1, 2] * two) + precise[2, 2] * both)
    possible = (a <= most[0] * share) & (b <= most[1] * share)
    # Strengths are equally likely before, and they are the means over the share.
    density = np.where(possible, np.exp(-(misfit - misfit[possible].min()) / 2) / share**2, 0.0)
    weight = density.sum(axis=(1, 2))
    return weight / weight.sum()
