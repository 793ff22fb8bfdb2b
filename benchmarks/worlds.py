"""Planted genomes with all that is made of them: trained, dumped and read with the commands, each step but once."""

import inspect
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from recovery import FACTORS_WHOLE, JITTER, LIMITS, Element

from headmotif import builtin
from headmotif.commands.attn2bed import attn2bed
from headmotif.data import Genome, Match, Regions, Sites
from headmotif.formats.features import bed_regions, truth
from headmotif.formats.inputs import genomes, motif_files, site_files
from headmotif.formats.tables import tsv
from headmotif.report.words.verdicts import PLACE_Q, drop_repeats
from headmotif.steps.promoters.frequencies import (
    FACTORS,
    MINUS_10,
    MINUS_35,
    SPACER,
    TO_START,
    find_dyad,
    hexamer,
    sharpen,
)
from headmotif.steps.training import split

KINDS = {
    "easy": ["--sharpness", "2"],
    "published": [],
    "hard": ["--sharpness", "0.7"],
    "gc35": ["--gc", "0.35"],
    "gc65": ["--gc", "0.65"],
    "large": ["--length", "4600000", "--promoters", "9000"],
    "threefold": ["--length", "13800000", "--promoters", "27000"],
}
STEPS = {"large": 4000, "threefold": 12000}
"""Of training, as many for each site as for E. coli; the others stop by themselves."""
MATRICES = {"-10": MINUS_10, "-35": MINUS_35}
HEXAMER_NAMES = {"sigma70_-10": "-10", "sigma70_-35": "-35"}
NAMED = HEXAMER_NAMES | {element.name: element.name for element in FACTORS_WHOLE}
"""Of the built-in collection: what a motif that is named so is taken to be."""
DEFAULT_Q = inspect.signature(attn2bed).parameters["max_q"].default


@dataclass(frozen=True, eq=False)
class World:
    """A planted genome with what was made of it: regions of q up to a half; where the motifs of the heads' places and
    of their strongest regions lie, `lie`, and of those with a sure name, `named` (`head` is what they are taken to be);
    and all names of motifs."""

    folder: Path
    genome: Genome
    sites: Sites
    elements: Regions
    regions: Regions
    lie: Regions
    named: Regions
    names: list[Match]
    part: np.ndarray

    def sites_in(self, part: int) -> Sites:
        return self.sites.take(self.part[self.genome.start[self.sites.contig] + self.sites.position] == part)


def make_world(folder: Path, kind: str, preset: str, seed: int, threads: int, rivals: bool) -> World:
    """Plant, train a network of the preset, and read it, each step but once."""
    folder.mkdir(parents=True, exist_ok=True)
    work = ["--threads", str(threads)]
    learning = [*work, "--seed", str(seed), *(["--max-steps", str(STEPS[kind])] if kind in STEPS else [])]
    wide = ["--by-offset", "--top-fractions", "--flank", "8", "--minw", "6", "--maxw", "24"]
    steps = {
        "genome.fa": [
            "headmotif",
            "simulate",
            "--sites-out",
            "sites.bed",
            "--elements-out",
            "truth.bed",
            "--seed",
            str(seed),
            *KINDS[kind],
        ],
        "genome.st": ["fasta2tensor", "genome.fa", "--sites", "sites.bed"],
        "model.st": ["train-annot", "genome.st", "--preset", preset, *learning],
        **({"cnn.st": ["train-annot", "genome.st", "--preset", "cnn", *learning]} if rivals else {}),
        "attention.st": ["dump-attention", "model.st", "genome.st", *work, "--seed", str(seed)],
        "regions.bed": ["attn2bed", "attention.st"],
        "wide.bed": ["attn2bed", "attention.st", "--max-q", str(max(LIMITS))],
        "places.meme": ["bed2pwm", "regions.bed", "genome.st", *wide, "--sites-out", "places.bed", *work],
        "places.tsv": ["pwm-compare", "places.meme", "--best", "--max-q", "0.05"],
    }
    for target, words in steps.items():
        if not (folder / target).exists():
            program = str(Path(sys.executable).with_name(words[0]))
            subprocess.run([program, *words[1:], "-o", target, "--quiet"], cwd=folder, check=True)
    genome = genomes.read(str(folder / "genome.st"))
    part = split.parts(genome, *split.split_automatically(genome))
    found, lie = (bed_regions.read(str(folder / name), genome.contigs) for name in ("wide.bed", "places.bed"))
    names = drop_repeats(tsv.read_matches(str(folder / "places.tsv")))
    # a factor's name as sure as the report asks for (a limit chosen after a look at `large`); six letters of a -10
    # cannot be so sure
    taken = {
        match.query: NAMED.get(match.target, "")
        for match in names
        if match.q <= PLACE_Q or match.target in HEXAMER_NAMES
    }
    named = replace(lie, head=np.array([taken.get(h, "") for h in lie.head], str))
    elements = truth.read(str(folder / "truth.bed"))
    sites = site_files.read(str(folder / "sites.bed"), genome.contigs).sites
    return World(folder, genome, sites, elements, found, replace(lie, q=np.zeros(len(lie))), named, names, part)


def matrix_of(kind: str, element: Element) -> tuple[np.ndarray, range, bool]:
    """The true matrix, where its first base may lie from a listed site, and whether it may be on either strand."""
    sharpness = float(dict(zip(*[iter(KINDS[kind])] * 2, strict=True)).get("--sharpness", 1))
    tens = [-gap - 6 + 1 for gap in TO_START]
    if element.piece in MATRICES:
        first = tens if element.piece == "-10" else [ten - spacer - 6 for ten in tens for spacer in SPACER]
        return sharpen(hexamer(MATRICES[element.piece]), sharpness), make_range_around(first), False
    matrix = {motif.name: motif.matrix for motif in motif_files.read(str(builtin.MOTIFS)).motifs}[element.piece]
    mine = [place for place in FACTORS if place.factor == element.piece and element.centre in (None, place.centre)]
    centres = [c for place in mine for c in ([place.centre] if place.centre is not None else tens)]
    first = [
        centre - twice // 2 for centre in centres for twice in (find_dyad(matrix), 2 * len(matrix) - find_dyad(matrix))
    ]
    return sharpen(matrix, sharpness), make_range_around([x + wobble for x in first for wobble in (-1, 1)]), True


def make_range_around(first: list[int]) -> range:
    return range(min(first) - JITTER, max(first) + JITTER + 1)
