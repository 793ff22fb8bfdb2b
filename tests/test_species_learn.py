"""The training on many species: what a map lists, and a state from which it goes on."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
import species_learn
from species_learn import Listing, Stretches, Variant, learn
from species_maps import Map

from headmotif.steps.sites.genomic_class import UPSTREAM
from networks import READER, genome_of, network, random_codes

pytestmark = pytest.mark.usefixtures("one_thread")


def make_map(key, seed, kind="full"):
    genome = genome_of(random_codes(3000, seed))
    site, rng = np.zeros((2, 3000), bool), np.random.default_rng(seed)
    site[rng.integers(0, 2, 30), rng.choice(3000, 30, replace=False)] = True
    place = np.full(site.shape, UPSTREAM, np.uint8)
    return Map(key, key, kind, genome, site, place, np.ones_like(site), np.zeros((0, 4), int), 0.4)


def make_batch(number):
    torch.manual_seed(3)
    site = (torch.rand(4, 9) < 0.3).float()
    zeros = torch.zeros(4, 9, dtype=torch.int64)
    return Stretches(zeros, site, torch.ones(4, 9), zeros, torch.full((4,), number), torch.zeros(4), zeros)


@pytest.mark.parametrize(("kind", "odds"), [("full", False), ("gene", False), ("gene", True)])
def test_what_a_map_lists(kind, odds):
    maps = [make_map("ecoli", 1), make_map("other", 2, kind)]
    listing = Listing(maps, Variant(listed=True, odds=odds))
    with torch.no_grad():
        listing.share.fill_(-1.3)
    logits, share = torch.linspace(-3, 2, 36).view(4, 9), torch.tensor(-1.3)
    p = torch.sigmoid(logits)
    listed = torch.sigmoid(logits + share) if odds else p * torch.sigmoid(share)
    for number, expected in ((0, p), (1, listed)):  # the first is the reference
        batch = make_batch(number)
        likelihood = torch.where(batch.site == 1, expected, 1 - expected)
        assert torch.allclose(listing.loss(logits, batch), -torch.log(likelihood), atol=1e-5)


def test_a_learned_shift_moves_sites():
    listing = Listing([make_map("ecoli", 1), make_map("other", 2)], Variant(jitter=True))
    with torch.no_grad():
        listing.shift.fill_(-30.0)
        listing.shift[:, 1] = 30.0  # the map is one base too low
    logits, batch = torch.linspace(-3, 2, 36).view(4, 9), make_batch(1)
    moved = torch.sigmoid(torch.cat([logits[:, :1], logits[:, :-1]], 1))
    likelihood = torch.where(batch.site == 1, moved, 1 - moved)
    assert torch.allclose(listing.loss(logits, batch), -torch.log(likelihood), atol=1e-5)


def test_a_training_that_was_stopped_ends_in_the_same_weights(tmp_path, monkeypatch):
    monkeypatch.setattr(species_learn, "EVERY", 3)
    maps, variant = [make_map("ecoli", 1), make_map("other", 2)], Variant(listed=True, composition="bases")
    recipe = replace(species_learn.RECIPE, max_steps=8, batch=4, length=32)

    def train(checkpoint, progress=None):
        net = network(READER)
        learn(net, maps, variant, recipe, checkpoint, progress)
        return {name: p.detach().clone() for name, p in net.named_parameters()}

    class Stopped(Exception):
        pass

    def stop(step, _steps, _loss):
        if step == 5:
            raise Stopped

    whole = train(None)
    with pytest.raises(Stopped):
        train(tmp_path / "state", stop)
    seen = []
    again = train(tmp_path / "state", lambda step, *_: seen.append(step))
    assert seen == [4, 5, 6, 7, 8]
    assert all(torch.equal(whole[name], again[name]) for name in whole)
    before = {name: p.detach() for name, p in network(READER).named_parameters()}
    assert not torch.equal(whole["out.weight"], before["out.weight"])


def test_weights_are_drawn_back_to_the_first_ones():
    first = {"a": torch.tensor([1.0, 2.0])}
    runs = [{"a": torch.tensor([4.0, 2.0])}, {"a": torch.tensor([1.0, 8.0])}]
    found = species_learn.draw_back(first, runs, 2 / 3)
    assert torch.allclose(found["a"], torch.tensor([2.0, 4.0]))
    assert torch.equal(species_learn.draw_back(first, runs[:1], 0.0)["a"], first["a"])


def test_stretches_are_counted_at_every_phase():
    marked = np.random.default_rng(3).random(1000) < 0.01
    table = species_learn.count_before(marked, 32)
    for phase in (0, 5, 31):
        start = np.arange(64 + phase, 900, 32)
        row, column = (64 + phase) % 32, (64 + phase) // 32
        literal = [bool(marked[at : at + 32].any()) for at in start]
        assert (np.diff(table[row, column : column + len(start) + 1]) > 0).tolist() == literal
