"""Fixtures that several test files share."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import budget
from in_process import call

if "PYTEST_XDIST_WORKER" in os.environ:
    # As many workers as cores: each, and each command that it starts, has one thread, else they wait for one another.
    os.environ.update(OMP_NUM_THREADS="1", SLURM_CPUS_PER_TASK="1")

REPOSITORY = Path(__file__).resolve().parent.parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files with the largest budgets first: whoever works beside is not left waiting for a long one at the end."""
    items.sort(key=lambda item: -budget.find_seconds(item.path.name) if item.path.parent.name == "tests" else 0)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Which files took longer than tests/budget.py gives them."""
    reports = [report for kind in terminalreporter.stats.values() for report in kind if hasattr(report, "duration")]
    lines = budget.list_overdrawn((report.nodeid.partition("::")[0], report.duration) for report in reports)
    if lines:
        terminalreporter.section("slower than tests/budget.py allows")
        for line in lines:
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The folder with the real genome, sites and motifs; the test is skipped where it is absent."""
    folder = Path(os.environ.get("HEADMOTIF_DATA") or REPOSITORY.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip("no folder with real data: set HEADMOTIF_DATA")
    return folder


@pytest.fixture(scope="session")
def run() -> Callable[..., subprocess.CompletedProcess]:
    """Run a command without a process: run("fasta2tensor", "genome.fa", input=b"..."); stdout and stderr are bytes."""

    def _run(command: str, *args: object, input: bytes | str | None = None) -> subprocess.CompletedProcess:
        return call(command, *args, input=_bytes(input))

    return _run


@pytest.fixture(scope="session")
def process() -> Callable[..., subprocess.CompletedProcess]:
    """Run an installed console script, where a process is what is tested: process("fasta2tensor", "genome.fa",
    LANG="C")."""

    def _process(
        command: str, *args: object, input: bytes | str | None = None, **environment: str
    ) -> subprocess.CompletedProcess:
        script = Path(sys.executable).with_name(command)
        assert script.exists(), f"{script} is not installed"
        return subprocess.run(
            [script, *map(str, args)],
            input=_bytes(input),
            capture_output=True,
            env={**os.environ, **environment},
        )

    return _process


def _bytes(text: bytes | str | None) -> bytes:
    return text.encode() if isinstance(text, str) else text or b""


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Tiny networks on many threads mostly wait."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
