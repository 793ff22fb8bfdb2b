"""Heads gathered and judged: hand-made attention whose heads read a word, a place, the same as another, or nothing."""

import re
from dataclasses import replace

import numpy as np
import pytest
import torch

import networks
from headmotif.alphabet import encode
from headmotif.data import Attention, Contig, Genome, Model, Split, TrainingGenome
from headmotif.steps.attention.similarity import choices
from headmotif.steps.heads import measures, score
from headmotif.steps.heads.marginalization import Marginal
from headmotif.steps.network import presets
from test_segment import draw_null

OFFSET = np.arange(-30, 11, dtype=np.int32)
SITES, OTHERS = 300, 400


def world(seed=0):
    """A genome with TATAAT 10 to 20 bases before each site, and attention of a head that looks at it, its twin, one
    that looks at -5 whatever stands there, and one that looks anywhere."""
    rng = np.random.default_rng(seed)
    position = 100 + 100 * np.arange(SITES + OTHERS)
    base = rng.integers(0, 4, 100 * (SITES + OTHERS + 2)).astype(np.uint8)
    distance = rng.integers(-20, -10, SITES)
    for place, away in zip(position, distance, strict=False):
        base[place + away - 3 : place + away + 3] = encode("TATAAT")
    weight = rng.uniform(0.001, 0.01, (SITES + OTHERS, 1, 4, len(OFFSET)))
    word = np.arange(SITES), distance + 30
    weight[word[0], 0, 0, word[1]] = rng.uniform(0.6, 0.9, SITES)
    weight[word[0], 0, 1, word[1] + rng.integers(-1, 2, SITES)] = rng.uniform(0.6, 0.9, SITES)
    weight[:SITES, 0, 2, 25] = rng.uniform(0.6, 0.9, SITES)
    n = SITES + OTHERS
    kind = np.repeat(np.array([1, 0], np.uint8), [SITES, OTHERS])
    rows = (np.zeros(n, np.float32), np.zeros(n, np.int32), position, np.ones(n, np.int8))
    contigs = (Contig("c", len(base)),)
    half = weight.astype(np.float16)
    return Attention(half, half, np.zeros((n, 1, 4), np.float16), OFFSET, (3,), kind, *rows, contigs), Genome(
        contigs, base
    )


@pytest.fixture(scope="module")
def found_heads():
    attention, genome = world()
    chosen = choices(attention, 0.05, 1)
    other = np.random.default_rng(5).permutation(chosen[0])[None]  # the same habits, not the same sites
    return score.heads(attention, genome, [chosen[1:], other], 0.1, 0.05, 1)


def test_each_head_is_what_it_was_made_to_be(found_heads):
    rows, chosen, why_none = found_heads
    assert [row.name for row in rows] == ["L1H1", "L1H2", "L1H3", "L1H4"]
    assert chosen.shape == (4, SITES)
    assert why_none == ""
    word, twin, place, nothing = rows
    assert "TATAAT" in "".join("ACGT"[i] for i in word.found.motif.matrix.argmax(1))
    assert word.regions > 0.9 * SITES
    assert (word.group, twin.group) == (1, 1)
    assert len({place.group, nothing.group, 1}) == 3
    assert (word.like, twin.like) == ("L1H2", "L1H1")
    assert word.agreement > 0.9
    assert (place.offset, place.shape.peak_offset) == (-5, -5)
    assert nothing.regions == 0


def test_heads_without_regions_have_a_reason():
    seen = draw_null(4, 60, 200, 1)
    rows, _chosen, why_none = score.heads(seen, Genome((Contig("c", 9),), np.zeros(9, np.uint8)), [], 1e-6, 0.05, 1)
    assert [row.regions for row in rows] == [0] * 4
    assert re.fullmatch(r"no regions: the lowest q is \S+; --max-q \S+ gives [\d,]+ regions?(, most of .*)?", why_none)


def test_verdicts(found_heads):
    rows, _chosen, _why = found_heads
    assert [str(score.verdict(row, 4, None)) for row in rows] == [
        "content, does not recur", "content, does not recur", "position", "no regions"]  # fmt: skip
    word = rows[0]
    assert word.recurs[0] > 0.8
    assert word.recurs[1] < 0.2
    again = replace(word, recurs=(0.9, 0.1, 0.5))
    assert str(score.verdict(again, 4, None)) == "content, recurs"
    assert (
        str(score.verdict(replace(word, recurs=()), 4, Marginal(0.1, -0.1, 0.3, 0)))
        == "content, motif alone has no effect"
    )
    assert str(score.verdict(replace(word, recurs=()), 4, Marginal(-0.2, -0.3, -0.1, 0))) == "content"
    assert str(score.verdict(replace(word, recurs=()), 10**12, None)) == "position"  # so many heads, one comes out so
    assert str(score.verdict(replace(word, found=None), 4, None)) == "too few regions for a motif"


def test_a_head_is_to_exceed_heads_that_know_nothing(found_heads):
    rows, _chosen, _why = found_heads
    word = replace(rows[0], recurs=())
    assert str(score.verdict(word, 4, None, chance=word.regions)) == "no more regions than control networks"
    assert str(score.verdict(word, 4, None, chance=word.regions - 1)) == "content"
    attention, _genome = world()
    assert score.count_by_chance(attention, 0.1, 1) == max(row.regions for row in rows)
    mixed = np.random.default_rng(2).permutation(len(attention.kind))
    blind = replace(attention, weight=attention.weight[mixed], norm=attention.norm[mixed])
    assert score.count_by_chance(blind, 0.1, 1) <= 0.01 * SITES


def test_fresh_networks_go_by_their_seed_and_leave_the_generator_alone():
    torch.manual_seed(7)
    expected = torch.rand(1)
    torch.manual_seed(7)
    one, same, other = (presets.build_fresh(networks.READER, 1, seed) for seed in (1, 1, 2))
    assert torch.rand(1) == expected
    weights = [torch.cat([p.ravel() for p in net.parameters()]) for net in (one, same, other)]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


def test_pairs_are_named(found_heads):
    rows, chosen, _why = found_heads
    first = score.pair_rows(chosen, [row.name for row in rows])[0]
    assert (first["first_head"], first["second_head"], first["spacing_nt"]) == ("L1H1", "L1H2", 0)


def test_the_part_without_heads_is_whole_blocks_of_what_the_network_did_not_learn():
    genome = Genome((Contig("c", 65_000, False, "SQ.1"),), np.zeros(65_000, np.uint8))
    known = Model({}, (), Split(("c:20001-52000",)), TrainingGenome(("SQ.1",)))
    sizes = {asked: measures.part(genome, known, asked, 1) for asked in (0, 1, 25_000, 10**9)}
    assert not sizes[0].any()
    assert 0 < sizes[1].sum() <= 10_000
    assert 10_000 < sizes[25_000].sum() <= 25_000
    assert np.flatnonzero(sizes[10**9]).tolist() == list(range(20_000, 52_000))
    assert all(not part[:20_000].any() and not part[52_000:].any() for part in sizes.values())
    stranger = Model({}, (), Split(("c:1-10",)), TrainingGenome(("SQ.2",)))
    assert measures.part(genome, stranger, 10**9, 1).all()
