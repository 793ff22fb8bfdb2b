"""Many genomes in one go: a sheet of samples, a folder of results, a table of what became of each."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..cli import Progress, say
from ..errors import FormatError, InputError

if TYPE_CHECKING:
    import torch

    from ..data import GeneTable, Genome
    from ..formats.model_tensor import Trained
    from ..steps.network.device import Compute
    from .predicting import Asked

KINDS = ("gff3", "genbank", "bigwig", "bedgraph", "browser")
"""What may be written beside each sample's calls, table and metrics."""
STATUS = "status.tsv"
DONE, THERE, FAILED = "done", "there already", "failed"


@dataclass(frozen=True)
class Sample:
    """A row of the sheet: the sample's name, its genome's file, its genes' file ("" none), its circular contigs."""

    name: str
    genome: str
    genes: str
    circular: tuple[str, ...]


def read(path: str) -> list[Sample]:
    """The samples of a sheet, a TSV with the columns sample and genome, and if wanted genes and circular (commas between names, or all).

    Files are sought beside the sheet. Raises FormatError with the line where a name is missing, unfit for a file, or there twice.
    """
    from ..formats import tables

    rows, numbers = tables.read_numbered(path)
    for column in ("sample", "genome"):
        if column not in rows:
            raise FormatError(path, None, f"there is no column {column}; the first line must name the columns sample and genome")
    folder = os.path.dirname(path) if path != "-" else ""
    samples: list[Sample] = []
    empty = [""] * len(numbers)
    columns = (rows["sample"], rows["genome"], rows.get("genes", empty), rows.get("circular", empty))
    for number, *cells in zip(numbers, *columns, strict=True):
        name, genome, genes, circular = (cell.strip() for cell in cells)
        if not name or not genome:
            raise FormatError(path, number, f"the {'genome' if name else 'sample'} is empty")
        if name.startswith(".") or "/" in name or "\\" in name or f"{name}.tsv" == STATUS:
            raise FormatError(path, number, f"the sample's name '{name}' cannot be a file's name; leave out slashes and a leading dot")
        if name in [sample.name for sample in samples]:
            raise FormatError(path, number, f"sample '{name}' is there twice; give each genome a name of its own")
        files = [os.path.join(folder, file) if file else "" for file in (genome, genes)]
        samples.append(Sample(name, *files, tuple(word.strip() for word in circular.split(",") if word.strip())))
    if not samples:
        raise FormatError(path, None, "this sheet names no sample")
    return samples


def run(
    samples: Sequence[Sample],
    folder: str,
    also: Sequence[str],
    trained: "Trained",
    net: "torch.nn.Module",
    asked: "Asked",
    where: "Compute",
    keep_going: bool,
    quiet: bool,
) -> None:
    """Annotate all samples, small genomes together; a sample that is done already, with the same model and options, is left as it is.

    Raises InputError at the end where samples failed: without `keep_going`, the first ends the run.
    """
    from ..formats import files
    from ..steps.network import annotate
    from . import predicting
    from . import predicting_files as results

    if wrong := [kind for kind in also if kind not in KINDS]:
        raise InputError(f"--also {wrong[0]}: this is none of {', '.join(KINDS)}")
    files.make_folder(folder)
    status = _Status(folder, samples)
    pending: list[tuple[Sample, Genome, GeneTable | None, dict]] = []

    def genomes() -> Iterator["Genome"]:
        for sample in samples:
            try:
                data = results.genome(sample.genome, sample.circular, sample.genes)
                genes = results.genes(sample.genes, sample.genome, data)
            except InputError as error:
                status.tell(sample.name, FAILED, problem=str(error))
                say(f"{sample.name}: {error}", quiet)
                if keep_going:
                    continue
                return
            this = results.run_of(trained, data, asked, genes, also)
            if results.done(_stem(folder, sample), this):
                status.tell(sample.name, THERE, data)
                continue
            pending.append((sample, data, genes, this))
            yield data

    told = Progress("annotating", len(samples), quiet)
    for raw in annotate.annotate_many(net, genomes(), where):
        sample, data, genes, this = pending.pop(0)
        found = predicting.predicted(net, data, raw, asked, where, genes)
        fit = predicting.fit(trained, found)
        results.write_all(_stem(folder, sample), found, fit, this, also, sample.genome, sample.genes)
        status.tell(sample.name, DONE, data, len(found.calls), fit.verdict)
        told(status.told)
    if failed := status.failed:
        more = "" if keep_going or status.told == len(samples) else "; the samples behind it were not begun (--keep-going goes on)"
        raise InputError(
            f"{failed[0]} failed{f' and {len(failed) - 1} more' if len(failed) > 1 else ''}: see {os.path.join(folder, STATUS)}{more}"
        )


def _stem(folder: str, sample: Sample) -> str:
    return os.path.join(folder, sample.name)


class _Status:
    """What became of each sample so far, on the disk after each."""

    def __init__(self, folder: str, samples: Sequence[Sample]):
        self.path, self.order = os.path.join(folder, STATUS), [sample.name for sample in samples]
        self.rows: dict[str, tuple] = {}

    def tell(
        self, sample: str, status: str, genome: "Genome | None" = None, calls: object = "", verdict: str = "", problem: str = ""
    ) -> None:
        from ..formats import tables

        size = (len(genome.contigs), len(genome.base)) if genome is not None else ("", "")
        self.rows[sample] = (sample, status, *size, calls, verdict, problem)
        known = [self.rows[name] for name in self.order if name in self.rows]
        names = ("sample", "status", "contigs", "nucleotides", "calls", "fit", "problem")
        tables.write_table(self.path, {name: [row[i] for row in known] for i, name in enumerate(names)})

    @property
    def told(self) -> int:
        return len(self.rows)

    @property
    def failed(self) -> list[str]:
        return [name for name in self.order if name in self.rows and self.rows[name][1] == FAILED]
