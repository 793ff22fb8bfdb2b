"""What train-annot reads, writes and says."""

import os
from typing import TYPE_CHECKING

from ..errors import InputError

if TYPE_CHECKING:
    import numpy as np
    import torch

    from ..data import Genome
    from ..formats.model_tensor import Trained
    from ..steps.network.device import Compute
    from ..steps.network.presets import Config
    from ..steps.training.distributed import Workers
    from ..steps.training.recipe import Recipe
    from ..steps.training.split import Stretch
    from ..steps.training.state import Record, State


def genomes(paths: list[str]) -> tuple["Genome", dict[str, list["Stretch"]]]:
    """All genomes end to end, and the regions that `split.automatic` sets apart in each."""
    from ..formats import genome as genome_file
    from ..steps.training import genomes as join
    from ..steps.training import split

    if paths.count("-") > 1:
        raise InputError("standard input can be only one of the genomes; give the others as files")
    found = [genome_file.read(path) for path in paths]
    for path, one in zip(paths, found, strict=True):
        if not one.labels:
            raise InputError(f"{path}: this genome has no labels; make it with fasta2tensor GENOME --sites FILE")
    names = [os.path.basename(path).partition(".")[0] if path != "-" else "stdin" for path in paths]
    regions: dict[str, list[Stretch]] = {"validation": [], "test": []}
    contigs = 0
    for one in found:
        for name, stretches in zip(regions, split.automatic(one), strict=True):
            regions[name] += [(contigs + index, begin, end) for index, begin, end in stretches]
        contigs += len(one.contigs)
    return (join.joined(found, names) if len(found) > 1 else found[0]), regions


def models(paths: list[str]) -> list[tuple[str, "Trained"]]:
    """Models by their files or built-in names, each read once: its digest is wanted as well as its weights."""
    from .model_files import opened

    return [(path, opened(path)) for path in paths]


def network(preset: str, init: "Trained | None", labels: tuple[str, ...], seed: int) -> "torch.nn.Module":
    """A fresh network of a preset; or one of another model's sizes and weights, whose outputs go by their label's name."""
    import torch

    from ..steps.network import presets as model
    from .model_files import network as network_of

    if preset not in model.PRESETS:
        raise InputError(f"there is no preset '{preset}'; take one of {', '.join(model.PRESETS)}")
    torch.manual_seed(seed)
    if init is None:
        return model.build(model.PRESETS[preset], len(labels))
    return model.continued(network_of(init), init.header["labels"], labels)


def taught(
    teachers: list[tuple[str, "Trained"]], genome: "Genome", wanted: "np.ndarray", where: "Compute", team: "Workers", quiet: bool
) -> "np.ndarray | None":
    """The mean P(site) of those teachers that know a label, by its name, float32 (labels, 2, N); NaN where not `wanted` and for labels that
    none of them knows. None without a teacher."""
    import numpy as np

    from ..cli import Progress
    from ..steps.training import train
    from .model_files import network as network_of

    total, known_by = np.zeros(genome.label.shape, np.float32), np.zeros(len(genome.labels), np.int64)
    for turn, (path, known) in enumerate(teachers, 1):
        labels = known.header["labels"]
        mine = [number for number, label in enumerate(genome.labels) if label in labels]
        if not mine:
            raise InputError(f"{path}: this teacher knows nothing of {' or '.join(genome.labels)}; it was trained on {', '.join(labels)}")
        net = network_of(known).to(where.device)
        told = Progress(f"asking teacher {turn} of {len(teachers)}", 2 * len(genome.base), quiet)
        found = train.annotated(net, genome, where, wanted, team, told)
        total[mine] += found[[labels.index(genome.labels[i]) for i in mine]]
        known_by[mine] += 1
    with np.errstate(invalid="ignore"):
        return total / known_by[:, None, None].astype(np.float32) if teachers else None


def description(
    genome: "Genome",
    config: "Config",
    recipe: "Recipe",
    regions: dict[str, list["Stretch"]],
    init: "Trained | None",
    teachers: list[tuple[str, "Trained"]],
) -> dict:
    """All that a run depends on, but threads and precision: what must agree to go on from a checkpoint."""
    import hashlib
    from dataclasses import asdict

    from ..steps.network import presets as model
    from ..steps.training import split

    labels = hashlib.sha256(genome.label.tobytes()).hexdigest()[:16]
    return {
        "config": model.config_header(config),
        "labels": list(genome.labels),
        "training": {**asdict(recipe), "momenta": list(recipe.momenta)},
        "init": init.digest if init else "",
        "teachers": [known.digest for _path, known in teachers],
        "split": {name: split.shown(genome, stretches) for name, stretches in regions.items()},
        "data": {"contigs": [c.digest for c in genome.contigs], "labels": labels},
    }


