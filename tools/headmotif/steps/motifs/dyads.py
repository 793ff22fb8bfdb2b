"""Bipartite motifs, with a gap of variable length: the -35 and the -10 element, or the halves of a TF's site.

The method is that of `zoops`: zero or one occurrence for each sequence, expectation maximisation, weights, background.
An occurrence is a start and a gap. The model has two parts of `BLOCK` columns and free frequencies of the gaps.
Schwarz's criterion counts three frequencies for each column and one for each gap but the last. Motifs are read on the
given strand, because promoters have a direction.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from ..sequence.markov import Background, to_markov
from .stretches import Tiles, tile_windows
from .zoops import STILL, choose_screened, frequencies, words

BLOCK = 6
SPREAD = 1.0
"""Pseudocount of each gap, in sequences, so that no gap is impossible."""


class Blocks(NamedTuple):
    """The two parts of a bipartite motif and how often each gap lies between them.

    Attributes
    ----------
    upper, lower
        float64 (BLOCK, 4), probabilities of the upstream and of the downstream part.
    share
        float64 (gaps,), frequencies of the gaps, which sum to 1.
    """

    upper: np.ndarray
    lower: np.ndarray
    share: np.ndarray


@dataclass(frozen=True, eq=False)
class Gapped:
    """A bipartite motif and where it lies in each sequence.

    Attributes
    ----------
    upper, lower
        float64 (BLOCK, 4), probabilities of the upstream and of the downstream part.
    gaps
        int64 (gaps,), numbers of bases between the parts, ascending.
    share
        float64 (gaps,), frequencies of the gaps.
    gain, present, start
        As in `zoops.Alignment`.
    gap
        int64 (sequences,), gap of the most probable occurrence.
    """

    upper: np.ndarray
    lower: np.ndarray
    gaps: np.ndarray
    share: np.ndarray
    gain: float
    present: np.ndarray
    start: np.ndarray
    gap: np.ndarray

    @property
    def blocks(self) -> Blocks:
        """The two parts and the frequencies of the gaps."""
        return Blocks(self.upper, self.lower, self.share)

    @property
    def reverse(self) -> np.ndarray:
        """bool (sequences,), all false: a bipartite motif is read on the given strand."""
        return np.zeros(len(self.start), bool)

    @property
    def length(self) -> np.ndarray:
        """Bases of each occurrence, int64 (sequences,)."""
        return 2 * BLOCK + self.gap

    @property
    def usual_gap(self) -> int:
        """The most frequent gap."""
        return int(self.gaps[self.share.argmax()])

    @property
    def matrix(self) -> np.ndarray:
        """Both parts with the most frequent gap between them, as columns of 0.25 each: float64 (width, 4)."""
        return np.concatenate([self.upper, np.full((self.usual_gap, 4), 0.25), self.lower])

    def scores(self, windows: np.ndarray, background: Background | np.ndarray, both: bool = False) -> np.ndarray:
        """Score the motif at each start, with the gap that scores highest.

        Parameters
        ----------
        windows
            uint8 (sequences, length), codes of the bases.
        background
            Background model, or its composition, float64 (4,).
        both
            Must be false: a bipartite motif is read on the given strand.

        Returns
        -------
        numpy.ndarray
            Log-odds in nats, float64 (sequences, starts), for each start at which the motif fits with its most frequent
            gap. NaN where an N is in the way of all gaps, or the window is too short for them.
        """
        assert not both, "a bipartite motif is read on the given strand"
        chance = to_markov(background)
        each = tile_windows(windows, BLOCK, chance, False)
        said = _score_blocks(each, self.upper, self.lower)
        starts = max(windows.shape[1] - len(self.matrix) + 1, 0)
        best = np.full((len(windows), starts), np.nan)
        for gap, share in zip(self.gaps.tolist(), self.share.tolist(), strict=True):
            upper, lower = _pair_blocks(said, gap, starts)
            with np.errstate(invalid="ignore"):
                best[:, : upper.shape[1]] = np.fmax(
                    best[:, : upper.shape[1]], upper + lower + np.log(share * len(self.gaps))
                )
        return np.where(np.isfinite(best), best, np.nan)

    def scan_windows(self, windows: np.ndarray, weight: np.ndarray, background: Background, both: bool) -> "Gapped":
        """Scan other windows for the unchanged motif; see `zoops.Alignment.scan_windows`.

        Parameters
        ----------
        windows, weight, background
            As in `discover`.
        both
            Must be false: a bipartite motif is read on the given strand.

        Returns
        -------
        Gapped
            The same motif with its occurrences in these windows; `gain` stays.
        """
        assert not both, "a bipartite motif is read on the given strand"
        seen, gaps = tile_windows(windows, BLOCK, background, False), range(int(self.gaps[0]), int(self.gaps[-1]) + 1)
        return replace(_locate(seen, weight, self.blocks, gaps), gain=self.gain)


def discover(
    windows: np.ndarray, weight: np.ndarray, background: Background | np.ndarray, gaps: range
) -> Gapped | None:
    """Find the best bipartite motif of some windows.

    The result is deterministic.

    Parameters
    ----------
    windows
        uint8 (sequences, length), codes of the bases, N where a base must not be used.
    weight, background
        As in `zoops.discover`.
    gaps
        Numbers of bases between the parts that are tried.

    Returns
    -------
    Gapped or None
        None where no such motif fits into the windows.
    """
    chance = to_markov(background)
    gaps = range(gaps.start, min(gaps.stop, windows.shape[1] - 2 * BLOCK + 1))
    if len(gaps) == 0:
        return None
    some = choose_screened(len(windows))
    seen = tile_windows(windows[some], BLOCK, chance, False)
    if not seen.valid.any():
        return None
    best: tuple[float, Blocks] | None = None
    for blocks in _find_starts(seen, weight[some], chance, gaps):
        settled = _maximise(seen, weight[some], chance, blocks, gaps, 8)
        if best is None or settled[0] > best[0]:
            best = settled
    if best is None:
        return None
    return refine(windows, weight, chance, best[1], gaps)


def refine(
    windows: np.ndarray,
    weight: np.ndarray,
    background: Background | np.ndarray,
    blocks: Blocks,
    gaps: range,
) -> Gapped:
    """Refine a bipartite motif by expectation maximisation until it comes to rest.

    Parameters
    ----------
    windows, weight, background
        As in `discover`.
    blocks
        The motif to start from.
    gaps
        Numbers of bases between its parts.

    Returns
    -------
    Gapped
        The refined motif with its occurrences.
    """
    chance = to_markov(background)
    seen = tile_windows(windows, BLOCK, chance, False)
    return _locate(seen, weight, _maximise(seen, weight, chance, blocks, gaps, 40)[1], gaps)


def _locate(seen: Tiles, weight: np.ndarray, blocks: Blocks, gaps: range) -> Gapped:
    """Return where an unchanged bipartite motif lies."""
    n, held = len(weight), 0.5
    for _time in range(4):
        likelihood, posterior = _expect(seen, weight, blocks, gaps, held)
        held = float(np.clip((weight * posterior.sum(axis=(1, 2))).sum() / weight.sum(), 0.01, 0.99))
    free = 3 * 2 * BLOCK + len(gaps) - 1
    gain = likelihood - 0.5 * free * np.log(max(n, 2))
    start, gap = np.divmod(posterior.reshape(n, -1).argmax(axis=1), len(gaps))
    present, apart = posterior.sum(axis=(1, 2)), np.array(gaps)
    return Gapped(blocks.upper, blocks.lower, apart, blocks.share, gain, present, start, apart[gap])


def _score_blocks(seen: Tiles, upper: np.ndarray, lower: np.ndarray) -> np.ndarray:
    """Return log-odds of either part at each start, float64 (sequences, starts, 2); -inf where an N is in the way."""
    flat = np.log(np.stack([upper, lower])).reshape(2, -1).T.astype(np.float32)
    said = (seen.hot @ flat).astype(np.float64) - seen.chance[:, :, None]
    return np.where(seen.valid[:, :, None], said, -np.inf)


def _pair_blocks(said: np.ndarray, gap: int, starts: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the scores of the upper part at the starts, and of the lower part `gap` bases behind it, both (sequences,
    at most starts).
    """
    lower = said[:, BLOCK + gap :, 1][:, :starts]
    return said[:, : lower.shape[1], 0], lower


