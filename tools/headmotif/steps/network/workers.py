"""Independent parts of a computation on several threads, each of which computes alone.

PyTorch can divide each operation among threads instead. Small operations then mostly wait for each other, more so where
other programs share the cores.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import torch

Part = TypeVar("Part")
Result = TypeVar("Result")


def run_each(work: Callable[[Part], Result], parts: Sequence[Part]) -> list[Result]:
    """Compute the parts on as many threads as PyTorch has; each part uses a single one.

    So the number of threads changes no result. This is for the processor, not for a GPU.

    Parameters
    ----------
    work
        What computes a part. PyTorch's modes, such as `inference_mode`, are those of a thread, so it sets them itself.
    parts
        The parts.

    Returns
    -------
    list
        The results, in the order of the parts.
    """
    threads = torch.get_num_threads()
    if threads == 1 or not parts:
        return [work(part) for part in parts]
    try:
        with ThreadPoolExecutor(min(threads, len(parts)), initializer=torch.set_num_threads, initargs=(1,)) as pool:
            return list(pool.map(work, parts))
    finally:
        torch.set_num_threads(threads)  # what a worker sets is also what later threads begin with
