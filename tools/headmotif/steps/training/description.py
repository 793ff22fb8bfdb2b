"""What a training run depends on, what it will cost, and what it says on its way."""

from collections.abc import Sequence
from dataclasses import asdict, replace

from ...data import Genome, Label, Model, Split, Training, TrainingGenome
from ...data.model import PARTS
from ..network import presets
from ..network.device import Compute
from ..network.presets import Config, Network
from . import split
from .recipe import Recipe
from .split import Stretch
from .state import Record


def describe(
    genome: Genome,
    config: Config,
    recipe: Recipe,
    regions: dict[str, list[Stretch]],
    init: Model | None,
    teachers: list[tuple[str, Model]],
) -> Model:
    """The model that a run will make, without what training tells of it: all that the run depends on, but threads and
    precision."""
    return Model(
        presets.config_header(config),
        tuple(map(Label, genome.labels)),
        Split(**{name: tuple(split.shown(genome, stretches)) for name, stretches in regions.items()}),
        TrainingGenome.of(genome),
        Training(asdict(recipe), init.digest if init else "", tuple(known.digest for _path, known in teachers)),
    )


def finished(run: Model, labels: tuple[Label, ...], stopped: tuple[int, int], scores_of: str) -> Model:
    """The model of a run that came to its end, but for its weights. stopped: steps taken, and the step kept; scores_of:
    as in `Model`."""
    steps, kept = stopped
    return replace(run, labels=labels, training=replace(run.training, steps=steps, kept_step=kept), scores_of=scores_of)


def forecast(net: Network, seconds: float, steps: int, recipe: Recipe, where: Compute) -> str:
    """What training will cost. seconds: of a step, as measured."""
    weights = sum(p.numel() for p in net.parameters())
    nucleotides = steps * recipe.batch * recipe.length
    return (
        f"{weights:,} weights on {where}; at most {steps:,} steps, {nucleotides / 1e6:.1f} million nucleotides, "
        f"about {steps * seconds / 60:.0f} minutes and evaluations; it stops earlier when it gets no better"
    )


def evaluation_in_words(labels: tuple[str, ...], record: Record) -> str:
    """A line for an evaluation: loss, and the scores of each label where there is something to be scored on."""
    if not any(s.positions for s in record.scores):
        return f"step {record.step}: loss {record.loss:.5f}"
    scores = "; ".join(
        f"{label}: PR-AUC {s.average_precision:.4f}, ROC-AUC {s.roc_auc:.4f}, prevalence {s.prevalence:.2e}"
        for label, s in zip(labels, record.scores, strict=True)
    )
    return f"step {record.step}: loss {record.loss:.5f}; validation {scores}{' (best so far)' if record.best else ''}"


def scores_in_words(labels: Sequence[Label]) -> str:
    """A line for each part and label."""
    lines = [
        f"{part}, {label.name}: PR-AUC {s.average_precision:.4f}, ROC-AUC {s.roc_auc:.4f}, "
        f"prevalence {s.prevalence:.2e} ({s.sites:,} sites)"
        for part in PARTS
        for label in labels
        if (s := label.scores.get(part))
    ]
    return "\n".join(lines)


def history(labels: tuple[str, ...], records: list[Record]) -> dict[str, list]:
    """Columns of the history: a row for each evaluation and label."""
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
            int(r.best),
        )
        for r in records
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
        "prevalence",
        "best",
    )
    return {name: [row[i] for row in rows] for i, name in enumerate(names)}
