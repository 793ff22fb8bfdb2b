"""train-annot: from labelled genomes to a model."""

from typing import TYPE_CHECKING, Annotated

import typer

from ..cli import Device, GenomeFiles, Output, Precision, Progress, Quiet, Seed, Threads, command, say, usable_threads
from ..errors import InputError
from ..steps.training.recipe import DEFAULT

if TYPE_CHECKING:
    import numpy as np

    from ..data import Genome
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
            help="The network and its training: attention heads over k-mers, the same with wide keys for factors, the one published in "
            "2021, or the convolutional baseline.",
        ),
    ] = "default",
    init: Annotated[str, typer.Option(metavar="MODEL", help="Begin with this model's weights; its preset and sizes are taken over.")] = "",
    teacher: Annotated[
        list[str] | None,
        typer.Option(
            metavar="MODEL", help="Learn half from the labels, half from what this model says; may be given again: of their mean."
        ),
    ] = None,
    refit: Annotated[
        str,
        typer.Option(
            metavar="MODEL",
            help="Train on all of the genome, nothing held out, by this model's recipe; threshold and scores are this model's.",
        ),
    ] = "",
    validation: Annotated[
        list[str] | None, typer.Option(metavar="CONTIG:FIRST-LAST", help="Region to choose by, 1-based, closed; may be given again.")
    ] = None,
    test: Annotated[list[str] | None, typer.Option(metavar="CONTIG:FIRST-LAST", help="Region scored once, at the end.")] = None,
    epochs: Annotated[int, typer.Option(min=0, help=f"Passes over all training sites, at most; {OWN} ({DEFAULT.epochs}).")] = 0,
    steps: Annotated[int, typer.Option(min=0, help="Steps at most; default: as many as the epochs take.")] = 0,
    batch: Annotated[int, typer.Option(min=0, help=f"Stretches per step; {OWN} ({DEFAULT.batch}).")] = 0,
    length: Annotated[int, typer.Option(min=0, help=f"Nucleotides per stretch; {OWN} ({DEFAULT.length}).")] = 0,
    rate: Annotated[float, typer.Option(min=0, help=f"Learning rate; {OWN} ({DEFAULT.rate}).")] = 0,
    every: Annotated[int, typer.Option(min=0, help="Steps between evaluations; default: by the size of the validation part.")] = 0,
    patience: Annotated[
        int, typer.Option(min=0, help=f"Evaluations without a better score before it stops; {OWN} ({DEFAULT.patience}).")
    ] = 0,
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

    GENOME is a genome tensor with labels, from fasta2tensor; several are learned from together. Without --validation and --test the
    last 20 % of the bases of each are for the test, and the 10 % before them for the validation. Training stops when the average
    precision on the validation part rises no more.
    """
    from ..formats import checkpoint_tensor, tensors
    from ..steps.calling import transferability as fit
    from ..steps.network import device as compute
    from ..steps.training import batches as chunked
    from ..steps.training import distributed as workers
    from ..steps.training import split
    from ..steps.training import state as run_state
    from ..steps.training import train as training
    from . import refitting
    from . import training_files as files

    if refit and (init or validation or test or epochs or steps):
        raise InputError(
            "--refit takes the recipe and its length from its MODEL; leave out --init, --validation, --test, --epochs and --steps"
        )
    if resume and not checkpoint:
        raise InputError("--resume needs --checkpoint FILE, the state to go on from")
    if not dry_run:
        tensors.refuse_terminal(output)
    where = compute.choose(device, precision, usable_threads(threads))
    team = workers.joined(where.device.type)
    quiet = quiet or not team.first
    data, automatic = files.genomes(genome)
    known = files.models([init])[0][1] if init else None
    like = files.models([refit])[0][1] if refit else None
    teachers = files.models(teacher or [])
    if like:
        recipe, regions = refitting.recipe(refit, like, data), {"validation": [], "test": []}
        net = files.network(like.header["config"]["preset"], None, data.labels, recipe.seed)
    else:
        net = files.network(preset, known, data.labels, seed)
        recipe = _recipe(net.config.preset, seed, epochs, steps, batch, length, rate, every, patience)
        regions = _regions(data, validation or [], test or []) or automatic
    part = _parts(data, regions)
    net.to(where.device)
    taught = files.taught(teachers, data, part == split.TRAIN, where, team, quiet)
    chunks = chunked.Chunks(data, part, recipe, net.learning, taught)
    limit = training.steps_at_most(chunks)
    run = files.description(data, net.config, recipe, regions, known, teachers)
    state = files.resumed(checkpoint, run) if resume else run_state.State()
    say(files.forecast(net, training.seconds_per_step(net, chunks, where), limit - state.step, recipe, where), quiet and not dry_run)
    if dry_run:
        workers.left()
        return

    def keep(state: "State") -> None:
        if checkpoint and team.first:
            checkpoint_tensor.write(checkpoint, checkpoint_tensor.Checkpoint(run, *run_state.pack(state)))

    begun = [label in known.header["labels"] for label in data.labels] if known else []
    told = Progress("training", limit, quiet)
    for record in training.train(net, chunks, where, state, lambda step, loss: told(step, f"loss {loss:.4f}"), keep, team, begun):
        say(files.evaluation(data.labels, record), quiet)
    scores = refitting.taken_over(net, like) if like else files.scored(net, data, part, where, team, quiet)
    if team.first:
        header = {**run, "stopped": files.stopped(state), "metrics": scores, "metrics_of": like.digest if like else ""}
        header["learned_from"] = fit.origin(data)
        files.write(output, history, metrics, header, net, data.labels, state)
        say((f"held out from {refit}:\n" if like else "") + files.told(scores), quiet)
    workers.left()


def _recipe(preset: str, seed: int, *asked: float) -> "Recipe":
    """The preset's recipe with what was asked for instead; nought stands for what was not."""
    from dataclasses import replace

    from ..steps.training.recipe import RECIPES

    names = ("epochs", "max_steps", "batch", "length", "rate", "every", "patience")
    return replace(RECIPES[preset], seed=seed, **{name: value for name, value in zip(names, asked, strict=True) if value})


def _regions(genome: "Genome", validation: list[str], test: list[str]) -> dict[str, list["Stretch"]]:
    """The regions asked for; none where none was."""
    from ..steps.training import split

    if not validation and not test:
        return {}
    if not validation:
        raise InputError("--test needs --validation too: the weights to keep are chosen there")
    return {name: [split.parsed(genome, text) for text in texts] for name, texts in (("validation", validation), ("test", test))}


def _parts(genome: "Genome", regions: dict[str, list["Stretch"]]) -> "np.ndarray":
    from ..steps.training import split

    part = split.parts(genome, *regions.values())
    for name, number in (("training", split.TRAIN), ("validation", split.VALIDATION)):
        if (name == "training" or regions[name]) and not ((genome.label == 1) & (part == number)).any():
            raise InputError(f"the {name} part holds no site; give more sites, or other --validation and --test regions")
    return part


main = command(train_annot)

if __name__ == "__main__":  # for PyTorch's launcher of several processes
    main()
