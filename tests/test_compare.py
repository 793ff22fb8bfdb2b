"""Motif comparison against brute force, memelite and what must hold whatever the numbers."""

import itertools
from pathlib import Path

import numpy as np
import pytest

from costly import FULL
from headmotif.alphabet import IUPAC
from headmotif.data import Motif, consensus
from headmotif.formats.inputs import motif_files
from headmotif.steps.comparison import tomtom as module
from headmotif.steps.comparison.column_scores import SCORES
from headmotif.steps.comparison.listing import matches
from headmotif.steps.comparison.no_matches import explain_no_matches
from headmotif.steps.comparison.p_values import compute_p_values
from headmotif.steps.comparison.tomtom import Comparison, compare
from plain_tomtom import compare_plainly


def draw_motifs(seed: int, count: int, low: int = 5, high: int = 24, spread: float = 0.3) -> list[Motif]:
    rng = np.random.default_rng(seed)
    return [Motif(f"m{i}", rng.dirichlet([spread] * 4, size=int(rng.integers(low, high)))) for i in range(count)]


def count_sites(seed: int, count: int, sites: int) -> list[Motif]:
    """Motifs of few sites, whose columns recur and have simple ratios."""
    rng = np.random.default_rng(seed)
    return [
        Motif(f"c{i}", rng.multinomial(sites, rng.dirichlet([0.5] * 4), size=int(rng.integers(1, 20))) / sites)
        for i in range(count)
    ]


def flip(motif: Motif) -> Motif:
    return Motif(motif.name, motif.matrix[::-1, ::-1])


def assert_same(a: Comparison, b: Comparison) -> None:
    for name in ("p", "evalue", "q", "offset", "overlap", "reverse"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name), err_msg=name)


def group(width: np.ndarray) -> dict[int, np.ndarray]:
    return {t: np.flatnonzero(width == t) for t in np.unique(width).tolist()}


def compute_by_hand(score: np.ndarray, t: int, best: int, min_overlap: int = 1) -> float:
    """P(best way >= best) with each span's distribution counted over all draws of columns, ways independent."""
    w, miss = len(score), 1.0
    for d in range(-w + 1, t):
        first, last = max(0, -d), min(w, t - d)
        if last - first >= min(min_overlap, w, t):
            sums = [sum(draw) for draw in itertools.product(*score[first:last].tolist())]
            miss *= np.mean(np.array(sums) < best)
    return 1 - miss


@pytest.mark.parametrize("min_overlap", [1, 2, 9])
def test_p_values_are_those_of_enumeration(min_overlap: int) -> None:
    rng = np.random.default_rng(3)
    for w in (1, 2, 3, 4):
        score = rng.integers(-4, 5, size=(w, 6)).astype(np.int32)
        width = np.array([1, 2, 3, 4, 5, 8])
        best = np.minimum(rng.integers(0, 4 * w, size=len(width)), score.max(axis=1).sum())
        p = compute_p_values(score, best, group(width), min_overlap)
        np.testing.assert_allclose(
            p,
            [compute_by_hand(score, t, b, min_overlap) for t, b in zip(width, best, strict=True)],
            rtol=1e-9,
            atol=1e-15,
        )


@pytest.mark.parametrize("distance", SCORES)
@pytest.mark.parametrize("min_overlap", [1, 5])
def test_the_best_alignment_is_that_of_a_plain_search(distance: str, min_overlap: int) -> None:
    queries, targets = draw_motifs(1, 4, 2, 9), draw_motifs(2, 12, 2, 9)
    found = compare(queries, targets, distance, min_overlap)
    columns = np.concatenate([t.matrix for t in targets] + [t.matrix[::-1, ::-1] for t in targets])
    for i, query in enumerate(queries):
        raw = SCORES[distance](query.matrix, columns)
        median = np.median(raw, axis=1)
        for j, target in enumerate(targets):
            scores = {}
            for reverse, matrix in enumerate((target.matrix, target.matrix[::-1, ::-1])):
                column = SCORES[distance](query.matrix, matrix) - median[:, None]
                for d in range(-len(query) + 1, len(target)):
                    pairs = [(q, q + d) for q in range(len(query)) if 0 <= q + d < len(target)]
                    if len(pairs) >= min(min_overlap, len(query), len(target)):
                        scores[d, bool(reverse), len(pairs)] = sum(column[pair] for pair in pairs)
            mine = int(found.offset[i, j]), bool(found.reverse[i, j]), int(found.overlap[i, j])
            slack = len(query) * np.ptp(raw - median[:, None]) / module.BINS  # what binning may turn round
            assert scores[mine] >= max(scores.values()) - slack


