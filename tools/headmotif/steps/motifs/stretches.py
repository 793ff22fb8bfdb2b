"""All stretches of one width in the windows in which motifs are searched for."""

from dataclasses import dataclass

import numpy as np

from ...alphabet import N
from ..sequence.markov import Background


@dataclass(frozen=True, eq=False)
class Tiles:
    """All stretches of one width in some windows; with both orientations those of their reverse complements follow.

    Attributes
    ----------
    hot
        float32 (sequences, starts, 4 width), one-hot.
    valid
        bool (sequences, starts), whether the stretch holds no N.
    chance
        float32 (sequences, starts), ln of the probability of the stretch in the background.
    prior
        float32 (sequences, starts), the same for each valid start of a sequence, with the sum 1.
    """

    hot: np.ndarray
    valid: np.ndarray
    chance: np.ndarray
    prior: np.ndarray

    @property
    def rows(self) -> np.ndarray:
        """The stretches one below the other, (sequences x starts, 4 width)."""
        return self.hot.reshape(-1, self.hot.shape[2])


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


def places(windows: np.ndarray, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Encode every stretch of one width.

    Parameters
    ----------
    windows
        uint8 (sequences, length), codes of the bases.
    width
        Width of the stretches, in bases.

    Returns
    -------
    hot : numpy.ndarray
        float32 (sequences, starts, 4 width), one-hot.
    valid : numpy.ndarray
        bool (sequences, starts), whether the stretch holds no N.
    """
    stretches = np.lib.stride_tricks.sliding_window_view(windows, width, axis=1)  # (sequences, starts, width)
    hot = np.eye(5, dtype=np.float32)[stretches][..., :N]  # (sequences, starts, width, 4)
    return hot.reshape(*hot.shape[:2], 4 * width), ~(stretches == N).any(axis=2)


def tile_windows(windows: np.ndarray, width: int, background: Background, both: bool) -> Tiles:
    """Encode every stretch of one width, with its probability in the background.

    Parameters
    ----------
    windows
        uint8 (sequences, length), codes of the bases.
    width
        Width of the stretches, in bases.
    background
        Background model.
    both
        Whether the reverse complements count too.

    Returns
    -------
    Tiles
        All stretches of the windows.
    """
    read = (
        ((windows, background), (reverse_complement_windows(windows), background.reverse))
        if both
        else ((windows, background),)
    )
    parts = [(*places(w, width), chance.stretches(w, width)) for w, chance in read]
    hot, valid, chance = (np.concatenate(part, axis=1) if both else part[0] for part in zip(*parts, strict=True))
    prior = valid / np.maximum(valid.sum(axis=1), 1)[:, None]
    return Tiles(hot, valid, chance.astype(np.float32), prior.astype(np.float32))
