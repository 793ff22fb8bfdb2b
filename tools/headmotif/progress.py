"""How far long work is, and how long it will still take, on standard error."""

import sys
import time
from collections import deque

MARK = 0.02
"""How far apart the places are from which a pace is taken, as a share of the time so far."""


class Progress:
    """Progress of a long step: a line that rewrites itself on a terminal, a plain line now and then elsewhere.

    Nothing shows in the first two seconds. Call with the number done and, if it helps, a word more. The time that is
    left follows from the pace of the last quarter of the time so far, since other work may come and go.
    """

    def __init__(self, what: str, total: int, quiet: bool = False):
        self.what, self.total, self.quiet = what, total, quiet
        self.began = self.reported = time.monotonic()
        self.marks = deque([(self.began, 0)])
        self.on_terminal = sys.stderr.isatty()

    def __call__(self, done: int, more: str = "") -> None:
        now = time.monotonic()
        left = self._estimate_left(now, done)
        wait = 0.2 if self.on_terminal else 15.0
        if self.quiet or now - self.began < 2 or (now - self.reported < wait and done < self.total):
            return
        self.reported = now
        share = f"{done:,} of {self.total:,} ({100 * done / max(self.total, 1):.0f} %)"
        text = f"{self.what}: {share}, about {_format_duration(left)} left{'; ' + more if more else ''}"
        end = "\n" if done >= self.total or not self.on_terminal else ""
        sys.stderr.write((f"\r\033[K{text}" if self.on_terminal else text) + end)
        sys.stderr.flush()

    def _estimate_left(self, now: float, done: int) -> float:
        """Seconds that are left."""
        recent = now - (now - self.began) / 4
        while len(self.marks) > 1 and self.marks[1][0] <= recent:
            self.marks.popleft()
        (then, before), gap = self.marks[0], MARK * (now - self.began)
        if now - self.marks[-1][0] > gap:
            self.marks.append((now, done))
        return (now - then) / max(done - before, 1) * (self.total - done)


def _format_duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
