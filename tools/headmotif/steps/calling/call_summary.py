"""What is said of the calls of a genome: how many should be right, and what to know of the model that made them."""

import math

from ...data import Model, Predicted
from ..training.description import describe_doubts
from . import density, gene_starts
from .transferability import Fit


def describe_calls(trained: Model, found: Predicted, judged: Fit) -> list[str]:
    """Describe the calls: whether the model fits, how many should be right, or why there are none; what it misses.

    Parameters
    ----------
    trained
        The model.
    found
        What it predicts for the genome.
    judged
        Whether the model fits the genome, from `fit`.

    Returns
    -------
    list of str
        Lines for the user.
    """
    share = trained.labels[found.asked.number].prevalence
    expected = [describe_expectation(found, share), *describe_excess(found, judged, share)]
    expected += describe_less_deep(found, share)
    skipped = f"the screen left out {found.share_left_out:.1%} of the positions; --full computes P everywhere"
    left_out = [skipped] if found.share_left_out else []
    limits = [trained.limits] if trained.limits else []
    by_gene = [gene_starts.describe(found.gene_columns)] if found.gene_columns else []
    return [*left_out, *judged.words, *expected, *by_gene, *limits, *describe_doubts(trained.labels)]


def describe_expectation(found: Predicted, share: float | None) -> str:
    """Say how many of the calls should be right at the density at which P holds, or why there are none.

    Parameters
    ----------
    found
        The calls.
    share
        That density, as the share of positions that are sites; None if it is unknown.

    Returns
    -------
    str
        A line for the user.
    """
    if not len(found.calls):
        return found.why_none
    basis = f", in a genome with {density.describe_density(share)} on both strands" if share else ""
    if len(found.calls) == 1:
        return f"the call should be right at the exact base with a probability of {found.n_right:.2g}{basis}"
    many = f"{_count(found.n_right)} of the {len(found.calls):,} calls should be right at the exact base"
    return f"{many}{basis} (the sum of P)"


def describe_excess(found: Predicted, judged: Fit, share: float | None) -> list[str]:
    """Say that P is too high, if its sum over the calls is more than what the genes tell of them.

    Parameters
    ----------
    found, share
        As in `describe_expectation`.
    judged
        The shares of the calls at start sites, judging by genes.

    Returns
    -------
    list of str
        A line with the density at which the sum of P agrees with the middle of these shares; none if P is not too
        high, or nothing is known from genes.
    """
    middle = (judged.by_genes_low + judged.by_genes_high) / 2
    if share is None or not len(found.calls) or not found.n_right / len(found.calls) > judged.by_genes_high:
        return []
    low, high = density.per_kb(share) * 1e-3, density.per_kb(share)
    for _turn in range(40):
        tried = math.sqrt(low * high)
        shift = density.shift_between(share, density.share_of(tried))
        low, high = (tried, high) if density.restate(found.calls.strength, shift).mean() < middle else (low, tried)
    return [
        f"that is more than the {judged.by_genes_low:.0%} to {judged.by_genes_high:.0%} that the genes tell, so P is "
        f"too high here: with --tss-density {low:.2g}, the sum of P agrees with them"
    ]


def describe_less_deep(found: Predicted, share: float | None) -> list[str]:
    """Say how many of the calls a map by dRNA-seq would hold, if P is that of a deeper one.

    Parameters
    ----------
    found, share
        As in `describe_expectation`.

    Returns
    -------
    list of str
        A line for the user; none if P holds at no greater density, or the calls are no start sites.
    """
    other = density.share_of(density.DEPTHS[density.DRNA])
    if share is None or share <= other or found.label != "tss" or not len(found.calls):
        return []
    right = float(density.restate(found.calls.strength, density.shift_between(share, other)).sum())
    per_kb = density.DEPTHS[density.DRNA]
    return [
        f"{_count(right)} of them should be in a map by dRNA-seq, with {per_kb:g} sites a kb; --tss-density {per_kb:g} "
        "states P for such a map"
    ]


def _count(right: float) -> str:
    return f"about {right:,.0f}" if right >= 10 else f"about {right:.2g}" if right >= 1 else "fewer than 1"
