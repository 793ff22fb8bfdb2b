"""Teach the screens of the built-in models, and measure how many calls --fast misses and how much it leaves out.

    python benchmarks/screen.py DATA --output screen [--models ecoli-tss ...] [--species KEY ...] [--install]

DATA holds ecoli/genome.fa.gz and species/. What is there already is not made again, piece by piece and genome by
genome. For each model:

1. its own P on pieces of E. coli, of four species set aside for this (`DEVELOPMENT`), and of random sequence with the
   words of E. coli at 30 to 70 % GC. The paper's test part is not among the pieces, so that a screen may be used where
   `ecoli-tss-split` is tested;
2. a screen taught with it in `STEPS` steps. The last fifth of each piece is kept out, and sets the
   cuts: of the calls there, at most one in `MISSED` is below the cut;
3. on every genome, the calls of the whole annotation, and those with the screen.

screen.tsv then has a row for each model and genome. With --install the models in the package get their screens. Two
hours on two cores for each model, most of it for the whole annotations.
"""

import argparse
import time
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from headmotif import builtin
from headmotif.data import Contig, Contigs, Genome, Model, Screen
from headmotif.formats.inputs import genomes, models
from headmotif.formats.tables import tsv
from headmotif.formats.tensors import model_tensor
from headmotif.steps.calling import local_maxima, thresholds
from headmotif.steps.network import annotate, composition, presets, screened
from headmotif.steps.network.device import Compute, use_device
from headmotif.steps.network.screen import ScreenConfig, ScreenNet, build_screen

