"""train-annot: from a labelled genome to a model."""

from typing import TYPE_CHECKING, Annotated

import typer

from ..cli import Device, GenomeFile, Output, Precision, Progress, Quiet, Seed, Threads, command, say, usable_threads
from ..errors import InputError
from ..steps.recipe import DEFAULT

if TYPE_CHECKING:
    import torch

    from ..data import Genome
    from ..steps.run_state import Record, State
    from ..steps.split import Stretch


def train_annot(
    genome: GenomeFile,
    output: Output = "-",
    preset: Annotated[
        str, typer.Option(metavar="default|cnn", help="The network: attention heads over k-mers, or the convolutional baseline.")
    ] = "default",
    validation: Annotated[
        list[str] | None, typer.Option(metavar="CONTIG:FIRST-LAST", help="Region to choose by, 1-based, closed; may be given again.")
    ] = None,
    test: Annotated[list[str] | None, typer.Option(metavar="CONTIG:FIRST-LAST", help="Region scored once, at the end.")] = None,
    epochs: Annotated[int, typer.Option(min=1, help="Passes over all training sites, at most.")] = DEFAULT.epochs,
    steps: Annotated[int, typer.Option(min=0, help="Steps at most; 0: as many as the epochs take.")] = DEFAULT.max_steps,
    batch: Annotated[int, typer.Option(min=1, help="Stretches per step.")] = DEFAULT.batch,
    length: Annotated[int, typer.Option(min=16, help="Nucleotides per stretch.")] = DEFAULT.length,
    rate: Annotated[float, typer.Option(min=0, help="Learning rate.")] = DEFAULT.rate,
    every: Annotated[int, typer.Option(min=0, help="Steps between evaluations; 0: by the size of the validation part.")] = DEFAULT.every,
    patience: Annotated[int, typer.Option(min=1, help="Evaluations without a better score before it stops.")] = DEFAULT.patience,
    history: Annotated[str, typer.Option(metavar="FILE", help="Table of the evaluations, TSV.")] = "",
    metrics: Annotated[str, typer.Option(metavar="FILE", help="Scores of the kept model, JSON.")] = "",
    checkpoint: Annotated[str, typer.Option(metavar="FILE", help="Where the run's state is kept after each evaluation.")] = "",
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the checkpoint, if it is there.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would cost, and stop.")] = False,
    seed: Seed = DEFAULT.seed,
    threads: Threads = 0,
    device: Device = "auto",
    precision: Precision = "auto",
    quiet: Quiet = False,
) -> None:
    """Train a network to score every nucleotide of both strands, and keep the one that is best on the validation part.

    GENOME is a genome tensor with labels, from fasta2tensor. Without --validation and --test the last 20 % of the bases are for the
    test, and the 10 % before them for the validation. Training stops when the average precision on the validation part rises no more.
    """
    from dataclasses import replace

    import torch

    from ..data import NO_LABEL
    from ..formats import checkpoint_tensor, model_tensor, summary, tables, tensors
    from ..formats import genome as genome_file
    from ..steps import chunks as chunked
    from ..steps import compute, model, run_state, split
    from ..steps import train as training

    if preset not in model.PRESETS:
        raise InputError(f"there is no preset '{preset}'; take one of {', '.join(model.PRESETS)}")
    if resume and not checkpoint:
        raise InputError("--resume needs --checkpoint FILE, the state to go on from")
    if not dry_run:
        tensors.refuse_terminal(output)
    data = genome_file.read(genome)
    if not data.labels:
        raise InputError("this genome has no labels; make it with fasta2tensor GENOME --sites FILE")
    regions = _regions(data, validation or [], test or [])
    part = split.parts(data, *regions.values())
    for name, number in (("training", split.TRAIN), ("validation", split.VALIDATION)):
        if not ((data.label == 1) & (part == number)).any():
            raise InputError(f"the {name} part holds no site; give more sites, or other --validation and --test regions")
    asked = {"epochs": epochs, "max_steps": steps, "batch": batch, "length": length, "rate": rate, "every": every, "patience": patience}
    recipe = replace(DEFAULT, **asked, seed=seed)
    where = compute.choose(device, precision, usable_threads(threads))
    torch.manual_seed(seed)
    net = model.build(model.PRESETS[preset], len(data.labels)).to(where.device)
    chunks = chunked.Chunks(data, part, recipe, net.halo)
    limit = training.steps_at_most(chunks)
    run = _run(data, net, recipe, regions)
    state = _resumed(checkpoint, run) if resume else run_state.State()
    say(_forecast(net, training.seconds_per_step(net, chunks, where), limit - state.step, recipe, str(where)), quiet and not dry_run)
    if dry_run:
        return

    def keep(state: "State") -> None:
        if checkpoint:
            checkpoint_tensor.write(checkpoint, checkpoint_tensor.Checkpoint(run, *run_state.pack(state)))

    told = Progress("training", limit, quiet)
    for record in training.train(net, chunks, where, state, lambda step, loss: told(step, f"loss {loss:.4f}"), keep):
        say(_evaluation(data.labels, record), quiet)
    probability = training.annotate(net, data, where, part != split.TRAIN)
    numbered = {"validation": split.VALIDATION, "test": split.TEST}
    scores = {name: training.part_scores(data, probability, part == number) for name, number in numbered.items()}
    known = (part == split.VALIDATION) & (data.label != NO_LABEL)
    thresholds = [training.best_threshold(truth[k], p[k]) for truth, p, k in zip(data.label, probability, known, strict=True)]
    stopped = {"steps": state.step, "kept_step": training.kept(state).step}
    header = {**run, "stopped": stopped, "metrics": _metrics(data.labels, scores, thresholds)}
    if history:
        tables.write_table(history, _history(data.labels, state.records))
    if metrics:
        summary.write(metrics, header)
    weights = {name: p.detach().cpu().numpy() for name, p in net.named_parameters()}
    model_tensor.write(output, model_tensor.Trained(summary.plain(header), weights))
    say(_told(header["metrics"]), quiet)