@pytest.mark.parametrize(("distance", "min_overlap"), [*[(one, 1) for one in SCORES], ("pearson", 4)])
def test_scores_and_p_are_those_of_the_plain_method(distance: str, min_overlap: int) -> None:
    for queries, targets in (
        (draw_motifs(1, 5, 1, 16), draw_motifs(2, 25, 1, 24)),
        (count_sites(3, 4, 4), [*count_sites(4, 15, 4), *draw_motifs(5, 1, 60, 61)]),
    ):
        found = compare(queries, targets, distance, min_overlap)
        p, offset, reverse = compare_plainly(queries, targets, distance, min_overlap)
        np.testing.assert_array_equal(found.offset, offset)
        np.testing.assert_array_equal(found.reverse, reverse)
        np.testing.assert_allclose(found.p, p, rtol=1e-12)


def test_threads_change_nothing() -> None:
    queries, targets = draw_motifs(1, 12), draw_motifs(2, 30)
    assert_same(compare(queries, targets), compare(queries, targets, threads=3))


def test_identical_motifs_match_best_and_themselves() -> None:
    targets = draw_motifs(5, 60)
    for distance in SCORES:
        found = compare(targets, targets, distance)
        assert (found.p.argmin(axis=1) == np.arange(60)).all()
        on = np.arange(60), np.arange(60)
        assert (found.offset[on] == 0).all()
        assert not found.reverse[on].any()
        assert (found.overlap[on] == [len(t) for t in targets]).all()


@pytest.mark.parametrize("distance", SCORES)
def test_a_reverse_complement_flips_only_the_orientation(distance: str) -> None:
    queries, targets = draw_motifs(6, 12), draw_motifs(7, 40)
    one, other = compare(queries, targets, distance), compare([flip(query) for query in queries], targets, distance)
    np.testing.assert_allclose(one.p, other.p, rtol=1e-12)  # the same sums in another order
    np.testing.assert_allclose(one.q, other.q, rtol=1e-12)
    np.testing.assert_array_equal(one.overlap, other.overlap)
    np.testing.assert_array_equal(one.reverse, ~other.reverse)
    widths = np.array([len(t) for t in targets])[None] - np.array([len(q) for q in queries])[:, None]
    np.testing.assert_array_equal(one.offset, widths - other.offset)
    # and of all targets, too
    third = compare(queries, [flip(target) for target in targets], distance)
    np.testing.assert_array_equal(one.p, third.p)
    np.testing.assert_array_equal(one.reverse, ~third.reverse)


def test_the_order_of_targets_and_queries_does_not_matter() -> None:
    queries, targets = draw_motifs(8, 8), draw_motifs(9, 50)
    found = compare(queries, targets)
    row, column = np.random.default_rng(0).permutation(8), np.random.default_rng(1).permutation(50)
    shuffled = compare([queries[i] for i in row], [targets[j] for j in column])
    picked = {
        name: getattr(found, name)[np.ix_(row, column)] for name in ("p", "evalue", "q", "offset", "overlap", "reverse")
    }
    assert_same(shuffled, Comparison(**picked))
    listed = matches(found, queries, targets)
    again = matches(compare(queries, [targets[j] for j in column]), queries, [targets[j] for j in column])
    assert listed == again


