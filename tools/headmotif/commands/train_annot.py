"""train-annot: from labelled genomes to a model."""

from typing import TYPE_CHECKING, Annotated

import typer

from ..cli import (
    Device,
    GenomeFiles,
    Output,
    Precision,
    Progress,
    Quiet,
    Seed,
    Threads,
    command,
    enter,
    say,
    usable_threads,
)
from ..errors import InputError
from ..steps.training.recipe import DEFAULT

if TYPE_CHECKING:
    import numpy as np

    from ..data import Genome, Model
    from ..steps.network.presets import Network
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
            help="The network and its training: attention heads over k-mers, the same with wide keys for factors, the "
            "one published in 2021, or the convolutional baseline.",
        ),
    ] = "default",
    init: Annotated[
        str, typer.Option(metavar="MODEL", help="Begin with this model's weights; its preset and sizes are taken over.")
    ] = "",
    teacher: Annotated[
        list[str] | None,
        typer.Option(
            metavar="MODEL",
            help="Learn half from the labels, half from what this model says; may be given again: of their mean.",
        ),
    ] = None,
    refit: Annotated[
        str,
        typer.Option(
            metavar="MODEL",
            help="Train on all of the genome, nothing held out, by this model's recipe; threshold and scores are this "
            "model's.",
        ),
    ] = "",
    validation: Annotated[
        list[str] | None,
        typer.Option(metavar="CONTIG:FIRST-LAST", help="Region to choose by, 1-based, closed; may be given again."),
    ] = None,
    test: Annotated[
        list[str] | None, typer.Option(metavar="CONTIG:FIRST-LAST", help="Region scored once, at the end.")
    ] = None,
    epochs: Annotated[
        int, typer.Option(min=0, help=f"Passes over all training sites, at most; {OWN} ({DEFAULT.epochs}).")
    ] = 0,
    steps: Annotated[int, typer.Option(min=0, help="Steps at most; default: as many as the epochs take.")] = 0,
    batch: Annotated[int, typer.Option(min=0, help=f"Stretches per step; {OWN} ({DEFAULT.batch}).")] = 0,
    length: Annotated[int, typer.Option(min=0, help=f"Nucleotides per stretch; {OWN} ({DEFAULT.length}).")] = 0,
    rate: Annotated[float, typer.Option(min=0, help=f"Learning rate; {OWN} ({DEFAULT.rate}).")] = 0,
    every: Annotated[
        int, typer.Option(min=0, help="Steps between evaluations; default: by the size of the validation part.")
    ] = 0,
    patience: Annotated[
        int,
        typer.Option(min=0, help=f"Evaluations without a better score before it stops; {OWN} ({DEFAULT.patience})."),
    ] = 0,
    history: Annotated[str, typer.Option(metavar="FILE", help="Table of the evaluations, TSV.")] = "",
    metrics: Annotated[str, typer.Option(metavar="FILE", help="Scores of the kept model, JSON.")] = "",
    checkpoint: Annotated[
        str, typer.Option(metavar="FILE", help="Where the run's state is kept after each evaluation.")
    ] = "",
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the checkpoint, if it is there.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would cost, and stop.")] = False,
    seed: Seed = DEFAULT.seed,
    threads: Threads = 0,
    device: Device = "auto",
    precision: Precision = "auto",
    quiet: Quiet = False,
) -> None:
    """Train a network to score every nucleotide of both strands, and keep the one that is best on the validation part.

    GENOME is a genome tensor with labels, from fasta2tensor; several are learned from together. Without --validation
    and --test the last 20 % of the bases of each are for the test, and the 10 % before them for the validation.
    Training stops when the average precision on the validation part rises no more.
    """
    from functools import partial

    from ..formats.files import refuse_terminal
    from ..steps.network.device import using
    from ..steps.training import batches, calibrated_scores, description, distributed, split, state, teach, train
    from ..steps.training import refit as refitting

    _refuse_options(refit, bool(init or validation or test or epochs or steps), resume, checkpoint)
    refuse_terminal("" if dry_run else output)
    where = enter(using(device, precision, usable_threads(threads)))
    team = distributed.joined(where.device.type)
    quiet = quiet or not team.first
    data, regions = _genomes(genome)
    known, like, teachers = _opened(init), _opened(refit), _teachers(teacher or [])
    asked = (epochs, steps, batch, length, rate, every, patience)
    net, recipe = _network(refit, like, data) if like else _fresh(preset, known, data, seed, asked)
    regions = {"validation": [], "test": []} if like else _regions(data, validation or [], test or []) or regions
    part, net = _parts(data, regions), net.to(where.device)
    progress = partial(Progress, quiet=quiet)
    taught = teach.taught(teachers, data, part == split.TRAIN, where, team, progress)
    chunks = batches.Chunks(data, part, recipe, net.learning, taught)
    limit = train.steps_at_most(chunks)
    run = description.describe(data, net.config, recipe, regions, known, teachers)
    stand = _resumed(checkpoint, run) if resume else state.State()
    seconds = train.seconds_per_step(net, chunks, where)
    say(description.forecast(net, seconds, limit - stand.step, recipe, where), quiet and not dry_run)
    if dry_run:
        return distributed.left()
    begun = [label in known.names for label in data.labels] if known else []
    told = partial(_tell_loss, Progress("training", limit, quiet))
    for record in train.train(net, chunks, where, stand, told, team, begun):
        _keep(checkpoint if team.first else "", run, stand)
        say(description.evaluation_in_words(data.labels, record), quiet)
    held = refitting.calibrate_as(net, like) if like else None
    labels = held or calibrated_scores.scored(net, data, part, where, team, progress)
    if team.first:
        made = description.finished(run, labels, train.stopped(stand), like.digest if like else "")
        _write(output, history, metrics, made, net, data, stand)
        say((f"held out from {refit}:\n" if like else "") + description.scores_in_words(labels), quiet)
    distributed.left()


