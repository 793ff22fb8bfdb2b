"""Genomes with planted promoters, and the truth about them; the promoters' strengths stand in
`promoters.frequencies`."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ...alphabet import reverse_complement
from ...data import Contig, Contigs, Genome, Motif, Regions, Sites
from ...errors import InputError
from ..promoters.frequencies import (
    FACTORS,
    MINUS_10,
    PLAIN,
    SCORE_MEAN,
    SCORE_SPREAD,
    SCORE_TIE,
    Piece,
    Place,
    drawn,
    hexamer,
    match,
    promoter,
    sharpened,
)
from .coding import Genes, background, has_stop, lay_out, tilt_of
from .settings import PlantSettings

LEADER_MEAN, LEADER_SPREAD, LEADER_MAX = 3.92, 1.06, 400
"""From the +1 to the start codon: natural log of a median of 50 nt; as Cappable-seq sites between genes lie before the
next gene."""
TRIES = 2000
WHERE = {"before": 0, "inside": 1, "antisense": -1}
"""Kinds of places, and the strand of the gene there relative to the site's: 0 is none."""
FULL = "the promoters do not fit; plant fewer, or in a longer genome"
Settled = tuple[int, int, list[tuple[int, int]]]
"""Position and strand of a site, start and end of its pieces."""


@dataclass(frozen=True, eq=False)
class Planted:
    """A planted genome: one linear contig without labels, the sites as a user gets them, the true sites, and what was
    written where.

    elements: one row for each planted piece, `head` its name (-10, -35, ext-10, TSS, a factor's, or decoy), `site` the
    true +1 (-1 for a decoy), `distance` its middle from the site, on the site's strand.
    """

    genome: Genome
    genes: Genes
    sites: Sites
    true_sites: Sites
    elements: Regions


class _Ground:
    """The genome while it is being planted: its bases, and which of them may still be written to."""

    def __init__(self, base: np.ndarray, genes: Genes, margin: int):
        self.base, self.margin = base, margin
        self.codon, self.gene_strand = genes.codon_map(len(base))
        self.taken = np.zeros(len(base), bool)
        for edge in (genes.start, genes.end - 3):
            self.taken[edge[:, None] + np.arange(3)] = True  # start and stop codons stay
        self.stop = np.zeros(len(base), bool)
        self.stop[np.where(genes.strand > 0, genes.end - 3, genes.start)] = True
        _, first, counts = np.unique(genes.unit, return_index=True, return_counts=True)
        self.unit_strand = genes.strand[first].astype(np.int64)
        self.unit_start = np.where(self.unit_strand > 0, genes.start[first], genes.end[first + counts - 1] - 1)

    def candidate(self, where: str, random: np.random.Generator) -> tuple[int, int] | None:
        """A position and strand to try, or None where the throw is none of the kind asked for."""
        if where == "before":
            unit, leader = random.integers(len(self.unit_start)), int(np.exp(random.normal(LEADER_MEAN, LEADER_SPREAD)))
            position, strand = int(self.unit_start[unit] - self.unit_strand[unit] * leader), int(self.unit_strand[unit])
            leader_fits = leader <= LEADER_MAX
        else:
            position, strand, leader_fits = int(random.integers(len(self.base))), int(random.choice((1, -1))), True
        if not leader_fits or not self.margin <= position < len(self.base) - self.margin:
            return None
        own = int(self.gene_strand[position]) * strand  # 1 inside a gene, -1 antisense to one, 0 between genes
        return (position, strand) if where == "anywhere" or own == WHERE[where] else None

    def write(self, position: int, strand: int, pieces: list[Piece]) -> list[tuple[int, int]] | None:
        """Write the pieces and return start and end of each; None, and nothing written, where they do not go.

        They do not go over other pieces, start or stop codons, nor where they would end a gene early.
        """
        begins = [
            position + offset if strand > 0 else position - offset - len(codes) + 1 for _, offset, codes in pieces
        ]
        spans = [(begin, begin + len(codes)) for begin, (_, _, codes) in zip(begins, pieces, strict=True)]
        low, high = min(begins), max(end for _, end in spans)
        if low < 0 or high > len(self.base) or any(self.taken[start:end].any() for start, end in spans):
            return None
        before = self.base[low:high].copy()
        for (start, end), (_, _, codes) in zip(spans, pieces, strict=True):
            self.base[start:end] = codes if strand > 0 else reverse_complement(codes)
        codons = np.unique(self.codon[low:high])
        codons = codons[(codons >= 0) & ~self.stop[codons]]
        if has_stop(self.base, codons, self.gene_strand[codons]):
            self.base[low:high] = before
            return None
        for start, end in spans:
            self.taken[start:end] = True
        return spans

    def settle(self, where: str, pieces: list[Piece], random: np.random.Generator) -> Settled | None:
        """Find the pieces a place of a kind, or None. They are drawn before, so that no place bends their letters."""
        for _ in range(TRIES):
            found = self.candidate(where, random)
            spans = self.write(*found, pieces) if found else None
            if found and spans:
                return *found, spans
        return None


