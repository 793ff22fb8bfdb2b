"""Other ways to say where an element lies at a site: other readings of a network, and two that need none.

In-silico mutagenesis and gradient times input give a score for every base from `SPAN` upstream to `SPAN` downstream of
a site: how much the site's logit hangs on it. Words that are frequent at their distance need no network: their log-odds
are learned from the sites that the network learned from. The true matrix at the places where promoters have the element
is what can be known at best without a network; a window at one distance is what is known without looking. Every way
gives regions whose `distance` is their middle base, a window of w bases having its middle (w - 1) // 2 behind the
first.
"""

import sys

import numpy as np
import torch

from headmotif.data import Genome, Regions, Sites
from headmotif.steps.heads.mutagenesis import substitutions
from headmotif.steps.network import layers
from headmotif.steps.network.device import Compute
from headmotif.steps.network.mutants import Mutants, mutant_logits
from headmotif.steps.sequence.windows import Reads, flip

SPAN = 90
WORD = 6
SLIDE = 2
"""A word counts for its distance and so many beside it."""
PSEUDO = 5.0
"""Words of background that are added to those at the sites."""


def surroundings(net: torch.nn.Module, genome: Genome, sites: Sites) -> np.ndarray:
    """Codes uint8 (sites, before + 1 + after)."""
    reads = Reads(genome, net.before, net.after)
    return reads.cut(sites.contig, sites.strand, flip(sites.position, sites.strand, reads.lengths[sites.contig]), 1)


def mutagenesis(net: torch.nn.Module, genome: Genome, sites: Sites, compute: Compute) -> np.ndarray:
    """Mean drop of the logit over the three other bases, float64 (sites, 2 SPAN + 1)."""
    columns = np.arange(net.before - SPAN, net.before + SPAN + 1)
    change = substitutions(net, surroundings(net, genome, sites), columns, compute)
    return -np.nan_to_num(change).sum(2) / 3


def gradient(net: torch.nn.Module, genome: Genome, sites: Sites, compute: Compute) -> np.ndarray:
    """Gradient of the logit at the base that is there less its mean over the four bases, float64 (sites, 2 SPAN +
    1)."""
    windows = surroundings(net, genome, sites)
    net.eval()
    module = sys.modules[type(net).__module__]  # where the network finds `one_hot`
    found = []
    for first in range(0, len(windows), 32):
        codes = torch.from_numpy(windows[first : first + 32])
        bases = layers.one_hot(codes, torch.float32).requires_grad_()
        module.one_hot = lambda _codes, _dtype, bases=bases: bases  # the network reads what a gradient can flow to
        try:
            net(codes.to(compute.device))[:, 0, 0].sum().backward()
        finally:
            module.one_hot = layers.one_hot
        slope = bases.grad  # (sites, bases, 4)
        found.append(((slope - slope.mean(2, keepdim=True)) * bases.detach()).sum(2).numpy())
    return np.concatenate(found).astype(np.float64)[:, net.before - SPAN : net.before + SPAN + 1]


def redraw_pieces(
    net: torch.nn.Module,
    genome: Genome,
    sites: Sites,
    pieces: Regions,
    others: Regions,
    jitter: int,
    compute: Compute,
    draws: int = 4,
) -> np.ndarray:
    """How much the logit of each piece's site falls when the piece's bases are drawn anew, float64 (pieces that have a
    site,).

    others: pieces whose bases stay, as far as they are not the piece itself. jitter: a listed site may be so far from
    the piece's.
    """
    own = (np.abs(sites.position - pieces.site[:, None]) <= jitter) & (
        sites.strand == pieces.strand[:, None]
    )  # (pieces, sites)
    pieces, sites = pieces.take(own.any(1)), sites.take(own[own.any(1)].argmax(1))
    if not len(pieces):
        return np.zeros(0)
    windows = surroundings(net, genome, sites)
    strand = sites.strand.astype(np.int64)
    column = np.arange(windows.shape[1]) - net.before
    place = sites.position[:, None] + strand[:, None] * column  # (sites, columns)
    free = (place >= pieces.start[:, None]) & (place < pieces.end[:, None])
    by_site = {}
    for i, site in enumerate(others.site.tolist()):
        by_site.setdefault(site, []).append(i)
    for i, (site, name) in enumerate(zip(pieces.site.tolist(), pieces.head.tolist(), strict=True)):
        for other in by_site.get(site, []):
            if others.head[other] != name:
                free[i] &= (place[i] < others.start[other]) | (place[i] >= others.end[other])
    rng = np.random.default_rng(1)
    drawn = [np.where(free, rng.integers(0, 4, windows.shape), windows).astype(np.uint8) for _time in range(draws)]
    made = Mutants(np.tile(np.arange(len(sites)), 1 + draws), np.concatenate([windows, *drawn]))
    whole, *changed = mutant_logits(net, windows, made, 0, compute).reshape(1 + draws, -1)
    return whole - np.mean(changed, axis=0)


