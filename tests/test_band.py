"""Sliding-window attention against a loop over queries that takes its definition by the word."""

import pytest
import torch

from headmotif.steps import band

LENGTHS = (1, 2, 7, 8, 9, 16, 29)
WINDOWS = (1, 3, 20)


def literal(query, key, value, by_distance, nothing, hidden):
    """What each query collects, its weights by offset, and the weight of nothing; one query and one key at a time."""
    batch, heads, length, width = query.shape
    window = by_distance.shape[1] // 2
    collected = torch.zeros(batch, heads, length, width, dtype=query.dtype)
    weights = torch.zeros(batch, heads, length, 2 * window + 1, dtype=query.dtype)
    none = torch.zeros(batch, heads, length, dtype=query.dtype)
    for b in range(batch):
        for h in range(heads):
            for i in range(length):
                # key number j of the padded axis stands j - window bases from the first query
                seen = [j for j in range(key.shape[2]) if abs(j - window - i) <= window and not (hidden is not None and hidden[b, j])]
                scores = [query[b, h, i] @ key[b, h, j] + by_distance[h, j - i] for j in seen]
                weight = torch.stack([*scores, nothing[h]]).softmax(0)
                none[b, h, i] = weight[-1]
                for w, j in zip(weight, seen, strict=False):
                    weights[b, h, i, j - i] = w
                    collected[b, h, i] += w * value[b, h, j]
    return collected, weights, none


def case(length, window, seed=0, batch=2, heads=2, width=3):
    torch.manual_seed(seed)
    query = torch.randn(batch, heads, length, width, dtype=torch.float64)
    key, value = (torch.randn(batch, heads, length + 2 * window, width, dtype=torch.float64) for _ in range(2))
    by_distance = torch.randn(heads, 2 * window + 1, dtype=torch.float64)
    nothing = torch.randn(heads, dtype=torch.float64)
    return query, key, value, by_distance, nothing


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("window", WINDOWS)
def test_every_query_collects_from_exactly_its_window(monkeypatch, length, window):
    monkeypatch.setattr(band, "BLOCK", 8)  # lengths below, at, above and not a multiple of a block
    inputs = case(length, window)
    collected, weight = band.attend(*inputs, None)
    banded, none = band.by_offset(weight, length, window)
    expected = literal(*inputs, None)
    for found, right in zip((collected, banded, none), expected, strict=True):
        torch.testing.assert_close(found, right)


@pytest.mark.parametrize("length", [1, 9, 16])
def test_hidden_keys_get_no_weight_and_the_rest_share_it(monkeypatch, length):
    monkeypatch.setattr(band, "BLOCK", 8)
    inputs = case(length, 3, seed=1)
    hidden = torch.rand(2, length + 6) < 0.4
    collected, weight = band.attend(*inputs, hidden)
    banded, none = band.by_offset(weight, length, 3)
    expected = literal(*inputs, hidden)
    for found, right in zip((collected, banded, none), expected, strict=True):
        torch.testing.assert_close(found, right)
    torch.testing.assert_close(banded.sum(-1) + none, torch.ones_like(none))
    veil = hidden.unfold(1, 7, 1)[:, None].expand_as(banded)
    assert bool((banded[veil] == 0).all())


def test_a_query_that_sees_only_hidden_keys_gives_all_to_nothing():
    inputs = case(5, 2)
    collected, weight = band.attend(*inputs, torch.ones(2, 9, dtype=torch.bool))
    banded, none = band.by_offset(weight, 5, 2)
    assert bool((none == 1).all())
    assert bool((banded == 0).all())
    assert bool((collected == 0).all())


def test_nothing_takes_weight_by_its_score_and_adds_no_value():
    query, key, value, by_distance, _ = case(6, 2)
    zero = torch.zeros_like
    _, weight = band.attend(zero(query), key, value, zero(by_distance), torch.tensor([0.0, float("-inf")], dtype=torch.float64), None)
    banded, none = band.by_offset(weight, 6, 2)
    assert none[0, :, 0].tolist() == pytest.approx([1 / 6, 0])  # one of six equal keys; never seen
    assert banded[:, 1].sum(-1).flatten().tolist() == pytest.approx([1] * 12)


@pytest.mark.parametrize("hide", [False, True])
def test_gradients_are_those_of_the_definition(monkeypatch, hide):
    monkeypatch.setattr(band, "BLOCK", 4)
    inputs = [x.requires_grad_() for x in case(6, 2, seed=3, batch=1)]
    hidden = torch.tensor([[False, True, False, False, True, False, False, False, False, True]]) if hide else None
    toward = torch.randn(1, 2, 6, 3, dtype=torch.float64)
    found = torch.autograd.grad((band.attend(*inputs, hidden)[0] * toward).sum(), inputs)
    right = torch.autograd.grad((literal(*inputs, hidden)[0] * toward).sum(), inputs)
    for a, b in zip(found, right, strict=True):
        torch.testing.assert_close(a, b)


def test_the_blocks_do_not_change_what_is_collected(monkeypatch):
    inputs = case(100, 10)
    whole = []
    for block in (1, 7, 64, 200):
        monkeypatch.setattr(band, "BLOCK", block)
        collected, weight = band.attend(*inputs, None)
        whole.append((collected, *band.by_offset(weight, 100, 10)))
    for other in whole[1:]:
        for a, b in zip(other, whole[0], strict=True):
            torch.testing.assert_close(a, b)
