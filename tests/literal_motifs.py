"""The search for motifs as its formulas say, one stretch of one matrix after the other: what the tests of the fast one
go by."""

import numpy as np

from headmotif.alphabet import N
from headmotif.steps.motifs import dyads, expectation, zoops
from headmotif.steps.motifs.permutation import NOT_CHOSEN, permutation_test
from headmotif.steps.sequence.windows import Reads, flip


def turn(windows):
    return np.where(windows < N, 3 - windows, N)[:, ::-1].astype(np.uint8)


def log_odds(windows, matrix, background, both):
    """ln(P in the motif / P in the background) of each start, one orientation after the other; -inf at an N."""
    found = []
    for read, chance in ((windows, background), (turn(windows), background.reverse))[: 1 + both]:
        width, starts = len(matrix), windows.shape[1] - len(matrix) + 1
        logs, odds = chance.logs(read), np.full((len(read), starts), -np.inf)
        for start in range(starts):
            known = (read[:, start : start + width] < N).all(axis=1)
            word = read[known, start : start + width]
            odds[known, start] = np.log(matrix[np.arange(width), word]).sum(axis=1) - logs[
                known, start : start + width
            ].sum(axis=1)
        found.append(odds)
    return np.concatenate(found, axis=1)


def expect(windows, weight, matrix, background, both, share):
    """The log-likelihood ratio, and the probability that each start holds the motif."""
    odds = np.exp(log_odds(windows, matrix, background, both))
    odds /= np.maximum((odds > 0).sum(axis=1), 1)[:, None]
    total = 1 - share + share * odds.sum(axis=1)
    return (weight * np.log(total)).sum() / weight.mean(), share * odds / total[:, None]


def count(windows, posterior, width, both):
    """How often each base lies under each column, float64 (width, 4)."""
    counts, starts = np.zeros((width, 4)), windows.shape[1] - width + 1
    for side, read in enumerate((windows, turn(windows))[: 1 + both]):
        for start in range(starts):
            for column in range(width):
                base = read[:, start + column]
                held = posterior[:, side * starts + start]
                counts[column] += np.bincount(base, weights=held, minlength=5)[:N]
    return counts


def step(windows, weight, matrix, background, both, share):
    """Likelihood, the matrix after one round, and its share."""
    scaled = weight / weight.mean()
    likelihood, posterior = expect(windows, weight, matrix, background, both, share)
    held = scaled[:, None] * posterior
    counts = count(windows, held, len(matrix), both) + expectation.PSEUDO * background.composition
    share = np.clip(held.sum() / scaled.sum(), 0.01, 0.99)
    return likelihood, counts / counts.sum(axis=1, keepdims=True), share


def settle(windows, weight, matrix, background, both, rounds=zoops.ROUNDS):
    share = 0.5
    for _ in range(rounds):
        before = matrix
        _likelihood, matrix, share = step(windows, weight, matrix, background, both, share)
        if np.abs(matrix - before).max() < expectation.STILL:
            break
    return matrix


def fit(windows, weight, matrix, background, both):
    share = 0.5
    for _ in range(4):
        likelihood, posterior = expect(windows, weight, matrix, background, both, share)
        share = np.clip((weight[:, None] * posterior).sum() / weight.sum(), 0.01, 0.99)
    return likelihood, posterior


def find_starts(windows, weight, background, width, both):
    """The averages of the starts, sharpened, and the frequent words."""
    composition = background.composition
    reads, starts = (windows, turn(windows))[: 1 + both], windows.shape[1] - width + 1
    averages, seen = [], {}
    for read in reads:
        for start in range(starts):
            stretch = read[:, start : start + width]
            known = (stretch < N).all(axis=1)
            counts = np.stack([((stretch == base) * (known * weight)[:, None]).sum(axis=0) for base in range(4)], 1)
            averages.append(expectation.frequencies(counts / weight.mean(), composition))
            for word, w in zip(stretch[known, : min(6, width)].tolist(), weight[known].tolist(), strict=True):
                seen[tuple(word)] = seen.get(tuple(word), 0.0) + w
    bits = [-(a * np.log2(a / composition)).sum() for a in averages]
    sharp = [composition * (averages[i] / composition) ** 2 for i in np.argsort(bits, kind="stable")[:40]]
    whole = sum(seen.values())
    surprise = {word: n * np.log(n / (composition[list(word)].prod() * whole)) for word, n in seen.items()}
    words = []
    for word in sorted(surprise, key=lambda word: (-surprise[word], word))[:12]:
        matrix = np.tile(composition, (width, 1))
        first = (width - len(word)) // 2
        matrix[first : first + len(word)] = 0.4 * composition + 0.6 * np.eye(4)[list(word)]
        words.append(matrix)
    return [s / s.sum(axis=1, keepdims=True) for s in sharp] + words


