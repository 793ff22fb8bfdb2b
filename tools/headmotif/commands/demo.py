"""headmotif demo: the whole chain on a simulated genome, and what it found of the planted elements."""

from typing import TYPE_CHECKING, Annotated

import typer

from ..cli import Quiet, Seed, Threads, count_usable_threads, enter, say
from ..errors import InputError

if TYPE_CHECKING:
    from ..data import Match, Regions
    from ..steps.simulation.recovery import Recovery
    from ..steps.training.rehearsal import Pace

TARGETS = {"-10": "sigma70_-10", "-35": "sigma70_-35", "FNR": "FNR"}
"""What was planted, and the motif of the built-in collection that must be found for it."""
SHARES = "FNR=0.2"
"""One TF, at many promoters: at the published shares (FNR 5 %) two minutes of training do not suffice for a TF."""
EVERY = 50
"""Steps between evaluations of training: so few evaluations that training never stops before its last step."""
SIGNIFICANT = 0.05
REPORT = "report.html"
ON_TARGET = 0.5
"""Share of a head's regions that must lie on planted elements: a motif that matches but occurs elsewhere is a
lookalike, not a find."""
SCORED, BESIDE, PUT_INTO = 400, 1000, 50
"""Sites and background positions that score-heads reads here, and shuffled promoters: 400 sites say of a head what 800
do."""
BACKGROUND = 4000
"""Background positions of dump-attention, its default."""
STARTS = 10
"""What the rest takes, in starts of Python with PyTorch: nine commands, some of which draw, align and compare."""


def demo(
    folder: Annotated[
        str, typer.Argument(metavar="FOLDER", help="Folder for all files; it is made if it does not exist.")
    ] = "demo",
    shuffle_sites: Annotated[
        bool, typer.Option("--shuffle-sites", help="Train on random positions instead of sites, as a negative control.")
    ] = False,
    length: Annotated[int, typer.Option(min=20_000, help="Length of the genome in nucleotides.")] = 250_000,
    promoters: Annotated[int, typer.Option(min=20, help="Number of promoters.")] = 700,
    max_steps: Annotated[int, typer.Option(min=1, help="Largest number of training steps.")] = 300,
    seed: Seed = 1,
    threads: Threads = None,
    quiet: Quiet = False,
) -> None:
    """Run the whole chain on a simulated genome, and report which of the planted elements the heads find.

    The command trains a network on the sites, reads its heads, compares their motifs with the built-in collection, and
    draws the report. It prints each command line that it runs.

    The genome has sigma70 promoters with their -10 and -35 elements, and a fifth of them have a site of the TF FNR.
    That is more than in a real genome, so that heads can learn it from few sites. An element is found if its motif
    matches with q below 0.05, and if at least half of the regions of its head lie on it. If one of the three is not
    found, the exit code is 1.
    """
    import os

    os.makedirs(folder, exist_ok=True)
    if not quiet:
        say(forecast(length, promoters, max_steps, threads))
    for words in chain(shuffle_sites, length, promoters, max_steps, seed, threads):
        say("$ " + " ".join(words), quiet)
        _run(words, folder, quiet)
    rows = write(folder)
    typer.echo(_format_rows(rows, folder))
    lost = [row["element"] for row in rows if not row["found"]]
    if lost:
        raise InputError(
            f"not found: {', '.join(lost)}; with --shuffle-sites this is expected, otherwise see {folder}/motifs.tsv"
        )


