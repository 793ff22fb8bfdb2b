"""What the input of one genome held."""

from dataclasses import dataclass

from .genes import GeneTable
from .genome import Genome


@dataclass(frozen=True, eq=False)
class GenomeFile:
    """A genome, its genes, and of their files what results hand on; each file is read once, be it standard input.

    path: of the genome. genome: with the circles that its file, that of the genes, or the user told. genes: None where
    no file has them. genbank: the genome's file where it is a GenBank, decompressed, else empty. annotation: the genes'
    file where it is a GFF3 or GTF, decompressed, else empty.
    """

    path: str
    genome: Genome
    genes: GeneTable | None = None
    genbank: bytes = b""
    annotation: bytes = b""
