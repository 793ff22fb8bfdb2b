"""A stretch of a genome with what is known of it and what was found on it, to be drawn."""

from dataclasses import dataclass

import numpy as np

from .genes import GeneTable
from .genome import Sites


@dataclass(frozen=True, eq=False)
class Locus:
    """start, end: 0-based, half-open, as are all coordinates in it, on the contig. why: what it is an example of, or
    "".

    sites: known ones; calls: predicted ones; both within. genes: those that reach into it. p: float32 (2, end - start),
    row 0 the + strand, NaN where it is not known; None without tracks. region: the heads' regions that lie in it or
    reach into it, one row each: int64 (regions, 3) of start, end, strand; head: their heads' names.
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
