"""Scores of tracks and calls against the steps they are made of, against scikit-learn, and by hand."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from headmotif.data import Contig, Contigs, Genome, Sites
from headmotif.steps.calling import evaluation, local_maxima
from headmotif.steps.sites.matching import match
from headmotif.steps.statistics import bootstrap
from headmotif.steps.statistics.metrics import average_precision

CONTIGS = Contigs([Contig("a", 30_000, True), Contig("b", 12_000), Contig("none", 500)])
CLASSES = ("left", "right")


@pytest.fixture(scope="module")
def genome() -> Genome:
    base = np.random.default_rng(0).integers(0, 4, 42_500).astype(np.uint8)
    base[5_000:5_100] = 4
    return Genome(CONTIGS, base)


@pytest.fixture(scope="module")
def true_sites() -> Sites:
    rng = np.random.default_rng(1)
    place, row = rng.choice(42_000, 300, replace=False), rng.integers(0, 2, 300)
    return Sites.from_places(CONTIGS, row, place)


@pytest.fixture(scope="module")
def track(true_sites: Sites) -> np.ndarray:
    rng = np.random.default_rng(2)
    p = rng.random((2, 42_500)).astype(np.float32) * 0.6
    place = true_sites.position + np.where(true_sites.contig == 1, 30_000, 0)
    near = np.clip(place + rng.integers(-1, 2, len(place)), 0, 41_999)
    p[(true_sites.strand < 0).astype(int), near] += rng.random(len(place)).astype(np.float32)
    p[0, 20_000:20_500] = np.nan
    return p


def task(genome: Genome, true: Sites) -> evaluation.Task:
    group = np.zeros((2, 42_500), np.int8)
    group[:, 15_000:] = 1
    region = np.ones(42_500, bool)
    region[:1_000] = False
    return evaluation.truth(genome, true, region, (group, CLASSES), 40)


def test_a_tracks_rows_are_those_of_the_steps(genome: Genome, true_sites: Sites, track: np.ndarray) -> None:
    at = task(genome, true_sites)
    rows = {(r.contig, r.site_class, r.window_nt): r for r in evaluation.score_track("t", track, at, 2, 0.8)}
    assert list(rows)[:3] == [("all", "all", 0), ("all", "left", 0), ("all", "right", 0)]
    assert {key[0] for key in rows} == {"all", "a", "b"}
    every = np.isfinite(track) & (genome.base != 4) & (np.arange(42_500) >= 1_000)
    contig_of = np.repeat(np.arange(3), [c.length for c in CONTIGS])
    for contig, known in (("all", every), ("a", every & (contig_of == 0)), ("b", every & (contig_of == 1))):
        truth, p = at.label[known], track[known]
        row = rows[contig, "all", 0]
        assert row.roc_auc == pytest.approx(roc_auc_score(truth, p), rel=1e-9)
        assert row.average_precision.estimate == pytest.approx(average_precision_score(truth, p), rel=1e-9)
        assert row.average_precision.low < row.average_precision.estimate < row.average_precision.high
        assert (row.sites, row.positions) == (truth.sum(), known.sum())
        assert row.site_density == pytest.approx(truth.mean())
    left = every & ((at.label == 0) | (np.arange(42_500) < 15_000))
    assert rows["all", "left", 0].average_precision.estimate == pytest.approx(
        average_precision_score(at.label[left], track[left])
    )
    close = local_maxima.calls(track, at.label, CONTIGS, 2, every)
    assert rows["all", "all", 2].average_precision.estimate == pytest.approx(close.average_precision)
    called = local_maxima.call_sites(np.where(every, track, np.nan), CONTIGS, 0.8, 2)
    inside = [
        bool(every[int(s < 0), 30_000 * (c == 1) + p])
        for c, p, s in zip(true_sites.contig, true_sites.position, true_sites.strand, strict=True)
    ]
    for within in (0, 2):
        row = rows["all", "all", within]
        pairs = match(called, true_sites.take(np.array(inside)), CONTIGS, within)
        assert (row.calls, row.threshold) == (len(called), 0.8)
        assert row.true_positives == pytest.approx(
            len(pairs), abs=2
        )  # a neighbour that is not scored may hide a maximum, or hold a pair
        assert row.precision.estimate == pytest.approx(row.true_positives / row.calls)
        assert row.recall.estimate == pytest.approx(row.true_positives / row.sites)
        assert sum(rows["all", one, within].true_positives for one in CLASSES) == row.true_positives
        assert sum(rows["all", one, within].calls for one in CLASSES) == row.calls


def test_calls_by_hand() -> None:
    """Sites at 10, 20 and 30 on + and 10 on -; calls: one right, one beside, two at one site, one wrong, one wrong
    outside the region."""
    contigs = Contigs([Contig("c", 100)])
    genome = Genome(contigs, np.zeros(100, np.uint8))
    true = Sites.from_places(contigs, np.array([0, 0, 0, 1]), np.array([10, 20, 30, 10]))
    calls = Sites.from_places(
        contigs, np.array([0, 0, 0, 0, 1, 0]), np.array([10, 21, 29, 31, 50, 80]), np.array([5, 4, 3, 2, 6, 9])
    )
    region = np.arange(100) < 60
    place = np.repeat(np.array([[0], [1]], np.int8), 100, axis=1)
    at = evaluation.truth(genome, true, region, (place, ("plus", "minus")), 0)
    rows = {(r.site_class, r.window_nt): r for r in evaluation.score_calls("x", calls, at, 1)}
    one, close = rows["all", 0], rows["all", 1]
    assert (one.calls, one.true_positives, one.sites, one.positions, one.site_density) == (5, 1, 4, 120, 4 / 120)
    assert (close.calls, close.true_positives) == (5, 3)
    assert (close.precision.estimate, close.recall.estimate, close.f1.estimate) == (3 / 5, 3 / 4, 6 / 9)
    # ranked: 50- wrong, 10+ right, 21+ right, 29+ right (31+ and 29+ are as near to 30: the downstream one is left
    # out), 31+ wrong
    assert close.average_precision.estimate == pytest.approx((1 / 2 + 2 / 3 + 3 / 4) / 4)
    assert one.average_precision.estimate == pytest.approx(1 / 2 / 4)
    assert (rows["minus", 1].calls, rows["minus", 1].true_positives, rows["minus", 1].recall.estimate) == (1, 0, 0)
    assert np.isnan(close.precision.low)  # no draws
    assert np.isnan(close.roc_auc)
    columns = evaluation.curve(evaluation.claims(calls, at, 1), at, 10)
    assert {k: v.tolist() for k, v in columns.items()} == {
        "threshold": [5, 4, 3],
        "calls": [2, 3, 4],
        "true_positives": [1, 2, 3],
        "precision": [1 / 2, 2 / 3, 3 / 4],
        "recall": [1 / 4, 2 / 4, 3 / 4],
        "f1": [2 / 6, 4 / 7, 6 / 8],
        "mean_p": [5.5, 5.0, 4.5],
        "false_positive_rate": [1 / 10, 1 / 10, 1 / 10],
    }


def test_calls_of_one_strength_have_no_ranking_and_those_without_come_last(genome: Genome, true_sites: Sites) -> None:
    at = task(genome, true_sites)
    assert np.isnan(evaluation.score_calls("x", true_sites, at, 2)[0].average_precision.estimate)
    assert evaluation.score_calls("x", true_sites, at, 2)[0].f1.estimate == 1
    strength = np.full(len(true_sites), np.nan, np.float32)
    strength[:40] = np.arange(40)
    some = Sites(true_sites.contig, true_sites.position, true_sites.strand, strength)
    found = evaluation.claims(some, at, 0)
    assert found.hit.all()
    assert np.isneginf(found.strength).sum() > 200
    assert evaluation.score_calls("x", some, at, 2)[0].average_precision.estimate == pytest.approx(1)


def test_a_call_whose_site_is_not_scored_is_not_counted() -> None:
    contigs = Contigs([Contig("c", 40)])
    genome = Genome(contigs, np.zeros(40, np.uint8))
    true = Sites.from_places(contigs, np.array([0, 0]), np.array([10, 20]))
    calls = Sites.from_places(contigs, np.array([0, 0]), np.array([11, 19]), np.array([1, 2]))
    at = evaluation.truth(genome, true, np.arange(40) >= 11, None, 0)  # the site at 10 lies outside, its call inside
    [_, row] = evaluation.score_calls("x", calls, at, 1)
    assert (row.sites, row.calls, row.true_positives) == (1, 1, 1)


def test_intervals_of_calls_are_those_of_whole_blocks() -> None:
    rng = np.random.default_rng(4)
    right, wrong, missed = (rng.integers(0, 9, 12) for _ in range(3))
    weight = bootstrap.draws(12, 400)
    precision, recall, f1 = bootstrap.measure_calls(right, right + wrong, right + missed, weight)
    values = []
    for row in weight:
        drawn = np.repeat(np.arange(12), row)
        values.append(
            (right[drawn].sum() / (right + wrong)[drawn].sum(), right[drawn].sum() / (right + missed)[drawn].sum())
        )
    low, high = np.quantile(np.array(values), [0.025, 0.975], axis=0)
    assert (precision.low, precision.high) == pytest.approx((low[0], high[0]))
    assert (recall.low, recall.high) == pytest.approx((low[1], high[1]))
    assert f1.estimate == pytest.approx(2 / (1 / precision.estimate + 1 / recall.estimate))


def test_a_curve_is_consistent_with_average_precision_and_thins_to_what_shows() -> None:
    rng = np.random.default_rng(5)
    hit, p = rng.random(5000) < 0.3, np.round(rng.random(5000), 3)
    found = evaluation.metrics.curve(hit, p, 2000)
    area = np.sum(np.diff(found["recall"], prepend=0) * found["precision"])
    assert area == pytest.approx(average_precision(hit, p, 2000))
    few = evaluation.thin(found, 50)
    assert 30 <= len(few["recall"]) <= 51
    assert few["recall"][-1] == found["recall"][-1]
    nothing = evaluation.thin(evaluation.metrics.curve(np.zeros(3, bool), np.arange(3.0), 2))
    assert len(nothing["f1"]) == 0
