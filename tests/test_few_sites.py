"""Tuning with few sites: the likelihood of a list that is not whole, and the draws of the stretches."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from headmotif.alphabet import A, C, G, T
from headmotif.data import Sites
from headmotif.steps.network import annotate
from headmotif.steps.training import few_sites, labels, split
from headmotif.steps.training.batches import Chunks
from headmotif.steps.training.step import loss_of
from networks import CPU, READER, genome_of, network, random_codes

pytestmark = pytest.mark.usefixtures("one_thread")


def test_the_gradient_is_that_of_the_likelihood_of_the_list():
    torch.manual_seed(1)
    logits = torch.randn(3, 7, 1, dtype=torch.float64, requires_grad=True)
    target, listed = (torch.rand(3, 7, 1, dtype=torch.float64) < 0.3).double(), 0.2
    (found,) = torch.autograd.grad(loss_of(logits, target, 0.0, listed).sum(), logits)
    p = listed * torch.sigmoid(logits)
    likelihood = -(target * torch.log(p) + (1 - target) * torch.log1p(-p)).sum()
    (expected,) = torch.autograd.grad(likelihood, logits)
    assert torch.allclose(found, expected)
    assert not torch.allclose(found, torch.autograd.grad(loss_of(logits, target, 0.0).sum(), logits)[0])


@pytest.fixture(scope="module")
def chunks():
    codes, place = random_codes(4000, 1), np.arange(500, 3500, 75)
    for site in place:
        codes[site : site + 4] = A, C, G, T  # what a network of these sizes can learn at once
    genome = genome_of(codes, random_codes(700, 2), circular=True)
    sites = Sites(np.zeros(40, int), place, np.ones(40, int), np.full(40, np.nan, np.float32))
    genome = labels.label(genome, {"tss": sites})
    recipe = replace(few_sites.choose_recipe(40, 1), length=32, batch=400)
    return Chunks(genome, split.parts(genome, [], []), recipe, network(READER).learning)


def test_weights_make_every_place_count_alike(chunks):
    draws, rng = few_sites.Draws(chunks), np.random.default_rng(5)
    assert len(draws.sites) == 40
    seen = [np.zeros(row.shape[1]) for row in chunks.learned]
    sites = 0
    for _turn in range(60):
        places, weights, length = draws.draw(rng)
        for (contig, row, start), weight in zip(places, weights, strict=True):
            span = slice(start + chunks.margin, start + chunks.margin + length)
            seen[2 * contig + row][span] += weight
            sites += int(chunks.site[2 * contig + row][:, span].sum() > 0)
    assert sites > 0.5 * 60 * 400
    inside = np.concatenate([x[chunks.margin : -chunks.margin] for x in seen])
    expected = 60 * 400 * 32 / (draws.begins[-1])
    at_sites = np.concatenate([x[s[0]] for x, s in zip(seen, chunks.site, strict=True)])
    assert inside.mean() == pytest.approx(expected, rel=0.03)
    assert at_sites.mean() == pytest.approx(expected, rel=0.03)
    assert np.concatenate([x[: chunks.margin - 32] for x in seen]).sum() == 0  # nothing lies off the contig


def test_the_listed_share_is_the_sites_over_the_sum_of_p(chunks):
    net = network(READER)
    with torch.no_grad():
        net.out.weight.zero_()
        net.out.bias.fill_(float(np.log(0.1 / 0.9)))
    assert few_sites.estimate_listed(net, few_sites.Draws(chunks), CPU) == pytest.approx(40 / (0.1 * 9400), rel=1e-4)
    with torch.no_grad():
        net.out.bias.fill_(-12.0)
    assert few_sites.estimate_listed(net, few_sites.Draws(chunks), CPU) == 1.0


def test_tuning_raises_p_at_the_sites_and_is_the_same_again(chunks):
    found = []
    fast = Chunks(chunks.genome, chunks.part, replace(chunks.recipe, batch=16, max_steps=40, rate=3e-3), (14, 14))
    for _turn in range(2):
        net = network(READER)
        with torch.no_grad():
            net.out.bias.fill_(-5.0)
        before = annotate.annotate(net, chunks.genome, CPU)[0]
        few_sites.tune(net, Chunks(chunks.genome, chunks.part, fast.recipe, net.learning), CPU)
        after = annotate.annotate(net, chunks.genome, CPU)[0]
        found.append(after)
    assert np.array_equal(*found, equal_nan=True)
    site = chunks.genome.label[0] == 1
    gain = np.log(after / (1 - after)) - np.log(before / (1 - before))
    assert gain[site].mean() > np.nanmean(gain[~site]) + 0.2


@pytest.mark.parametrize(("sites", "steps"), [(1, 25), (50, 50), (200, 115), (500, 199), (5000, 792)])
def test_steps_grow_slower_than_sites(sites, steps):
    assert few_sites.choose_recipe(sites, 1).max_steps == steps
