"""Many genomes in one go: small ones annotated together, each sample's files whole or not there, what is done already left as it is."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict

from ..data import GeneTable, Genome
from ..errors import InputError
from ..formats import calls, files
from ..formats.genome_with_genes import read_genes, read_genome
from ..formats.sample_sheet import DONE, FAILED, KINDS, STATUS, THERE, Sample, Status
from ..steps.calling.prediction import Annotator, fit
from ..steps.network import annotate

Pending = list[tuple[Sample, Genome, GeneTable | None, dict]]
"""Samples whose genomes are being annotated: with their genes, and what their results depend on."""


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
                data = read_genome(sample.genome, sample.circular, sample.genes)
                genes = read_genes(sample.genes, sample.genome, data)
            except InputError as error:
                status.tell(sample.name, FAILED, problem=str(error))
                say(f"{sample.name}: {error}")
                if keep_going:
                    continue
                return
            this = annotator.run(data, genes, also)
            if calls.done(os.path.join(folder, sample.name), this):
                status.tell(sample.name, THERE, data)
                continue
            pending.append((sample, data, genes, this))
            yield data

    for raw in annotate.annotate_many(annotator.net, genomes(), annotator.where):
        sample, data, genes, this = pending.pop(0)
        found = annotator.predict(data, raw, genes)
        judged = fit(annotator.model, found)
        calls.write_all(os.path.join(folder, sample.name), found, asdict(judged), this, also, sample.genome, sample.genes)
        status.tell(sample.name, DONE, data, len(found.calls), judged.verdict)
        told(status.told)
    _refuse_failed(status, folder, keep_going or status.told == len(samples))


def _refuse_failed(status: Status, folder: str, all_begun: bool) -> None:
    if failed := status.failed:
        more = "" if all_begun else "; the samples behind it were not begun (--keep-going goes on)"
        others = f" and {len(failed) - 1} more" if len(failed) > 1 else ""
        raise InputError(f"{failed[0]} failed{others}: see {os.path.join(folder, STATUS)}{more}")
