"""How much a piece of work costs beside another of the same run: what a bound of seconds would say of one machine
alone."""

import statistics
import time
from collections.abc import Callable


def relative_cost(work: Callable[[], object], yardstick: Callable[[], object], turns: int = 3) -> float:
    """Processor time of `work` over that of `yardstick`: the median of neighbouring turns, since a machine that slows
    down slows both."""
    return statistics.median(_seconds(work) / _seconds(yardstick) for _turn in range(turns))


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began
