"""Fixtures that several test files share."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

if "PYTEST_XDIST_WORKER" in os.environ:
    # As many workers as cores: each, and each command that it starts, has one thread, else they wait for one another.
    os.environ.update(OMP_NUM_THREADS="1", SLURM_CPUS_PER_TASK="1")

REPOSITORY = Path(__file__).resolve().parent.parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files with minutes in them first: whoever works beside is not left waiting for them at the end."""
    long = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in long)


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The folder with the real genome, sites and motifs; the test is skipped where it is absent."""
    folder = Path(os.environ.get("HEADMOTIF_DATA") or REPOSITORY.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip("no folder with real data: set HEADMOTIF_DATA")
    return folder


@pytest.fixture(scope="session")
def run() -> Callable[..., subprocess.CompletedProcess]:
    """Run an installed console script: run("fasta2tensor", "genome.fa", input=b"..."); stdout and stderr are bytes."""

    def _run(command: str, *args: object, input: bytes | str | None = None, **environment: str) -> subprocess.CompletedProcess:
        script = Path(sys.executable).with_name(command)
        assert script.exists(), f"{script} is not installed"
        return subprocess.run(
            [script, *map(str, args)],
            input=input.encode() if isinstance(input, str) else input if input is not None else b"",
            capture_output=True,
            timeout=150,
            env={**os.environ, **environment},
        )

    return _run


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Tiny networks on many threads mostly wait."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
