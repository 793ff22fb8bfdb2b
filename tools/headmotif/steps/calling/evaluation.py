"""Predictions against true sites: tracks by their ranking of nucleotides, calls by what they find, exactly and within a
few nucleotides.

Every score has its prevalence beside it, and a 95 % interval by blocks of the genome. Scores are told for all, by
contig, and by class of place (`genomic_class`): a class's sites stand against all nucleotides that are no site, calls
against the calls at places of the class.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...alphabet import N
from ...data import Contigs, Genome, Sites
from ..sites.matching import match
from ..statistics import bootstrap, metrics
from ..statistics.bootstrap import Interval, Ranked
from ..statistics.metrics import Score, score, score_groups
from . import local_maxima

ALL = "all"
NAN = float("nan")
NOTHING = Interval(NAN, NAN, NAN)


@dataclass(frozen=True, eq=False)
class Task:
    """What is to be found: label uint8 and known bool, what may be scored, both (2, N); groups: by measure, the class
    or fifth of each site, int8 (2, N), and their names; block int64 (N,), numbered from 0 among `blocks` that hold a
    known position (-1: none); weight (draws, blocks).
    """

    contigs: Contigs
    label: np.ndarray
    known: np.ndarray
    groups: tuple[tuple[np.ndarray, tuple[str, ...]], ...]
    block: np.ndarray
    weight: np.ndarray


@dataclass(frozen=True)
class Row:
    """Scores of one prediction on one contig (or all), one class of places (or all), exactly (within 0) or within so
    many nucleotides.

    positions: nucleotides scored, both strands; prevalence: sites over positions. average_precision, precision, recall
    and f1 with the limits of their 95 % intervals. Of tracks, areas come from all nucleotides (within 0) or all local
    maxima; precision, recall and f1 from those that are no lower than threshold. NaN where a score does not apply.
    """

    prediction: str
    kind: str
    contig: str
    place: str
    within: int
    roc_auc: float
    average_precision: Interval
    threshold: float
    calls: int
    right: int
    precision: Interval
    recall: Interval
    f1: Interval
    sites: int
    positions: int
    prevalence: float


def task(
    contigs: Contigs,
    label: np.ndarray,
    known: np.ndarray,
    groups: Sequence[tuple[np.ndarray, tuple[str, ...]]],
    times: int,
) -> Task:
    """label, known: (2, N); groups: as in `Task`; times: draws of the bootstrap."""
    block, some = bootstrap.blocks(contigs), known.any(axis=0)
    used, block[some] = np.unique(block[some], return_inverse=True)
    block[~some] = -1
    return Task(contigs, label, known, tuple(groups), block, bootstrap.draws(max(len(used), 1), times))


def truth(
    genome: Genome, sites: Sites, region: np.ndarray, place: tuple[np.ndarray, tuple[str, ...]] | None, times: int
) -> Task:
    """The task of finding sites in a region, bool (N,), N left out; place: each nucleotide's class, int8 (2, N), and
    the classes' names."""
    label = np.zeros((2, len(genome.base)), np.uint8)
    label[(sites.strand < 0).astype(np.int64), genome.contigs.place(sites.contig, sites.position)] = 1
    known = np.broadcast_to(region & (genome.base != N), label.shape)
    return task(genome.contigs, label, known, [place] if place else [], times)


def measured(p: np.ndarray, at: Task, within: Sequence[int]) -> dict[str, tuple[Score, Ranked]]:
    """P, (2, N), scored on a task: by measure (exact, "within 2", the groups' names) the score, and what its interval
    is drawn from.

    Within d nt there is no ROC-AUC.
    """
    known = at.known & np.isfinite(p)
    found, ranking, blocks = at.label[known] == 1, p[known], at.weight.shape[1]
    block = np.broadcast_to(at.block, known.shape)[known]
    exact = score(found, ranking)
    scores = {"exact": (exact, bootstrap.ranked(found, ranking, block, blocks))}
    sites = np.bincount(block[found], minlength=blocks)
    for d in within:
        calls = local_maxima.calls(p, at.label, at.contigs, d, at.known)
        hit = calls.claimed >= 0
        of_call = at.block[np.where(hit, calls.claimed, calls.place)]
        of_d = Score(NAN, calls.average_precision, exact.prevalence, exact.positions, exact.sites)
        scores[f"within {d}"] = of_d, bootstrap.ranked(hit, calls.probability, of_call, blocks, sites)
    for group, names in at.groups:
        group = group[known]
        for i, (name, one) in enumerate(zip(names, score_groups(found, ranking, group, len(names)), strict=True)):
            kept = ~found | (group == i)
            scores[name] = one, bootstrap.ranked(found[kept], ranking[kept], block[kept], blocks)
    return scores


