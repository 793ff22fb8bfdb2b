"""The figures of a run: which ones there are, their captions, and all of them for the page or for a folder."""

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np
from markupsafe import Markup

from ...data.model import PARTS
from ...formats.output_files import make_file_names
from ..contents.run import Row, Run
from . import accuracy, canvas, heads, svg, track
from .plot import Plot

CAPTIONS = {
    "map": "Attention weight at sites minus attention weight at background positions, by offset. Each row is a head; "
    "rows are sorted by peak. All heads have the same colour scale. It follows the square root, so that small "
    "differences show. Red: more weight at sites.",
    "map_plain": "Attention weight at sites minus attention weight at background positions, by offset.",
    "ablation": "Change of average precision by ablation of each head, with 95 % intervals over blocks of 10 kb. "
    "Left of the line, the model is worse without the head.",
    "pairs": "The most frequent spacing of each pair of heads at sites where both chose a base, in nt, second head "
    "minus first. The darker a cell, the more sites have this spacing beyond the number expected from the offsets of "
    "the two heads. Only pairs with q of at most 0.05 are shown.",
    "strands": "Correlation between the predictions of the two strands, by position on the − strand minus position on "
    "the + strand. The corrected line leaves out what the local share of A and T explains.",
    "scores": "Average precision by model and part of the genome. The marks show the site density, which a random "
    "ranking reaches.",
    "likeness": "Agreement of each pair of heads: how far they choose the same bases at the same sites, with 1 for "
    "always and 0 for chance. Groups are framed. Grey: a head with itself, or two heads that choose at "
    "too few sites.",
    "curve": "Precision against recall as the threshold falls, at exact positions and within a few nucleotides. A "
    "random ranking reaches the line of site density.",
    "roc": "ROC at exact positions: recall against the share of nucleotides without a site that are called. The right "
    "panel has a logarithmic axis. Sites are rare, so a rate of 0.01 already means many more wrong calls than sites.",
    "calibration": "Calibration: the share of sites among nucleotides in bins of P, with 95 % intervals. On the dotted "
    "line, this share equals P. Below the line, P is too high.",
    "agreement": "The share of the sites of one set that the other set also has, on the same strand. Sites are paired "
    "one to one.",
    "found": "Precision, recall and F1 of each prediction at its threshold, against the true sites.",
    "training": "Average precision on the validation part during training, and the step that was kept.",
}
PAIR_Q = 0.05

Maker = Callable[[], Plot]


def list_figures(run: Run) -> Iterator[tuple[str, str, Maker]]:
    """List the figures that the run has the numbers for.

    Parameters
    ----------
    run
        The contents of the report.

    Yields
    ------
    tuple
        Name, caption, and a function that draws the figure.
    """
    if run.profiles:
        names, distance, sites, background = profiles(run.profiles)
        gain = sites - background
        order = np.lexsort((np.arange(len(names)), distance[gain.argmax(axis=1)]))
        yield "map", CAPTIONS["map"], lambda: heads.draw_promoter_map([names[i] for i in order], distance, gain[order])
        for i, name in enumerate(names):
            words = f"Mean attention weight of {name} by offset; peak at {distance[gain[i].argmax()]} nt"
            yield f"profile {name}", words, partial(heads.draw_profile, distance, sites[i], background[i])
    if run.rows and "delta_ap_ablated_low" in run.rows[0]:
        columns = [
            column(run.rows, name) for name in ("delta_ap_ablated", "delta_ap_ablated_low", "delta_ap_ablated_high")
        ]
        yield (
            "ablation",
            CAPTIONS["ablation"],
            lambda: heads.draw_ablations([str(row["head"]) for row in run.rows], *columns),
        )
    if (alike := _likeness(run)) is not None:
        yield "likeness", CAPTIONS["likeness"], lambda: heads.draw_likeness(*alike)
    if run.pairs:
        yield "pairs", CAPTIONS["pairs"], lambda: heads.draw_spacings(*_pairs(run))
    if run.strands:
        parts = [column(run.strands, name) for name in ("distance_nt", "correlation", "correlation_corrected")]
        yield "strands", CAPTIONS["strands"], lambda: heads.draw_strands(*parts)
    if run.scores:
        yield "scores", CAPTIONS["scores"], lambda: accuracy.draw_scores(*_scores(run))
    if run.curve:
        yield "curve", CAPTIONS["curve"], lambda: accuracy.draw_recall_precision(*_curves(run))
        if drawn := _roc(run):
            yield "roc", CAPTIONS["roc"], lambda: accuracy.draw_roc(drawn)
    if run.calibration:
        yield "calibration", CAPTIONS["calibration"], lambda: accuracy.draw_calibration(_calibration(run))
    if run.history:
        yield "training", CAPTIONS["training"], lambda: heads.draw_training(*_training(run))
    yield from _agreement(run)
    for i, locus in enumerate(run.loci, 1):
        yield f"locus {i}", track.describe(locus), partial(track.draw_track, locus)


