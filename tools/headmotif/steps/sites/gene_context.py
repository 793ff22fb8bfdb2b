"""What genes lie around each site: the gene that it may start, how far before it, and those that it lies inside.

The first base of a gene is that of its start codon for a coding one; from there to the +1 is the 5' UTR.
"""

from dataclasses import dataclass

import numpy as np

from ...data import Contigs, GeneTable, Sites
from ..sequence.windows import flip
from .genomic_class import REACH, classes, cover

NONE = -1


@dataclass(frozen=True, eq=False)
class Context:
    """The genes around each site, columns (sites,); genes are rows of the table, `NONE` where there is none.

    site_class: uint8, an index into `genomic_class.CLASSES`. gene: int64, the next gene of the site's strand, with
    its first base at the +1 or downstream; utr: int64, nucleotides from the +1 to before that base (0: leaderless),
    `NONE` without a gene. inside: int64, the gene of the site's strand that it lies in; antisense: int64, that of
    the other strand; of several, the one that begins last on its own strand. A leaderless site lies inside its
    gene, and a site in a gene may have another gene ahead.
    """

    site_class: np.ndarray
    gene: np.ndarray
    utr: np.ndarray
    inside: np.ndarray
    antisense: np.ndarray


def context(genes: GeneTable, contigs: Contigs, sites: Sites, reach: int = REACH) -> Context:
    """The genes around the sites. reach: the longest 5' UTR, and how far upstream of a gene the class goes. Of genes
    with one first base the table's first counts. Circles go on over the origin."""
    row, place = (
        (sites.strand < 0).astype(np.int64),
        contigs.place(sites.contig, sites.position),
    )
    gene, utr = _downstream(genes, contigs, sites, reach)
    within = _within(genes, contigs)
    of_class = classes(genes.spans, contigs, reach)[row, place]
    return Context(of_class, gene, utr, within[row, place].astype(np.int64), within[1 - row, place].astype(np.int64))


def _first_bases(genes: GeneTable, contigs: Contigs) -> np.ndarray:
    """Oriented places of the genes' first bases, int64 (genes,), on a circle those beyond the origin too."""
    length, circular = contigs.lengths[genes.contig], contigs.circular[genes.contig]
    place = flip(np.where(genes.strand > 0, genes.start, genes.end - 1), genes.strand, length)
    return np.where(circular, place % np.maximum(length, 1), place)


def _downstream(genes: GeneTable, contigs: Contigs, sites: Sites, reach: int) -> tuple[np.ndarray, np.ndarray]:
    """The next gene of each site's strand and how many nucleotides lie before it."""
    gene, utr = np.full((2, len(sites)), NONE, np.int64)
    first = _first_bases(genes, contigs)
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


def _within(genes: GeneTable, contigs: Contigs) -> np.ndarray:
    """int32 (2, N): the gene that each nucleotide lies in, by its strand, rows and coordinates as in `classes`."""
    begin = contigs.start
    found = np.full((2, begin[-1]), NONE, np.int32)
    length = np.where(contigs.circular, contigs.lengths, np.iinfo(np.int64).max)[genes.contig]
    over = np.flatnonzero(genes.end > length)  # what goes over the origin begins before it as well
    gene = np.concatenate([np.arange(len(genes)), over])
    turn = np.concatenate([np.zeros(len(genes), np.int64), length[over]])
    start, end = genes.start[gene] - turn, genes.end[gene] - turn
    along = np.where(genes.strand[gene] > 0, start, -end)
    for row in np.lexsort((-gene, along)).tolist():  # a later one goes over an earlier
        contig, which = int(genes.contig[gene[row]]), int(gene[row])
        span = found[int(genes.strand[which] < 0), begin[contig] : begin[contig + 1]]
        cover(span, int(start[row]), int(end[row]), False, which)
    return found
