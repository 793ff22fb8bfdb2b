"""The content of an input file that holds a genome."""

from dataclasses import dataclass

from .element import Element
from .genes import GeneTable
from .genome import Genome


@dataclass(frozen=True, eq=False)
class GenomeFile:
    """A genome, its genes, and those bytes of their files that results repeat.

    Each file is read once, so that either may be standard input.

    Attributes
    ----------
    path
        The file of the genome.
    genome
        The genome. A contig is circular if the genome's file, the file of the genes or the user says so.
    genes
        The genes, or None if no file has them.
    genbank
        The decompressed file of the genome if it is a GenBank file, else empty.
    annotation
        The decompressed file of the genes if it is a GFF3 or GTF, else empty.
    binding_sites
        Known binding sites of TFs, to be written beside the calls.
    """

    path: str
    genome: Genome
    genes: GeneTable | None = None
    genbank: bytes = b""
    annotation: bytes = b""
    binding_sites: tuple[Element, ...] = ()
