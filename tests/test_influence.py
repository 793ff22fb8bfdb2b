"""Heads silenced: as if their columns of the output map were nothing, or their mean were always there; and how little
of the network is run again for that."""

import contextlib
import copy

import numpy as np
import pytest
import torch

import networks
from headmotif.data import NO_LABEL
from headmotif.steps.heads import ablation
from headmotif.steps.network import fused, kmer_attention
from headmotif.steps.network.annotate import annotate
from headmotif.steps.network.annotate import logit as logit_of
from headmotif.steps.statistics import bootstrap
from headmotif.steps.statistics.metrics import score
from networks import CPU, PRECISIONS, WITH_HEADS, assert_near, genome_of, network, random_codes

pytestmark = pytest.mark.usefixtures("one_thread")


def setting(config, labels=1, length=700):
    net = network(config, labels)
    genome = genome_of(random_codes(length, gaps=2), random_codes(150, seed=1), circular=True)
    wanted = np.ones(len(genome.base), bool)
    wanted[: length // 2] = False
    return net, genome, wanted


@contextlib.contextmanager
def silence(net, layer, head, instead):
    """The slow form: the whole network, with what one head collects replaced on its way into the output map."""
    mine = slice(head * net.config.d_head, (head + 1) * net.config.d_head)

    def replace(_module, args):
        collected = args[0].clone()  # (batch, length, heads d_head)
        collected[..., mine] = instead.to(collected)
        return (collected,)

    hook = net.layers[layer].output.register_forward_pre_hook(replace)
    try:
        yield
    finally:
        hook.remove()


@WITH_HEADS
@PRECISIONS
def test_every_head_is_silenced_in_both_ways_as_in_a_network_of_its_own(config, compute):
    net, genome, wanted = setting(config, labels=2, length=200)
    mean = torch.linspace(-1, 1, 4 * config.d_head).reshape(2, 2, -1)
    told = []
    found = list(ablation.influence(net, genome, compute, wanted, mean, told.append))
    assert [one[:3] for one in found] == [(x, y, k) for x in (0, 1) for y in (0, 1) for k in ("zero", "mean")]
    for layer, head, kind, probability in found:
        with silence(net, layer, head, mean[layer, head] * (kind == "mean")):
            right = annotate(net, genome, compute, jobs=ablation.cut(genome, wanted, net.chunk))
        np.testing.assert_array_equal(probability, right)
    before = annotate(net, genome, compute, wanted)
    assert min(np.nanmax(np.abs(one.probability - before)) for one in found) > 1e-2
    assert told == sorted(told)
    assert 0 < told[0] < told[-1] == pytest.approx(1)


@WITH_HEADS
def test_a_head_silenced_is_one_whose_output_goes_nowhere(config):
    net, genome, wanted = setting(config)
    instead = torch.linspace(-1, 1, 4 * config.d_head).reshape(2, 2, -1)
    nothing, mean = list(ablation.influence(net, genome, CPU, wanted, instead))[4:6]  # of layer 1, head 0
    other, mine = copy.deepcopy(net), net.layers[1].output.weight[:, : config.d_head]
    with torch.no_grad():
        other.layers[1].output.weight[:, : config.d_head] = 0
        assert_near(nothing.probability[:, :, wanted], annotate(other, genome, CPU)[:, :, wanted])
        other.layers[1].output.bias = torch.nn.Parameter(mine @ instead[1, 0])
        assert_near(mean.probability[:, :, wanted], annotate(other, genome, CPU)[:, :, wanted])


@WITH_HEADS
@PRECISIONS
def test_listening_gives_the_annotation_and_the_means_of_what_the_heads_collect(config, compute):
    net, genome, wanted = setting(config)
    seen = []
    hooks = [
        layer.output.register_forward_pre_hook(lambda _m, args, n=n: seen.append((n, args[0].float())))
        for n, layer in enumerate(net.layers)
    ]
    right = annotate(net, genome, compute, wanted)
    for hook in hooks:
        hook.remove()
    p, mean = ablation.listen(net, genome, compute, wanted)
    np.testing.assert_array_equal(p, right)
    assert mean.shape == (config.layers, config.heads, config.d_head)
    for number in range(config.layers):
        every = torch.cat([x.flatten(0, 1) for n, x in seen if n == number])
        assert_near(mean[number].flatten().numpy(), every.mean(0).numpy())


def test_what_heads_share_is_computed_once(monkeypatch):
    """Attention once in each layer, and in those above a head again for each of its kinds; the keys of a layer once."""
    net, genome, wanted = setting(networks.READER)
    net.batch = 100  # one batch
    made = []
    find_keys, attend = kmer_attention.Layer._find_keys, fused.attend
    monkeypatch.setattr(kmer_attention.Layer, "_find_keys", lambda *args: (made.append("keys"), find_keys(*args))[1])
    monkeypatch.setattr(fused, "attend", lambda *args: (made.append("attention"), attend(*args))[1])
    list(ablation.influence(net, genome, CPU, wanted, torch.zeros(2, 2, net.config.d_head)))
    assert made.count("keys") == 2
    assert made.count("attention") == 2 + 2 * 2
    assert ablation.count_passes(net) == pytest.approx(1 + (2 + 2 * 2 + 8 * ablation.AFTER_ATTENTION) / 2)


def test_memory_decides_how_many_heads_share_a_pass_and_changes_nothing(monkeypatch):
    net, genome, wanted = setting(networks.READER, length=200)
    mean, told = torch.ones(2, 2, net.config.d_head), []
    whole = list(ablation.influence(net, genome, CPU, wanted, mean))
    for room in (0, 3 * 8 * wanted.sum()):
        monkeypatch.setattr(ablation, "ROOM", room)
        parts = list(ablation.influence(net, genome, CPU, wanted, mean, told.append))
        assert told == sorted(told)
        assert told.pop() == pytest.approx(1)
        told.clear()
        for one, other in zip(whole, parts, strict=True):
            assert one[:3] == other[:3]
            np.testing.assert_array_equal(one.probability, other.probability)


def test_stretches_hold_what_is_wanted_and_nothing_else():
    genome = genome_of(random_codes(100), random_codes(7), random_codes(60))
    wanted = np.zeros(167, bool)
    for first, last in ((0, 25), (90, 110), (166, 167)):
        wanted[first:last] = True
    assert ablation.cut(genome, wanted, 10).tolist() == [
        [0, 1, 0, 10], [0, 1, 10, 10], [0, 1, 20, 5], [0, 1, 90, 10],
        [0, -1, 0, 10], [0, -1, 75, 10], [0, -1, 85, 10], [0, -1, 95, 5],
        [1, 1, 0, 7], [1, -1, 0, 7],
        [2, 1, 0, 3], [2, 1, 59, 1], [2, -1, 0, 1], [2, -1, 57, 3],
    ]  # fmt: skip
    assert ablation.cut(genome, np.zeros(167, bool), 10).shape == (0, 4)


def test_what_silencing_changes_is_told_where_it_is_scored():
    net, genome, wanted = setting(networks.READER)
    wanted[200:] = True
    p = annotate(net, genome, CPU, wanted)[0]
    label = np.zeros((2, len(wanted)), np.uint8)
    label[0, [250, 300, 700]] = 1
    label[1, [100, 420]] = 1  # the first lies where nothing is scored
    label[:, 500:510] = NO_LABEL
    at = ablation.yardstick(p, label, wanted, genome, 50)
    assert at.known.sum() == np.isfinite(p[:, wanted]).sum() - 2 * 10
    assert at.draws.shape == (50, 2)  # a block of each contig
    lower = np.where(np.isfinite(p), p / (p + (1 - p) * np.e), np.nan).astype(np.float32)  # a logit less everywhere
    precision, logit = ablation.changes(at, lower)
    assert (precision.estimate, precision.low, precision.high) == pytest.approx((0, 0, 0), abs=1e-6)
    assert (logit.estimate, logit.low, logit.high) == pytest.approx((-1, -1, -1), abs=1e-3)
    row, place = np.nonzero(at.truth & at.known)  # the slow form of the same: all rows and columns, block by block
    rising = p * np.linspace(0.1, 1, len(wanted), dtype=np.float32)
    change = logit_of(rising[row, place]) - logit_of(p[row, place])
    assert ablation.changes(at, rising)[1] == bootstrap.average(change, at.block[place], at.draws)
    block = np.broadcast_to(at.block, at.known.shape)[at.known]
    ranked = bootstrap.rank(at.truth[at.known], rising[at.known], block, 2)
    assert all(np.array_equal(getattr(ranked, x), getattr(at.rank(rising), x)) for x in ("hits", "above", "sites"))
    best = np.where(label == 1, 0.99, p).astype(np.float32)
    precision, logit = ablation.changes(at, best)
    assert precision.estimate == pytest.approx(1 - score(label[at.known] == 1, p[at.known]).average_precision)
    assert logit.estimate > 2
