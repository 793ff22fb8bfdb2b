"""Score predictions against true sites.

Tracks are scored by their ranking of nucleotides, and calls by the sites that they find, exactly and within a few
nucleotides. Every score stands beside its site density and has a 95 % interval from blocks of the genome. Scores are
given for the whole genome, by contig, and by site class (`genomic_class`). For a class, its sites stand against all
nucleotides without a site, and calls against the calls at positions of the class.
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
Grouping = tuple[np.ndarray, tuple[str, ...]]
"""A group for each position, int8 (2, N), and the names of the groups."""


@dataclass(frozen=True, eq=False)
class Task:
    """The sites that are to be found.

    Attributes
    ----------
    contigs, label, known
        The contigs; uint8 (2, N), 1 at sites; and bool (2, N), the positions that are scored.
    groups
        Groupings of the sites, such as site classes.
    block
        int64 (N,), the block of each nucleotide, numbered from 0 among those that hold a known position; -1: none.
    weight
        (draws, blocks), how often each draw of the bootstrap takes each block.
    """

    contigs: Contigs
    label: np.ndarray
    known: np.ndarray
    groups: tuple[Grouping, ...]
    block: np.ndarray
    weight: np.ndarray


@dataclass(frozen=True)
class Row:
    """Scores of a prediction, for one contig or all, one site class or all, and one window.

    For tracks, areas come from all nucleotides (window 0) or all local maxima, and the rest from those that reach the
    threshold. Values that do not apply are NaN.

    Attributes
    ----------
    prediction, kind, contig, site_class
        Its name; `calls` or `track`; contig name or `all`; site class or `all`.
    window_nt
        Largest distance in nt between a call and its site; 0: exactly.
    roc_auc, average_precision, precision, recall, f1
        Values; all but the first have 95 % intervals.
    threshold, calls, true_positives
        Lowest P of a call of a track; number of calls, and of those that find a site.
    sites, positions, site_density
        Number of sites; nucleotides scored, both strands; sites over positions.
    """

    prediction: str
    kind: str
    contig: str
    site_class: str
    window_nt: int
    roc_auc: float
    average_precision: Interval
    threshold: float
    calls: int
    true_positives: int
    precision: Interval
    recall: Interval
    f1: Interval
    sites: int
    positions: int
    site_density: float


def task(contigs: Contigs, label: np.ndarray, known: np.ndarray, groups: Sequence[Grouping], times: int) -> Task:
    """Make a task from labels.

    Parameters
    ----------
    contigs, label, known, groups, times
        As in `Task`, and the draws of the bootstrap.

    Returns
    -------
    Task
        The task.
    """
    block, some = bootstrap.blocks(contigs), known.any(axis=0)
    used, block[some] = np.unique(block[some], return_inverse=True)
    block[~some] = -1
    return Task(contigs, label, known, tuple(groups), block, bootstrap.draws(max(len(used), 1), times))


def truth(genome: Genome, sites: Sites, region: np.ndarray, place: Grouping | None, times: int) -> Task:
    """Make the task of finding sites in a region, without positions on N.

    Parameters
    ----------
    genome, sites, region, times
        The genome; its true sites; bool (N,), the region; and the draws of the bootstrap.
    place
        The site classes, or None.

    Returns
    -------
    Task
        The task.
    """
    label = np.zeros((2, len(genome.base)), np.uint8)
    label[(sites.strand < 0).astype(np.int64), genome.contigs.place(sites.contig, sites.position)] = 1
    known = np.broadcast_to(region & (genome.base != N), label.shape)
    return task(genome.contigs, label, known, [place] if place else [], times)


def measure(p: np.ndarray, at: Task, within: Sequence[int]) -> dict[str, tuple[Score, Ranked]]:
    """Score P on a task.

    Parameters
    ----------
    p, at, within
        P, (2, N), NaN where it is not scored; the task; and windows in nt.

    Returns
    -------
    dict
        Score and ranking (for its interval) by name: `exact`, `within 2` (without ROC-AUC), and the names of the
        groups.
    """
    known = at.known & np.isfinite(p)
    found, ranking, blocks = at.label[known] == 1, p[known], at.weight.shape[1]
    block = np.broadcast_to(at.block, known.shape)[known]
    exact = score(found, ranking)
    scores = {"exact": (exact, bootstrap.rank(found, ranking, block, blocks))}
    sites = np.bincount(block[found], minlength=blocks)
    for d in within:
        calls = local_maxima.calls(p, at.label, at.contigs, d, at.known)
        hit = calls.claimed >= 0
        of_call = at.block[np.where(hit, calls.claimed, calls.place)]
        of_d = Score(NAN, calls.average_precision, exact.prevalence, exact.positions, exact.sites)
        scores[f"within {d}"] = of_d, bootstrap.rank(hit, calls.probability, of_call, blocks, sites)
    for group, names in at.groups:
        group = group[known]
        for i, (name, one) in enumerate(zip(names, score_groups(found, ranking, group, len(names)), strict=True)):
            kept = ~found | (group == i)
            scores[name] = one, bootstrap.rank(found[kept], ranking[kept], block[kept], blocks)
    return scores


@dataclass(frozen=True, eq=False)
class Claims:
    """Calls, and whether each finds a site.

    Attributes
    ----------
    row, place
        (calls,), of the site if the call finds one, else of the call, by + coordinates.
    strength, hit
        (calls,), by which calls are ranked; and bool, whether the call finds a site.
    """

    row: np.ndarray
    place: np.ndarray
    strength: np.ndarray
    hit: np.ndarray

    def take(self, rows: np.ndarray) -> "Claims":
        """Take some of the calls.

        Parameters
        ----------
        rows
            Indices, or a mask.

        Returns
        -------
        Claims
            These calls, in the order of `rows`.
        """
        return Claims(self.row[rows], self.place[rows], self.strength[rows], self.hit[rows])


def claims(calls: Sites, at: Task, d: int) -> Claims:
    """Pair calls with true sites, one to one, at most `d` nt apart.

    Parameters
    ----------
    calls, at, d
        The calls (a missing strength counts as the lowest), the task and the distance.

    Returns
    -------
    Claims
        Calls with the sites that they find, without those whose site, or own position if it finds none, is not scored.
    """
    sites = Sites.from_places(at.contigs, *np.nonzero(at.label == 1))
    row, place = (calls.strand < 0).astype(np.int64), at.contigs.place(calls.contig, calls.position)
    pairs, hit = match(calls, sites, at.contigs, d), np.zeros(len(calls), bool)
    hit[pairs.first] = True
    place[pairs.first] = at.contigs.place(sites.contig, sites.position)[pairs.second]
    strength = np.where(np.isfinite(calls.strength), calls.strength, -np.inf)
    return Claims(row, place, strength, hit).take(at.known[row, place])


def claim_maxima(p: np.ndarray, at: Task, d: int) -> Claims:
    """Find the local maxima of a track within `d` nt, and pair each with the site that it finds, the highest P first.

    Parameters
    ----------
    p, at, d
        P, (2, N), NaN where it is not scored; the task; and the radius. With 0 every nucleotide is a call.

    Returns
    -------
    Claims
        The maxima with their sites.
    """
    if d:
        calls = local_maxima.calls(p, at.label, at.contigs, d, at.known)
        hit = calls.claimed >= 0
        return Claims(calls.row, np.where(hit, calls.claimed, calls.place), calls.probability, hit)
    row, place = np.nonzero(at.known & np.isfinite(p))
    return Claims(row, place, p[row, place], at.label[row, place] == 1)


def curve(found: Claims, at: Task, others: int = 0) -> dict[str, np.ndarray]:
    """Compute precision and recall at falling thresholds (`metrics.curve`), and the false positive rate.

    Parameters
    ----------
    found, at, others
        The calls, the task, and the number of nucleotides without a site; 0 if a call is more than a nucleotide, and
        the rate is then NaN.

    Returns
    -------
    dict of numpy.ndarray
        The columns by name.
    """
    columns = metrics.curve(found.hit, found.strength, int(((at.label == 1) & at.known).sum()))
    wrong = columns["calls"] - columns["true_positives"]
    return {**columns, "false_positive_rate": wrong / others if others > 0 else np.full(len(wrong), NAN)}


def thin(columns: dict[str, np.ndarray], steps: int = 200) -> dict[str, np.ndarray]:
    """Keep the rows of a curve where the recall has grown by a step since the last row kept, and the last row.

    Parameters
    ----------
    columns, steps
        The columns of the curve, and the number of steps from a recall of 0 to 1.

    Returns
    -------
    dict of numpy.ndarray
        The columns of the rows kept.
    """
    grown = np.floor(columns["recall"] * steps)
    kept = np.diff(grown, prepend=-1) > 0
    kept[-1:] = True
    return {name: column[kept] for name, column in columns.items()}


def score_calls(name: str, calls: Sites, at: Task, d: int) -> list[Row]:
    """Score calls, ranked by their strength; if all strengths are equal, there is no average precision.

    Parameters
    ----------
    name, calls, at, d
        The prediction's name, its calls, the task, and the window in nt beside 0.

    Returns
    -------
    list of Row
        The rows of the table.
    """
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
    """Score a track; its calls are the local maxima within `d` nt whose P reaches the threshold.

    Parameters
    ----------
    name, p, at, d, threshold
        As in `score_calls`, but with P, float (2, N), NaN where it is not scored.

    Returns
    -------
    list of Row
        The rows of the table.
    """
    rows, start = list[Row](), at.contigs.start
    for contig, part, mine in _parts(at):
        here = p[:, start[mine[0]] : start[mine[-1] + 1]]
        part = replace(part, known=part.known & np.isfinite(here))
        calls = local_maxima.call_sites(here, part.contigs, threshold, d)
        scored = measure(here, part, ())
        for within in dict.fromkeys((0, d)):
            blank = replace(Row(name, "track", contig, ALL, within, NAN, *_BLANK), threshold=threshold)
            ranking = claim_maxima(here, part, within) if within else None
            of_part = _rows(blank, part, ranking, claims(calls, part, within))
            rows += of_part if within else [_add_areas(row, scored, part) for row in of_part]
    return rows


_BLANK = (NOTHING, NAN, 0, 0, NOTHING, NOTHING, NOTHING, 0, 0, NAN)


def _add_areas(row: Row, scored: dict[str, tuple[Score, Ranked]], at: Task) -> Row:
    one, ranked = scored["exact" if row.site_class == ALL else row.site_class]
    area = bootstrap.mean([ranked], at.weight)
    return replace(
        row, roc_auc=one.roc_auc, average_precision=area, positions=one.positions, site_density=one.prevalence
    )


def _parts(at: Task) -> Iterator[tuple[str, Task, list[int]]]:
    """Yield name, task and indices of the contigs, of all and, if several have sites, of each of these."""
    yield ALL, at, list(range(len(at.contigs)))
    end = at.contigs.start[1:].tolist()
    spans = [slice(b - c.length, b) for b, c in zip(end, at.contigs, strict=True)]
    some = [i for i, span in enumerate(spans) if (at.label[:, span] == 1)[at.known[:, span]].any()]
    for i in some if len(some) > 1 else ():
        groups = [(group[:, spans[i]], names) for group, names in at.groups]
        contig, times = at.contigs[i], len(at.weight)
        yield contig.name, task(Contigs([contig]), at.label[:, spans[i]], at.known[:, spans[i]], groups, times), [i]


def _rows(blank: Row, at: Task, ranking: Claims | None, chosen: Claims) -> Iterator[Row]:
    """Yield rows for all classes and each; `ranking` gives average precision, `chosen` precision and recall."""
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
            ranked = bootstrap.rank(ranks.hit, ranks.strength, at.block[ranks.place], blocks, sites)
            area = bootstrap.mean([ranked], at.weight)
        precision, recall, f1 = bootstrap.measure_calls(right, n, sites, at.weight)
        yield replace(
            blank,
            site_class=place,
            average_precision=area,
            calls=int(n.sum()),
            true_positives=int(right.sum()),
            precision=precision,
            recall=recall,
            f1=f1,
            sites=int(mine.sum()),
            positions=positions,
            site_density=int(mine.sum()) / positions if positions else NAN,
        )


Inside = Callable[[np.ndarray, np.ndarray], np.ndarray]


def _classes(at: Task) -> Iterator[tuple[str, Inside]]:
    """Yield the name of each site class, `all` first, with a function that says which rows and places belong to it."""
    yield ALL, lambda row, place: np.ones(len(row), bool)
    for group, names in at.groups:
        for i, name in enumerate(names):
            yield name, _select_class(group, i)


def _select_class(group: np.ndarray, i: int) -> Inside:
    return lambda row, place: group[row, place] == i