@dataclass(frozen=True, eq=False)
class Claims:
    """Calls, and whether each is right: row and place, of its site where it is right, strength, and hit, bool; all
    (calls,)."""

    row: np.ndarray
    place: np.ndarray
    strength: np.ndarray
    hit: np.ndarray

    def take(self, rows: np.ndarray) -> "Claims":
        return Claims(self.row[rows], self.place[rows], self.strength[rows], self.hit[rows])


def claims(calls: Sites, at: Task, d: int) -> Claims:
    """Calls paired one to one with the true sites within d nt. Where the site, or the place of a wrong call, is not
    scored, neither is the call. Where strengths are missing they are taken as the lowest."""
    sites = Sites.at(at.contigs, *np.nonzero(at.label == 1))
    row, place = (calls.strand < 0).astype(np.int64), at.contigs.place(calls.contig, calls.position)
    pairs, hit = match(calls, sites, at.contigs, d), np.zeros(len(calls), bool)
    hit[pairs.first] = True
    place[pairs.first] = at.contigs.place(sites.contig, sites.position)[pairs.second]
    strength = np.where(np.isfinite(calls.strength), calls.strength, -np.inf)
    return Claims(row, place, strength, hit).take(at.known[row, place])


def of_track(p: np.ndarray, at: Task, d: int) -> Claims:
    """The local maxima of a track within d nt, each with the site it claims, the highest first; with d 0 every
    nucleotide is a call."""
    if d:
        calls = local_maxima.calls(p, at.label, at.contigs, d, at.known)
        hit = calls.claimed >= 0
        return Claims(calls.row, np.where(hit, calls.claimed, calls.place), calls.probability, hit)
    row, place = np.nonzero(at.known & np.isfinite(p))
    return Claims(row, place, p[row, place], at.label[row, place] == 1)


def curve(found: Claims, at: Task, others: int = 0) -> dict[str, np.ndarray]:
    """Precision and recall at falling thresholds (`metrics.curve`), and the share of nucleotides without a site that is
    called.

    others: those nucleotides; 0 where a call is more than a nucleotide: that share is NaN.
    """
    columns = metrics.curve(found.hit, found.strength, int(((at.label == 1) & at.known).sum()))
    wrong = columns["calls"] - columns["right"]
    return {**columns, "false_positive_rate": wrong / others if others > 0 else np.full(len(wrong), NAN)}


def thinned(columns: dict[str, np.ndarray], steps: int = 200) -> dict[str, np.ndarray]:
    """A curve's rows where the recall has grown by one part in so many since the last kept, and its end."""
    grown = np.floor(columns["recall"] * steps)
    kept = np.diff(grown, prepend=-1) > 0
    kept[-1:] = True
    return {name: column[kept] for name, column in columns.items()}


def score_calls(name: str, calls: Sites, at: Task, d: int) -> list[Row]:
    """Rows for calls whose strength ranks them (no average precision where it does not differ)."""
    rows: list[Row] = []
    for contig, part, mine in _parts(at):
        here = calls.take(np.isin(calls.contig, mine))
        here = replace(here, contig=here.contig - mine[0])
        for within in dict.fromkeys((0, d)):
            found = claims(here, part, within)
            ranks = found if len(np.unique(found.strength)) > 1 else None
            rows += _rows(Row(name, "calls", contig, ALL, within, NAN, *_BLANK), part, ranks, found)
    return rows


