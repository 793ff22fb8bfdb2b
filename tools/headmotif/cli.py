"""From a typed function to a console command: options, exit codes, talk on stderr.

Exit codes: 0 done, 1 bad data (one line on stderr), 2 bad usage, 130 Ctrl-C, 141 closed pipe.
"""

import contextlib
import errno
import functools
import inspect
import os
import sys
import time
from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar

import typer

from . import __version__
from .errors import InputError

Output = Annotated[
    str, typer.Option("--output", "-o", metavar="FILE", help="Where the result goes; - is standard output.")
]
Quiet = Annotated[bool, typer.Option("--quiet", help="Say nothing but errors on standard error.")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Seed of every random choice.")]
Threads = Annotated[int, typer.Option("--threads", min=0, help="Threads to use; 0 takes what this process may use.")]
Device = Annotated[str, typer.Option("--device", metavar="auto|cpu|cuda|mps", help="Where the network runs.")]
Precision = Annotated[
    str,
    typer.Option(
        "--precision",
        metavar="auto|float32|bfloat16",
        help="Arithmetic of the network; auto takes bfloat16 where the machine has it in hardware.",
    ),
]
GenomeFile = Annotated[
    str, typer.Argument(metavar="GENOME", help="FASTA (gz too), GenBank or genome tensor; - is standard input.")
]
GenomeFiles = Annotated[
    list[str],
    typer.Argument(metavar="GENOME...", help="Genome tensors with labels, from fasta2tensor; - is standard input."),
]
SitesFile = Annotated[
    str, typer.Option(metavar="FILE", help="Sites as BED6, GFF3, GTF or TSV; default: the genome tensor's own.")
]
Feature = Annotated[str, typer.Option(help="The feature type whose 5' ends are the sites, in GFF3 and GTF.")]
TssFeature = Annotated[
    str, typer.Option(help="The feature type whose 5' ends are the sites, in GFF3 and GTF; default: TSS.")
]
ZeroBased = Annotated[bool, typer.Option("--zero-based", help="Positions in a TSV count from 0, not from 1.")]
Circular = Annotated[
    list[str] | None, typer.Option(metavar="NAME|all", help="A contig that is a circle; may be given again.")
]
ModelFile = Annotated[
    str,
    typer.Argument(
        metavar="MODEL", help="A model that train-annot wrote, or the name of a built-in one; - is standard input."
    ),
]


_T = TypeVar("_T")
_running: list[contextlib.ExitStack] = []
"""What the commands that run now have entered: one, or several where one calls another."""


def enter(context: contextlib.AbstractContextManager[_T]) -> _T:
    """Enter a context until the running command ends, so that it leaves the process as it was; what the context gives.

    Where no command runs (its function was called as a function), the context is not left.
    """
    return _running[-1].enter_context(context) if _running else context.__enter__()


def command(function: Callable[..., None]) -> Callable[..., None]:
    """The console command of a typed function: its name with dashes, its docstring as help, `--version` added.

    Returns
    -------
    main(argv)
        Runs the command on the words `argv`, by default those of this process, and ends with SystemExit, whose code is
        the exit code.
    """
    name = function.__name__.replace("_", "-")

    def main(argv: Sequence[str] | None = None) -> None:
        app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
        app.command()(_guarded(function, name))
        app(argv, prog_name=name)

    return main


def group(name: str, overview: Callable[[], str], *functions: Callable[..., None]) -> Callable[..., None]:
    """A console command with a subcommand for each typed function; alone it prints the overview. Returns its
    main(argv), as `command`."""

    def alone(context: typer.Context, version: _Version = False) -> None:
        if context.invoked_subcommand is None:
            _run(lambda: print(overview()), name, {})

    def main(argv: Sequence[str] | None = None) -> None:
        app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
        as_it_stands = overview().replace("\n\n", "\n\n\b\n")  # else the lines of a paragraph are filled anew
        app.callback(invoke_without_command=True, help=as_it_stands)(alone)
        for function in functions:
            sub = function.__name__.replace("_", "-")
            app.command(sub)(_guarded(function, f"{name} {sub}"))
        app(argv, prog_name=name)

    return main


def _guarded(function: Callable[..., None], name: str) -> Callable[..., None]:
    """The function as typer is to call it: with `--version`, and its exceptions turned into exit codes."""

    @functools.wraps(function)
    def run(version: bool = False, **options: object) -> None:
        _run(function, name, options)

    signature = inspect.signature(function)
    flag = inspect.Parameter("version", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=_Version)
    run.__signature__ = signature.replace(parameters=[*signature.parameters.values(), flag])  # type: ignore[attr-defined]
    run.__annotations__ = {**function.__annotations__, "version": _Version}
    return run


def _print_version(wanted: bool) -> None:
    if wanted:
        print(__version__)
        raise typer.Exit()


_Version = Annotated[
    bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version and leave.")
]


def _run(function: Callable[..., None], name: str, options: dict[str, object]) -> None:
    """Run a command; the one place where an exception becomes an exit code."""
    try:
        with contextlib.ExitStack() as entered:
            _running.append(entered)
            try:
                function(**options)
            finally:
                _running.pop()
        sys.stdout.flush()
    except InputError as error:
        _leave(f"{name}: {error}", 1)
    except BrokenPipeError:
        # What is still buffered has nobody to go to: without this, the interpreter complains once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(141) from None
    except KeyboardInterrupt:
        _leave(f"{name}: interrupted", 130)
    except EOFError as error:  # typer would call it "Aborted!" and hide where it came from
        raise RuntimeError("a bug in headmotif: an end of file that no reader expected") from error
    except MemoryError:
        _leave(f"{name}: out of memory; free some, or take a machine with more", 1)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG):
            raise
        place = f"{error.filename}: " if error.filename else ""
        _leave(
            f"{name}: {place}{os.strerror(error.errno).lower()}; make room, or choose another folder (TMPDIR for "
            "temporary files)",
            1,
        )


