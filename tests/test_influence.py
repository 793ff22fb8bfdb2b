"""Heads silenced: as if their columns of the output map were nothing, or their mean were always there."""

import copy

import numpy as np
import pytest
import torch

import networks
from headmotif.data import NO_LABEL
from headmotif.steps.heads import ablation
from headmotif.steps.network.annotate import annotate
from headmotif.steps.statistics.metrics import score
from networks import CPU, WITH_HEADS, assert_near, genome_of, network, random_codes


def setting(config):
    net, genome = network(config), genome_of(random_codes(700, gaps=2), random_codes(150, seed=1), circular=True)
    return net, genome, np.ones(len(genome.base), bool)


@WITH_HEADS
@pytest.mark.parametrize(("layer", "head"), [(0, 0), (1, 1)])
def test_a_head_silenced_is_one_whose_output_goes_nowhere(config, layer, head):
    net, genome, _wanted = setting(config)
    before = annotate(net, genome, CPU)
    other = copy.deepcopy(net)
    with torch.no_grad():
        other.layers[layer].output.weight[:, head * config.d_head : (head + 1) * config.d_head] = 0
    with ablation.silence(net, layer, head):
        found = annotate(net, genome, CPU)
    assert_near(found, annotate(other, genome, CPU))
    assert np.nanmax(np.abs(found - before)) > 1e-3
    np.testing.assert_array_equal(annotate(net, genome, CPU), before)  # and it is over when it is over


@WITH_HEADS
def test_what_stands_in_is_added_at_every_position(config):
    net, genome, wanted = setting(config)
    instead = torch.linspace(-1, 1, config.d_head)
    layer = net.layers[1].output
    with ablation.silence(net, 1, 0, instead):
        found = annotate(net, genome, CPU, wanted)
    other = copy.deepcopy(net)
    with torch.no_grad():
        other.layers[1].output.weight[:, : config.d_head] = 0
        other.layers[1].output.bias = torch.nn.Parameter(layer.weight[:, : config.d_head] @ instead)
    assert_near(found, annotate(other, genome, CPU))


@WITH_HEADS
def test_the_means_are_those_of_what_the_heads_collect(config):
    net, genome, wanted = setting(config)
    seen = []
    hooks = [
        layer.output.register_forward_pre_hook(lambda _m, args, n=n: seen.append((n, args[0])))
        for n, layer in enumerate(net.layers)
    ]
    annotate(net, genome, CPU)
    for hook in hooks:
        hook.remove()
    found = ablation.means(net, genome, CPU, wanted)
    assert found.shape == (config.layers, config.heads, config.d_head)
    for number in range(config.layers):
        every = torch.cat([x.flatten(0, 1) for n, x in seen if n == number])
        assert_near(found[number].flatten().numpy(), every.mean(0).numpy())


def test_every_head_is_silenced_in_both_ways_where_it_was_asked_for():
    net, genome, wanted = setting(networks.READER)
    wanted[:300] = False
    found = list(ablation.influence(net, genome, CPU, wanted))
    assert [one[:3] for one in found] == [(x, y, k) for x in (0, 1) for y in (0, 1) for k in ("zero", "mean")]
    with ablation.silence(net, 1, 0):
        np.testing.assert_array_equal(found[4].probability, annotate(net, genome, CPU, wanted))
    assert not np.array_equal(found[4].probability, found[5].probability, equal_nan=True)


def test_what_silencing_changes_is_told_where_it_is_scored():
    net, genome, wanted = setting(networks.READER)
    wanted[:200] = False
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
    best = np.where(label == 1, 0.99, p).astype(np.float32)
    precision, logit = ablation.changes(at, best)
    assert precision.estimate == pytest.approx(1 - score(label[at.known] == 1, p[at.known]).average_precision)
    assert logit.estimate > 2
