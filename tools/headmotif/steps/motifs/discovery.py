"""From regions to motifs: one or more a head, found on one half of the sites and tested on the other."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from ...alphabet import N
from ...data import Genome, Group, Motif, Regions, in_order
from ..attention.positions import strongest
from ..sequence.markov import Background, Markov, by_column, learned
from ..sequence.region_windows import centres, composition, cut, half_width, shifted
from ..sequence.windows import Reads, flip
from . import dyads, zoops
from .dyads import Gapped
from .palindrome import palindromic
from .permutation import NOT_CHOSEN, permutation_test, rank_test, usual_start
from .zoops import WIDTHS, Alignment

SHUFFLES = 5
"""Sets of random places where the regions name no site: their number does not change what is tested, only how well it
is known."""


@dataclass(frozen=True)
class Search:
    """How motifs are looked for.

    flank: bases read beyond a region on each side. min_sites: groups of fewer regions are not searched. several: motifs
    a group at most. widths: tried. both: either orientation counts. gaps: numbers of bases between two blocks, empty
    for one block. order: of the background. strongest: look at each group's strongest regions alone too, see
    `positions.strongest`.
    """

    flank: int = 2
    min_sites: int = 40
    several: int = 1
    widths: tuple[int, ...] = WIDTHS
    both: bool = False
    gaps: range = range(0)
    order: int = 0
    strongest: bool = False


@dataclass(frozen=True, eq=False)
class Found:
    """One motif of a group, its p beyond the control, and why there is none (`problem`) where there is none.

    start: how many bases from the attended base it mostly begins, negative upstream (0 where there is none).
    palindrome: it is better taken for its own reverse complement. gain: nats, see `zoops.Alignment`. sites: where it
    lies, `head` its name, `weight` how probable; a motif of the strongest regions is looked up, as it is, in all of the
    group.
    """

    group: str
    regions: int
    motif: Motif | None
    p: float
    problem: str = ""
    start: int = 0
    palindrome: bool = False
    gain: float = float("nan")
    sites: Regions | None = None


def find_motifs(
    genome: Genome, regions: Regions, search: Search, seed: int, controls: Regions | None = None, threads: int = 1
) -> Iterator[Found]:
    """The motifs of each group of regions (column 4 of their file), groups in the order of their names, a group's best
    first.

    controls: regions to test against, by the same groups (all of them for a group that has none); without them the
    regions' own distances swapped among the sites, or random places where they name no site. threads: groups at a time;
    they change nothing.
    """
    overall = composition(genome)
    half = discovery_half(regions, seed)

    def of_group(group: str) -> list[Found]:
        mine = np.flatnonzero(regions.head == group)
        first = half[mine]

        def in_halves(part: np.ndarray) -> bool:
            return min((first & part).sum(), (~first & part).sum()) >= search.min_sites // 4

        whole = np.ones(len(mine), bool)
        if len(mine) < search.min_sites or not in_halves(whole):
            return [Found(group, len(mine), None, float("nan"), f"{len(mine)} regions, fewer than {search.min_sites}")]
        others = None if controls is None else controls.take(_of(controls, group))
        its = regions.take(mine)
        parts = [(Group(group), whole)]
        if search.strongest:
            parts += [
                (Group(group, fraction=share), top) for share, top in strongest(its, search.min_sites) if in_halves(top)
            ]
        return [
            one
            for name, top in parts
            for one in _motifs(_Part(name, genome, its, first, top, search, seed, others), overall)
        ]

    with ThreadPoolExecutor(threads) as pool:
        for found in pool.map(of_group, sorted(set(regions.head.tolist()), key=in_order)):
            yield from found


def _of(controls: Regions, group: str) -> np.ndarray:
    mine = controls.head == group
    return mine if mine.any() else np.ones(len(controls), bool)


@dataclass(frozen=True, eq=False)
class _Part:
    """All or the strongest of a group's regions, bool `top` (regions,), and what their motifs are looked for with;
    first: bool (regions,), the half that they are found on."""

    group: Group
    genome: Genome
    regions: Regions
    first: np.ndarray
    top: np.ndarray
    search: Search
    seed: int
    controls: Regions | None


def _motifs(part: _Part, overall: np.ndarray) -> Iterator[Found]:
    """The motifs of a part. overall: the genome's composition, float64 (4,)."""
    group, mine, first, top, search = str(part.group), part.regions, part.first, part.top, part.search
    number_of = int(top.sum())
    span = half_width(mine, search.flank)
    windows = cut(part.genome, mine, span, search.flank)
    weight = np.maximum(mine.weight, 1e-6)
    background = learned(windows, search.order)
    # of the strongest: first what sets them apart from the others of their group, and where nothing does, what they
    # hold
    chances: tuple[Background, ...] = (background,) if top.all() else (by_column(windows), background)
    for number in range(1, search.several + 1):
        for chance in chances:
            found = _searched(windows[first & top], weight[first & top], chance, search)
            if found is not None and found.gain > 0:
                break
        if found is None or (number > 1 and found.gain <= 0):
            if number == 1:
                yield Found(group, number_of, None, float("nan"), "its regions are too short for a motif, or all N")
            return
        start = usual_start(found, weight[first & top]) - span
        p = _tested(part, found, background, start, span)
        final = _refined(found, windows[top], weight[top], chance, search)
        name = str(replace(part.group, number=number))
        nsites, begins = float((final.present > 0.5).sum()), usual_start(final, weight[top]) - span
        same = (
            not isinstance(final, Gapped)
            and palindromic(final, windows[top], weight[top], chance, search.both) is not None
        )
        if not top.all():  # refined on all, the motif would become what most regions hold
            final = final.looked_up(windows, weight, chance, search.both)
        lies = final.present > 0.5
        motif = Motif(name, final.matrix, nsites, overall, alt=_told(final))
        places = _placed(mine, final, span, name).take(lies)
        yield Found(group, number_of, motif, p, "", begins, same, final.gain, places)
        column = np.arange(windows.shape[1])
        inside = (column >= final.start[:, None]) & (column < (final.start + final.length)[:, None])
        windows[inside & lies[:, None]] = N  # the next motif is looked for elsewhere