def _leave(message: str, status: int) -> None:
    try:
        print(message, file=sys.stderr)
    finally:
        if status == 1 and not sys.stdout.closed:
            # Nothing of a failed result may follow the error through a buffer that cannot be emptied (a full disk).
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(status)


def say(message: str, quiet: bool = False) -> None:
    """One line of talk on standard error, where data never goes."""
    if not quiet:
        print(message, file=sys.stderr, flush=True)


class Progress:
    """How far a long step is: a line that rewrites itself on a terminal, a plain line now and then elsewhere.

    Nothing shows in the first two seconds. Call with the number done and, if it helps, a word more.
    """

    def __init__(self, what: str, total: int, quiet: bool = False):
        self.what, self.total, self.quiet = what, total, quiet
        self.began = self.told = time.monotonic()
        self.on_terminal = sys.stderr.isatty()

    def __call__(self, done: int, more: str = "") -> None:
        now = time.monotonic()
        wait = 0.2 if self.on_terminal else 15.0
        if self.quiet or now - self.began < 2 or (now - self.told < wait and done < self.total):
            return
        self.told = now
        left = (now - self.began) / max(done, 1) * (self.total - done)
        share = f"{done:,} of {self.total:,} ({100 * done / max(self.total, 1):.0f} %)"
        text = f"{self.what}: {share}, about {_duration(left)} left{'; ' + more if more else ''}"
        end = "\n" if done >= self.total or not self.on_terminal else ""
        print(f"\r\033[K{text}" if self.on_terminal else text, end=end, file=sys.stderr, flush=True)


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def usable_threads(asked: int) -> int:
    """The number asked for, or what this process may really use (Slurm's grant, CPU affinity, the cgroup's quota)."""
    if asked:
        return asked
    granted = os.environ.get("SLURM_CPUS_PER_TASK", "")
    if granted.isdigit() and int(granted):
        return int(granted)
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        with open("/sys/fs/cgroup/cpu.max", encoding="ascii") as stream:
            quota, period = stream.read().split()
        if quota != "max":
            count = min(count, max(1, int(quota) // int(period)))
    except (OSError, ValueError):
        pass
    return max(1, count)
