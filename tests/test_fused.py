"""Attention by the fused kernel against `band`, in double precision: what is collected, and every gradient."""

import pytest
import torch

from headmotif.steps.network import band, fused

pytestmark = pytest.mark.usefixtures("one_thread")

CASES = [
    # batch, length, heads, d, window: whole blocks and a rest; one block; fewer queries than a block; more sequences
    # than blocks, and fewer; more queries than a block of the gradient
    (3, 70, 4, 8, 20),
    (2, 32, 3, 16, 96),
    (9, 7, 2, 8, 5),
    (7, 64, 2, 4, 9),
    (2, 300, 2, 8, 9),
    (1, 1, 1, 2, 3),
]


class Case:
    """Random inputs; hidden keys may be among them."""

    def __init__(self, batch, length, heads, d, window, hide):
        torch.manual_seed(batch + length)
        self.window, self.heads = window, heads
        keys = length + 2 * window
        self.inputs = [
            torch.randn(batch, length, heads, d),
            torch.randn(batch, keys, 2 * heads, d),
            torch.randn(heads, 2 * window + 1),
            torch.randn(heads),
        ]
        self.hidden = torch.rand(batch, keys) < 0.3 if hide else None
        if hide:
            self.hidden[0, : 2 * window + 1] = True  # all that the first query sees
            self.hidden[-1] = False
        self.toward = torch.randn(batch, length, heads, d)

    def by_kernel(self):
        return self.differentiate(fused.attend, [x.clone().requires_grad_() for x in self.inputs])

    def by_band(self):
        def attend(query, key_value, by_distance, null_key, hidden):
            key, value = key_value.permute(2, 0, 1, 3).chunk(2)
            keys = band.Keys(key, value, self.window, hidden)
            window = (self.window, self.window)
            return band.attend(query.permute(2, 0, 1, 3), keys, window, by_distance, null_key).permute(1, 2, 0, 3)

        return self.differentiate(attend, [x.double().requires_grad_() for x in self.inputs])

    def differentiate(self, attend, inputs):
        collected = attend(*inputs, self.hidden)
        return collected.detach(), *torch.autograd.grad((collected * self.toward.to(collected.dtype)).sum(), inputs)


@pytest.mark.parametrize("hide", [False, True])
@pytest.mark.parametrize("sizes", CASES)
def test_the_kernel_and_its_gradient_agree_with_the_band(sizes, hide):
    case = Case(*sizes, hide)
    for found, right in zip(case.by_kernel(), case.by_band(), strict=True):
        assert found.dtype == torch.float32
        torch.testing.assert_close(found.double(), right, atol=5e-6 * max(1.0, float(right.abs().max())), rtol=0)


@pytest.mark.parametrize("tile", [1, 3_000, 1 << 20])
def test_the_tiles_of_the_gradient_do_not_change_it(monkeypatch, tile):
    case = Case(5, 150, 2, 8, 9, True)
    whole = case.by_kernel()
    monkeypatch.setattr(fused, "TILE", tile)
    monkeypatch.setattr(fused, "WIDE", 40)
    for found, right in zip(case.by_kernel(), whole, strict=True):
        torch.testing.assert_close(found, right, atol=1e-4, rtol=1e-5)


def test_only_the_null_key_is_left_where_all_keys_are_hidden():
    case = Case(2, 40, 2, 8, 9, True)
    case.hidden[:] = True
    found = case.by_kernel()
    assert all(bool(x.isfinite().all()) for x in found)
    assert not found[0].any()


def test_keys_outside_the_window_count_for_nothing_however_large():
    case = Case(1, 40, 1, 8, 9, False)
    query, key_value, by_distance, null_key = case.inputs
    before = fused.attend(query, key_value, by_distance, null_key)
    key_value = key_value.clone()
    key_value[0, -1] = 80.0  # the last query alone sees it
    after = fused.attend(query, key_value, by_distance, null_key)
    torch.testing.assert_close(after[:, :-1], before[:, :-1])
    assert not torch.allclose(after[:, -1], before[:, -1])


def test_no_score_is_kept_for_the_gradient():
    """Scores are many times as large as all else; they are computed again."""
    case, kept = Case(2, 256, 2, 8, 96, False), []
    inputs = [x.requires_grad_() for x in case.inputs]
    with torch.autograd.graph.saved_tensors_hooks(lambda x: kept.append(x.numel()) or x, lambda x: x):
        fused.attend(*inputs)
    assert sum(kept) <= 2 * sum(x.numel() for x in inputs)
