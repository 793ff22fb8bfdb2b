"""Stretches of a genome as the networks read them: one strand, 5' to 3', with a halo on both sides.

What lies off a linear contig is N; a circular contig goes on at its other end. `oriented` coordinates run 5' to 3' along
the strand: place i of the - strand is place length - 1 - i of the contig.
"""

import numpy as np

from ..alphabet import N, reverse_complement
from ..data import Genome


def oriented(genome: Genome, contig: int, strand: int, halo: int) -> np.ndarray:
    """Codes uint8 (halo + length + halo,) of one strand (+1 or -1) of a contig, read 5' to 3'."""
    codes = genome.contig_bases(contig)
    codes = codes if strand > 0 else reverse_complement(codes)
    if genome.contigs[contig].circular:
        return np.take(codes, np.arange(-halo, len(codes) + halo), mode="wrap")
    return np.pad(codes, halo, constant_values=N)


def flip(position: np.ndarray, strand: np.ndarray, length: np.ndarray) -> np.ndarray:
    """Contig coordinates to oriented ones, or back: both are the same reflection on the - strand."""
    return np.where(np.asarray(strand) > 0, position, np.asarray(length) - 1 - position)


class Reads:
    """Both strands of all contigs, oriented and with their halos, to cut windows from."""

    def __init__(self, genome: Genome, halo: int):
        self.genome, self.halo = genome, halo
        self.lengths = np.array([c.length for c in genome.contigs], np.int64)
        strands = [oriented(genome, c, s, halo) for c in range(len(genome.contigs)) for s in (1, -1)]
        self.begin = np.concatenate([[0], np.cumsum([len(s) for s in strands])]).astype(np.int64)
        self.codes = np.concatenate([*strands, np.full(0, N, np.uint8)])

    def cut(self, contig: np.ndarray, strand: np.ndarray, place: np.ndarray, length: int) -> np.ndarray:
        """Codes uint8 (windows, halo + length + halo), each window's first inner base at the oriented `place`.

        A window may pass the contig's ends: what is then read beyond the halo is N.
        """
        row = 2 * np.asarray(contig) + (np.asarray(strand) < 0)
        index = np.asarray(place)[:, None] + np.arange(length + 2 * self.halo)  # in the padded strand
        inside = (index >= 0) & (index < (self.begin[row + 1] - self.begin[row])[:, None])
        return np.where(inside, self.codes[np.where(inside, self.begin[row][:, None] + index, 0)], N)


def oriented_rows(values: np.ndarray, genome: Genome, contig: int, strand: int) -> np.ndarray:
    """Per-nucleotide values (..., 2, N) of one contig and strand, (..., length), read 5' to 3'."""
    start = genome.start
    row = values[..., 0 if strand > 0 else 1, start[contig] : start[contig + 1]]
    return row if strand > 0 else row[..., ::-1]
