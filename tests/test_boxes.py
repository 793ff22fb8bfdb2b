"""Boxes of sites by hand, against every pair tried one by one, and against the scan of the whole genome."""

import itertools

import numpy as np
import pytest

from headmotif.alphabet import N, decode, encode, reverse_complement
from headmotif.data import Contig, Genome, Motif, Sites
from headmotif.steps.promoters.boxes import find_elements
from headmotif.steps.promoters.frequencies import MINUS_10, MINUS_35, SPACER, TO_START, hexamer
from headmotif.steps.promoters.pair_scan import promoter_scores
from headmotif.steps.sequence.region_windows import composition
from headmotif.steps.sequence.scan import log_odds

UPPER, LOWER = Motif("u", hexamer(MINUS_35), 200), Motif("l", hexamer(MINUS_10), 200)
UNIFORM = np.full(4, 0.25)


def genome_of(*codes, circular=()):
    return Genome(
        tuple(Contig(f"c{i}", len(c), i in circular) for i, c in enumerate(codes)),
        np.concatenate(codes).astype(np.uint8),
    )


def list_positions(genome):
    rows = [(c, p, s) for c, contig in enumerate(genome.contigs) for s in (1, -1) for p in range(contig.length)]
    contig, position, strand = (np.array(x) for x in zip(*rows, strict=True))
    return Sites(contig.astype(np.int32), position, strand.astype(np.int8), np.zeros(len(rows), np.float32))


def random_genome(seed=0):
    rng = np.random.default_rng(seed)
    codes = [rng.integers(0, 4, n) for n in (150, 120, 30, 20)]
    codes[0][70:73] = N
    return genome_of(*codes, circular=(1, 3))


def test_a_perfect_promoter_on_either_strand():
    promoter = encode(
        "TTGACA" + "C" * 14 + "TGC" + "TATAAT" + "CCCCCC" + "A"
    )  # spacer 17, last base of the -10 seven before the +1
    codes = np.full(200, 1, np.uint8)
    codes[50 : 50 + len(promoter)] = promoter
    codes[120 : 120 + len(promoter)] = reverse_complement(promoter)
    sites = Sites(np.zeros(2, np.int32), np.array([85, 120]), np.array([1, -1], np.int8), np.zeros(2, np.float32))
    found = find_elements(genome_of(codes), sites, UPPER, LOWER, background=UNIFORM)
    assert found.minus35.tolist() == ["TTGACA"] * 2
    assert found.minus10.tolist() == ["TATAAT"] * 2
    assert (found.spacer.tolist(), found.to_start.tolist(), found.extended.tolist()) == ([17] * 2, [7] * 2, [True] * 2)
    assert found.minus10_p.tolist() == pytest.approx([4**-6] * 2)
    own = sum(log_odds(m, UNIFORM).max(axis=1).sum() for m in (UPPER, LOWER))
    assert found.score.tolist() == pytest.approx([own + np.log2(SPACER[17] * TO_START[7])] * 2)


def try_all(genome, site, background):
    """The best pair of a site: every spacer and distance, letter by letter."""
    contig, position, strand = site
    length, circular = genome.contigs[contig].length, genome.contigs[contig].circular
    codes = genome.contig_bases(contig)

    def base(offset):
        at = position + offset * strand
        if not circular and not 0 <= at < length:
            return N
        code = int(codes[at % length])
        return code if strand > 0 or code == N else 3 - code

    def bits(motif, first):
        word = [base(first + i) for i in range(6)]
        table = log_odds(motif, background)
        return -np.inf if N in word else sum(table[i, c] for i, c in enumerate(word))

    best = None
    for last, gap in itertools.product(TO_START, SPACER):
        ten = -last - 5
        above = ten - gap - 6
        total = bits(UPPER, above) + bits(LOWER, ten) + np.log2(SPACER[gap]) + np.log2(TO_START[last])
        if total > -np.inf and (best is None or total > best[0] + 1e-9):
            words = tuple(decode(np.array([base(i + k) for k in range(6)])) for i in (above, ten))
            best = (total, words, gap, last, decode(np.array([base(ten - 3), base(ten - 2)])) == "TG", bits(LOWER, ten))
    return best


def test_every_pair_tried_at_every_place():
    genome = random_genome()
    background, sites = composition(genome), list_positions(genome)
    found = find_elements(genome, sites, UPPER, LOWER)
    every_word = np.array(list(itertools.product(range(4), repeat=6)))
    own = log_odds(LOWER, background)[np.arange(6), every_word].sum(axis=1)
    chance = background[every_word].prod(axis=1)
    without = 0
    for i, site in enumerate(zip(sites.contig.tolist(), sites.position.tolist(), sites.strand.tolist(), strict=True)):
        expected = try_all(genome, site, background)
        row = (
            (found.minus35[i], found.minus10[i]),
            int(found.spacer[i]),
            int(found.to_start[i]),
            bool(found.extended[i]),
        )
        if expected is None:
            without += 1
            assert row == (("", ""), -1, -1, False)
            assert np.isnan([found.score[i], found.minus10_p[i]]).all()
        else:
            assert row == expected[1:5]
            assert found.score[i] == pytest.approx(expected[0])
            low, high = (
                chance[own >= expected[5] + grid].sum() for grid in (0.007, -0.007)
            )  # scores are rounded to 0.001 bits a letter
            assert low - 1e-12 <= found.minus10_p[i] <= high + 1e-12
    assert 100 < without < 300  # by the ends and the N, and the whole of a short line


@pytest.mark.parametrize("seed", [1, 2])
def test_the_scan_of_the_genome_says_the_same_everywhere(seed):
    genome = random_genome(seed)
    sites = list_positions(genome)
    score = promoter_scores(genome, UPPER, LOWER, SPACER, {last - 1: share for last, share in TO_START.items()})
    begin = genome.start[sites.contig]
    of_site = score[(sites.strand < 0).astype(int), begin + sites.position]
    found = find_elements(genome, sites, UPPER, LOWER)
    assert (np.where(np.isnan(found.score), np.float32(-100), found.score.astype(np.float32)) == of_site).all()


def test_of_equal_pairs_the_first_counts():
    genome = genome_of(np.zeros(100, np.uint8))
    some = list_positions(genome).take([90])
    shares = {19: 0.5, 15: 0.5}, {7: 0.5, 6: 0.5}
    found = find_elements(genome, some, UPPER, LOWER, *shares)
    assert (found.spacer.tolist(), found.to_start.tolist(), found.minus10.tolist()) == ([19], [7], ["AAAAAA"])


def test_no_sites_no_boxes():
    genome = random_genome()
    found = find_elements(genome, list_positions(genome).take(np.zeros(0, int)), UPPER, LOWER)
    assert len(found) == 0
