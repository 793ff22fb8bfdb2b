"""Where and in which arithmetic the networks run, decided by what the machine can do, never by a race."""

import contextlib
import ctypes
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import torch

from ...errors import InputError

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""GNU malloc's numbers for its settings (malloc.h)."""
PRECISIONS = {"float32": torch.float32, "bfloat16": torch.bfloat16}


@dataclass(frozen=True)
class Compute:
    """A device and the type of its matrix products."""

    device: torch.device
    dtype: torch.dtype

    def arithmetic(self) -> contextlib.AbstractContextManager:
        """The context in which networks are evaluated."""
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self.dtype is torch.bfloat16)

    def __str__(self) -> str:
        return f"{self.device.type}, {str(self.dtype).removeprefix('torch.')}, {torch.get_num_threads()} threads"


@contextlib.contextmanager
def using(device: str, precision: str, threads: int) -> Iterator[Compute]:
    """The device and precision asked for, as `choose` takes them, for as long as the context lasts: then PyTorch's
    threads and its strictness are as they were. What the C library keeps stays kept."""
    before, strict = torch.get_num_threads(), torch.get_deterministic_debug_mode()
    filled = torch.utils.deterministic.fill_uninitialized_memory  # type: ignore[attr-defined]  # see `choose`
    try:
        yield choose(device, precision, threads)
    finally:
        torch.set_num_threads(before)
        torch.set_deterministic_debug_mode(strict)
        torch.utils.deterministic.fill_uninitialized_memory = filled  # type: ignore[attr-defined]


def choose(device: str, precision: str, threads: int) -> Compute:
    """The device and precision asked for; "auto" takes a GPU where one is, and bfloat16 where the hardware has it."""
    torch.set_num_threads(threads)
    torch.set_deterministic_debug_mode(
        "error"
    )  # use_deterministic_algorithms(True), which would load the compiler too: two seconds
    # Nothing here reads what it has not written; the filling takes a third of a step.
    # Type checkers do not see it: it is a property of the module's own class.
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    _keep_memory()
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    available = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if not available.get(device, False):
        raise InputError(f"the device '{device}' is not there; use --device auto or cpu")
    if precision == "auto":
        precision = "bfloat16" if _has_bfloat16(device) else "float32"
    if precision not in PRECISIONS:
        raise InputError(f"the precision '{precision}' is not known; use auto, float32 or bfloat16")
    return Compute(torch.device(device), PRECISIONS[precision])


def _keep_memory() -> None:
    """Let the C library keep what is freed: to hand every large array back to the system and fetch it anew halves the
    speed."""
    if sys.platform != "linux":
        return
    with contextlib.suppress(OSError, AttributeError):  # another C library than GNU's
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_MMAP_THRESHOLD, 1 << 30)
        mallopt(_TRIM_THRESHOLD, (1 << 31) - 1)


def _has_bfloat16(device: str) -> bool:
    if device == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    # PyTorch may have been told to leave the processor's wide registers alone; its kernels for the narrow ones only
    # emulate bfloat16
    wide = "AVX512" in torch.backends.cpu.get_cpu_capability()
    return (
        device == "cpu" and wide and bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())
    )
