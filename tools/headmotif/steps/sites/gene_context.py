"""The genes around each site: the gene that it may start, its distance from it, and the genes that contain it.

The first base of a coding gene is that of its start codon. From the +1 to the base before it is the 5' UTR.
"""

from dataclasses import dataclass

import numpy as np

from ...data import Contigs, GeneTable, Sites
from ..sequence.windows import flip
from .genomic_class import CLASSES, REACH, UPSTREAM, classes, cover

NONE = -1
LEADERLESS = 5
"""Longest 5' UTR, in nucleotides, of a leaderless transcript (Cortes et al. 2013, Cell Reports 5:1121)."""


@dataclass(frozen=True, eq=False)
class Context:
    """The genes around each site; genes are rows of the gene table, `NONE` where there is none.

    A leaderless site lies inside its gene, and a site inside a gene may also lie before another one. Of several genes
    that contain a site, the one that begins last on its own strand is given.

    Attributes
    ----------
    site_class
        uint8 (sites,), index into `genomic_class.CLASSES`.
    gene
        int64 (sites,), the next gene of the site's strand, with its first base at the +1 or downstream.
    utr
        int64 (sites,), nucleotides from the +1 to the base before that gene; 0 if they begin together, `NONE` without a
        gene.
    internal_to
        int64 (sites,), the gene of the site's strand that contains it.
    antisense_to
        int64 (sites,), the gene of the other strand that contains it.
    """

    site_class: np.ndarray
    gene: np.ndarray
    utr: np.ndarray
    internal_to: np.ndarray
    antisense_to: np.ndarray


def context(genes: GeneTable, contigs: Contigs, sites: Sites, reach: int = REACH) -> Context:
    """Find the genes around sites.

    Of genes with the same first base the first in the table counts. Circular contigs continue over the origin.

    Parameters
    ----------
    genes
        The genes.
    contigs
        The contigs that genes and sites lie on.
    sites
        The sites.
    reach
        Longest 5' UTR in nucleotides, which is also how far upstream of a gene the class `upstream` goes.

    Returns
    -------
    Context
        One row for each site, in the order of `sites`.
    """
    row, place = (
        (sites.strand < 0).astype(np.int64),
        contigs.place(sites.contig, sites.position),
    )
    gene, utr = _find_downstream(genes, contigs, sites, reach)
    within = _find_within(genes, contigs)
    of_class = classes(genes.spans, contigs, reach)[row, place]
    return Context(of_class, gene, utr, within[row, place].astype(np.int64), within[1 - row, place].astype(np.int64))


def site_classes(found: Context, strength: np.ndarray) -> list[str]:
    """Name the class of each site as dRNA-seq papers do.

    Of the sites upstream of one gene, the strongest is its primary site (of equal ones the first), and the others are
    secondary. A site at most `LEADERLESS` nt before the first base of its gene is leaderless. All others are internal,
    antisense or orphan, as in `genomic_class.classes`.

    Parameters
    ----------
    found
        The genes around the sites.
    strength
        float (sites,), such as P or a read count.

    Returns
    -------
    list of str
        One word per site: `primary`, `secondary`, `leaderless`, `internal`, `antisense` or `orphan`.
    """
    words = [CLASSES[number] for number in found.site_class]
    primary: dict[int, int] = {}
    for site in np.argsort(-np.nan_to_num(strength, nan=-np.inf), kind="stable").tolist():
        if 0 <= found.utr[site] <= LEADERLESS:
            words[site] = "leaderless"
        elif found.site_class[site] == UPSTREAM:
            words[site] = "primary" if primary.setdefault(int(found.gene[site]), site) == site else "secondary"
    return words


def find_first_bases(genes: GeneTable, contigs: Contigs) -> np.ndarray:
    """Find the first base of each gene.

    Parameters
    ----------
    genes
        The genes.
    contigs
        The contigs.

    Returns
    -------
    numpy.ndarray
        int64 (genes,), oriented positions, 0-based; on circular contigs modulo the length.
    """
    length, circular = contigs.lengths[genes.contig], contigs.circular[genes.contig]
    place = flip(genes.first_base, genes.strand, length)
    return np.where(circular, place % np.maximum(length, 1), place)


def _find_downstream(genes: GeneTable, contigs: Contigs, sites: Sites, reach: int) -> tuple[np.ndarray, np.ndarray]:
    """The next gene of each site's strand and the number of nucleotides before it."""
    gene, utr = np.full((2, len(sites)), NONE, np.int64)
    first = find_first_bases(genes, contigs)
    at = flip(sites.position, sites.strand, contigs.lengths[sites.contig])
    for number, contig in enumerate(contigs):
        for strand in (1, -1):
            mine = np.flatnonzero((genes.contig == number) & (genes.strand == strand))
            asked = np.flatnonzero((sites.contig == number) & (sites.strand == strand))
            if not len(mine) or not len(asked):
                continue
            mine = mine[np.argsort(first[mine], kind="stable")]
            begin = first[mine]
            if contig.circular:
                mine, begin = np.tile(mine, 2), np.concatenate([begin, begin + contig.length])
            following = np.searchsorted(begin, at[asked])
            near = following < len(begin)
            following, asked = following[near], asked[near]
            far = begin[following] - at[asked]
            gene[asked[far <= reach]], utr[asked[far <= reach]] = mine[following[far <= reach]], far[far <= reach]
    return gene, utr


def _find_within(genes: GeneTable, contigs: Contigs) -> np.ndarray:
    """The gene that contains each nucleotide, by strand, int32 (2, N); rows and coordinates as in `classes`."""
    begin = contigs.start
    found = np.full((2, begin[-1]), NONE, np.int32)
    length = np.where(contigs.circular, contigs.lengths, np.iinfo(np.int64).max)[genes.contig]
    over = np.flatnonzero(genes.end > length)  # a gene over the origin is also written with its start before position 0
    gene = np.concatenate([np.arange(len(genes)), over])
    turn = np.concatenate([np.zeros(len(genes), np.int64), length[over]])
    start, end = genes.start[gene] - turn, genes.end[gene] - turn
    along = np.where(genes.strand[gene] > 0, start, -end)
    for row in np.lexsort((-gene, along)).tolist():  # a later gene overwrites an earlier one
        contig, which = int(genes.contig[gene[row]]), int(gene[row])
        span = found[int(genes.strand[which] < 0), begin[contig] : begin[contig + 1]]
        cover(span, int(start[row]), int(end[row]), False, which)
    return found
