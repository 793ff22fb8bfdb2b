"""Simulated genomes with planted promoters, and the truth about them.

The frequencies of the promoters' bases and distances are in `promoters.frequencies`.
"""

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
    draw,
    draw_promoter,
    hexamer,
    match,
    share_out,
    sharpen,
)
from .coding import Genes, background, has_stop, lay_out, tilt_of
from .settings import PlantSettings

LEADER_MEAN, LEADER_SPREAD, LEADER_MAX = 3.92, 1.06, 400
"""Distance from the +1 to the start codon: mean (a median of 50 nt) and standard deviation of its natural logarithm,
and its maximum. Cappable-seq sites between genes lie as far before the next gene."""
TRIES = 2000
WHERE = {"before": 0, "inside": 1, "antisense": -1}
"""Kinds of positions, and the strand of the gene there relative to the site's; 0 means no gene."""
FULL = "the promoters do not fit into the genome; plant fewer promoters or simulate a longer genome"
Settled = tuple[int, int, list[tuple[int, int]]]
"""Position and strand of a site, and start and end of each of its pieces."""


@dataclass(frozen=True, eq=False)
class Planted:
    """A simulated genome with the sites that a user gets, the true sites and the planted elements.

    Attributes
    ----------
    genome
        One linear contig without labels.
    genes
        The genes.
    sites
        The sites as an experiment would list them, by position.
    true_sites
        The +1 of every planted promoter, by position.
    elements
        One row for each planted element. `head` is its name: -10, -35, ext-10, TSS, decoy, or the name of a TF. `site`
        is the true +1, or -1 for a decoy. `offset` is the offset of its middle from the site, on the site's strand.
    """

    genome: Genome
    genes: Genes
    sites: Sites
    true_sites: Sites
    elements: Regions


class _Ground:
    """The genome while promoters are planted: its bases, and which of them may still be overwritten."""

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
        """A random position and strand to try, or None if it is not of the kind asked for."""
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
        """Write the pieces and return start and end of each; None, and nothing is written, where they do not fit.

        Pieces do not overwrite other pieces, start codons or stop codons, and they do not end a gene early.
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
        """Write the pieces at a random position of a kind; None if none is found.

        The pieces are drawn beforehand, so that the position does not bias their letters.
        """
        for _ in range(TRIES):
            found = self.candidate(where, random)
            spans = self.write(*found, pieces) if found else None
            if found and spans:
                return *found, spans
        return None


def plant(settings: PlantSettings, seed: int, tfs: Mapping[str, Motif]) -> Planted:
    """Simulate a genome with promoters.

    The same settings, seed and motifs give the same bytes.

    Parameters
    ----------
    settings
        What is planted.
    seed
        Seed of all random numbers.
    tfs
        Motifs of CRP, FNR and LexA, by these names.

    Returns
    -------
    Planted
        The genome, its sites and its elements.

    Raises
    ------
    InputError
        If the promoters do not fit into the genome.
    """
    layout, sequence, places, noise = (np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(4))
    genes = lay_out(settings.length, settings.coding, layout)
    ground = _Ground(
        background(genes, settings.length, sequence, tilt_of(settings.gc, settings.coding)), genes, settings.margin
    )
    rows, sites = _plant_promoters(ground, settings, tfs, places)
    for _ in range(round(settings.decoys * settings.promoters)):
        settled = ground.settle(
            "anywhere", [("decoy", 0, draw(sharpen(hexamer(MINUS_10), settings.sharpness), places))], places
        )
        if settled is None:
            raise InputError(FULL)
        _, strand, [(start, end)] = settled
        rows.append((start, end, "decoy", strand, 0, -1))
    genome = Genome(Contigs([Contig(settings.contig, settings.length)]), ground.base)
    true_sites = _draw_scores(sites, noise)
    return Planted(
        genome, genes, _list_sites(true_sites, settings, noise), true_sites, _elements(rows, settings.contig)
    )


def _plant_promoters(
    ground: _Ground, settings: PlantSettings, tfs: Mapping[str, Motif], random: np.random.Generator
) -> tuple[list, list]:
    """Plant all promoters.

    Returns the rows of the pieces (start, end, name, strand, offset, site), and position, strand and match of the
    sites.
    """
    n = settings.promoters
    places = FACTORS if settings.tfs is None else share_out(settings.tfs)
    kinds: list[Place] = [place for place in places for _ in range(round(place.share * n))][:n]
    kinds += [PLAIN] * (n - len(kinds))
    inside, antisense = round(settings.inside * n), round(settings.antisense * n)
    wheres = random.permutation(
        ["inside"] * inside + ["antisense"] * antisense + ["before"] * (n - inside - antisense)
    ).tolist()
    rows, sites = [], []
    for place in kinds:
        pieces = draw_promoter(place, tfs, random, settings.sharpness)
        settled = None
        # A promoter that fits nowhere (it would be a stop codon in every frame) takes the kind of position of a later
        # one, or any other kind.
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


def _draw_scores(sites: list[tuple[int, int, float]], random: np.random.Generator) -> Sites:
    """The true sites by position, with read scores that are correlated with the match of their hexamers."""
    position, strand, fit = (
        (np.array(column) for column in zip(*sorted(sites), strict=True)) if sites else (np.zeros(0),) * 3
    )
    lean = (fit - fit.mean()) / fit.std() if len(fit) > 1 else np.zeros(len(fit))
    return _add_scores(position, strand, lean, random)


def _add_scores(position: np.ndarray, strand: np.ndarray, lean: np.ndarray, random: np.random.Generator) -> Sites:
    """Sites with log-normal scores; lean: by how many standard deviations each one's match is above the mean."""
    free = random.normal(size=len(position))
    score = 10 ** (SCORE_MEAN + SCORE_SPREAD * (SCORE_TIE * lean + np.sqrt(1 - SCORE_TIE**2) * free))
    contig = np.zeros(len(position), np.int32)
    return Sites(contig, position.astype(np.int64), strand.astype(np.int8), np.round(score, 3).astype(np.float32))


