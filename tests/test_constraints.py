"""constraints.txt pins all that installing headmotif with its test extras brings, and nothing else."""

import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

TEXT = (Path(__file__).resolve().parent.parent / "constraints.txt").read_text(encoding="utf-8")
HERE, _, CUDA = TEXT.partition("# What torch's wheel from PyPI brings besides on Linux")


def normalise(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(text: str) -> dict[str, str]:
    return {normalise(name): version for name, version in re.findall(r"^([\w.-]+)==(\S+)$", text, re.MULTILINE)}


def list_brought(name: str, extra: str = "") -> dict[str, str]:
    """The packages that one needs, and those that they need, with the versions installed here."""
    waiting, found = [(name, extra)], {}
    seen = set()
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        try:
            here = distribution(one[0])
        except PackageNotFoundError:  # CUDA's, where torch is without
            continue
        found[normalise(one[0])] = here.version.partition("+")[0]
        for need in map(Requirement, here.requires or []):
            if need.marker is None or need.marker.evaluate({"extra": one[1]}):
                waiting += [(need.name, ""), *((need.name, more) for more in need.extras)]
    return found


def faults(text: str, found: dict[str, str]) -> list[str]:
    pinned = pins(text)
    return [
        f"{name} {version}: {pinned.get(name, 'no pin')}"
        for name, version in sorted(found.items())
        if pinned.get(name) != version
    ]


def test_all_that_is_installed_is_pinned_at_its_version():
    found = list_brought("headmotif", "test")
    del found["headmotif"]
    assert len(found) > 40, "what headmotif needs was not found"
    assert faults(TEXT, found) == []


def test_what_is_pinned_is_brought():
    """A pin that nothing needs is a leftover; tzdata and the like come on some systems alone."""
    elsewhere = {"tzdata", "colorama"} | set(pins(CUDA))
    assert sorted(set(pins(HERE)) - set(list_brought("headmotif", "test")) - elsewhere) == []


def test_each_pin_is_one_exact_version():
    lines = [line for line in TEXT.splitlines() if line and not line.startswith("#")]
    assert len(pins(TEXT)) == len(lines)


def test_a_missing_and_a_wrong_pin_are_seen():
    found = {"numpy": pins(TEXT)["numpy"], "typer": pins(TEXT)["typer"]}
    assert faults(TEXT, found) == []
    assert faults(TEXT.replace("numpy==", "numpie=="), found) == [f"numpy {found['numpy']}: no pin"]
    assert faults(TEXT.replace("typer==", "typer==0"), found) == [f"typer {found['typer']}: 0{found['typer']}"]
