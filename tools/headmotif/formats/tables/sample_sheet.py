"""Many genomes: the sheet that names them, and the table of what became of each."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

from ...data import Genome
from ...errors import FormatError
from . import tsv

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
    """The samples of a sheet, a TSV with the columns sample and genome, and if wanted genes and circular (commas
    between names, or all).

    Files are sought beside the sheet. Raises FormatError with the line where a name is missing, unfit for a file, or
    there twice.
    """
    rows, numbers = tsv.read_numbered(path)
    for column in ("sample", "genome"):
        if column not in rows:
            raise FormatError(
                path, None, f"there is no column {column}; the first line must name the columns sample and genome"
            )
    folder = os.path.dirname(path) if path != "-" else ""
    samples: list[Sample] = []
    empty = [""] * len(numbers)
    columns = (rows["sample"], rows["genome"], rows.get("genes", empty), rows.get("circular", empty))
    for number, *cells in zip(numbers, *columns, strict=True):
        name, genome, genes, circular = (cell.strip() for cell in cells)
        if not name or not genome:
            raise FormatError(path, number, f"the {'genome' if name else 'sample'} is empty")
        if name.startswith(".") or "/" in name or "\\" in name or f"{name}.tsv" == STATUS:
            raise FormatError(
                path, number, f"the sample's name '{name}' cannot be a file's name; leave out slashes and a leading dot"
            )
        if name in [sample.name for sample in samples]:
            raise FormatError(path, number, f"sample '{name}' is there twice; give each genome a name of its own")
        sequence, annotation = (os.path.join(folder, file) if file else "" for file in (genome, genes))
        circles = tuple(word.strip() for word in circular.split(",") if word.strip())
        samples.append(Sample(name, sequence, annotation, circles))
    if not samples:
        raise FormatError(path, None, "this sheet names no sample")
    return samples


class Status:
    """What became of each sample so far, on the disk after each."""

    def __init__(self, folder: str, samples: Sequence[Sample]):
        self.path, self.order = os.path.join(folder, STATUS), [sample.name for sample in samples]
        self.rows: dict[str, tuple[object, ...]] = {}

    def tell(
        self,
        sample: str,
        status: str,
        genome: Genome | None = None,
        calls: object = "",
        verdict: str = "",
        problem: str = "",
    ) -> None:
        size = (len(genome.contigs), len(genome.base)) if genome is not None else ("", "")
        self.rows[sample] = (sample, status, *size, calls, verdict, problem)
        known = [self.rows[name] for name in self.order if name in self.rows]
        names = ("sample", "status", "contigs", "nucleotides", "calls", "fit", "problem")
        tsv.write_table(self.path, {name: [row[i] for row in known] for i, name in enumerate(names)})

    @property
    def told(self) -> int:
        return len(self.rows)

    @property
    def failed(self) -> list[str]:
        return [name for name in self.order if name in self.rows and self.rows[name][1] == FAILED]
