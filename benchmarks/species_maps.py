"""The species with mapped TSS: their genomes, and what their maps say of each place.

Maps differ in how whole they are (column `map` of the manifest). In a full or partial map every place counts. In a
gene-associated one only the 300 nt upstream of genes with a listed site count, since nothing is known elsewhere. Of
some species there are only windows about their TSS.
"""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from headmotif.alphabet import N
from headmotif.data import Contig, Contigs, Genome, Sites
from headmotif.formats.inputs import gene_files, genomes, site_files
from headmotif.steps.sequence.repeats import find_repeats
from headmotif.steps.sites import genomic_class
from headmotif.steps.sites.genomic_class import REACH

ECOLI_TEST = (2738786, 3667115)
"""The paper's test part of *E. coli*, 0-based half-open."""
ECOLI_VALIDATION = (3667116, 4131280)

WINDOWS = {
    "anabaena": "Synechococcus",
    "bcenocepacia": "Burkholderiales",
    "cdifficile": "Clostridioides",
    "cdiphtheriae": "Corynebacterium",
    "kaerogenes": "Enterobacterales",
    "linnocua": "Listeria",
    "mextorquens": "Methylorubrum",
    "novosphingobium": "Sphingomonadales",
    "paenibacillus": "Bacillus",
    "xcampestris": "Xanthomonas",
}
"""The species of which there are windows alone, and their groups."""
EDGE = 110
"""Random bases between two windows, more than a network reads."""


@dataclass(frozen=True, eq=False)
class Map:
    """A genome with its mapped TSS.

    Attributes
    ----------
    key, group, kind
        Name of the species, the group that is left out together, and `full`, `partial`, `gene` or `window`.
    genome
        The sequence.
    site
        bool (2, N), the listed sites, rows + and -, both by + coordinates.
    place
        uint8 (2, N), the class of each place, an index into `genomic_class.CLASSES`.
    known
        bool (2, N), whether the map says something of the place.
    genes
        int64 (genes, 4): contig, start, end and strand.
    gc
        Share of G and C.
    """

    key: str
    group: str
    kind: str
    genome: Genome
    site: np.ndarray
    place: np.ndarray
    known: np.ndarray
    genes: np.ndarray
    gc: float


def list_species(data: Path) -> dict[str, dict[str, str]]:
    """Read the rows of the manifest by species."""
    lines = (data / "species" / "manifest.tsv").read_text(encoding="utf-8").splitlines()
    names = lines[0].split("\t")
    return {row.split("\t")[0]: dict(zip(names, row.split("\t"), strict=False)) for row in lines[1:]}


@cache
def read_map(data: Path, key: str) -> Map:
    """Read one species."""
    row = list_species(data)[key]
    folder = data / "ecoli" if key == "ecoli" else data / "species" / key
    genome = genomes.read(str(folder / "genome.fa.gz"))
    sites = read_sites(data, key, genome.contigs)
    genes = gene_files.read(str(folder / "genes.gff3.gz"), genome.contigs)
    site = np.zeros((2, len(genome.base)), bool)
    site[(sites.strand < 0).astype(int), genome.contigs.place(sites.contig, sites.position)] = True
    place = genomic_class.classes(genes.spans, genome.contigs)
    kind = "gene" if row["map"].startswith("gene") else row["map"]
    known = np.ones_like(site)
    if kind == "gene":
        known = near_listed_genes(genes.spans, genome, site)
    known &= (genome.base != N) & ~find_repeats(genome)
    gc = float(np.isin(genome.base, (1, 2)).sum() / (genome.base != N).sum())
    return Map(key, row["group"], kind, genome, site, place, known, np.asarray(genes.spans), gc)


def read_sites(data: Path, key: str, contigs: Contigs) -> Sites:
    """Read the listed sites of a species, with their strengths where they are known."""
    path = data / "ecoli" / "tss.cappable.bed" if key == "ecoli" else data / "species" / key / "tss.bed"
    return site_files.read(str(path), contigs).sites


@cache
def read_windows(data: Path, key: str, around: int) -> Map:
    """Read the windows of a species as one contig, with random bases of its composition between them.

    They count as far as `around` nucleotides from their +1. They reach some 100 nt to either side, so a place farther
    from the +1 sees random bases on one side.
    A window that ended with N would show where its +1 is.
    """
    with gzip.open(data / "windows" / f"{key}.tsv.gz", "rt", encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file if line.startswith("1\t")]
    rng = np.random.default_rng(len(rows))
    windows = [np.frombuffer(row[5].encode(), np.uint8) for row in rows]
    code = np.full(256, N, np.uint8)
    code[list(b"ACGT")] = range(4)
    every = code[np.concatenate(windows)]
    gc = float(np.isin(every, (1, 2)).sum() / (every != N).sum())
    parts, sites, length = [], [], 0
    for row, window in zip(rows, windows, strict=True):
        edge = rng.choice(4, EDGE, p=[(1 - gc) / 2, gc / 2, gc / 2, (1 - gc) / 2]).astype(np.uint8)
        parts += [edge, code[window]]
        sites.append(length + EDGE + int(row[4]))
        length += EDGE + len(window)
    genome = Genome(Contigs([Contig(key, length)]), np.concatenate(parts))
    site, known = np.zeros((2, length), bool), np.zeros((2, length), bool)
    site[0, sites] = True
    for shift in range(-around, around + 1):
        known[0, np.array(sites) + shift] = True
    known &= genome.base != N
    place = np.full(site.shape, genomic_class.UPSTREAM, np.uint8)
    return Map(key, WINDOWS[key], "window", genome, site, place, known, np.zeros((0, 4), np.int64), gc)


def near_listed_genes(genes: np.ndarray, genome: Genome, site: np.ndarray) -> np.ndarray:
    """Mark what is upstream of each gene with a listed site there, and the listed sites with 10 nt about them."""
    known = np.zeros_like(site)
    for row, span in list_upstream(genes, genome):
        known[row, span] |= site[row, span].any()
    for shift in range(-10, 11):
        known |= np.roll(site, shift, 1)
    return known


def list_upstream(genes: np.ndarray, genome: Genome) -> Iterator[tuple[int, slice]]:
    """For each gene, the strand's row and the nucleotides upstream of it that lie on the contig."""
    for contig, begin, end, strand in np.asarray(genes).tolist():
        first, last = genome.start[contig : contig + 2].tolist()
        low, high = (begin - REACH, begin) if strand > 0 else (end, end + REACH)
        yield int(strand < 0), slice(max(first + low, first), min(first + high, last))


def without(one: Map, spans: list[tuple[int, int]]) -> Map:
    """A map of which some stretches, both strands, are unknown."""
    known = one.known.copy()
    for begin, end in spans:
        known[:, begin:end] = False
    return replace(one, known=known)


def number_words(base: np.ndarray, length: int) -> np.ndarray:
    """The number of the word of so many bases, 31 at most, that begins at each place, int64; -1 where it holds an N."""
    number, known = np.zeros(len(base) - length + 1, np.int64), np.ones(len(base) - length + 1, bool)
    for i in range(length):
        letter = base[i : len(base) - length + 1 + i]
        number, known = number * 4 + np.minimum(letter, 3), known & (letter != N)
    return np.where(known, number, -1)
