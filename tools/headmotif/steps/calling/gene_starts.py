"""The start of each gene's transcript: the best call before it or, without one, the best position that was not called.

A call belongs to the next gene downstream on its strand, as in the table of calls. So a gene has the positions from
`REACH` nt upstream to its first base, but none at or before the first base of the gene before it.
"""

from collections.abc import Callable, Sequence

import numpy as np

from ...alphabet import N
from ...data import Contigs, GeneTable, Genome, Predicted, Sites
from ..sites.gene_context import LEADERLESS, find_first_bases
from ..sites.genomic_class import REACH
from .call_columns import Elements, describe_elements

NONE = -1
Score = Callable[[np.ndarray], np.ndarray]
"""P, float32 (2, N), at positions of which the mask bool (2, N) is given."""


def tabulate(found: Predicted, genes: GeneTable, elements: Elements, score: Score) -> dict[str, Sequence[object]]:
    """Make the table of genes.

    P of positions that were not called is computed where a screen left it out.

    Parameters
    ----------
    found
        The calls of the genome.
    genes
        Its genes.
    elements
        The motifs of the -35 and of the -10 element.
    score
        Computes P.

    Returns
    -------
    dict
        Columns by name, a row for each gene in their order; "" where there is no value.
    """
    genome, contigs = found.genome, found.genome.contigs
    length = measure_upstream(genes, contigs)
    best, others = _choose_calls(found.calls, genes, contigs, length)
    places = list_upstream(genes, contigs, length)
    empty = np.flatnonzero(best < 0)
    rest = _choose_positions(found, genes, places, empty, score)
    utr, p = np.full(len(genes), NONE), np.full(len(genes), np.nan)
    called = np.flatnonzero(best >= 0)
    utr[called] = _measure_utr(found.calls.position[best[called]], genes.take(called), contigs)
    p[called] = found.calls.strength[best[called]]
    utr[empty], p[empty] = rest
    there = utr >= 0
    position = np.where(there, _step_up(genes, contigs, np.maximum(utr, 0)), NONE)
    starts = Sites(genes.contig, position, genes.strand, p.astype(np.float32)).take(there)
    return {
        "contig": [contigs.names[index] for index in genes.contig],
        "start": genes.start.tolist(),
        "end": genes.end.tolist(),
        "strand": ["+" if sign > 0 else "-" for sign in genes.strand],
        "gene": list(genes.name),
        "locus_tag": list(genes.locus_tag or [""] * len(genes)),
        "kind": list(genes.kind),
        "tss": [str(at) if at >= 0 else "" for at in position.tolist()],
        "called": ["" if utr[i] < 0 else "yes" if best[i] >= 0 else "no" for i in range(len(genes))],
        "probability": [f"{x:.4g}" if x == x else "" for x in p],
        "utr5_nt": [str(n) if n >= 0 else "" for n in utr.tolist()],
        "leaderless": ["yes" if 0 <= n <= LEADERLESS else "no" if n >= 0 else "" for n in utr.tolist()],
        "other_calls": others.tolist(),
        **_spread(describe_elements(genome, starts, elements), there),
    }


def describe(columns: dict[str, Sequence[object]]) -> str:
    """Count the genes with and without a call, in words.

    Parameters
    ----------
    columns
        The table of genes.

    Returns
    -------
    str
        A line for the user.
    """
    count = {word: columns["called"].count(word) for word in ("yes", "no", "")}
    total = len(columns["called"])
    words = f"{count['yes']:,} of {total:,} genes have a call at most {REACH} nt upstream"
    words += f"; for {count['no']:,} the table has the best position, which is no call"
    return words + (f"; {count['']:,} have no known base upstream, and their cells are empty" if count[""] else "")


def measure_upstream(genes: GeneTable, contigs: Contigs) -> np.ndarray:
    """Count the positions before each gene that belong to it.

    Parameters
    ----------
    genes
        The genes.
    contigs
        The contigs.

    Returns
    -------
    numpy.ndarray
        int64 (genes,), 0 to `REACH`: how far upstream of its first base a start may lie.
    """
    first = find_first_bases(genes, contigs)
    room = np.full(len(genes), REACH, np.int64)
    for contig, strand in np.unique(np.stack([genes.contig, genes.strand]), axis=1).T.tolist():
        mine = np.flatnonzero((genes.contig == contig) & (genes.strand == strand))
        known, length = np.unique(first[mine]), contigs[contig].length
        before = np.concatenate([known[-1:] - length if contigs[contig].circular else known[:1] * 0 - 1, known])
        room[mine] = np.minimum(REACH, first[mine] - before[np.searchsorted(known, first[mine])] - 1)
    return room


