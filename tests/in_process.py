"""A console command without a process of its own: most of a short run is the start of Python and PyTorch.

What only a process has (signals, limits, pipes that close, a terminal, a locale, what is loaded at the start) is tested
on real ones; `test_in_process.py` holds that both ways give the same streams and the same exit code.
"""

import contextlib
import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path


def call(
    name: str, *words: object, cwd: Path | None = None, input: bytes = b"", environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run main(argv) of a command as its console script would; exit code, stdout and stderr as bytes. A bug's exception
    passes."""
    main = import_module(f"headmotif.commands.{name.replace('-', '_')}").main
    argv = [str(word) for word in words]
    with _streams(input) as (out, err), _place(cwd, environment or {}):
        try:
            main(argv)
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1 if end.code else 0
        else:
            raise AssertionError(f"{name} came back instead of ending with an exit code")
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        said = []
        for raw in (out, err):
            raw.seek(0)
            said.append(raw.read())
    return subprocess.CompletedProcess([name, *argv], code, *said)


@contextlib.contextmanager
def _streams(input: bytes) -> Iterator[tuple[io.BufferedReader, io.BufferedReader]]:
    """Real files in place of the three streams: commands ask them for their numbers, and may turn stdout off by it."""
    before = sys.stdin, sys.stdout, sys.stderr
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(input)
        given.seek(0)
        sides = [open(os.dup(file.fileno()), "wb") for file in (out, err)]  # noqa: SIM115  # what is read back stays open
        sys.stdin = io.TextIOWrapper(given, encoding="utf-8")
        sys.stdout, sys.stderr = (
            io.TextIOWrapper(side, encoding="utf-8", write_through=i == 1) for i, side in enumerate(sides)
        )
        try:
            yield out, err  # type: ignore[misc]
        finally:
            ours = sys.stdin, sys.stdout, sys.stderr
            sys.stdin, sys.stdout, sys.stderr = before
            for stream in ours:
                with contextlib.suppress(ValueError):  # closed already by the command
                    stream.close()


@contextlib.contextmanager
def _place(cwd: Path | None, environment: dict[str, str]) -> Iterator[None]:
    folder, variables = os.getcwd(), dict(os.environ)
    os.environ.update(environment)
    os.chdir(cwd or folder)
    try:
        yield
    finally:
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(variables)
