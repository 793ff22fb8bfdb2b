"""The peak of this machine in matrix products: the best that PyTorch gets from it, whichever way it is asked.

    python benchmarks/peak.py

One way alone is the peak of a library, not of a machine: a product, `linear` and a convolution of width 1 go to
different kernels, and which is best depends on sizes, precision and processor.
"""

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

LIKE_OURS = [(2048, 64, 256), (4096, 64, 256), (4096, 256, 64)]
"""Rows, inner size and columns of products such as the presets make."""
LARGE = [(1024, 1024, 1024), (2048, 2048, 2048), (4096, 512, 2048)]
HEADS = (16, 64, 16, 256)
"""Heads, queries, size of a head and keys: one block of scores."""
LONG_ENOUGH = 0.2
"""Seconds for which a product is repeated; the quickest counts."""


def main() -> None:
    import torch

    print("threads\tprecision\tproduct\tGflop/s\tshare of the best")
    for threads in (1, 2):
        torch.set_num_threads(threads)
        for dtype in (torch.float32, torch.bfloat16):
            rates = measure_rates(dtype)
            for product, rate in rates.items():
                name = str(dtype).removeprefix("torch.")
                print(f"{threads}\t{name}\t{product}\t{rate / 1e9:.0f}\t{rate / max(rates.values()):.2f}", flush=True)


def find_peak(dtype: "torch.dtype") -> float:
    """Floating-point operations a second of the best product, with PyTorch's present number of threads."""
    return max(measure_rates(dtype).values())


def measure_rates(dtype: "torch.dtype") -> dict[str, float]:
    """Floating-point operations a second of each product, by its words."""
    import torch

    with torch.inference_mode():
        return {words: flops / time_least(run) for words, flops, run in list_products(dtype)}


def list_products(dtype: "torch.dtype") -> Iterator[tuple[str, int, Callable[[], object]]]:
    """The words, the operations and the call of each product."""
    import torch

    for rows, inner, columns in LIKE_OURS + LARGE:
        flops, size = 2 * rows * inner * columns, f"{rows} x {inner} x {columns}"
        x, weight = torch.randn(rows, inner).to(dtype), torch.randn(columns, inner).to(dtype)
        turned = weight.T.contiguous()
        yield f"matmul {size}", flops, lambda x=x, turned=turned: x @ turned
        yield f"linear {size}", flops, lambda x=x, weight=weight: torch.nn.functional.linear(x, weight)
        lines, kernel = x.T.contiguous()[None], weight[:, :, None]
        yield f"conv1d {size}", flops, lambda x=lines, kernel=kernel: torch.nn.functional.conv1d(x, kernel)
    heads, queries, inner, keys = HEADS
    x, y = torch.randn(heads, queries, inner).to(dtype), torch.randn(heads, inner, keys).to(dtype)
    yield f"bmm {heads} x {queries} x {inner} x {keys}", 2 * heads * queries * inner * keys, lambda: x @ y


def time_least(run: Callable[[], object]) -> float:
    """Seconds of the quickest call, the first left out, which pays for what is set up once."""
    run()
    began, best = time.perf_counter(), float("inf")
    while True:
        before = time.perf_counter()
        run()
        now = time.perf_counter()
        best = min(best, now - before)
        if now - began > LONG_ENOUGH:
            return best


if __name__ == "__main__":
    main()
