"""Damage well-formed files at random and give them to every reader; `make fuzz` runs it.

    python benchmarks/fuzz.py [--files 100000] [--only NAME] [--keep FOLDER]

A reader may read a damaged file or refuse it in one line that names it. Anything else is a fault: another exception, a
Python warning, or more than ten seconds of processor time. Each file is also cut at every byte. Where the format shows
its end, every cut must be refused. In other formats, a cut inside a line must be refused or warned about.

The same number gives the same file on every machine; files with faults are kept in --keep.
"""

import argparse
import contextlib
import gzip
import logging
import multiprocessing
import os
import platform
import random
import resource
import signal
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from fuzz_seeds import Kind, kinds

from headmotif.errors import InputError

SECONDS = 10
"""The most processor time that a reader may take for one file, all of them below 100 kB."""
MEMORY = 8 << 30
MEMORY_FOLDER = "/dev/shm" if os.path.isdir("/dev/shm") else None
"""A folder in memory, where the system has one: the files are small and many."""
STEP = 1
"""Bytes between two cuts."""
CHUNK = 2000
"""Files that a process takes at a time."""
WORDS = [
    b"", b" ", b".", b"-", b"*", b"+", b"0", b"1", b"-1", b"2", b"70", b"71", b"1e309", b"nan", b"inf", b"-inf", b"1_0",
    b"1.5", b"2147483648", b"9223372036854775808", b"9" * 400, b"A" * 70_000, b"NA", b"N", b"Y", b"<DEL>", b"]p:1]",
    b'"', b"'", b"\t", b"\r", b"\0", b"#", b"##FASTA", b">", b"//", b"P0", b"MOTIF x", b"LOCUS ", b"ORIGIN", b"gene",
    b"CDS", b"ID=", b"Parent=g1", b"%00", b"%zz", b"\xff\xfe", b"\xef\xbb\xbf", b"\xe9", "٣".encode(), "²".encode(),
    "\u2028".encode(), b"{", b"[", b"null", b"{}", b"true",
]  # fmt: skip
"""What stands in place of a field, or between two bytes."""
SEPARATORS = b'\t ,;=:|\n"'


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=100_000, help="damaged files for each reader")
    parser.add_argument("--only", default="", help="readers whose name holds this text")
    parser.add_argument("--after", default="", help="readers behind this one, to go on with a run that was stopped")
    parser.add_argument("--keep", type=Path, help="folder for the files with faults")
    asked = parser.parse_args()
    names = [kind.name for kind in kinds()]
    first = names.index(asked.after) + 1 if asked.after else 0
    chosen = [kind for kind in kinds()[first:] if asked.only in kind.name]
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores; {asked.files:,} files a reader")
    print("reader\tread\twith a warning\trefused\tfaults\tcuts\tsilent cuts\tseconds", flush=True)
    faults = 0
    with multiprocessing.Pool(os.cpu_count(), _start) as pool:
        for kind in chosen:
            began = time.monotonic()
            jobs = [(kind.name, first, min(CHUNK, asked.files - first)) for first in range(0, asked.files, CHUNK)]
            count: Counter[str] = Counter()
            for part, wrong in [*pool.imap(try_damaged, jobs), pool.apply(try_cuts, (kind.name,))]:
                count.update(part)
                for what, raw in wrong:
                    faults += 1
                    print(f"{kind.name}: {what}", file=sys.stderr, flush=True)
                    if asked.keep:
                        asked.keep.mkdir(parents=True, exist_ok=True)
                        (asked.keep / f"fault{faults}").write_bytes(raw)
            cells = [count[key] for key in ("read", "warned", "refused", "fault", "cut", "silent")]
            print(*[kind.name, *(f"{n:,}" for n in cells), round(time.monotonic() - began)], sep="\t", flush=True)
    sys.exit(faults > 0)


def _start() -> None:
    """What holds in every process: bounds of memory, temporary files in memory, and no warning unseen."""
    tempfile.tempdir = MEMORY_FOLDER
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    logging.getLogger("headmotif").propagate = False


def find_kind(name: str) -> Kind:
    """The kind of a name."""
    return next(kind for kind in kinds() if kind.name == name)


def try_damaged(job: tuple[str, int, int]) -> tuple[Counter[str], list[tuple[str, bytes]]]:
    """Counts of outcomes of damaged files of one kind, by number; each fault with its file."""
    name, first, number = job
    kind = find_kind(name)
    count: Counter[str] = Counter()
    wrong = []
    with place_for_files() as path:
        for i in range(first, first + number):
            raw = damage(kind, i)
            outcome, what = outcome_of(kind.read, path, raw)
            count[outcome] += 1
            if outcome == "fault":
                wrong.append((f"file {i}: {what}", raw))
    return count, wrong[:5]


def try_cuts(name: str) -> tuple[Counter[str], list[tuple[str, bytes]]]:
    """Counts of outcomes of files that are cut at each byte; a cut that nobody notices comes with its file."""
    kind = find_kind(name)
    count: Counter[str] = Counter()
    wrong = []
    with place_for_files() as path:
        for seed in kind.seeds:
            for end in range(1, len(seed), STEP) if kind.reads_all else ():
                raw = seed[:end]
                outcome, what = outcome_of(kind.read, path, raw)
                is_seen = outcome == "refused" or "cut off" in what or (raw.endswith(b"\n") and not kind.shows_end)
                count["cut"] += 1
                if outcome == "fault" or not (is_seen or not seed[end:].strip()):
                    count["fault" if outcome == "fault" else "silent"] += 1
                    wrong.append((f"cut at {end}: {what or 'nobody notices'}", raw))
    return count, wrong[:5]


