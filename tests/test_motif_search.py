"""What is looked for besides one ungapped motif: two blocks, either orientation, several motifs, palindromes, chains as
background."""

from dataclasses import replace

import numpy as np
import pytest

from headmotif.alphabet import N, decode, encode, reverse_complement
from headmotif.data import Contig, Genome, Motif, Regions
from headmotif.steps.attention import positions
from headmotif.steps.motifs import discovery, dyads, no_motifs, palindrome, zoops
from headmotif.steps.sequence import markov
from test_align import concatenate, consensus, draw_windows_with, promoters, regions

EVEN = np.full(4, 0.25)


def draw_two_blocks(n=500, length=60, shares=None, held=0.8, noise=0.3, seed=0):
    """Random windows with TTGACA and TATAAT some bases apart in most; where TTGACA begins (-1: not there) and the
    gap."""
    rng = np.random.default_rng(seed)
    shares = shares or {15: 0.05, 16: 0.2, 17: 0.5, 18: 0.2, 19: 0.05}
    windows = rng.integers(0, 4, (n, length)).astype(np.uint8)
    gap = rng.choice(list(shares), n, p=list(shares.values()))
    start = np.where(rng.random(n) < held, rng.integers(0, length - 12 - gap + 1), -1)
    for row, at, between in zip(windows, start, gap, strict=True):
        for word, shift in (("TTGACA", 0), ("TATAAT", 6 + between)) if at >= 0 else ():
            letters = encode(word).copy()
            wrong = rng.random(6) < noise
            letters[wrong] = rng.integers(0, 4, wrong.sum())
            row[at + shift : at + shift + 6] = letters
    return windows, start, gap


def test_two_blocks_are_found_with_their_gaps():
    windows, start, gap = draw_two_blocks()
    found = dyads.discover(windows, np.ones(len(windows)), EVEN, range(14, 21))
    assert (consensus(found.upper), consensus(found.lower)) == ("TTGACA", "TATAAT")
    assert found.usual_gap == 17
    assert found.share[1:6] == pytest.approx([0.05, 0.2, 0.5, 0.2, 0.05], abs=0.07)
    assert len(found.matrix) == 29
    there = start >= 0
    assert ((found.start == start) & (found.gap == gap))[there].mean() > 0.75
    assert found.present.mean() == pytest.approx(0.8, abs=0.1)
    assert found.gain > zoops.discover(windows, np.ones(len(windows)), EVEN, (6, 8)).gain


def test_the_blocks_score_is_the_best_over_the_gaps_by_their_shares():
    windows, _start, _gap = draw_two_blocks(120)
    found = dyads.discover(windows, np.ones(120), EVEN, range(15, 20))
    score = found.scores(windows, EVEN)
    assert score.shape == (120, 60 - 29 + 1)
    for row in (3, 50):
        for at in (0, 7, score.shape[1] - 1):
            each = []
            for between, share in zip(found.gaps, found.share, strict=True):
                if at + 12 + between > 60:
                    continue
                words = windows[row, at : at + 6], windows[row, at + 6 + between : at + 12 + between]
                odds = sum(
                    np.log(m[np.arange(6), w] / 0.25).sum()
                    for m, w in zip((found.upper, found.lower), words, strict=True)
                )
                each.append(odds + np.log(share * len(found.gaps)))
            assert score[row, at] == pytest.approx(max(each), abs=1e-4)


def test_one_block_alone_is_not_taken_for_two():
    windows, _start = draw_windows_with("TGTGACGT", 200, 50)
    chosen = discovery._search(windows, np.ones(200), markov.to_markov(EVEN), discovery.Search(gaps=range(5, 9)))
    assert isinstance(chosen, zoops.Alignment)


def test_two_blocks_do_not_fit_short_windows():
    assert dyads.discover(np.zeros((20, 20), np.uint8), np.ones(20), EVEN, range(15, 20)) is None


def test_a_motif_is_found_in_either_orientation_and_told_which():
    windows, start = draw_windows_with("TTGACAGG", 200, share=1.0)
    back = np.arange(200) % 2 == 1
    windows[back] = zoops.reverse_complement_windows(windows[back])
    start[back] = windows.shape[1] - 8 - start[back]
    found = zoops.discover(windows, np.ones(200), EVEN, (8,), both=True)
    word = consensus(found.matrix)
    flipped = word != "TTGACAGG"
    assert decode(reverse_complement(encode(word))) == "TTGACAGG" if flipped else word == "TTGACAGG"
    right = (found.start == start) & (found.reverse == (back ^ flipped))
    assert right.mean() > 0.9
    single = zoops.discover(windows, np.ones(200), EVEN, (8,))
    assert single.gain < found.gain
    score = found.scores(windows, EVEN, both=True)
    assert (score.argmax(axis=1) == start).mean() > 0.9