DEVELOPMENT = {
    "ecoli": (*((begin, begin + 300) for begin in range(0, 2700, 300)), (3700, 4000), (4132, 4640)),
    "bsubtilis": ((0, 400), (1000, 1400), (2000, 2400)),
    "rcapsulatus": ((0, 400), (1000, 1400)),
    "cjejuni": ((0, 400), (500, 900), (1000, 1400)),
    "spyogenes": ((0, 400), (500, 900), (1000, 1400)),
}
"""Pieces in kb. Their groups, Bacillus, Rhodobacter, Campylobacter and Streptococcus, are no test of the screens."""
RANDOM = (30, 40, 50, 60, 70)
"""GC of random pieces, in percent, each of 100 kb."""
LEAST = (0.05, 0.07, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
"""P for which a cut is stored."""
MISSED = 2000
STEPS = 60_000
KEPT_OUT = 0.2
RADIUS = 2
MIDDLE = 0.1
"""P near the thresholds of the models, on the safe side."""
WEIGHT = 10
"""How much more an error counts where P is above `MIDDLE`."""
LOWEST, HIGHEST = -9.0, 2.0
"""Logits beyond which it does not matter how low or high P is."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--output", type=Path, default=Path("screen"))
    parser.add_argument("--models", nargs="+", default=list(builtin.MODELS))
    parser.add_argument("--species", nargs="*", help="genomes to measure; by default all")
    parser.add_argument("--steps", type=int, default=STEPS, help="steps of teaching")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--install", action="store_true", help="put the screens into the package's models")
    asked = parser.parse_args()
    asked.output.mkdir(parents=True, exist_ok=True)
    every = ["ecoli", *sorted(path.name for path in (asked.data / "species").iterdir() if path.is_dir())]
    with use_device("cpu", "float32", asked.threads) as where:
        for name in asked.models:
            taught = teach_model(name, asked.data, asked.output, where, asked.steps)
            if asked.install:
                model_tensor.write(str(builtin.MODELS[name]), taught)
            for key in every if asked.species is None else asked.species:
                measure(name, taught, key, asked.data, asked.output, where)
    collect(asked.output)


def read_genome(key: str, data: Path) -> Genome:
    return genomes.read(str(data / ("ecoli" if key == "ecoli" else f"species/{key}") / "genome.fa.gz"))


def list_pieces(data: Path) -> Iterator[tuple[str, np.ndarray, float]]:
    """Yield the name of each piece, its codes, and the GC content of its genome."""
    for key, spans in DEVELOPMENT.items():
        base = read_genome(key, data).base
        for begin, end in spans:
            yield f"{key}.{begin}-{end}", base[1000 * begin : 1000 * end], find_gc(base)
    base = read_genome("ecoli", data).base[:2_000_000]
    for gc in RANDOM:
        drawn = draw_sequence(base[base < 4], gc / 100, 100_000)
        yield f"gc{gc}", drawn, find_gc(drawn)


def find_gc(base: np.ndarray) -> float:
    return float(np.isin(base, (1, 2)).sum() / (base < 4).sum())


def draw_sequence(base: np.ndarray, gc: float, length: int) -> np.ndarray:
    """Random sequence with the words of three bases of a genome, tilted to another GC."""
    count = np.bincount(base[:-2] * np.int64(16) + base[1:-1] * 4 + base[2:], minlength=64).reshape(16, 4)
    low, high = -4.0, 4.0
    for _turn in range(30):
        tilt = (low + high) / 2
        table = count * np.exp([0, tilt, tilt, 0])
        table /= table.sum(1, keepdims=True)
        state = np.full(16, 1 / 16)
        for _step in range(50):
            state = (state[:, None] * table).reshape(4, 4, 4).sum(0).ravel()  # the first base is forgotten
        low, high = (tilt, high) if state.reshape(4, 4).sum(0)[1:3].sum() < gc else (low, tilt)
    edges = table.cumsum(1)[:, :3].tolist()
    found, state_now = np.empty(length, np.uint8), 0
    for place, chance in enumerate(np.random.default_rng(round(100 * gc)).random(length).tolist()):
        found[place] = sum(chance > edge for edge in edges[state_now])
        state_now = state_now % 4 * 4 + int(found[place])
    return found


def teach_model(name: str, data: Path, folder: Path, where: Compute, steps: int) -> Model:
    """The model with its screen."""
    model = replace(models.open_model(name, builtin.MODELS), screen=None)
    path = folder / f"{name}.safetensors"
    if path.exists():
        return model_tensor.read(str(path))
    learned, kept_out = [], []
    for piece, codes, gc in list_pieces(data):
        genome = Genome(Contigs([Contig(piece, len(codes))]), codes)
        change = gc - model.network[composition.KEY] if composition.depends(model) else 0.0
        net = presets.build_from_model(composition.settle_at(model, gc) if change else model)
        p = load(folder / f"{name}.{piece}.npy", lambda net=net, genome=genome: annotate.annotate(net, genome, where))
        edge = round((1 - KEPT_OUT) * len(codes))
        learned.append(Piece(codes[:edge], p[:, :, :edge], change))
        kept_out.append(Piece(codes[edge:], p[:, :, edge:], change))
    screen = teach(learned, len(model.labels), steps)
    weights = {key: value.detach().numpy() for key, value in screen.named_parameters()}
    known = Screen(asdict(screen.config), LEAST, {name: LEAST for name in model.names}, weights)  # the cuts come next
    cuts = set_cuts(known, kept_out, where)
    made = replace(model, screen=replace(known, cuts=dict(zip(model.names, cuts, strict=True))))
    model_tensor.write(str(path), made)
    return made


def load(path: Path, make) -> np.ndarray:
    """What is in a file, made first if there is none."""
    if not path.exists():
        np.save(part := path.with_suffix(".part.npy"), make())
        part.rename(path)
    return np.load(path)


class Piece(NamedTuple):
    """Codes (n,), P (labels, 2, n), and the GC content of the genome less that to which the model's bias belongs."""

    codes: np.ndarray
    p: np.ndarray
    change: float


class Told(torch.nn.Conv1d):
    """The first map of a screen, whose bias follows the GC content of each stretch as `composition.settle` has it."""

    change: torch.Tensor

    def forward(self, bases: torch.Tensor) -> torch.Tensor:
        effect = self.weight.sum(2) @ torch.tensor([0.5, -0.5, -0.5, 0.5])
        return super().forward(bases) + (self.change[:, None] * effect)[:, :, None]


def read_strands(pieces: list[Piece]) -> list[tuple[np.ndarray, np.ndarray, float]]:
    """Both strands of each piece, 5' to 3': codes (n,), logits (labels, n) and the change of GC."""
    complement = np.array([3, 2, 1, 0, 4], np.uint8)
    both = [
        (*strand, change)
        for codes, p, change in pieces
        for strand in ((codes, p[:, 0]), (complement[codes[::-1]], p[:, 1, ::-1]))
    ]
    return [(c, np.nan_to_num(annotate.logit(p), nan=-20).astype(np.float32), change) for c, p, change in both]


def teach(pieces: list[Piece], labels: int, steps: int, length: int = 1024, batch: int = 8) -> ScreenNet:
    """Teach a screen the largest logit in each unit.

    Whether it is above `MIDDLE` would be enough to know, but tells the screen less at each step.
    """
    torch.manual_seed(1)
    rng, net = np.random.default_rng(1), ScreenNet(ScreenConfig(), labels)
    halo, middle = net.before, float(annotate.logit(np.array(MIDDLE)))
    first = net.first
    net.first = Told(first.in_channels, first.out_channels, first.kernel_size, first.stride)
    net.first.load_state_dict(first.state_dict())
    strands = [(np.pad(codes, halo, constant_values=4), y, change) for codes, y, change in read_strands(pieces)]
    share = np.array([y.shape[1] for _codes, y, _change in strands], float)
    fastest = 3e-3
    optimizer = torch.optim.AdamW(net.parameters(), weight_decay=1e-3)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # small products gain nothing from more
    for step in range(steps):
        rows = [strands[i] for i in rng.choice(len(strands), batch, p=share / share.sum())]
        places = [rng.integers(y.shape[1] - length) for _codes, y, _change in rows]
        codes = np.stack([c[at : at + length + 2 * halo] for (c, _, _), at in zip(rows, places, strict=True)])
        wanted = np.stack([y[:, at : at + length] for (_, y, _), at in zip(rows, places, strict=True)])
        net.first.change = torch.tensor([change for _codes, _y, change in rows], dtype=torch.float32)
        highest = torch.from_numpy(wanted).unflatten(2, (-1, net.config.unit)).amax(3).clamp(LOWEST, HIGHEST)
        weight = 1 + WEIGHT * torch.sigmoid(highest - middle)
        loss = (weight * (net.read_units(torch.from_numpy(codes)) - highest) ** 2).mean()
        rate = fastest * min(1, (step + 1) / 100) * (0.5 + 0.5 * np.cos(np.pi * step / steps))
        optimizer.param_groups[0]["lr"] = rate
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if (step + 1) % 1000 == 0:
            print(f"{step + 1:,} of {steps:,} steps, loss {loss.item():.4f}", flush=True)
    torch.set_num_threads(threads)
    return net.eval()


def set_cuts(screen: Screen, pieces: list[Piece], where: Compute) -> list[tuple[float, ...]]:
    """For each label, the cut of each of `LEAST`."""
    contigs = [Contigs([Contig("piece", len(one.codes))]) for one in pieces]
    seen = [
        screened.find_possible(build_screen(composition.settle_screen(screen, one.change)), Genome(c, one.codes), where)
        for c, one in zip(contigs, pieces, strict=True)
    ]
    cuts = []
    for label in range(len(screen.cuts)):
        mine: list[float] = []
        for least in LEAST:
            found = [
                z[label][local_maxima.local_maxima(p[label], c, RADIUS) & (p[label] >= least)]
                for c, z, (_codes, p, _change) in zip(contigs, seen, pieces, strict=True)
            ]
            values = np.sort(np.concatenate(found))
            lowest = float(values[len(values) // MISSED]) if len(values) else mine[-1]
            mine.append(max(lowest, mine[-1]) if mine else lowest)
        cuts.append(tuple(mine))
    return cuts


def measure(name: str, model: Model, key: str, data: Path, folder: Path, where: Compute) -> None:
    """One row: the calls of a genome with and without the screen."""
    path = folder / f"{name}.{key}.tsv"
    if path.exists():
        return
    genome = read_genome(key, data)
    model = composition.settle(model, genome)
    net, label = presets.build_from_model(model).eval(), model.labels[0]
    began = time.process_time()
    whole_path = folder / f"{name}.{key}.npy"
    known = whole_path.exists()
    whole = load(whole_path, lambda: annotate.annotate(net, genome, where))[0]
    took = float("nan") if known else time.process_time() - began
    assert model.screen is not None
    cut = model.screen.cut(label.name, label.threshold)
    wanted = screened.Wanted(0, label.threshold, cut, RADIUS)
    began = time.process_time()
    fast = screened.annotate_possible(net, build_screen(model.screen), genome, where, wanted)[0]
    fast_took = time.process_time() - began
    calls, found = (thresholds.call_above(p, genome.contigs, label.threshold, RADIUS + 1) for p in (whole, fast))
    mine, theirs = (set(zip(c.contig.tolist(), c.position.tolist(), c.strand.tolist(), strict=True))
                    for c in (calls, found))  # fmt: skip
    there = ~np.isnan(fast)
    row = {
        "model": name, "genome": key, "nucleotides": 2 * len(genome.base), "calls": len(mine),
        "missed": len(mine - theirs), "missed_per_1000": 1000 * len(mine - theirs) / max(len(mine), 1),
        "more": len(theirs - mine), "skipped": float(1 - there.mean()),
        "largest_difference": float(np.abs(fast - whole)[there].max()) if there.any() else 0.0,
        "cpu_us_per_nt_whole": took / 2 / len(genome.base) * 1e6,
        "cpu_us_per_nt_fast": fast_took / 2 / len(genome.base) * 1e6,
    }  # fmt: skip
    tsv.write_table(str(path), {column: [value] for column, value in row.items()})
    print(path.read_text(encoding="utf-8"), flush=True)


def collect(folder: Path) -> None:
    """All rows as one table."""
    rows = [path.read_text(encoding="utf-8").splitlines() for path in sorted(folder.glob("*.*.tsv"))]
    table = folder / "screen.tsv"
    table.write_text("\n".join([rows[0][0], *(row[1] for row in rows)]) + "\n" if rows else "", encoding="utf-8")
    print(table.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