@contextlib.contextmanager
def place_for_files() -> Iterator[str]:
    """A file that is written again and again."""
    with tempfile.TemporaryDirectory(dir=MEMORY_FOLDER) as folder:
        yield os.path.join(folder, "file")


class Listener(logging.Handler):
    """Remembers whether a reader warned."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(record.getMessage())


def outcome_of(read: Callable[[str], object], path: str, raw: bytes) -> tuple[str, str]:
    """What a reader makes of a file: read, warned (read too), refused or fault; and the warnings or the fault."""
    Path(path).write_bytes(raw)
    listener = Listener()
    logger = logging.getLogger("headmotif")
    logger.addHandler(listener)
    signal.signal(signal.SIGPROF, _stop)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            read(path)
    except InputError as error:
        message = str(error)
        is_one_line = message.isprintable() and path in message and len(message) < 1000
        return ("refused", "") if is_one_line else ("fault", f"a message of several lines, or none: {message[:300]!r}")
    except Exception as error:
        return "fault", f"{type(error).__name__}: {str(error)[:200]}"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        logger.removeHandler(listener)
    return ("warned" if listener.heard else "read"), "; ".join(listener.heard)


def _stop(_number: int, _frame: object) -> None:
    raise TimeoutError(f"more than {SECONDS} s")


def damage(kind: Kind, number: int) -> bytes:
    """The damaged file of this number: one to four changes of one of the kind's files."""
    rng = random.Random(f"{kind.name} {number}")
    raw = rng.choice(kind.seeds)
    for _ in range(rng.choice((1, 1, 2, 4))):
        raw = rng.choice(CHANGES)(raw, rng, kind)
    return raw


def _set_byte(raw: bytes, rng: random.Random, kind: Kind) -> bytes:
    place = rng.randrange(len(raw) or 1)
    return raw[:place] + bytes([rng.randrange(256)]) + raw[place + 1 :]


def _drop_bytes(raw: bytes, rng: random.Random, kind: Kind) -> bytes:
    place = rng.randrange(len(raw) or 1)
    return raw[:place] + raw[place + rng.choice((1, 2, 8, 100)) :]


def _insert_word(raw: bytes, rng: random.Random, kind: Kind) -> bytes:
    place = rng.randrange(len(raw) + 1)
    return raw[:place] + rng.choice(WORDS) + raw[place:]


def _cut(raw: bytes, rng: random.Random, kind: Kind) -> bytes:
    return raw[: rng.randrange(len(raw) + 1)]


def _repeat_bytes(raw: bytes, rng: random.Random, kind: Kind) -> bytes:
    start = rng.randrange(len(raw) or 1)
    piece = raw[start : start + rng.choice((1, 4, 30, 200))]
    return raw[:start] + piece * rng.choice((2, 3, 20)) + raw[start + len(piece) :]


def _set_field(raw: bytes, rng: random.Random, kind: Kind) -> bytes:
    """Another word between two separators."""
    places = [-1, *(i for i, byte in enumerate(raw) if byte in SEPARATORS), len(raw)]
    which = rng.randrange(len(places) - 1)
    return raw[: places[which] + 1] + rng.choice(WORDS) + raw[places[which + 1] :]


def _change_lines(raw: bytes, rng: random.Random, kind: Kind) -> bytes:
    """A line dropped, repeated, moved, joined with the next, or taken from another file of the kind."""
    rows = raw.split(b"\n")
    one, other = rng.randrange(len(rows)), rng.randrange(len(rows))
    what = rng.randrange(5)
    if what == 0:
        del rows[one]
    elif what == 1:
        rows.insert(other, rows[one])
    elif what == 2:
        rows[one], rows[other] = rows[other], rows[one]
    elif what == 3:
        rows[one : one + 2] = [b"".join(rows[one : one + 2])]
    else:
        rows.insert(one, rng.choice(rng.choice(kind.seeds).split(b"\n")))
    return b"\n".join(rows)


def _change_separators(raw: bytes, rng: random.Random, kind: Kind) -> bytes:
    old, new = rng.choice(SEPARATORS), rng.choice(SEPARATORS)
    return raw.replace(bytes([old]), bytes([new]), rng.choice((1, 3, -1)))


def _encode(raw: bytes, rng: random.Random, kind: Kind) -> bytes:
    """Other line ends, encodings and compressions, of the whole file."""
    what = rng.randrange(8)
    if what == 0:
        return raw.replace(b"\n", b"\r\n")
    if what == 1:
        return raw.replace(b"\n", b"\r")
    if what == 2:
        return b"\xef\xbb\xbf" + raw
    if what == 3:
        return raw.decode("latin-1").encode("utf-16")
    if what in (4, 5):
        packed = gzip.compress(raw, 1, mtime=0)
        return packed if what == 4 else packed[: rng.randrange(len(packed))]
    return raw + rng.choice(kind.seeds) if what == 6 else raw.rstrip(b"\n")


CHANGES = [
    _set_byte, _drop_bytes, _insert_word, _cut, _repeat_bytes, _set_field, _set_field, _set_field, _change_lines,
    _change_lines, _change_separators, _encode,
]  # fmt: skip


if __name__ == "__main__":
    main()
