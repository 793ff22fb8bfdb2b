"""Several batches at once, each computed by a thread of its own.

Two threads inside every product wait for each other at its end, and where another program takes one of the cores, both
wait for it each time. Threads with batches of their own wait only once. PyTorch lets go of Python's lock while it
computes.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import torch

from .device import Compute

Item = TypeVar("Item")
Result = TypeVar("Result")


def count_threads(compute: Compute) -> int:
    """Count the threads that compute batches.

    Parameters
    ----------
    compute
        The device.

    Returns
    -------
    int
        As many as PyTorch may use on a processor, else 1.
    """
    return torch.get_num_threads() if compute.device.type == "cpu" else 1


def map_in_order(work: Callable[[Item], Result], items: Iterable[Item], compute: Compute) -> Iterator[Result]:
    """Apply a function to items, on a processor as many at a time as PyTorch has threads.

    Each item is computed by one thread, so results do not depend on the number of threads. At most twice as many items
    as there are threads are held in memory.

    Parameters
    ----------
    work
        The function. It runs in another thread, so it enters the contexts of PyTorch that it needs, such as
        `torch.inference_mode`, by itself.
    items
        The items; they are read in this thread.
    compute
        The device. A graphics processor computes one item after the other.

    Yields
    ------
    object
        The results, in the order of the items.
    """
    threads = count_threads(compute)
    if threads == 1:
        yield from map(work, items)
        return
    # The number of threads inside a product is kept by each thread of the program for itself.
    pool = ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,))
    waiting = deque[Future[Result]]()
    try:
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) == 2 * threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
        torch.set_num_threads(threads)  # what a thread sets is also what later threads begin with
