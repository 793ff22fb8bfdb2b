"""What annotating a genome will cost, measured on a part of it."""

import numpy as np

from ...data import Contig, Contigs, Genome
from ..network import annotate, timing
from ..network.parallel import count_threads
from .prediction import SHUFFLED, Annotator

SMALL = 1_000_000
"""Number of positions below which the cost is not worth measuring."""
SAMPLE = 50_000
"""Nucleotides that are read with the screen. How much it leaves out differs from genome to genome."""


def forecast(annotator: Annotator, genome: Genome) -> str:
    """Describe what annotating a genome will cost.

    Parameters
    ----------
    annotator
        The model, and what is asked of it; a shuffled genome costs too.
    genome
        The genome.

    Returns
    -------
    str
        One line for the user.
    """
    asked, where = annotator.asked, annotator.where
    nucleotides = 2 * (len(genome.base) + (min(SHUFFLED, len(genome.base)) if asked.shuffled else 0))
    contigs = f"{len(genome.contigs):,} contig{'s' if len(genome.contigs) != 1 else ''}"
    size = f"{len(genome.base):,} nt in {contigs}, both strands"
    if nucleotides < SMALL:
        return f"{size}: a few seconds"
    pace = _time_with_screen(annotator, genome) if annotator.is_screened else _time_without_screen(annotator, genome)
    return f"{size}: {timing.format_duration(nucleotides * pace)} on {where}"


def _time_without_screen(annotator: Annotator, genome: Genome) -> float:
    """Seconds a nucleotide."""
    net, where = annotator.net, annotator.where
    jobs = annotate.grid(genome, net.chunk)[: 4 * net.batch * count_threads(where)]
    took = timing.seconds(lambda: list(annotate.score_stretches(net, genome, where, jobs=jobs)))
    return took / int(jobs[:, 3].sum())


def _time_with_screen(annotator: Annotator, genome: Genome) -> float:
    """Seconds a nucleotide, in the middle of the longest contig."""
    longest = int(np.argmax(genome.contigs.lengths))
    codes = genome.contig_bases(longest)
    begin = max(0, (len(codes) - SAMPLE) // 2)
    piece = codes[begin : begin + SAMPLE]
    part = Genome(Contigs([Contig("sample", len(piece))]), piece)
    return timing.seconds(lambda: annotator.annotate_possible(part)) / (2 * len(piece))
