"""How long work still takes, as it is said while it goes on; and how many threads there are."""

import re

import pytest

from headmotif import cli, progress


class Clock:
    """A clock that the test moves."""

    def __init__(self):
        self.now = 100.0

    def monotonic(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    found = Clock()
    monkeypatch.setattr(progress, "time", found)
    return found


def run(clock, capsys, paces, total=10_000):
    """Do one thing after the other, each at its pace in seconds; returns (seconds left, seconds said to be left)."""
    shown, ends = progress.Progress("work", total), []
    for done, pace in enumerate(paces, 1):
        clock.now += pace
        shown(done)
        ends.append(clock.now)
    said = [line for line in capsys.readouterr().err.splitlines() if "left" in line]
    found = []
    for line in said:
        done = int(re.search(r"work: ([\d,]+) of", line)[1].replace(",", ""))
        number, unit = re.search(r"about (\d+) (s|min) left", line).groups()
        found.append((ends[-1] - ends[done - 1], int(number) * (60 if unit == "min" else 1)))
    return found


def test_an_even_pace_is_forecast_as_it_is(clock, capsys):
    for left, said in run(clock, capsys, [0.05] * 10_000):
        assert said == pytest.approx(left, abs=31)


@pytest.mark.parametrize("change", [0.2, 5])
def test_the_forecast_follows_other_work_that_comes_or_goes(clock, capsys, change):
    """By less than twice, once a third of the time before the change has passed since."""
    before, total = 2_000, 10_000
    found = run(clock, capsys, [0.05] * before + [0.05 * change] * (total - before))
    settled = [(left, said) for left, said in found if left < 0.05 * change * (total - before) - 0.05 * before / 3]
    assert len(settled) > 3
    for left, said in settled:
        assert left / 2 - 31 <= said <= 2 * left + 31


def test_few_places_are_remembered(clock):
    shown = progress.Progress("work", 10**6, quiet=True)
    for done in range(20_000):
        clock.now += 0.01
        shown(done)
    assert len(shown.marks) <= 1 / progress.MARK


@pytest.mark.parametrize(
    ("set_to", "most"),
    [("1", 1), ("2,4", 2), (" 1 ", 1), ("", None), ("0", None), ("many", None), ("100000", None)],
)
def test_openmp_may_ask_for_fewer_threads_than_there_are(monkeypatch, set_to, most):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setenv("SLURM_CPUS_PER_TASK", "3")
    assert cli.count_usable_threads(None) == 3
    monkeypatch.setenv("OMP_NUM_THREADS", set_to)
    assert cli.count_usable_threads(None) == (most or 3)
    assert cli.count_usable_threads(7) == 7  # an option goes before
    monkeypatch.delenv("SLURM_CPUS_PER_TASK")
    assert cli.count_usable_threads(None) <= (most or 10**6)