def _regions(genome: "Genome", validation: list[str], test: list[str]) -> dict[str, list["Stretch"]]:
    """The regions asked for, or, where none were, stretches at the end of the genome."""
    from ..steps import split

    if not validation and not test:
        return dict(zip(("validation", "test"), split.automatic(genome), strict=True))
    if not validation:
        raise InputError("--test needs --validation too: the weights to keep are chosen there")
    return {name: [split.parsed(genome, text) for text in texts] for name, texts in (("validation", validation), ("test", test))}


def _run(genome: "Genome", net: "torch.nn.Module", recipe: object, regions: dict[str, list["Stretch"]]) -> dict:
    """All that a run depends on, but threads and precision: what must agree to go on from a checkpoint."""
    import hashlib
    from dataclasses import asdict

    from ..steps import model, split

    labels = hashlib.sha256(genome.label.tobytes()).hexdigest()[:16]
    return {
        "config": model.config_header(net.config),
        "labels": list(genome.labels),
        "training": asdict(recipe),
        "split": {name: split.shown(genome, stretches) for name, stretches in regions.items()},
        "data": {"contigs": [c.digest for c in genome.contigs], "labels": labels},
    }


def _resumed(path: str, run: dict) -> "State":
    """The state in a checkpoint, or a fresh one where there is no file yet."""
    import os

    from ..formats import checkpoint_tensor
    from ..steps import run_state

    if not os.path.exists(path):
        return run_state.State()
    found = checkpoint_tensor.read(path)
    if found.run != run:
        other = [key for key in run if found.run.get(key) != run[key]]
        raise InputError(f"{path}: this checkpoint is of another run ({', '.join(other)} differ); give the same options, or another file")
    return run_state.unpack(found.progress, found.arrays)


def _forecast(net: "torch.nn.Module", seconds: float, steps: int, recipe: object, where: str) -> str:
    weights = sum(p.numel() for p in net.parameters())
    nucleotides = steps * recipe.batch * recipe.length
    return (
        f"{weights:,} weights on {where}; at most {steps:,} steps, {nucleotides / 1e6:.1f} million nucleotides, "
        f"about {steps * seconds / 60:.0f} minutes and evaluations; it stops earlier when it gets no better"
    )


def _evaluation(labels: tuple[str, ...], record: "Record") -> str:
    scores = "; ".join(
        f"{label}: PR-AUC {s.average_precision:.4f}, ROC-AUC {s.roc_auc:.4f}, prevalence {s.prevalence:.2e}"
        for label, s in zip(labels, record.scores, strict=True)
    )
    return f"step {record.step}: loss {record.loss:.5f}; validation {scores}{' (best so far)' if record.best else ''}"


def _history(labels: tuple[str, ...], records: list["Record"]) -> dict[str, list]:
    """Columns of the history: a row for each evaluation and label."""
    rows = [
        (r.step, r.epoch, r.nucleotides, r.loss, label, s.roc_auc, s.average_precision, s.prevalence, int(r.best))
        for r in records
        for label, s in zip(labels, r.scores, strict=True)
    ]
    names = ("step", "epoch", "nucleotides", "loss", "label", "roc_auc", "average_precision", "prevalence", "best")
    return {name: [row[i] for row in rows] for i, name in enumerate(names)}


def _metrics(labels: tuple[str, ...], scores: dict[str, tuple], thresholds: list[float]) -> dict:
    from dataclasses import asdict

    parts = {name: dict(zip(labels, map(asdict, found), strict=True)) for name, found in scores.items()}
    return {**parts, "threshold": dict(zip(labels, thresholds, strict=True))}


def _told(metrics: dict) -> str:
    lines = [
        f"{part}, {label}: PR-AUC {s['average_precision']:.4f}, ROC-AUC {s['roc_auc']:.4f}, "
        f"prevalence {s['prevalence']:.2e} ({s['sites']:,} sites)"
        for part in ("validation", "test")
        for label, s in metrics[part].items()
    ]
    return "\n".join(lines)


main = command(train_annot)