def test_the_second_motif_is_looked_for_where_the_first_is_not():
    genome, site, strand, distance = promoters(word="TGTGACGT")
    beside = np.random.default_rng(7).integers(9, 16, len(site))
    for s, d, sign in zip(site, distance + beside, strand, strict=True):
        low = s + sign * d - (4 if sign < 0 else 3)
        genome.base[low : low + 8] = encode("CATCGGAG") if sign > 0 else reverse_complement(encode("CATCGGAG"))
    wide = regions(site, strand, distance, half=19)
    one, *more = discovery.find_motifs(genome, wide, discovery.Search(several=3), 1)
    assert [f.motif.name for f in more][:1] == ["L1H1_2"]
    both = {word for f in (one, more[0]) for word in ("TGTGACGT", "CATCGGAG") if word in consensus(f.motif.matrix)}
    assert both == {"TGTGACGT", "CATCGGAG"}
    pointed_at = next(f for f in (one, more[0]) if "TGTGACGT" in consensus(f.motif.matrix))
    assert pointed_at.p < 1e-6  # the other lies at any distance from what the head points at
    assert all(f.gain > 0 for f in more)
    assert len(more) == 1  # nothing else is in there


def test_places_of_a_motif_lie_on_its_word():
    genome, site, strand, distance = promoters()
    [found] = discovery.find_motifs(genome, regions(site, strand, distance), discovery.Search(), 1)
    shift = consensus(found.motif.matrix).index("TGTGACGT")
    width = len(found.motif.matrix)
    assert len(found.sites) == found.motif.nsites
    whole = 0
    for low, high, sign in zip(found.sites.start, found.sites.end, found.sites.strand, strict=True):
        assert high - low == width
        read = genome.base[low:high] if sign > 0 else reverse_complement(genome.base[low:high])
        whole += decode(read)[shift : shift + 8] == "TGTGACGT"
    assert whole / len(found.sites) > 0.95


def test_places_in_either_orientation_read_as_the_word_on_their_own_strand():
    genome, site, strand, distance = promoters(word="TTGACAGG")
    for s, d, sign in zip(site[::2], distance[::2], strand[::2], strict=True):  # turned about in every second promoter
        low = s + sign * d - (4 if sign > 0 else 3)
        genome.base[low : low + 8] = reverse_complement(genome.base[low : low + 8])
    [found] = discovery.find_motifs(
        genome, regions(site, strand, distance), discovery.Search(both=True, widths=(8,)), 1
    )
    word = consensus(found.motif.matrix)
    assert word in ("TTGACAGG", "CCTGTCAA")
    told = []
    for low, high, sign in zip(found.sites.start, found.sites.end, found.sites.strand, strict=True):
        told.append(decode(genome.base[low:high] if sign > 0 else reverse_complement(genome.base[low:high])) == word)
    assert np.mean(told) > 0.95
    assert 0.3 < (found.sites.strand > 0).mean() < 0.7
    assert found.p < 1e-6


def test_places_of_two_blocks_span_their_own_gap():
    genome, site, strand, distance = promoters(word="TTGACA")
    rng = np.random.default_rng(5)
    gap = rng.integers(15, 20, len(site))
    for s, d, sign, between in zip(site, distance, strand, gap, strict=True):
        at = s + sign * (d + 3 + between)  # TTGACA's middle, its fourth base, lies at the distance
        low = at if sign > 0 else at - 5
        genome.base[low : low + 6] = encode("TATAAT") if sign > 0 else reverse_complement(encode("TATAAT"))
    search = discovery.Search(flank=30, gaps=range(15, 20))
    [found] = discovery.find_motifs(genome, regions(site, strand, distance, half=3), search, 1)
    assert consensus(found.motif.matrix[:6]) == "TTGACA"
    assert found.motif.alt.startswith("gap 15:")
    assert found.p < 1e-6
    told = []
    for low, high, sign in zip(found.sites.start, found.sites.end, found.sites.strand, strict=True):
        read = decode(genome.base[low:high] if sign > 0 else reverse_complement(genome.base[low:high]))
        told.append(read.startswith("TTGACA") and read.endswith("TATAAT"))
    assert np.mean(told) > 0.95
    assert set((found.sites.end - found.sites.start - 12).tolist()) == {15, 16, 17, 18, 19}


