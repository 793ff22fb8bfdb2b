"""Motifs from windows, and whether a head chose them: planted words, positional heads and no signal at all."""

import numpy as np
import pytest
from scipy.stats import mannwhitneyu

from headmotif.alphabet import N, decode, encode, reverse_complement
from headmotif.data import Contig, Genome, Regions
from headmotif.steps.motifs import discovery, zoops
from headmotif.steps.motifs.permutation import NOT_CHOSEN, find_usual_start, permutation_test, rank_test
from headmotif.steps.motifs.zoops import scores
from headmotif.steps.sequence import region_windows

EVEN = np.full(4, 0.25)
WORD = "TGTGACGT"


def consensus(matrix):
    return decode(matrix.argmax(axis=1).astype(np.uint8))


def draw_windows_with(word, n=120, length=26, noise=0.1, share=0.9, seed=0):
    """Random windows with a word at random places in most, and where it starts (-1: not there)."""
    rng = np.random.default_rng(seed)
    windows = rng.integers(0, 4, (n, length)).astype(np.uint8)
    start = np.where(rng.random(n) < share, rng.integers(0, length - len(word) + 1, n), -1)
    for row, at in zip(windows, start, strict=True):
        if at >= 0:
            letters = encode(word).copy()
            wrong = rng.random(len(word)) < noise
            letters[wrong] = rng.integers(0, 4, wrong.sum())
            row[at : at + len(word)] = letters
    return windows, start


@pytest.mark.parametrize("word", ["TATAAT", WORD, "TTGACAGGATCC"])
@pytest.mark.parametrize("seed", range(2))
def test_a_planted_word_is_found_wherever_it_stands(word, seed):
    windows, start = draw_windows_with(word, seed=seed)
    found = zoops.discover(windows, np.ones(len(windows)), EVEN)
    assert word in consensus(found.matrix)
    assert len(found.matrix) <= len(word) + 2
    shift = consensus(found.matrix).index(word)
    there = start >= 0
    assert (found.start[there] + shift == start[there]).mean() > 0.9
    assert found.present[there].mean() > 0.9
    assert found.present[~there].mean() < 0.7  # a faint copy stands in many a random window
    assert found.gain > 50


def test_no_width_gains_from_random_windows():
    windows = np.random.default_rng(0).integers(0, 4, (200, 20)).astype(np.uint8)
    found = zoops.discover(windows, np.ones(200), EVEN)
    planted = zoops.discover(draw_windows_with(WORD, 200, 20)[0], np.ones(200), EVEN)
    assert found.gain < 0 < planted.gain


def test_sequences_count_by_their_weight():
    one, _ = draw_windows_with("TATAAT", 100, seed=1)
    two, _ = draw_windows_with("GGCCGC", 100, seed=2)
    windows = np.concatenate([one, two])
    for heavy, word in ((slice(0, 100), "TATAAT"), (slice(100, 200), "GGCCGC")):
        weight = np.full(200, 0.02)
        weight[heavy] = 1.0
        assert word in consensus(zoops.discover(windows, weight, EVEN).matrix)


def test_the_letters_of_a_column_count_by_their_sequences_weight():
    windows, _ = draw_windows_with("TATGAT", 300, 12, noise=0.0, share=1.0)
    other, _ = draw_windows_with("TATCAT", 300, 12, noise=0.0, share=1.0, seed=1)
    weight = np.repeat([3.0, 1.0], 300)
    start = zoops.log_odds(np.full((6, 4), 0.25), EVEN) + 0.25 + 0.6 * np.eye(4)[encode("TATGAT")]
    found = zoops.refine(np.concatenate([windows, other]), weight, EVEN, start / start.sum(axis=1, keepdims=True))
    assert found.matrix[3].tolist() == pytest.approx([0, 0.25, 0.75, 0], abs=0.03)


def test_the_scale_of_the_weights_does_not_count():
    windows, _ = draw_windows_with(WORD)
    weight = np.random.default_rng(0).uniform(0.5, 1, len(windows))
    one, other = (zoops.discover(windows, weight * scale, EVEN) for scale in (1, 1e-3))
    np.testing.assert_allclose(one.matrix, other.matrix, atol=1e-6)


