"""Many genomes: the sample sheet that lists them, and the table of the outcome of each."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from ...data import Genome
from ...errors import FormatError
from ...notices import warn
from ..output_files import make_file_names
from . import tsv, user_table

KINDS = ("gff3", "genbank", "tbl", "xlsx", "bigwig", "bedgraph", "browser", "gene-table")
"""Formats that can be written beside the calls, the table and the metrics of each sample."""
STATUS = "status.tsv"
LONGEST = 200
"""Most bytes in the name of a sample's files, without endings: file systems allow 255 with them."""
SHARE = 100
"""The table of outcomes is written again after so many times what it takes to write it."""
DONE, THERE, FAILED = "done", "there already", "failed"


@dataclass(frozen=True)
class Sample:
    """A row of the sample sheet.

    Attributes
    ----------
    name
        The name of the sample.
    stem
        The name of its files, without endings.
    genome
        The file of the genome.
    genes
        The file of the genes, "" for none.
    circular
        The names of its circular contigs.
    """

    name: str
    stem: str
    genome: str
    genes: str
    circular: tuple[str, ...]


def read(path: str) -> list[Sample]:
    """Read a sample sheet.

    It is a table (`user_table`) with the columns sample and genome, and optionally genes and circular (contig names
    separated by commas, or all). Paths are relative to the folder of the sheet.

    Parameters
    ----------
    path
        The file; "-" is standard input.

    Returns
    -------
    list of Sample
        The samples, in the file's order.

    Raises
    ------
    FormatError
        With the line, if a name is missing, cannot be a file name, or is repeated; also if there is no sample.
    """
    rows, numbers = user_table.read(path, ("sample", "genome"), ("genes", "circular"))
    folder = os.path.dirname(path) if path != "-" else ""
    samples: list[Sample] = []
    known: set[str] = set()
    empty = [""] * len(numbers)
    columns = (rows["sample"], rows["genome"], rows.get("genes", empty), rows.get("circular", empty))
    stems = make_file_names(rows["sample"])
    for number, stem, *cells in zip(numbers, stems, *columns, strict=True):
        name, genome, genes, circular = cells
        if not name or not genome:
            raise FormatError(path, number, f"the {'genome' if name else 'sample'} is empty; fill it in")
        if name.startswith(".") or "/" in name or "\\" in name or f"{stem}.tsv".casefold() == STATUS:
            raise FormatError(
                path, number, f"the sample name '{name}' cannot be a file name; leave out slashes and a leading dot"
            )
        if len(stem.encode()) > LONGEST:
            raise FormatError(path, number, f"the sample name has {len(name)} letters; use at most {LONGEST}")
        if name in known:
            raise FormatError(path, number, f"sample '{name}' is listed twice; give each genome its own name")
        sequence, annotation = (os.path.join(folder, file) if file else "" for file in (genome, genes))
        known.add(name)
        circular_names = tuple(word.strip() for word in circular.split(",") if word.strip())
        samples.append(Sample(name, stem, sequence, annotation, circular_names))
    _tell_stems(path, samples, numbers)
    if not samples:
        raise FormatError(path, None, "this sample sheet lists no samples; add a row for each genome")
    return samples


def _tell_stems(path: str, samples: Sequence[Sample], numbers: Sequence[int]) -> None:
    """Say once that names are not those of the files, where a name has letters that not every file system takes."""
    other = [(one, line) for one, line in zip(samples, numbers, strict=True) if one.stem != one.name]
    if other:
        (first, line), more = other[0], f", and {len(other) - 1:,} more" if len(other) > 1 else ""
        warn(path, f"the files of sample '{first.name}' are named {first.stem}{more}", line)


class Status:
    """The outcome of each sample so far, written to disk now and then, and at the end.

    It is a context, which writes the table when it ends, also because of an error.

    Parameters
    ----------
    folder
        The folder of the results; the table is status.tsv in it.
    samples
        The samples, in the order of the table.
    """

    def __init__(self, folder: str, samples: Sequence[Sample]):
        self.path, self.order = os.path.join(folder, STATUS), [sample.name for sample in samples]
        self.rows: dict[str, tuple[object, ...]] = {}
        self.is_written, self.due = True, 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if not self.is_written:
            self._write()

    def tell(
        self,
        sample: str,
        status: str,
        genome: Genome | None = None,
        calls: object = "",
        verdict: str = "",
        problem: str = "",
    ) -> None:
        """Record the outcome of one sample, and write the table if it is time.

        The whole table is written each time, so with thousands of samples it is not written after each of them.

        Parameters
        ----------
        sample
            The name of the sample.
        status
            `DONE`, `THERE` or `FAILED`.
        genome
            The genome, None if it could not be read.
        calls
            The number of calls, "" if unknown.
        verdict
            How well the model fits the genome, for the column fit.
        problem
            The error message, or why the sample has no calls; "" for none.
        """
        size = (len(genome.contigs), len(genome.base)) if genome is not None else ("", "")
        self.rows[sample] = (sample, status, *size, calls, verdict, problem)
        self.is_written = False
        if time.monotonic() >= self.due:
            self._write()

    def _write(self) -> None:
        began = time.monotonic()
        known = [self.rows[name] for name in self.order if name in self.rows]
        names = ("sample", "status", "contigs", "nucleotides", "calls", "fit", "problem")
        tsv.write_table(self.path, {name: [row[i] for row in known] for i, name in enumerate(names)})
        ended = time.monotonic()
        self.is_written, self.due = True, ended + SHARE * (ended - began)

    @property
    def n_reported(self) -> int:
        """The number of samples with an outcome."""
        return len(self.rows)

    @property
    def failures(self) -> list[str]:
        """The names of the samples that failed, in order."""
        return [name for name in self.order if name in self.rows and self.rows[name][1] == FAILED]