def test_palindromes_are_told_from_words_that_are_none():
    for word, same in (("TGTGATCACA", True), ("CTGTATATACAG", True), ("TTGACAGGAT", False), ("TATAATGCGC", False)):
        windows, _start = draw_windows_with(word, 300, 30)
        found = zoops.discover(windows, np.ones(300), EVEN)
        symmetric = palindrome.make_palindromic(found, windows, np.ones(300), EVEN)
        assert (symmetric is not None) == same, word
        if same:
            assert symmetric.sum(axis=1) == pytest.approx(np.ones(len(symmetric)))


def test_a_word_that_neighbours_make_likely_is_no_motif_against_them():
    rng = np.random.default_rng(0)
    windows = np.zeros((300, 40), np.uint8)
    for column in range(1, 40):  # every base likes to be followed by itself
        stays = rng.random(300) < 0.6
        windows[:, column] = np.where(stays, windows[:, column - 1], rng.integers(0, 4, 300))
    weight = np.ones(300)
    plain = zoops.discover(windows, weight, markov.learn(windows, 0), (6, 8))
    aware = zoops.discover(windows, weight, markov.learn(windows, 1), (6, 8))
    assert plain.gain > 100
    assert aware.gain < 0


def test_the_background_is_that_of_its_chain():
    windows = np.array([[0, 1, 0, 1, 0, N, 1, 1]], np.uint8)
    found = markov.learn(windows, 1)
    assert found.order == 1
    assert found.table.sum(axis=1) == pytest.approx(np.ones(4))
    logs = found.logs(windows)[0]
    assert logs[0] == pytest.approx(np.log(found.composition[0]))
    assert logs[1] == pytest.approx(np.log(found.table[0, 1]))
    assert logs[5] == 0
    assert logs[6] == pytest.approx(np.log(found.composition[1]))  # behind an N nothing is known
    assert found.stretches(windows, 3)[0, 1] == pytest.approx(logs[1:4].sum())
    none = markov.learn(windows, 0)
    assert none.logs(windows)[0, 2] == pytest.approx(np.log(none.composition[0]))


def test_control_regions_that_hold_the_word_too_leave_nothing():
    genome, site, strand, distance = promoters()
    mine = regions(site, strand, distance)
    [against_itself] = discovery.find_motifs(genome, mine, discovery.Search(), 1, controls=mine)
    [elsewhere] = discovery.find_motifs(
        genome, mine, discovery.Search(), 1, controls=regions(site, strand, distance - 40, "other")
    )
    assert against_itself.p > 0.05
    assert elsewhere.p < 1e-6


