"""The fast search for motifs finds what its formulas say, computed one by one: N, orientations, weights and blocks."""

from functools import cache

import numpy as np
import pytest

import literal_motifs as literal
from headmotif.alphabet import N, encode
from headmotif.data import Contig, Genome, Regions
from headmotif.steps.motifs import discovery, dyads, expectation, palindrome, starting_points, stretches, zoops
from headmotif.steps.sequence import markov, windows
from test_align import promoters, regions

TOLERANCE = 2e-5
"""Of probabilities: the odds are float32, and are added in another order."""


def draw_windows(n=60, length=15, seed=0, word="TGTGAC"):
    """Windows of different lengths at different places, N around them, and in some; a word in most."""
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, 4, (n, length)).astype(np.uint8)
    column = np.arange(length)
    for row in codes[: 3 * n // 4]:
        at = rng.integers(2, length - len(word) - 1)
        row[at : at + len(word)] = np.where(rng.random(len(word)) < 0.1, rng.integers(0, 4, len(word)), encode(word))
    codes[column < rng.integers(0, 4, n)[:, None]] = N
    codes[column >= length - rng.integers(0, 4, n)[:, None]] = N
    codes[rng.random(codes.shape) < 0.01] = N
    codes[5] = N  # nothing is known of one
    codes[6, 3:] = N  # and too little of another
    return codes, rng.uniform(0.2, 1, n)


@pytest.fixture(params=[1 << 17, 1], ids=["one block", "a window a block"])
def blocks(request, monkeypatch):
    monkeypatch.setattr(stretches, "BLOCK", request.param)


LEARN = {
    "composition": markov.learn,
    "chain": lambda codes: markov.learn(codes, 1),
    "columns": markov.learn_columns,
}


@cache
def discover_literally(kind, both):
    """Windows, their weights, background and widths, and the literal result, trimmed where it has faint ends."""
    codes, weight = draw_windows(45)
    background = LEARN[kind](codes)
    found = literal.discover(codes, weight, background, (6, 8), both)
    short = zoops.trim(found[1], background.composition, 6)
    if len(short) < len(found[1]):
        matrix = literal.settle(codes, weight, short, background, both)
        likelihood, posterior = literal.fit(codes, weight, matrix, background, both)
        found = likelihood - 1.5 * len(matrix) * np.log(45), matrix, posterior
    return codes, weight, background, found


@pytest.mark.parametrize("kind", LEARN)
@pytest.mark.parametrize("both", [False, True])
def test_the_motif_and_its_places_are_those_of_the_formulas(kind, both, blocks):
    codes, weight, background, (gain, matrix, posterior) = discover_literally(kind, both)
    found = zoops.discover(codes, weight, background, (6, 8), both)
    assert found.gain == pytest.approx(gain, abs=1e-3)
    np.testing.assert_allclose(found.matrix, matrix, atol=TOLERANCE)
    np.testing.assert_allclose(found.present, posterior.sum(axis=1), atol=TOLERANCE)
    assert found.present[5] == found.present[6] == 0
    place, starts = posterior.argmax(axis=1), codes.shape[1] - len(matrix) + 1
    held = found.present > 1e-6
    np.testing.assert_array_equal(found.reverse[held], place[held] >= starts)
    np.testing.assert_array_equal(found.start[held], np.where(place < starts, place, 2 * starts - 1 - place)[held])


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("width", [5, 6, 9])
def test_the_starting_points_are_those_of_the_formulas(both, width):
    codes, weight = draw_windows(200)
    background = markov.learn(codes)
    strands = stretches.read_strands(codes, background, both)
    averages = starting_points.average_starts(strands, weight, background.composition, width)
    [words] = starting_points.find_words(strands, weight, background.composition, (width,))
    right = literal.find_starts(codes, weight, background, width, both)
    np.testing.assert_allclose(averages, right[:-12], atol=TOLERANCE)
    # A word and its reverse complement may be equally enriched.
    np.testing.assert_allclose(*(sorted(np.round(w, 9).tolist()) for w in (words, right[-12:])), atol=TOLERANCE)


def test_a_bipartite_motif_starts_from_a_word_and_the_most_informative_gap():
    codes, weight = draw_windows(60, 22, word="TTGACATAATAAT")
    background, gaps = markov.learn(codes), range(1, 4)
    found = dyads._find_starts(codes, dyads._read(codes, background), weight, background, gaps)
    for blocks, right in zip(found, literal.find_pair_starts(codes, weight, background, gaps), strict=True):
        for part, its in zip(blocks, right, strict=True):
            np.testing.assert_allclose(part, its, atol=TOLERANCE)


def test_matrices_of_several_widths_settle_together_as_each_alone(blocks):
    codes, weight = draw_windows(seed=1)
    background = markov.learn(codes)
    starts = [np.concatenate(literal.find_starts(codes, weight, background, w, False)[:1]) for w in (6, 7, 10)]
    seen = stretches.tile(stretches.read_strands(codes, background, False), (6, 7, 10))
    together = expectation.settle(seen, weight, background.composition, starts, 12)
    for start, found in zip(starts, together, strict=True):
        np.testing.assert_allclose(found, literal.settle(codes, weight, start, background, False, 12), atol=TOLERANCE)
        alone = expectation.settle(seen.narrow(len(start)), weight, background.composition, [start], 12)
        np.testing.assert_allclose(found, alone[0], atol=TOLERANCE)


def test_no_odds_are_subnormal_while_bases_are_counted():
    """Products of subnormal numbers take many times longer, and add nothing."""
    codes = np.random.default_rng(0).integers(0, 4, (50, 30)).astype(np.uint8)
    background = markov.learn(codes)
    seen = stretches.tile(stretches.read_strands(codes, background, False), (24,))
    sharp = expectation.frequencies(1e6 * np.eye(4)[np.zeros(24, int)], background.composition)
    flat = expectation._Matrices.pack(seen, [sharp]).flatten()
    smallest = min(expectation._find_odds(block, flat, expectation.FAINTEST).min() for block in seen.blocks)
    assert smallest >= np.finfo(np.float32).tiny
    unbounded = min(expectation._find_odds(block, flat).min() for block in seen.blocks)
    assert unbounded < np.finfo(np.float32).tiny


def test_blocks_hold_no_more_starts_than_their_longest_window_needs():
    codes, _weight = draw_windows(200, 40)
    codes[:, 20:] = N
    seen = stretches.tile(stretches.read_strands(codes, markov.learn(codes), False), (6, 8))
    known = (codes < N).sum(axis=1).max()
    assert max(len(block) for block in seen.blocks) <= 20 - 6 + 1
    assert known <= 20
    assert sum(block.shape[1] for block in seen.blocks) == len(seen.order) == 200
    assert sorted(seen.order.tolist()) == list(range(200))


def test_palindromes_are_chosen_by_the_likelihood_of_each(blocks):
    codes, weight = draw_windows(word="TGATCA", seed=3)
    background = markov.learn(codes)
    found = zoops.refine(codes, weight, background, zoops.discover(codes, weight, background, (6,)).matrix)
    chosen = palindrome.make_palindromic(found, codes, weight, background)
    assert chosen is not None
    penalty = 1.5 * np.log(len(codes))
    plain = literal.fit(codes, weight, found.matrix, background, False)[0] - 6 * penalty
    assert literal.fit(codes, weight, chosen, background, False)[0] - 3 * penalty > plain


def test_scores_are_those_of_the_formula():
    codes, weight = draw_windows(30)
    for background in (markov.learn(codes), markov.learn(codes, 2), markov.learn_columns(codes)):
        matrix = zoops.discover(codes, weight, background, (6,)).matrix
        right = literal.log_odds(codes, matrix, background, False)
        found = zoops.scores(codes, matrix, background)
        np.testing.assert_allclose(found, np.where(np.isfinite(right), right, np.nan), atol=1e-9)


@pytest.mark.parametrize("learn", [markov.learn, markov.learn_columns])
def test_bipartite_motifs_are_those_of_the_formulas(learn):
    codes, weight = draw_windows(40, 22, word="TTGACATAATAAT")
    background, gaps = learn(codes), range(1, 4)
    share = np.full(3, 1 / 3)
    one, other = (0.1 + 0.6 * np.eye(4)[encode(word)] for word in ("TTGACA", "ATAATA"))
    start = dyads.Blocks(one, other, share)
    right = literal.refine_pair(codes, weight, start, gaps, background)
    found = dyads.refine(codes, weight, background, start, gaps)
    for part, its in zip((found.upper, found.lower, found.share), right, strict=True):
        np.testing.assert_allclose(part, its, atol=TOLERANCE)
    odds = literal.find_pairs(codes, right, gaps, background)
    held = 0.5
    for _ in range(4):
        posterior = held * odds / (1 - held + held * odds.sum(axis=(1, 2)))[:, None, None]
        before, held = held, np.clip((weight * posterior.sum(axis=(1, 2))).sum() / weight.sum(), 0.01, 0.99)
    np.testing.assert_allclose(found.present, posterior.sum(axis=(1, 2)), atol=TOLERANCE)
    likelihood = (weight * np.log(1 - before + before * odds.sum(axis=(1, 2)))).sum() / weight.mean()
    assert found.gain == pytest.approx(likelihood - 0.5 * (36 + 2) * np.log(40), abs=1e-3)
    place = posterior.reshape(40, -1).argmax(axis=1)
    held_at = found.present > 1e-6
    np.testing.assert_array_equal(found.start[held_at], (place // 3)[held_at])
    np.testing.assert_array_equal(found.gap[held_at], np.array(gaps)[place % 3][held_at])


@pytest.mark.parametrize("order", [0, 2])
@pytest.mark.parametrize("share", [1, 4])
@pytest.mark.parametrize("kind", ["one strand", "both", "bipartite"])
def test_the_positional_null_reads_only_the_places_it_needs(order, share, kind, monkeypatch):
    genome, site, strand, distance = promoters(60)
    mine = regions(site, strand, distance)
    cut = discovery.cut_windows(genome, mine, 12, 8)
    background, weight = markov.learn(cut, order), np.ones(60)
    if kind == "bipartite":
        found = dyads.discover(cut, weight, background, range(3, 6))
    else:
        found = zoops.discover(cut, weight, background, (6, 8), kind == "both")
    top = np.arange(60) % share == 0
    read, whole = [], windows.Reads.cut
    monkeypatch.setattr(windows.Reads, "cut", lambda *given: read.append(found := whole(*given)) or found)
    p = discovery._test_beyond_position(genome, mine, top, found, background, -4, kind == "both")
    [needed] = read
    right = literal.find_p_beyond_position(genome, mine, top, found, background, -4, kind == "both")
    assert p == pytest.approx(right, rel=1e-6)
    assert needed.size < read[1].size / (2 if share == 1 else 6)


@pytest.mark.parametrize("circular", [True, False])
def test_windows_off_the_contig_are_cut_one_by_one_and_all_others_together(circular, monkeypatch):
    rng = np.random.default_rng(0)
    contigs = (Contig("a", 400, circular), Contig("b", 30, circular), Contig("c", 200, circular))
    genome = Genome(contigs, rng.integers(0, 5, 630).astype(np.uint8))
    contig, strand = rng.integers(0, 3, 300), rng.choice([-1, 1], 300)
    place = (rng.random(300) * genome.contigs.lengths[contig]).astype(int)
    reads, one_by_one = windows.Reads(genome, 7, 9), []
    literally = windows.cut_stretch
    monkeypatch.setattr(windows, "cut_stretch", lambda *given: one_by_one.append(1) or literally(*given))
    found = reads.cut(contig, strand, place, 20)
    assert 0 < len(one_by_one) < 200
    for row, c, s, p in zip(found, contig, strand, place, strict=True):
        np.testing.assert_array_equal(row, literally(genome.contig_bases(c), circular, s, p - 7, p + 29))
    assert reads.cut(contig[:0], strand[:0], place[:0], 20).shape == (0, 36)


def test_the_number_of_threads_changes_nothing():
    genome, site, strand, distance = promoters(80)
    heads = [regions(site, strand, np.roll(distance, i), f"L1H{i}") for i in range(1, 4)]
    mine = Regions(("c",), *(np.concatenate([getattr(r, c) for r in heads]) for c in Regions.COLUMNS))
    one, two = (list(discovery.find_motifs(genome, mine, discovery.Search(), 1, threads=n)) for n in (1, 2))
    assert [f.group for f in one] == ["L1H1", "L1H2", "L1H3"]
    for a, b in zip(one, two, strict=True):
        assert (a.group, a.p, a.gain, a.motif.nsites) == (b.group, b.p, b.gain, b.motif.nsites)
        np.testing.assert_array_equal(a.motif.matrix, b.motif.matrix)
