"""Judge whether a model fits a genome that it was not trained on, without knowing the sites of that genome.

A network predicts something for any sequence. Three signs show that it does not fit: GC differs from the training
genome; the calls have -10-like elements no more often than other positions; or they lie upstream of genes no more often
than other positions. No sign proves that the calls are right.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from ...alphabet import C, G, N
from ...data import GeneTable, Genome, LabelledSites, Sites, TrainingGenome
from ..sites.coordinate_checks import minus10_background, minus10_share
from ..sites.genomic_class import UPSTREAM, classes
from .applicability import Forecast

FEW = 20
"""Fewer calls than these are too few to compute a share from."""
SIGNAL = 3.0
"""A label whose training sites have -10-like elements this many times more often than chance is one with -10 elements.

Its calls fit if they reach half of the excess that those sites have.
"""
FAR_GC = 0.08
"""A difference in GC from which P is doubtful."""
DENSE = 2.0
"""Calls are too many if they are this many times denser than the sites of the training genome.

A random sequence of that genome's composition gives three times as many.
"""
FITS, DOUBTFUL, UNKNOWN = "fits", "doubtful", "not applicable"
"""The verdicts."""
UNJUDGED = "whether the model fits this genome cannot be judged"


@dataclass(frozen=True)
class Fit:
    """How the calls on a genome compare with what the model learned from.

    Shares lie between 0 and 1, and are NaN where they are unknown. A -10-like element is TATAAT, with at most one
    mismatch, that starts 14 to 10 nt upstream.

    Attributes
    ----------
    gc
        GC of the genome.
    learned_gc
        GC of the training genome.
    calls
        Number of calls.
    calls_per_mb
        Calls per million positions of both strands.
    learned_per_mb
        Sites learned from per million positions of both strands.
    minus10
        Share of the calls with a -10-like element.
    learned_minus10
        The same for the sites learned from.
    minus10_chance
        The same for all positions of the genome.
    minus10_shuffled
        The same for all positions if the bases were in random order.
    upstream
        Share of the calls upstream of a gene.
    upstream_chance
        The same for all positions.
    right
        Share of the genes with a start site upstream whose best position there should lie within 2 nt of it.
    right_low, right_high
        Ends of its 95 % interval.
    by_genes_low, by_genes_high
        Share of the calls that lie at start sites, judging by genes, if mapped sites lie upstream of them as often, or
        as seldom, as in any species with a whole map.
    verdict
        `fits`, `doubtful` or `not applicable`.
    words
        The reasons, a sentence each; the last is the verdict.
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
    right: float = math.nan
    right_low: float = math.nan
    right_high: float = math.nan
    by_genes_low: float = math.nan
    by_genes_high: float = math.nan
    verdict: str = UNKNOWN
    words: tuple[str, ...] = ()


