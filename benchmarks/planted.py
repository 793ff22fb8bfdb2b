"""The demonstration over several seeds, and its negative control: what is found again, each seed on a line.

python benchmarks/planted.py --seeds 11 12 13 14 15 --output planted
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

from headmotif.commands import demo
from headmotif.formats.tables import tsv

COLUMNS = (
    "sites", "seed", "element", "head", "motif", "q", "offset", "recall", "precision", "window recall / precision",
    "test average precision (prevalence)", "regions", "s",
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", default=[11, 12, 13, 14, 15])
    parser.add_argument("--output", type=Path, default=Path("planted"))
    parser.add_argument(
        "--again", action="store_true", help="only compare with the truth again, where the files are there"
    )
    asked = parser.parse_args()
    print("| " + " | ".join(COLUMNS) + " |")
    print("|---" * len(COLUMNS) + "|")
    for control in ([], ["--shuffle-sites"]):
        for seed in asked.seeds:
            folder = asked.output / f"{'shuffled' if control else 'planted'}.{seed}"
            began = time.monotonic()
            if asked.again and (folder / "matches.tsv").exists():
                demo.write(str(folder))
                report(folder, "shuffled" if control else "planted", seed, float("nan"))
                continue
            words = [
                str(Path(sys.executable).with_name("headmotif")),
                "demo",
                str(folder),
                "--seed",
                str(seed),
                "--quiet",
                *control,
            ]
            done = subprocess.run(words, capture_output=True, text=True, check=False)
            if not (folder / "recovered.tsv").exists():
                sys.exit(done.stderr)
            report(folder, "shuffled" if control else "planted", seed, time.monotonic() - began)


def report(folder: Path, kind: str, seed: int, seconds: float) -> None:
    """The lines of one run."""
    table = tsv.read_table(str(folder / "recovered.tsv"))
    test = next(iter(json.loads((folder / "metrics.json").read_text(encoding="utf-8"))["metrics"]["test"].values()))
    regions = sum(
        not line.startswith("#") for line in (folder / "regions.bed").read_text(encoding="utf-8").splitlines()
    )
    for i, element in enumerate(table["element"]):
        cell = {name: column[i] for name, column in table.items()}
        shown = {
            name: cell[name] if cell["found"] == "1" else "-"
            for name in ("head", "motif", "offset", "recall", "precision")
        }
        window = (
            f"{shorten(cell['window_recall'])} / {shorten(cell['window_precision'])}" if cell["found"] == "1" else "-"
        )
        run = (
            f"{test['average_precision']:.3f} ({test['prevalence']:.1e}) | {regions} | {seconds:.0f}"
            if i == 0
            else "| |"
        )
        print(
            f"| {kind} | {seed} | {element} | {shown['head']} | {shown['motif']} | {shorten(cell['q'])} | "
            f"{shown['offset']} | {shorten(shown['recall'])} | {shorten(shown['precision'])} | {window} | {run} |",
            flush=True,
        )


def shorten(text: str) -> str:
    return "-" if text in ("-", "nan") else f"{float(text):.2g}"


if __name__ == "__main__":
    main()
