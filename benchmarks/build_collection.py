"""Build the built-in motif collection from its listed sites, and show that each motif has earned its place.

    python benchmarks/build_collection.py --data FOLDER            write tools/headmotif/builtin/motifs.meme, print the
    evidence
    python benchmarks/build_collection.py --data FOLDER --check    write nothing; fail where the file differs or a rule
    is broken

A motif is the counts of its sites in motif_sites.tsv, whose sequences must be the genome's; the spacer of a two-block
motif is set to the background. It stays only if
(a) two or more of the sites that were located by their published sequence are found by a scan with a matrix made
without
    them (nor any site of the same sequence): p <= 1e-4 at that place and strand; for matrices narrower than 8, which
    cannot reach that, the best score of the strand's 101 places around;
(b) a matrix of the same factor in SwissRegulon, DPInteract or PRODORIC matches it at p < 1e-3 (Tomtom's method with its
    Euclidean distance, the targets being all their matrices).
"""

import argparse
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from headmotif.alphabet import N, encode, reverse_complement
from headmotif.builtin import MOTIF_SITES, MOTIFS
from headmotif.data import Motif
from headmotif.formats.files import read_text
from headmotif.formats.inputs import motif_files
from headmotif.formats.motifs import meme
from headmotif.steps.comparison.tomtom import compare
from headmotif.steps.sequence.scan import log_odds, reverse_complement_scores, scan, threshold

P_FOUND = 1e-4
NARROW = 8
AROUND = 50
"""Places on each side of a narrow motif's site among which it must be the best."""
P_MATCH = 1e-3
DATABASES = {
    "SwissRegulon": "SwissRegulon_e_coli.meme",
    "DPInteract": "dpinteract.meme",
    "PRODORIC": "prodoric_2015.transfac",
}


@dataclass(frozen=True)
class Element:
    """What is not in the table of sites: the name shown beside the motif, its spacer as columns, and what databases
    call it."""

    alt: str
    spacer: tuple[int, int] | None = None
    known_as: tuple[str, ...] = ()


RPOD = ("rpoD15", "rpoD16", "rpoD17", "rpoD18", "rpoD19")
ELEMENTS = {
    "sigma70_-10": Element("sigma-70 -10", None, RPOD),
    "sigma70_-35": Element("sigma-70 -35", None, RPOD),
    "sigma70_16": Element("sigma-70 -35 and -10, spacer 16", (6, 22), RPOD),
    "sigma70_17": Element("sigma-70 -35 and -10, spacer 17", (6, 23), RPOD),
    "sigma32_15": Element("sigma-32 -35 and -10, spacer 15", (5, 20), ("rpoH2", "rpoH3")),
    "sigma32_16": Element("sigma-32 -35 and -10, spacer 16", (5, 21), ("rpoH2", "rpoH3")),
    "sigma28": Element("sigma-28 -35 and -10", (8, 19), ("FliA",)),
    "sigma54": Element("sigma-54 -24 and -12", (7, 11), ("rpoN", "RpoN")),
    "sigma24": Element("sigma-24 -35 and -10", (7, 23), ("rpoE", "RpoE-SigE")),
    "Cra": Element("Cra (FruR)", None, ("FruR",)),
    "NtrC": Element("NtrC (GlnG)", None, ("NtrC", "GlnG")),
    "GalR": Element("GalR and GalS", None, ("GalR", "GalS")),
}


@dataclass(frozen=True)
class Site:
    """A listed site; start and end 0-based, half-open, in + coordinates. located: "sequence" or "pattern" (see the
    card)."""

    motif: str
    gene: str
    start: int
    end: int
    strand: str
    sequence: str
    located: str


HEAD = """| motif | sites | found, by sequence | found, all | two of them | best match of the factor | p | rank |
|---|---|---|---|---|---|---|---|"""


@dataclass(frozen=True)
class Evidence:
    """What speaks for a motif. listed: sites by published sequence; found: those of them that the scan finds;
    all_found: of all sites.

    match, p: the best of the same factor's matrices; rank: its place among all matrices of the three databases, 1 the
    best.
    """

    motif: str
    n_sites: int
    listed: int
    found: tuple[Site, ...]
    all_found: int
    match: str
    p: float
    rank: int

    @property
    def stays(self) -> bool:
        return len(self.found) >= 2 and self.p < P_MATCH

    def row(self) -> str:
        """The line of the card's table."""
        two = ", ".join(f"{s.gene} {s.start}-{s.end}{s.strand}" for s in self.found[:2])
        found = f"{len(self.found)} of {self.listed} | {self.all_found} of {self.n_sites}"
        return f"| {self.motif} | {self.n_sites} | {found} | {two} | {self.match} | {self.p:.0e} | {self.rank} |"


def read_sites(text: str) -> list[Site]:
    rows = [line.split("\t") for line in text.splitlines()[1:]]
    return [
        Site(m, gene, int(start), int(end), strand, sequence, located)
        for m, gene, _, start, end, strand, sequence, located, _ in rows
    ]


def read_genome(folder: Path) -> np.ndarray:
    """The codes, uint8 (length,), of the one contig."""
    return encode(
        "".join(line for line in read_text(str(folder / "ecoli/genome.fa.gz")).splitlines() if not line.startswith(">"))
    )