def resumed(path: str, run: dict) -> "State":
    """The state in a checkpoint, or a fresh one where there is no file yet."""
    from ..formats import checkpoint_tensor
    from ..steps.training import state as run_state

    if not os.path.exists(path):
        return run_state.State()
    found = checkpoint_tensor.read(path)
    if found.run != run:
        other = [key for key in run if found.run.get(key) != run[key]]
        raise InputError(f"{path}: this checkpoint is of another run ({', '.join(other)} differ); give the same options, or another file")
    return run_state.unpack(found.progress, found.arrays)


def forecast(net: "torch.nn.Module", seconds: float, steps: int, recipe: "Recipe", where: "Compute") -> str:
    weights = sum(p.numel() for p in net.parameters())
    nucleotides = steps * recipe.batch * recipe.length
    return (
        f"{weights:,} weights on {where}; at most {steps:,} steps, {nucleotides / 1e6:.1f} million nucleotides, "
        f"about {steps * seconds / 60:.0f} minutes and evaluations; it stops earlier when it gets no better"
    )


def evaluation(labels: tuple[str, ...], record: "Record") -> str:
    if not any(s.positions for s in record.scores):
        return f"step {record.step}: loss {record.loss:.5f}"
    scores = "; ".join(
        f"{label}: PR-AUC {s.average_precision:.4f}, ROC-AUC {s.roc_auc:.4f}, prevalence {s.prevalence:.2e}"
        for label, s in zip(labels, record.scores, strict=True)
    )
    return f"step {record.step}: loss {record.loss:.5f}; validation {scores}{' (best so far)' if record.best else ''}"


def stopped(state: "State") -> dict:
    """Steps taken, and the step whose weights are kept: the last where there was nothing to be evaluated on."""
    from ..steps.training.train import kept

    evaluated = any(score.positions for record in state.records for score in record.scores)
    return {"steps": state.step, "kept_step": kept(state).step if evaluated else state.step}


def scored(net: "torch.nn.Module", genome: "Genome", part: "np.ndarray", where: "Compute", team: "Workers", quiet: bool) -> dict:
    """Calibrate the network in place on the validation part; then its scores on each part and label, the calibration, and the threshold of
    calls, which is chosen on the validation part too."""
    from dataclasses import asdict

    from ..cli import Progress
    from ..data import NO_LABEL
    from ..steps.network import calibrate
    from ..steps.training import split, train

    def chosen_by(probability: "np.ndarray") -> list[tuple["np.ndarray", "np.ndarray"]]:
        known = (part == split.VALIDATION) & (genome.label != NO_LABEL) & (probability == probability)  # NaN, at N, equals nothing
        return [(truth[k], p[k]) for truth, p, k in zip(genome.label, probability, known, strict=True)]

    def annotated(what: str, wanted: "np.ndarray") -> "np.ndarray":
        return train.annotated(net, genome, where, wanted, team, Progress(what, 2 * len(genome.base), quiet))

    raw = annotated("calibrating", part == split.VALIDATION)
    found = tuple(calibrate.fitted(truth, p) for truth, p in chosen_by(raw))
    calibrate.apply(net, found)
    probability = annotated("scoring", part != split.TRAIN)
    parts = {
        name: map(asdict, train.part_scores(genome, probability, part == number))
        for name, number in {"validation": split.VALIDATION, "test": split.TEST}.items()
    }
    each = {
        **parts,
        "threshold": [train.best_threshold(truth, p) for truth, p in chosen_by(probability)],
        "calibration": [one._asdict() for one in found],
    }
    return {name: dict(zip(genome.labels, values, strict=True)) for name, values in each.items()}


def write(output: str, history: str, metrics: str, header: dict, net: "torch.nn.Module", labels: tuple[str, ...], state: "State") -> None:
    """The model last: where it is, the rest is too."""
    from ..formats import model_tensor, summary, tables

    if history:
        tables.write_table(history, _history(labels, state.records))
    if metrics:
        summary.write(metrics, header)
    weights = {name: p.detach().cpu().numpy() for name, p in net.named_parameters()}
    model_tensor.write(output, model_tensor.Trained(summary.plain(header), weights))


def _history(labels: tuple[str, ...], records: list["Record"]) -> dict[str, list]:
    """Columns of the history: a row for each evaluation and label."""
    rows = [
        (r.step, r.epoch, r.nucleotides, r.loss, r.validation_loss, label, s.roc_auc, s.average_precision, s.prevalence, int(r.best))
        for r in records
        for label, s in zip(labels, r.scores, strict=True)
    ]
    names = ("step", "epoch", "nucleotides", "loss", "validation_loss", "label", "roc_auc", "average_precision", "prevalence", "best")
    return {name: [row[i] for row in rows] for i, name in enumerate(names)}


def told(metrics: dict) -> str:
    lines = [
        f"{part}, {label}: PR-AUC {s['average_precision']:.4f}, ROC-AUC {s['roc_auc']:.4f}, "
        f"prevalence {s['prevalence']:.2e} ({s['sites']:,} sites)"
        for part in ("validation", "test")
        for label, s in metrics[part].items()
    ]
    return "\n".join(lines)
