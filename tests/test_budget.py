"""The budget of the tests' time adds up, and tells who overdraws it."""

from pathlib import Path

import budget

FILES = {path.name for path in Path(__file__).parent.glob("test_*.py")}


def test_all_files_together_keep_within_twelve_minutes_of_two_cores() -> None:
    assert sum(map(budget.find_seconds, FILES)) <= budget.ALL


def test_every_file_with_more_is_there() -> None:
    assert set(budget.MORE) <= FILES


def test_files_that_took_longer_are_told_the_worst_first() -> None:
    more, each = budget.find_seconds("test_demo.py"), budget.EACH
    spent = [
        ("tests/test_a.py", each),
        ("tests/test_a.py", 3.0),
        ("tests/test_b.py", 1.0),
        ("tests/test_demo.py", 1e3),
        ("tools/x.py", 9.0),
    ]
    assert budget.list_overdrawn(spent) == [
        f"test_demo.py: 1000 s, {more} in its budget",
        f"test_a.py: {each + 3} s, {each} in its budget",
    ]