def read_words(genome: Genome, sites: Sites) -> np.ndarray:
    """Numbers of the words, int64 (sites, 2 SPAN + 1), whose middle base lies at each distance; 4 ** WORD where one
    holds an N."""
    halo = SPAN + WORD
    reads = Reads(genome, halo, halo)
    codes = reads.cut(
        sites.contig, sites.strand, flip(sites.position, sites.strand, reads.lengths[sites.contig]), 1
    ).astype(np.int64)
    first = halo - SPAN - (WORD - 1) // 2
    columns = [codes[:, first + i : first + i + 2 * SPAN + 1] for i in range(WORD)]
    number = sum(np.minimum(column, 3) * 4**i for i, column in enumerate(columns))
    return np.where(np.any([column > 3 for column in columns], axis=0), 4**WORD, number)


def word_counts(words: np.ndarray) -> np.ndarray:
    """How many sites have each word at each distance, or SLIDE beside it, float64 (distances, words)."""
    distances = words.shape[1]
    flat = (np.arange(distances) * (4**WORD + 1) + words).ravel()
    count = np.bincount(flat, minlength=distances * (4**WORD + 1)).reshape(distances, -1)[:, :-1].astype(np.float64)
    padded = np.pad(count, ((SLIDE, SLIDE), (0, 0)))
    return sum(padded[i : i + distances] for i in range(2 * SLIDE + 1))


def word_track(genome: Genome, learned: Sites, background: Sites, asked: Sites) -> np.ndarray:
    """Log-odds of the word at each distance from each site, float64 (sites, 2 SPAN + 1), given to the word's middle
    base.

    learned: the sites whose words are counted; background: positions whose words, at any distance, are what chance
    gives.
    """
    chance = word_counts(read_words(genome, background)).sum(axis=0) + 1.0
    chance /= chance.sum()
    count = word_counts(read_words(genome, learned))
    odds = np.log((count + PSEUDO * chance) / ((count.sum(axis=1, keepdims=True) + PSEUDO) * chance))
    odds = np.column_stack([odds, np.zeros(len(odds))])
    return odds[np.arange(2 * SPAN + 1), read_words(genome, asked)]


def windows_of(track: np.ndarray, sites: Sites, contigs: tuple[str, ...], width: int, number: int) -> Regions:
    """The best windows of a track, (sites, 2 SPAN + 1): so many over all sites, of so many bases, none overlapping
    another of its site."""
    sums = np.lib.stride_tricks.sliding_window_view(track, width, axis=1).sum(axis=2)  # (sites, starts)
    rows, starts, scores = [], [], []
    free = np.ones(sums.shape, bool)
    for _time in range(8):  # at most so many a site
        best = np.where(free, sums, -np.inf).argmax(axis=1)
        at = np.arange(len(sums))
        rows.append(at)
        starts.append(best)
        scores.append(np.where(free[at, best], sums[at, best], -np.inf))
        free &= np.abs(np.arange(sums.shape[1]) - best[:, None]) >= width
    row, start, score = (np.concatenate(x) for x in (rows, starts, scores))
    kept = np.argsort(-score, kind="stable")[:number]
    return regions(sites.take(row[kept]), contigs, start[kept] - SPAN + (width - 1) // 2, width)


def true_matrix(
    genome: Genome, sites: Sites, matrix: np.ndarray, places: range, both_strands: bool, width: int
) -> tuple[Regions, np.ndarray]:
    """The best place of a matrix of probabilities (columns, 4) at each site, its first base at one of `places` from it;
    best sites first.

    The windows are as wide as asked, around the middle of the match. Also the matches' scores in bits, float64
    (sites,).
    """
    columns = len(matrix)
    halo = max(-places.start, places.stop + columns, 1)
    reads = Reads(genome, halo, halo)
    codes = reads.cut(sites.contig, sites.strand, flip(sites.position, sites.strand, reads.lengths[sites.contig]), 1)
    bits = [np.log2(np.maximum(m, 1e-4) / 0.25) for m in ((matrix, matrix[::-1, ::-1]) if both_strands else (matrix,))]
    sums = np.empty((len(sites), len(places)))
    for i, first in enumerate(places):
        word = codes[:, halo + first : halo + first + columns]
        known = np.minimum(word, 3)
        sums[:, i] = np.max([np.where(word < 4, b[np.arange(columns), known], -9).sum(axis=1) for b in bits], axis=0)
    order = np.argsort(-sums.max(axis=1), kind="stable")
    middle = sums.argmax(axis=1)[order] + places.start + (columns - 1) // 2
    return regions(sites.take(order), genome.contigs.names, middle, width), sums.max(axis=1)[order]


def regions(sites: Sites, contigs: tuple[str, ...], distance: np.ndarray, width: int) -> Regions:
    """A window of so many bases at each site, its middle base at a distance (sites,) from it."""
    strand, n = sites.strand.astype(np.int64), len(sites)
    first = distance - (width - 1) // 2
    low = np.where(strand > 0, sites.position + first, sites.position - first - width + 1)
    rest = np.full(n, "rival"), sites.strand, np.ones(n), np.broadcast_to(distance, n).astype(np.int64), sites.position
    return Regions(contigs, sites.contig, low, low + width, *rest, np.full(n, np.nan), np.full(n, np.nan))
