"""Parts of a genome that occur more than once: rRNA operons, insertion sequences, duplicated genes.

Reads of one copy map to all copies, so what was measured there is doubtful. A copy in the training part also gives away
the labels of the test part.

Windows are compared by numbers that stand for their halves, and these by numbers for halves again (Karp, Miller and
Rosenberg 1972). Sixteen letters are a number of 32 bits as they stand. A longer window is a pair of such numbers, 64
bits, which sorting turns into a number of 32 bits again. Nothing is hashed, so two windows that differ are never taken
for the same.
"""

import numpy as np

from ...alphabet import N, reverse_complement
from ...data import Genome
from ...errors import InputError

SHORTEST = 16
"""Letters in the first 32 bits. Shorter words repeat by chance in much of any genome."""


def find_repeats(genome: Genome, k: int = 75) -> np.ndarray:
    """Find the nucleotides covered by a window of `k` nt that also occurs elsewhere, on either strand.

    A window that is its own reverse complement is one occurrence, not two. Windows with an N do not count. Circular
    contigs continue at their other end. A contig shorter than `k` has no window.

    Parameters
    ----------
    genome
        The sequence.
    k
        Length of the window in nucleotides, at least 16.

    Returns
    -------
    numpy.ndarray
        bool (N,).

    Raises
    ------
    InputError
        If `k` is below 16, or the genome has 2^31 letters or more.
    """
    if k < SHORTEST:
        raise InputError(f"repeats of {k} nt occur by chance alone; take a length of {SHORTEST} nt or more")
    base, place = _lay_out(genome, k)
    if len(base) >= 2**31:
        raise InputError(
            f"repeats are searched for only in genomes below {2**31:,} nt; mask the repeats of this one by intervals"
        )
    start = _find_repeated_starts(base, k)
    change = np.zeros(len(base) + 1, np.int32)
    change[start] += 1
    change[start + k] -= 1
    covered = np.cumsum(change[:-1], dtype=np.int32) > 0
    found = np.zeros(len(genome.base), bool)
    found[place[covered]] = True
    return found


def _lay_out(genome: Genome, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The contigs as one sequence, with an N after each, and the position of each code in `base` (-1 for these N).

    A circular contig is prolonged by the k - 1 letters at its start.
    """
    pieces = [np.zeros(0, np.int64)]
    for begin, contig in zip(genome.start.tolist(), genome.contigs, strict=False):
        more = k - 1 if contig.circular and contig.length >= k else 0
        pieces += [np.arange(begin, begin + contig.length), np.arange(begin, begin + more), np.array([-1])]
    place = np.concatenate(pieces)
    return np.append(genome.base, np.uint8(N))[place], place


def _find_repeated_starts(base: np.ndarray, k: int) -> np.ndarray:
    """Where the windows of k without N begin that also occur elsewhere, int64 (windows,), ascending.

    base: codes, uint8 (length,).
    """
    if k > len(base):
        return np.zeros(0, np.int64)
    kept, width = _find_without_n(base), SHORTEST
    plus, minus = _pack_sixteen(base), _pack_sixteen(reverse_complement(base))[::-1].copy()
    while True:
        step = min(width, k - width)  # the second half may overlap the first
        at = np.flatnonzero(kept[: len(kept) - step] & kept[step:])
        forward, backward = _pair(plus[at], plus[at + step]), _pair(minus[at + step], minus[at])
        either = np.minimum(forward, backward)  # the same for a window and its reverse complement
        _, rank, count = np.unique(either, return_inverse=True, return_counts=True)
        again = count[rank] > 1
        width += step
        if width == k:
            return at[again]
        # The halves of a longer window that repeats repeat too, or are their own reverse complement in the middle of
        # an inverted repeat. All other windows are dropped, which leaves little to sort from here on.
        kept[:] = False
        kept[at[again | (forward == backward)]] = True
        plus[at], minus[at] = 2 * rank + (forward > either), 2 * rank + (backward > either)


def _pair(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Two numbers of 32 bits as one of 64."""
    return first.astype(np.uint64) << np.uint64(32) | second


def _pack_sixteen(base: np.ndarray) -> np.ndarray:
    """The sixteen letters from each position on as a number, two bits each, uint32 (length - 15,); N counts as A."""
    packed = (base & 3).astype(np.uint32)
    for width in (1, 2, 4, 8):
        packed = packed[:-width] << np.uint32(2 * width) | packed[width:]
    return packed


def _find_without_n(base: np.ndarray) -> np.ndarray:
    """Whether the sixteen letters from each position on hold no N, bool (length - 15,)."""
    whole = base != N
    for width in (1, 2, 4, 8):
        whole = whole[:-width] & whole[width:]
    return whole
