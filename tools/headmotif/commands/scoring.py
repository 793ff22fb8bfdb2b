"""Predictions, tracks and calls, scored against true sites as annot-compare is asked to."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from ..cli import say
from ..errors import InputError

if TYPE_CHECKING:
    from ..data import Genome, Sites
    from ..steps.calling.evaluation import Row


CURVES = (2, 5)
"""Curves are made exactly, within the distance that is asked for, and within these."""


def scores(
    named: Mapping[str, str],
    known: "Mapping[str, Sites]",
    tracks: Mapping[str, tuple[str, str]],
    true: "Sites",
    genome: "Genome",
    genes: str,
    regions: Sequence[str],
    d: int,
    threshold: float | None,
    missing: float | None,
    draws: int,
    drawn: bool,
    quiet: bool,
) -> "tuple[list[Row], dict[str, list]]":
    """Rows of scores, and the columns of the curves, of every prediction in the order given. drawn: will the curves be looked at?"""
    import numpy as np

    from ..steps.calling import evaluation as site_scores
    from ..steps.sites import genomic_class as site_class
    from ..steps.training import split
    from . import site_files

    region = np.ones(len(genome.base), bool)
    if regions:
        region = split.parts(genome, [], [split.parsed(genome, text) for text in regions]) == split.TEST
    place = None
    if genes:
        place = (site_class.classes(site_files.genes(genes, genome), genome.contigs).astype(np.int8), site_class.CLASSES)
    at = site_scores.truth(genome, true, region, place, draws)
    left = int(((at.label == 1) & at.known).sum())
    if not left:
        raise InputError("no true site is left to be found: all lie outside --region, or on N")
    if left < len(true):
        say(f"truth: {len(true) - left:,} sites outside the region, or on N, are not scored", quiet)
    rows: list[Row] = []
    curves: dict[str, list] = {}
    distances = sorted({0, d, *(CURVES if drawn else ())})
    for name in named:
        if name in tracks:
            p = site_files.read_track(tracks[name], genome.contigs)
            p = p if missing is None else np.where(np.isnan(p), np.float32(missing), p)
            none = at.known & np.isnan(p)
            if not (at.known & ~none).any():
                raise InputError(f"{name}: the track has no value at any position to be scored")
            if none.any():
                lost = int((none & (at.label == 1)).sum())
                say(f"{name}: no value at {int(none.sum()):,} positions and {lost:,} true sites, which are not scored (--missing 0)", quiet)
            claims = {within: site_scores.of_track(p, at, within) for within in distances}
        else:
            claims = {within: site_scores.claims(known[name], at, within) for within in distances}
        others = int((~claims[0].hit).sum()) if name in tracks else int((at.known & (at.label != 1)).sum())
        found = {within: site_scores.curve(one, at, 0 if within else others) for within, one in claims.items()}
        for within, one in found.items():
            one = site_scores.thinned(one)
            size = len(one["threshold"])
            for column, values in {"prediction": [name] * size, "within": [within] * size, **one}.items():
                curves.setdefault(column, []).extend(np.asarray(values).tolist())
        if name in tracks:
            best = found[d]
            chosen = float(best["threshold"][best["f1"].argmax()]) if len(best["f1"]) else 0.0
            rows += site_scores.score_track(name, p, at, d, chosen if threshold is None else threshold)
        else:
            rows += site_scores.score_calls(name, known[name], at, d)
    return rows, curves


def columns(rows: "Sequence[Row]") -> dict[str, list]:
    """The columns of the table; an interval is three, value, low and high."""
    from dataclasses import fields

    from ..steps.calling.evaluation import Row
    from ..steps.statistics.bootstrap import Interval

    found: dict[str, list] = {}
    for one in (field.name for field in fields(Row)):
        values = [getattr(row, one) for row in rows]
        if values and isinstance(values[0], Interval):
            found |= {one: [v.estimate for v in values], f"{one}_low": [v.low for v in values], f"{one}_high": [v.high for v in values]}
        else:
            found[one] = values
    return found


def told(rows: "Sequence[Row]") -> Iterator[str]:
    """The main figures in words: a line for each prediction, exactly and within D nt."""
    from ..steps.calling.evaluation import ALL

    for row in rows:
        if (row.contig, row.place) != (ALL, ALL):
            continue
        how = f"within {row.within} nt" if row.within else "exactly"
        areas = f"PR-AUC {row.average_precision.estimate:.3f}, " if row.average_precision.estimate == row.average_precision.estimate else ""
        areas = f"ROC-AUC {row.roc_auc:.4f}, {areas}" if row.roc_auc == row.roc_auc else areas
        at = f" at {row.threshold:.3g} or more" if row.threshold == row.threshold else ""
        found = f"precision {row.precision.estimate:.3f}, recall {row.recall.estimate:.3f}, F1 {row.f1.estimate:.3f}"
        calls = f"{row.calls:,} calls{at} for {row.sites:,} sites, prevalence {row.prevalence:.2e}"
        yield f"{row.prediction}, {how}: {areas}{found} ({calls})"
