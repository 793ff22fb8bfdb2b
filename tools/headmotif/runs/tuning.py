"""Tune a model to a genome with a file of known sites, before it calls."""

from collections.abc import Callable
from dataclasses import replace

from ..data import Genome
from ..formats.inputs import site_files
from ..formats.tensors import model_tensor
from ..steps.calling import tuned_model
from ..steps.calling.prediction import Annotator
from ..steps.network import timing
from ..steps.sites import diagnosis
from ..steps.training import train
from ..steps.training.teach import Progress


def tune_to_sites(
    annotator: Annotator, genome: Genome, path: str, output: str, say: Callable[[str], None], progress: Progress
) -> Annotator:
    """Tune the model of an annotator with the sites of a file.

    Parameters
    ----------
    annotator
        The model as it is.
    genome
        The genome.
    path
        The sites that are known of it.
    output
        The file for the tuned model; "" for none.
    say
        Says what was read, what the coordinates look like, what tuning costs, and how many of the sites are known.
    progress
        Makes a progress callback from the name of the task and its steps.

    Returns
    -------
    Annotator
        The annotator with the tuned model, and without a screen, which was taught by the model before.

    Raises
    ------
    FormatError
        If the file is malformed or of another genome.
    InputError
        If it has too few sites.
    """
    read, asked, where = site_files.read(path, genome.contigs), annotator.asked, annotator.where
    say(f"{path}: {read.summary}")
    say(f"check of {path}: {diagnosis.verdict(genome, read.sites).words}")
    net, chunks = tuned_model.begin(annotator.model, genome, read.sites, asked.number, asked.seed)
    steps = chunks.recipe.max_steps
    seconds = steps * train.seconds_per_step(net.to(where.device), chunks, where)
    say(f"tuning with {len(read.sites):,} sites in {steps} steps: {timing.format_duration(seconds)} on {where}")
    advance = progress("tuning", steps)
    made = tuned_model.tune(annotator.model, net, chunks, asked.number, where, lambda step, _loss: advance(step))
    known = f"they are about {made.listed:.0%} of those that the model expected in this genome"
    say(f"tuned with {made.sites:,} sites; {known}")
    if output:
        model_tensor.write(output, made.model)
    return replace(annotator, model=made.model, net=net, screen=None, name="")
