"""Sliding-window attention against a loop over queries that takes its definition by the word."""

import pytest
import torch

from headmotif.steps.network import band

LENGTHS = (1, 2, 7, 8, 9, 16, 29)
WINDOWS = ((1, 1), (3, 0), (0, 3), (5, 2), (20, 20), (0, 0))
CLIPS = ("whole", "none before", "none after", "exact", "beyond")

pytestmark = pytest.mark.usefixtures("one_thread")


class Case:
    """Random inputs in float64, heads and batch different so that they cannot be mistaken for each other."""

    def __init__(
        self, length, before, after, seed=0, batch=2, heads=3, width=3, clip="whole", distances=True, nothing=True
    ):
        torch.manual_seed(seed)
        self.length, self.before, self.after = length, before, after
        first, keys = {
            "whole": (before, before + length + after),
            "none before": (0, length + after),  # keys begin where the queries do
            "none after": (before, before + length),
            "exact": (0, length),
            "beyond": (before + 5, before + length + after + 12),  # more keys than any query sees
        }[clip]
        self.first = first
        self.query = torch.randn(heads, batch, length, width, dtype=torch.float64)
        self.key = torch.randn(heads, batch, keys, width, dtype=torch.float64)
        self.value = torch.randn(heads, batch, keys, width + 1, dtype=torch.float64)
        self.by_distance = torch.randn(heads, before + 1 + after, dtype=torch.float64) if distances else None
        self.nothing = torch.randn(heads, dtype=torch.float64) if nothing else None
        self.hidden = None

    def hide(self, share, seed=1):
        """Hide keys at random; where no key is nothing, every query keeps its own."""
        hidden = torch.rand(self.key.shape[1:3], generator=torch.Generator().manual_seed(seed)) < share
        if self.nothing is None:
            hidden[:, self.first : self.first + self.length] = False
        self.hidden = hidden
        return self

    @property
    def inputs(self):
        return [x for x in (self.query, self.key, self.value, self.by_distance, self.nothing) if x is not None]

    def attend(self, record=None, block=0):
        keys = band.Keys(self.key, self.value, self.first, self.hidden)
        return band.attend(self.query, keys, (self.before, self.after), self.by_distance, self.nothing, record, block)

    def compute_literally(self):
        """What each query collects, its weights by distance, and those of nothing; one query and one key at a time."""
        heads, batch, length, _ = self.query.shape
        collected = torch.zeros(*self.query.shape[:3], self.value.shape[3], dtype=torch.float64)
        weights = torch.zeros(batch, length, heads, self.before + 1 + self.after, dtype=torch.float64)
        none = torch.zeros(batch, length, heads, dtype=torch.float64)
        for h, b, i in torch.cartesian_prod(torch.arange(heads), torch.arange(batch), torch.arange(length)).tolist():
            scores, seen = [], []
            for distance in range(-self.before, self.after + 1):
                j = self.first + i + distance
                if not 0 <= j < self.key.shape[2] or (self.hidden is not None and self.hidden[b, j]):
                    continue
                bias = 0 if self.by_distance is None else self.by_distance[h, self.before + distance]
                scores.append(self.query[h, b, i] @ self.key[h, b, j] + bias)
                seen.append((distance, j))
            if self.nothing is not None:
                scores.append(self.nothing[h])
            weight = torch.stack(scores).softmax(0)
            none[b, i, h] = weight[-1] if self.nothing is not None else 0
            for w, (distance, j) in zip(weight, seen, strict=False):
                weights[b, i, h, self.before + distance] = w
                collected[h, b, i] = collected[h, b, i] + w * self.value[h, b, j]
        return collected, weights, none

    def check(self, block=0):
        record = []
        collected = self.attend(record, block)
        [(weights, none)] = record
        assert weights.dtype == none.dtype == torch.float32
        right = self.compute_literally()
        torch.testing.assert_close(collected, right[0])
        torch.testing.assert_close(weights, right[1].float())
        torch.testing.assert_close(none, right[2].float())
        assert torch.equal(self.attend(None, block), collected)  # recording changes nothing
        return weights, none


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize(("before", "after"), WINDOWS)
def test_every_query_collects_from_exactly_its_window(length, before, after):
    Case(length, before, after).check(block=8)  # lengths below, at, above and not a multiple of a block


@pytest.mark.parametrize("clip", CLIPS)
@pytest.mark.parametrize(("before", "after"), WINDOWS)
def test_keys_may_end_before_the_window_does(clip, before, after):
    for length in (1, 8, 13):
        Case(length, before, after, clip=clip).check(block=4)


@pytest.mark.parametrize("distances", [True, False])
def test_neither_distances_nor_the_key_that_is_nothing_are_needed(distances):
    case = Case(13, 5, 2, distances=distances, nothing=False)
    _, none = case.check(block=4)
    assert not none.any()
    case.hide(0.4).check(block=4)


def test_the_key_that_is_nothing_needs_no_distances():
    Case(13, 5, 2, distances=False).check(block=4)


@pytest.mark.parametrize("length", [1, 9, 16])
@pytest.mark.parametrize("clip", CLIPS)
def test_hidden_keys_get_no_weight_and_the_rest_share_it(length, clip):
    case = Case(length, 3, 2, seed=1, clip=clip).hide(0.4)
    weights, none = case.check(block=8)
    torch.testing.assert_close(weights.sum(-1) + none, torch.ones_like(none))
    for distance in range(-3, 3):
        at = torch.arange(length) + case.first + distance
        there = (at >= 0) & (at < case.key.shape[2])
        veil = torch.ones(2, length, dtype=torch.bool)
        veil[:, there] = case.hidden[:, at[there]]
        assert bool((weights[..., 3 + distance][veil] == 0).all())  # exactly, not nearly


