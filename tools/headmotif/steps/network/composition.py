"""A network that reads the bases of a genome less the genome's own frequencies.

In a genome of 30 % GC a run of A and T says little, in one of 65 % much. So a network of many species is to see what
stands out. The k-mer embedding begins with a linear map W of the one-hot bases x. With f the frequencies of the bases,
W (x - f) = W x - W f: for one genome it is a plain network with another bias. Both strands are read, so the GC content
is all that f depends on.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from ...data import Genome, Model, Screen
from ..sequence.region_windows import composition

KEY = "learned_gc"
"""In the sizes of such a network, the GC content to which its bias belongs."""
BIAS, WEIGHT = "stem.bases.bias", "stem.bases.weight"
SCREEN_BIAS, SCREEN_WEIGHT = "first.bias", "first.weight"
"""The same of its screen, whose first map reads bases too."""


def depends(model: Model) -> bool:
    """Test whether a model depends on the composition of the genome that it reads.

    Parameters
    ----------
    model
        The model.

    Returns
    -------
    bool
        Whether `settle` changes it.
    """
    return model.network.get(KEY) is not None


def settle(model: Model, genome: Genome) -> Model:
    """Settle a model on the composition of a genome.

    Parameters
    ----------
    model
        The model.
    genome
        The genome that it is to read.

    Returns
    -------
    Model
        The model with the bias that belongs to the genome's GC content, and its screen likewise; the same model if it
        does not depend on it.
    """
    return settle_at(model, float(composition(genome)[1:3].sum())) if depends(model) else model


def settle_at(model: Model, gc: float) -> Model:
    """Settle a model that depends on the composition on a GC content.

    Parameters
    ----------
    model
        The model.
    gc
        The GC content, 0 to 1.

    Returns
    -------
    Model
        As of `settle`.
    """
    change = gc - model.network[KEY]
    return replace(
        model,
        network={**model.network, KEY: gc},
        weights=_shift(model.weights, change, BIAS, WEIGHT),
        screen=model.screen and settle_screen(model.screen, change),
        source=model.digest,
    )


def settle_screen(screen: Screen, change: float) -> Screen:
    """Settle a screen on another GC content.

    Parameters
    ----------
    screen
        The screen.
    change
        The GC content less that to which its bias belongs.

    Returns
    -------
    Screen
        The screen with another bias.
    """
    return replace(screen, weights=_shift(screen.weights, change, SCREEN_BIAS, SCREEN_WEIGHT))


def _shift(weights: Mapping[str, np.ndarray], change: float, bias: str, weight: str) -> dict[str, np.ndarray]:
    shifted = weights[bias] + change * effect_of_gc(weights[weight])
    return {**weights, bias: shifted.astype(np.float32)}


def effect_of_gc(weight: np.ndarray) -> np.ndarray:
    """Compute how the bias changes with the GC content.

    Parameters
    ----------
    weight
        float (units, 4 kmer) or (units, 4, kmer), weights of all A first, then of C, G and T.

    Returns
    -------
    numpy.ndarray
        float64 (units,), the change of the bias for a change of the GC content by 1: of f, A and T lose a half of it,
        and C and G gain a half.
    """
    by_base = weight.astype(np.float64).reshape(len(weight), 4, -1).sum(2)
    return np.asarray(by_base @ np.array([0.5, -0.5, -0.5, 0.5]))
