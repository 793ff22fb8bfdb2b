"""How a run was made, in words, out of what its files say of themselves."""

from collections.abc import Mapping, Sequence

CITATION = (
    "headmotif, version {version}: the program that made this report (its CITATION.cff).",
    "Clauwaert J, Menschaert G, Waegeman W. Explainability in transformer models for functional genomics. "
    "Briefings in Bioinformatics 2021; 22(5): bbab060. doi:10.1093/bib/bbab060. The method that it builds on.",
)


def methods(metrics: Mapping, history: bool) -> list[str]:
    """Sentences on the network, its training, the data and the split; what the metrics do not hold is not said.
    history: was it given?"""
    lines = []
    config, training, stopped = (metrics.get(name, {}) for name in ("config", "training", "stopped"))
    if config:
        sizes = ", ".join(f"{name} {value}" for name, value in config.items() if name != "preset")
        lines.append(f"Network: preset {config.get('preset', 'unnamed')} ({sizes}).")
    if training:
        kept = (
            f", step {stopped['kept_step']:,} of {stopped['steps']:,} kept"
            if {"kept_step", "steps"} <= set(stopped)
            else ""
        )
        rest = ", ".join(f"{name} {_said(value)}" for name, value in training.items() if name != "seed")
        lines.append(f"Training: seed {training.get('seed', 'unknown')}{kept}; {rest}.")
    data, split = metrics.get("data", {}), metrics.get("split", {})
    if data:
        lines.append(
            f"Data: contigs {', '.join(data.get('contigs', [])) or 'unknown'} (refget digests), labels "
            f"{data.get('labels', 'unknown')}."
        )
    parts = {
        part: ", ".join(map(str, regions)) for part, regions in split.items() if isinstance(regions, list) and regions
    }
    if parts:
        lines.append(
            " ".join(f"The {part} part: {where}." for part, where in parts.items())
            + " What is in neither was trained on."
        )
    threshold = metrics.get("metrics", {}).get("threshold", {})
    if isinstance(threshold, dict):
        lines += [f"Threshold of calls of {label}: P of at least {value:.4g}." for label, value in threshold.items()]
    if not metrics:
        lines.append(
            "The network, its training and its data are not known here: the metrics of training were not given "
            "(--metrics)."
        )
    elif not history:
        lines.append("The course of training was not given (--history).")
    return lines


def cited(version: str) -> Sequence[str]:
    """What to cite, with the version of the program."""
    return [line.format(version=version) for line in CITATION]


def _said(value: object) -> str:
    return (
        "/".join(map(str, value))
        if isinstance(value, list)
        else {True: "yes", False: "no"}[value]
        if isinstance(value, bool)
        else str(value)
    )