def _searched(
    windows: np.ndarray, weight: np.ndarray, background: Background, search: Search
) -> Alignment | Gapped | None:
    """One block, or two where that explains more."""
    one = zoops.discover(windows, weight, background, search.widths, search.both)
    two = dyads.discover(windows, weight, background, search.gaps) if len(search.gaps) else None
    return two if two is not None and (one is None or two.gain > one.gain) else one


def _refined(
    found: Alignment | Gapped, windows: np.ndarray, weight: np.ndarray, background: Background, search: Search
) -> Alignment | Gapped:
    """The same motif on all windows."""
    if isinstance(found, Gapped):
        return dyads.refine(windows, weight, background, found.blocks, search.gaps)
    return zoops.refine(windows, weight, background, found.matrix, both=search.both)


def _tested(part: _Part, found: Alignment | Gapped, background: Markov, start: int, span: int) -> float:
    """p of the motif in those of the part's regions that it was not found on."""
    genome, both, flank = part.genome, part.search.both, part.search.flank
    test, top = part.regions.take(~part.first), part.top[~part.first]
    if part.controls is None and bool((test.site >= 0).all()):
        return _beyond_position(genome, test, top, found, background, start, both)
    test = test.take(top)
    sets = (
        [part.controls]
        if part.controls is not None
        else [shifted(genome, test, s) for s in range(part.seed * 1000, part.seed * 1000 + SHUFFLES)]
    )
    there = np.concatenate([cut(genome, one, span, flank) for one in sets])
    best = [
        np.nanmax(found.scores(w, background, both), axis=1, initial=-1e9)
        for w in (cut(genome, test, span, flank), there)
    ]
    return rank_test(*best)


def _beyond_position(
    genome: Genome,
    regions: Regions,
    top: np.ndarray,
    found: Alignment | Gapped,
    background: Markov,
    start: int,
    both: bool,
) -> float:
    """p of the motif, which starts `start` bases from the attended base, at the regions' own distances against swapped
    ones; of the strongest regions (`top`, not all), at their own distances against as many others of the group at
    theirs: there the head looks at them all, and what it chose is where to add most."""
    distances, own = np.unique(regions.distance, return_inverse=True)
    own = own.ravel()
    longest = len(found.matrix) + (int(found.gaps[-1]) if isinstance(found, Gapped) else 0)
    halo = int(np.abs(distances).max()) + abs(start) + longest
    reads = Reads(genome, halo, halo)
    place = flip(regions.site, regions.strand, reads.lengths[regions.contig])
    parts = []
    for first in range(0, len(regions), 1000):  # every start of a promoter, spelled out, takes much room
        rows = slice(first, first + 1000)
        promoters = reads.cut(regions.contig[rows], regions.strand[rows], place[rows], 1)
        parts.append(found.scores(promoters, background, both)[:, reads.before + distances + start])
    score = np.concatenate(parts)
    if top.all():
        return permutation_test(score, own)
    return permutation_test(score[np.arange(len(own)), own][:, None], np.where(top, 0, NOT_CHOSEN))


def _placed(regions: Regions, found: Alignment | Gapped, span: int, name: str) -> Regions:
    """Where the motif lies in each region's window, on the strand that it reads."""
    strand = regions.strand.astype(np.int64)
    first = found.start - span
    centre = centres(regions)
    low = np.where(strand > 0, centre + first, centre - first - found.length + 1)
    middle = (found.length - 1) // 2
    distance = np.where(regions.site >= 0, regions.distance + first + middle, 0)
    reads = np.where(found.turned, -strand, strand).astype(np.int8)
    n, nothing = len(regions), np.full(len(regions), np.nan)
    columns = (np.full(n, name), reads, np.minimum(found.present, 1.0), distance, regions.site, nothing, nothing)
    return Regions(regions.contigs, regions.contig, low, low + found.length, *columns)


def _told(found: Alignment | Gapped) -> str:
    """What the matrix of two blocks does not show."""
    if not isinstance(found, Gapped):
        return ""
    return "gap " + " ".join(
        f"{gap}:{share:.2f}" for gap, share in zip(found.gaps.tolist(), found.share.tolist(), strict=True)
    )


def discovery_half(regions: Regions, seed: int) -> np.ndarray:
    """bool (regions,): on which half of the sites a motif is found; all regions of a site are in the same half."""
    sites = np.stack([regions.contig, regions.site, regions.strand], axis=1)
    key = sites if (regions.site >= 0).all() else np.arange(len(regions))[:, None]
    _unique, index = np.unique(key, axis=0, return_inverse=True)
    size = int(index.max()) + 1 if len(index) else 0
    side = np.random.default_rng([seed, 5]).permutation(size) % 2 == 0
    return side[index.ravel()]
