"""Many genomes in one go: small ones annotated together, each sample's files whole or not there, what is done already
left as it is."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict

from ..data import Genome, GenomeFile
from ..errors import InputError
from ..formats import files
from ..formats.inputs import genomes_with_genes
from ..formats.outputs import calls
from ..formats.tables.sample_sheet import DONE, FAILED, KINDS, STATUS, THERE, Sample, Status
from ..steps.calling.prediction import Annotator, fit
from ..steps.network import annotate

Pending = list[tuple[Sample, GenomeFile, dict]]
"""Samples whose genomes are being annotated, and what their results depend on."""


def annotate_samples(
    samples: Sequence[Sample],
    folder: str,
    also: Sequence[str],
    annotator: Annotator,
    keep_going: bool,
    say: Callable[[str], None],
    told: Callable[[int], None],
) -> None:
    """Annotate all samples; a sample that is done already, with the same model and options, is left as it is.

    say: called with a line where a sample fails. told: called with the number of samples done.
    Raises InputError at the end where samples failed: without `keep_going`, the first ends the run.
    """
    if wrong := [kind for kind in also if kind not in KINDS]:
        raise InputError(f"--also {wrong[0]}: this is none of {', '.join(KINDS)}")
    files.make_folder(folder)
    status = Status(folder, samples)
    pending: Pending = []

    def genomes() -> Iterator[Genome]:
        for sample in samples:
            try:
                read = genomes_with_genes.read(sample.genome, sample.circular, sample.genes)
            except InputError as error:
                status.tell(sample.name, FAILED, problem=str(error))
                say(f"{sample.name}: {error}")
                if keep_going:
                    continue
                return
            this = annotator.run(read.genome, read.genes, also)
            if calls.done(os.path.join(folder, sample.name), this):
                status.tell(sample.name, THERE, read.genome)
                continue
            pending.append((sample, read, this))
            yield read.genome

    for raw in annotate.annotate_many(annotator.net, genomes(), annotator.where):
        sample, read, this = pending.pop(0)
        found = annotator.predict(read.genome, raw, read.genes)
        judged = fit(annotator.model, found)
        calls.write_all(os.path.join(folder, sample.name), found, asdict(judged), this, also, read)
        status.tell(sample.name, DONE, read.genome, len(found.calls), judged.verdict)
        told(status.told)
    _refuse_failed(status, folder, keep_going or status.told == len(samples))


def _refuse_failed(status: Status, folder: str, all_begun: bool) -> None:
    if failed := status.failed:
        more = "" if all_begun else "; the samples behind it were not begun (--keep-going goes on)"
        others = f" and {len(failed) - 1} more" if len(failed) > 1 else ""
        raise InputError(f"{failed[0]} failed{others}: see {os.path.join(folder, STATUS)}{more}")