def test_no_occurrence_ever_holds_an_n():
    windows, start = draw_windows_with(WORD, 150, share=1.0)
    rng = np.random.default_rng(3)
    windows[rng.random(windows.shape) < 0.1] = N
    found = zoops.discover(windows, np.ones(150), EVEN)
    width = len(found.matrix)
    for row, at, present in zip(windows, found.start, found.present, strict=True):
        if present > 1e-9:
            assert N not in row[at : at + width]
    clean = np.array([N not in row[at : at + len(WORD)] for row, at in zip(windows, start, strict=True)])
    assert (found.present[clean] > 0.5).mean() > 0.8


def test_windows_of_n_alone_or_too_short_have_no_motif():
    assert zoops.discover(np.full((20, 30), N, np.uint8), np.ones(20), EVEN) is None
    assert zoops.discover(np.zeros((20, 5), np.uint8), np.ones(20), EVEN) is None


def test_a_window_of_n_alone_holds_nothing_and_harms_nothing():
    windows, _ = draw_windows_with(WORD)
    windows[7] = N
    found = zoops.discover(windows, np.ones(len(windows)), EVEN)
    assert WORD in consensus(found.matrix)
    assert found.present[7] == 0


def test_composition_alone_is_no_motif():
    rng = np.random.default_rng(0)
    background = np.array([0.4, 0.1, 0.1, 0.4])
    windows = rng.choice(4, (150, 20), p=background).astype(np.uint8)
    assert zoops.discover(windows, np.ones(150), background).gain < 0


def test_a_motif_is_a_matrix_of_probabilities():
    found = zoops.discover(draw_windows_with(WORD)[0], np.ones(120), EVEN)
    assert found.matrix.sum(axis=1) == pytest.approx(np.ones(len(found.matrix)))
    assert (found.matrix > 0).all()
    assert ((found.present >= 0) & (found.present <= 1 + 1e-9)).all()


def test_columns_that_say_nothing_are_cut_off_at_the_ends():
    strong, faint = np.array([0.97, 0.01, 0.01, 0.01]), np.array([0.28, 0.24, 0.24, 0.24])
    matrix = np.stack([faint, faint, *[strong] * 7, faint])
    assert len(zoops.trim(matrix, EVEN)) == 7
    assert len(zoops.trim(np.stack([faint] * 9), EVEN)) == 6  # never narrower than the least width
    inner = np.stack([strong] * 3 + [faint] * 3 + [strong] * 3)
    assert len(zoops.trim(inner, EVEN)) == 9


def test_scores_are_sums_of_log_odds():
    matrix = np.array([[0.7, 0.1, 0.1, 0.1], [0.1, 0.2, 0.3, 0.4]])
    background = np.array([0.3, 0.2, 0.2, 0.3])
    found = scores(encode("ACGNTAT")[None], matrix, background)[0]
    odds = np.log(matrix / background)
    right = [odds[0, a] + odds[1, b] for a, b in ((0, 1), (1, 2), (3, 0), (0, 3))]
    assert found[[0, 1, 4, 5]] == pytest.approx(right)
    assert np.isnan(found[[2, 3]]).all()


def test_the_usual_start_is_that_of_most_weight():
    found = zoops.Alignment(
        np.ones((1, 4)) / 4, 0.0, np.array([1.0, 1.0, 0.1, 1.0]), np.array([2, 2, 5, 5]), np.zeros(4, bool)
    )
    assert find_usual_start(found, np.ones(4)) == 2
    assert find_usual_start(found, np.array([1, 1, 1, 9.0])) == 5


# is it the head's choice?


def test_p_is_uniform_where_distances_are_drawn_at_random():
    rng = np.random.default_rng(0)
    p = []
    for _ in range(300):
        score = (
            rng.normal(size=(60, 12)) + rng.normal(size=(60, 1)) + 3 * rng.normal(size=12)
        )  # sites and distances differ
        p.append(permutation_test(score, rng.choice(12, 60, p=rng.dirichlet(np.ones(12)))))
    assert np.mean(np.array(p) <= 0.05) <= 0.08
    assert np.mean(np.array(p) <= 0.5) == pytest.approx(0.5, abs=0.09)


