"""Stretches that a genome holds more than once: rRNA operons, insertion sequences, duplicated genes.

Reads of one copy map to all, so what was measured there is doubtful; and a copy in the training part tells the answers
of the test.

Windows are compared by numbers that stand for their halves, and those by numbers for the halves of these (Karp, Miller
and Rosenberg 1972). Sixteen letters are a number of 32 bits as they stand; a longer window is a pair of such numbers,
64 bits, which sorting turns into a number of 32 bits anew. Nothing is hashed, so two windows that differ are never
taken for the same.
"""

import numpy as np

from ...alphabet import N, reverse_complement
from ...data import Genome
from ...errors import InputError

SHORTEST = 16
"""So many letters are the 32 bits to begin with; in fewer, chance alone repeats much of any genome."""


def repeated(genome: Genome, k: int = 75) -> np.ndarray:
    """bool (N,): the nucleotides covered by a window of k that occurs at another place too, on either strand.

    A window that is its own reverse complement is one occurrence, not two. Windows with an N do not count; a circular
    contig goes on at its other end; a contig shorter than k has no window. Raises InputError where k is below 16 or the
    genome beyond 2^31 letters.
    """
    if k < SHORTEST:
        raise InputError(f"repeats of {k} nt are too short to tell from chance; take {SHORTEST} or more, or 0 for none")
    base, place = _laid_out(genome, k)
    if len(base) >= 2**31:
        raise InputError(
            f"repeats are found in genomes of up to {2**31:,} nt, and this one is longer; mask them by intervals"
        )
    start = _repeated_starts(base, k)
    change = np.zeros(len(base) + 1, np.int32)
    change[start] += 1
    change[start + k] -= 1
    covered = np.cumsum(change[:-1], dtype=np.int32) > 0
    found = np.zeros(len(genome.base), bool)
    found[place[covered]] = True
    return found


def _laid_out(genome: Genome, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Codes with an N behind each contig, a circle prolonged by the k - 1 letters at its start; and the place of each
    in `base`, N -1."""
    pieces = [np.zeros(0, np.int64)]
    for begin, contig in zip(genome.start.tolist(), genome.contigs, strict=False):
        more = k - 1 if contig.circular and contig.length >= k else 0
        pieces += [np.arange(begin, begin + contig.length), np.arange(begin, begin + more), np.array([-1])]
    place = np.concatenate(pieces)
    return np.append(genome.base, np.uint8(N))[place], place


def _repeated_starts(base: np.ndarray, k: int) -> np.ndarray:
    """int64 (windows,): where in codes (length,) the windows of k without N begin that occur at another place too,
    ascending."""
    if k > len(base):
        return np.zeros(0, np.int64)
    kept, width = _without_n(base), SHORTEST
    plus, minus = _sixteen(base), _sixteen(reverse_complement(base))[::-1].copy()
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
        # A longer window that repeats is made of windows that do, or that are their own reverse complement, in the
        # middle of an inverted repeat. All others are dropped, which leaves little to sort from here on.
        kept[:] = False
        kept[at[again | (forward == backward)]] = True
        plus[at], minus[at] = 2 * rank + (forward > either), 2 * rank + (backward > either)


def _pair(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Two numbers of 32 bits as one of 64."""
    return first.astype(np.uint64) << np.uint64(32) | second


def _sixteen(base: np.ndarray) -> np.ndarray:
    """uint32 (length - 15,): the sixteen letters from each place on, two bits each; N as if it were A."""
    packed = (base & 3).astype(np.uint32)
    for width in (1, 2, 4, 8):
        packed = packed[:-width] << np.uint32(2 * width) | packed[width:]
    return packed


def _without_n(base: np.ndarray) -> np.ndarray:
    """bool (length - 15,): whether the sixteen letters from each place on hold no N."""
    whole = base != N
    for width in (1, 2, 4, 8):
        whole = whole[:-width] & whole[width:]
    return whole