def _expect(seen: Tiles, weight: np.ndarray, blocks: Blocks, gaps: range, held: float) -> tuple[float, np.ndarray]:
    """Return the log-likelihood ratio and the probability of each start and gap, float64 (sequences, starts, gaps)."""
    said = _score_blocks(seen, blocks.upper, blocks.lower)
    starts = seen.hot.shape[1] - BLOCK - gaps.start
    ratio = np.zeros((len(said), starts, len(gaps)))
    for i, gap in enumerate(gaps):
        one, other = _pair_blocks(said, gap, starts)
        ratio[:, : one.shape[1], i] = np.exp(one + other) * blocks.share[i]
    possible = (np.isfinite(said[:, :starts, 0])).sum(axis=1)
    ratio *= held / np.maximum(possible, 1)[:, None, None]
    total = 1 - held + ratio.sum(axis=(1, 2))
    return float((weight * np.log(total)).sum() / weight.mean()), ratio / total[:, None, None]


def _maximise(
    seen: Tiles,
    weight: np.ndarray,
    background: Background,
    blocks: Blocks,
    gaps: range,
    rounds: int,
) -> tuple[float, Blocks]:
    """Return the likelihood and the motif after `rounds` rounds, or when it comes to rest."""
    scaled, held, likelihood = weight / weight.mean(), 0.5, -np.inf
    for _ in range(rounds):
        likelihood, posterior = _expect(seen, weight, blocks, gaps, held)
        posterior = posterior * scaled[:, None, None]
        held = float(np.clip(posterior.sum() / scaled.sum(), 0.01, 0.99))
        counts = posterior.sum(axis=(0, 1)) + SPREAD
        at = np.zeros((2, *seen.hot.shape[:2]))  # how probable either block is at each place
        for i, gap in enumerate(gaps):
            lower_at = at[1, :, BLOCK + gap :]
            width = min(lower_at.shape[1], posterior.shape[1])
            at[0, :, :width] += posterior[:, :width, i]
            lower_at[:, :width] += posterior[:, :width, i]
        columns = np.einsum("bns,nsk->bk", at.astype(np.float32), seen.hot, optimize=True).astype(np.float64)
        before = blocks
        upper, lower = frequencies(columns.reshape(2, BLOCK, 4), background.composition)
        blocks = Blocks(upper, lower, counts / counts.sum())
        if max(np.abs(upper - before.upper).max(), np.abs(lower - before.lower).max()) < STILL:
            break
    return likelihood, blocks


