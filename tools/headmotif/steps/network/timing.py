"""Measure how long work takes on this machine, for forecasts."""

import time
from collections.abc import Callable


def seconds(work: Callable[[], object], turns: int = 2) -> float:
    """Measure the wall time of some work.

    The first turn is not counted, because it pays for what is set up once. With more than two turns, a brief
    disturbance does not affect the result.

    Parameters
    ----------
    work
        The work; it is done `turns` times.
    turns
        Number of turns, at least 2.

    Returns
    -------
    float
        The shortest time of the turns that count, in seconds.
    """
    took = []
    for _turn in range(turns):
        began = time.monotonic()
        work()
        took.append(time.monotonic() - began)
    return min(took[1:])