def embed_figures(run: Run) -> dict[str, Markup]:
    """Render every figure as a part of the page.

    Parameters
    ----------
    run
        The contents of the report.

    Returns
    -------
    dict
        SVG by name of the figure.
    """
    return {name: svg.embed(make(), f"f{i}", words) for i, (name, words, make) in enumerate(list_figures(run))}


def render_files(run: Run) -> Iterator[tuple[str, bytes]]:
    """Render every figure as SVG and as PNG.

    Parameters
    ----------
    run
        The contents of the report.

    Yields
    ------
    tuple
        File name and bytes.
    """
    with canvas.use_style("path"):
        every = list(list_figures(run))
        for stem, (_name, _words, make) in zip(make_file_names([name for name, *_ in every]), every, strict=True):
            sheet = canvas.draw(make())
            for kind in ("svg", "png"):
                yield f"{stem}.{kind}", canvas.render_file(sheet, kind)


def column(rows: Sequence[Row], name: str) -> np.ndarray:
    """Take a column of numbers.

    Parameters
    ----------
    rows
        Rows of a table.
    name
        Name of the column.

    Returns
    -------
    numpy.ndarray
        float64 (rows,).
    """
    return np.array([float(row[name]) for row in rows])


def profiles(rows: Sequence[Row]) -> tuple[list[str], np.ndarray, np.ndarray, np.ndarray]:
    """Arrange the table of profiles as arrays.

    Parameters
    ----------
    rows
        Rows of the table of score-heads --profiles.

    Returns
    -------
    tuple
        Names of the heads, in the order of the table; offsets, int64 (keys,), rising; mean weight at sites and mean
        weight at background positions, float64 (heads, keys), 0 where the table has no row.
    """
    names = list(dict.fromkeys(str(row["head"]) for row in rows))
    distance = np.unique(column(rows, "offset").astype(np.int64))
    here = (
        np.array([names.index(str(row["head"])) for row in rows]),
        np.searchsorted(distance, column(rows, "offset")),
    )
    values = np.zeros((2, len(names), len(distance)))
    values[0][here], values[1][here] = column(rows, "weight_sites"), column(rows, "weight_background")
    return names, distance, *values


