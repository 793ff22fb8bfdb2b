"""Which local maxima of P become calls: those above a threshold, the best so many, or as many as keep the share of
false ones low.

That share is told by P itself, where P is calibrated; or by a decoy, the genome with its bases in another order,
dinucleotides kept. Real genomes have fewer promoter-like words outside promoters than chance has, and coding sequence
that a network knows for what it is: on E. coli a shuffled genome has two to four times as many calls as the real one at
any threshold. So the decoy says how many calls sequence alone would bring, not how many of the real ones are false, and
most often it allows none.
"""

from dataclasses import replace

import numpy as np

from ...alphabet import N
from ...data import Contig, Contigs, Genome, Sites
from ..sequence.shuffle import shuffled
from .local_maxima import called

PIECE = 50_000
"""Nucleotides of a decoy's contig, at most: composition differs along a genome."""


def above(probability: np.ndarray, contigs: Contigs, threshold: float, merge: int) -> Sites:
    """Local maxima within `merge` nt with P of at least `threshold`, by contig, position and strand (+ first); strength
    is P.

    probability: float32 (2, N), rows + and -, both by + coordinates, NaN at N.
    """
    found = called(probability, contigs, threshold, merge)
    return found.take(np.lexsort((-found.strand, found.position, found.contig)))


def best(calls: Sites, number: int) -> Sites:
    """The calls with the highest P, in their order; of equal ones the first."""
    rank = np.argsort(-calls.strength, kind="stable")[:number]
    return calls.take(np.sort(rank))


def decoy(genome: Genome, most: int, seed: int) -> Genome:
    """Pieces of the genome, evenly spread and `most` nucleotides together or the whole, each with its bases in another
    order.

    Stretches of N stay out. A genome of N alone gives one without contigs.
    """
    rng = np.random.default_rng([seed, 21])
    pieces = [
        genome.contig_bases(i)[a : a + PIECE] for i, c in enumerate(genome.contigs) for a in range(0, c.length, PIECE)
    ]
    wanted = min(len(pieces), -(-most // PIECE))
    chosen = [pieces[i] for i in np.linspace(0, len(pieces) - 1, wanted).round().astype(int)] if pieces else []
    codes = [shuffled(piece[piece != N], rng) for piece in chosen]
    contigs = Contigs(Contig(f"decoy{i}", len(c)) for i, c in enumerate(codes))
    return Genome(contigs, np.concatenate([np.zeros(0, np.uint8), *codes]))


def expected_share(calls: Sites) -> Sites:
    """The calls with, as strength, the share of false ones to be expected among those of their P or higher: the mean of
    1 - P."""
    order = np.argsort(-calls.strength, kind="stable")
    p = calls.strength[order].astype(np.float64)
    last = np.searchsorted(-p, -p, side="right")  # equal ones are called together
    share = (np.cumsum(1 - p) / np.arange(1, len(p) + 1))[last - 1]
    result = np.empty(len(p), np.float32)
    result[order] = share
    return replace(calls, strength=result)


def decoy_share(calls: Sites, decoys: np.ndarray, times: float) -> Sites:
    """The calls with, as strength, the share of false ones among those of their P or higher, as the decoy tells; it
    never rises with P.

    decoys: P of the decoy's local maxima, in any order. times: how many times longer the genome is than the decoy. One
    more decoy call is counted than there are, so that a short decoy promises nothing that it cannot show.
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
