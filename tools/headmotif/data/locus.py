"""A stretch of a genome to be drawn, with its sites, calls, genes and regions."""

from dataclasses import dataclass

import numpy as np

from .genes import GeneTable
from .genome import Sites


@dataclass(frozen=True, eq=False)
class Locus:
    """A stretch of one contig, with all that lies in it. All coordinates are 0-based, half-open, on the contig.

    Attributes
    ----------
    contig
        The contig name.
    start
        First position.
    end
        Position behind the last.
    why
        What the locus is an example of, or "".
    sites
        Known sites within the locus.
    calls
        Predicted sites within the locus, or None.
    genes
        Genes that overlap the locus, or None.
    p
        float32 (2, end - start), P by row, row 0 the + strand, NaN if unknown; None without tracks.
    region
        int64 (regions, 3), start, end and strand of the heads' regions that overlap the locus.
    head
        The name of the head of each region.
    """

    contig: str
    start: int
    end: int
    why: str
    sites: Sites
    calls: Sites | None
    genes: GeneTable | None
    p: np.ndarray | None
    region: np.ndarray
    head: tuple[str, ...]
