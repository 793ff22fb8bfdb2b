"""How much slower work is while another program keeps each core busy, and how far its forecasts are off.

    python benchmarks/busy.py [--threads 1 2] [--length 1000000] [--output busy.tsv]

The work is `predict-annot` on a random genome, in a process of its own. The other programs are loops that never wait,
one for each core. What may be asked: at most 2.3 times the quiet time, since a core that is shared by two gives each
half, and forecasts that err by less than twice.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREDICT = "import sys; from headmotif.commands.predict_annot import main; main(sys.argv[1:])"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--length", type=int, default=1_000_000)
    parser.add_argument("--output", type=Path)
    asked = parser.parse_args()
    rows = ["work\tthreads\tquiet_s\tbusy_s\tratio\tforecast_quiet\tforecast_busy"]
    with tempfile.TemporaryDirectory() as folder:
        genome = Path(folder) / "genome.fa"
        write_genome(genome, asked.length)
        for threads in asked.threads:
            words = [str(genome), "--threads", str(threads)]
            times, said = [], []
            for is_busy in (False, True):
                with busy(is_busy):
                    said.append(run(PREDICT, [*words, "--dry-run"])[1])
                    times.append(run(PREDICT, [*words, "-o", str(Path(folder) / "calls.bed")])[0])
            forecasts = "\t".join(find_forecast(text) for text in said)
            rows.append(
                f"predict-annot\t{threads}\t{times[0]:.1f}\t{times[1]:.1f}\t{times[1] / times[0]:.2f}\t{forecasts}"
            )
            print(rows[-1], flush=True)
    if asked.output:
        asked.output.write_text("\n".join(rows) + "\n", encoding="utf-8")


def write_genome(path: Path, length: int) -> None:
    """A random genome, half of it G and C."""
    import numpy as np

    letters = np.frombuffer(b"ACGT", np.uint8)[np.random.default_rng(0).integers(0, 4, length)]
    path.write_bytes(b">random\n" + letters.tobytes() + b"\n")


@contextmanager
def busy(wanted: bool) -> Iterator[None]:
    """Keep each core busy with another program for as long as the context lasts."""
    number = (os.cpu_count() or 1) if wanted else 0
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _core in range(number)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


def run(program: str, words: list[str]) -> tuple[float, str]:
    """Wall seconds of a process, and what it said."""
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", program, *words], check=True, capture_output=True, text=True)
    return time.monotonic() - began, done.stdout + done.stderr


def find_forecast(text: str) -> str:
    """The time that a dry run forecasts."""
    found = re.search(r"both strands: (.*?) on", text) or re.search(r"both strands: (.*)", text)
    return found[1] if found else "none"


if __name__ == "__main__":
    main()
