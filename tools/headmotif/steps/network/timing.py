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


def format_duration(seconds: float) -> str:
    """Say in words how long work will take.

    Parameters
    ----------
    seconds
        The duration, at least 0.

    Returns
    -------
    str
        Such as `less than a minute` or `about 3 minutes`.

    >>> format_duration(20), format_duration(70), format_duration(200)
    ('less than a minute', 'about a minute', 'about 3 minutes')
    """
    minutes = round(seconds / 60)
    if seconds < 55:
        return "less than a minute"
    return "about a minute" if minutes <= 1 else f"about {minutes:,} minutes"
