"""What heads recover of what was planted, beside a fixed window, the true matrix, and other ways to read the same networks.

    python benchmarks/truth.py --output truth [--seeds 11 12 13] [--kinds easy published hard gc35 gc65] [--threads 0]

Each genome is planted, learned by `default` and `cnn`, and its heads are read with the commands as anyone would. The head for -10 and
the one for -35 are chosen on the sites of the validation part, the largest F1; what is told is of the test part, over all seeds
together. Everything is at equal output: in-silico mutagenesis and gradient times input give as many windows, as wide, as the two heads
together have regions. The upper bound looks with the true matrix at the places where promoters have the element, and takes as many.
"""

import argparse
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rivals import gradient, mutagenesis, windows_of

from headmotif.data import Genome, Regions, Sites
from headmotif.formats import bed, model_tensor, tables, truth
from headmotif.formats import genome as genome_file
from headmotif.formats import sites as sites_file
from headmotif.steps import compute, model, split
from headmotif.steps.overlap import ALL, Recovery, recover
from headmotif.steps.promoter import MINUS_10, MINUS_35, hexamer, sharpened
from headmotif.steps.windows import Reads, flip

KINDS = {
    "easy": ["--sharpness", "2"],
    "published": [],
    "hard": ["--sharpness", "0.7"],
    "gc35": ["--gc", "0.35"],
    "gc65": ["--gc", "0.65"],
}
ELEMENTS = {"-10": (MINUS_10, range(-16, -7)), "-35": (MINUS_35, range(-41, -28))}
"""The matrix, and where its first base may lie from the site as it is listed, off by two at most."""


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


def made(folder: Path, kind: str, seed: int, threads: int) -> World:
    """Plant, train and read, each step but once."""
    folder.mkdir(parents=True, exist_ok=True)
    work = ["--threads", str(threads), "--seed", str(seed)]
    steps = {
        "genome.fa": ["headmotif", "plant", "--sites", "sites.bed", "--truth", "truth.bed", "--seed", str(seed), *KINDS[kind]],
        "genome.st": ["fasta2tensor", "genome.fa", "--sites", "sites.bed"],
        "model.st": ["train-annot", "genome.st", *work],
        "cnn.st": ["train-annot", "genome.st", "--preset", "cnn", *work],
        "attention.st": ["dump-attention", "model.st", "genome.st", *work],
        "regions.bed": ["attn2bed", "attention.st"],
    }
    for target, words in steps.items():
        if not (folder / target).exists():
            program = str(Path(sys.executable).with_name(words[0]))
            subprocess.run([program, *words[1:], "-o", target, "--quiet"], cwd=folder, check=True)
    genome = genome_file.read(str(folder / "genome.st"))
    part = split.parts(genome, *split.automatic(genome))
    regions = bed.read_regions(str(folder / "regions.bed"), genome.contigs)
    elements = truth.read(str(folder / "truth.bed"))
    return World(folder, genome, sites_file.read(str(folder / "sites.bed"), genome.contigs).sites, elements, regions, part)


def of_sites(regions: Regions, sites: Sites) -> Regions:
    key = {(int(c), int(p), int(s)) for c, p, s in zip(sites.contig, sites.position, sites.strand, strict=True)}
    kept = [(int(c), int(p), int(s)) in key for c, p, s in zip(regions.contig, regions.site, regions.strand, strict=True)]
    return regions.take(np.array(kept, bool))


def recovered(world: World, regions: Regions, sites: Sites) -> dict[tuple[str, str], Recovery]:
    found = recover(of_sites(regions, sites), world.elements, sites, tuple(c.name for c in world.genome.contigs))
    return {(one.name, one.head): one for one in found}


def f1(one: Recovery) -> float:
    return 2 * one.found / (one.elements + one.regions) if one.elements + one.regions else 0.0