def test_p_is_that_of_all_permutations():
    rng = np.random.default_rng(1)
    score, own = rng.normal(size=(40, 5)), rng.integers(0, 5, 40)
    score[np.arange(40), own] += 0.25
    true = score[np.arange(40), own].sum()
    swapped = [score[np.arange(40), rng.permutation(own)].sum() for _ in range(20_000)]
    assert permutation_test(score, own) == pytest.approx(np.mean(np.array(swapped) >= true), abs=0.01)


def test_the_permutations_of_which_sites_were_chosen_are_those_of_the_definition():
    rng = np.random.default_rng(4)
    score = rng.normal(size=(60, 3)) - 2
    own = np.where(np.arange(60) < 15, np.arange(60) % 3, NOT_CHOSEN)
    score[own != NOT_CHOSEN] += 0.4

    def total(own):
        chosen = own != NOT_CHOSEN
        return score[chosen, own[chosen]].sum()

    swapped = [total(rng.permutation(own)) for _ in range(4000)]
    assert permutation_test(score, own) == pytest.approx(np.mean(np.array(swapped) >= total(own)), abs=0.02)
    assert permutation_test(score, np.full(60, NOT_CHOSEN)) == 1.0


@pytest.mark.parametrize("skewed", [1, -1])
@pytest.mark.parametrize("shift", [0.8, 1.6])
def test_p_is_that_of_all_permutations_where_a_few_score_far_more(skewed, shift):
    rng = np.random.default_rng(4)
    score, own = skewed * rng.exponential(size=(40, 9)) ** 2, rng.integers(0, 9, 40)
    score[np.arange(40), own] += shift
    true = score[np.arange(40), own].sum()
    swapped = np.array([score[np.arange(40), rng.permutation(own)].sum() for _ in range(40_000)])
    share = float((swapped >= true).mean())
    assert 0.001 < share < 0.5
    assert 0.85 * share < permutation_test(score, own) < 1.5 * share  # rather too large than too small


def test_a_head_that_looks_at_one_distance_has_chosen_nothing():
    score = np.random.default_rng(0).normal(size=(100, 1)) + 5
    assert permutation_test(score, np.zeros(100, np.int64)) == 1.0


def test_a_head_whose_sites_score_the_same_everywhere_has_chosen_nothing():
    score = np.repeat(np.random.default_rng(0).normal(size=(100, 1)), 4, axis=1)
    assert permutation_test(score, np.arange(100) % 4) == 1.0


def test_a_head_that_follows_content_is_told():
    rng = np.random.default_rng(0)
    own = rng.integers(0, 8, 100)
    score = rng.normal(size=(100, 8))
    score[np.arange(100), own] += 3
    assert permutation_test(score, own) < 1e-10
    assert permutation_test(score, rng.permutation(own)) > 0.01
    assert permutation_test(-score, own) > 0.99  # one-sided


def test_places_with_n_say_nothing():
    rng = np.random.default_rng(0)
    own = rng.integers(0, 8, 100)
    score = rng.normal(size=(100, 8))
    score[np.arange(100), own] += 3
    score[rng.random(score.shape) < 0.2] = np.nan
    assert permutation_test(score, own) < 1e-8
    assert permutation_test(np.full((100, 8), np.nan), own) == 1.0


@pytest.mark.parametrize("sites", [0, 1, 2])
def test_two_sites_prove_nothing(sites):
    assert permutation_test(np.eye(2)[:sites], np.arange(sites)) == 1.0


@pytest.mark.parametrize("levels", [3, 10**9])
@pytest.mark.parametrize("shift", [0.0, 0.4, -0.4])
def test_the_rank_test_is_mann_whitneys(levels, shift):
    rng = np.random.default_rng(0)
    here, control = (np.round((rng.random(n) + s) * levels) / levels for n, s in ((50, shift), (80, 0.0)))
    right = mannwhitneyu(here, control, alternative="greater", method="asymptotic").pvalue
    assert rank_test(here, control) == pytest.approx(max(right, 1e-12), rel=1e-9)


