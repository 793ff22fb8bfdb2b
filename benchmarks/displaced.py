"""Do the checks of sites notice that many of them lie elsewhere? The figures of benchmarks/RESULTS.md, "Sites that lie
elsewhere".

    python benchmarks/displaced.py DATA               the checks without a model, over all maps of DATA/species
    python benchmarks/displaced.py DATA --model KEY.. the audit with the built-in model, on 1,000 sites of some maps

A share of the sites is moved 500 nt downstream, or to random positions of their contigs. Maps, whole and in parts of
some size, are checked as they are and with each share moved.
"""

import argparse
from collections import defaultdict
from pathlib import Path

import numpy as np
from species_maps import list_species

from headmotif.builtin import MODELS, MOTIFS
from headmotif.cli import TSS_MODEL
from headmotif.data import GeneTable, Genome, Sites
from headmotif.formats.inputs import gene_files, genomes, models, motif_files, site_files
from headmotif.steps.calling.audit import audit
from headmotif.steps.calling.prediction import sigma70
from headmotif.steps.calling.site_scores import Scorer
from headmotif.steps.network import presets
from headmotif.steps.network.device import use_device
from headmotif.steps.sites import diagnosis

SHARES = (0.0, 0.1, 0.5, 0.93)
SIZES = (100, 400, None)
FAR = 500


def read(data: Path, key: str) -> tuple[Genome, Sites, GeneTable]:
    own = data / "ecoli" if key == "ecoli" else data / "species" / key
    genome = genomes.read(str(own / "genome.fa.gz"))
    sites = site_files.read(str(own / ("tss.cappable.bed" if key == "ecoli" else "tss.bed")), genome.contigs).sites
    return genome, sites, gene_files.read(str(own / "genes.gff3.gz"), genome.contigs)


def move(genome: Genome, sites: Sites, rows: np.ndarray, rng: np.random.Generator | None = None) -> Sites:
    """The sites with some rows `FAR` nt downstream or, with random numbers, anywhere on their contigs."""
    length = genome.contigs.lengths[sites.contig]
    there = sites.position + FAR * sites.strand.astype(np.int64) if rng is None else rng.integers(0, length)
    return Sites(sites.contig, np.where(rows, there, sites.position) % length, sites.strand, sites.strength)


def place_in_genes(genome: Genome, sites: Sites, genes: GeneTable, rng: np.random.Generator) -> Sites:
    """As many random positions inside genes, on their strands."""
    row = rng.integers(0, len(genes), len(sites))
    place = rng.integers(genes.start[row], genes.end[row]) % genome.contigs.lengths[genes.contig[row]]
    return Sites(genes.contig[row], place, genes.strand[row], sites.strength)


def check_all(data: Path) -> None:
    found: dict[tuple[object, ...], list[str]] = defaultdict(list)
    for key in list_species(data):
        genome, every, _ = read(data, key)
        background = diagnosis.coordinate_checks.minus10_background(genome)
        rng = np.random.default_rng(7)
        said = []
        for size in SIZES:
            for share in SHARES:
                for how in ("shifted", "random") if share else ("",):
                    if size and size > len(every):
                        continue
                    sites = every.take(rng.permutation(len(every))[:size]) if size else every
                    rows = rng.random(len(sites)) < share
                    sites = move(genome, sites, rows, rng if how == "random" else None)
                    one = diagnosis.verdict(genome, sites, background)
                    found[size, share, how].append(one.kind)
                    if not size:
                        far = f", {one.far.shift} nt {one.far.share:.0%}" if one.far else ""
                        said.append(f"{share:.0%} {how} {one.kind} {one.starts.words}{far}")
        print(f"{key} ({len(every):,}): {'; '.join(said)}", flush=True)
    for (size, share, how), kinds in found.items():
        flagged = sum(kind not in ("ok", "not applicable") for kind in kinds)
        print(f"{size or 'whole'}\t{share:.0%} {how}\tflagged {flagged} of {len(kinds)}")


def audit_some(data: Path, keys: list[str], number: int) -> None:
    elements = sigma70(motif_files.read(str(MOTIFS)).motifs)
    net = presets.build_from_model(models.open_model(TSS_MODEL, MODELS))
    with use_device("cpu", "float32", 1) as where:
        for key in keys:
            genome, every, genes = read(data, key)
            rng = np.random.default_rng(3)
            sites = every.take(np.sort(rng.permutation(len(every))[:number]))
            cases = {"as listed": sites, "500 nt downstream": move(genome, sites, np.ones(len(sites), bool))}
            cases["in genes"] = place_in_genes(genome, sites, genes, rng)
            for name, one in cases.items():
                whole = audit(Scorer(net, 0, genome, where), one, genes, elements, 1).whole
                shares = ", ".join(f"{n / len(one):.1%} {kind}" for kind, n in whole.kinds.items())
                print(f"{key}, {name}: {shares}; {whole.conclusion[0]}, {whole.starts.words}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", nargs="+", default=[])
    parser.add_argument("--number", type=int, default=1000)
    asked = parser.parse_args()
    audit_some(asked.data, asked.model, asked.number) if asked.model else check_all(asked.data)