def test_a_head_that_reads_two_things_at_two_places_shows_each_by_place():
    """A word far upstream of one site in four, another near the others: in all regions together the first is lost."""
    rng = np.random.default_rng(6)
    n = 400
    codes = rng.integers(0, 4, n * 200 + 200).astype(np.uint8)
    site, far = np.arange(n) * 200 + 150, np.arange(n) % 4 == 0
    distance = np.where(far, -68, -10) + rng.integers(-1, 2, n)
    for at, word in zip(site + distance, np.where(far, "TGTGACGT", "TATAAT"), strict=True):
        codes[at - len(word) // 2 :][: len(word)] = encode(str(word))
    genome, whole = Genome((Contig("c", len(codes)),), codes), regions(site, np.ones(n, np.int64), distance)
    search = discovery.Search(min_sites=20, widths=(6, 8))
    [one] = discovery.find_motifs(genome, whole, search, 1)
    assert "TATAAT" in consensus(one.motif.matrix)
    upstream, near = discovery.find_motifs(genome, positions.group_by_offset(whole), search, 1)
    assert [(found.group, found.regions) for found in (upstream, near)] == [("L1H1@-68", 100), ("L1H1@-10", 300)]
    assert "TATAAT" in consensus(near.motif.matrix)
    assert "TGTGACGT" in consensus(upstream.motif.matrix)
    assert max(near.p, upstream.p) < 1e-3


DYAD = "CTGTATAATACAG"


def draw_one_in_ten(seed=7, n=800):
    """Promoters with TATAAT near -10 where a head looks, in one of ten of them the middle of DYAD; genome, regions and
    which have it. The head adds most for the dyad: its p are the smallest, but for some by chance."""
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, 4, n * 200 + 200).astype(np.uint8)
    site, rare = np.arange(n) * 200 + 150, rng.permutation(n) % 10 == 0
    distance = -10 + rng.integers(-1, 2, n)
    for at, word in zip(site + distance, np.where(rare, DYAD, "TATAAT"), strict=True):
        codes[at - len(word) // 2 :][: len(word)] = encode(str(word))
    p = np.exp(-rng.exponential(3, n) - np.where(rare, 12, 0))
    return (
        Genome((Contig("c", len(codes)),), codes),
        replace(regions(site, np.ones(n, np.int64), distance, half=8), p=p),
        rare,
    )


def test_the_strongest_regions_show_what_most_hide():
    genome, mine, rare = draw_one_in_ten()
    search = discovery.Search(min_sites=40, widths=(6, 8, 10, 12, 14), top_fractions=True)
    whole, *parts = discovery.find_motifs(genome, mine, search, 1)
    assert [(found.group, found.regions) for found in (whole, *parts)] == [
        ("L1H1", 800), ("L1H1^4", 200), ("L1H1^8", 100), ("L1H1^16", 50),
    ]  # fmt: skip
    assert "TATAAT" in consensus(whole.motif.matrix)
    assert (whole.motif.matrix.max(axis=1) > 0.7).sum() == 6
    for found in parts:
        assert DYAD in consensus(found.motif.matrix)
        assert (found.motif.matrix.max(axis=1) > 0.7).sum() == len(DYAD)
        assert found.p < 1e-6
        assert 0.8 * min(rare.sum(), found.regions) <= found.motif.nsites <= rare.sum() + 2
        has = np.isin(mine.site, found.sites.site)
        assert has[rare].mean() > 0.95  # looked up in all regions, not in the strongest alone
        assert has[~rare].mean() < 0.02


def test_strongest_regions_of_one_half_of_the_sites_are_not_searched():
    genome, mine, _rare = draw_one_in_ten(2, 64)
    half = discovery.choose_discovery_half(mine, 1)
    mine = replace(mine, p=np.where(half, 0.01, 0.5))  # all of the strongest would be found on, none tested
    assert [
        one.group
        for one in discovery.find_motifs(
            genome, mine, discovery.Search(min_sites=8, widths=(6,), top_fractions=True), 1
        )
    ] == ["L1H1"]


def test_strength_that_has_nothing_to_do_with_the_bases_shows_nothing():
    """The same regions, the p swapped among them: every motif of the strongest is as frequent in the others."""
    p = []
    for seed in range(12):
        genome, mine, _rare = draw_one_in_ten(seed, 400)
        mine = replace(mine, p=np.random.default_rng(seed).permutation(mine.p))
        found = discovery.find_motifs(
            genome, mine, discovery.Search(min_sites=20, widths=(6, 8), top_fractions=True), seed
        )
        p += [one.p for one in found if "^" in one.group]
    assert len(p) == 36
    assert min(p) > 1e-3
    assert np.mean(np.array(p) < 0.2) < 0.45


def test_where_nothing_sets_the_strongest_apart_their_own_motif_is_told():
    """The strongest have what all others have: against the columns that is no surprise, and against their composition
    it is the word."""
    genome, mine, rare = draw_one_in_ten(3, 400)
    mine = replace(mine, p=np.where(rare, 0.01, mine.p))  # what has the dyad is weak
    parts = [
        one
        for one in discovery.find_motifs(genome, mine, discovery.Search(widths=(6, 8), top_fractions=True), 1)
        if "^" in one.group
    ]
    assert parts
    assert all("TATAAT" in consensus(one.motif.matrix) for one in parts)


def test_a_base_is_worth_what_others_have_at_its_column():
    windows = np.array([[0, 1, 2], [0, 1, 3], [0, 3, N], [0, 1, 2]], np.uint8)
    chance = markov.learn_columns(windows)
    whole = np.array([4, 3, 2, 2]) + 1.0
    np.testing.assert_allclose(chance.composition, whole / whole.sum())
    np.testing.assert_allclose(chance.table[2], (np.array([0, 0, 2, 1]) + chance.composition) / 4)
    logs = np.log(chance.table)
    np.testing.assert_allclose(chance.stretches(windows[:1], 2), [[logs[0, 0] + logs[1, 1], logs[1, 1] + logs[2, 2]]])
    np.testing.assert_allclose(chance.stretches(windows[2:3], 3), [[logs[0, 0] + logs[1, 3]]])
    back = chance.reverse.stretches(zoops.reverse_complement_windows(windows), 2)
    np.testing.assert_allclose(back[:, ::-1], chance.stretches(windows, 2))
    assert markov.learn(windows).reverse.order == 0


def test_strongest_are_quarters_eighths_and_so_on_by_p_then_weight():
    mine = regions(np.arange(40) * 200 + 150, np.ones(40, np.int64), np.full(40, -10))
    mine = replace(mine, p=np.repeat([0.5, 1e-3, 1e-9, 1e-9], 10), weight=np.arange(40) / 40)
    assert [(share, np.flatnonzero(top).tolist()) for share, top in positions.select_top_fractions(mine, 5)] == [
        (4, list(range(30, 40))), (8, list(range(35, 40))),
    ]  # fmt: skip
    assert list(positions.select_top_fractions(mine, 11)) == []
    assert list(positions.select_top_fractions(mine.take(np.zeros(0, int)), 0)) == []


def test_two_blocks_and_either_orientation_are_looked_up_as_they_are():
    windows, start, gap = draw_two_blocks(300, 50)
    chance = markov.to_markov(EVEN)
    pair = dyads.discover(windows[:200], np.ones(200), EVEN, range(14, 21))
    found = pair.scan_windows(windows, np.ones(300), chance, False)
    np.testing.assert_array_equal(found.matrix, pair.matrix)
    there = start >= 0
    assert ((found.start == start) & (found.gap == gap))[there].mean() > 0.7
    seen, where = draw_windows_with("TTGACATG", n=300, length=30, seed=3)
    seen[::2] = zoops.reverse_complement_windows(seen[::2])
    one = zoops.discover(seen[:200], np.ones(200), EVEN, (8,), both=True)
    found = one.scan_windows(seen, np.ones(300), chance, True)
    np.testing.assert_array_equal(found.matrix, one.matrix)
    as_written = np.where(np.arange(300) % 2 == 0, 30 - 8 - where, where)
    assert (found.start == as_written)[found.present > 0.5].mean() > 0.9
    flipped = found.reverse != (np.arange(300) % 2 == 0)
    assert (
        abs(flipped[found.present > 0.5].mean() - 0.5) > 0.4
    )  # one orientation each, whichever was taken for the motif's


def test_places_are_of_each_head_and_no_region_changes():
    site, strand = np.arange(60) * 200 + 150, np.tile([1, -1], 30)
    distance = np.repeat([-40, -38, -37, 5], [30, 10, 10, 10])
    mine = concatenate(regions(site, strand, distance), regions(site, strand, distance - 1, "L2H1"))
    split = positions.group_by_offset(mine)
    assert set(split.head.tolist()) == {"L1H1@-40", "L1H1@-37", "L1H1@5", "L2H1@-41", "L2H1@-38", "L2H1@4"}
    assert (split.head == "L1H1@-40").sum() == 40  # -38 is two bases from it
    for name in set(Regions.COLUMNS) - {"head"}:
        np.testing.assert_array_equal(getattr(split, name), getattr(mine, name))


def test_groups_of_several_heads_come_in_the_order_of_their_names():
    genome, site, strand, distance = promoters()
    both = concatenate(regions(site, strand, distance, "L1H10"), regions(site, strand, distance, "L1H9"))
    assert [f.group for f in discovery.find_motifs(genome, both, discovery.Search(), 1)] == ["L1H9", "L1H10"]


MADE = Motif("m", np.full((6, 4), 0.25))
FEW = [discovery.Found("L1H1", 9, None, np.nan, "9"), discovery.Found("L1H2", 12, None, np.nan, "12")]


@pytest.mark.parametrize(
    ("found", "tested", "said"),
    [
        ([], 0, "there are no regions to search; attn2bed with a larger --max-q may give some"),
        (FEW, 0, "the largest group, L1H2, has 12 regions, fewer than 40; --min-sites 12 searches it"),
        (
            [discovery.Found("L1H1", 5, None, np.nan, "5")],
            0,
            "the largest group, L1H1, has 5 regions, fewer than 40 and than the 8 that a motif needs",
        ),
        ([discovery.Found("L1H1", 50, None, np.nan, "all N")], 0, "L1H1: all N"),
        (
            [*FEW, discovery.Found("L1H3", 50, MADE, 0.4), discovery.Found("L1H4", 50, MADE, 0.153)],
            2,
            "the lowest E is 0.31, of L1H4; --max-evalue 0.31 keeps it",
        ),
    ],
)
def test_no_motifs_are_explained(found, tested, said):
    assert no_motifs.explain_no_motifs(found, tested, 40) == f"no motifs: {said}"