def test_p_lies_between_0_and_1_and_falls_with_the_score() -> None:
    score = np.random.default_rng(0).integers(-30, 71, size=(9, 200)).astype(np.int32)
    best = np.arange(0, score.max(axis=1).sum() + 1)
    for t in (3, 9, 20):
        p = compute_p_values(score, best, {t: np.arange(len(best))}, 1)
        assert ((p >= 0) & (p <= 1)).all()
        assert (np.diff(p) <= 1e-12).all()


@pytest.mark.parametrize("distance", SCORES)
def test_degenerate_motifs_are_compared(distance: str) -> None:
    flat = [Motif("flat", np.full((3, 4), 0.25))]
    for queries, targets in (
        (flat, flat),
        (flat, draw_motifs(1, 3)),
        (draw_motifs(1, 3), flat),
        (draw_motifs(2, 1, 1, 2), draw_motifs(3, 2, 1, 2)),
    ):
        found = compare(queries, targets, distance)
        assert np.isfinite(found.p).all()
        assert ((found.p >= 0) & (found.p <= 1) & (found.q >= found.p)).all()
    assert compare([], draw_motifs(1, 3)).p.shape == (0, 3)
    assert compare(flat, []).q.shape == (1, 0)
    assert matches(compare([], []), [], []) == []


def test_p_holds_for_motifs_of_columns_drawn_from_the_targets() -> None:
    rng = np.random.default_rng(11)
    columns = np.concatenate([m.matrix for m in draw_motifs(12, 100)])
    queries = [Motif("q", columns[rng.integers(0, len(columns), 9)]) for _ in range(120)]
    targets = [Motif("t", columns[rng.integers(0, len(columns), int(rng.integers(6, 20)))]) for _ in range(250)]
    for distance in SCORES:
        p = compare(queries, targets, distance).p
        for a in (0.1, 0.05, 0.01, 0.001):
            noise = 3 * np.sqrt(a / p.size)
            assert (p <= a).mean() <= 1.1 * a + noise


def test_matches_are_cut_sorted_and_limited() -> None:
    queries, targets = draw_motifs(5, 10), draw_motifs(5, 30)
    found = compare(queries, targets)
    listed = matches(found, queries, targets)
    assert len(listed) == 300
    assert [m.query for m in listed] == [q.name for q in queries for _ in targets]
    assert all(a.p <= b.p for a, b in itertools.pairwise(listed) if a.query == b.query)
    best = matches(found, queries, targets, best=True)
    assert [(m.query, m.target) for m in best] == [(q.name, q.name) for q in queries]
    cut = matches(found, queries, targets, max_q=0.05)
    assert cut == [m for m in listed if m.q <= 0.05]
    reverse = matches(compare([flip(queries[0])], targets), [flip(queries[0])], targets, best=True)[0]
    assert reverse.orientation == "-"
    assert reverse.query_consensus == reverse.target_consensus


def test_no_matches_are_explained_and_the_limit_named_reports_one() -> None:
    queries, targets = draw_motifs(1, 2), draw_motifs(2, 3)
    found = compare(queries, targets)
    least = np.unravel_index(found.q.argmin(), found.q.shape)
    said = explain_no_matches(found.p, found.q, [one.name for one in queries], [one.name for one in targets])
    start, limit = f"no matches: the lowest q is {found.q.min():.2g}, of ", float(said.split()[-3])
    assert said.startswith(f"{start}{queries[least[0]].name} and {targets[least[1]].name}; --max-q ")
    assert matches(found, queries, targets, limit)
    nearest = explain_no_matches(np.array([[0.3, 0.2]]), np.ones((1, 2)), ["x"], ["a", "b"])
    assert "no pair is more alike than by chance, with q 1; the nearest is p 0.2, of x and b; --max-q 1" in nearest
    none = np.zeros((0, 3))
    assert explain_no_matches(none, none, [], ["a", "b", "c"]) == "no matches: there is no motif to compare"


