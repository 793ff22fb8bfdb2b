"""train-annot: from labelled genomes to a model."""

from typing import TYPE_CHECKING, Annotated

import typer

from ..cli import (
    MODEL,
    Device,
    DryRun,
    GenomeFiles,
    Manifest,
    Output,
    Precision,
    Quiet,
    Seed,
    Threads,
    command,
    conclude,
    count_usable_threads,
    enter,
    say,
    write_word,
)
from ..errors import InputError
from ..progress import Progress
from ..steps.training.recipe import DEFAULT

if TYPE_CHECKING:
    import numpy as np

    from ..data import Genome, Model
    from ..steps.network.presets import Network
    from ..steps.training.init_labels import Start
    from ..steps.training.recipe import Recipe
    from ..steps.training.split import Stretch
    from ..steps.training.state import State

OWN = "default: the preset's"


def train_annot(
    genome: GenomeFiles,
    output: Output = "-",
    preset: Annotated[
        str,
        typer.Option(
            metavar="default|wide|paper|cnn",
            help="Preset of the network and its training: attention heads over 11-mers (default), over 17-mers, which "
            "suit transcription factors (wide), the network published in 2021 (paper), or a convolutional network "
            "without heads (cnn).",
        ),
    ] = "default",
    init: Annotated[
        str, typer.Option(metavar="MODEL", help=f"{MODEL}, whose weights training starts from; its preset is kept.")
    ] = "",
    init_label: Annotated[
        list[str] | None,
        typer.Option(
            metavar="DATA=MODEL",
            help="Label of the genome and the label of the --init model whose output it begins with; DATA= begins with "
            "fresh weights. May be given several times. Default: the same name, or the only label left in each.",
        ),
    ] = None,
    teacher: Annotated[
        list[str] | None,
        typer.Option(
            metavar="MODEL",
            help=f"{MODEL}, to learn from as a teacher: its predictions count as much as the labels. May be given "
            "several times, to learn from the mean of the teachers.",
        ),
    ] = None,
    refit: Annotated[
        str,
        typer.Option(
            metavar="MODEL",
            help=f"{MODEL}, whose recipe is used to train on the whole genome, with nothing held out; its threshold "
            "and scores are copied.",
        ),
    ] = "",
    validation: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CONTIG:FIRST-LAST",
            help="Validation part, 1-based, both ends included, on which the best weights are chosen; may be given "
            "several times.",
        ),
    ] = None,
    test: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CONTIG:FIRST-LAST",
            help="Test part, 1-based, both ends included, scored once at the end; may be given several times.",
        ),
    ] = None,
    max_epochs: Annotated[
        int | None,
        typer.Option(min=1, help=f"Largest number of passes over all training sites; {OWN} ({DEFAULT.epochs})."),
    ] = None,
    max_steps: Annotated[
        int | None, typer.Option(min=1, help="Largest number of training steps; default: as many as the epochs take.")
    ] = None,
    batch_size: Annotated[
        int | None, typer.Option(min=1, help=f"Number of sequences per training step; {OWN} ({DEFAULT.batch}).")
    ] = None,
    sequence_length: Annotated[
        int | None, typer.Option(min=1, help=f"Length of a training sequence in nucleotides; {OWN} ({DEFAULT.length}).")
    ] = None,
    learning_rate: Annotated[
        float | None, typer.Option(min=0, help=f"Learning rate of the optimiser; {OWN} ({DEFAULT.rate}).")
    ] = None,
    eval_steps: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Number of training steps between evaluations; default: chosen by the size of the validation part.",
        ),
    ] = None,
    patience: Annotated[
        int | None,
        typer.Option(
            min=1,
            help=f"Number of evaluations without a better score after which training stops; {OWN} "
            f"({DEFAULT.patience}).",
        ),
    ] = None,
    history: Annotated[str, typer.Option(metavar="FILE", help="Scores of each evaluation, TSV.")] = "",
    metrics: Annotated[
        str, typer.Option(metavar="FILE", help="Metrics of the model, JSON: its scores and its recipe.")
    ] = "",
    checkpoint: Annotated[
        str, typer.Option(metavar="FILE", help="Checkpoint: the state of the run, written after each evaluation.")
    ] = "",
    resume: Annotated[
        bool, typer.Option("--resume", help="Continue from the file of --checkpoint; without one, begin anew.")
    ] = False,
    manifest: Manifest = "",
    dry_run: DryRun = False,
    seed: Seed = DEFAULT.seed,
    threads: Threads = None,
    device: Device = "auto",
    precision: Precision = "auto",
    quiet: Quiet = False,
) -> None:
    """Train a network that scores every nucleotide of both strands as a site.

    GENOME is a genome tensor with labels, from fasta2tensor. Several genomes are learned from together. Without
    --validation and --test, the last 20 % of the bases of each genome are the test part, and the 10 % before them
    are the validation part.

    After each evaluation, the selection score is the mean of the last three average precisions on the validation part.
    The weights with the best one are kept. Training stops when it no longer rises.
    """
    from functools import partial

    from ..formats.output_files import refuse_terminal
    from ..steps.network.device import use_device
    from ..steps.training import batches, calibrated_scores, description, distributed, split, state, teach, train
    from ..steps.training import refit as refitting

    _refuse_options(refit, init or init_label or validation or test or max_epochs or max_steps, resume, checkpoint)
    refuse_terminal("" if dry_run else output)
    where = enter(use_device(device, precision, count_usable_threads(threads)))
    team = distributed.join(where.device.type)
    quiet |= not team.is_first
    data, regions = _genomes(genome)
    start = _open_init(init, init_label or [], data.labels, quiet)
    like, teachers = _open_model(refit), _teachers(teacher or [])
    asked = (max_epochs, max_steps, batch_size, sequence_length, learning_rate, eval_steps, patience)
    net, recipe = _build_refit_network(refit, like, data) if like else _build_network(preset, start, data, seed, asked)
    regions = {"validation": [], "test": []} if like else _regions(data, validation or [], test or []) or regions
    part, net = _parts(data, regions), net.to(where.device)
    progress = partial(Progress, quiet=quiet)
    taught = teach.ask_teachers(teachers, data, part == split.TRAIN, where, team, progress)
    chunks = batches.Chunks(data, part, recipe, net.learning, taught)
    limit, run = train.limit_steps(chunks), description.describe(data, net.config, recipe, regions, start, teachers)
    stand = _resume_state(checkpoint, run, quiet) if resume else state.State()
    seconds = train.seconds_per_step(net, chunks, where)
    say(description.forecast(net, seconds, limit - stand.step, recipe, where), quiet and not dry_run)
    if dry_run:
        return distributed.leave()
    report_loss = partial(_tell_loss, Progress("training", limit, quiet))
    for _ in train.train(net, chunks, where, stand, report_loss, team, start.list_known()):
        _keep(checkpoint if team.is_first else "", run, stand)
        say(description.format_evaluation(data.labels, stand.records, recipe), quiet)
    held = refitting.calibrate_as(net, like) if like else None
    labels = held or calibrated_scores.calibrate_and_score(net, data, part, where, team, progress)
    if team.is_first:
        made = description.describe_finished(run, labels, train.count_steps(stand), like.digest if like else "")
        _write((output, history, metrics), made, net, recipe, data, stand)
        say((f"held out from {refit}:\n" if like else "") + description.format_scores(labels), quiet)
        _conclude(output, metrics, history, manifest, genome[0], quiet)
    distributed.leave()