def plant(settings: PlantSettings, seed: int, factors: Mapping[str, Motif]) -> Planted:
    """A genome of one linear contig with promoters, the same bytes for the same settings, seed and factors.

    factors: the matrices of CRP, FNR and LexA by these names. Raises InputError where the promoters do not fit in the
    length.
    """
    layout, sequence, places, noise = (np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(4))
    genes = lay_out(settings.length, settings.coding, layout)
    ground = _Ground(
        background(genes, settings.length, sequence, tilt_of(settings.gc, settings.coding)), genes, settings.margin
    )
    rows, sites = _promoters(ground, settings, factors, places)
    for _ in range(round(settings.decoys * settings.promoters)):
        settled = ground.settle(
            "anywhere", [("decoy", 0, drawn(sharpened(hexamer(MINUS_10), settings.sharpness), places))], places
        )
        if settled is None:
            raise InputError(FULL)
        _, strand, [(start, end)] = settled
        rows.append((start, end, "decoy", strand, 0, -1))
    genome = Genome(Contigs([Contig(settings.contig, settings.length)]), ground.base)
    true_sites = _scored(sites, noise)
    return Planted(genome, genes, _listed(true_sites, settings, noise), true_sites, _elements(rows, settings.contig))


def _promoters(
    ground: _Ground, settings: PlantSettings, factors: Mapping[str, Motif], random: np.random.Generator
) -> tuple[list, list]:
    """Plant them all: rows of the pieces (start, end, name, strand, distance, site), and position, strand, match of the
    sites."""
    n = settings.promoters
    kinds: list[Place] = [place for place in FACTORS for _ in range(round(place.share * n))]
    kinds += [PLAIN] * (n - len(kinds))
    inside, antisense = round(settings.inside * n), round(settings.antisense * n)
    wheres = random.permutation(
        ["inside"] * inside + ["antisense"] * antisense + ["before"] * (n - inside - antisense)
    ).tolist()
    rows, sites = [], []
    for place in kinds:
        pieces = promoter(place, factors, random, settings.sharpness)
        settled = None
        # where it goes nowhere (it would be a stop codon in every frame), it changes places with a later one, or goes
        # to any other kind
        for where in dict.fromkeys([*wheres, *WHERE]):
            if settled := ground.settle(where, pieces, random):
                wheres.remove(where if where in wheres else wheres[0])
                break
        if settled is None:
            raise InputError(FULL)
        position, strand, spans = settled
        sites.append((position, strand, match(pieces)))
        for (name, offset, codes), (start, end) in zip(pieces, spans, strict=True):
            if name:
                rows.append((start, end, name, strand, offset + (len(codes) - 1) // 2, position))
    return rows, sites


def _scored(sites: list[tuple[int, int, float]], random: np.random.Generator) -> Sites:
    """The true sites by position, with read scores that lean on how well the hexamers match."""
    position, strand, fit = (
        (np.array(column) for column in zip(*sorted(sites), strict=True)) if sites else (np.zeros(0),) * 3
    )
    lean = (fit - fit.mean()) / fit.std() if len(fit) > 1 else np.zeros(len(fit))
    return _with_scores(position, strand, lean, random)


def _with_scores(position: np.ndarray, strand: np.ndarray, lean: np.ndarray, random: np.random.Generator) -> Sites:
    free = random.normal(size=len(position))
    score = 10 ** (SCORE_MEAN + SCORE_SPREAD * (SCORE_TIE * lean + np.sqrt(1 - SCORE_TIE**2) * free))
    contig = np.zeros(len(position), np.int32)
    return Sites(contig, position.astype(np.int64), strand.astype(np.int8), np.round(score, 3).astype(np.float32))


def _listed(true: Sites, settings: PlantSettings, random: np.random.Generator) -> Sites:
    """The sites as an experiment would list them: some missing, some off, some false."""
    n = len(true)
    kept = true.take(np.sort(random.permutation(n)[: n - round(settings.missing * n)]))
    moved = random.permutation(len(kept))[: round(settings.jittered * len(kept))]
    position = kept.position.copy()
    position[moved] += random.choice((-2, -1, 1, 2), size=len(moved))
    low, high = settings.margin, settings.length - settings.margin
    false = random.integers(low, high, size=round(settings.false * n))
    extra = _with_scores(false, random.choice((-1, 1), size=len(false)), np.full(len(false), -1.0), random)
    columns = (
        np.concatenate([kept.contig, extra.contig]),
        np.concatenate([np.clip(position, low, high - 1), extra.position]),
        np.concatenate([kept.strand, extra.strand]),
        np.concatenate([kept.strength, extra.strength]),
    )
    _, rows = np.unique(
        np.stack([columns[1], columns[2]]), axis=1, return_index=True
    )  # by position; one line for each site
    return Sites(*columns).take(rows)


def shuffle_sites(sites: Sites, length: int, seed: int, margin: int = 150) -> Sites:
    """As many sites on each strand of one contig at random positions, the scores kept: nothing is to be learned from
    them."""
    random = np.random.default_rng(np.random.SeedSequence(seed).spawn(5)[4])
    position = np.zeros(len(sites), np.int64)
    for strand in (1, -1):
        mine = sites.strand == strand
        position[mine] = margin + random.choice(length - 2 * margin, size=int(mine.sum()), replace=False)
    order = np.lexsort((sites.strand, position))
    return Sites(sites.contig, position, sites.strand, sites.strength).take(order)


def _elements(rows: list[tuple[int, int, str, int, int, int]], contig: str) -> Regions:
    start, end, name, strand, distance, site = (list(c) for c in zip(*sorted(rows), strict=True)) if rows else ([],) * 6
    n, ints = len(rows), np.int64
    unknown = np.full(n, np.nan)
    return Regions(
        (contig,), np.zeros(n, np.int32), np.array(start, ints), np.array(end, ints), np.array(name, str),
        np.array(strand, np.int8),
        np.ones(n), np.array(distance, ints), np.array(site, ints), unknown, unknown,
    )  # fmt: skip
