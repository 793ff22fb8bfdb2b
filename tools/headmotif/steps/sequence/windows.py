"""Parts of one strand of a genome as the networks read them, 5' to 3', with extra bases on both sides.

Beyond the ends of a linear contig all bases are N; a circular contig continues at its other end. Oriented coordinates
run 5' to 3' along a strand: position i of the - strand is position length - 1 - i of the contig.
"""

import numpy as np

from ...alphabet import N, reverse_complement
from ...data import Genome


def cut_stretch(codes: np.ndarray, circular: bool, strand: int, begin: int, end: int) -> np.ndarray:
    """Cut a stretch of one strand between two oriented positions, on or off the contig.

    Only the stretch is copied, however long the contig is.

    Parameters
    ----------
    codes
        uint8 (length,), the contig's + strand, one base or more.
    circular
        Whether the contig is circular.
    strand
        +1 or -1.
    begin, end
        Oriented positions, 0-based half-open; they may lie beyond the contig's ends.

    Returns
    -------
    numpy.ndarray
        uint8 (end - begin,), codes 0-4, 5' to 3'.
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


def orient(genome: Genome, contig: int, strand: int, before: int, after: int) -> np.ndarray:
    """Read one strand of a contig with the bases around it.

    Parameters
    ----------
    genome
        The sequence.
    contig
        Index of the contig.
    strand
        +1 or -1.
    before, after
        Bases added upstream and downstream: N beyond a linear contig, the other end of a circular one.

    Returns
    -------
    numpy.ndarray
        uint8 (before + length + after,), codes 0-4, 5' to 3'.
    """
    codes = genome.contig_bases(contig)
    return cut_stretch(codes, genome.contigs[contig].circular, strand, -before, len(codes) + after)


def flip(position: np.ndarray, strand: np.ndarray, length: np.ndarray) -> np.ndarray:
    """Turn contig coordinates into oriented ones, or back: both are the same reflection on the - strand.

    Parameters
    ----------
    position
        int (n,), 0-based positions.
    strand
        int (n,), +1 or -1.
    length
        int (n,) or one number, lengths of the contigs.

    Returns
    -------
    numpy.ndarray
        int (n,), 0-based positions.
    """
    return np.where(np.asarray(strand) > 0, position, np.asarray(length) - 1 - position)


class Reads:
    """Both strands of all contigs, to cut windows from.

    Nothing is copied before it is asked for. A window has `before` and `after` more bases on its sides.
    """

    def __init__(self, genome: Genome, before: int, after: int):
        self.genome, self.before, self.after = genome, before, after
        self.lengths = genome.contigs.lengths
        self.circular = genome.contigs.circular
        self.start = genome.start

    def cut(self, contig: np.ndarray, strand: np.ndarray, place: np.ndarray, length: int) -> np.ndarray:
        """Cut windows.

        Parameters
        ----------
        contig
            int (windows,), indices of the contigs.
        strand
            int (windows,), +1 or -1.
        place
            int (windows,), oriented position of each window's first base, the `before` bases not counted.
        length
            Bases of each window, without those on its sides.

        Returns
        -------
        numpy.ndarray
            uint8 (windows, before + length + after), codes 0-4, 5' to 3'.
        """
        whole = self.before + length + self.after
        found = np.empty((len(place), whole), np.uint8)
        contig, strand, place = np.asarray(contig), np.asarray(strand), np.asarray(place)
        lengths = self.lengths[contig]
        first = np.where(strand > 0, place - self.before, lengths - (place + length + self.after))  # + coordinates
        inside = (first >= 0) & (first + whole <= lengths)
        for i in np.flatnonzero(~inside):
            codes = self.genome.base[self.start[contig[i]] : self.start[contig[i] + 1]]
            begin = place[i] - self.before
            found[i] = cut_stretch(codes, self.circular[contig[i]], strand[i], begin, begin + whole)
        if inside.any():
            windows = np.lib.stride_tricks.sliding_window_view(self.genome.base, whole)
            found[inside] = windows[self.start[contig[inside]] + first[inside]]
            turned = inside & (strand <= 0)
            found[turned] = reverse_complement(found[turned])
        return found


def orient_rows(values: np.ndarray, genome: Genome, contig: int, strand: int) -> np.ndarray:
    """Take the values of one strand of a contig, in reading order.

    Parameters
    ----------
    values
        Array (..., 2, N), rows + and -, both by + coordinates.
    genome
        The sequence that the values belong to.
    contig
        Index of the contig.
    strand
        +1 or -1.

    Returns
    -------
    numpy.ndarray
        (..., length), 5' to 3', a view.
    """
    start = genome.start
    row = values[..., 0 if strand > 0 else 1, start[contig] : start[contig + 1]]
    return row if strand > 0 else row[..., ::-1]
