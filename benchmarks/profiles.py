"""Where the time goes: the network, the commands, their start, and the peak of the machine; `make profile` runs it.

    python benchmarks/profiles.py --output FOLDER [--only network|commands|start|peak ...]

FOLDER/profile.tsv and FOLDER/profile.md hold one table: what runs, a part of it, how much, in which unit, and which
share that is of the whole (of a peak: of the best). Everything runs on one thread and on a simulated genome, so no data
are needed. The module is not called profile, for Python's own profiler is.
"""

import argparse
import os
import pstats
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import engine
import peak
import speed_compare

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
import fixed_run
import reports

if TYPE_CHECKING:
    from torch.profiler import profile

Row = tuple[str, str, float, str, float]
"""What runs, the part, how much of it, the unit, and the share."""
SHOWN = 8
"""Functions of a command that are listed."""
TURNS = 3
"""Starts of a command, of which the quickest counts."""
ROTATIONS = ("rotate", "turn_pairs")
"""Functions of the network that rotate."""
PARTS = {
    "optimiser": r"Optimizer\.|_foreach_lerp|clip_grad",
    "embedding": r"stem",
    "rotation": r"rotation|view_as_complex|view_as_real",
    "attention in one kernel": r"scaled_dot_product|flash_attention",
    "attention products": r"aten::(bmm|baddbmm)",
    "softmax": r"softmax|_Band|_Window",
    "layer matrices": r"aten::(addmm|mm|linear|mkldnn_\w+|convolution\w*)",
}
"""The parts of the network, by words in an operation's name or in that of what called it; the first that fits."""
PACKAGES = {
    "torch": r"torch|sympy",
    "numpy": r"numpy",
    "typer and pydantic": r"typer|pydantic|annotated_types|typing",
    "headmotif": r"headmotif",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--only", nargs="*", choices=KINDS, default=list(KINDS))
    asked = parser.parse_args()
    asked.output.mkdir(parents=True, exist_ok=True)
    rows = []
    for kind in asked.only:
        for row in KINDS[kind]():
            rows.append(write_cells(row))
            print("\t".join(rows[-1]), flush=True)
    heads = ["work", "part", "value", "unit", "share"]
    lines = ["\t".join(cells) for cells in [heads, *rows]]
    (asked.output / "profile.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    lines = [f"| {' | '.join(cells)} |" for cells in [heads, ["---", "---", "---:", "---", "---:"], *rows]]
    (asked.output / "profile.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_cells(row: Row) -> list[str]:
    work, part, value, unit, share = row
    return [work, part, f"{value:.3g}" if value < 100 else f"{value:.0f}", unit, f"{share:.2f}"]


def share_out(work: str, parts: dict[str, float], unit: str) -> Iterator[Row]:
    """A row for each part, the largest first."""
    total = sum(parts.values())
    for part, value in sorted(parts.items(), key=lambda one: -one[1]):
        yield work, part, value, unit, value / total


def profile_network() -> Iterator[Row]:
    """Inference and training of `default`, by parts of the network."""
    import torch

    from headmotif.steps.network import device

    mark_rotations()
    for work, make, precision in (
        ("inference", engine.make_inference_step, "float32"),
        ("training", engine.make_training_step, "auto"),
    ):
        where = device.choose("cpu", precision, 1)
        step, nucleotides = make("default", where)
        mark_stems()
        for _ in range(2):
            step()
        with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU]) as seen:
            for _ in range(3):
                step()
        per_nt = {part: ms * 1e6 / (3 * nucleotides) for part, ms in sum_parts(seen).items()}
        yield from share_out(f"default, {work}, {precision_of(where)}", per_nt, "ns/nt")


def precision_of(where: object) -> str:
    return str(where.dtype).removeprefix("torch.")  # type: ignore[attr-defined]


def mark_rotations() -> None:
    """Give what rotates a name in the profile, in every module of the network that has it."""
    from torch.profiler import record_function

    import headmotif.steps.network.presets  # noqa: F401  # which loads all of them

    def mark(function: Callable) -> Callable:
        def run(*given: object) -> object:
            with record_function("rotation"):
                return function(*given)

        return run

    for name, module in list(sys.modules.items()):
        if name.startswith("headmotif.steps.network."):
            for function in ROTATIONS:
                if hasattr(module, function):
                    setattr(module, function, mark(getattr(module, function)))


def mark_stems() -> None:
    """Give every embedding of k-mers a name in the profile."""
    from torch.profiler import record_function

    from headmotif.steps.network.kmer_attention import KmerEmbedding

    run = KmerEmbedding.forward
    if run.__name__ == "forward":

        def stem(self: KmerEmbedding, codes: object) -> object:
            with record_function("stem"):
                return run(self, codes)  # type: ignore[arg-type]

        KmerEmbedding.forward = stem  # type: ignore[assignment, method-assign]


def sum_parts(seen: "profile") -> dict[str, float]:
    """Milliseconds of each part: an operation's own time goes to the part that it belongs to, or that which called it.

    What the gradient of an operation does belongs where the operation does: both have the same number in the sequence.
    """
    events = list(seen.events())
    forward = {one.sequence_nr: one for one in reversed(events) if one.sequence_nr >= 0 and not is_of_gradient(one)}

    def list_callers(event: Any) -> Iterator[str]:
        while event is not None:
            yield event.name
            if is_of_gradient(event) and event.sequence_nr in forward:
                yield from list_callers(forward[event.sequence_nr])
            event = event.cpu_parent

    total: Counter[str] = Counter()
    for event in events:
        names = list(list_callers(event))
        part = next((part for part, words in PARTS.items() if any(re.search(words, name) for name in names)), "rest")
        total[part] += event.self_cpu_time_total / 1e3
    return dict(total)


def is_of_gradient(event: Any) -> bool:
    return event.name.startswith("autograd::engine") or "Backward" in event.name


def profile_commands() -> Iterator[Row]:
    """The functions in which each command spends its time."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for command, words in list_commands(folder):
            options = " ".join(re.findall("--by-offset|--top-fractions", words))
            yield from share_out(f"{command} {options}".strip(), time_functions(folder, command, words.split()), "s")


def list_commands(folder: Path) -> Iterator[tuple[str, str]]:
    """The command lines; what one writes the next ones read."""
    run("headmotif simulate --length 400000 --promoters 800 -o p.fa --sites-out p.bed", folder)
    yield "dump-attention", "ecoli-tss p.fa --sites p.bed --max-sites 400 --threads 1 -o a.st"
    run("attn2bed a.st --max-q 1 -o r.bed", folder)
    yield "bed2pwm", "r.bed p.fa --max-evalue 1000 -o m.meme"
    yield "bed2pwm", "r.bed p.fa --max-evalue 1000 --by-offset --top-fractions -o m.meme"
    for number in (1, 2):
        speed_compare.meme.write(str(folder / f"{number}.meme"), speed_compare.draw_motifs(number, 1000))
    yield "pwm-compare", "1.meme 2.meme -o t.tsv"
    yield "score-heads", "ecoli-tss p.fa --sites p.bed --max-sites 200 --ablate 20000 --threads 1 -o h.tsv"
    yield "head-report", " ".join([*reports.command_line(reports.write_run(folder, 36, 1000)), "-o page.html"])


def run(line: str, folder: Path) -> None:
    command, *words = line.split()
    subprocess.run([Path(sys.executable).with_name(command), *words, "--quiet"], cwd=folder, check=True)


def time_functions(folder: Path, command: str, words: list[str]) -> dict[str, float]:
    """Seconds that a command spends in each function itself, calls of others not counted; the longest few by name."""
    code = (
        "import cProfile, contextlib, sys\n"
        f"from headmotif.commands.{command.replace('-', '_')} import main\n"
        "with cProfile.Profile() as seen, contextlib.suppress(SystemExit):\n    main(sys.argv[1:])\n"
        "seen.dump_stats('profile.dat')\n"
    )
    subprocess.run([sys.executable, "-c", code, *words, "--quiet"], cwd=folder, check=True)
    own = Counter(
        {name_function(*place): spent[2] for place, spent in pstats.Stats(str(folder / "profile.dat")).stats.items()}  # type: ignore[attr-defined]
    )
    longest = dict(own.most_common(SHOWN))
    return longest | {"other functions": own.total() - sum(longest.values())}


def name_function(path: str, _line: int, function: str) -> str:
    if path == "~":
        return function.strip("<>").removeprefix("built-in method ")
    return f"{Path(path).parent.name}/{Path(path).name}: {function}"


def profile_start() -> Iterator[Row]:
    """What each command imports on a small task."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "run"
        shutil.copytree(fixed_run.DATA, folder)
        subprocess.run(["gunzip", "-k", "genome.fa.gz"], cwd=folder, check=True)
        seen = set()
        for line in (fixed_run.EXACT | fixed_run.NEAR).values():
            command = line.split()[0]
            turns = [time_imports(folder, line) for _turn in range(TURNS)]
            if command not in seen:
                yield from share_out(f"start of {command}", min(turns, key=lambda one: sum(one.values())), "ms")
            seen.add(command)


def time_imports(folder: Path, line: str) -> dict[str, float]:
    """Milliseconds of all imports of a command, by package."""
    command, *words = line.split()
    code = f"import sys\nfrom headmotif.commands.{command.replace('-', '_')} import main\nmain(sys.argv[1:])"
    program = [sys.executable, "-X", "importtime", "-c", code, *words]
    told = subprocess.run(program, cwd=folder, check=True, capture_output=True, text=True).stderr
    total: Counter[str] = Counter()
    for own, module in re.findall(r"^import time: +(\d+) \| +\d+ \| +(\S+)$", told, re.MULTILINE):
        package = next((name for name, words in PACKAGES.items() if re.match(words, module)), "other packages")
        total[package] += int(own) / 1000
    return dict(total)


def profile_peak() -> Iterator[Row]:
    """Each product on one and on two threads, beside the best of its precision."""
    import torch

    for threads in (1, 2)[: os.cpu_count()]:
        torch.set_num_threads(threads)
        for dtype in (torch.float32, torch.bfloat16):
            rates = peak.measure_rates(dtype)
            work = f"peak, {str(dtype).removeprefix('torch.')}, {threads} thread{'s' * (threads > 1)}"
            for product, rate in rates.items():
                yield work, product, rate / 1e9, "Gflop/s", rate / max(rates.values())


KINDS: dict[str, Callable[[], Iterator[Row]]] = {
    "network": profile_network,
    "commands": profile_commands,
    "start": profile_start,
    "peak": profile_peak,
}

if __name__ == "__main__":
    main()