def check_sites(sites: list[Site], genome: np.ndarray) -> None:
    for site in sites:
        there = genome[site.start : site.end]
        there = there if site.strand == "+" else reverse_complement(there)
        if not np.array_equal(there, encode(site.sequence)):
            raise SystemExit(f"{site.motif} {site.gene} {site.start}: the genome has another sequence there")


def group_by_motif(sites: list[Site]) -> dict[str, list[Site]]:
    """The sites of each motif, motifs in the table's order."""
    grouped: dict[str, list[Site]] = {}
    for site in sites:
        grouped.setdefault(site.motif, []).append(site)
    return grouped


def build(sites: list[Site], background: np.ndarray) -> Motif:
    """The motif of one motif's sites: counts as shares; the spacer, if it has one, as the background."""
    name = sites[0].motif
    element = ELEMENTS.get(name, Element(name))
    codes = np.array([encode(site.sequence) for site in sites])  # (sites, width)
    matrix = np.stack([(codes == letter).mean(axis=0) for letter in range(4)], axis=1)  # (width, 4)
    if element.spacer:
        matrix[slice(*element.spacer)] = background
    return Motif(name, matrix, nsites=len(sites), background=background, alt=element.alt)


def is_found(site: Site, others: list[Site], genome: np.ndarray, background: np.ndarray) -> bool:
    """Whether a matrix of the others finds the site."""
    if not others:
        return False
    scores = log_odds(build(others, background))
    here = scores if site.strand == "+" else reverse_complement_scores(scores)
    if len(scores) >= NARROW:
        return bool(scan(genome[site.start : site.end], here)[0] >= threshold(scores, background, P_FOUND))
    around = scan(genome[site.start - AROUND : site.end + AROUND], here)
    return bool(around[AROUND] > np.delete(around, AROUND).max())


def evidence(sites: list[Site], genome: np.ndarray, targets: list[Motif]) -> Evidence:
    """The numbers behind rules (a) and (b) for one motif's sites; `targets` as `read_databases` gives them."""
    background = composition(genome)
    motif = build(sites, background)
    found = [s for s in sites if is_found(s, [o for o in sites if o.sequence != s.sequence], genome, background)]
    p = compare([motif], targets, distance="euclidean").p[0]
    names = {known.lower() for known in ELEMENTS.get(motif.name, Element(motif.name)).known_as or (motif.name,)}
    best = min((i for i, target in enumerate(targets) if target.alt.lower() in names), key=lambda i: p[i])
    return Evidence(
        motif=motif.name,
        n_sites=len(sites),
        listed=sum(s.located == "sequence" for s in sites),
        found=tuple(s for s in found if s.located == "sequence"),
        all_found=len(found),
        match=targets[best].name,
        p=float(p[best]),
        rank=1 + int((p < p[best]).sum()),
    )


def composition(genome: np.ndarray) -> np.ndarray:
    """Shares of A C G T, both strands, rounded so that the file says exactly what was used."""
    share = np.bincount(genome, minlength=5)[:N] / np.count_nonzero(genome < N)
    return np.round((share + share[::-1]) / 2, 4)


def read_databases(folder: Path) -> list[Motif]:
    """All matrices of the three databases, `name` telling the database, `alt` the factor alone."""
    targets = []
    for database, file in DATABASES.items():
        for motif in motif_files.read(str(folder / "motifs" / file)).motifs:
            factor = motif.alt or motif.name
            if database == "SwissRegulon":
                factor = motif.name.rsplit("_", 1)[0]
            elif database == "DPInteract" and not factor.startswith("rpo"):
                factor = factor.rstrip("0123456789")
            targets.append(Motif(f"{database} {motif.name}", motif.matrix, alt=factor))
    return targets


def main() -> None:
    parser = argparse.ArgumentParser(description="Build the built-in motif collection and show its evidence.")
    parser.add_argument("--data", type=Path, required=True, help="folder with ecoli/ and motifs/")
    parser.add_argument("--check", action="store_true", help="write nothing; compare with the file in the package")
    options = parser.parse_args()

    genome = read_genome(options.data)
    sites = read_sites(read_text(str(MOTIF_SITES)))
    check_sites(sites, genome)
    targets = read_databases(options.data)
    proof = [evidence(mine, genome, targets) for mine in group_by_motif(sites).values()]
    print(HEAD)
    for each in proof:
        print(each.row())
    if failed := [each.motif for each in proof if not each.stays]:
        sys.exit(f"these break a rule, take them out of {MOTIF_SITES.name}: {', '.join(failed)}")

    collection = [build(mine, composition(genome)) for mine in group_by_motif(sites).values()]
    if not options.check:
        meme.write(str(MOTIFS), collection)
        return
    with tempfile.TemporaryDirectory() as folder:
        again = Path(folder) / MOTIFS.name
        meme.write(str(again), collection)
        if again.read_bytes() != MOTIFS.read_bytes():
            sys.exit(f"{MOTIFS.name} is not what its sites give; run without --check")


if __name__ == "__main__":
    main()
