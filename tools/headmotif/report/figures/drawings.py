"""Which figures a run has, what each shows in words, and all of them for the page or for a folder."""

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from ...data.model import PARTS
from ...formats.files import stems
from ..contents.run import Row, Run
from . import accuracy, heads, svg, track

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CAPTIONS = {
    "map": "Attention at sites less that at background, by distance from the site. A row a head, sorted by where its "
    "gain is largest; "
    "one colour scale for all heads, by square roots so that small gains show. Red: more weight at sites.",
    "map_plain": "Attention at sites less that at background, by distance from the site.",
    "ablation": "Change of average precision when each head is silenced, with 95 % intervals over blocks of 10 kb. "
    "Left of the line: the model is worse without it.",
    "pairs": "The commonest spacing of every two heads at the sites where both chose a base (in nt, second less "
    "first); the darker, the more sites beyond what their habits of distance give. Only pairs with q of at most 0.05.",
    "strands": "Correlation of the two strands' predictions, by the − strand's position less the + strand's: as it "
    "is, and freed of what "
    "the share of A and T around explains.",
    "scores": "Average precision by model and part of the genome, with the prevalence that guessing reaches.",
    "likeness": "How far every two heads choose the same bases at the same sites, beyond what the same distances "
    "swapped among the sites "
    "give: 1 is always, 0 no more than by chance. Framed: groups; grey: a head and itself, or two that choose at too "
    "few sites.",
    "curve": "Precision against recall as the threshold falls, exactly and within a few nucleotides; guessing "
    "reaches the line of prevalence.",
    "roc": "The same as ROC: recall against the share of nucleotides without a site that are called, exactly. On the "
    "right by its "
    "logarithm: nearly all nucleotides hold no site, so a rate of 0.01 is already many times more wrong calls than "
    "there are sites.",
    "calibration": "Does P mean what it says? Nucleotides in bins by P: the share of them that are sites, with 95 % "
    "intervals. On the dotted line P is what happens; below it the model promises too much.",
    "agreement": "Which share of the sites of one set another one has, on the same strand; one site is paired "
    "with one.",
    "found": "Precision, recall and F1 of each prediction at its threshold, against the true sites.",
    "training": "Average precision on the validation part during training, and which step was kept.",
}
PAIR_Q = 0.05

Maker = Callable[[], "Figure"]


def all_of(run: Run) -> Iterator[tuple[str, str, Maker]]:
    """Name, words and drawing of each figure that the run has the numbers for."""
    if run.profiles:
        names, distance, sites, background = profiles(run.profiles)
        gain = sites - background
        order = np.lexsort((np.arange(len(names)), distance[gain.argmax(axis=1)]))
        yield "map", CAPTIONS["map"], lambda: heads.promoter_map([names[i] for i in order], distance, gain[order])
        for i, name in enumerate(names):
            words = f"Mean attention weight of {name} by distance; largest gain at {distance[gain[i].argmax()]} nt"
            yield f"profile {name}", words, partial(heads.profile, distance, sites[i], background[i])
    if run.rows and "ap_zero_low" in run.rows[0]:
        columns = [column(run.rows, name) for name in ("ap_zero", "ap_zero_low", "ap_zero_high")]
        yield (
            "ablation",
            CAPTIONS["ablation"],
            lambda: heads.ablations([str(row["head"]) for row in run.rows], *columns),
        )
    if (alike := _likeness(run)) is not None:
        yield "likeness", CAPTIONS["likeness"], lambda: heads.likeness(*alike)
    if run.pairs:
        yield "pairs", CAPTIONS["pairs"], lambda: heads.spacings(*_pairs(run))
    if run.strands:
        parts = [column(run.strands, name) for name in ("distance", "correlation", "corrected")]
        yield "strands", CAPTIONS["strands"], lambda: heads.strands(*parts)
    if run.scores:
        yield "scores", CAPTIONS["scores"], lambda: accuracy.scores(*_scores(run))
    if run.curve:
        yield "curve", CAPTIONS["curve"], lambda: accuracy.recall_precision(*_curves(run))
        if drawn := _roc(run):
            yield "roc", CAPTIONS["roc"], lambda: accuracy.roc(drawn)
    if run.calibration:
        yield "calibration", CAPTIONS["calibration"], lambda: accuracy.calibration(_calibration(run))
    if run.history:
        yield "training", CAPTIONS["training"], lambda: heads.training(*_training(run))
    yield from _agreement(run)
    for i, locus in enumerate(run.loci, 1):
        yield f"locus {i}", track.words(locus), partial(track.drawn, locus)


