"""The record of a model as JSON: the header of its file, and what train-annot --metrics writes.

Keys: `config` (preset and sizes of the network); `labels` (names of the outputs); `training` (the recipe); `init` and
`teachers` (digests of other models); `init_labels` (the labels whose output did not begin with that of their own name
in `init`, and what it began with), if there are any; `split` (validation and test regions, 1-based closed); `data`
(digests of the contigs and labels trained on); `stopped` (steps); `metrics` (the scores by part and label, and the
threshold and calibration of each label); `metrics_of` (digest of the model whose metrics these are); `learned_from`
(properties of the training genome and its sites); `screen` (sizes of the screen's network, values of P, and for each
label the cut of each), if there is one; `limits` (what the model is known to miss), if that is known;
`applicability` (what foretells its quality on a new genome), if that is known. null is NaN.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from ...data import (
    Applicability,
    Calibration,
    Label,
    LabelledSites,
    Model,
    Score,
    Screen,
    Split,
    Training,
    TrainingGenome,
)
from ...data.model import PARTS
from ...errors import FormatError
from ..files import read_text
from ..tables import summary
from .container import Header

WANTED = "give the file that train-annot --metrics wrote"


def run(model: Model) -> Header:
    """Describe all that a training depends on, except threads and precision.

    Two descriptions must be equal for training to resume from a checkpoint.

    Parameters
    ----------
    model
        The model.

    Returns
    -------
    Header
        The keys from `config` to `data`.
    """
    renamed = {"init_labels": dict(model.training.init_labels)} if model.training.init_labels else {}
    return {
        "config": dict(model.network),
        "labels": list(model.names),
        "training": {name: list(x) if isinstance(x, tuple) else x for name, x in model.training.recipe.items()},
        "init": model.training.init,
        **renamed,
        "teachers": list(model.training.teachers),
        "split": {part: list(getattr(model.split, part)) for part in PARTS},
        "data": {"contigs": list(model.genome.contigs), "labels": model.genome.labels},
    }


def header(model: Model) -> Header:
    """Describe all that is known of a model. What is unknown is left out, or null if it is a number among others.

    Parameters
    ----------
    model
        The model.

    Returns
    -------
    Header
        The JSON object.
    """
    known: Header = {**run(model), "metrics": _metrics(model), "metrics_of": model.scores_of}
    if model.training.kept_step is not None:
        known["stopped"] = {"steps": model.training.steps, "kept_step": model.training.kept_step}
    if model.genome.nucleotides:
        known["learned_from"] = {
            "gc": model.genome.gc,
            "nucleotides": model.genome.nucleotides,
            "minus10_chance": model.genome.minus10_chance,
            "labels": {name: asdict(sites) for name, sites in model.genome.learned.items()},
        }
    if model.screen is not None:
        known["screen"] = {
            "config": dict(model.screen.network),
            "least": list(model.screen.least),
            "cuts": {label: list(cuts) for label, cuts in model.screen.cuts.items()},
        }
    if model.limits:
        known["limits"] = model.limits
    if model.applicability is not None:
        known["applicability"] = asdict(model.applicability)
    return {name: summary.replace_non_finite(value) for name, value in known.items()}


def _metrics(model: Model) -> Header:
    parts = {part: {name: asdict(score) for name, score in model.scores(part).items()} for part in PARTS}
    each = {
        **parts,
        "threshold": {label.name: label.threshold for label in model.labels if label.threshold is not None},
        "calibration": {label.name: label.calibration._asdict() for label in model.labels if label.calibration},
        "density": {label.name: label.density for label in model.labels if label.density is not None},
    }
    return {name: values for name, values in each.items() if values}


def model(known: Header, weights: Mapping[str, Any], of_screen: Mapping[str, Any] | None = None) -> Model:
    """Make a model of its header and its weights. What the header does not say is unknown.

    Parameters
    ----------
    known
        The header.
    weights
        float32 arrays by parameter name.
    of_screen
        The same of the screen; without them the model has no screen.

    Returns
    -------
    Model
        The model.

    Raises
    ------
    ValueError
        If the header contradicts itself, or is not as train-annot writes it.
    """
    try:
        made = _model(known, weights)
        return replace(made, screen=_screen(known["screen"], of_screen)) if of_screen else made
    except (AttributeError, KeyError, OverflowError, TypeError) as problem:
        raise ValueError(f"its record is not as train-annot writes it ({problem!r})") from None


def _model(known: Header, weights: Mapping[str, Any]) -> Model:
    metrics, stopped, data, learned = (known.get(name) or {} for name in ("metrics", "stopped", "data", "learned_from"))
    parts = {part: metrics.get(part) or {} for part in PARTS}
    names = known.get("labels") or [*dict.fromkeys(name for scores in parts.values() for name in scores)]
    split = known.get("split") or {}
    return Model(
        network=dict(known.get("config") or {}),
        labels=tuple(_label(str(name), metrics, parts) for name in names),
        split=Split(*(tuple(map(str, split.get(part) or ())) for part in PARTS)),
        genome=TrainingGenome(
            contigs=tuple(map(str, data.get("contigs") or ())),
            labels=str(data.get("labels", "")),
            nucleotides=int(learned.get("nucleotides", 0)),
            gc=_parse_number(learned.get("gc")),
            minus10_chance=_parse_number(learned.get("minus10_chance")),
            learned={
                str(name): LabelledSites(int(one["sites"]), _parse_number(one["minus10"]))
                for name, one in (learned.get("labels") or {}).items()
            },
        ),
        training=Training(
            recipe=dict(known.get("training") or {}),
            init=str(known.get("init") or ""),
            teachers=tuple(map(str, known.get("teachers") or ())),
            steps=_parse_whole(stopped.get("steps")),
            kept_step=_parse_whole(stopped.get("kept_step")),
            init_labels={str(label): str(source) for label, source in (known.get("init_labels") or {}).items()},
        ),
        scores_of=str(known.get("metrics_of") or ""),
        weights=weights,
        limits=str(known.get("limits") or ""),
        applicability=_applicability(known["applicability"]) if known.get("applicability") else None,
    )


def _applicability(known: Header) -> Applicability:
    weights = {str(name): float(weight) for name, weight in known["weights"].items()}
    low, high = map(float, known["upstream"])
    numbers = float(known["constant"]), weights, float(known["error"]), int(known["species"]), (low, high)
    return Applicability(*numbers, str(known.get("beside", "")))


def _screen(known: Header, weights: Mapping[str, Any]) -> Screen:
    cuts = {str(label): tuple(map(float, cuts)) for label, cuts in known["cuts"].items()}
    return Screen(dict(known["config"]), tuple(map(float, known["least"])), cuts, weights)


def _label(name: str, metrics: Header, parts: Mapping[str, Header]) -> Label:
    named = ("threshold", "calibration", "density")
    threshold, calibration, density = ((metrics.get(what) or {}).get(name) for what in named)
    return Label(
        name,
        None if threshold is None else float(threshold),
        Calibration(float(calibration["slope"]), float(calibration["shift"])) if calibration else None,
        {part: _score(scores[name]) for part, scores in parts.items() if name in scores},
        None if density is None else float(density),
    )


def _score(score: Header) -> Score:
    roc_auc, precision, prevalence = (
        _parse_number(score.get(name)) for name in ("roc_auc", "average_precision", "prevalence")
    )
    return Score(roc_auc, precision, prevalence, int(score.get("positions", 0)), int(score.get("sites", 0)))


def _parse_number(value: object) -> float:
    """A number; null is NaN."""
    return math.nan if value is None else float(value)  # type: ignore[arg-type]


def _parse_whole(value: object) -> int | None:
    return None if value is None else int(value)  # type: ignore[call-overload]


def write_metrics(path: str, known: Model) -> None:
    """Write the file of train-annot --metrics.

    Parameters
    ----------
    path
        The file; "-" is standard output.
    known
        The model.
    """
    summary.write(path, header(known))


def read_metrics(path: str) -> Model:
    """Read the file of train-annot --metrics.

    Parameters
    ----------
    path
        The file; "-" is standard input.

    Returns
    -------
    Model
        The model without its weights.

    Raises
    ------
    FormatError
        If the file is something else.
    """
    try:
        value = json.loads(read_text(path))
    except json.JSONDecodeError as error:
        raise FormatError(
            path, error.lineno, "this is not JSON; give the file that train-annot --metrics wrote"
        ) from None
    scores = value.get("metrics") if isinstance(value, dict) else None
    if not isinstance(scores, dict) or not all(isinstance(part, dict) for part in scores.values()):
        raise FormatError(path, None, f"this file has no metrics; {WANTED}")
    for part in PARTS:
        for label, score in scores.get(part, {}).items():
            if not isinstance(score, dict) or not {"average_precision", "prevalence"} <= score.keys():
                raise FormatError(path, None, f"the scores of {label} on the {part} part are incomplete; {WANTED}")
    try:
        return model(value, {})
    except ValueError as problem:
        raise FormatError(path, None, f"{problem}; {WANTED}") from None
