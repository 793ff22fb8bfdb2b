"""Bipartite motifs, with a gap of variable length: the -35 and the -10 element, or the halves of a TF's site.

The method is that of `zoops`: zero or one occurrence for each sequence, expectation maximisation, weights, background.
An occurrence is a start and a gap. The model has two parts of `BLOCK` columns and free frequencies of the gaps.
Schwarz's criterion counts three frequencies for each column and one for each gap but the last. Motifs are read on the
given strand, because promoters have a direction.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from ...alphabet import N
from ..sequence.markov import Background, to_markov
from .expectation import STILL, fit_share, frequencies
from .starting_points import find_words
from .stretches import read_strands, spell
from .zoops import choose_screened

BLOCK = 6
HALF = BLOCK // 2
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
        seen = _read(windows, chance)
        with np.errstate(divide="ignore"):
            above, below = (np.log(seen.find_odds(part)) for part in (self.upper, self.lower))
        starts = max(windows.shape[1] - len(self.matrix) + 1, 0)
        best = np.full((len(windows), starts), np.nan)
        for gap, share in zip(self.gaps.tolist(), self.share.tolist(), strict=True):
            behind = below[:, BLOCK + gap :][:, :starts]
            fitting = slice(behind.shape[1])
            best[:, fitting] = np.fmax(best[:, fitting], above[:, fitting] + behind + np.log(share * len(self.gaps)))
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
        gaps = range(int(self.gaps[0]), int(self.gaps[-1]) + 1)
        return replace(_locate(_read(windows, background), weight, self.blocks, gaps), gain=self.gain)


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
    seen = _read(windows[some], chance)
    if not seen.rarity.any():
        return None
    best: tuple[float, Blocks] | None = None
    for blocks in _find_starts(windows[some], seen, weight[some], chance, gaps):
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
    seen = _read(windows, chance)
    return _locate(seen, weight, _maximise(seen, weight, chance, blocks, gaps, 40)[1], gaps)


@dataclass(frozen=True, eq=False)
class _Words:
    """The words of `BLOCK` bases at all places of some windows: their numbers, as `spell` counts them, int64, and the
    reciprocals of their probabilities in the background, float64, both (sequences, places).
    """

    word: np.ndarray
    rarity: np.ndarray

    def find_odds(self, part: np.ndarray) -> np.ndarray:
        """Return the odds of one part at each place, float64 (sequences, places); 0 where an N is in the way."""
        odds = np.ones(1)
        for column in part:
            odds = (odds[:, None] * np.append(column, 0.0)).ravel()  # an N is no base of any part
        return odds[self.word] * self.rarity

    def count(self, held: np.ndarray, shift: int = 0) -> np.ndarray:
        """Count the bases of the words `shift` places further on, float64 (BLOCK, 4); `held`, float64 (sequences, at
        most places - shift), is how many words of each place count.
        """
        word = self.word[:, shift:][:, : held.shape[1]]
        count = np.bincount(word.ravel(), weights=held.ravel(), minlength=(N + 1) ** BLOCK)
        halves = count.reshape((N + 1) ** HALF, -1)  # of words: two short sums, and each column's is one of either
        sums = [
            half.reshape((N + 1) ** i, N + 1, -1).sum(axis=(0, 2))[:N]
            for half in (halves.sum(axis=1), halves.sum(axis=0))
            for i in range(HALF)
        ]
        return np.stack(sums)


def _read(windows: np.ndarray, background: Background) -> _Words:
    return _Words(spell(windows, BLOCK, N + 1), np.exp(-background.stretches(windows, BLOCK)))


def _locate(seen: _Words, weight: np.ndarray, blocks: Blocks, gaps: range) -> Gapped:
    """Return where an unchanged bipartite motif lies."""
    n, odds = len(weight), _find_odds(seen, blocks, gaps)
    total = odds.sum(axis=(0, 2))
    [likelihood], [held] = fit_share(total[:, None], weight)
    posterior = odds * (held / (1 - held + held * total))[:, None]
    free = 3 * 2 * BLOCK + len(gaps) - 1
    gain = float(likelihood - 0.5 * free * np.log(max(n, 2)))
    best = posterior.transpose(1, 2, 0).reshape(n, -1).argmax(axis=1)  # of equals the first start, and its smallest gap
    start, gap = np.divmod(best, len(gaps))
    present, apart = posterior.sum(axis=(0, 2)), np.array(gaps)
    return Gapped(blocks.upper, blocks.lower, apart, blocks.share, gain, present, start, apart[gap])


def _find_odds(seen: _Words, blocks: Blocks, gaps: range) -> np.ndarray:
    """Return the odds of each gap and start, all valid starts being as likely before, float64 (gaps, sequences,
    starts).
    """
    upper, lower = seen.find_odds(blocks.upper), seen.find_odds(blocks.lower)
    starts = upper.shape[1] - BLOCK - gaps.start
    odds = np.zeros((len(gaps), len(upper), starts))
    possible = np.maximum((upper[:, :starts] > 0).sum(axis=1), 1)
    for i, gap in enumerate(gaps):
        behind = lower[:, BLOCK + gap :]
        np.multiply(upper[:, : behind.shape[1]], behind, out=odds[i, :, : behind.shape[1]])
        odds[i] *= (blocks.share[i] / possible)[:, None]
    return odds


def _maximise(
    seen: _Words,
    weight: np.ndarray,
    background: Background,
    blocks: Blocks,
    gaps: range,
    rounds: int,
) -> tuple[float, Blocks]:
    """Return the likelihood and the motif after `rounds` rounds, or when it comes to rest."""
    scaled, held, total = weight / weight.mean(), 0.5, np.ones(len(weight))
    for _ in range(rounds):
        posterior = _find_odds(seen, blocks, gaps)
        odds = posterior.sum(axis=(0, 2))
        total = 1 - held + held * odds
        posterior *= (scaled * held / total)[:, None]
        held = float(np.clip(posterior.sum() / scaled.sum(), 0.01, 0.99))
        counts = posterior.sum(axis=(1, 2)) + SPREAD
        at = np.zeros(seen.word.shape)  # how many lower parts lie at each place
        for gap, there in zip(gaps, posterior, strict=True):
            behind = at[:, BLOCK + gap :]
            behind += there[:, : behind.shape[1]]
        before = blocks
        upper, lower = (frequencies(seen.count(part), background.composition) for part in (posterior.sum(axis=0), at))
        blocks = Blocks(upper, lower, counts / counts.sum())
        if max(np.abs(upper - before.upper).max(), np.abs(lower - before.lower).max()) < STILL:
            break
    return float(scaled @ np.log(total)), blocks


def _find_starts(
    windows: np.ndarray, seen: _Words, weight: np.ndarray, background: Background, gaps: range
) -> list[Blocks]:
    """Return motifs to start from: each frequent word as one part, with the most informative bases at any gap as the
    other.
    """
    found = []
    composition = background.composition
    for word in find_words(read_strands(windows, background, False), weight, composition, (BLOCK,))[0]:
        odds = seen.find_odds(word)
        chosen = odds * (weight / np.maximum(odds.sum(axis=1), 1e-300))[:, None]
        for first in (True, False):
            sides = []
            for gap in gaps:
                shift = BLOCK + gap
                counts = seen.count(chosen[:, :-shift], shift) if first else seen.count(chosen[:, shift:])
                sides.append(frequencies(counts, composition))
            bits = [float((side * np.log2(side / composition)).sum()) for side in sides]
            best = int(np.argmax(bits))
            share = np.where(np.arange(len(gaps)) == best, 0.5, 0.5 / max(len(gaps) - 1, 1))
            share = share / share.sum()
            found.append(Blocks(word, sides[best], share) if first else Blocks(sides[best], word, share))
    return found