@pytest.mark.parametrize(("here", "control"), [([], [1.0]), ([1.0], []), ([2.0, 2.0], [2.0])])
def test_the_rank_test_of_nothing_and_of_equals_is_one(here, control):
    assert rank_test(np.array(here), np.array(control)) == 1.0


# whole groups of regions


def promoters(n=160, word=WORD, seed=0, share=1.0, apart=200):
    """A random genome with a word at a varying distance upstream of each site; the sites, their strands and the
    distances."""
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, 4, n * apart + 200).astype(np.uint8)
    site = np.arange(n) * apart + 150
    strand = rng.choice([-1, 1], n)
    distance = rng.integers(-60, -20, n)
    for s, d, sign in zip(site, distance, strand, strict=True):
        if rng.random() >= share:
            continue
        letters, at = encode(word), s + sign * d  # the word's middle lies at the distance
        low = at - len(word) // 2 if sign > 0 else at - (len(word) - 1 - len(word) // 2)
        codes[low : low + len(word)] = letters if sign > 0 else reverse_complement(letters)
    return Genome((Contig("c", len(codes)),), codes), site, strand, distance


def regions(site, strand, distance, head="L1H1", half=6, known=True):
    n = len(site)
    centre = site + strand * distance
    nan = np.full(n, np.nan)
    told = site if known else np.full(n, -1)
    distances = distance if known else np.zeros(n, np.int64)
    names, sign, zero = np.full(n, head), strand.astype(np.int8), np.zeros(n, np.int32)
    return Regions(("c",), zero, centre - half, centre + half + 1, names, sign, np.ones(n), distances, told, nan, nan)


def concatenate(*several):
    return Regions(("c",), *(np.concatenate([getattr(r, c) for r in several]) for c in Regions.COLUMNS))


def test_a_word_that_the_distances_follow_is_found_and_one_at_swapped_distances_is_not():
    genome, site, strand, distance = promoters()
    swapped = np.random.default_rng(1).permutation(distance)
    both = concatenate(regions(site, strand, distance), regions(site, strand, swapped, "L1H2"))
    chosen, positional = discovery.find_motifs(genome, both, discovery.Search(), 1)
    assert (chosen.group, chosen.regions, chosen.problem) == ("L1H1", 160, "")
    assert WORD in consensus(chosen.motif.matrix)
    assert chosen.p < 1e-6
    assert chosen.motif.nsites > 140
    assert positional.group == "L1H2"
    assert positional.p > 0.05


def test_a_word_at_one_distance_of_all_sites_is_not_the_heads_choice():
    genome, site, strand, _ = promoters(60)
    fixed = np.full(60, -30)
    for s, sign in zip(site, strand, strict=True):
        low = s - sign * 30 - (4 if sign > 0 else 3)
        genome.base[low : low + 8] = encode(WORD) if sign > 0 else reverse_complement(encode(WORD))
    [found] = discovery.find_motifs(genome, regions(site, strand, fixed), discovery.Search(), 1)
    assert WORD in consensus(found.motif.matrix)  # it is there
    assert found.p == 1.0  # but anything at that distance would show it


@pytest.mark.parametrize("seed", range(3))
def test_random_windows_give_no_motif_beyond_chance(seed):
    genome, site, strand, distance = promoters(seed=seed, share=0.0)
    [found] = discovery.find_motifs(genome, regions(site, strand, distance), discovery.Search(), seed)
    assert found.p > 0.01


def test_a_motif_is_not_tested_on_the_sites_that_it_was_found_on():
    p = []
    for seed in range(25):
        genome, site, strand, distance = promoters(60, seed=seed, share=0.0, apart=100)
        # six columns fitted to thirty windows of seven
        [found] = discovery.find_motifs(
            genome, regions(site, strand, distance, half=3), discovery.Search(flank=0), seed
        )
        p.append(found.p)
    assert np.isfinite(p).all()
    assert np.mean(np.array(p) < 0.05) < 0.2