def test_a_query_that_sees_only_hidden_keys_gives_all_to_nothing():
    case, record = Case(5, 2, 2), []
    case.hidden = torch.ones(2, 9, dtype=torch.bool)
    collected = case.attend(record)
    [(weights, none)] = record
    assert bool((none == 1).all())
    assert not weights.any()
    assert not collected.any()


def test_a_query_that_sees_only_hidden_keys_harms_nobody_where_there_is_no_nothing():
    case = Case(20, 2, 2, nothing=False)
    free = case.attend(block=4)
    case.hidden = torch.zeros(2, 24, dtype=torch.bool)
    case.hidden[1, 8:13] = True  # all that query 8 sees of the second sequence
    veiled = case.attend(block=4)
    assert bool(veiled.isfinite().all())
    torch.testing.assert_close(veiled[:, 0], free[:, 0])
    torch.testing.assert_close(veiled[:, 1, :4], free[:, 1, :4])
    for x in case.inputs:
        x.requires_grad_()
    gradient = torch.autograd.grad(case.attend(block=4).sum(), case.inputs)
    assert all(bool(g.isfinite().all()) for g in gradient)


def test_nothing_takes_weight_by_its_score_and_adds_no_value():
    case, record = Case(6, 2, 2, heads=2, distances=False), []
    case.query, case.nothing = torch.zeros_like(case.query), torch.tensor([0.0, float("-inf")], dtype=torch.float64)
    case.by_distance = torch.zeros(2, 5, dtype=torch.float64)
    case.attend(record)
    [(weights, none)] = record
    assert none[0, 0].tolist() == pytest.approx([1 / 6, 0])  # one of six equal keys; never seen
    assert weights[:, :, 1].sum(-1).flatten().tolist() == pytest.approx([1] * 12)


GRADIENTS = [
    (length, clip, nothing, share)
    for length in (3, 4, 9)
    for clip in CLIPS
    for nothing in (True, False)
    for share in (0, 0.4)
]


@pytest.mark.parametrize(("length", "clip", "nothing", "share"), GRADIENTS)
def test_gradients_are_those_of_the_definition(length, clip, nothing, share):
    """Three sequences, blocks of four: shorter, whole, and with a last block that is shorter; the table's rows and
    columns are cut then."""
    case = Case(length, 3, 1, seed=3, batch=3, heads=2, clip=clip, nothing=nothing)
    if share:
        case.hide(share)
    for x in case.inputs:
        x.requires_grad_()
    toward = torch.randn(2, 3, length, 4, dtype=torch.float64)
    found = torch.autograd.grad((case.attend(block=4) * toward).sum(), case.inputs)
    right = torch.autograd.grad((case.compute_literally()[0] * toward).sum(), case.inputs)
    for a, b in zip(found, right, strict=True):
        torch.testing.assert_close(a, b, atol=1e-6, rtol=1e-6)  # the toll of the softmax is a float32


@pytest.mark.parametrize("nothing", [True, False])
@pytest.mark.parametrize("share", [0, 0.3])
def test_gradients_are_those_of_small_steps(nothing, share):
    case = Case(5, 2, 1, seed=4, heads=2, nothing=nothing)
    if share:
        case.hide(share)

    def attend(query, key, value, by_distance, *end):
        keys = band.Keys(key, value, case.first, case.hidden)
        return band.attend(query, keys, (2, 1), by_distance, end[0] if end else None, None, 2)

    assert torch.autograd.gradcheck(attend, [x.requires_grad_() for x in case.inputs], atol=1e-5)


def test_gradients_without_a_table_to_learn():
    case = Case(9, 3, 1, distances=False, nothing=False, batch=2)
    for x in case.inputs:
        x.requires_grad_()
    found = torch.autograd.grad(case.attend(block=4).sum(), case.inputs)
    right = torch.autograd.grad(case.compute_literally()[0].sum(), case.inputs)
    for a, b in zip(found, right, strict=True):
        torch.testing.assert_close(a, b, atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize("clip", CLIPS)
def test_the_blocks_do_not_change_what_is_collected(clip):
    case = Case(100, 10, 4, clip=clip).hide(0.1)
    whole = []
    for block in (1, 7, 64, 200):
        record = []
        whole.append((case.attend(record, block), *record[0]))
    for other in whole[1:]:
        for a, b in zip(other, whole[0], strict=True):
            torch.testing.assert_close(a, b)


@pytest.mark.parametrize("offset", [0, 5])
def test_bfloat16_and_its_gradients_stay_near_float64(offset):
    """As the networks call it: queries, keys and values in bfloat16, and the table with them. What all values have in
    common cancels."""
    exact, rough = (Case(150, 60, 60, width=16).hide(0.1) for _ in range(2))
    exact.query /= 4
    exact.value += offset
    for name in ("query", "key", "value"):
        setattr(rough, name, getattr(exact, name).bfloat16())
        setattr(exact, name, getattr(rough, name).double())
    found = []
    for case in (exact, rough):
        for x in case.inputs:
            x.requires_grad_()
        collected = case.attend()
        assert collected.dtype == case.query.dtype
        found.append(
            [
                x.detach().double()
                for x in (collected, *torch.autograd.grad(collected.double().square().sum(), case.inputs))
            ]
        )
    for right, near in zip(*found, strict=True):
        assert float((near - right).norm() / right.norm()) < 0.03
