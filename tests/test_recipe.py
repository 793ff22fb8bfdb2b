"""Recipes: rates, losses and the reading order of the published one; and the dropout that all share."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from headmotif.data import NO_LABEL, Contig, Genome
from headmotif.steps.network.dropout import Dropout
from headmotif.steps.training import split
from headmotif.steps.training.batches import Chunks
from headmotif.steps.training.recipe import DEFAULT, PUBLISHED, RECIPES, rate_at
from headmotif.steps.training.step import loss_of


def test_the_published_rate_warms_up_and_follows_a_cosine_to_nothing():
    rates = [rate_at(PUBLISHED, step, 85_000) for step in range(85_000)]
    assert rates[0] == pytest.approx(1e-4 / 3000)
    assert rates[1499] == pytest.approx(0.5e-4)
    assert max(rates) == pytest.approx(1e-4)
    assert rates[3000 + 41_000] == pytest.approx(0.5e-4)
    for step in (10_000, 30_000, 84_999):
        assert rates[step] == pytest.approx(1e-4 * 0.5 * (1 + math.cos(math.pi * (step - 3000) / 82_000)))
    assert rates[-1] < 1e-12


def test_our_rate_rises_stays_and_falls():
    recipe = replace(DEFAULT, rate=1.0, warmup=10, decay=0.25)
    rates = [rate_at(recipe, step, 100) for step in range(100)]
    assert rates[:10] == pytest.approx([(i + 1) / 10 for i in range(10)])
    assert set(rates[10:75]) == {1.0}
    assert rates[75:] == pytest.approx([(100 - i) / 25 for i in range(75, 100)])


def test_the_focal_loss_is_the_published_one_and_its_factor_passes_no_gradient():
    logits = torch.linspace(-3, 3, 7, dtype=torch.float64, requires_grad=True)
    target = torch.tensor([0.0, 1, 0, 1, 1, 0, 1], dtype=torch.float64)
    found = loss_of(logits, target, 0.8)
    p = torch.sigmoid(logits)
    of_truth = torch.where(target == 1, p, 1 - p)
    torch.testing.assert_close(found, (1 - of_truth) ** 0.8 * -of_truth.log())
    found.sum().backward()
    torch.testing.assert_close(logits.grad, ((1 - of_truth) ** 0.8 * (p - target)).detach())
    torch.testing.assert_close(loss_of(logits, target, 0.0), -of_truth.log())


def make_chunks(recipe, length=9000, gap=(3000, 4000)):
    codes = np.random.default_rng(0).integers(0, 4, length).astype(np.uint8)
    label = np.zeros((1, 2, length), np.uint8)
    label[0, 0, 100::500] = 1
    label[0, 1, 50::700] = 1
    label[0, :, 10:20] = NO_LABEL
    site = np.argwhere(label == 1)
    genome = Genome((Contig("c", length),), codes, ("a",), label, site, np.ones(len(site), np.float32))
    part = split.parts(genome, [(0, *gap)], [])
    return Chunks(genome, part, recipe, (3, 3))


def test_streams_read_the_training_part_in_order_and_nearly_all_of_it_once():
    recipe = replace(PUBLISHED, batch=4, length=64)
    chunks = make_chunks(recipe)
    plan = chunks.plan(0)
    times = np.zeros((2, 9000), int)
    for (places, weights, length), following in zip(plan, [*plan[1:], None], strict=True):
        assert (weights == 1).all()
        for stream, (_contig, row, start) in enumerate(places):
            times[row, max(start, 0) : start + length] += 1
            if following is not None and following[0][stream][1] == row and following[0][stream][2] > start:
                assert following[0][stream][2] - start - length in (
                    0,
                    10,
                    1000,
                )  # in order; over unknown places, or the validation part
    learned = np.stack([chunks.learned[row][0, chunks.margin : -chunks.margin] for row in (0, 1)])
    assert (times[learned] == 1).mean() > 0.93
    lengths = np.array([length for _, _, length in plan])
    assert abs(np.median(lengths) - 64) <= 3
    assert 0 < (lengths < 48).mean() < 0.2
    assert [x[2] for x in chunks.plan(1)] != lengths.tolist()


def test_every_preset_has_a_recipe_and_the_published_one_is_the_papers():
    from headmotif.steps.network import presets

    assert set(RECIPES) == set(presets.PRESETS)
    assert (PUBLISHED.batch, PUBLISHED.length, PUBLISHED.clip, PUBLISHED.weight_decay) == (10, 512, 0.25, 0.0)


# dropout


def drop_out(share, seed=0, shape=(40, 50, 64), place=0):
    layer = Dropout(share, shape[2], place).train()
    noise = torch.from_numpy(np.random.default_rng(seed).integers(-(2**31), 2**31, shape[:2], np.int32))
    return layer(torch.ones(shape), noise)


@pytest.mark.parametrize("share", [0.05, 0.2, 0.5, 0.9])
def test_dropout_zeroes_its_share_and_keeps_the_mean(share):
    x = drop_out(share)
    assert (x == 0).float().mean() == pytest.approx(share, abs=0.01)
    assert sorted(x.unique().tolist()) == pytest.approx([0.0, 1 / (1 - share)])
    assert x.mean() == pytest.approx(1, abs=0.03 if share < 0.9 else 0.1)


def test_masks_of_channels_positions_and_places_are_as_good_as_independent():
    mask = (drop_out(0.5, shape=(200, 100, 32)) == 0).flatten(0, 1).float().numpy()  # (positions, channels)
    other = (drop_out(0.5, shape=(200, 100, 32), place=1) == 0).flatten(0, 1).float().numpy()
    within = np.corrcoef(mask.T) - np.eye(32)
    between = np.corrcoef(mask.T, other.T)[:32, 32:]
    assert np.abs(within).max() < 0.12
    assert np.abs(between).max() < 0.12
    assert np.abs(within).mean() < 0.02
    assert np.abs(np.corrcoef(mask[:-1].ravel(), mask[1:].ravel())[0, 1]) < 0.01


def test_a_mask_is_the_steps_and_does_not_depend_on_who_shares_the_batch():
    whole = drop_out(0.2, shape=(8, 30, 16))
    layer = Dropout(0.2, 16, 0).train()
    noise = torch.from_numpy(np.random.default_rng(0).integers(-(2**31), 2**31, (8, 30), np.int32))
    assert torch.equal(layer(torch.ones(4, 30, 16), noise[1::2]), whole[1::2])
    assert not torch.equal(drop_out(0.2, seed=1, shape=(8, 30, 16)), whole)


def test_nothing_is_dropped_in_evaluation_or_without_noise():
    layer, x = Dropout(0.5, 8, 0), torch.ones(2, 3, 8)
    noise = torch.zeros(2, 3, dtype=torch.int32)
    assert torch.equal(layer.eval()(x, noise), x)
    assert torch.equal(layer.train()(x, None), x)


@pytest.mark.parametrize("share", [-0.1, 1.0, 2.0])
def test_a_share_that_is_none_is_refused(share):
    with pytest.raises(ValueError, match="not within 0 and 1"):
        Dropout(share, 8, 0)
