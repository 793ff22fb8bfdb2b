"""A motif set into shuffled promoters: what goes in, where, and what a network that reads one word says of it."""

import numpy as np
import pytest
import torch

import networks
from headmotif.data import Contig, Genome
from headmotif.steps.heads import marginalization
from headmotif.steps.heads.marginalization import _set
from networks import CPU, network


def promoters(net, n=40, seed=0):
    width = net.before + 1 + net.after
    codes = np.random.default_rng(seed).integers(0, 4, n * width).astype(np.uint8)
    return Genome(tuple(Contig(f"s{i}", width) for i in range(n)), codes)


class Counter(torch.nn.Module):
    """Says as its logit how many A stand from 9 to 4 bases before the site, less 6."""

    before, after, labels = 12, 3, 1

    def forward(self, codes):
        length = codes.shape[1] - self.before - self.after
        is_a = (codes == 0).float()
        return torch.stack([is_a[:, i + 3 : i + 9].sum(1) - 6 for i in range(length)], 1)[:, :, None]


A6 = np.tile([0.97, 0.01, 0.01, 0.01], (6, 1))


def test_the_effect_is_what_the_word_adds_at_its_place():
    net = Counter()
    where = promoters(net, 300)
    found = marginalization.marginal(net, where, A6, -9, 0, CPU, 1)
    before = (where.base.reshape(300, -1)[:, 3:9] == 0).sum(1).mean()
    assert found.effect == pytest.approx(6 * 0.97 - before, abs=0.1)
    assert found.low < found.effect < found.high
    assert found.high - found.low < 0.4
    assert found.control == pytest.approx(
        found.effect, abs=0.1
    )  # its columns are all alike, so their order says nothing
    elsewhere = marginalization.marginal(net, where, A6, -2, 0, CPU, 1)
    assert abs(elsewhere.effect) < 0.2


def test_columns_in_another_order_are_the_control():
    class Word(Counter):
        def forward(self, codes):
            word = torch.tensor([3, 0, 3, 0, 0, 3])
            return 6 * (codes[:, 3:9] == word).all(1).float()[:, None, None] - 3

    matrix = 0.97 * np.eye(4)[[3, 0, 3, 0, 0, 3]] + 0.0075
    found = marginalization.marginal(Word(), promoters(Word(), 200), matrix, -9, 0, CPU, 3)
    assert found.effect > 4
    assert found.control < found.effect - 2


def test_bases_are_drawn_from_the_columns_at_the_place_given():
    plain = np.full((4000, 10), 2, np.uint8)
    matrix = np.array([[0.5, 0.25, 0.25, 0], [0, 0, 0.1, 0.9]])
    found = _set(plain, matrix, 3, np.random.default_rng(0))
    for column in (0, 1):
        share = np.bincount(found[:, 3 + column], minlength=4) / 4000
        assert share == pytest.approx(matrix[column], abs=0.03)
    assert (np.delete(found, [3, 4], axis=1) == 2).all()
    assert (plain == 2).all()


def test_a_motif_beyond_what_the_network_reads_has_no_effect_to_tell():
    net = network(networks.READER)
    assert marginalization.marginal(net, promoters(net), A6, -net.before - 1, 0, CPU, 1) is None
    assert marginalization.marginal(net, promoters(net), A6, net.after - 4, 0, CPU, 1) is None
    assert marginalization.marginal(net, promoters(net, 0), A6, -5, 0, CPU, 1) is None