def _pairs(run: Run) -> tuple[list[str], np.ndarray, np.ndarray]:
    names = list(
        dict.fromkeys(
            [
                *(str(row["head"]) for row in run.rows),
                *(str(r[k]) for r in run.pairs for k in ("first_head", "second_head")),
            ]
        )
    )
    spacing, excess = np.full((2, len(names), len(names)), np.nan)
    for row in run.pairs:
        if float(row["q"]) <= PAIR_Q and float(row["sites"]):
            at = names.index(str(row["first_head"])), names.index(str(row["second_head"]))
            spacing[at], excess[at] = (
                row["spacing_nt"],
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
    """Curves by name, site density (of the curve, or else of the first label) and threshold; NaN if unknown."""
    curves = {}
    for name, within in dict.fromkeys((str(row["prediction"]), float(row["window_nt"])) for row in run.curve):
        mine = [row for row in run.curve if (row["prediction"], row["window_nt"]) == (name, within)]
        words = "exact position" if not within else f"within {within:.0f} nt"
        curves[f"{name}, {words}"] = column(mine, "recall"), column(mine, "precision"), column(mine, "threshold")
    given = [float(row["site_density"]) for row in run.accuracy if not math.isnan(float(row["site_density"]))]
    known = list(run.scores.values())
    prevalence = given[0] if given else known[0].prevalence if known else np.nan
    return curves, prevalence, float(run.accuracy[0]["threshold"]) if run.accuracy else np.nan


def _roc(run: Run) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """False positive rate and recall, from (0, 0) to (1, 1), of each prediction with false positive rates."""
    found = {}
    for name in dict.fromkeys(str(row["prediction"]) for row in run.curve):
        mine = [row for row in run.curve if row["prediction"] == name and not row["window_nt"]]
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
    """Heads sorted by group, their agreement (from the pairs and from the most similar heads), and their groups."""
    rows = sorted(enumerate(run.rows), key=lambda row: (float(row[1].get("head_group", 0) or 0), row[0]))
    names = [str(row["head"]) for _, row in rows]
    agree = np.full((len(names), len(names)), np.nan)
    given = [(row["head"], row.get("most_similar_head", ""), row.get("agreement", "")) for _, row in rows]
    given += [(row["first_head"], row["second_head"], row.get("agreement", "")) for row in run.pairs]
    for first, second, share in given:
        if isinstance(share, float) and first in names and second in names:
            i, j = names.index(str(first)), names.index(str(second))
            agree[i, j] = agree[j, i] = share
    if len(names) < 2 or not np.isfinite(agree).any():
        return None
    return names, agree, [str(row.get("head_group", "")) for _, row in rows]


def _agreement(run: Run) -> Iterator[tuple[str, str, Maker]]:
    """The figure of the table of annot-compare or of score-annot, whichever it is."""
    columns = set(run.agreement[0]) if run.agreement else set()
    if {"first", "second", "strand", "window_nt", "share_first", "share_second"} <= columns:
        most = max(float(row["window_nt"]) for row in run.agreement)
        rows = [row for row in run.agreement if row["strand"] == "both" and row["window_nt"] == most]
        names = list(dict.fromkeys(str(row[key]) for row in rows for key in ("first", "second")))
        share = np.full((len(names), len(names)), np.nan)
        for row in rows:
            i, j = names.index(str(row["first"])), names.index(str(row["second"]))
            share[i, j], share[j, i] = row["share_first"], row["share_second"]
        yield "agreement", CAPTIONS["agreement"], lambda: accuracy.draw_shares(names, share, most)
    elif {"prediction", "contig", "site_class", "window_nt", "precision", "recall", "f1"} <= columns:
        rows = [row for row in run.agreement if row["contig"] == row["site_class"] == "all"]
        names = [
            f"{row['prediction']}, " + (f"within {row['window_nt']:.0f} nt" if row["window_nt"] else "exact position")
            for row in rows
        ]
        parts = {key: np.array([[float(row.get(key + end, np.nan)) for row in rows] for end in ("", "_low", "_high")])
                 for key in ("precision", "recall", "f1")}  # fmt: skip
        yield "found", CAPTIONS["found"], lambda: accuracy.draw_accuracy(names, parts)


def _training(run: Run) -> tuple[dict[str, tuple[np.ndarray, np.ndarray]], dict[str, float], int | None]:
    labels = list(dict.fromkeys(str(row["label"]) for row in run.history))
    mine = {label: [row for row in run.history if row["label"] == label] for label in labels}
    curves = {label: (column(rows, "step"), column(rows, "average_precision")) for label, rows in mine.items()}
    return (
        curves,
        {label: float(rows[-1]["site_density"]) for label, rows in mine.items()},
        run.model.training.kept_step if run.model else None,
    )