def inline(run: Run) -> dict[str, Markup]:
    """Every figure as a part of the page, by name."""
    with svg.styled():
        return {name: svg.inline(make(), f"f{i}", words) for i, (name, words, make) in enumerate(all_of(run))}


def files(run: Run) -> Iterator[tuple[str, bytes]]:
    """Every figure as SVG and as PNG: file names and bytes."""
    with svg.styled("path"):
        every = list(all_of(run))
        for stem, (_name, _words, make) in zip(stems([name for name, *_ in every]), every, strict=True):
            figure = make()
            for kind in ("svg", "png"):
                yield f"{stem}.{kind}", svg.file(figure, kind)


def column(rows: Sequence[Row], name: str) -> np.ndarray:
    """A column of numbers, float64 (rows,)."""
    return np.array([float(row[name]) for row in rows])


def profiles(rows: Sequence[Row]) -> tuple[list[str], np.ndarray, np.ndarray, np.ndarray]:
    """Heads in their order; distances, int64 (keys,); mean weights at sites and at background, float64 (heads, keys),
    else 0."""
    names = list(dict.fromkeys(str(row["head"]) for row in rows))
    distance = np.unique(column(rows, "distance").astype(np.int64))
    here = (
        np.array([names.index(str(row["head"])) for row in rows]),
        np.searchsorted(distance, column(rows, "distance")),
    )
    values = np.zeros((2, len(names), len(distance)))
    values[0][here], values[1][here] = column(rows, "sites"), column(rows, "background")
    return names, distance, *values


def _pairs(run: Run) -> tuple[list[str], np.ndarray, np.ndarray]:
    names = list(
        dict.fromkeys(
            [*(str(row["head"]) for row in run.rows), *(str(r[k]) for r in run.pairs for k in ("first", "second"))]
        )
    )
    spacing, excess = np.full((2, len(names), len(names)), np.nan)
    for row in run.pairs:
        if float(row["q"]) <= PAIR_Q and float(row["sites"]):
            at = names.index(str(row["first"])), names.index(str(row["second"]))
            spacing[at], excess[at] = (
                row["spacing"],
                (float(row["count"]) - float(row["expected"])) / float(row["sites"]),
            )
    return names, spacing, excess


def _scores(run: Run) -> tuple[list[str], np.ndarray, np.ndarray]:
    found = [
        (f"{name}, {label}, {part}", score.average_precision, score.prevalence)
        for part in reversed(PARTS)
        for name, model in run.models
        for label, score in model.scores(part).items()
    ]
    names, values, prevalence = zip(*found, strict=True) if found else ((), (), ())
    return list(names), np.array(values, float), np.array(prevalence, float)


def _curves(run: Run) -> tuple[dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]], float, float]:
    """Curves by name; the prevalence of the curve, or else of the first label, and that label's threshold; NaN where
    they are not known."""
    curves = {}
    for name, within in dict.fromkeys((str(row["prediction"]), float(row["within"])) for row in run.curve):
        mine = [row for row in run.curve if (row["prediction"], row["within"]) == (name, within)]
        words = "exactly" if not within else f"within {within:.0f} nt"
        curves[f"{name}, {words}"] = column(mine, "recall"), column(mine, "precision"), column(mine, "threshold")
    told = [float(row["prevalence"]) for row in run.accuracy if not math.isnan(float(row["prevalence"]))]
    known = list(run.scores.values())
    prevalence = told[0] if told else known[0].prevalence if known else np.nan
    return curves, prevalence, float(run.accuracy[0]["threshold"]) if run.accuracy else np.nan


