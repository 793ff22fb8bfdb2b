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
            p = _track(name, tracks[name](), at, how.missing, say)
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


def _track(name: str, p: np.ndarray, at: Task, missing: float | None, say: Say) -> np.ndarray:
    """P of a track, or `missing` where it has no value; raises InputError if there is nothing to be scored."""
    p = p if missing is None else np.where(np.isnan(p), np.float32(missing), p)
    none = at.known & np.isnan(p)
    if not (at.known & ~none).any():
        raise InputError(
            f"{name}: the track has no value at any position to be scored; check that it belongs to this genome"
        )
    if none.any():
        lost = int((none & (at.label == 1)).sum())
        say(
            f"{name}: no value at {int(none.sum()):,} positions, {lost:,} of them true sites; they are not scored "
            "(--missing-value 0 scores them as P = 0)"
        )
    return p


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
