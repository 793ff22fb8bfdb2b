"""Mean profiles of heads, and the promoter scan without training, against literal loops."""

import numpy as np
import pytest

from headmotif.alphabet import encode, reverse_complement
from headmotif.data import Attention, Contig, Genome, Motif
from headmotif.steps.attention.profile import profiles, shapes
from headmotif.steps.promoters.pair_scan import promoter_scores


def test_profiles_are_means_over_the_keys_that_are_there():
    rng = np.random.default_rng(0)
    weight = rng.random((5, 2, 3, 4)).astype(np.float16)
    weight[0, :, :, 0] = np.nan  # off the contig for one site
    is_site = np.array([True, True, False, True, False])
    kind = is_site.astype(np.uint8)
    rows = (np.zeros(5, np.float32), np.zeros(5, np.int32), np.zeros(5, np.int64), np.ones(5, np.int8))
    attention = Attention(
        weight, weight, weight[..., 0], np.arange(4, dtype=np.int32), (1, 1), kind, *rows, (Contig("c", 9),)
    )
    at_sites, at_background = profiles(attention)
    assert np.allclose(at_sites[..., 0], weight[[1, 3], :, :, 0].astype(float).mean(axis=0))
    assert np.allclose(at_sites[..., 1:], weight[[0, 1, 3], :, :, 1:].astype(float).mean(axis=0))
    assert np.allclose(at_background, weight[[2, 4]].astype(float).mean(axis=0))


def word(name: str, letters: str) -> Motif:
    return Motif(name, 0.97 * np.eye(4)[encode(letters)] + 0.0075, nsites=20)


def test_the_scan_is_highest_at_the_start_of_a_perfect_promoter_on_either_strand():
    rng = np.random.default_rng(1)
    base = rng.integers(0, 4, 600).astype(np.uint8)
    promoter = encode("TTGACA" + "C" * 17 + "TATAAT" + "C" * 6 + "A")
    base[100 : 100 + len(promoter)] = promoter  # +1 at 100 + 35
    base[400 : 400 + len(promoter)] = reverse_complement(promoter)  # +1 at 400
    genome = Genome((Contig("a", 300), Contig("b", 300)), base)
    scores = promoter_scores(
        genome, word("u", "TTGACA"), word("l", "TATAAT"), {16: 0.25, 17: 0.5, 18: 0.25}, {6: 0.9, 7: 0.1}
    )
    assert scores.shape == (2, 600)
    assert int(scores[0].argmax()) == 135
    assert int(scores[1].argmax()) == 400
    assert scores[0, 135] == scores[1, 400]
    assert scores[0, 136] < scores[0, 135]  # one base further takes the rarer distance


def make_attention(site, background, offset, none, strand=None):
    """One layer's one head: a row of weights for each site and each background position."""
    weight = np.array([*site, *background], np.float16)[:, None, None]
    n = len(weight)
    kind = np.repeat(np.array([1, 0], np.uint8), [len(site), len(background)])
    strand = np.ones(n, np.int8) if strand is None else np.array(strand, np.int8)
    rows = (np.zeros(n, np.float32), np.zeros(n, np.int32), np.zeros(n, np.int64), strand)
    nothing = np.array(none, np.float16)[:, None, None]
    return Attention(weight, weight, nothing, np.array(offset, np.int32), (1,), kind, *rows, (Contig("c", 9),))


def test_the_shape_of_a_head_in_numbers():
    site, background = [[0, 0.5, 0.25, 0]] * 2, [[0.25, 0.25, 0.25, 0]] * 2
    [[shape]] = shapes(make_attention(site, background, [-90, -10, 0, 30], [0.25] * 4, [1, -1, 1, 1]))
    assert (shape.peak_offset, shape.peak_width_nt) == (-10, 1)
    assert shape.divergence_bits == pytest.approx(0.5)  # half a bit: 0.5 log2(0.5 / 0.25)
    assert shape.entropy_bits == pytest.approx(1.5)
    assert (shape.promoter_weight, shape.promoter_weight_background) == pytest.approx((1, 2 / 3))
    assert (shape.null_key, shape.null_key_background, shape.keys_off_contig) == (0.25, 0.25, 0)
    assert shape.strand_bias == 0
    assert shapes(make_attention(site, background, [-90, -10, 0, 30], [0.25] * 4))[0][0].strand_bias == 1


def test_a_head_that_looks_the_same_way_everywhere_has_no_divergence():
    [[shape]] = shapes(make_attention([[0.1, np.nan, 0.2]], [[0.1, 0, 0.2]], [-1, 0, 1], [0.7, 0.7]))
    assert shape.divergence_bits == pytest.approx(0, abs=1e-6)
    assert shape.keys_off_contig == pytest.approx(1 / 3)
