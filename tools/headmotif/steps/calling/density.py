"""P at another density of sites.

How many sites a genome has depends on how deep its map is: on *E. coli* Cappable-seq finds 3.5 start sites a kb, and
dRNA-seq on *Salmonella* a tenth of that. So P holds at a stated density. At another one the odds of every position
change by the ratio of the odds of the two densities, as for a change of the prior (Saerens, Latinne & Decaestecker
2002, Neural Computation 14:21-41, unchecked). The ranking does not change.
"""

import math
from dataclasses import replace

import numpy as np

from ...data import Model, Screen
from ...errors import InputError
from .thresholds import choose_label

CAPPABLE, DRNA = "Cappable-seq", "dRNA-seq"
DEPTHS = {CAPPABLE: 3.5, DRNA: 0.4}
"""Start sites per kb of genome that a method finds, both strands together: Cappable-seq on *E. coli* (Ettwiller et al.
2016, BMC Genomics 17:199: 16,359 in 4.64 Mb), and dRNA-seq on *Salmonella* (Kröger et al. 2012, PNAS 109:E1277: 1,873
in 5.07 Mb)."""


def share_of(per_kb: float) -> float:
    """Turn sites per kb of genome, both strands together, into the share of positions that are sites.

    Parameters
    ----------
    per_kb
        Sites per 1,000 bp.

    Returns
    -------
    float
        Sites per position of both strands.
    """
    return per_kb / 2000


def per_kb(share: float) -> float:
    """Turn the share of positions that are sites into sites per kb of genome, both strands together.

    Parameters
    ----------
    share
        Sites per position of both strands.

    Returns
    -------
    float
        Sites per 1,000 bp.
    """
    return 2000 * share


def shift_between(share: float, other: float) -> float:
    """Compute what the logit of P gains when sites become more frequent.

    Parameters
    ----------
    share, other
        The share of positions that are sites, before and after; between 0 and 1, both exclusive.

    Returns
    -------
    float
        The logit of `other` less that of `share`.
    """
    return _logit(other) - _logit(share)


def restate(p: np.ndarray, shift: float) -> np.ndarray:
    """Restate P at another density.

    Parameters
    ----------
    p
        P, of any shape, 0 to 1; NaN stays NaN.
    shift
        What the logit gains, from `shift_between`.

    Returns
    -------
    numpy.ndarray
        P of the same shape, float64.
    """
    odds = math.exp(shift)
    p = np.asarray(p, np.float64)
    return p * odds / (1 - p + p * odds)


def hold_at(model: Model, name: str, label: str, density: float | None) -> Model:
    """Make a model whose P of one label holds at another density of sites.

    Parameters
    ----------
    model
        The model.
    name
        Its name, for messages.
    label
        The name of the label; "" is the model's first.
    density
        Sites per kb of genome, both strands together; above 0. None is the model's own.

    Returns
    -------
    Model
        The model with the bias of the output shifted, and its screen with it. The threshold stays.

    Raises
    ------
    InputError
        If the model has no such label, does not say at which density its P holds, or the density is not one.
    """
    if density is None:
        return model
    number, _threshold = choose_label(model, name, label, None)
    before = model.labels[number].prevalence
    if not before:
        raise InputError(f"--tss-density: {name} does not say at which density its P holds; leave the option out")
    if not 0 < share_of(density) < 1:
        raise InputError(f"--tss-density {density:g}: a density lies above 0 and below 2000 sites a kb")
    shift = shift_between(before, share_of(density))
    bias = model.weights["out.bias"].copy()
    bias[(number + 1) * (len(bias) // len(model.labels)) - 1] += shift
    restated = replace(model.labels[number], density=share_of(density))
    labels = tuple(restated if i == number else one for i, one in enumerate(model.labels))
    screen = model.screen and _restate_screen(model.screen, restated.name, shift)
    weights = {**model.weights, "out.bias": bias}
    return replace(model, labels=labels, weights=weights, screen=screen, source=model.digest)


def describe_density(share: float) -> str:
    """Say in words which density of sites is meant.

    Parameters
    ----------
    share
        Sites per position of both strands.

    Returns
    -------
    str
        Such as `3.5 sites a kb`.
    """
    return f"{per_kb(share):.2g} sites a kb"


def _restate_screen(screen: Screen, label: str, shift: float) -> Screen:
    """The screen's cuts belong to the same positions; only their P is another."""
    least = tuple(float(x) for x in restate(np.array(screen.least), shift))
    return replace(screen, least=least, cuts={label: screen.cuts[label]} if label in screen.cuts else {})


def _logit(share: float) -> float:
    return math.log(share) - math.log1p(-share)