def chain(
    shuffle_sites: bool, length: int, promoters: int, steps: int, seed: int, threads: int | None
) -> list[list[str]]:
    """The command lines, as a user would type them."""
    control = ["--shuffle-sites"] if shuffle_sites else []
    planted = ["--sites-out", "sites.bed", "--elements-out", "truth.bed", "--genes-out", "genes.gff3"]
    sizes = ["--length", str(length), "--promoters", str(promoters), "--tfs", SHARES]
    work = ["--threads", str(threads)] if threads else []
    stop = ["--max-steps", str(steps), "--eval-steps", str(EVERY)]
    seeded = ["--seed", str(seed)]
    # ablating every head would take as long as all the rest
    few = ["--ablate", "0", "--marginalize", str(PUT_INTO), "--max-sites", str(SCORED), "--background", str(BESIDE)]
    scored = ["--profiles", "profiles.tsv", "--pairs", "pairs.tsv"]
    files = {"motifs": "motifs.meme", "genome": "genome.safetensors", "genes": "genes.gff3", "metrics": "metrics.json"}
    tables = ["heads.tsv", "profiles.tsv", "pairs.tsv", "matches.tsv", "regions.bed", "history.tsv"]
    shown = [word for option, file in files.items() for word in (f"--{option}", file)]
    title = ["--title", "headmotif demo: " + ("sites at random positions" if shuffle_sites else "a simulated genome")]
    told = ["--history", "history.tsv", "--metrics", "metrics.json"]
    return [
        ["headmotif", "simulate", "-o", "genome.fa", *planted, *seeded, *sizes, *control],
        ["fasta2tensor", "genome.fa", "--sites", "sites.bed", "-o", "genome.safetensors"],
        ["train-annot", "genome.safetensors", "-o", "model.safetensors", *told, *stop, *seeded, *work],
        [
            "dump-attention",
            "model.safetensors",
            "genome.fa",
            "--sites",
            "sites.bed",
            "-o",
            "attention.safetensors",
            *seeded,
            *work,
        ],
        ["attn2bed", "attention.safetensors", "-o", "regions.bed"],
        ["bed2pwm", "regions.bed", "genome.fa", "-o", "motifs.meme", "--table", "motifs.tsv"],
        ["pwm-compare", "motifs.meme", "-o", "matches.tsv"],
        ["score-heads", "model.safetensors", "genome.safetensors", "-o", "heads.tsv", *few, *scored, *seeded, *work],
        ["head-report", *tables, *shown, *title, "-o", REPORT],
    ]


def forecast(length: int, promoters: int, steps: int, threads: int | None) -> str:
    """How long it will take here, measured in some seconds on a random genome of the same size."""
    import subprocess
    import sys
    import time

    from ..steps.network import device
    from ..steps.training import rehearsal

    where = enter(device.use_device("auto", "auto", count_usable_threads(threads)))
    pace = rehearsal.pace("default", length, promoters, where)
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", "import torch"], check=True)
    seconds = _seconds(pace, length, promoters, steps) + STARTS * (time.monotonic() - began)
    shown = f"{seconds / 60:.0f} minutes" if seconds > 90 else f"{seconds:.0f} seconds"
    return f"This will take about {shown} on this machine ({where}), measured just now."


def _seconds(pace: "Pace", length: int, promoters: int, steps: int) -> float:
    """Of training, scoring and reading: the validation part is a tenth of the genome, the test part two."""
    taken = min(steps, pace.steps)
    annotated = length * (0.1 * (taken / EVERY + 1) + 0.3)
    queries = promoters + BACKGROUND + 2 * (min(promoters, SCORED) + BESIDE)
    return taken * pace.step + annotated * pace.nucleotide + queries * pace.query


def _run(words: list[str], folder: str, quiet: bool) -> None:
    """One command in its own process, from the same installation, in the folder."""
    import subprocess
    import sys

    module = "headmotif" if words[0] == "headmotif" else words[0].replace("-", "_")
    script = f"import sys; sys.argv[0] = {words[0]!r}; from headmotif.commands.{module} import main; main()"
    more = ["--quiet"] if quiet else []
    status = subprocess.run([sys.executable, "-c", script, *words[1:], *more], cwd=folder, check=False).returncode
    if status:
        raise InputError(f"{words[0]} ended with exit code {status}; see its message above")


def _compare(folder: str) -> list[dict]:
    """A row for each kind of element: its best match, and what the matching head's regions recover."""
    import os

    from ..formats.features import bed_regions, truth
    from ..formats.inputs import genomes, site_files
    from ..formats.tables import tsv
    from ..steps.simulation.recovery import recover

    contigs = genomes.read(os.path.join(folder, "genome.fa")).contigs
    regions = bed_regions.read(os.path.join(folder, "regions.bed"), contigs)
    matches = tsv.read_matches(os.path.join(folder, "matches.tsv"))
    sites = site_files.read(os.path.join(folder, "sites.bed"), contigs).sites
    elements = truth.read(os.path.join(folder, "truth.bed"))
    found = recover(regions, elements, sites, contigs.names) if len(regions) else []
    return [_row(element, target, matches, regions, found) for element, target in TARGETS.items()]


