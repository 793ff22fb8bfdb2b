"""How long work takes on this machine, for forecasts of more of it."""

import time
from collections.abc import Callable


def seconds(work: Callable[[], object], turns: int = 2) -> float:
    """Wall time of the work: the least of so many turns but the first, which pays for what is set up once.

    With two turns that is the second; with more, a moment's disturbance is no pace.
    """
    took = []
    for _turn in range(turns):
        began = time.monotonic()
        work()
        took.append(time.monotonic() - began)
    return min(took[1:])