def _list_sites(true: Sites, settings: PlantSettings, random: np.random.Generator) -> Sites:
    """The sites as an experiment would list them: some missing, some off by a few bases, some false."""
    n = len(true)
    kept = true.take(np.sort(random.permutation(n)[: n - round(settings.missing * n)]))
    moved = random.permutation(len(kept))[: round(settings.jittered * len(kept))]
    position = kept.position.copy()
    position[moved] += random.choice((-2, -1, 1, 2), size=len(moved))
    low, high = settings.margin, settings.length - settings.margin
    false = random.integers(low, high, size=round(settings.false * n))
    extra = _add_scores(false, random.choice((-1, 1), size=len(false)), np.full(len(false), -1.0), random)
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
    """Place sites at random positions of their contig, so that nothing can be learned from them.

    Each strand keeps its number of sites.

    Parameters
    ----------
    sites
        Sites of one contig; their strengths are kept.
    length
        Length of the contig in nucleotides.
    seed
        Seed of the random positions.
    margin
        Nucleotides at each end that stay without sites.

    Returns
    -------
    Sites
        By position.
    """
    random = np.random.default_rng(np.random.SeedSequence(seed).spawn(5)[4])
    position = np.zeros(len(sites), np.int64)
    for strand in (1, -1):
        mine = sites.strand == strand
        position[mine] = margin + random.choice(length - 2 * margin, size=int(mine.sum()), replace=False)
    order = np.lexsort((sites.strand, position))
    return Sites(sites.contig, position, sites.strand, sites.strength).take(order)


def _elements(rows: list[tuple[int, int, str, int, int, int]], contig: str) -> Regions:
    """The planted elements as regions, sorted by position."""
    start, end, name, strand, distance, site = (list(c) for c in zip(*sorted(rows), strict=True)) if rows else ([],) * 6
    n, ints = len(rows), np.int64
    unknown = np.full(n, np.nan)
    return Regions(
        (contig,), np.zeros(n, np.int32), np.array(start, ints), np.array(end, ints), np.array(name, str),
        np.array(strand, np.int8),
        np.ones(n), np.array(distance, ints), np.array(site, ints), unknown, unknown,
    )  # fmt: skip