def _refuse_options(refit: str, other: bool, resume: bool, checkpoint: str) -> None:
    if refit and other:
        raise InputError(
            "--refit takes the recipe and its length from its MODEL; leave out --init, --validation, --test, --epochs "
            "and --steps"
        )
    if resume and not checkpoint:
        raise InputError("--resume needs --checkpoint FILE, the state to go on from")


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
    return genomes.in_one(found, names)


def _opened(path: str) -> "Model | None":
    from ..builtin import MODELS
    from ..formats.tensors import model_tensor

    return model_tensor.opened(path, MODELS) if path else None


def _teachers(paths: list[str]) -> list[tuple[str, "Model"]]:
    """Each read once: its digest is wanted as well as its weights."""
    return [(path, model) for path in paths if (model := _opened(path))]


def _network(refit: str, like: "Model", data: "Genome") -> tuple["Network", "Recipe"]:
    """A fresh network of a model's preset, and the model's own recipe."""
    from ..steps.network import presets
    from ..steps.training import refit as refitting

    recipe = refitting.recipe(refit, like, data)
    return presets.begun(like.preset, None, data.labels, recipe.seed), recipe


def _fresh(
    preset: str, known: "Model | None", data: "Genome", seed: int, asked: tuple[float, ...]
) -> tuple["Network", "Recipe"]:
    """A network of a preset or from another model's weights, and its preset's recipe with what was asked for
    instead."""
    from ..steps.network import presets

    net = presets.begun(preset, known, data.labels, seed)
    return net, _recipe(net.config.preset, seed, *asked)


def _tell_loss(progress: Progress, step: int, loss: float) -> None:
    progress(step, f"loss {loss:.4f}")


def _keep(path: str, run: "Model", state: "State") -> None:
    """The state of a run, in its checkpoint, where there is to be one."""
    from ..formats.tensors import checkpoint_tensor, model_header
    from ..steps.training.state import pack

    if path:
        checkpoint_tensor.write(path, checkpoint_tensor.Checkpoint(model_header.run(run), *pack(state)))


def _resumed(path: str, run: "Model") -> "State":
    """The state in a checkpoint, or a fresh one where there is no file yet."""
    import os

    from ..formats.tensors import checkpoint_tensor, model_header
    from ..steps.training import state

    if not os.path.exists(path):
        return state.State()
    found = checkpoint_tensor.read(path)
    wanted = model_header.run(run)
    if found.run != wanted:
        other = [key for key in wanted if found.run.get(key) != wanted[key]]
        raise InputError(
            f"{path}: this checkpoint is of another run ({', '.join(other)} differ); give the same options, or "
            "another file"
        )
    return state.unpack(found.progress, found.arrays)


def _write(
    output: str, history: str, metrics: str, made: "Model", net: "Network", data: "Genome", state: "State"
) -> None:
    """The model last: where it is, the rest is too."""
    from dataclasses import replace

    from ..formats.tables import tsv
    from ..formats.tensors import model_header, model_tensor
    from ..steps.calling import transferability
    from ..steps.training import description

    weights = {name: p.detach().cpu().numpy() for name, p in net.named_parameters()}
    made = replace(made, genome=transferability.origin(data), weights=weights)
    if history:
        tsv.write_table(history, description.history(data.labels, state.records))
    if metrics:
        model_header.write_metrics(metrics, made)
    model_tensor.write(output, made)


def _recipe(preset: str, seed: int, *asked: float) -> "Recipe":
    """The preset's recipe with what was asked for instead; nought stands for what was not."""
    from dataclasses import asdict

    from ..steps.training.recipe import RECIPES, Recipe

    names = ("epochs", "max_steps", "batch", "length", "rate", "every", "patience")
    instead = {name: value for name, value in zip(names, asked, strict=True) if value}
    return Recipe(**{**asdict(RECIPES[preset]), "seed": seed, **instead})


def _regions(genome: "Genome", validation: list[str], test: list[str]) -> dict[str, list["Stretch"]]:
    """The regions asked for; none where none was."""
    from ..steps.training import split

    if not validation and not test:
        return {}
    if not validation:
        raise InputError("--test needs --validation too: the weights to keep are chosen there")
    return {
        name: [split.parsed(genome, text) for text in texts]
        for name, texts in (("validation", validation), ("test", test))
    }


def _parts(genome: "Genome", regions: dict[str, list["Stretch"]]) -> "np.ndarray":
    from ..steps.training import split

    part = split.parts(genome, *regions.values())
    for name, number in (("training", split.TRAIN), ("validation", split.VALIDATION)):
        if (name == "training" or regions[name]) and not ((genome.label == 1) & (part == number)).any():
            raise InputError(
                f"the {name} part holds no site; give more sites, or other --validation and --test regions"
            )
    return part


main = command(train_annot)

if __name__ == "__main__":  # for PyTorch's launcher of several processes
    main()
