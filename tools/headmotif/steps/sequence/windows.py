"""Stretches of a genome as the networks read them: one strand, 5' to 3', with a halo on both sides.

What lies off a linear contig is N; a circular contig goes round and round. `oriented` coordinates run 5' to 3' along
the strand: place i of the - strand is place length - 1 - i of the contig.
"""

import numpy as np

from ...alphabet import N, reverse_complement
from ...data import Genome


def stretch(codes: np.ndarray, circular: bool, strand: int, begin: int, end: int) -> np.ndarray:
    """Codes uint8 (end - begin,) of one strand (+1 or -1), read 5' to 3', between two oriented places on or off the
    contig.

    codes: the contig's + strand, uint8 (length,), one base or more. Only the stretch is copied, whatever the contig's
    length.
    """
    first, last = (begin, end) if strand > 0 else (len(codes) - end, len(codes) - begin)
    if first >= 0 and last <= len(codes):
        found = codes[first:last]
    elif circular:
        found = codes.take(np.arange(first, last), mode="wrap")
    else:
        found = np.full(last - first, N, np.uint8)
        inside = codes[max(first, 0) : max(last, 0)]
        found[max(-first, 0) :][: len(inside)] = inside
    return found if strand > 0 else reverse_complement(found)


def oriented(genome: Genome, contig: int, strand: int, before: int, after: int) -> np.ndarray:
    """Codes uint8 (before + length + after,) of one strand (+1 or -1) of a contig, read 5' to 3'."""
    codes = genome.contig_bases(contig)
    return stretch(codes, genome.contigs[contig].circular, strand, -before, len(codes) + after)


def flip(position: np.ndarray, strand: np.ndarray, length: np.ndarray) -> np.ndarray:
    """Contig coordinates to oriented ones, or back: both are the same reflection on the - strand."""
    return np.where(np.asarray(strand) > 0, position, np.asarray(length) - 1 - position)


class Reads:
    """Both strands of all contigs, to cut windows with their halos from. Nothing is copied before it is asked for."""

    def __init__(self, genome: Genome, before: int, after: int):
        self.genome, self.before, self.after = genome, before, after
        self.lengths = genome.contigs.lengths
        self.circular = genome.contigs.circular
        self.start = genome.start

    def cut(self, contig: np.ndarray, strand: np.ndarray, place: np.ndarray, length: int) -> np.ndarray:
        """Codes uint8 (windows, before + length + after), each window's first inner base at the oriented `place`."""
        found = np.empty((len(place), self.before + length + self.after), np.uint8)
        for row, c, s, p in zip(found, contig, strand, place, strict=True):
            codes = self.genome.base[self.start[c] : self.start[c + 1]]
            row[:] = stretch(codes, self.circular[c], s, p - self.before, p + length + self.after)
        return found


def oriented_rows(values: np.ndarray, genome: Genome, contig: int, strand: int) -> np.ndarray:
    """Per-nucleotide values (..., 2, N) of one contig and strand, (..., length), read 5' to 3'."""
    start = genome.start
    row = values[..., 0 if strand > 0 else 1, start[contig] : start[contig + 1]]
    return row if strand > 0 else row[..., ::-1]
