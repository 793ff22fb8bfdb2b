"""Describe in words how a run was made, from what its files record."""

from collections.abc import Sequence

from ...data import Model
from ...data.model import PARTS

CITATION = (
    "headmotif, version {version}: the program that made this report (its CITATION.cff).",
    "Clauwaert J, Menschaert G, Waegeman W. Explainability in transformer models for functional genomics. "
    "Briefings in Bioinformatics 2021; 22(5): bbab060. doi:10.1093/bib/bbab060. The method that it builds on.",
)


def methods(model: Model | None, history: bool) -> list[str]:
    """Describe the network, its training, the data and the split, in sentences.

    What the file does not record is left out.

    Parameters
    ----------
    model
        What train-annot --metrics wrote; None if it was not given.
    history
        Whether the history of training was given.

    Returns
    -------
    list
        Sentences.
    """
    if model is None:
        return [
            "The network, its training and its data are unknown, because the metrics of training were not given "
            "(--metrics)."
        ]
    lines = []
    training, genome = model.training, model.genome
    if model.network:
        sizes = ", ".join(f"{name} {value}" for name, value in model.network.items() if name != "preset")
        lines.append(f"Network: preset {model.preset or 'unnamed'} ({sizes}).")
    if training.recipe:
        known = training.kept_step is not None and training.steps is not None
        kept = f", step {training.kept_step:,} of {training.steps:,} kept" if known else ""
        rest = ", ".join(f"{name} {_format_value(value)}" for name, value in training.recipe.items() if name != "seed")
        lines.append(f"Training: seed {training.recipe.get('seed', 'unknown')}{kept}; {rest}.")
    if genome.contigs or genome.labels:
        contigs = ", ".join(genome.contigs) or "unknown"
        lines.append(f"Data: contigs {contigs} (refget digests), labels {genome.labels or 'unknown'}.")
    parts = {part: ", ".join(where) for part in reversed(PARTS) if (where := getattr(model.split, part))}
    if parts:
        lines.append(
            " ".join(f"The {part} part: {where}." for part, where in parts.items())
            + " The model was trained on the rest."
        )
    lines += [
        f"Threshold of {label.name}: P of at least {label.threshold:.4g}."
        for label in model.labels
        if label.threshold is not None
    ]
    return lines if history else [*lines, "The history of training was not given (train-annot --history)."]


def list_citations(version: str) -> Sequence[str]:
    """List what to cite.

    Parameters
    ----------
    version
        Version of headmotif.

    Returns
    -------
    Sequence
        A line for each work.
    """
    return [line.format(version=version) for line in CITATION]


def _format_value(value: object) -> str:
    return (
        "/".join(map(str, value))
        if isinstance(value, list)
        else {True: "yes", False: "no"}[value]
        if isinstance(value, bool)
        else str(value)
    )