def test_regions_that_name_no_site_are_held_against_random_places():
    genome, site, strand, distance = promoters()
    [found] = discovery.find_motifs(genome, regions(site, strand, distance, known=False), discovery.Search(), 1)
    assert WORD in consensus(found.motif.matrix)
    assert found.p < 1e-6
    bare, site, strand, distance = promoters(share=0.0)
    [nothing] = discovery.find_motifs(bare, regions(site, strand, distance, known=False), discovery.Search(), 1)
    assert nothing.p > 0.01


def test_the_reverse_complement_of_a_genome_has_the_same_motif():
    genome, site, strand, distance = promoters()
    size = len(genome.base)
    turned = Genome(genome.contigs, reverse_complement(genome.base).copy())
    [one] = discovery.find_motifs(genome, regions(site, strand, distance), discovery.Search(), 1)
    [other] = discovery.find_motifs(
        turned, regions((size - 1 - site)[::-1], -strand[::-1], distance[::-1]), discovery.Search(), 1
    )
    assert WORD in consensus(one.motif.matrix)
    assert WORD in consensus(other.motif.matrix)
    assert other.p < 1e-6


def test_small_groups_and_unreadable_ones_are_left_out_with_a_reason():
    genome, site, strand, distance = promoters(100)
    genome.base[:] = N
    few = regions(site[:39], strand[:39], distance[:39], "L1H10")
    found = list(
        discovery.find_motifs(genome, concatenate(few, regions(site, strand, distance, "L1H9")), discovery.Search(), 1)
    )
    assert [(f.group, f.motif) for f in found] == [("L1H9", None), ("L1H10", None)]  # by number, not by letter
    assert found[0].problem == "its regions are too short for a motif, or all N"
    assert found[1].problem == "39 regions, fewer than 40"


def test_windows_are_the_bases_around_the_attended_one_and_n_beyond_the_flank():
    sequence = "ACGTTGCATTAGGCATCCGA"
    genome = Genome((Contig("c", 20),), encode(sequence).copy())
    both = regions(np.array([10, 10]), np.array([1, -1]), np.array([-3, -3]), half=1)
    plus, minus = region_windows.cut_windows(genome, both, 4, 1)
    assert decode(plus) == "NN" + sequence[5:10] + "NN"
    assert decode(minus) == "NN" + decode(reverse_complement(encode(sequence[11:16]))) + "NN"


@pytest.mark.parametrize("circular", [True, False])
def test_windows_at_an_end_go_on_around_a_circle_and_are_n_beyond_a_line(circular):
    sequence = "ACGTTGCATTAGGCATCCGA"
    genome = Genome((Contig("c", 20, circular),), encode(sequence).copy())
    [window] = region_windows.cut_windows(genome, regions(np.array([4]), np.array([1]), np.array([-3]), half=3), 3, 0)
    assert decode(window) == ("GA" if circular else "NN") + sequence[:5]


def test_all_regions_of_a_site_are_in_the_same_half():
    site = np.arange(200) % 25
    halves = discovery.choose_discovery_half(regions(site, np.where(site % 2, 1, -1), np.arange(200)), 1)
    assert all(len(set(halves[site == s].tolist())) == 1 for s in range(25))
    assert halves.mean() == pytest.approx(0.5, abs=0.03)
    alone = discovery.choose_discovery_half(regions(site, np.ones(200, int), np.arange(200), known=False), 1)
    assert alone.sum() == 100


def test_random_places_keep_widths_and_stay_inside():
    genome, site, strand, distance = promoters(50)
    before = regions(site, strand, distance, known=False)
    after = region_windows.shift_regions(genome, before, 1)
    np.testing.assert_array_equal(after.end - after.start, before.end - before.start)
    np.testing.assert_array_equal(after.strand, before.strand)
    assert (after.start >= 0).all()
    assert (after.end <= len(genome.base)).all()
    assert (np.abs(after.start - before.start) > 50).mean() > 0.8


def test_composition_is_of_both_strands():
    genome = Genome((Contig("c", 8),), encode("AAAAAACN").copy())
    assert region_windows.composition(genome).tolist() == pytest.approx([4 / 11, 1.5 / 11, 1.5 / 11, 4 / 11])
    assert region_windows.composition_of(genome.base).tolist() == pytest.approx([7 / 11, 2 / 11, 1 / 11, 1 / 11])
