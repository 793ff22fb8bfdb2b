"""Choose which local maxima of P become calls: by a threshold, by their number, or by the share of false calls.

The share of false calls comes from P itself, where P is calibrated, or from a decoy: the genome with its bases shuffled
and its dinucleotides kept. Real genomes have fewer promoter-like words outside promoters than chance has, and a network
recognises coding sequence. On E. coli a shuffled genome has two to four times as many calls as the real one at any
threshold. So the decoy says how many calls sequence alone would bring, not how many of the real ones are false, and
most often it allows none.
"""

from dataclasses import replace

import numpy as np

from ...alphabet import N
from ...data import Contig, Contigs, Genome, Model, Sites
from ...errors import InputError
from ..sequence.shuffle import shuffle
from .local_maxima import call_sites

PIECE = 50_000
"""Nucleotides of a decoy's contig, at most; contigs are short because composition differs along a genome."""


def choose_label(trained: Model, model: str, label: str, threshold: float | None) -> tuple[int, float | None]:
    """Find a label of a model, and the least P of its calls.

    Parameters
    ----------
    trained
        The model.
    model
        Its name, for messages.
    label
        The name of the label; "" is the model's first.
    threshold
        The threshold that was asked for, if any.

    Returns
    -------
    tuple
        The label's number from 0, and the threshold: the one asked for, the model's own, or None.

    Raises
    ------
    InputError
        If the model has no label of that name.
    """
    number = trained.number(label)
    if number is None:
        raise InputError(f"--label {label}: {model} has the labels {', '.join(trained.names)}; give one of them")
    return number, trained.labels[number].threshold if threshold is None else threshold


def call_above(probability: np.ndarray, contigs: Contigs, threshold: float, min_distance: int) -> Sites:
    """Call the local maxima of P that reach a threshold.

    Parameters
    ----------
    probability
        float32 (2, N), rows + and -, both by + coordinates, NaN at N.
    contigs
        The contigs, N nucleotides together.
    threshold
        Lowest P of a call.
    min_distance
        Smallest distance in nt between calls on one strand.

    Returns
    -------
    Sites
        The calls by contig, position and strand (+ first); their strength is P.
    """
    found = call_sites(probability, contigs, threshold, min_distance - 1)
    return found.take(np.lexsort((-found.strand, found.position, found.contig)))


def select_best(calls: Sites, number: int) -> Sites:
    """Select the calls with the highest P; of equal ones the first.

    Parameters
    ----------
    calls
        The calls; their strength is P.
    number
        How many are selected, at most.

    Returns
    -------
    Sites
        The selected calls, in their order.
    """
    rank = np.argsort(-calls.strength, kind="stable")[:number]
    return calls.take(np.sort(rank))


def make_decoy(genome: Genome, most: int, seed: int) -> Genome:
    """Shuffle pieces of a genome, with their dinucleotides kept.

    The pieces are spread evenly over the genome; positions of N are left out.

    Parameters
    ----------
    genome
        The genome.
    most
        Nucleotides of all pieces together, about; a smaller genome is taken whole.
    seed
        Seed of the shuffling.

    Returns
    -------
    Genome
        A contig for each piece, or none if all bases are N.
    """
    rng = np.random.default_rng([seed, 21])
    pieces = [
        genome.contig_bases(i)[a : a + PIECE] for i, c in enumerate(genome.contigs) for a in range(0, c.length, PIECE)
    ]
    wanted = min(len(pieces), -(-most // PIECE))
    chosen = [pieces[i] for i in np.linspace(0, len(pieces) - 1, wanted).round().astype(int)] if pieces else []
    codes = [shuffle(piece[piece != N], rng) for piece in chosen]
    contigs = Contigs(Contig(f"decoy{i}", len(c)) for i, c in enumerate(codes))
    return Genome(contigs, np.concatenate([np.zeros(0, np.uint8), *codes]))


def estimate_expected_share(calls: Sites) -> Sites:
    """Estimate the share of false calls from P itself.

    For each call it is the mean of 1 - P over the calls with its P or higher.

    Parameters
    ----------
    calls
        The calls; their strength is P.

    Returns
    -------
    Sites
        The same calls; their strength is the share, float32.
    """
    order = np.argsort(-calls.strength, kind="stable")
    p = calls.strength[order].astype(np.float64)
    last = np.searchsorted(-p, -p, side="right")  # equal ones are called together
    share = (np.cumsum(1 - p) / np.arange(1, len(p) + 1))[last - 1]
    result = np.empty(len(p), np.float32)
    result[order] = share
    return replace(calls, strength=result)


def estimate_decoy_share(calls: Sites, decoys: np.ndarray, times: float) -> Sites:
    """Estimate the share of false calls with a decoy, for each call among those with its P or higher.

    The share never rises with P. One more decoy call is counted than there are, so that a short decoy promises nothing
    that it cannot show.

    Parameters
    ----------
    calls
        The calls; their strength is P.
    decoys
        P of the decoy's local maxima, in any order.
    times
        How many times longer the genome is than the decoy.

    Returns
    -------
    Sites
        The same calls; their strength is the share, float32.
    """
    order = np.argsort(-calls.strength, kind="stable")
    p = calls.strength[order]
    above_p = len(p) - np.searchsorted(p[::-1], p, side="left")  # calls at this P or above; p[::-1] ascends
    false = (len(decoys) - np.searchsorted(np.sort(decoys), p, side="left") + 1) * times
    share = np.minimum(1.0, false / np.maximum(above_p, 1))
    share = np.minimum.accumulate(share[::-1])[::-1]
    result = np.empty(len(p))
    result[order] = share
    return replace(calls, strength=result.astype(np.float32))
