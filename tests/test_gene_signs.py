"""What P says around genes, with no site known."""

import math

import numpy as np
import pytest

from headmotif.alphabet import N
from headmotif.steps.calling import gene_signs
from headmotif.steps.sites.genomic_class import REACH
from networks import genome_of, random_codes


@pytest.fixture(scope="module")
def genome():
    return genome_of(random_codes(120_000, 1), random_codes(3000, 2))


@pytest.fixture(scope="module")
def genes():
    begin = np.arange(1000, 110_000, 1000)
    rows = [(0, b, b + 500, 1 if i % 2 else -1) for i, b in enumerate(begin.tolist())]
    return np.array([*rows, (1, 100, 900, 1), (1, 1000, 1300, 1), (1, 2200, 2900, -1), (1, 1400, 1900, 1)])


def test_windows_lie_whole_on_their_contig_and_in_genes_that_are_long_enough(genome, genes):
    windows = gene_signs.choose_windows(genome, genes)
    assert len(windows) == 109 + 1  # of the second contig the last gene alone
    assert windows.upstream[-1] == 120_000 + 1400 - REACH
    assert windows.inside[-1] == 120_000 + 1400 + 100
    assert (windows.row[0], windows.upstream[0], windows.inside[0]) == (1, 1500, 1100)  # 5' is at the end
    assert (windows.row[1], windows.upstream[1], windows.inside[1]) == (0, 1700, 2100)
    assert windows.take(windows.row == 1).cover_upstream(len(genome.base))[1500:1800].all()
    assert windows.cover_upstream(len(genome.base)).sum() <= REACH * 110
    assert windows.cover_inside(len(genome.base))[1100:1400].all()


def test_a_window_with_n_is_left_out(genome, genes):
    base = genome.base.copy()
    base[1800] = N
    windows = gene_signs.choose_windows(genome_of(base[:120_000], base[120_000:]), genes)
    assert 1700 not in windows.upstream
    assert len(windows) == 108 + 1  # the gene after it; 1500-1800 ends before


def test_a_draw_is_the_same_again_and_in_order(genome, genes):
    one, two = (gene_signs.choose_windows(genome, genes, 60, seed) for seed in (1, 1))
    assert len(one) == 60
    assert np.array_equal(one.upstream, two.upstream)
    assert not np.array_equal(one.upstream, gene_signs.choose_windows(genome, genes, 60, 2).upstream)


def test_p_that_says_nothing_and_p_that_knows(genome, genes):
    windows = gene_signs.choose_windows(genome, genes)
    rng = np.random.default_rng(1)
    p = rng.random((2, len(genome.base))) * 0.01
    blind = gene_signs.find_signs(windows, p, rng.random(p.shape))
    assert blind.over_inside == pytest.approx(0.5, abs=0.1)
    assert blind.over_antisense == pytest.approx(0.5, abs=0.1)
    assert blind.sharpness < 0.01
    assert blind.agreement < 0.1
    knows = p.copy()
    at = windows.upstream + 40
    knows[windows.row, at] = 0.9
    near = p.copy()
    near[windows.row, at + 2] = 0.5
    sees = gene_signs.find_signs(windows, knows, near)
    assert sees.over_inside == sees.over_antisense == 1
    assert 0.3 < sees.sharpness < 0.5
    assert sees.agreement == 1
    assert blind.near_start == pytest.approx(1 / 3, abs=0.15)
    assert sees.near_start == pytest.approx(np.mean(windows.row == 1))  # 41 nt before those of the - strand, 260 else
    assert blind.contrast == pytest.approx(0.5, abs=0.02)
    assert sees.contrast == pytest.approx(0.9 / (0.9 + 0.01), abs=0.01)
    assert gene_signs.find_signs(windows, knows, np.roll(near, 1, 1)).agreement < 0.1
    other = p.copy()  # as high inside the genes, on the other strand
    other[1 - windows.row, windows.inside + 7] = other[windows.row, at] = 0.9
    assert gene_signs.find_signs(windows, other).over_antisense == 0.5


def test_few_genes_say_nothing(genome, genes):
    windows = gene_signs.choose_windows(genome, genes[:20])
    found = gene_signs.find_signs(windows, np.zeros((2, len(genome.base))))
    assert found.genes == 20
    assert math.isnan(found.over_inside)
    assert math.isnan(found.agreement)
