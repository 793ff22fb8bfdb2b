"""Annotation of many genomes in one run.

Small genomes are annotated together. The files of a sample are either complete or absent. Samples that are done already
are left as they are.
"""

import os
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict

from ..data import Genome, GenomeFile
from ..errors import InputError
from ..formats.inputs import genomes_with_genes
from ..formats.output_files import make_folder
from ..formats.outputs import calls
from ..formats.tables.sample_sheet import DONE, FAILED, KINDS, STATUS, THERE, Sample, Status
from ..steps.calling.prediction import Annotator, fit
from ..steps.training.description import describe_doubts

Pending = list[tuple[Sample, GenomeFile, dict]]
"""Samples whose genomes are being annotated, each with what its results depend on."""


def annotate_samples(
    samples: Sequence[Sample],
    folder: str,
    formats: Sequence[str],
    annotator: Annotator,
    keep_going: bool,
    say: Callable[[str], None],
    progress: Callable[[int], None],
) -> None:
    """Annotate all samples of a sample sheet.

    A sample that is done already, with the same model and options, is left as it is. `status.tsv` in the folder says
    what became of each sample; it is complete when the run ends, also with an error.

    Parameters
    ----------
    samples
        The rows of the sample sheet.
    folder
        Folder for the files of all samples, named by the samples; it is made if it does not exist.
    formats
        Names of further formats to write, from `sample_sheet.KINDS`.
    annotator
        The model, and what is asked of it.
    keep_going
        Whether to continue after a sample that fails.
    say
        Called with a line where a sample fails or has no calls, the model may have learned nothing, or it is known
        what it misses.
    progress
        Called with the number of samples that are read and, unless they are done already, annotated. Samples that
        are annotated together are counted by their nucleotides.

    Raises
    ------
    InputError
        If a format is unknown or does not suit the label; at the end, if samples failed. Without `keep_going`, the
        first that fails ends the run.
    """
    if wrong := [kind for kind in formats if kind not in KINDS]:
        raise InputError(f"--formats {wrong[0]}: there is no such format; choose from {', '.join(KINDS)}")
    calls.refuse_label(annotator.asked.label, formats)
    for line in (annotator.model.limits, *describe_doubts(annotator.model.labels)):
        if line:
            say(line)
    make_folder(folder)
    status = Status(folder, samples)
    pending: Pending = []
    ends: list[int] = []  # of each genome to annotate: nucleotides of both strands up to its end
    left_out = 0

    def genomes() -> Iterator[Genome]:
        nonlocal left_out
        for sample in samples:
            try:
                read = annotator.complete(genomes_with_genes.read(sample.genome, sample.circular, sample.genes))
                calls.refuse_without_genes(formats, read)
            except InputError as error:
                status.tell(sample.name, FAILED, problem=str(error))
                say(f"{sample.name}: {error}")
                left_out += 1
                if keep_going:
                    continue
                return
            this = annotator.run(read.genome, read.genes, formats)
            if calls.is_done(os.path.join(folder, sample.stem), this):
                status.tell(sample.name, THERE, read.genome)
                left_out += 1
                continue
            pending.append((sample, read, this))
            ends.append(2 * len(read.genome.base) + (ends[-1] if ends else 0))
            yield read.genome

    def count(nucleotides: int) -> None:
        progress(left_out + bisect_right(ends, nucleotides))

    with status:
        for raw in annotator.annotate_many(genomes(), count):
            sample, read, this = pending.pop(0)
            found = annotator.predict(read.genome, raw, read.genes)
            judged = fit(annotator.model, found, annotator.foretell(read.genome, read.genes))
            calls.write_all(os.path.join(folder, sample.stem), found, asdict(judged), this, formats, read)
            if found.why_none:
                say(f"{sample.name}: {found.why_none}")
            status.tell(sample.name, DONE, read.genome, len(found.calls), judged.verdict, found.why_none)
    _refuse_failed(status, folder, keep_going or status.n_reported == len(samples))


def _refuse_failed(status: Status, folder: str, all_begun: bool) -> None:
    if failed := status.failures:
        more = "" if all_begun else "; later samples were not started (--keep-going continues after a failure)"
        others = f" and {len(failed) - 1} more" if len(failed) > 1 else ""
        raise InputError(f"{failed[0]} failed{others}: see {os.path.join(folder, STATUS)}{more}")