def measured(world: World, threads: int) -> list[dict]:
    """A row for each element and way to find it: counts on the test part."""
    where = compute.choose("cpu", "float32", threads)
    choosing, scored = world.sites_in(split.VALIDATION), world.sites_in(split.TEST)
    names = tuple(c.name for c in world.genome.contigs)
    at_choice = recovered(world, world.regions, choosing)
    at_test = recovered(world, world.regions, scored)
    rows, heads = [], {}
    for element in ELEMENTS:
        candidates = [head for name, head in at_choice if name == element and head != ALL and (element, head) in at_test]
        head = max(candidates, key=lambda head: (f1(at_choice[element, head]), head), default=None)
        if head is None:
            continue
        heads[element] = one = at_test[element, head]
        rows.append(row(element, f"head {head}", one.elements, one.found, one.regions, one.hits))
        window = round(one.baseline_recall * one.elements), round(one.baseline_precision * len(scored))
        rows.append(row(element, "fixed window", one.elements, window[0], len(scored), window[1]))
        best = true_matrix(world, scored, element, one.regions)
        bound = recovered(world, best, scored)[element, "true"]
        rows.append(row(element, "true matrix, known place", bound.elements, bound.found, bound.regions, bound.hits))
    if not heads:
        return rows
    number = sum(one.regions for one in heads.values())
    width = round(float(np.median([one.width for one in heads.values()])))
    both = world.regions.take(np.isin(world.regions.head, [r["way"].removeprefix("head ") for r in rows if r["way"].startswith("head")]))
    ways = {"both heads": of_sites(both, scored)}
    for preset, file in (("default", "model.st"), ("cnn", "cnn.st")):
        trained = model_tensor.read(str(world.folder / file))
        net = model.restored(trained.header["config"], 1, trained.weights)
        tracks = {"in-silico mutagenesis": mutagenesis} | ({"gradient x input": gradient} if preset == "default" else {})
        for name, track in tracks.items():
            ways[f"{name}, {preset}"] = windows_of(track(net, world.genome, scored, where), scored, names, width, number)
    for way, regions in ways.items():
        found = recovered(world, regions, scored)
        for element in heads:
            one = found[element, ALL]
            hit = sum(found[name, ALL].hits for name in ELEMENTS if (name, ALL) in found)
            rows.append(row(element, way, one.elements, one.found, one.regions, hit))
    return rows


def row(element: str, way: str, elements: int, found: int, regions: int, hits: int) -> dict:
    return {"element": element, "way": way, "elements": elements, "found": found, "regions": regions, "hits": hits}


def true_matrix(world: World, sites: Sites, element: str, number: int) -> Regions:
    """The best place of the element by its own matrix at each site, the best `number` of them."""
    columns, places = ELEMENTS[element]
    sharpness = float(dict(zip(*[iter(KINDS[world.folder.name.split(".")[0]])] * 2, strict=False)).get("--sharpness", 1))
    score = np.log2(sharpened(hexamer(columns), sharpness) / 0.25)
    reads = Reads(world.genome, -places.start, max(places.stop + 5, 0))
    codes = reads.cut(sites.contig, sites.strand, flip(sites.position, sites.strand, reads.lengths[sites.contig]), 1)
    read = [codes[:, first : first + 6] for first in range(len(places))]
    sums = np.stack([np.where(w < 4, score[np.arange(6), np.minimum(w, 3)], -9).sum(1) for w in read], 1)
    best = sums.argmax(axis=1)
    kept = np.argsort(-sums.max(axis=1), kind="stable")[:number]
    start, position, strand = best[kept] + places.start, sites.position[kept], sites.strand[kept].astype(np.int64)
    low = np.where(strand > 0, position + start, position - start - 5)
    n, nothing = len(kept), np.full(len(kept), np.nan)
    rest = (np.full(n, "true"), strand.astype(np.int8), np.ones(n), start + 3, position, nothing, nothing)
    return Regions(tuple(c.name for c in world.genome.contigs), sites.contig[kept], low, low + 6, *rest)


def summary(rows: list[dict]) -> list[str]:
    """Markdown: counts of all seeds together, heads of any name in one row."""
    lines = ["| kind | element | way | recall | precision | F1 |", "|---" * 6 + "|"]
    named = [{**r, "way": "best head" if r["way"].startswith("head ") else r["way"]} for r in rows]
    for kind, element, way in dict.fromkeys((r["kind"], r["element"], r["way"]) for r in named):
        mine = [r for r in named if (r["kind"], r["element"], r["way"]) == (kind, element, way)]
        total = {name: sum(r[name] for r in mine) for name in ("elements", "found", "regions", "hits")}
        recall, precision = total["found"] / max(total["elements"], 1), total["hits"] / max(total["regions"], 1)
        both = 2 * recall * precision / max(recall + precision, 1e-9)
        lines.append(f"| {kind} | {element} | {way} | {recall:.2f} | {precision:.2f} | {both:.2f} |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=Path("truth"))
    parser.add_argument("--seeds", type=int, nargs="+", default=[11, 12, 13])
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--threads", type=int, default=1)
    asked = parser.parse_args()
    rows = []
    for kind in asked.kinds:
        for seed in asked.seeds:
            world = made(asked.output / f"{kind}.{seed}", kind, seed, asked.threads)
            rows += [{"kind": kind, "seed": seed, **one} for one in measured(world, asked.threads)]
            tables.write_table(str(asked.output / "truth.tsv"), {name: [r[name] for r in rows] for name in rows[0]} if rows else {})
            print(f"{kind}, seed {seed}", file=sys.stderr, flush=True)
    print("\n".join(summary(rows)))


if __name__ == "__main__":
    main()
