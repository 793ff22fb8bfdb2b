"""Score several predictions, tracks and calls, against true sites."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np

from ...data import Genome, Sites
from ...errors import InputError
from ..sites import genomic_class
from ..statistics.bootstrap import Interval
from ..training import split
from . import evaluation
from .evaluation import ALL, Row, Task

CURVES = (2, 5)
"""Windows in nt for which curves are made, beside the exact one and the one asked for."""
HIGHEST_P = 1 + 1e-6
"""P may exceed 1 by rounding."""
FEW = 20
"""With fewer true sites, nothing is said of the strands."""
SWAPPED = 2 / 3
"""If more of the true sites have a higher value on the other strand than on their own, the strands may be exchanged."""
Say = Callable[[str], None]
"""Writes a message for the user."""


@dataclass(frozen=True)
class Scoring:
    """How predictions are scored.

    Attributes
    ----------
    within
        Largest distance in nt between a call and its site.
    threshold
        Lowest P of a call of a track; None: that with the largest F1.
    missing
        P where a track has no value; None: such positions are not scored.
    curves
        Whether the curves will be used.
    """

    within: int
    threshold: float | None
    missing: float | None
    curves: bool

    @property
    def distances(self) -> list[int]:
        """The windows in nt for which everything is scored."""
        return sorted({0, self.within, *(CURVES if self.curves else ())})


def truth(genome: Genome, true: Sites, regions: Sequence[str], genes: np.ndarray | None, draws: int, say: Say) -> Task:
    """Make the task that predictions are scored on.

    Parameters
    ----------
    genome
        The genome.
    true
        The true sites.
    regions
        Regions that are scored, `contig:first-last`, 1-based, closed; none: the whole genome.
    genes
        int64 (genes, 4), contig, start, end and strand, from which site classes are made; None: no classes.
    draws
        Draws of the bootstrap.
    say
        Writes a message for the user.

    Returns
    -------
    Task
        The task.

    Raises
    ------
    InputError
        If no true site is left to be found.
    """
    region = np.ones(len(genome.base), bool)
    if regions:
        region = split.parts(genome, [], [split.parse_stretch(genome, text) for text in regions]) == split.TEST
    place = None
    if genes is not None:
        place = (genomic_class.classes(genes, genome.contigs).astype(np.int8), genomic_class.CLASSES)
    at = evaluation.truth(genome, true, region, place, draws)
    left = int(((at.label == 1) & at.known).sum())
    if not left:
        raise InputError(
            "no true site is left to be found: all of them lie outside --region or on N; check --truth and --region"
        )
    if left < len(true):
        say(f"truth: {len(true) - left:,} sites outside the region, or on N, are not scored")
    return at


def scores(
    names: Sequence[str],
    calls: Mapping[str, Sites],
    tracks: Mapping[str, Callable[[], np.ndarray]],
    at: Task,
    how: Scoring,
    say: Say,
) -> tuple[list[Row], dict[str, list]]:
    """Score all predictions, in the order of their names.

    Parameters
    ----------
    names
        Names of the predictions, each in `calls` or in `tracks`.
    calls
        Sets of calls by name.
    tracks
        Functions by name that read a track, float32 (2, N), NaN where it has no value; each is called when its turn
        comes.
    at
        The task.
    how
        How predictions are scored.
    say
        Writes a message for the user.

    Returns
    -------
    tuple
        The rows of scores, and the columns of the curves by name.

    Raises
    ------
    InputError
        If a track has no value at any position to be scored.
    """
    rows: list[Row] = []
    curves: dict[str, list] = {}
    for name in names:
        if name in tracks:
            p = _track(name, tracks[name](), at, how, say)
            claims = {within: evaluation.claim_maxima(p, at, within) for within in how.distances}
            others = int((~claims[0].hit).sum())
        else:
            claims = {within: evaluation.claims(calls[name], at, within) for within in how.distances}
            others = int((at.known & (at.label != 1)).sum())
        found = {within: evaluation.curve(one, at, 0 if within else others) for within, one in claims.items()}
        for within, one in found.items():
            one = evaluation.thin(one)
            size = len(one["threshold"])
            for column, values in {"prediction": [name] * size, "window_nt": [within] * size, **one}.items():
                curves.setdefault(column, []).extend(np.asarray(values).tolist())
        if name in tracks:
            best = found[how.within]
            chosen = float(best["threshold"][best["f1"].argmax()]) if len(best["f1"]) else 0.0
            rows += evaluation.score_track(name, p, at, how.within, chosen if how.threshold is None else how.threshold)
        else:
            rows += evaluation.score_calls(name, calls[name], at, how.within)
    return rows, curves


def _track(name: str, p: np.ndarray, at: Task, how: Scoring, say: Say) -> np.ndarray:
    """P of a track, or `how.missing` where it has no value; raises InputError if there is nothing to be scored."""
    none = at.known & np.isnan(p)
    if how.missing is not None:
        p = np.where(np.isnan(p), np.float32(how.missing), p)
    elif not (at.known & ~none).any():
        raise InputError(
            f"{name}: the track has no value at any position to be scored; check that it belongs to this genome"
        )
    for line in _describe_track(p, none, at, how):
        say(f"{name}: {line}")
    return p


def _describe_track(p: np.ndarray, none: np.ndarray, at: Task, how: Scoring) -> Iterator[str]:
    """Yield what the user should know about the values of a track. none: (2, N), where the file has no value."""
    known = p[at.known & ~none]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 0.0)
    if none.any() and how.missing is None:
        lost = int((none & (at.label == 1)).sum())
        lowest = f"--missing-value={low:.4g} scores them as the lowest" if low < 0 else ""
        yield (
            f"no value at {int(none.sum()):,} positions, {lost:,} of them true sites; they are not scored "
            f"({lowest or '--missing-value 0 scores them as P = 0'})"
        )
    if none.any() and how.missing is not None and how.missing > low:
        below = float((known < how.missing).mean())
        yield f"--missing-value {how.missing:.4g} is above {below:.0%} of the values; the lowest is {low:.4g}"
    if how.threshold is not None and high < how.threshold:
        yield f"no value reaches --threshold {how.threshold:.4g}, so there is no call; the highest is {high:.4g}"
    elif how.threshold is not None and (low < 0 or high > HIGHEST_P):
        yield f"values go from {low:.4g} to {high:.4g}, so --threshold {how.threshold:.4g} is such a value and no P"
    site = at.known & (at.label == 1)
    other, own = (values[site & ~none & ~none[::-1]] for values in (p[::-1], p))
    if len(own) >= FEW and (share := float((other > own).mean())) > SWAPPED:
        yield f"{share:.0%} of the true sites have a higher value on the other strand; are the two files exchanged?"


def columns(rows: Sequence[Row]) -> dict[str, list]:
    """Make the columns of the table of scores; an interval becomes three: value, low and high.

    Parameters
    ----------
    rows
        The rows.

    Returns
    -------
    dict of list
        The columns by name.
    """
    found: dict[str, list] = {}
    for one in (field.name for field in fields(Row)):
        values = [getattr(row, one) for row in rows]
        if values and isinstance(values[0], Interval):
            found |= {
                one: [v.estimate for v in values],
                f"{one}_low": [v.low for v in values],
                f"{one}_high": [v.high for v in values],
            }
        else:
            found[one] = values
    return found


def describe_rows(rows: Sequence[Row]) -> Iterator[str]:
    """Describe the main scores in words.

    Parameters
    ----------
    rows
        The rows.

    Yields
    ------
    str
        A line for each prediction and window, over all contigs and site classes.
    """
    for row in rows:
        if (row.contig, row.site_class) != (ALL, ALL):
            continue
        how = f"within {row.window_nt} nt" if row.window_nt else "exactly"
        areas = (
            f"average precision {row.average_precision.estimate:.3f}, "
            if row.average_precision.estimate == row.average_precision.estimate
            else ""
        )
        areas = f"ROC-AUC {row.roc_auc:.4f}, {areas}" if row.roc_auc == row.roc_auc else areas
        at = f" at {row.threshold:.3g} or more" if row.threshold == row.threshold else ""
        found = f"precision {row.precision.estimate:.3f}, recall {row.recall.estimate:.3f}, F1 {row.f1.estimate:.3f}"
        calls = f"{row.calls:,} calls{at} for {row.sites:,} sites, site density {row.site_density:.2e}"
        yield f"{row.prediction}, {how}: {areas}{found} ({calls})"