def _find_starts(seen: Tiles, weight: np.ndarray, background: Background, gaps: range) -> list[Blocks]:
    """Return motifs to start from: each frequent word as one part, with the most informative bases at any gap as the
    other.
    """
    found = []
    frequent = words(seen, weight, background)
    blank = np.broadcast_to(background.composition, (BLOCK, 4))
    for word in frequent:
        for first in (True, False):
            said = _score_blocks(seen, word, word)[:, :, 0]
            chosen = np.exp(said - said.max(axis=1, keepdims=True, initial=-1e9))
            chosen = (
                weight[:, None] * chosen / np.maximum(chosen.sum(axis=1, keepdims=True), 1e-300) * np.isfinite(said)
            )
            best: tuple[float, np.ndarray, np.ndarray] | None = None
            for i, gap in enumerate(gaps):
                shift = BLOCK + gap
                here, there = (
                    (chosen[:, :-shift], seen.hot[:, shift:]) if first else (chosen[:, shift:], seen.hot[:, :-shift])
                )
                counts = np.einsum("ns,nsk->k", here.astype(np.float32), there, optimize=True).astype(np.float64)
                block = frequencies(counts.reshape(BLOCK, 4), background.composition)
                bits = float((block * np.log2(block / blank)).sum())
                if best is None or bits > best[0]:
                    best = bits, block, np.where(np.arange(len(gaps)) == i, 0.5, 0.5 / max(len(gaps) - 1, 1))
            if best:
                share = best[2] / best[2].sum()
                found.append(Blocks(word, best[1], share) if first else Blocks(best[1], word, share))
    return found