def origin(genome: Genome) -> TrainingGenome:
    """Describe a genome as a model keeps it of its training, for `fit` among others.

    Parameters
    ----------
    genome
        The training genome with its labels.

    Returns
    -------
    TrainingGenome
        Digests, size, GC, and for each label the number of sites and their -10-like elements.
    """
    learned = {
        name: LabelledSites(int((genome.site[:, 0] == number).sum()), minus10_share(genome, genome.sites(number)))
        for number, name in enumerate(genome.labels)
    }
    return replace(
        TrainingGenome.from_genome(genome),
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
    foretold: Forecast | str | None = None,
) -> Fit:
    """Compare the calls of a label with what a model learned from.

    Parameters
    ----------
    genome
        The genome.
    calls
        The calls of one label.
    genes
        The genes, or None.
    learned_from
        The model's training genome.
    label
        Name of the label.
    usual
        Whether the calls are those above the model's own threshold, so that their number can be judged.
    foretold
        How good the model should be on the genome; if that is known, it is the verdict. A text says why a model that
        could know it does not; then there is no verdict. None: the model is judged by its calls and its training
        genome.

    Returns
    -------
    Fit
        The comparison and the verdict.
    """
    mine = learned_from.learned.get(label)
    known = max(int((genome.base != N).sum()), 1)
    upstream, upstream_chance = _measure_upstream(genome, calls, genes)
    look = Fit(
        gc=gc_of(genome),
        learned_gc=learned_from.gc,
        calls=len(calls),
        calls_per_mb=len(calls) / (2 * known) * 1e6,
        learned_per_mb=mine.sites / (2 * learned_from.nucleotides) * 1e6 if mine else math.nan,
        minus10=minus10_share(genome, calls),
        learned_minus10=mine.minus10 if mine else math.nan,
        minus10_chance=minus10_background(genome),
        minus10_shuffled=expect_from_composition(genome),
        upstream=upstream,
        upstream_chance=upstream_chance,
    )
    if isinstance(foretold, Forecast):
        return _judge_forecast(look, label, foretold)
    if foretold is not None:
        return replace(look, words=(_describe_number(look, label), f"{UNJUDGED}: {foretold}"))
    applies = mine is not None and mine.minus10 > SIGNAL * learned_from.minus10_chance
    enough = look.calls >= FEW
    seen = [*_judge_number_and_gc(look, label, usual and enough)]
    seen += _judge_elements(look, learned_from.minus10_chance) if applies and enough else []
    seen += _judge_upstream(look) if enough else []
    verdict = UNKNOWN if not applies or not enough else DOUBTFUL if any(doubt for doubt, _ in seen) else FITS
    return replace(look, verdict=verdict, words=(*(words for _, words in seen), _summarise(look, verdict, applies)))


def _judge_forecast(look: Fit, label: str, foretold: Forecast) -> Fit:
    """The verdict from how good the model should be: learned from many species, it needs no training genome."""
    verdict = DOUBTFUL if foretold.is_doubtful else FITS
    low, high = (_judge_by_genes(look, of_sites) for of_sites in reversed(foretold.upstream))
    share, ends = f"{foretold.share:.0%}", f"{foretold.low:.0%} to {foretold.high:.0%}"
    words = (
        _describe_number(look, label),
        f"the best position upstream of a gene should lie within 2 nt of its start site for {share} of the genes that "
        f"have one there (95 % interval {ends}), judging by P around {foretold.signs.genes} genes",
        f"{low:.0%} to {high:.0%} of the calls should lie at start sites, judging by genes: {look.upstream:.0%} of the "
        f"calls lie upstream of one, {look.upstream_chance:.0%} of all positions, and {foretold.upstream[0]:.0%} to "
        f"{foretold.upstream[1]:.0%} of mapped sites",
        _summarise(look, verdict, True),
    )
    look = replace(look, right=foretold.share, right_low=foretold.low, right_high=foretold.high)
    look = replace(look, by_genes_low=low, by_genes_high=high)
    return replace(look, verdict=verdict, words=words)


def _judge_by_genes(look: Fit, of_sites: float) -> float:
    """The share of the calls that lie at start sites, of which this share lies upstream of genes: of a mixture of sites
    and of positions anywhere, by the share upstream."""
    excess = (look.upstream - look.upstream_chance) / (of_sites - look.upstream_chance)
    return min(max(excess, 0.0), 1.0) if of_sites > look.upstream_chance else math.nan


def _describe_number(look: Fit, label: str) -> str:
    words = (
        f"{look.calls:,} call{'s' if look.calls != 1 else ''} of {label}, {look.calls_per_mb:,.0f} per million "
        "positions of both strands"
    )
    if look.learned_per_mb == look.learned_per_mb:
        words += f"; the model learned from {look.learned_per_mb:,.0f} sites per million"
    return words


