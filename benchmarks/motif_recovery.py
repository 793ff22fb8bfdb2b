"""How well planted motifs are found again: bed2pwm's estimator beside GLAM2, over widths, degeneracy, numbers of
sequences and noise.

    python benchmarks/motif_recovery.py --glam2 /usr/bin/glam2 --output recovery.tsv

Random sequences of 50 bases; a share of them holds the motif once, at a random place, in one orientation; each of its
letters is the consensus' with the given probability. One thing is changed at a time. F1 of the bases that lie in
planted and in found occurrences, mean over the draws. Beside it how alike matrix and truth are (Pearson over the
columns, best shift). GLAM2 (Frith, Saunders, Kobe & Bailey 2008, PLoS Comput Biol 4:e1000071; Debian's package glam2)
is held to ungapped motifs, 6 to 24 columns, 5 runs; ours tries widths of 6 to 24.
"""

import argparse
import re
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

from headmotif.alphabet import decode
from headmotif.formats.tables import tsv
from headmotif.steps.motifs import zoops
from headmotif.steps.sequence import markov

LENGTH = 50
USUAL = {"width": 10, "consensus": 0.8, "sequences": 200, "share": 0.8}
LADDER = {
    "width": (6, 8, 10, 14, 20),
    "consensus": (0.95, 0.8, 0.7, 0.6, 0.5),
    "sequences": (30, 100, 200, 1000),
    "share": (1.0, 0.8, 0.5, 0.3, 0.15),
}
WIDTHS = (6, 7, 8, 9, 10, 12, 14, 16, 18, 20, 24)
UNGAPPED = ["-E", "2000", "-J", "1000"]


def draw_windows(
    width: int, consensus: float, sequences: int, share: float, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Windows uint8 (sequences, LENGTH), where the motif begins (-1: nowhere), and its letters (width,)."""
    rng = np.random.default_rng([seed, width, sequences, round(100 * consensus), round(100 * share)])
    windows = rng.integers(0, 4, (sequences, LENGTH)).astype(np.uint8)
    letters = rng.integers(0, 4, width).astype(np.uint8)
    start = np.where(rng.random(sequences) < share, rng.integers(0, LENGTH - width + 1, sequences), -1)
    for row, at in zip(windows, start, strict=True):
        if at >= 0:
            kept = rng.random(width) < consensus
            row[at : at + width] = np.where(kept, letters, (letters + rng.integers(1, 4, width)) % 4)
    return windows, start, letters


def find_motif(windows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Bases in occurrences, bool (sequences, LENGTH), and the matrix (width, 4)."""
    found = zoops.discover(windows, np.ones(len(windows)), markov.learn(windows), WIDTHS)
    assert found is not None
    column = np.arange(LENGTH)
    inside = (column >= found.start[:, None]) & (column < (found.start + found.length)[:, None])
    return inside & (found.present > 0.5)[:, None], found.matrix


def glam2(program: str, windows: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The same of GLAM2's best alignment."""
    with tempfile.TemporaryDirectory() as folder:
        source, result = Path(folder) / "in.fa", Path(folder) / "out.txt"
        source.write_text("".join(f">s{i}\n{decode(row)}\n" for i, row in enumerate(windows)))
        words = [
            program,
            "-r",
            "5",
            "-n",
            "2000",
            "-a",
            "6",
            "-b",
            "24",
            "-w",
            "10",
            "-s",
            str(seed),
            *UNGAPPED,
            "-o",
            str(result),
        ]
        subprocess.run([*words, "n", str(source)], check=True, capture_output=True)
        text = result.read_text().split("Score:")[1]
    inside, aligned = np.zeros(windows.shape, bool), []
    for name, first, letters, last in re.findall(r"^s(\d+)\s+(\d+)\s+([a-z.]+)\s+(\d+)\s+\+", text, re.MULTILINE):
        inside[int(name), int(first) - 1 : int(last)] = True
        aligned.append(["acgt".find(letter) for letter in letters])
    columns = np.array([row for row in aligned if len(row) == len(aligned[0])])
    counts = np.stack([(columns == base).sum(axis=0) for base in range(4)], axis=1) + 0.25
    return inside, counts / counts.sum(axis=1, keepdims=True)


def measure(
    inside: np.ndarray, matrix: np.ndarray, start: np.ndarray, letters: np.ndarray, consensus: float
) -> tuple[float, float]:
    """F1 of bases, and the correlation of the matrix with the true one at their best shift."""
    column = np.arange(LENGTH)
    true = (start[:, None] >= 0) & (column >= start[:, None]) & (column < start[:, None] + len(letters))
    f1 = 2 * (inside & true).sum() / max(inside.sum() + true.sum(), 1)
    planted = np.where(np.eye(4)[letters] > 0, consensus, (1 - consensus) / 3) - 0.25
    best = 0.0
    for shift in range(-len(planted) + 4, len(matrix) - 3):
        low, high = max(shift, 0), min(shift + len(planted), len(matrix))
        both = matrix[low:high] - 0.25, planted[low - shift : high - shift]
        best = max(
            best, float((both[0] * both[1]).sum() / np.sqrt((planted**2).sum() * max((both[0] ** 2).sum(), 1e-9)))
        )
    return float(f1), best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--glam2", default="")
    parser.add_argument("--draws", type=int, default=5)
    parser.add_argument("--output", type=Path, default=Path("recovery.tsv"))
    asked = parser.parse_args()
    rows = []
    print(
        "| changed | to | F1, bed2pwm | F1, GLAM2 | likeness, bed2pwm | likeness, GLAM2 | seconds, bed2pwm | seconds, "
        "GLAM2 |\n" + "|---" * 8 + "|"
    )
    for name, values in LADDER.items():
        for value in values:
            settings = {**USUAL, name: value}
            found: dict[str, list[tuple[float, float, float]]] = {"bed2pwm": [], "GLAM2": []}
            for seed in range(asked.draws):
                windows, start, letters = draw_windows(**settings, seed=seed)
                for way in found if asked.glam2 else ("bed2pwm",):
                    began = time.monotonic()
                    inside, matrix = find_motif(windows) if way == "bed2pwm" else glam2(asked.glam2, windows, seed + 1)
                    took = time.monotonic() - began
                    found[way].append((*measure(inside, matrix, start, letters, settings["consensus"]), took))
            mean = {way: np.mean(values, axis=0) if values else np.full(3, np.nan) for way, values in found.items()}
            rows.append(
                {"changed": name, "to": value} | {f"{way}_{i}": float(mean[way][i]) for way in mean for i in range(3)}
            )
            cells = [f"{mean[way][i]:.2f}" for i in range(3) for way in ("bed2pwm", "GLAM2")]
            print(f"| {name} | {value} | " + " | ".join(cells) + " |", flush=True)
    tsv.write_table(str(asked.output), {key: [row[key] for row in rows] for key in rows[0]})


if __name__ == "__main__":
    main()