def list_upstream(genes: GeneTable, contigs: Contigs, length: np.ndarray) -> np.ndarray:
    """List the positions that belong to each gene.

    Parameters
    ----------
    genes
        The genes.
    contigs
        The contigs.
    length
        int64 (genes,), from `measure_upstream`.

    Returns
    -------
    numpy.ndarray
        int64 (genes, REACH + 1), + coordinates in the contig by distance from the first base; -1 where none belongs.
    """
    far = np.arange(REACH + 1)
    return np.where(far <= length[:, None], _step_up(genes, contigs, far[None, :]), NONE)


def _step_up(genes: GeneTable, contigs: Contigs, far: np.ndarray) -> np.ndarray:
    """Positions so far upstream of the first base of each gene, modulo the length of its contig."""
    wide = np.ndim(far) > 1
    first, strand, length = (
        column[:, None] if wide else column
        for column in (
            genes.first_base,
            genes.strand.astype(np.int64),
            contigs.lengths[genes.contig],
        )
    )
    return np.asarray((first - far * strand) % length)


def _measure_utr(position: np.ndarray, genes: GeneTable, contigs: Contigs) -> np.ndarray:
    """Nucleotides from a position to the base before the first base of its gene, int64 (genes,)."""
    return np.asarray((genes.first_base - position) * genes.strand.astype(np.int64) % contigs.lengths[genes.contig])


def _choose_calls(
    calls: Sites, genes: GeneTable, contigs: Contigs, length: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The call with the highest P of each gene, `NONE` without one, and the number of its other calls.

    Of equal ones the one further upstream counts.
    """
    best, number = np.full(len(genes), NONE), np.zeros(len(genes), np.int64)
    by_place = {key: row for row, key in enumerate(_list_keys(calls.contig, calls.strand, calls.position))}
    places = list_upstream(genes, contigs, length)
    for gene, (contig, strand) in enumerate(zip(genes.contig.tolist(), genes.strand.tolist(), strict=True)):
        for place in places[gene, length[gene] :: -1].tolist():
            row = by_place.get((contig, strand, place), NONE)
            if row >= 0:
                number[gene] += 1
                if best[gene] < 0 or calls.strength[row] > calls.strength[best[gene]]:
                    best[gene] = row
    return best, np.maximum(number - 1, 0)


def _list_keys(*columns: np.ndarray) -> list[tuple[int, ...]]:
    return list(zip(*(column.tolist() for column in columns), strict=True))


def _choose_positions(
    found: Predicted, genes: GeneTable, places: np.ndarray, rows: np.ndarray, score: Score
) -> tuple[np.ndarray, np.ndarray]:
    """The distance and P of the best position before each gene of the rows: -1 and NaN where no base is known."""
    genome = found.genome
    there = places[rows] >= 0
    strand = np.broadcast_to((genes.strand[rows] < 0).astype(np.int64)[:, None], there.shape)
    joined = genome.contigs.place(genes.contig[rows][:, None], np.maximum(places[rows], 0))
    p = _complete(found, genome, strand[there], joined[there], score)
    known = np.where(there, p[strand, joined], np.nan)
    height = np.where(np.isnan(known), -1.0, known)
    far = height.argmax(axis=1) if len(rows) else np.zeros(0, np.int64)
    highest = height[np.arange(len(rows)), far]
    return np.where(highest >= 0, far, NONE), np.where(highest >= 0, highest, np.nan)


def _complete(found: Predicted, genome: Genome, strand: np.ndarray, joined: np.ndarray, score: Score) -> np.ndarray:
    """P of the genome, also at positions where the screen left it out: float32 (2, N)."""
    wanted = np.zeros(found.probability.shape, bool)
    wanted[strand, joined] = True
    wanted &= np.isnan(found.probability) & (genome.base != N)
    if not wanted.any():
        return found.probability
    return np.where(wanted, score(wanted), found.probability)


def _spread(columns: dict[str, list[str]], there: np.ndarray) -> dict[str, Sequence[object]]:
    """Columns of some rows as columns of all, "" in the others."""
    row = np.where(there, np.cumsum(there) - 1, NONE).tolist()
    return {name: [values[i] if i >= 0 else "" for i in row] for name, values in columns.items()}