def _row(element: str, target: str, matches: list["Match"], regions: "Regions", found: list["Recovery"]) -> dict:
    import numpy as np

    by_head = {r.head: r for r in found if r.name == element}
    mine = [m for m in matches if m.target == target]
    significant = [m for m in mine if m.q < SIGNIFICANT and m.query in by_head]
    # of the heads that match, the one whose regions agree best; of those that do not, the one that comes nearest
    best = max(
        significant,
        key=lambda m: _agreement(by_head[m.query]),
        default=min(mine, key=lambda m: (m.q, m.p, m.query), default=None),
    )
    recovery = by_head.get(best.query) if best else None
    hit = recovery if best is not None and best.q < SIGNIFICANT else None
    verdict = "none" if hit is None else "found" if hit.precision >= ON_TARGET else "lookalike"
    distance = np.median(regions.offset[regions.head == best.query]) if best else float("nan")
    return {
        "element": element,
        "found": int(verdict == "found"),
        "verdict": verdict,
        "head": best.query if best else "",
        "motif": best.query_consensus if best else "",
        "q": best.q if best else float("nan"),
        "offset": float(distance),
        "planted": recovery.elements if recovery else max((r.elements for r in by_head.values()), default=0),
        "recall": recovery.recall if recovery else float("nan"),
        "precision": recovery.precision if recovery else float("nan"),
        "window_recall": recovery.baseline_recall if recovery else float("nan"),
        "window_precision": recovery.baseline_precision if recovery else float("nan"),
    }


def _agreement(recovery: "Recovery") -> float:
    """The harmonic mean of recall and precision: a head with many regions recovers much and points beside it too."""
    recall, precision = recovery.recall, recovery.precision
    return 2 * recall * precision / (recall + precision) if recall > 0 and precision > 0 else 0.0


def write(folder: str) -> list[dict]:
    """Compare a folder's files with the truth and write recovered.tsv; its rows."""
    import os

    from ..formats.tables import tsv

    rows = _compare(folder)
    tsv.write_table(os.path.join(folder, "recovered.tsv"), {name: [row[name] for row in rows] for name in rows[0]})
    return rows


def _format_rows(rows: list[dict], folder: str) -> str:
    """The table as people read it, and what to open."""

    def format_number(value: float, form: str) -> str:
        return "-" if value != value else format(value, form)

    lines = [
        f"{'planted':8}{'sites':>6}  {'found by':10}{'motif':17}{'q':>9}{'offset':>9}{'recall':>8}{'precision':>10} "
        "  fixed window"
    ]
    for row in rows:
        by, motif = (row["head"], row["motif"]) if row["found"] else (row["verdict"], "")
        lines.append(
            f"{row['element']:8}{row['planted']:>6}  {by:10}{motif:17}"
            f"{format_number(row['q'], '.2g'):>9}{format_number(row['offset'], '.0f'):>9}"
            f"{format_number(row['recall'], '.2f'):>8}{format_number(row['precision'], '.2f'):>10}"
            f"   {format_number(row['window_recall'], '.2f')} / {format_number(row['window_precision'], '.2f')}"
        )
    found = [row["element"] for row in rows if row["found"]]
    folder = folder.rstrip("/") or folder
    return "\n".join(
        [
            "",
            *lines,
            "",
            "Found by: the head with the best recall and precision (their harmonic mean), of those whose motif matches",
            "the built-in one with q below 0.05.",
            "Lookalike: a motif matches, but less than half of the regions of its head lie on planted elements.",
            "Recall: share of the planted elements at listed sites that the regions of the head cover.",
            "Precision: share of the regions that cover a planted element.",
            "Fixed window: recall / precision of a window of the same width at the best offset from every site.",
            f"Found: {', '.join(found) if found else 'nothing'}.",
            f"Open: {folder}/{REPORT} (what each head reads, and its controls, on one page).",
            f"See also: {folder}/matches.tsv (matches with known motifs), {folder}/motifs.meme, {folder}/regions.bed,",
            f"{folder}/genome.fa (with the regions, for a genome browser), {folder}/metrics.json (accuracy),",
            f"{folder}/recovered.tsv (this table).",
        ]
    )
