"""Describe a training run: what it depends on, what it will cost, and how it goes."""

from collections.abc import Sequence
from dataclasses import asdict, replace

from ...data import Genome, Label, Model, Split, Training, TrainingGenome
from ...data.model import PARTS
from ..network import presets, timing
from ..network.device import Compute
from ..network.presets import Config, Network
from . import selection, split
from .init_labels import Start
from .recipe import Recipe
from .split import Stretch
from .state import Record


def describe(
    genome: Genome,
    config: Config,
    recipe: Recipe,
    regions: dict[str, list[Stretch]],
    start: Start,
    teachers: list[tuple[str, Model]],
) -> Model:
    """Describe the model that a run will make, before training.

    The description holds all that the run depends on, except threads and precision.

    Parameters
    ----------
    genome
        The genome with its labels.
    config
        The sizes of the network.
    recipe
        How the network is trained.
    regions
        The validation and the test stretches, by `validation` and `test`.
    start
        What the network begins with.
    teachers
        File and model of each teacher.

    Returns
    -------
    Model
        The description, without weights and scores.
    """
    return Model(
        presets.config_header(config),
        tuple(map(Label, genome.labels)),
        Split(**{name: tuple(split.format_stretches(genome, stretches)) for name, stretches in regions.items()}),
        TrainingGenome.from_genome(genome),
        Training(
            asdict(recipe),
            start.model.digest if start.model else "",
            tuple(teacher.digest for _path, teacher in teachers),
            init_labels=start.list_renamed(),
        ),
    )


def describe_finished(run: Model, labels: tuple[Label, ...], stopped: tuple[int, int], scores_of: str) -> Model:
    """Describe the model of a finished run.

    Parameters
    ----------
    run
        The description from `describe`.
    labels
        The labels with thresholds, calibration and scores.
    stopped
        Steps taken, and the step whose weights are kept.
    scores_of
        Digest of the model that the scores belong to, "" if they are its own.

    Returns
    -------
    Model
        The description, without weights.
    """
    steps, kept = stopped
    return replace(run, labels=labels, training=replace(run.training, steps=steps, kept_step=kept), scores_of=scores_of)


def forecast(net: Network, seconds: float, steps: int, recipe: Recipe, where: Compute) -> str:
    """Describe what training will cost.

    Parameters
    ----------
    net
        The network.
    seconds
        Measured time of a step, in seconds.
    steps
        Largest number of steps.
    recipe
        How the network is trained.
    where
        Device and precision.

    Returns
    -------
    str
        One line for the user.
    """
    weights = sum(p.numel() for p in net.parameters())
    nucleotides = steps * recipe.batch * recipe.length
    return (
        f"{weights:,} weights on {where}; at most {steps:,} steps ({nucleotides / 1e6:.1f} million nucleotides), "
        f"{timing.format_duration(steps * seconds)} plus evaluations; training stops earlier when it no longer improves"
    )


def format_evaluation(labels: tuple[str, ...], records: Sequence[Record], recipe: Recipe) -> str:
    """Describe the last evaluation.

    Parameters
    ----------
    labels
        Names of the labels.
    records
        The evaluations so far.
    recipe
        How the network is trained.

    Returns
    -------
    str
        One line with the loss and, if the validation part has positions to be scored, the scores of each label and the
        selection score.
    """
    record = records[-1]
    if not any(s.positions for s in record.scores):
        return f"step {record.step}: loss {record.loss:.5f}"
    scores = "; ".join(
        f"{label}: average precision {s.average_precision:.4f}, ROC-AUC {s.roc_auc:.4f}, "
        f"site density {s.prevalence:.2e}"
        for label, s in zip(labels, record.scores, strict=True)
    )
    chosen_by = f"selection score {selection.score(records, recipe):.{5 if recipe.by_loss else 4}f}"
    best = " (best so far)" if record.best else ""
    return f"step {record.step}: loss {record.loss:.5f}; validation {scores}; {chosen_by}{best}"


def format_scores(labels: Sequence[Label]) -> str:
    """Describe the scores of a trained model, and doubts whether it learned anything.

    Parameters
    ----------
    labels
        The labels with their scores.

    Returns
    -------
    str
        One line for each part and label, and for each label that may have been learned nothing of.
    """
    lines = [
        f"{part}, {label.name}: average precision {s.average_precision:.4f}, ROC-AUC {s.roc_auc:.4f}, "
        f"site density {s.prevalence:.2e} ({s.sites:,} sites)"
        for part in PARTS
        for label in labels
        if (s := label.scores.get(part))
    ]
    advice = "check the sites (annot-compare --checks), or give more of them"
    return "\n".join([*lines, *(f"{doubt}; {advice}" for doubt in describe_doubts(labels))])


def describe_doubts(labels: Sequence[Label]) -> list[str]:
    """Say of which labels a model may have learned nothing, by its scores on the validation part.

    Parameters
    ----------
    labels
        The labels with their scores.

    Returns
    -------
    list of str
        A line for each such label; none if the scores are better than chance, or unknown.
    """
    at_chance = [(label.name, s) for label in labels if (s := label.scores.get("validation")) and s.is_at_chance]
    return [
        f"the model may have learned nothing of {name}: on the validation part ({s.sites:,} sites) its average "
        f"precision is {s.average_precision:.2g}, by chance {s.prevalence:.2g}; its ROC-AUC is {s.roc_auc:.2f}, by "
        "chance 0.5"
        for name, s in at_chance
    ]


def history(labels: tuple[str, ...], records: Sequence[Record], recipe: Recipe) -> dict[str, list]:
    """Make the table of evaluations, with a row for each evaluation and label.

    Parameters
    ----------
    labels
        Names of the labels.
    records
        The evaluations.
    recipe
        How the network is trained.

    Returns
    -------
    dict of list
        The columns by name.
    """
    rows = [
        (
            r.step,
            r.epoch,
            r.nucleotides,
            r.loss,
            r.validation_loss,
            label,
            s.roc_auc,
            s.average_precision,
            s.prevalence,
            chosen_by,
            int(r.best),
        )
        for r, chosen_by in zip(records, selection.score_each(records, recipe), strict=True)
        for label, s in zip(labels, r.scores, strict=True)
    ]
    names = (
        "step",
        "epoch",
        "nucleotides",
        "loss",
        "validation_loss",
        "label",
        "roc_auc",
        "average_precision",
        "site_density",
        "selection_score",
        "best",
    )
    return {name: [row[i] for row in rows] for i, name in enumerate(names)}
