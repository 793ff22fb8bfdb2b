"""Does a model fit a genome that it was not trained on? What can be told without knowing the genome's sites.

A network says something of any sequence. Three things betray that it has left its ground: the share of G and C is
another, the calls have no more -10-like boxes than any position of the genome, and they lie upstream of genes no more
often than any position does. None proves that the calls are right.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from ...alphabet import C, G, N
from ...data import GeneTable, Genome, LabelledSites, Sites, TrainingGenome
from ..sites.coordinate_checks import minus10_background, minus10_share
from ..sites.genomic_class import UPSTREAM, classes

FEW = 20
"""Calls with fewer than these say nothing of a share."""
SIGNAL = 3.0
"""With so many times more boxes than by chance a label set is one of -10 boxes; calls fit with half of the excess that
its sites have."""
FAR_GC = 0.08
DENSE = 2.0
"""So many times more calls than the training genome has sites are too many; a random sequence of its composition gives
three times."""
FITS, DOUBTFUL, UNKNOWN = "fits", "doubtful", "not applicable"


@dataclass(frozen=True)
class Fit:
    """How the calls on a genome look beside what the model learned from; shares between 0 and 1, NaN where nothing
    tells them.

    gc, learned_gc: of the bases. calls_per_mb, learned_per_mb: calls, and sites learned from, per million positions of
    both strands. minus10, learned_minus10: share of the calls, and of the sites learned from, with a -10-like box;
    minus10_chance: of all positions of this genome; minus10_shuffled: of those of the genome with its bases in another
    order. upstream: share of the calls upstream of a gene, upstream_chance: of all positions.
    """

    gc: float
    learned_gc: float
    calls: int
    calls_per_mb: float
    learned_per_mb: float
    minus10: float
    learned_minus10: float
    minus10_chance: float
    minus10_shuffled: float
    upstream: float
    upstream_chance: float
    verdict: str = UNKNOWN
    words: tuple[str, ...] = ()


def origin(genome: Genome) -> TrainingGenome:
    """What a model keeps of the genome that it was trained on, for `fit` among others."""
    learned = {
        name: LabelledSites(int((genome.site[:, 0] == number).sum()), minus10_share(genome, genome.sites(number)))
        for number, name in enumerate(genome.labels)
    }
    return replace(
        TrainingGenome.of(genome),
        nucleotides=len(genome.base),
        gc=gc_of(genome),
        minus10_chance=minus10_background(genome),
        learned=learned,
    )


def fit(
    genome: Genome,
    calls: Sites,
    genes: GeneTable | None,
    learned_from: TrainingGenome,
    label: str,
    usual: bool = True,
) -> Fit:
    """Look at the calls of one label; learned_from: the model's training genome; usual: the calls
    are those above the model's own threshold, so that their number means something."""
    mine = learned_from.learned.get(label)
    known = max(int((genome.base != N).sum()), 1)
    upstream, upstream_chance = _upstream(genome, calls, genes)
    look = Fit(
        gc=gc_of(genome),
        learned_gc=learned_from.gc,
        calls=len(calls),
        calls_per_mb=len(calls) / (2 * known) * 1e6,
        learned_per_mb=mine.sites / (2 * learned_from.nucleotides) * 1e6 if mine else math.nan,
        minus10=minus10_share(genome, calls),
        learned_minus10=mine.minus10 if mine else math.nan,
        minus10_chance=minus10_background(genome),
        minus10_shuffled=by_composition(genome),
        upstream=upstream,
        upstream_chance=upstream_chance,
    )
    applies = mine is not None and mine.minus10 > SIGNAL * learned_from.minus10_chance
    enough = look.calls >= FEW
    seen = [*_number_and_gc(look, label, usual and enough)]
    seen += _boxes(look, learned_from.minus10_chance) if applies and enough else []
    seen += _before_genes(look) if enough else []
    verdict = UNKNOWN if not applies or not enough else DOUBTFUL if any(doubt for doubt, _ in seen) else FITS
    return replace(look, verdict=verdict, words=(*(words for _, words in seen), _in_short(look, verdict, applies)))


