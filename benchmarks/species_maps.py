"""The species with mapped TSS: their genomes, what their maps say of each place, and windows without a genome.

Maps differ in how whole they are (column `map` of the manifest). In a full or partial map every place counts. In a
gene-associated one only the 300 nt upstream of genes with a listed site count, since nothing is known elsewhere.
"""

import gzip
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from headmotif.alphabet import N, encode
from headmotif.data import Genome, Sites
from headmotif.formats.inputs import gene_files, genomes, site_files
from headmotif.steps.sequence.repeats import find_repeats
from headmotif.steps.sites import genomic_class

ECOLI_TEST = (2738786, 3667115)
"""The paper's test part of *E. coli*, 0-based half-open."""
ECOLI_VALIDATION = (3667116, 4131280)
WINDOW_GROUPS = {
    "kaerogenes": "Enterobacterales", "bcenocepacia": "Burkholderiales", "novosphingobium": "Sphingomonadales",
    "linnocua": "Listeria", "paenibacillus": "Bacillus", "anabaena": "Synechococcus", "cdiphtheriae": "Corynebacterium",
    "cdifficile": "Clostridioides", "mextorquens": "Methylorubrum", "xcampestris": "Xanthomonas",
}  # fmt: skip
"""The groups of the species that have windows alone."""
NEAR = 300
"""Nucleotides upstream of a gene."""


@dataclass(frozen=True, eq=False)
class Map:
    """A genome with its mapped TSS.

    Attributes
    ----------
    key, group, kind
        Name of the species, the group that is left out together, and `full`, `partial` or `gene`.
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
    table = site_files.read(str(folder / ("tss.cappable.bed" if key == "ecoli" else "tss.bed")), genome.contigs)
    sites: Sites = table if isinstance(table, Sites) else table.sites
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


def near_listed_genes(genes: np.ndarray, genome: Genome, site: np.ndarray) -> np.ndarray:
    """Mark the `NEAR` nt upstream of each gene with a listed site there, and the listed sites with 10 nt about them."""
    known = np.zeros_like(site)
    for contig, begin, end, strand in np.asarray(genes).tolist():
        row, first = int(strand < 0), int(genome.start[contig])
        low, high = (begin - NEAR, begin) if strand > 0 else (end, end + NEAR)
        span = slice(first + max(low, 0), first + min(max(high, 0), genome.contigs[contig].length))
        if site[row, span].any():
            known[row, span] = True
    for shift in range(-10, 11):
        known |= np.roll(site, shift, 1)
    return known


def without(one: Map, spans: list[tuple[int, int]]) -> Map:
    """A map of which some stretches, both strands, are unknown."""
    known = one.known.copy()
    for begin, end in spans:
        known[:, begin:end] = False
    return replace(one, known=known)


def read_windows(data: Path, key: str) -> tuple[np.ndarray, np.ndarray]:
    """Windows around mapped TSS: codes uint8 (windows, 237), N where a window is shorter, and the index of each +1."""
    text = gzip.decompress((data / "windows" / f"{key}.tsv.gz").read_bytes()).decode()
    rows = [line.split("\t") for line in text.splitlines()[1:]]
    rows = [row for row in rows if row[0] == "1" and row[4].isdigit()]
    codes = np.full((len(rows), max(len(row[5]) for row in rows)), N, np.uint8)
    for into, row in zip(codes, rows, strict=True):
        into[: len(row[5])] = encode(row[5])
    return codes, np.array([int(row[4]) for row in rows])