def _conclude(output: str, metrics: str, history: str, manifest: str, genome: str, quiet: bool) -> None:
    from ..formats.tables import manifest as manifests

    manifests.add(manifest, {"metrics": metrics, "history": history})
    results = {output: "the model", metrics: "its scores, JSON", history: "the evaluations during training, TSV"}
    conclude(results, f"dump-attention {write_word(output)} {write_word(genome)} -o attention.safetensors", quiet)


def _refuse_options(refit: str, other: object, resume: bool, checkpoint: str) -> None:
    """other: any option that --refit excludes, if one was given."""
    if refit and other:
        raise InputError(
            "--refit takes the recipe and its length from its MODEL; leave out --init, --init-label, --validation, "
            "--test, --max-epochs and --max-steps"
        )
    if resume and not checkpoint:
        raise InputError("--resume needs --checkpoint FILE, the state to continue from")


def _genomes(paths: list[str]) -> tuple["Genome", dict[str, list["Stretch"]]]:
    """All genomes end to end, and the regions that are set apart in each where none are asked for."""
    import os

    from ..formats.inputs import genomes as genome_file
    from ..steps.training import genomes

    found = [genome_file.read(path) for path in paths]
    for path, one in zip(paths, found, strict=True):
        if not one.labels:
            raise InputError(f"{path}: this genome has no labels; make it with fasta2tensor GENOME --sites FILE")
    names = [os.path.basename(path).partition(".")[0] if path != "-" else "stdin" for path in paths]
    return genomes.concatenate_and_split(found, names)


def _open_model(path: str) -> "Model | None":
    from ..builtin import MODELS
    from ..formats.inputs import models

    return models.open_model(path, MODELS) if path else None


def _open_init(path: str, choices: list[str], labels: tuple[str, ...], quiet: bool) -> "Start":
    """The model that training begins with, and which of its outputs each label begins with. choices: DATA=MODEL."""
    from ..steps.training import init_labels

    known = _open_model(path)
    if known is None:
        if choices:
            raise InputError("--init-label names a label of the --init model; give --init MODEL too")
        return init_labels.Start(None, dict.fromkeys(labels, init_labels.FRESH))
    name = path if path != "-" else "the model"
    chosen = init_labels.parse_choices(choices, labels, known.names, name)
    sources = init_labels.match(labels, known.names, chosen, name)
    for line in init_labels.describe(sources, known.names, chosen, name):
        say(line, quiet)
    return init_labels.Start(known, sources)


