"""Does a model fit a genome: told by what its calls look like."""

import math
from dataclasses import replace

import numpy as np
import pytest

from headmotif.alphabet import encode
from headmotif.data import GeneTable, LabelledSites, Sites, TrainingGenome
from headmotif.steps.calling import transferability
from headmotif.steps.training import labels
from networks import genome_of, random_codes

BOX = encode(b"TATAAT")


def sites_of(position, strand):
    n = len(position)
    return Sites(np.zeros(n, np.int32), position, strand, np.full(n, np.nan, np.float32))


def genome_with_boxes(seed, boxed, n=400, spacing=250):
    """Sites of both strands; the first `boxed` of them have TATAAT 12 nt upstream."""
    codes = random_codes(spacing * (n + 1), seed)
    position = spacing * np.arange(1, n + 1)
    strand = np.where(np.arange(n) % 2, -1, 1).astype(np.int8)
    for at, sign in zip(position[:boxed], strand[:boxed], strict=True):
        if sign > 0:
            codes[at - 12 : at - 6] = BOX
        else:
            codes[at + 7 : at + 13] = 3 - BOX[::-1]
    return genome_of(codes), sites_of(position, strand)


@pytest.fixture(scope="module")
def learned_genome():
    genome, sites = genome_with_boxes(1, 120)
    return transferability.origin(labels.label(genome, {"tss": sites}))


def test_what_is_kept_of_the_training_genome(learned_genome):
    genome, sites = genome_with_boxes(1, 120)
    assert learned_genome.gc == pytest.approx(np.isin(genome.base, (1, 2)).mean())
    assert learned_genome.learned["tss"].sites == len(sites)
    assert 0.3 <= learned_genome.learned["tss"].minus10 < 0.36


def test_calls_like_the_sites_learned_from_fit(learned_genome):
    found = transferability.fit(*genome_with_boxes(2, 110), None, learned_genome, "tss")
    assert found.verdict == transferability.FITS
    assert found.minus10 > 0.27 > 5 * found.minus10_chance
    assert found.calls_per_mb == pytest.approx(400 / (2 * 250 * 401) * 1e6)
    assert found.words[-1] == "the model seems to fit this genome"


def test_far_more_calls_than_sites_learned_from_are_doubtful_where_the_threshold_is_the_models_own(learned_genome):
    genome, sites = genome_with_boxes(2, 330, spacing=100)
    assert transferability.fit(genome, sites, None, learned_genome, "tss").verdict == transferability.DOUBTFUL
    found = transferability.fit(genome, sites, None, learned_genome, "tss", usual=False)
    assert (found.verdict, found.calls_per_mb > 2 * found.learned_per_mb) == (transferability.FITS, True)


def test_calls_without_boxes_are_doubtful(learned_genome):
    found = transferability.fit(*genome_with_boxes(3, 20), None, learned_genome, "tss")
    assert found.verdict == transferability.DOUBTFUL
    assert any(word.startswith("that is only") for word in found.words)


def test_another_gc_is_told(learned_genome):
    genome, sites = genome_with_boxes(4, 110)
    base = genome.base.copy()
    base[(base == 0) & (np.random.default_rng(0).random(len(base)) < 0.5)] = 2
    found = transferability.fit(replace(genome, base=base), sites, None, learned_genome, "tss")
    assert found.verdict == transferability.DOUBTFUL
    assert any(word.startswith("GC is 6") and "so P may not hold here" in word for word in found.words)


def test_few_calls_or_a_model_that_says_nothing_cannot_be_judged(learned_genome):
    genome, sites = genome_with_boxes(2, 110)
    few = transferability.fit(genome, sites.take(np.arange(10)), None, learned_genome, "tss")
    assert (few.verdict, "10 calls" in few.words[-1]) == (transferability.UNKNOWN, True)
    none = transferability.fit(genome, sites, None, TrainingGenome(), "tss")
    assert (none.verdict, math.isnan(none.learned_gc)) == (transferability.UNKNOWN, True)
    without = replace(learned_genome, learned={"tis": LabelledSites(100, 0.02)})
    assert (
        transferability.fit(genome, sites, None, without, "tis").verdict == transferability.UNKNOWN
    )  # the labels have no box to begin with
    nothing = transferability.fit(genome, sites.take(np.arange(0)), None, learned_genome, "tss")
    assert (nothing.calls, nothing.verdict) == (0, transferability.UNKNOWN)


def test_calls_upstream_of_genes_are_counted_beside_chance(learned_genome):
    genome, sites = genome_with_boxes(2, 110)
    n = 100
    start = (sites.position[::4] + 30)[:n]  # a gene 30 nt behind every fourth site, which is on the + strand
    genes = GeneTable(np.zeros(n, np.int32), start, start + 100, np.ones(n, np.int8), ("",) * n, ("gene",) * n)
    found = transferability.fit(genome, sites, genes, learned_genome, "tss")
    assert found.upstream >= 0.25
    elsewhere = sites.position + 135
    far = transferability.fit(genome, sites_of(elsewhere, -sites.strand), genes, learned_genome, "tss")
    assert far.upstream_chance == pytest.approx(found.upstream_chance)
    assert 0.05 < found.upstream_chance < 0.5


def test_calls_that_hardly_prefer_the_places_before_genes_are_doubtful(learned_genome):
    """Told where genes are known, and only there."""
    genome, sites = genome_with_boxes(2, 110)

    def judge(far):
        start, n = sites.position[::4][:100] + far, 100
        genes = GeneTable(np.zeros(n, np.int32), start, start + 100, np.ones(n, np.int8), ("",) * n, ("gene",) * n)
        found = transferability.fit(genome, sites, genes, learned_genome, "tss")
        words = [word for word in found.words if "upstream of a gene" in word]
        assert words == [
            f"{found.upstream:.0%} of the calls lie upstream of a gene; {found.upstream_chance:.0%} of all positions do"
        ]
        return found

    near, inside = judge(30), judge(-50)  # genes behind every fourth call, or over it
    assert near.upstream > 1.5 * near.upstream_chance
    assert near.verdict == transferability.FITS
    assert inside.upstream < 1.5 * inside.upstream_chance
    assert (inside.verdict, inside.words[-2]) == (
        transferability.DOUBTFUL,
        "the calls lie upstream of genes hardly more often than chance",
    )
    assert not any(
        "upstream of a gene" in word for word in transferability.fit(genome, sites, None, learned_genome, "tss").words
    )


def test_twenty_calls_are_enough_to_judge_by(learned_genome):
    genome, sites = genome_with_boxes(2, 110)
    for n, verdict in ((transferability.FEW, transferability.FITS), (transferability.FEW - 1, transferability.UNKNOWN)):
        assert transferability.fit(genome, sites.take(np.arange(n)), None, learned_genome, "tss").verdict == verdict


def test_boxes_by_composition_is_what_independent_bases_have():
    rng = np.random.default_rng(5)
    codes = rng.choice(4, 400_000, p=[0.3, 0.2, 0.2, 0.3]).astype(np.uint8)
    from headmotif.steps.sites.coordinate_checks import minus10_background

    genome = genome_of(codes)
    assert transferability.expect_from_composition(genome) == pytest.approx(minus10_background(genome), rel=0.06)
