"""From a typed function to a console command: options, exit codes, talk on stderr.

Exit codes: 0 done, 1 bad data (one line on stderr), 2 bad usage, 130 Ctrl-C, 141 closed pipe.
"""

import contextlib
import errno
import functools
import inspect
import logging
import os
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated, NoReturn, TypeVar

import typer

from . import __version__
from .errors import InputError
from .notices import LOG
from .usage import completion, library
from .usage.headings import list_outputs
from .usage.parameters import parameters

Output = Annotated[
    str,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Output file, compressed with bgzip if its name ends in .gz; - is standard output.",
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print only errors on standard error.")]
Manifest = Annotated[
    str,
    typer.Option("--manifest", metavar="FILE", help="Manifest to add the results to, which head-report reads, JSON."),
]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Seed of all random choices.")]
Threads = Annotated[
    int | None, typer.Option("--threads", min=1, help="Number of threads; default: all that this process may use.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Print how much time or space the run would take, and stop.")]
MaxSites = Annotated[
    str,
    typer.Option("--max-sites", metavar="N|all", help="Largest number of sites; of more, a random sample is drawn."),
]
Device = Annotated[
    str,
    typer.Option(
        "--device", metavar="auto|cpu|cuda|mps", help="Device that runs the network; auto takes a GPU if there is one."
    ),
]
Precision = Annotated[
    str,
    typer.Option(
        "--precision",
        metavar="auto|float32|bfloat16",
        help="Numerical precision of the network; auto takes bfloat16 if the hardware supports it.",
    ),
]
GENOME = "Genome as FASTA, GenBank, EMBL or GFF3 with sequence, a genome tensor, or lambda, the packaged phage"
"""How the help of every command begins that takes a genome."""
GenomeFile = Annotated[str, typer.Argument(metavar="GENOME", help=f"{GENOME}; - is standard input.")]
GenomeOfSites = Annotated[str, typer.Option("--genome", metavar="GENOME", help=f"{GENOME}, on which the sites lie.")]
GenomeFiles = Annotated[
    list[str],
    typer.Argument(metavar="GENOME...", help="Genome tensors with labels, from fasta2tensor; - is standard input."),
]
SitesFile = Annotated[
    str,
    typer.Option(
        metavar="FILE",
        help="Sites as BED6, GFF3, GTF, a table, or a file of a TSS or peak caller; default: the sites of the genome "
        "tensor.",
    ),
]
Feature = Annotated[
    str,
    typer.Option(metavar="NAME", help="Feature type in GFF3 and GTF whose 5' ends are the sites; default: TSS."),
]
ZeroBased = Annotated[
    bool, typer.Option("--zero-based", help="Read positions in tables (TSV) as 0-based; without it they are 1-based.")
]
Window = Annotated[
    int,
    typer.Option(
        "--window",
        min=0,
        max=50,
        metavar="D",
        help="Window in nucleotides: sites on one strand that are at most this far apart count as the same.",
    ),
]
Circular = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME|all", help="Name of a circular contig, or all; may be given several times."),
]
MODEL = "Model from train-annot, or the name of a built-in model"
"""How the help of every command begins that takes a model."""
ModelFile = Annotated[str, typer.Argument(metavar="MODEL", help=f"{MODEL}; - is standard input.")]
GENES = "Genes as GFF3, GTF or GenBank"
"""How the help of every command begins that reads genes."""
MaxRegionQ = Annotated[
    float,
    typer.Option(
        "--max-q", min=0, max=1, help="Largest q of a region, the false discovery rate over the regions of all heads."
    ),
]
ModelName = Annotated[str, typer.Option("--model", metavar="FILE|NAME", help=f"{MODEL}.")]
TSS_MODEL = "bacteria-tss"
"""The built-in model that commands take for transcription start sites, if none is given."""
LabelName = Annotated[
    str, typer.Option("--label", metavar="NAME", help="Label of the model to use; default: its first.")
]
Threshold = Annotated[
    float | None,
    typer.Option(
        min=0,
        max=1,
        help="Lowest P of a call; default: the model's threshold, which has the highest F1 on its validation part.",
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
    return lambda argv=None: _call(library.command(function, _guard(function, name)), name, argv)


def group(
    name: str, overview: Callable[[], str], load: Callable[[str], Callable[..., None]], *tables: Sequence[str]
) -> Callable[..., None]:
    """A console command with a subcommand for each name in `tables`, whose typed function `load` finds when it is
    called; alone it prints the overview. What the first table names is a console command itself.

    Returns its main(argv), as `command`.
    """

    def show_overview(context: typer.Context, show_completion: _ShowCompletion = "", version: _Version = False) -> None:
        if show_completion:
            _run(lambda: print(completion.script(show_completion, [name, *tables[0]])), name, {})
            raise typer.Exit()
        if context.invoked_subcommand is None:
            _run(lambda: print(overview()), name, {})

    def make(sub: str) -> library.Command:
        function = load(sub)
        return library.command(function, _guard(function, f"{name} {sub}"))

    names = [one for table in tables for one in table]
    return lambda argv=None: _call(library.group(show_overview, overview, names, make), name, argv)


def _call(made: library.Command | library.Group, name: str, argv: Sequence[str] | None) -> NoReturn:
    """Run a command on its words, or say what is wrong with them, in one line; or answer a shell that completes
    them."""
    words = sys.argv[1:] if argv is None else [*argv]
    if completion.is_asked():
        print("\n".join(made.answers(words)))
        raise SystemExit(0)
    try:
        status = made.main(words, prog_name=name, standalone_mode=False)
    except library.USAGE_ERROR as error:
        _leave(library.complaint(error, name), 2)
    raise SystemExit(status or 0)


def _guard(function: Callable[..., None], name: str) -> Callable[..., None]:
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


def _refuse_unknown_shell(shell: str) -> str:
    if shell and shell not in completion.SCRIPTS:
        raise typer.BadParameter("no such shell")
    return shell


_Version = Annotated[
    bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version and exit.")
]
_ShowCompletion = Annotated[str, typer.Option("--show-completion", callback=_refuse_unknown_shell)]


def _run(function: Callable[..., None], name: str, options: dict[str, object]) -> None:
    """Run a command; the one place where an exception becomes an exit code."""
    from .startup import hasten

    hasten()
    try:
        with contextlib.ExitStack() as entered:
            _running.append(entered)
            entered.enter_context(_show_notices(bool(options.get("quiet"))))
            _refuse_outputs(function, name, options)
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
        _leave(f"{name}: out of memory; close other programs, or use a machine with more memory", 1)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG):
            raise
        place = f"{error.filename}: " if error.filename else ""
        _leave(
            f"{name}: {place}{os.strerror(error.errno).lower()}; make room, or choose another folder (TMPDIR for "
            "temporary files)",
            1,
        )


def _refuse_outputs(function: Callable[..., None], name: str, options: Mapping[str, object]) -> None:
    """Refuse results that cannot be written, before anything is read or computed."""
    from .formats.output_files import refuse_unwritable, refuse_unwritable_folders

    if options.get("output") == "":
        raise InputError("--output: the name is empty; give a file, or - for standard output")
    paths: dict[str, list[str]] = {"FILE": [], "FOLDER": []}
    for one in list_outputs(name, parameters(function)):
        paths[one.value].append(str(options[one.name]))
    refuse_unwritable(*paths["FILE"])
    refuse_unwritable_folders(*paths["FOLDER"])


@contextlib.contextmanager
def _show_notices(quiet: bool) -> Iterator[None]:
    """Print what readers tell of the user's files, each line once; with `quiet`, nothing."""
    if LOG.handlers:  # a command that another one calls: its lines are printed already
        yield
        return
    seen: set[str] = set()

    class Printer(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            message = record.getMessage()
            if message not in seen:
                seen.add(message)
                say(message, quiet)

    printer = Printer()
    LOG.addHandler(printer)
    LOG.propagate = False
    try:
        yield
    finally:
        LOG.removeHandler(printer)
        LOG.propagate = True


def _leave(message: str, status: int) -> NoReturn:
    try:
        print(message, file=sys.stderr)
    finally:
        if status == 1 and not sys.stdout.closed:
            # Nothing of a failed result may follow the error through a buffer that cannot be emptied (a full disk).
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(status)


def say(message: str, quiet: bool = False) -> None:
    """One message on standard error, where results never go."""
    if not quiet:
        print(message, file=sys.stderr, flush=True)


def conclude(results: Mapping[str, str], next_step: str, quiet: bool = False) -> None:
    """Say what was written where, and a command that goes on from there.

    Parameters
    ----------
    results
        What each file holds, by its path, the main result first; "" and `-` (standard output) are passed over.
    next_step
        A command line, said where the main result is a file: in a pipe the next command is there already.
    quiet
        Say nothing.
    """
    for path, what in results.items():
        if path not in ("", "-"):
            say(f"wrote {path}: {what}", quiet)
    if next_step and next(iter(results)) != "-":
        say(f"next: {next_step}", quiet)


def write_word(path: str) -> str:
    """A path as a word of a command line that a shell takes; standard input, which is used up, as FILE.

    >>> write_word("calls.bed"), write_word("my calls.bed"), write_word("-")
    ('calls.bed', "'my calls.bed'", 'FILE')
    """
    return "FILE" if path == "-" else shlex.quote(path)


def parse_limit(asked: str) -> int | None:
    """A number of things as an option gives it: a whole number of 1 or more, or None for `all`."""
    if asked == "all":
        return None
    if not asked.isdecimal() or not int(asked):
        raise typer.BadParameter(
            f"{asked} is neither all nor a whole number from 1; give one of these", param_hint="--max-sites"
        )
    return int(asked)


def count_usable_threads(asked: int | None) -> int:
    """The number asked for, or what this process may really use.

    That is the least of Slurm's grant or the CPU affinity, the cgroup's quota, and OMP_NUM_THREADS.
    """
    if asked:
        return asked
    wished = os.environ.get("OMP_NUM_THREADS", "").split(",")[0].strip()  # of nested threads the outermost
    most = int(wished) if wished.isdigit() and int(wished) else sys.maxsize
    granted = os.environ.get("SLURM_CPUS_PER_TASK", "")
    if granted.isdigit() and int(granted):
        return min(most, int(granted))
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        with open("/sys/fs/cgroup/cpu.max", encoding="ascii") as stream:
            quota, period = stream.read().split()
        if quota != "max":
            count = min(count, max(1, int(quota) // int(period)))
    except (OSError, ValueError):
        pass
    return max(1, min(most, count))
