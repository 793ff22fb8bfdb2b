"""How long each test file may take: what keeps `make test` under twelve minutes on two plain cores (AVX2, no AVX512).

Seconds of one such core, fixtures included. A file that is not named has EACH. A run ends with a list of the files that took longer; it
fails for none of them, since a machine may be slow or busy. Whoever makes a file slower than this finds less work for it, or takes the
seconds from another file.
"""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

ALL = 2 * 12 * 60
EACH = 8
MORE = {
    "test_demo.py": 180,
    "test_ecoli.py": 120,
    "test_commands.py": 150,
}


def of(file: str) -> int:
    """Seconds that a test file has, by its name."""
    return MORE.get(file, EACH)


def overdrawn(spent: Iterable[tuple[str, float]]) -> list[str]:
    """A line for each file that took longer than it may, from (file's path, seconds) of each of its tests and fixtures, the worst first."""
    total: Counter[str] = Counter()
    for path, seconds in spent:
        total[Path(path).name] += seconds
    over = [(name, seconds) for name, seconds in total.most_common() if name.startswith("test_") and seconds > of(name)]
    return [f"{name}: {seconds:.0f} s, {of(name)} in its budget" for name, seconds in over]
