"""Motifs of two blocks with a gap that varies: -35 and -10, or the halves of a factor's site.

The same estimator as in `zoops` (zero or one occurrence per sequence, expectation maximisation, weights, background),
an occurrence being a place and a gap: two blocks of `BLOCK` columns, free frequencies for the gap. Schwarz's criterion
counts three frequencies a column and one for each gap but the last. Read on the strand given: promoters have a
direction.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from ..sequence.markov import Background, as_markov
from .zoops import STILL, Laid, frequencies, laid, screened, words

BLOCK = 6
SPREAD = 1.0
"""Sequences' worth added to each gap, so that none is impossible."""


class Blocks(NamedTuple):
    """Two blocks, float64 (BLOCK, 4) each, and the share of each gap between them, float64 (gaps,)."""

    upper: np.ndarray
    lower: np.ndarray
    share: np.ndarray


@dataclass(frozen=True, eq=False)
class Gapped:
    """Two blocks and their place in each sequence.

    upper, lower: float64 (BLOCK, 4). gaps: the numbers of bases between them, ascending, int64 (gaps,); share: float64
    (gaps,) of each. gain, present, start, turned as in `zoops.Alignment`; gap: int64 (sequences,), of the most probable
    occurrence.
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
        return Blocks(self.upper, self.lower, self.share)

    @property
    def turned(self) -> np.ndarray:
        return np.zeros(len(self.start), bool)

    @property
    def length(self) -> np.ndarray:
        return 2 * BLOCK + self.gap

    @property
    def usual(self) -> int:
        """The most frequent gap."""
        return int(self.gaps[self.share.argmax()])

    @property
    def matrix(self) -> np.ndarray:
        """Both blocks with the most frequent gap between them, of columns that say nothing: float64 (width, 4)."""
        return np.concatenate([self.upper, np.full((self.usual, 4), 0.25), self.lower])

    def scores(self, windows: np.ndarray, background: Background | np.ndarray, both: bool = False) -> np.ndarray:
        """Log-odds (nats) of the best gap, float64 (sequences, starts) for every start that a motif of the usual gap
        has; NaN where an N is in the way of all gaps, or the window is too short for them."""
        assert not both, "two blocks have a direction"
        chance = as_markov(background)
        each = laid(windows, BLOCK, chance, False)
        said = _said(each, self.upper, self.lower)
        starts = max(windows.shape[1] - len(self.matrix) + 1, 0)
        best = np.full((len(windows), starts), np.nan)
        for gap, share in zip(self.gaps.tolist(), self.share.tolist(), strict=True):
            upper, lower = _apart(said, gap, starts)
            with np.errstate(invalid="ignore"):
                best[:, : upper.shape[1]] = np.fmax(
                    best[:, : upper.shape[1]], upper + lower + np.log(share * len(self.gaps))
                )
        return np.where(np.isfinite(best), best, np.nan)

    def looked_up(self, windows: np.ndarray, weight: np.ndarray, background: Background, both: bool) -> "Gapped":
        """See `zoops.Alignment.looked_up`."""
        assert not both, "two blocks have a direction"
        seen, gaps = laid(windows, BLOCK, background, False), range(int(self.gaps[0]), int(self.gaps[-1]) + 1)
        return replace(_located(seen, weight, self.blocks, gaps), gain=self.gain)


def discover(
    windows: np.ndarray, weight: np.ndarray, background: Background | np.ndarray, gaps: range
) -> Gapped | None:
    """The best pair of blocks of windows uint8 (sequences, length; N where a base must not be used), `gaps` bases
    apart; None where no such pair fits. weight, background: as in `zoops.discover`. Deterministic."""
    chance = as_markov(background)
    gaps = range(gaps.start, min(gaps.stop, windows.shape[1] - 2 * BLOCK + 1))
    if len(gaps) == 0:
        return None
    some = screened(len(windows))
    seen = laid(windows[some], BLOCK, chance, False)
    if not seen.valid.any():
        return None
    best: tuple[float, Blocks] | None = None
    for blocks in _beginnings(seen, weight[some], chance, gaps):
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
    """Expectation maximisation from two blocks and the shares of the gaps to its end."""
    chance = as_markov(background)
    seen = laid(windows, BLOCK, chance, False)
    return _located(seen, weight, _maximise(seen, weight, chance, blocks, gaps, 40)[1], gaps)


def _located(seen: Laid, weight: np.ndarray, blocks: Blocks, gaps: range) -> Gapped:
    """Where two blocks lie, as they are."""
    n, held = len(weight), 0.5
    for _time in range(4):
        likelihood, posterior = _expect(seen, weight, blocks, gaps, held)
        held = float(np.clip((weight * posterior.sum(axis=(1, 2))).sum() / weight.sum(), 0.01, 0.99))
    free = 3 * 2 * BLOCK + len(gaps) - 1
    gain = likelihood - 0.5 * free * np.log(max(n, 2))
    start, gap = np.divmod(posterior.reshape(n, -1).argmax(axis=1), len(gaps))
    present, apart = posterior.sum(axis=(1, 2)), np.array(gaps)
    return Gapped(blocks.upper, blocks.lower, apart, blocks.share, gain, present, start, apart[gap])


def _said(seen: Laid, upper: np.ndarray, lower: np.ndarray) -> np.ndarray:
    """Log-odds of either block at each place, float64 (sequences, places, 2); -inf where an N is in the way."""
    flat = np.log(np.stack([upper, lower])).reshape(2, -1).T.astype(np.float32)
    said = (seen.hot @ flat).astype(np.float64) - seen.chance[:, :, None]
    return np.where(seen.valid[:, :, None], said, -np.inf)


def _apart(said: np.ndarray, gap: int, starts: int) -> tuple[np.ndarray, np.ndarray]:
    """The upper block's column at the starts, and the lower's `gap` bases behind it, both (sequences, at most
    starts)."""
    lower = said[:, BLOCK + gap :, 1][:, :starts]
    return said[:, : lower.shape[1], 0], lower


def _expect(seen: Laid, weight: np.ndarray, blocks: Blocks, gaps: range, held: float) -> tuple[float, np.ndarray]:
    """The log-likelihood ratio, and the probability of each start and gap, float64 (sequences, starts, gaps)."""
    said = _said(seen, blocks.upper, blocks.lower)
    starts = seen.hot.shape[1] - BLOCK - gaps.start
    ratio = np.zeros((len(said), starts, len(gaps)))
    for i, gap in enumerate(gaps):
        one, other = _apart(said, gap, starts)
        ratio[:, : one.shape[1], i] = np.exp(one + other) * blocks.share[i]
    possible = (np.isfinite(said[:, :starts, 0])).sum(axis=1)
    ratio *= held / np.maximum(possible, 1)[:, None, None]
    total = 1 - held + ratio.sum(axis=(1, 2))
    return float((weight * np.log(total)).sum() / weight.mean()), ratio / total[:, None, None]


def _maximise(
    seen: Laid,
    weight: np.ndarray,
    background: Background,
    blocks: Blocks,
    gaps: range,
    rounds: int,
) -> tuple[float, Blocks]:
    """The likelihood, the blocks and the shares of the gaps after so many rounds, or at rest."""
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


def _beginnings(seen: Laid, weight: np.ndarray, background: Background, gaps: range) -> list[Blocks]:
    """For each frequent word as one block, the other as it stands at the gap where it says most; and the words taken as
    the other block."""
    found = []
    frequent = words(seen, weight, background)
    blank = np.broadcast_to(background.composition, (BLOCK, 4))
    for word in frequent:
        for first in (True, False):
            said = _said(seen, word, word)[:, :, 0]
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
