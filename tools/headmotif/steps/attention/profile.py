"""The profile of a head: the mean weight that it gives to each offset, at sites and at background positions.

Only the difference between the two is evidence of what a head reads. The offsets that it prefers whatever the sequence
already give a profile that is not flat.
"""

from dataclasses import dataclass

import numpy as np

from ...data import Attention

PROMOTER = (-60, 20)
"""The first and the last offset from a site that count as its promoter."""


@dataclass(frozen=True)
class Shape:
    """The profile of a head, summarised in numbers.

    Attributes
    ----------
    peak_offset
        Offset with the largest gain of mean weight at sites over background positions; negative upstream.
    peak_width_nt
        Least number of offsets that together make up half of all gains.
    divergence_bits
        Kullback-Leibler divergence, in bits, of the distribution of the weight over keys and null key at sites from
        that at background positions.
    entropy_bits
        Entropy of that distribution at sites, in bits.
    promoter_weight, promoter_weight_background
        Share of the weight on keys that lies within `PROMOTER`, at sites and at background positions, 0 to 1.
    null_key, null_key_background
        Mean weight on the null key, at sites and at background positions, 0 to 1.
    keys_off_contig
        Share of the keys, at sites, that lie off the contig, 0 to 1.
    strand_bias
        (plus - minus) / (plus + minus), -1 to 1, where plus and minus are the mean weights at sites on the + and on the
        - strand, over the keys within half the peak's width of the peak.
    """

    peak_offset: int
    peak_width_nt: int
    divergence_bits: float
    entropy_bits: float
    promoter_weight: float
    promoter_weight_background: float
    null_key: float
    null_key_background: float
    keys_off_contig: float
    strand_bias: float


def profiles(attention: Attention) -> tuple[np.ndarray, np.ndarray]:
    """Compute the profiles of all heads at sites and at background positions.

    Parameters
    ----------
    attention
        Attention at sites and background positions; keys off the contig (NaN) are left out of the means.

    Returns
    -------
    at_sites, at_background : numpy.ndarray
        Mean weights, both float64 (layers, heads, keys).
    """
    return mean_weight(attention, attention.is_site), mean_weight(attention, attention.is_background)


def table(attention: Attention) -> dict[str, np.ndarray]:
    """Write the profiles as columns of a table, with a row for each head and offset.

    Parameters
    ----------
    attention
        Attention at sites and background positions.

    Returns
    -------
    dict[str, numpy.ndarray]
        The columns `head` (as in L1H3), `offset`, `weight_sites` and `weight_background`, all (layers x heads x keys,).
    """
    at_sites, at_background = profiles(attention)
    names = [attention.name(*head) for head in np.ndindex(at_sites.shape[:2])]
    place = {"head": np.repeat(names, len(attention.offset)), "offset": np.tile(attention.offset, len(names))}
    return {**place, "weight_sites": at_sites.ravel(), "weight_background": at_background.ravel()}


def mean_weight(attention: Attention, chosen: np.ndarray) -> np.ndarray:
    """Compute the mean weights over some of the queries.

    Parameters
    ----------
    attention
        Attention with NaN for keys off the contig, which are left out of the means.
    chosen
        bool (queries,), the queries to average over.

    Returns
    -------
    numpy.ndarray
        float64 (layers, heads, keys); 0 for a key that lies off the contig at every chosen query.
    """
    rows = np.flatnonzero(chosen)
    total = np.zeros(attention.weight.shape[1:])
    count = np.zeros(attention.weight.shape[1:])
    for first in range(0, len(rows), 1024):
        weight = np.asarray(attention.weight[rows[first : first + 1024]], np.float64)
        total += np.nansum(weight, axis=0)
        count += np.isfinite(weight).sum(axis=0)
    return total / np.maximum(count, 1)


def shapes(attention: Attention) -> list[list[Shape]]:
    """Summarise the profile of every head.

    Parameters
    ----------
    attention
        Attention at sites and background positions.

    Returns
    -------
    list[list[Shape]]
        By layer, then by head.
    """
    at_sites, at_background = profiles(attention)
    forward, backward = (mean_weight(attention, attention.is_site & (attention.strand == sign)) for sign in (1, -1))
    null_key, null_key_there = (
        attention.none[x].mean(axis=0, dtype=np.float64) for x in (attention.is_site, attention.is_background)
    )
    weight = attention.weight[np.flatnonzero(attention.is_site), 0, 0]
    hidden = float(np.isnan(weight).mean()) if weight.size else 0.0
    layers, heads, _keys = at_sites.shape
    return [
        [
            _shape(
                attention.offset, (at_sites[i, j], float(null_key[i, j])),
                (at_background[i, j], float(null_key_there[i, j])), hidden, forward[i, j], backward[i, j],
            )
            for j in range(heads)
        ]
        for i in range(layers)
    ]  # fmt: skip


def _shape(
    offset: np.ndarray,
    at_sites: tuple[np.ndarray, float],
    at_background: tuple[np.ndarray, float],
    hidden: float,
    forward: np.ndarray,
    backward: np.ndarray,
) -> Shape:
    """Summarise one profile; `forward` and `backward` are its mean weights at sites of either strand."""
    (here, null_key), (there, null_key_there) = at_sites, at_background
    gain = here - there
    peak = int(gain.argmax())
    up = np.sort(np.maximum(gain, 0))[::-1]
    width = int(np.searchsorted(np.cumsum(up), up.sum() / 2)) + 1
    p, q = (np.append(x, n) / max(x.sum() + n, 1e-12) for x, n in (at_sites, at_background))
    inside = (offset >= PROMOTER[0]) & (offset <= PROMOTER[1])
    near = np.abs(np.arange(len(offset)) - peak) <= width // 2
    plus, minus = forward[near].sum(), backward[near].sum()
    return Shape(
        peak_offset=int(offset[peak]),
        peak_width_nt=width,
        divergence_bits=float((p * np.log2(np.maximum(p, 1e-12) / np.maximum(q, 1e-12))).sum()),
        entropy_bits=float(-(p * np.log2(np.maximum(p, 1e-12))).sum()),
        promoter_weight=float(here[inside].sum() / max(here.sum(), 1e-12)),
        promoter_weight_background=float(there[inside].sum() / max(there.sum(), 1e-12)),
        null_key=null_key,
        null_key_background=null_key_there,
        keys_off_contig=hidden,
        strand_bias=float((plus - minus) / max(plus + minus, 1e-12)),
    )
