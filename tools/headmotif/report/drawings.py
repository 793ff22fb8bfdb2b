"""Which figures a run has, what each shows in words, and all of them for the page or for a folder."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from . import figures, svg, track
from .run import Row, Run

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CAPTIONS = {
    "map": "Attention at sites less that at background, by distance from the site. A row a head, sorted by where its gain is largest; "
    "one colour scale for all heads, by square roots so that small gains show. Red: more weight at sites.",
    "map_plain": "Attention at sites less that at background, by distance from the site.",
    "ablation": "Change of average precision when each head is silenced, with 95 % intervals over blocks of 10 kb. "
    "Left of the line: the model is worse without it.",
    "pairs": "The commonest spacing of every two heads at the sites where both chose a base (in nt, second less first); the darker, "
    "the more sites beyond what their habits of distance give. Only pairs with q of at most 0.05.",
    "strands": "Correlation of the two strands' predictions, by the − strand's position less the + strand's: as it is, and freed of what "
    "the share of A and T around explains.",
    "scores": "Average precision by model and part of the genome, with the prevalence that guessing reaches.",
    "curve": "Precision against recall as the threshold falls, exactly and within a few nucleotides; guessing reaches the "
    "line of prevalence.",
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
        yield "map", CAPTIONS["map"], lambda: figures.promoter_map([names[i] for i in order], distance, gain[order])
        for i, name in enumerate(names):
            words = f"Mean attention weight of {name} by distance; largest gain at {distance[gain[i].argmax()]} nt"
            yield f"profile {name}", words, lambda i=i: figures.profile(distance, sites[i], background[i])
    if run.rows and "ap_zero_low" in run.rows[0]:
        columns = [column(run.rows, name) for name in ("ap_zero", "ap_zero_low", "ap_zero_high")]
        yield "ablation", CAPTIONS["ablation"], lambda: figures.ablations([str(row["head"]) for row in run.rows], *columns)
    if run.pairs:
        yield "pairs", CAPTIONS["pairs"], lambda: figures.spacings(*_pairs(run))
    if run.strands:
        parts = [column(run.strands, name) for name in ("distance", "correlation", "corrected")]
        yield "strands", CAPTIONS["strands"], lambda: figures.strands(*parts)
    if run.metrics.get("metrics"):
        yield "scores", CAPTIONS["scores"], lambda: figures.scores(*_scores(run))
    if run.curve:
        yield "curve", CAPTIONS["curve"], lambda: figures.recall_precision(*_curves(run))
    for i, locus in enumerate(run.loci, 1):
        yield f"locus {i}", track.words(locus), lambda locus=locus: track.drawn(locus)
    if run.history:
        yield "training", CAPTIONS["training"], lambda: figures.training(*_training(run))


def inline(run: Run) -> dict[str, Markup]:
    """Every figure as a part of the page, by name."""
    with svg.styled():
        return {name: svg.inline(make(), f"f{i}", words) for i, (name, words, make) in enumerate(all_of(run))}


def files(run: Run) -> Iterator[tuple[str, bytes]]:
    """Every figure as SVG and as PNG: file names and bytes."""
    with svg.styled("path"):
        for name, _words, make in all_of(run):
            stem = "".join(letter if letter.isalnum() or letter in "-+." else "_" for letter in name)
            figure = make()
            for kind in ("svg", "png"):
                yield f"{stem}.{kind}", svg.file(figure, kind)


def column(rows: Sequence[Row], name: str) -> np.ndarray:
    """A column of numbers, float64 (rows,)."""
    return np.array([float(row[name]) for row in rows])


def profiles(rows: Sequence[Row]) -> tuple[list[str], np.ndarray, np.ndarray, np.ndarray]:
    """Heads in their order; distances, int64 (keys,); mean weights at sites and at background, float64 (heads, keys), else 0."""
    names = list(dict.fromkeys(str(row["head"]) for row in rows))
    distance = np.unique(column(rows, "distance").astype(np.int64))
    here = np.array([names.index(str(row["head"])) for row in rows]), np.searchsorted(distance, column(rows, "distance"))
    values = np.zeros((2, len(names), len(distance)))
    values[0][here], values[1][here] = column(rows, "sites"), column(rows, "background")
    return names, distance, *values


def _pairs(run: Run) -> tuple[list[str], np.ndarray, np.ndarray]:
    names = list(dict.fromkeys([*(str(row["head"]) for row in run.rows), *(str(r[k]) for r in run.pairs for k in ("first", "second"))]))
    spacing, excess = np.full((2, len(names), len(names)), np.nan)
    for row in run.pairs:
        if float(row["q"]) <= PAIR_Q and float(row["sites"]):
            at = names.index(str(row["first"])), names.index(str(row["second"]))
            spacing[at], excess[at] = row["spacing"], (float(row["count"]) - float(row["expected"])) / float(row["sites"])
    return names, spacing, excess


def _scores(run: Run) -> tuple[list[str], np.ndarray, np.ndarray]:
    found = [
        (f"{name}, {label}, {part}", score["average_precision"], score["prevalence"])
        for part in ("test", "validation")
        for name, metrics in (("this model", run.metrics), *run.baselines.items())
        for label, score in metrics.get("metrics", {}).get(part, {}).items()
    ]
    names, values, prevalence = zip(*found, strict=True) if found else ((), (), ())
    return list(names), np.array(values, float), np.array(prevalence, float)


def _curves(run: Run) -> tuple[dict[str, tuple[np.ndarray, ...]], float, float]:
    """Curves by name; the first label's prevalence and threshold, NaN where they are not known."""
    names = list(dict.fromkeys((str(row["prediction"]), float(row["within"])) for row in run.curve))
    curves = {}
    for name, within in names:
        mine = [row for row in run.curve if (row["prediction"], row["within"]) == (name, within)]
        words = "exactly" if not within else f"within {within:.0f} nt"
        curves[f"{name}, {words}"] = tuple(column(mine, name) for name in ("recall", "precision", "threshold"))
    known = run.metrics.get("metrics", {}).get(run.part, {})
    threshold = run.metrics.get("metrics", {}).get("threshold", {})
    first = next(iter(known), "")
    prevalence = known[first]["prevalence"] if first else np.nan
    return curves, float(prevalence), float(threshold.get(first, np.nan) if isinstance(threshold, dict) else np.nan)


def _training(run: Run) -> tuple[dict[str, tuple[np.ndarray, np.ndarray]], dict[str, float], int | None]:
    labels = list(dict.fromkeys(str(row["label"]) for row in run.history))
    mine = {label: [row for row in run.history if row["label"] == label] for label in labels}
    curves = {label: (column(rows, "step"), column(rows, "average_precision")) for label, rows in mine.items()}
    kept = run.metrics.get("stopped", {}).get("kept_step")
    return curves, {label: float(rows[-1]["prevalence"]) for label, rows in mine.items()}, kept if isinstance(kept, int) else None
