"""A part of a genome that has a name of its own in annotation."""

from dataclasses import dataclass

from .check import check


@dataclass(frozen=True)
class Element:
    """An interval with a term of the Sequence Ontology.

    Attributes
    ----------
    term
        The term, such as "promoter" or "TF_binding_site".
    contig
        0-based index of the contig.
    start, end
        The interval on the + strand, 0-based and half-open. On a circular contig the end may lie beyond the length: the
        interval goes over the origin.
    strand
        +1 or -1; 0 for both.
    name
        The TF of a binding site, "" for other terms.
    """

    term: str
    contig: int
    start: int
    end: int
    strand: int
    name: str = ""

    def __post_init__(self) -> None:
        check(0 <= self.start < self.end, f"{self.term} from {self.start} to {self.end} is no interval")
        check(self.strand in (-1, 0, 1), f"{self.term} has the strand {self.strand}")
