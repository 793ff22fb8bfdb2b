"""What else than a head's strength could have shown a factor that lies over the -10 box.

    python benchmarks/strongest.py truth/large.21 truth/large.22

Of worlds that `truth.py` left: the motifs of the bases around -12 of all sites, several of them, without a network; of
the same bases the strongest sites by their read scores, and by the network's P; of the places that heads look at the
strongest by P, and by what the heads add (p of their regions, what `bed2pwm --top-fractions` goes by). Printed is which
known motifs the found ones resemble with q up to 0.001.
"""

import argparse
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
from rivals import regions

from headmotif.data import Genome, Regions
from headmotif.formats.features import bed_regions
from headmotif.formats.inputs import genomes, site_files
from headmotif.formats.tables import tsv
from headmotif.formats.tensors import attention_tensor
from headmotif.report.words.verdicts import PLACE_Q, drop_repeats

AT, WIDTH, FLANK = -12, 17, 8
"""The middle of a -10 box and what is over it: a key of `wide`, and the bases read beside it."""
SEARCH = ["--minw", "6", "--maxw", "24"]


def rank(mine: Regions, value: dict[tuple[int, int], float]) -> Regions:
    """The regions, the larger the value of their site (position, strand) the stronger."""
    of_site = np.array([value[int(p), int(s)] for p, s in zip(mine.site, mine.strand, strict=True)])
    rank = np.argsort(np.argsort(-of_site, kind="stable"), kind="stable")
    return replace(mine, p=(rank + 1.0) / len(mine), q=np.zeros(len(mine)))


def ways(folder: Path, genome: Genome) -> dict[str, tuple[Regions, list[str]]]:
    """Regions and how to search them, by the name of the way."""
    sites = site_files.read(str(folder / "sites.bed"), genome.contigs).sites
    inside = (sites.position > 40) & (sites.position < len(genome.base) - 40)
    sites = sites.take(inside)
    around = regions(sites, genome.contigs.names, np.full(len(sites), AT), WIDTH)
    scores = map_values(sites.position, sites.strand, sites.strength)
    seen = attention_tensor.read(str(folder / "attention.st"))
    mine = seen.is_site
    p = map_values(seen.position[mine], seen.strand[mine], seen.probability[mine])
    heads = bed_regions.read(str(folder / "regions.bed"), genome.contigs)
    strongest, by_place = ["--top-fractions"], ["--by-offset", "--top-fractions"]
    return {
        "all sites, several motifs": (
            replace(around, p=np.ones(len(around)), q=np.ones(len(around))),
            ["--nmotifs", "8"],
        ),
        "strongest by read score": (rank(around, scores), strongest),
        "strongest by P": (rank(around, p), strongest),
        "heads' places, strongest by P": (rank(heads, p), by_place),
        "heads' places, strongest by what the heads add": (heads, by_place),
    }


def map_values(position: np.ndarray, strand: np.ndarray, value: np.ndarray) -> dict[tuple[int, int], float]:
    return {(int(p), int(s)): float(v) for p, s, v in zip(position, strand, value, strict=True)}


def count_named(folder: Path, genome: Genome, mine: Regions, search: list[str]) -> Counter[str]:
    """How many motifs resemble each known one, the sigma factors' left out."""
    bed_regions.write(str(folder / "way.bed"), mine, genome.contigs)
    for words in (
        ["bed2pwm", "way.bed", "genome.st", *search, *SEARCH, "--flank", str(FLANK), "-o", "way.meme"],
        ["pwm-compare", "way.meme", "--best", "--max-q", str(PLACE_Q), "-o", "way.tsv"],
    ):
        subprocess.run([str(Path(sys.executable).with_name(words[0])), *words[1:], "--quiet"], cwd=folder, check=True)
    found = drop_repeats(tsv.read_matches(str(folder / "way.tsv")))
    return Counter(match.target for match in found if not match.target.startswith("sigma"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("worlds", type=Path, nargs="+", help="folders that truth.py left")
    for folder in parser.parse_args().worlds:
        genome = genomes.read(str(folder / "genome.st"))
        for way, (mine, search) in ways(folder, genome).items():
            told = count_named(folder, genome, mine, search)
            print(
                f"{folder.name}\t{way}\t{', '.join(f'{name} {n}' for name, n in sorted(told.items())) or '-'}",
                flush=True,
            )


if __name__ == "__main__":
    main()
