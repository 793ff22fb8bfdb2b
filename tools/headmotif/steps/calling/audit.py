"""The audit of a list of sites with a model: a row for each site, and the list as a whole."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...alphabet import DECODE
from ...data import GeneTable, Genome, Sites
from ..sites import far_shift, gene_context, start_signs
from ..sites.coordinate_checks import cut_around
from .call_columns import Columns, Elements, describe_elements, describe_genes
from .list_audit import ListAudit, count_kinds, measure_above, measure_offsets, split_strands
from .site_scores import Around, Scorer, share_as_high, spread
from .site_verdicts import Evidence, judge

STAGES = 4
"""Parts of the work, for the progress."""
ON_OTHER = 3000
"""Sites whose other strand is read, to see whether the strands are exchanged; of more, some stand for all."""


@dataclass(frozen=True, eq=False)
class Audit:
    """The audit of a list.

    Attributes
    ----------
    columns
        The table, columns by name, a row for each site in the order of the list.
    whole
        The list as a whole.
    """

    columns: dict[str, Sequence[object]]
    whole: ListAudit


@dataclass(frozen=True, eq=False)
class _Scored:
    """Sites with what is known of them."""

    sites: Sites
    known: Evidence
    elements: Columns


def audit(
    scorer: Scorer,
    sites: Sites,
    genes: GeneTable | None,
    elements: Elements,
    seed: int,
    progress: Callable[[int], None] | None = None,
) -> Audit:
    """Audit a list of sites.

    Parameters
    ----------
    scorer
        The model on the genome.
    sites
        The sites.
    genes
        The genes, or None.
    elements
        The motifs of the -35 and of the -10 element.
    seed
        Seed of the positions nearby.
    progress
        Receives the number of parts done, of `STAGES`.

    Returns
    -------
    Audit
        A row for each site, and the list as a whole.
    """
    report = progress or (lambda _done: None)
    genome = scorer.genome
    near = start_signs.draw_nearby(genome, sites, start_signs.count_nearby(sites), seed)
    nearby = scorer.read_around(near)
    report(1)
    mine = _weigh(genome, sites, scorer.read_around(sites), nearby, genes, elements)
    report(2)
    theirs = _weigh(genome, near, nearby, nearby, genes, elements)
    kinds, reasons = judge(mine.known, sites, genome.contigs)
    usual, _ = judge(theirs.known, near, genome.contigs)
    other = scorer.read_around(sites.take(spread(len(sites), ON_OTHER)), other=True)
    report(3)
    starts = scorer.estimate_starts(sites, near)
    plus, minus = (measure_offsets(mine.known.around, mine.known.best_p, rows) for rows in split_strands(sites))
    whole = ListAudit(
        sites=len(sites),
        nearby=len(near),
        plus=plus,
        minus=minus,
        above=measure_above(mine.known.best_p),
        above_other=measure_above(share_as_high(other.best, nearby.best)),
        starts=starts,
        far=far_shift.find(genome, sites),
        kinds=count_kinds(kinds),
        kinds_nearby={kind: n / max(len(near), 1) for kind, n in count_kinds(usual).items()},
    )
    report(STAGES)
    return Audit(_tabulate(genome, genes, mine, kinds, reasons), whole)


def _weigh(
    genome: Genome,
    sites: Sites,
    own: Around,
    nearby: Around,
    genes: GeneTable | None,
    elements: Elements,
) -> _Scored:
    """Collect what is known of each site. The elements are those of the best position."""
    found = describe_elements(genome, _move(genome, sites, own.best_offset), elements)
    before, first, _ = cut_around(genome, sites, 1).T
    letters = DECODE[np.stack([before, first], axis=1)]
    inside = [""] * len(sites)
    if genes is not None:
        rows = gene_context.context(genes, genome.contigs, sites).internal_to
        inside = [(genes.name[row] or "a gene") if row >= 0 else "" for row in rows]
    known = Evidence(
        around=own,
        p=share_as_high(own.here, nearby.here),
        best_p=share_as_high(own.best, nearby.best),
        words=[bytes(pair).decode("ascii") for pair in letters],
        steps=start_signs.find_steps(before, first),
        minus10=found["minus10"],
        minus10_p=np.array([float(p) if p else np.nan for p in found["minus10_p"]]),
        inside=inside,
    )
    return _Scored(sites, known, found)


def _move(genome: Genome, sites: Sites, offset: np.ndarray) -> Sites:
    """The positions at an offset from each site, which lie on the contig or beyond its origin."""
    length = genome.contigs.lengths[sites.contig]
    return replace(sites, position=(sites.position + offset * sites.strand.astype(np.int64)) % length)


def _tabulate(
    genome: Genome, genes: GeneTable | None, found: _Scored, kinds: list[str], reasons: list[str]
) -> dict[str, Sequence[object]]:
    sites, around, known = found.sites, found.known.around, found.known
    names = genome.contigs.names
    columns: dict[str, Sequence[object]] = {
        "contig": [names[index] for index in sites.contig],
        "start": sites.position.tolist(),
        "end": (sites.position + 1).tolist(),
        "strand": ["+" if sign > 0 else "-" for sign in sites.strand],
        "strength": sites.strength.tolist(),
        "verdict": kinds,
        "reason": reasons,
        "probability": around.here.tolist(),
        "p": known.p.tolist(),
        "best_offset_nt": around.best_offset.tolist(),
        "best_probability": around.best.tolist(),
        "best_p": known.best_p.tolist(),
        "first_bases": list(known.words),
        "pyrimidine_purine": ["yes" if step else "" for step in known.steps],
    }
    if genes is not None:
        columns |= describe_genes(genome, genes, replace(sites, strength=around.here))
    return columns | found.elements