def _number_and_gc(look: Fit, label: str, countable: bool) -> Iterator[tuple[bool, str]]:
    """Sentences, each with whether it is a doubt. countable: the number of calls means something."""
    words = (
        f"{look.calls:,} call{'s' if look.calls != 1 else ''} of {label}, {look.calls_per_mb:,.0f} per million "
        "positions of both strands"
    )
    if look.learned_per_mb == look.learned_per_mb:
        words += f"; the model learned from {look.learned_per_mb:,.0f} sites per million"
    yield False, words
    if countable and look.calls_per_mb > DENSE * look.learned_per_mb:
        yield (
            True,
            "so many calls are what sequence without genes gives: P is too high here; rank by it (--top), or ask for "
            "more (--threshold)",
        )
    if abs(look.gc - look.learned_gc) > FAR_GC:
        yield (
            True,
            f"GC is {look.gc:.0%} here and {look.learned_gc:.0%} where the model learned: its probabilities need "
            "not hold; rank by them, and train or fine-tune (train-annot --init) where sites are known",
        )


def _boxes(look: Fit, learned_chance: float) -> Iterator[tuple[bool, str]]:
    """Whether the calls have -10 boxes as the sites learned from have."""
    yield (
        False,
        f"{look.minus10:.0%} of the calls have a -10-like box 14-10 nt upstream; {look.minus10_chance:.1%} of all "
        f"positions do, {look.minus10_shuffled:.1%} would by the bases' shares alone, and {look.learned_minus10:.0%} "
        "of the sites learned from",
    )
    if look.minus10 < 0.5 * (look.learned_minus10 - learned_chance) + look.minus10_chance:
        yield (
            True,
            f"that is {look.minus10 / max(look.minus10_chance, 1e-9):.1f} times chance, too little: these calls do not "
            "look like the promoters that the model knows",
        )


def _before_genes(look: Fit) -> Iterator[tuple[bool, str]]:
    """Whether the calls lie where promoters do."""
    if look.upstream != look.upstream:
        return
    yield (
        False,
        f"{look.upstream:.0%} of the calls lie upstream of a gene; {look.upstream_chance:.0%} of all positions do",
    )
    if look.upstream < 1.5 * look.upstream_chance:
        yield True, "the calls hardly prefer the places before genes"


def _in_short(look: Fit, verdict: str, applies: bool) -> str:
    why = (
        f" from {look.calls} call{'s' if look.calls != 1 else ''}"
        if applies
        else ": what it learned has no -10 box, or its file does not say"
    )
    return {
        FITS: "the model seems to fit this genome",
        DOUBTFUL: "doubtful: take these calls with care",
        UNKNOWN: f"whether the model fits this genome cannot be told{why}",
    }[verdict]


def gc_of(genome: Genome) -> float:
    """The share of G and C among the bases that are known; NaN where none is."""
    count = np.bincount(genome.base, minlength=N + 1)[:N]
    return float((count[C] + count[G]) / count.sum()) if count.sum() else math.nan


def by_composition(genome: Genome) -> float:
    """The share of positions that would have a -10-like box if bases followed each other at random, at their shares on
    both strands.

    TATAAT with at most one mismatch at five starts, taken as independent: what a shuffled genome has, without drawing
    one.
    """
    gc = gc_of(genome)
    at = (1 - gc) / 2
    box = at**6 + 6 * at**5 * (1 - at)
    return 1 - (1 - box) ** 5


def _upstream(genome: Genome, calls: Sites, genes: GeneTable | None) -> tuple[float, float]:
    """The share of the calls that are upstream of a gene, and of all positions of both strands that are."""
    if genes is None or not len(calls):
        return math.nan, math.nan
    where = classes(genes.spans, genome.contigs) == UPSTREAM
    row, place = (calls.strand < 0).astype(np.int64), genome.contigs.place(calls.contig, calls.position)
    return float(where[row, place].mean()), float(where[:, genome.base != N].mean())
