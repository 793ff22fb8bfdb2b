"""What heads recover of what was planted, beside a fixed window, the true matrix, and other ways to read the same networks.

    python benchmarks/truth.py --output truth [--seeds 11 12 13] [--kinds easy published hard gc35 gc65 large] [--threads 0]

Each genome is planted, learned by `default` and `cnn`, and its heads are read with the commands as anyone would. The head for each
element is chosen on the sites of the validation part, the largest F1; what is told is of the test part, over all seeds together.

Two measures. An element is found where a region of its site covers half of it: what a reader of a BED file needs, and easily had by wide
windows. It is placed where a region points within one base of its middle, once each way's usual displacement (a head's key may begin
anywhere on a word) was read off the validation part: which a window at a fixed distance can do for as many as the distance fits.

Everything is at equal output: the fixed window and the true matrix, at the places where promoters have the element, give as many regions
as the head; in-silico mutagenesis, gradient times input and the log-odds of words as many as the heads for -10 and -35 together. The
bound is how many the true matrix has at the precision of the head.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rivals import gradient, mutagenesis, regions, true_matrix, windows_of, word_track

from headmotif import builtin
from headmotif.data import Genome, Regions, Sites
from headmotif.formats import bed, model_tensor, motifs, tables, truth
from headmotif.formats import genome as genome_file
from headmotif.formats import sites as sites_file
from headmotif.steps import background, compute, model, split
from headmotif.steps.promoter import FACTORS, MINUS_10, MINUS_35, SPACER, TO_START, dyad, hexamer, sharpened

KINDS = {
    "easy": ["--sharpness", "2"],
    "published": [],
    "hard": ["--sharpness", "0.7"],
    "gc35": ["--gc", "0.35"],
    "gc65": ["--gc", "0.65"],
    "large": ["--length", "4600000", "--promoters", "9000"],
}
HEXAMERS = {"-10": MINUS_10, "-35": MINUS_35}
ELEMENTS = (*HEXAMERS, *dict.fromkeys(place.factor for place in FACTORS))
JITTER = 2
"""A listed site is off by so many at most."""
NEAR = 12
"""A region may point so far from the middle of what it is for, before its displacement is taken off."""


@dataclass(frozen=True, eq=False)
class World:
    """A planted genome with what was made of it."""

    folder: Path
    genome: Genome
    sites: Sites
    elements: Regions
    regions: Regions
    part: np.ndarray

    def sites_in(self, part: int) -> Sites:
        return self.sites.take(self.part[self.genome.start[self.sites.contig] + self.sites.position] == part)


@dataclass(frozen=True)
class Counts:
    """Elements at listed sites; how many are found and placed; regions, and how many of them find and place one."""

    elements: int
    found: int
    placed: int
    regions: int
    finding: int
    placing: int

    @property
    def f1(self) -> float:
        return (self.found + self.finding) / max(self.elements + self.regions, 1)


def made(folder: Path, kind: str, seed: int, threads: int) -> World:
    """Plant, train and read, each step but once."""
    folder.mkdir(parents=True, exist_ok=True)
    work = ["--threads", str(threads), "--seed", str(seed)]
    size = ["--steps", "4000"] if kind == "large" else []  # as many as for E. coli
    steps = {
        "genome.fa": ["headmotif", "plant", "--sites", "sites.bed", "--truth", "truth.bed", "--seed", str(seed), *KINDS[kind]],
        "genome.st": ["fasta2tensor", "genome.fa", "--sites", "sites.bed"],
        "model.st": ["train-annot", "genome.st", *work, *size],
        "cnn.st": ["train-annot", "genome.st", "--preset", "cnn", *work, *size],
        "attention.st": ["dump-attention", "model.st", "genome.st", *work],
        "regions.bed": ["attn2bed", "attention.st"],
    }
    for target, words in steps.items():
        if not (folder / target).exists():
            program = str(Path(sys.executable).with_name(words[0]))
            subprocess.run([program, *words[1:], "-o", target, "--quiet"], cwd=folder, check=True)
    genome = genome_file.read(str(folder / "genome.st"))
    part = split.parts(genome, *split.automatic(genome))
    found = bed.read_regions(str(folder / "regions.bed"), genome.contigs)
    elements = truth.read(str(folder / "truth.bed"))
    return World(folder, genome, sites_file.read(str(folder / "sites.bed"), genome.contigs).sites, elements, found, part)


def at_sites(found: Regions, sites: Sites) -> Regions:
    """The regions of some of the sites."""
    key = {(int(c), int(p), int(s)) for c, p, s in zip(sites.contig, sites.position, sites.strand, strict=True)}
    kept = [(int(c), int(p), int(s)) in key for c, p, s in zip(found.contig, found.site, found.strand, strict=True)]
    return found.take(np.array(kept, bool))


def listed(elements: Regions, sites: Sites) -> Regions:
    """The planted pieces whose site is among these, off by JITTER at most."""
    true = np.stack([elements.site, elements.strand], 1)
    near = (np.abs(true[:, :1] - sites.position) <= JITTER) & (true[:, 1:] == sites.strand)
    return elements.take(near.any(axis=1))


def pointing(found: Regions, elements: Regions) -> tuple[np.ndarray, np.ndarray]:
    """For each region and element (regions, elements): are they of one site; how far downstream of the region's place its middle lies."""
    place, middle = (x.site + x.strand.astype(np.int64) * x.distance for x in (found, elements))
    own = (np.abs(found.site[:, None] - elements.site) <= JITTER) & (found.strand[:, None] == elements.strand)
    return own, found.strand.astype(np.int64)[:, None] * (middle - place[:, None])


