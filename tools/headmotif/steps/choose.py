"""Which local maxima of P become calls: those above a threshold, the best so many, or as many as a decoy allows.

The decoy is the genome with its bases in another order, dinucleotides kept: what is called there is called for its composition
alone. It has no genes and no half-promoters, so the true share of false calls is larger than the share told.
"""

from dataclasses import replace

import numpy as np

from ..alphabet import N
from ..data import Contig, Genome, Sites
from .local_calls import called
from .shuffle import shuffled

PIECE = 50_000
"""Nucleotides of a decoy's contig, at most: composition differs along a genome."""


def above(probability: np.ndarray, contigs: tuple[Contig, ...], threshold: float, merge: int) -> Sites:
    """Local maxima within `merge` nt with P of at least `threshold`, by contig, position and strand (+ first); strength is P.

    probability: float32 (2, N), rows + and -, both by + coordinates, NaN at N.
    """
    found = called(probability, contigs, threshold, merge)
    return found.take(np.lexsort((-found.strand, found.position, found.contig)))


def best(calls: Sites, number: int) -> Sites:
    """The calls with the highest P, in their order; of equal ones the first."""
    rank = np.argsort(-calls.strength, kind="stable")[:number]
    return calls.take(np.sort(rank))


def decoy(genome: Genome, most: int, seed: int) -> Genome:
    """Pieces of the genome, evenly spread and `most` nucleotides together or the whole, each with its bases in another order.

    Stretches of N stay out. A genome of N alone gives one without contigs.
    """
    rng = np.random.default_rng([seed, 21])
    pieces = [genome.contig_bases(i)[a : a + PIECE] for i, c in enumerate(genome.contigs) for a in range(0, c.length, PIECE)]
    wanted = min(len(pieces), -(-most // PIECE))
    chosen = [pieces[i] for i in np.linspace(0, len(pieces) - 1, wanted).round().astype(int)] if pieces else []
    codes = [shuffled(piece[piece != N], rng) for piece in chosen]
    contigs = tuple(Contig(f"decoy{i}", len(c)) for i, c in enumerate(codes))
    return Genome(contigs, np.concatenate([np.zeros(0, np.uint8), *codes]))


def false_share(calls: Sites, decoys: np.ndarray, times: float) -> Sites:
    """The calls with, as strength, the share of false ones among those of their P or higher, as the decoy tells; it never rises with P.

    decoys: P of the decoy's local maxima, in any order. times: how many times longer the genome is than the decoy. One more decoy call is
    counted than there are, so that a short decoy promises nothing that it cannot show.
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