def _teachers(paths: list[str]) -> list[tuple[str, "Model"]]:
    """Each read once: its digest is wanted as well as its weights."""
    return [(path, model) for path in paths if (model := _open_model(path))]


def _build_refit_network(refit: str, like: "Model", data: "Genome") -> tuple["Network", "Recipe"]:
    """A fresh network of a model's preset, and the model's own recipe."""
    from ..steps.network import presets
    from ..steps.training import refit as refitting

    recipe = refitting.recipe(refit, like, data)
    return presets.begin(like.preset, None, [""] * len(data.labels), recipe.seed), recipe


def _build_network(
    preset: str, start: "Start", genome: "Genome", seed: int, asked: tuple[float | None, ...]
) -> tuple["Network", "Recipe"]:
    """A network of a preset or from another model's weights, and its preset's recipe with what was asked for
    instead."""
    from ..steps.network import composition, presets

    known = composition.settle(start.model, genome) if start.model else None
    net = presets.begin(preset, known, list(start.sources.values()), seed)
    return net, _recipe(net.config.preset, seed, *asked)


def _tell_loss(progress: Progress, step: int, loss: float) -> None:
    progress(step, f"loss {loss:.4f}")


def _keep(path: str, run: "Model", state: "State") -> None:
    """The state of a run, in its checkpoint, where there is to be one."""
    from ..formats.tensors import checkpoint_tensor, model_header
    from ..steps.training.state import pack

    if path:
        checkpoint_tensor.write(path, checkpoint_tensor.Checkpoint(model_header.run(run), *pack(state)))


def _resume_state(path: str, run: "Model", quiet: bool) -> "State":
    """The state in a checkpoint, or a fresh one where there is no file yet."""
    import os

    from ..formats.tensors import checkpoint_tensor, model_header
    from ..steps.training import state

    if not os.path.exists(path):
        say(f"{path}: no checkpoint yet, so training begins at its first step", quiet)
        return state.State()
    found = checkpoint_tensor.read(path)
    wanted = model_header.run(run)
    if found.run != wanted:
        other = [key for key in wanted | found.run if found.run.get(key) != wanted.get(key)]
        raise InputError(
            f"{path}: this checkpoint belongs to another run ({', '.join(other)} differ); give the same options, or "
            "another file"
        )
    stand = state.unpack(found.progress, found.arrays)
    say(f"resumed from {path} at step {stand.step:,}", quiet)
    return stand


def _write(
    paths: tuple[str, str, str], made: "Model", net: "Network", recipe: "Recipe", data: "Genome", state: "State"
) -> None:
    """The model last: where it is, the rest is too. paths: of model, history and metrics."""
    from dataclasses import replace

    from ..formats.tables import tsv
    from ..formats.tensors import model_header, model_tensor
    from ..steps.calling import transferability
    from ..steps.training import description

    output, history, metrics = paths
    weights = {name: p.detach().cpu().numpy() for name, p in net.named_parameters()}
    made = replace(made, genome=transferability.origin(data), weights=weights)
    if history:
        tsv.write_table(history, description.history(data.labels, state.records, recipe))
    if metrics:
        model_header.write_metrics(metrics, made)
    model_tensor.write(output, made)


def _recipe(preset: str, seed: int, *asked: float | None) -> "Recipe":
    """The preset's recipe with what was asked for instead."""
    from dataclasses import asdict

    from ..steps.training.recipe import RECIPES, Recipe

    names = ("epochs", "max_steps", "batch", "length", "rate", "every", "patience")
    instead = {name: value for name, value in zip(names, asked, strict=True) if value is not None}
    return Recipe(**{**asdict(RECIPES[preset]), "seed": seed, **instead})


def _regions(genome: "Genome", validation: list[str], test: list[str]) -> dict[str, list["Stretch"]]:
    """The regions asked for; none where none was."""
    from ..steps.training import split

    if not validation and not test:
        return {}
    if not validation:
        raise InputError("--test needs --validation too, where the best weights are chosen; give both")
    return {
        name: [split.parse_stretch(genome, text) for text in texts]
        for name, texts in (("validation", validation), ("test", test))
    }


def _parts(genome: "Genome", regions: dict[str, list["Stretch"]]) -> "np.ndarray":
    from ..steps.training import split

    part = split.parts(genome, *regions.values())
    for name, number in (("training", split.TRAIN), ("validation", split.VALIDATION)):
        if (name == "training" or regions[name]) and not ((genome.label == 1) & (part == number)).any():
            raise InputError(f"the {name} part has no site; give more sites, or other --validation and --test regions")
    return part


main = command(train_annot)

if __name__ == "__main__":  # for PyTorch's launcher of several processes
    main()