def displacement(found: Regions, elements: Regions) -> int:
    """The most frequent distance from where regions point to the middle of the element."""
    own, delta = pointing(found, elements)
    near = delta[own & (np.abs(delta) <= NEAR)]
    return int(np.bincount(near + NEAR).argmax()) - NEAR if len(near) else 0


def counts(found: Regions, elements: Regions, off: int) -> Counts:
    """elements: of one kind, at the sites that the regions are of. off: their displacement."""
    own, delta = pointing(found, elements)
    shared = np.minimum(found.end[:, None], elements.end) - np.maximum(found.start[:, None], elements.start)
    covers = own & (2 * shared >= elements.end - elements.start)
    places = own & (np.abs(delta - off) <= 1)
    return Counts(
        len(elements), int(covers.any(0).sum()), int(places.any(0).sum()), len(found), int(covers.any(1).sum()), int(places.any(1).sum())
    )


def matrix_of(kind: str, element: str) -> tuple[np.ndarray, range, bool]:
    """The true matrix, where its first base may lie from a listed site, and whether it may be on either strand."""
    sharpness = float(dict(zip(*[iter(KINDS[kind])] * 2, strict=True)).get("--sharpness", 1))
    tens = [-gap - 6 + 1 for gap in TO_START]
    if element in HEXAMERS:
        first = tens if element == "-10" else [ten - spacer - 6 for ten in tens for spacer in SPACER]
        return sharpened(hexamer(HEXAMERS[element]), sharpness), around(first), False
    matrix = {motif.name: motif.matrix for motif in motifs.read(str(builtin.MOTIFS)).motifs}[element]
    centres = [c for place in FACTORS if place.factor == element for c in ([place.centre] if place.centre is not None else tens)]
    first = [centre - twice // 2 for centre in centres for twice in (dyad(matrix), 2 * len(matrix) - dyad(matrix))]
    return sharpened(matrix, sharpness), around([x + wobble for x in first for wobble in (-1, 1)]), True


def around(first: list[int]) -> range:
    return range(min(first) - JITTER, max(first) + JITTER + 1)


def bound(ranked: Regions, elements: Regions, precision: float, what: str) -> int:
    """How many elements the best of the ranked regions find (`what` "found") or place, as many as keep the precision."""
    best = 0
    for number in range(1, len(ranked) + 1):
        some = counts(ranked.take(np.arange(number)), elements, 0)
        hits = some.finding if what == "found" else some.placing
        if hits >= precision * number:
            best = max(best, getattr(some, what))
    return best


def measured(world: World, kind: str, rivals: bool, threads: int) -> Iterator[dict]:
    """A row for each element and way to find it: counts on the test part. rivals: with those that take minutes."""
    choosing, scored = world.sites_in(split.VALIDATION), world.sites_in(split.TEST)
    before, now = at_sites(world.regions, choosing), at_sites(world.regions, scored)
    best = {}
    for element in ELEMENTS:
        kept = world.elements.take(world.elements.head == element)
        known, true = listed(kept, choosing), listed(kept, scored)
        of_head = {head: before.take(before.head == head) for head in np.unique(before.head)}
        ranked = sorted(of_head, key=lambda head: (-counts(of_head[head], known, 0).f1, head))
        if not ranked or not counts(of_head[ranked[0]], known, 0).found:
            yield row(element, "best head", counts(now.take(np.zeros(0, int)), true, 0))
            continue
        mine = now.take(now.head == ranked[0])
        best[element] = ranked[0]
        number, width = len(mine), max(1, round(float(np.median(mine.end - mine.start)))) if len(mine) else 11
        one = counts(mine, true, displacement(of_head[ranked[0]], known))
        matrix, places, both = matrix_of(kind, element)
        by_matrix, _bits = true_matrix(world.genome, scored, matrix, places, both, width)
        limits = {
            f"bound_{what}": bound(by_matrix, true, hits / max(number, 1), what)
            for what, hits in (("found", one.finding), ("placed", one.placing))
        }
        yield {**row(element, "best head", one), **limits, "head": ranked[0]}
        yield row(element, "true matrix, known place", counts(by_matrix.take(np.arange(number)), true, 0))
        window = fixed(world, choosing, scored, known, width)
        yield row(element, "fixed window, every site", counts(window, true, 0))
        some = np.random.default_rng(1).permutation(len(window))[:number]
        yield row(element, "fixed window, as many", counts(window.take(np.sort(some)), true, 0))
    if rivals and all(element in best for element in HEXAMERS):
        yield from read_otherwise(world, [best[element] for element in HEXAMERS], now, scored, threads)


def fixed(world: World, choosing: Sites, scored: Sites, known: Regions, width: int) -> Regions:
    """A window at every site, at the distance where most elements of the validation part have their middle."""
    names = tuple(c.name for c in world.genome.contigs)
    own, delta = pointing(regions(choosing, names, np.zeros(len(choosing), np.int64), 1), known)
    return regions(scored, names, np.full(len(scored), round(float(np.median(delta[own])))), width)


def read_otherwise(world: World, heads: list[str], now: Regions, scored: Sites, threads: int) -> Iterator[dict]:
    """The two heads together against other ways to read networks, at as many regions."""
    where = compute.choose("cpu", "float32", threads)
    names = tuple(c.name for c in world.genome.contigs)
    both = now.take(np.isin(now.head, heads))
    width = max(1, round(float(np.median(both.end - both.start))))
    learned = world.sites_in(split.TRAIN)
    chance = background.matched(world.genome, learned, world.sites, 4000, 1)
    words = word_track(world.genome, learned, chance, scored)
    ways = {"both heads": both, "frequent words, no network": windows_of(words, scored, names, width, len(both))}
    for preset, file in (("default", "model.st"), ("cnn", "cnn.st")):
        trained = model_tensor.read(str(world.folder / file))
        net = model.restored(trained.header["config"], 1, trained.weights)
        tracks = {"in-silico mutagenesis": mutagenesis} | ({"gradient x input": gradient} if preset == "default" else {})
        for name, track in tracks.items():
            ways[f"{name}, {preset}"] = windows_of(track(net, world.genome, scored, where), scored, names, width, len(both))
    every = listed(world.elements.take(np.isin(world.elements.head, list(HEXAMERS))), scored)
    for way, found in ways.items():
        hits = counts(found, every, 0).finding  # a region on either element is right
        for element in HEXAMERS:
            one = counts(found, every.take(every.head == element), 0)
            yield {**row(element, way, one), "finding": hits, "placed": -1, "placing": -1}


def row(element: str, way: str, one: Counts) -> dict:
    return {"element": element, "way": way, **vars(one), "bound_found": -1, "bound_placed": -1, "head": ""}


def summary(rows: list[dict]) -> list[str]:
    """Markdown: counts of all seeds together, -1 being what was not measured."""
    lines = ["| kind | element | way | recall, precision (half covered) | recall, precision (within one base) |", "|---" * 5 + "|"]
    for kind, element, way in dict.fromkeys((r["kind"], r["element"], r["way"]) for r in rows):
        mine = [r for r in rows if (r["kind"], r["element"], r["way"]) == (kind, element, way)]
        total = {name: sum(r[name] for r in mine) for name, value in mine[0].items() if isinstance(value, int) and name != "seed"}
        cells = []
        for what, hits in (("found", "finding"), ("placed", "placing")):
            cell = f"{total[what] / max(total['elements'], 1):.2f}, {total[hits] / max(total['regions'], 1):.2f}"
            if way == "best head" and total[f"bound_{what}"] > 0:
                cell += f"; {total[what] / total[f'bound_{what}']:.2f} of the bound"
            cells.append(cell if total[what] >= 0 else "")
        lines.append(f"| {kind} | {element} | {way} | {' | '.join(cells)} |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=Path("truth"))
    parser.add_argument("--seeds", type=int, nargs="+", default=[11, 12, 13])
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=["easy", "published", "hard", "gc35", "gc65"])
    parser.add_argument("--rivals", nargs="*", choices=KINDS, default=["published"], help="kinds that other ways to read are asked of")
    parser.add_argument("--threads", type=int, default=1)
    asked = parser.parse_args()
    rows: list[dict] = []
    for kind in asked.kinds:
        for seed in asked.seeds:
            world = made(asked.output / f"{kind}.{seed}", kind, seed, asked.threads)
            rows += [{"kind": kind, "seed": seed, **one} for one in measured(world, kind, kind in asked.rivals, asked.threads)]
            tables.write_table(str(asked.output / "truth.tsv"), {name: [r[name] for r in rows] for name in rows[0]})
            print(f"{kind}, seed {seed}", file=sys.stderr, flush=True)
    print("\n".join(summary(rows)))


if __name__ == "__main__":
    main()
