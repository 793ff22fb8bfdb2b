"""Fixtures that several test files share."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent


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
            timeout=50,
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