def _judge_number_and_gc(look: Fit, label: str, countable: bool) -> Iterator[tuple[bool, str]]:
    """Yield sentences about number and GC, each with whether it is a doubt.

    The number of calls is judged only if `countable`.
    """
    yield False, _describe_number(look, label)
    if countable and look.calls_per_mb > DENSE * look.learned_per_mb:
        yield (
            True,
            "a random sequence would have as many calls, so P is too high here; keep the best calls (--top) or raise "
            "--threshold",
        )
    if abs(look.gc - look.learned_gc) > FAR_GC:
        yield (
            True,
            f"GC is {look.gc:.0%} here and {look.learned_gc:.0%} in the training genome, so P may not hold here; rank "
            "the calls by P, and if sites are known, train or fine-tune a model (train-annot --init)",
        )


def _judge_elements(look: Fit, learned_chance: float) -> Iterator[tuple[bool, str]]:
    """Yield sentences about -10 elements: whether calls have them as often as the sites learned from."""
    yield (
        False,
        f"{look.minus10:.0%} of the calls have a -10-like element 14 to 10 nt upstream, compared with "
        f"{look.minus10_chance:.1%} of all positions, {look.minus10_shuffled:.1%} by base composition alone, "
        f"and {look.learned_minus10:.0%} of the training sites",
    )
    if look.minus10 < 0.5 * (look.learned_minus10 - learned_chance) + look.minus10_chance:
        yield (
            True,
            f"that is only {look.minus10 / max(look.minus10_chance, 1e-9):.1f} times chance: these calls do not look "
            "like the promoters that the model learned from",
        )


def _judge_upstream(look: Fit) -> Iterator[tuple[bool, str]]:
    """Yield sentences about genes: whether the calls lie upstream of them."""
    if look.upstream != look.upstream:
        return
    yield (
        False,
        f"{look.upstream:.0%} of the calls lie upstream of a gene; {look.upstream_chance:.0%} of all positions do",
    )
    if look.upstream < 1.5 * look.upstream_chance:
        yield True, "the calls lie upstream of genes hardly more often than chance"


def _summarise(look: Fit, verdict: str, applies: bool) -> str:
    why = (
        f"{look.calls} call{'s are' if look.calls != 1 else ' is'} too few"
        if applies
        else "the sites that it learned from have no -10 element, or its file does not say"
    )
    return {
        FITS: "the model seems to fit this genome",
        DOUBTFUL: "it is doubtful whether the model fits this genome; take these calls with care",
        UNKNOWN: f"{UNJUDGED}: {why}",
    }[verdict]


def gc_of(genome: Genome) -> float:
    """Compute the share of G and C among the known bases.

    Parameters
    ----------
    genome
        The genome.

    Returns
    -------
    float
        From 0 to 1; NaN if no base is known.
    """
    count = np.bincount(genome.base, minlength=N + 1)[:N]
    return float((count[C] + count[G]) / count.sum()) if count.sum() else math.nan


def expect_from_composition(genome: Genome) -> float:
    """Compute the share of positions that would have a -10-like element if bases followed each other at random.

    Bases have their shares on both strands. A -10-like element is TATAAT with at most one mismatch at one of five
    starts, which are taken as independent. A shuffled genome has this share too, and none needs to be made.

    Parameters
    ----------
    genome
        The genome.

    Returns
    -------
    float
        From 0 to 1.
    """
    gc = gc_of(genome)
    at = (1 - gc) / 2
    element = at**6 + 6 * at**5 * (1 - at)
    return 1 - (1 - element) ** 5


def _measure_upstream(genome: Genome, calls: Sites, genes: GeneTable | None) -> tuple[float, float]:
    """The share of the calls that are upstream of a gene, and of all positions of both strands that are."""
    if genes is None or not len(calls):
        return math.nan, math.nan
    where = classes(genes.spans, genome.contigs) == UPSTREAM
    row, place = (calls.strand < 0).astype(np.int64), genome.contigs.place(calls.contig, calls.position)
    return float(where[row, place].mean()), float(where[:, genome.base != N].mean())
