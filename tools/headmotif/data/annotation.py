"""The features of an annotation, whatever format it has."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Feature:
    """One feature, or one row of it.

    Attributes
    ----------
    line
        The line that it is in, from 1.
    contig
        The contig name as written.
    kind
        The type, such as gene or CDS.
    parts
        Start and end of each part as written, 0-based half-open. They may lie beyond the contig.
    strand
        "+" or "-", or what else is written there.
    attributes
        The first value of each attribute or qualifier, by its name.
    score
        The score as written.
    is_ordered
        Whether the order of the parts is that in which they are read.
    is_apart
        Whether other parts were so far away that each is a feature of its own.
    problem
        Why it cannot be used; "" if it can.
    """

    line: int
    contig: str
    kind: str
    parts: tuple[tuple[int, int], ...]
    strand: str
    attributes: Mapping[str, str]
    score: str = "."
    is_ordered: bool = False
    is_apart: bool = False
    problem: str = ""


@dataclass(frozen=True)
class Annotation:
    """The content of a file of features.

    Attributes
    ----------
    path
        The file as the user gave it, for messages alone.
    features
        The features, in the file's order. In GFF3 and GTF each row is one.
    circular
        The contigs that the file says are circular.
    bounds
        Line, first and last base (1-based, closed) of each contig whose length the file tells.
    fasta
        The sequences that follow the features as FASTA.
    fasta_line
        The line in which they begin.
    has_rows
        Whether a feature may have several rows, as in GFF3 and GTF.
    """

    path: str
    features: tuple[Feature, ...]
    circular: tuple[str, ...] = ()
    bounds: Mapping[str, tuple[int, int, int]] = field(default_factory=dict)
    fasta: str = ""
    fasta_line: int = 0
    has_rows: bool = True