def discover(windows, weight, background, widths, both=False):
    """The best motif of all widths, without the trimming of its ends: gain, matrix, and the probabilities of starts."""
    best = None
    for width in widths:
        candidates = []
        for matrix in find_starts(windows, weight, background, width, both):
            share = 0.5
            for _ in range(6):
                likelihood, matrix, share = step(windows, weight, matrix, background, both, share)
            candidates.append((likelihood, matrix))
        chosen = max(candidates, key=lambda candidate: candidate[0])[1]
        matrix = settle(windows, weight, chosen, background, both)
        likelihood, posterior = fit(windows, weight, matrix, background, both)
        gain = likelihood - 1.5 * width * np.log(len(windows))
        if best is None or gain > best[0]:
            best = gain, matrix, posterior
    return best


def find_pairs(windows, blocks, gaps, background):
    """Odds of both parts at each start and gap, all valid starts being as likely, float64 (sequences, starts, gaps)."""
    upper, lower = (np.exp(log_odds(windows, part, background, False)) for part in (blocks.upper, blocks.lower))
    starts = windows.shape[1] - 2 * dyads.BLOCK - gaps[0] + 1
    odds = np.zeros((len(windows), starts, len(gaps)))
    for row in range(len(windows)):
        for start in range(starts):
            for i, gap in enumerate(gaps):
                behind = start + dyads.BLOCK + gap
                if behind < lower.shape[1]:
                    odds[row, start, i] = upper[row, start] * lower[row, behind] * blocks.share[i]
    return odds / np.maximum((upper[:, :starts] > 0).sum(axis=1), 1)[:, None, None]


def find_pair_starts(windows, weight, background, gaps):
    """Each frequent word with the block that is most informative of those at the gaps behind and before it."""
    composition, size, found = background.composition, dyads.BLOCK, []
    for word in find_starts(windows, weight, background, size, False)[-12:]:
        odds = np.exp(log_odds(windows, word, background, False))
        chosen = weight[:, None] * odds / np.maximum(odds.sum(axis=1, keepdims=True), 1e-300)
        for way in (1, -1):
            sides = []
            for gap in gaps:
                counts = np.zeros((size, 4))
                for start in range(odds.shape[1]):
                    first = start + way * (size + gap)
                    for column in range(first, first + size) if 0 <= first < odds.shape[1] else ():
                        counts[column - first] += np.bincount(windows[:, column], chosen[:, start], minlength=5)[:N]
                sides.append(expectation.frequencies(counts, composition))
            bits = [(side * np.log2(side / composition)).sum() for side in sides]
            best = int(np.argmax(bits))
            share = np.where(np.arange(len(gaps)) == best, 0.5, 0.5 / (len(gaps) - 1))
            found.append((word, sides[best], share) if way > 0 else (sides[best], word, share))
    return found


def refine_pair(windows, weight, blocks, gaps, background, rounds=40):
    held, scaled = 0.5, weight / weight.mean()
    for _ in range(rounds):
        odds = find_pairs(windows, blocks, gaps, background)
        posterior = held * odds / (1 - held + held * odds.sum(axis=(1, 2)))[:, None, None] * scaled[:, None, None]
        held = np.clip(posterior.sum() / scaled.sum(), 0.01, 0.99)
        counts = np.zeros((2, dyads.BLOCK, 4))
        for row, start, i in zip(*np.nonzero(posterior), strict=True):
            for part, first in enumerate((start, start + dyads.BLOCK + gaps[i])):
                for column, base in enumerate(windows[row, first : first + dyads.BLOCK]):
                    counts[part, column, base] += posterior[row, start, i]
        share = posterior.sum(axis=(0, 1)) + dyads.SPREAD
        before, parts = blocks, expectation.frequencies(counts, background.composition)
        blocks = dyads.Blocks(*parts, share / share.sum())
        if max(np.abs(parts - np.stack(before[:2])).max(axis=(1, 2))) < expectation.STILL:
            break
    return blocks


def find_p_beyond_position(genome, regions, top, found, background, start, both):
    """p of the positional null, of the scores of all starts of whole promoters."""
    distances, own = np.unique(regions.offset, return_inverse=True)
    longest = len(found.matrix) + (int(found.gaps[-1]) if isinstance(found, dyads.Gapped) else 0)
    halo = int(np.abs(distances).max()) + abs(start) + longest
    reads = Reads(genome, halo, halo)
    place = flip(regions.site, regions.strand, reads.lengths[regions.contig])
    promoters = reads.cut(regions.contig, regions.strand, place, 1)
    score = found.scores(promoters, background, both)[:, halo + distances + start]
    if top.all():
        return permutation_test(score, own.ravel())
    return permutation_test(score[np.arange(len(own)), own.ravel()][:, None], np.where(top, 0, NOT_CHOSEN))
