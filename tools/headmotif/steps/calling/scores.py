"""Predictions, tracks and calls, scored against true sites."""

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
"""Curves are made exactly, within the distance that is asked for, and within these."""
Say = Callable[[str], None]


@dataclass(frozen=True)
class Scoring:
    """How predictions are scored: sites within so many nt are found; calls of a track have at least the threshold, by
    default that of the largest F1; P where a track has no value, by default no P; whether the curves will be looked
    at."""

    within: int
    threshold: float | None
    missing: float | None
    curves: bool

    @property
    def distances(self) -> list[int]:
        """Distances within which everything is scored."""
        return sorted({0, self.within, *(CURVES if self.curves else ())})


def truth(genome: Genome, true: Sites, regions: Sequence[str], genes: np.ndarray | None, draws: int, say: Say) -> Task:
    """What is scored against, within the regions (all of the genome where there are none), in classes by genes, int64
    (genes, 4)."""
    region = np.ones(len(genome.base), bool)
    if regions:
        region = split.parts(genome, [], [split.parsed(genome, text) for text in regions]) == split.TEST
    place = None
    if genes is not None:
        place = (genomic_class.classes(genes, genome.contigs).astype(np.int8), genomic_class.CLASSES)
    at = evaluation.truth(genome, true, region, place, draws)
    left = int(((at.label == 1) & at.known).sum())
    if not left:
        raise InputError("no true site is left to be found: all lie outside --region, or on N")
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
    """Rows of scores, and the columns of the curves, of every prediction in the order of the names.

    calls, tracks: each name is in one of them; a track is read when its turn comes: float32 (2, N), NaN where there is
    no value.
    """
    rows: list[Row] = []
    curves: dict[str, list] = {}
    for name in names:
        if name in tracks:
            p = _track(name, tracks[name](), at, how.missing, say)
            claims = {within: evaluation.of_track(p, at, within) for within in how.distances}
            others = int((~claims[0].hit).sum())
        else:
            claims = {within: evaluation.claims(calls[name], at, within) for within in how.distances}
            others = int((at.known & (at.label != 1)).sum())
        found = {within: evaluation.curve(one, at, 0 if within else others) for within, one in claims.items()}
        for within, one in found.items():
            one = evaluation.thinned(one)
            size = len(one["threshold"])
            for column, values in {"prediction": [name] * size, "within": [within] * size, **one}.items():
                curves.setdefault(column, []).extend(np.asarray(values).tolist())
        if name in tracks:
            best = found[how.within]
            chosen = float(best["threshold"][best["f1"].argmax()]) if len(best["f1"]) else 0.0
            rows += evaluation.score_track(name, p, at, how.within, chosen if how.threshold is None else how.threshold)
        else:
            rows += evaluation.score_calls(name, calls[name], at, how.within)
    return rows, curves


def _track(name: str, p: np.ndarray, at: Task, missing: float | None, say: Say) -> np.ndarray:
    """P of a track, `missing` where it has no value. Raises InputError where none is left to be scored."""
    p = p if missing is None else np.where(np.isnan(p), np.float32(missing), p)
    none = at.known & np.isnan(p)
    if not (at.known & ~none).any():
        raise InputError(f"{name}: the track has no value at any position to be scored")
    if none.any():
        lost = int((none & (at.label == 1)).sum())
        say(
            f"{name}: no value at {int(none.sum()):,} positions and {lost:,} true sites, which are not scored "
            "(--missing 0)"
        )
    return p


def columns(rows: Sequence[Row]) -> dict[str, list]:
    """The columns of the table; an interval is three, value, low and high."""
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


def in_words(rows: Sequence[Row]) -> Iterator[str]:
    """The main figures in words: a line for each prediction, exactly and within D nt."""
    for row in rows:
        if (row.contig, row.place) != (ALL, ALL):
            continue
        how = f"within {row.within} nt" if row.within else "exactly"
        areas = (
            f"PR-AUC {row.average_precision.estimate:.3f}, "
            if row.average_precision.estimate == row.average_precision.estimate
            else ""
        )
        areas = f"ROC-AUC {row.roc_auc:.4f}, {areas}" if row.roc_auc == row.roc_auc else areas
        at = f" at {row.threshold:.3g} or more" if row.threshold == row.threshold else ""
        found = f"precision {row.precision.estimate:.3f}, recall {row.recall.estimate:.3f}, F1 {row.f1.estimate:.3f}"
        calls = f"{row.calls:,} calls{at} for {row.sites:,} sites, prevalence {row.prevalence:.2e}"
        yield f"{row.prediction}, {how}: {areas}{found} ({calls})"
