"""All stretches of the windows in which motifs are searched for, one-hot, as the rows of matrices.

Most windows are longer than the region that they show, and have N around it. So the windows are shifted to their first
known base and sorted by the bases from there to the last one. They are divided into blocks that fit into a processor's
cache, and a block has only the starts that its longest window needs. In a block, the stretches at the same start of all
its windows follow one another, so that a sum over the starts adds long rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...alphabet import N
from ..sequence.markov import Background

BARRED = np.float32(-1e30)
"""Stands for the logarithm of 0; unlike infinity, it may be multiplied by 0."""
BLOCK = 1 << 17
"""Number of values that a block of several windows may have, its stretches and their odds together: 512 KB."""
MATRICES = 52
"""Number of matrices whose odds are counted in the size of a block."""


@dataclass(frozen=True, eq=False)
class Strand:
    """Windows as they read on one strand.

    Attributes
    ----------
    codes
        uint8 (sequences, length), codes of the bases.
    unknown
        int32 (sequences, length + 1), number of N before each place.
    chance
        float64 (sequences, length + 1), ln P of the bases before each place in the background.
    """

    codes: np.ndarray
    unknown: np.ndarray
    chance: np.ndarray

    @cached_property
    def hot(self) -> np.ndarray:
        """The windows one-hot.

        Returns
        -------
        numpy.ndarray
            float32 (sequences, 4 length), zeros for N.
        """
        return encode_one_hot(self.codes)

    def find_valid(self, width: int) -> np.ndarray:
        """Find the stretches without an N.

        Parameters
        ----------
        width
            Width of the stretches, in bases, not more than the length.

        Returns
        -------
        numpy.ndarray
            bool (sequences, starts).
        """
        return np.asarray(self.unknown[:, width:] == self.unknown[:, :-width])


@dataclass(frozen=True, eq=False)
class Tiles:
    """All stretches of some widths in some windows.

    Attributes
    ----------
    blocks
        float32 (starts, size, 4 widest + widths) each, the stretches of `size` windows, by their starts; with both
        orientations those of the reverse complements follow. First the stretch of the widest width, one-hot, then, for
        each width, ln(prior / chance). The prior is the same for each valid start of a window, with the sum 1; the
        chance is that of the background. It is `BARRED` where the stretch holds an N or ends beyond the window.
    order
        int64 (sequences,), the windows in the order of the blocks.
    shift
        int64 (orientations, sequences), the column at which the first stretch of each window starts.
    length
        Bases of a window.
    widths
        Widths in bases, ascending.
    """

    blocks: tuple[np.ndarray, ...]
    order: np.ndarray
    shift: np.ndarray
    length: int
    widths: tuple[int, ...]

    @property
    def widest(self) -> int:
        """The widest width, in bases."""
        return self.widths[-1]

    @cached_property
    def parts(self) -> list[tuple[slice, np.ndarray]]:
        """The blocks and where they lie.

        Returns
        -------
        list of tuple
            Of each block the places of its windows in `order`, and the block itself.
        """
        ends = np.cumsum([block.shape[1] for block in self.blocks]).tolist()
        return [(slice(end - block.shape[1], end), block) for end, block in zip(ends, self.blocks, strict=True)]

    def narrow(self, width: int) -> "Tiles":
        """Take the stretches of one width.

        Parameters
        ----------
        width
            One of the widths, in bases.

        Returns
        -------
        Tiles
            Its stretches, a copy.
        """
        blocks, sides, less = [], len(self.shift), width - self.widths[0]
        for block in self.blocks:
            starts, size, columns = block.shape
            each = block.reshape(sides, starts // sides, size, columns)[:, : max(starts // sides - less, 0)]
            rows = np.empty((*each.shape[:3], 4 * width + 1), np.float32)
            rows[..., :-1] = each[..., : 4 * width]
            rows[..., -1] = each[..., 4 * self.widest + self.widths.index(width)]
            blocks.append(rows.reshape(-1, size, 4 * width + 1))
        return Tiles(tuple(blocks), self.order, self.shift, self.length, (width,))


def reverse_complement_windows(windows: np.ndarray) -> np.ndarray:
    """Return the reverse complements of windows.

    Parameters
    ----------
    windows
        uint8 (sequences, length), codes of the bases.

    Returns
    -------
    numpy.ndarray
        uint8 (sequences, length); N stays.
    """
    return np.where(windows < N, 3 - windows, N).astype(np.uint8)[:, ::-1]


def spell(codes: np.ndarray, size: int, letters: int) -> np.ndarray:
    """Number the words of windows.

    Parameters
    ----------
    codes
        uint8 (sequences, length), less than `letters`, not shorter than a word.
    size
        Bases of a word.
    letters
        Number of different codes.

    Returns
    -------
    numpy.ndarray
        int64 (sequences, starts), the number that the word at each start spells in base `letters`, the first base
        counting most.
    """
    starts = codes.shape[1] - size + 1
    found = np.zeros((len(codes), starts), np.int64)
    for i in range(size):
        found *= letters
        found += codes[:, i : starts + i]
    return found


def encode_one_hot(windows: np.ndarray) -> np.ndarray:
    """Encode windows one-hot.

    Parameters
    ----------
    windows
        uint8 (sequences, length), codes of the bases.

    Returns
    -------
    numpy.ndarray
        float32 (sequences, 4 length), zeros for N.
    """
    return np.eye(N + 1, N, dtype=np.float32)[windows].reshape(len(windows), -1)


def read_strands(windows: np.ndarray, background: Background, both: bool) -> tuple[Strand, ...]:
    """Read windows on the given strand, or on both.

    Parameters
    ----------
    windows
        uint8 (sequences, length), codes of the bases.
    background
        Background model.
    both
        Whether the reverse complements count too.

    Returns
    -------
    tuple of Strand
        The windows as they are, and their reverse complements if both count.
    """
    strands = []
    for codes, model in ((windows, background), (reverse_complement_windows(windows), background.reverse))[: 1 + both]:
        unknown = np.zeros((len(codes), codes.shape[1] + 1), np.int32)
        chance = np.zeros(unknown.shape)
        np.cumsum(codes == N, axis=1, out=unknown[:, 1:])
        np.cumsum(model.logs(codes), axis=1, out=chance[:, 1:])
        strands.append(Strand(codes, unknown, chance))
    return tuple(strands)


def tile(strands: Sequence[Strand], widths: tuple[int, ...]) -> Tiles:
    """Encode every stretch of some widths, with its probability in the background.

    Parameters
    ----------
    strands
        The windows, as `read_strands` gives them, not shorter than the widest width.
    widths
        Widths of the stretches, in bases, ascending.

    Returns
    -------
    Tiles
        All stretches of the windows.
    """
    known = np.stack([strand.codes != N for strand in strands])
    shift = known.argmax(axis=2)
    extent = known.shape[2] - shift[0] - known[0, :, ::-1].argmax(axis=1)
    starts = np.where(known[0].any(axis=1), np.maximum(extent - widths[0] + 1, 0), 0)
    order = np.argsort(-starts, kind="stable")
    weights = _weigh(strands, widths)
    codes = np.full((*known.shape[:2], known.shape[2] + 1), N, np.uint8)  # beyond the end as well
    codes[:, :, :-1] = [strand.codes for strand in strands]
    blocks: list[np.ndarray] = []
    done, columns = 0, 4 * widths[-1] + len(widths)
    while done < len(order):
        most = int(starts[order[done]])
        size = BLOCK // max(len(strands) * most * (columns + MATRICES), 1)
        its = order[done : done + max(size, 1)]
        block = np.empty((len(strands), most, len(its), columns), np.float32)
        for side, by_start in enumerate(block):
            place = shift[side, its][:, None] + np.arange(most + widths[-1])
            hot = encode_one_hot(codes[side, its[:, None], np.minimum(place, known.shape[2])])
            runs = np.lib.stride_tricks.sliding_window_view(hot, 4 * widths[-1], axis=1)[:, ::4][:, :most]
            by_start[..., : 4 * widths[-1]] = runs.transpose(1, 0, 2)
            by_start[..., 4 * widths[-1] :] = weights[
                :, side, its[:, None], np.minimum(place[:, :most], weights.shape[3] - 1)
            ].T
        blocks.append(block.reshape(-1, len(its), columns))
        done += len(its)
    return Tiles(tuple(blocks), order, shift, known.shape[2], widths)


def _weigh(strands: Sequence[Strand], widths: tuple[int, ...]) -> np.ndarray:
    """Return ln(prior / chance) of the stretches at all starts of the narrowest width and at one more, float32 (widths,
    orientations, sequences, starts + 1).
    """
    number, length = strands[0].codes.shape
    weights = np.full((len(widths), len(strands), number, length - widths[0] + 2), BARRED)
    for by_width, width in zip(weights, widths, strict=True):
        valid = [strand.find_valid(width) for strand in strands]
        prior = -np.log(np.maximum(sum(each.sum(axis=1) for each in valid), 1))
        for here, each, strand in zip(by_width, valid, strands, strict=True):
            chance = strand.chance[:, width:] - strand.chance[:, :-width]
            here[:, : each.shape[1]] = np.where(each, prior[:, None] - chance, BARRED)
    return weights
