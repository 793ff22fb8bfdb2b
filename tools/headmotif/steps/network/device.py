"""The device and the precision of the networks, chosen by what the hardware can do and never by timing."""

import contextlib
import ctypes
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import torch

from ...errors import InputError

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""The numbers of two settings of GNU malloc (malloc.h)."""
PRECISIONS = {"float32": torch.float32, "bfloat16": torch.bfloat16}
"""The type of matrix products by the name of the precision."""


@dataclass(frozen=True)
class Compute:
    """A device and the type of its matrix products.

    Attributes
    ----------
    device
        The device.
    dtype
        torch.float32 or torch.bfloat16.
    """

    device: torch.device
    dtype: torch.dtype

    def arithmetic(self) -> contextlib.AbstractContextManager:
        """Make the context in which networks are evaluated.

        Returns
        -------
        contextlib.AbstractContextManager
            PyTorch's autocast, switched on for bfloat16 only.
        """
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self.dtype is torch.bfloat16)

    def __str__(self) -> str:
        threads = torch.get_num_threads()
        many = f"{threads} thread{'s' * (threads != 1)}"
        return f"{self.device.type}, {str(self.dtype).removeprefix('torch.')}, {many}"


@contextlib.contextmanager
def use_device(device: str, precision: str, threads: int) -> Iterator[Compute]:
    """Choose the device and the precision for as long as a context lasts.

    Afterwards PyTorch's number of threads and its deterministic settings are as before. The settings of the C library's
    memory remain.

    Parameters
    ----------
    device, precision, threads
        As for `choose`.

    Yields
    ------
    Compute
        The device and the type of matrix products.

    Raises
    ------
    InputError
        If the device is not available or the precision is unknown.
    """
    before, strict = torch.get_num_threads(), torch.get_deterministic_debug_mode()
    filled = torch.utils.deterministic.fill_uninitialized_memory  # type: ignore[attr-defined]  # see `choose`
    try:
        yield choose(device, precision, threads)
    finally:
        torch.set_num_threads(before)
        torch.set_deterministic_debug_mode(strict)
        torch.utils.deterministic.fill_uninitialized_memory = filled  # type: ignore[attr-defined]


def choose(device: str, precision: str, threads: int) -> Compute:
    """Choose the device and the precision, and prepare PyTorch for them.

    PyTorch then uses deterministic algorithms alone.

    Parameters
    ----------
    device
        `cpu`, `cuda` or `mps`; `auto` takes a GPU if there is one.
    precision
        `float32` or `bfloat16`; `auto` takes bfloat16 if the hardware has it.
    threads
        Number of PyTorch's threads.

    Returns
    -------
    Compute
        The device and the type of matrix products.

    Raises
    ------
    InputError
        If the device is not available or the precision is unknown.
    """
    torch.set_num_threads(threads)
    torch.set_deterministic_debug_mode(
        "error"
    )  # use_deterministic_algorithms(True), which would load the compiler too: two seconds
    # Nothing here reads memory that it has not written, and filling that memory takes a third of a step.
    # Type checkers do not see it: it is a property of the module's own class.
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    _keep_memory()
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    available = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if not available.get(device, False):
        raise InputError(f"the device '{device}' is not available on this machine; use --device auto or --device cpu")
    if precision == "auto":
        precision = "bfloat16" if _has_bfloat16(device) else "float32"
    if precision not in PRECISIONS:
        raise InputError(f"the precision '{precision}' does not exist; use --precision auto, float32 or bfloat16")
    return Compute(torch.device(device), PRECISIONS[precision])


def _keep_memory() -> None:
    """Let the C library keep freed memory, for handing it back and asking for it again halves the speed."""
    if sys.platform != "linux":
        return
    with contextlib.suppress(OSError, AttributeError):  # another C library than GNU's
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_MMAP_THRESHOLD, 1 << 30)
        mallopt(_TRIM_THRESHOLD, (1 << 31) - 1)


def _has_bfloat16(device: str) -> bool:
    if device == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    # PyTorch can be set to leave the processor's wide registers unused; its kernels for narrow ones only emulate
    # bfloat16.
    wide = "AVX512" in torch.backends.cpu.get_cpu_capability()
    return (
        device == "cpu" and wide and bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())
    )
