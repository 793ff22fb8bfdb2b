"""Parts of a genome, and scores against scikit-learn's."""

import math
import warnings

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from headmotif.data import Contig, Genome
from headmotif.errors import InputError
from headmotif.steps.statistics.metrics import score
from headmotif.steps.training import split


def genome_of(*lengths, names=None):
    contigs = tuple(Contig(names[i] if names else f"c{i}", n) for i, n in enumerate(lengths))
    return Genome(contigs, np.zeros(sum(lengths), np.uint8))


def test_parts_are_stretches_of_the_contigs_named():
    part = split.parts(genome_of(10, 6), [(0, 2, 4), (1, 0, 1)], [(1, 4, 6)])
    assert part.tolist() == [0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 2]
    assert part.dtype == np.uint8


def test_validation_and_test_may_touch_but_not_overlap():
    assert split.parts(genome_of(10), [(0, 0, 4)], [(0, 4, 8)]).tolist() == [1] * 4 + [2] * 4 + [0] * 2
    with pytest.raises(InputError, match="overlap"):
        split.parts(genome_of(10), [(0, 0, 5)], [(0, 4, 8)])


def test_regions_of_one_part_may_overlap():
    assert (split.parts(genome_of(10), [(0, 0, 5), (0, 3, 6)], []) == 1).sum() == 6


@pytest.mark.parametrize("lengths", [(1000,), (300, 500, 200), (690, 5, 305), (1,) * 100])
def test_automatic_parts_are_the_end_of_the_genome(lengths):
    genome = genome_of(*lengths)
    part = split.parts(genome, *split.split_automatically(genome))
    size = sum(lengths)
    assert part.tolist() == [split.TRAIN] * round(0.7 * size) + [split.VALIDATION] * round(0.1 * size) + [
        split.TEST
    ] * round(0.2 * size)


def test_automatic_parts_cut_within_a_contig():
    validation, test = split.split_automatically(genome_of(300, 500, 200))
    assert validation == [(1, 400, 500)]
    assert test == [(2, 0, 200)]
    assert split.split_automatically(genome_of(850, 150)) == ([(0, 700, 800)], [(0, 800, 850), (1, 0, 150)])


@pytest.mark.parametrize(
    ("text", "stretch"),
    [
        ("chr:1-10", (0, 0, 10)),
        ("chr:3-3", (0, 2, 3)),
        ("chr:1,000-2,000", (0, 999, 2000)),
        ("chr", (0, 0, 3000)),
        ("a:b:2-5", (1, 1, 5)),
        ("a:b", (1, 0, 40)),
    ],
)
def test_regions_are_read_as_samtools_does(text, stretch):
    genome = genome_of(3000, 40, names=["chr", "a:b"])
    assert split.parse_stretch(genome, text) == stretch
    [shown] = split.format_stretches(genome, [stretch])
    assert split.parse_stretch(genome, shown) == stretch


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("other:1-5", "names no contig of the genome \\(chr\\)"),
        ("other", "names no contig"),
        ("", "names no contig"),
        ("chr:", "is not contig:first-last"),
        ("chr:5", "is not contig:first-last"),
        ("chr:a-b", "is not contig:first-last"),
        ("chr:1-5-9", "is not contig:first-last"),
        ("chr:-5-9", "is not contig:first-last"),
        ("chr:\u00b2-9", "is not contig:first-last"),
        ("chr:0-5", "does not lie within the contig's 1-100"),
        ("chr:6-5", "does not lie within"),
        ("chr:90-101", "does not lie within"),
    ],
)
def test_wrong_regions_are_told_in_one_line(text, problem):
    with pytest.raises(InputError, match=f"^the region '[^\n]*{problem}[^\n]*$"):
        split.parse_stretch(genome_of(100, names=["chr"]), text)


@pytest.mark.parametrize("levels", [2, 5, 50, 10**9], ids=lambda n: f"{n} levels")
@pytest.mark.parametrize("prevalence", [0.01, 0.3, 0.9])
def test_areas_are_scikit_learns(levels, prevalence):
    rng = np.random.default_rng(levels)
    truth = (rng.random(2000) < prevalence).astype(np.uint8)
    p = ((0.2 * truth + 0.8 * rng.random(2000)) * levels).round().astype(np.float32) / np.float32(levels)
    found = score(truth, p)
    assert found.roc_auc == pytest.approx(roc_auc_score(truth, p), abs=1e-12)
    assert found.average_precision == pytest.approx(average_precision_score(truth, p), abs=1e-12)
    assert (found.positions, found.sites, found.prevalence) == (2000, truth.sum(), truth.mean())


def test_the_order_of_ties_does_not_count():
    truth = np.array([1, 0, 0, 1, 0])
    assert score(truth, np.full(5, 0.5)) == score(truth[::-1], np.full(5, 0.5))
    found = score(truth, np.full(5, 0.5))
    assert (found.roc_auc, found.average_precision) == (0.5, pytest.approx(0.4))


def test_a_perfect_and_an_inverted_ranking():
    truth, p = np.array([[1, 0], [0, 0]]), np.array([[0.9, 0.2], [0.3, 0.1]])
    assert (score(truth, p).roc_auc, score(truth, p).average_precision) == (1.0, 1.0)
    assert (score(truth, -p).roc_auc, score(truth, -p).average_precision) == (0.0, 0.25)


@pytest.mark.parametrize("truth", [[], [0, 0], [1, 1, 1]])
def test_all_or_no_sites_have_no_areas(truth):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = score(np.array(truth, np.uint8), np.linspace(0, 1, len(truth)))
    assert math.isnan(found.roc_auc)
    assert math.isnan(found.average_precision)
    assert (found.positions, found.sites) == (len(truth), sum(truth))
    assert math.isnan(found.prevalence) if not truth else found.prevalence == sum(truth) / len(truth)