def _roc(run: Run) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """False positive rate and recall, from (0, 0) to (1, 1), of each prediction whose table tells of false
    positives."""
    found = {}
    for name in dict.fromkeys(str(row["prediction"]) for row in run.curve):
        mine = [row for row in run.curve if row["prediction"] == name and not row["within"]]
        if mine and all(math.isfinite(float(row.get("false_positive_rate", np.nan))) for row in mine):
            columns = (column(mine, key) for key in ("false_positive_rate", "recall"))
            rate, recall = (np.concatenate([[0.0], points, [1.0]]) for points in columns)
            found[name] = rate, recall
    return found


def _calibration(run: Run) -> dict[str, tuple[np.ndarray, ...]]:
    names = dict.fromkeys(str(row["prediction"]) for row in run.calibration)
    mine = {name: [row for row in run.calibration if row["prediction"] == name] for name in names}
    return {
        name: tuple(column(rows, key) for key in ("probability", "share", "share_low", "share_high"))
        for name, rows in mine.items()
    }


def _likeness(run: Run) -> tuple[list[str], np.ndarray, list[str]] | None:
    """Heads sorted by group, their agreement, from the pairs where those tell it, else each head's most like one; and
    their groups."""
    rows = sorted(enumerate(run.rows), key=lambda row: (float(row[1].get("group", 0) or 0), row[0]))
    names = [str(row["head"]) for _, row in rows]
    agree = np.full((len(names), len(names)), np.nan)
    told = [(row["head"], row.get("like", ""), row.get("agreement", "")) for _, row in rows]
    told += [(row["first"], row["second"], row.get("agreement", "")) for row in run.pairs]
    for first, second, share in told:
        if isinstance(share, float) and first in names and second in names:
            i, j = names.index(str(first)), names.index(str(second))
            agree[i, j] = agree[j, i] = share
    if len(names) < 2 or not np.isfinite(agree).any():
        return None
    return names, agree, [str(row.get("group", "")) for _, row in rows]


def _agreement(run: Run) -> Iterator[tuple[str, str, Maker]]:
    """Sets of sites against each other, or predictions against true sites, whichever table this is."""
    columns = set(run.agreement[0]) if run.agreement else set()
    if {"first", "second", "strand", "within", "share_first", "share_second"} <= columns:
        most = max(float(row["within"]) for row in run.agreement)
        rows = [row for row in run.agreement if row["strand"] == "both" and row["within"] == most]
        names = list(dict.fromkeys(str(row[key]) for row in rows for key in ("first", "second")))
        share = np.full((len(names), len(names)), np.nan)
        for row in rows:
            i, j = names.index(str(row["first"])), names.index(str(row["second"]))
            share[i, j], share[j, i] = row["share_first"], row["share_second"]
        yield "agreement", CAPTIONS["agreement"], lambda: accuracy.shares(names, share, most)
    elif {"prediction", "contig", "place", "within", "precision", "recall", "f1"} <= columns:
        rows = [row for row in run.agreement if row["contig"] == row["place"] == "all"]
        names = [
            f"{row['prediction']}, " + (f"within {row['within']:.0f} nt" if row["within"] else "exactly")
            for row in rows
        ]
        parts = {key: np.array([[float(row.get(key + end, np.nan)) for row in rows] for end in ("", "_low", "_high")])
                 for key in ("precision", "recall", "f1")}  # fmt: skip
        yield "found", CAPTIONS["found"], lambda: accuracy.found(names, parts)


def _training(run: Run) -> tuple[dict[str, tuple[np.ndarray, np.ndarray]], dict[str, float], int | None]:
    labels = list(dict.fromkeys(str(row["label"]) for row in run.history))
    mine = {label: [row for row in run.history if row["label"] == label] for label in labels}
    curves = {label: (column(rows, "step"), column(rows, "average_precision")) for label, rows in mine.items()}
    return (
        curves,
        {label: float(rows[-1]["prevalence"]) for label, rows in mine.items()},
        run.model.training.kept_step if run.model else None,
    )