def test_consensus_gives_every_iupac_letter_back() -> None:
    assert consensus(motif_files.consensus("".join(IUPAC))) == "".join(IUPAC)
    assert (
        consensus(Motif("m", np.array([[0.6, 0.2, 0.1, 0.1], [0.45, 0.35, 0.1, 0.1], [0.33, 0.33, 0.335, 0.005]])))
        == "AMV"
    )


def agreement(queries: list[Motif], targets: list[Motif]) -> tuple[float, np.ndarray, np.ndarray]:
    """Share of pairs with p >= 1e-10 within 0.1 in log10 of memelite's; ours, its p."""
    tomtom = pytest.importorskip("memelite").tomtom
    theirs = tomtom([q.matrix.T.copy() for q in queries], [t.matrix.T.copy() for t in targets], n_target_bins=None)[0]
    ours = compare(queries, targets, "euclidean").p
    counted = theirs >= 1e-10
    return float((np.abs(np.log10(ours[counted] / theirs[counted])) < 0.1).mean()), ours, theirs


@FULL
@pytest.mark.filterwarnings("ignore")
def test_memelite_agrees_on_drawn_motifs(monkeypatch: pytest.MonkeyPatch) -> None:
    queries, targets = draw_motifs(1, 12, spread=1.0), draw_motifs(2, 60, spread=1.0)
    share, ours, theirs = agreement(queries, targets)
    assert share >= 0.99
    # Where the two differ, ours is nearer to the p-value of ten times finer bins.
    monkeypatch.setattr(module, "BINS", 1000)
    few = [i for i, query in enumerate(queries) if len(query) < 12][:3]
    exact = compare([queries[i] for i in few], targets, "euclidean").p
    wrong, their_wrong = (np.abs(np.log10(p[few] / exact)) for p in (ours, theirs))
    assert wrong.mean() <= their_wrong.mean()
    assert wrong[exact >= 1e-10].max() < 0.1


@FULL
@pytest.mark.data
@pytest.mark.filterwarnings("ignore")
def test_real_factors_find_themselves_as_often_as_with_memelite(data_folder: Path) -> None:
    folder = data_folder / "motifs"
    queries, targets = (
        list(motif_files.read(str(folder / name)).motifs) for name in ("dpinteract.meme", "SwissRegulon_e_coli.meme")
    )
    assert (len(queries), len(targets)) == (68, 97)
    share, _, theirs = agreement(queries, targets)
    assert share >= 0.99

    def count_right(p: np.ndarray) -> int:
        names = [target.name.split("_")[0].lower() for target in targets]
        pairs = [(query.name.lower(), names[j]) for query, j in zip(queries, p.argmin(axis=1), strict=True)]
        return sum(one.startswith(other) or other.startswith(one) for one, other in pairs)

    rival = count_right(theirs)
    for distance in ("pearson", "euclidean"):
        assert count_right(compare(queries, targets, distance).p) >= rival


@pytest.mark.data
def test_a_bare_consensus_finds_sigma_70(data_folder: Path) -> None:
    targets = list(motif_files.read(str(data_folder / "motifs" / "dpinteract.meme")).motifs)
    first = matches(compare([motif_files.consensus("TATAAT")], targets), [motif_files.consensus("TATAAT")], targets)[:3]
    assert all(match.target.startswith("rpoD") and match.q < 0.05 for match in first)


@pytest.mark.parametrize("number", [2, 4, 10, 1000, 29_000])
@pytest.mark.parametrize("kind", ["drawn", "sorted", "ties", "two values", "an unusual sample"])
def test_the_median_of_scores_is_numpys(number, kind):
    row = np.random.default_rng(number).normal(size=number)
    if kind == "sorted":
        row.sort()
    elif kind == "ties":
        row = np.round(row, 1)
    elif kind == "two values":
        row = np.sign(row)
    elif kind == "an unusual sample":
        row[:: max(1, number // module.SAMPLED)] += 100
    before = row.copy()
    assert module._find_median(row) == np.median(row)
    np.testing.assert_array_equal(row, before)