def score_track(name: str, p: np.ndarray, at: Task, d: int, threshold: float) -> list[Row]:
    """Rows for a track, float (2, N), NaN where it is not scored; its calls are the local maxima within d nt, no lower
    than a threshold."""
    rows, start = list[Row](), at.contigs.start
    for contig, part, mine in _parts(at):
        here = p[:, start[mine[0]] : start[mine[-1] + 1]]
        part = replace(part, known=part.known & np.isfinite(here))
        calls = local_maxima.called(here, part.contigs, threshold, d)
        scored = measured(here, part, ())
        for within in dict.fromkeys((0, d)):
            blank = replace(Row(name, "track", contig, ALL, within, NAN, *_BLANK), threshold=threshold)
            of_part = _rows(blank, part, of_track(here, part, within) if within else None, claims(calls, part, within))
            rows += of_part if within else [_with_areas(row, scored, part) for row in of_part]
    return rows


_BLANK = (NOTHING, NAN, 0, 0, NOTHING, NOTHING, NOTHING, 0, 0, NAN)


def _with_areas(row: Row, scored: dict[str, tuple[Score, Ranked]], at: Task) -> Row:
    one, ranked = scored["exact" if row.place == ALL else row.place]
    area = bootstrap.mean([ranked], at.weight)
    return replace(row, roc_auc=one.roc_auc, average_precision=area, positions=one.positions, prevalence=one.prevalence)


def _parts(at: Task) -> Iterator[tuple[str, Task, list[int]]]:
    """All, and each contig with a site to be found where there are several: name, task, and indices of its contigs, in
    a row."""
    yield ALL, at, list(range(len(at.contigs)))
    end = at.contigs.start[1:].tolist()
    spans = [slice(b - c.length, b) for b, c in zip(end, at.contigs, strict=True)]
    some = [i for i, span in enumerate(spans) if (at.label[:, span] == 1)[at.known[:, span]].any()]
    for i in some if len(some) > 1 else ():
        groups = [(group[:, spans[i]], names) for group, names in at.groups]
        contig, times = at.contigs[i], len(at.weight)
        yield contig.name, task(Contigs([contig]), at.label[:, spans[i]], at.known[:, spans[i]], groups, times), [i]


def _rows(blank: Row, at: Task, ranking: Claims | None, chosen: Claims) -> Iterator[Row]:
    """A row for all places, and one for each class. ranking: what average precision is of; chosen: what precision and
    recall are of."""
    site_row, site_place = np.nonzero((at.label == 1) & at.known)
    positions = int(at.known.sum())
    for place, inside in _classes(at):
        blocks = at.weight.shape[1]
        mine = inside(site_row, site_place)
        sites = np.bincount(at.block[site_place[mine]], minlength=blocks)
        calls = chosen.take(inside(chosen.row, chosen.place))
        n, right = (np.bincount(at.block[calls.place[rows]], minlength=blocks) for rows in (slice(None), calls.hit))
        area = NOTHING
        if ranking:
            ranks = ranking.take(inside(ranking.row, ranking.place))
            ranked = bootstrap.ranked(ranks.hit, ranks.strength, at.block[ranks.place], blocks, sites)
            area = bootstrap.mean([ranked], at.weight)
        precision, recall, f1 = bootstrap.found(right, n, sites, at.weight)
        yield replace(
            blank,
            place=place,
            average_precision=area,
            calls=int(n.sum()),
            right=int(right.sum()),
            precision=precision,
            recall=recall,
            f1=f1,
            sites=int(mine.sum()),
            positions=positions,
            prevalence=int(mine.sum()) / positions if positions else NAN,
        )


Inside = Callable[[np.ndarray, np.ndarray], np.ndarray]


def _classes(at: Task) -> Iterator[tuple[str, Inside]]:
    """The name of each class of places, all first, and what tells whether rows and places are of it: bool."""
    yield ALL, lambda row, place: np.ones(len(row), bool)
    for group, names in at.groups:
        for i, name in enumerate(names):
            yield name, _of_class(group, i)


def _of_class(group: np.ndarray, i: int) -> Inside:
    return lambda row, place: group[row, place] == i
