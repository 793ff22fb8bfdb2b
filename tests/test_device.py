"""Where and in which arithmetic networks run: bfloat16 only where PyTorch itself uses the registers that have it."""

import pytest
import torch

from headmotif.steps.network import device, timing


@pytest.mark.parametrize(
    ("capability", "in_hardware", "precision"),
    [
        ("AVX512", True, torch.bfloat16),
        ("AVX512", False, torch.float32),
        ("AVX2", True, torch.float32),
        ("AVX2", False, torch.float32),
    ],
)
def test_automatic_precision_is_what_the_kernels_can_do(
    monkeypatch: pytest.MonkeyPatch, capability: str, in_hardware: bool, precision: torch.dtype
) -> None:
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: capability)
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: in_hardware)
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: False)
    with device.use_device("cpu", "auto", 1) as where:
        assert where.dtype is precision
    with device.use_device("cpu", "bfloat16", 1) as where:
        assert where.dtype is torch.bfloat16  # who asks for it has it


def test_settings_last_as_long_as_the_context_and_no_longer_where_it_fails() -> None:
    def settings() -> tuple[object, ...]:
        return (
            torch.get_num_threads(),
            torch.get_deterministic_debug_mode(),
            torch.utils.deterministic.fill_uninitialized_memory,
        )

    before = settings()
    within: list[tuple[object, ...]] = []

    def work() -> None:
        with device.use_device("cpu", "float32", before[0] + 1):
            within.append(settings())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    assert within == [(before[0] + 1, 2, False)]
    assert settings() == before


def test_the_first_turn_is_not_counted_and_the_least_of_the_others_is(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 9.0, 10.0, 13.0, 20.0, 22.0])
    monkeypatch.setattr(timing.time, "monotonic", lambda: next(clock))
    done: list[int] = []
    assert timing.seconds(lambda: done.append(1), turns=3) == 2.0
    assert len(done) == 3
