"""From regions to motifs: one or more for each group, found on one half of the sites and tested on the other."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from ...alphabet import N
from ...data import Genome, Group, Motif, Regions, make_sort_key
from ..attention.positions import select_top_fractions
from ..sequence.markov import Background, Markov, learn, learn_columns
from ..sequence.region_windows import centres, composition, cut_windows, half_width, shift_regions
from ..sequence.windows import Reads, flip
from . import dyads, workers, zoops
from .dyads import Gapped
from .palindrome import make_palindromic
from .permutation import NOT_CHOSEN, find_usual_start, permutation_test, rank_test
from .zoops import WIDTHS, Alignment

SHUFFLES = 5
"""Sets of random positions to test against where the regions name no site. Their number does not change what is tested,
only how precisely it is known."""
MANY = 10_000
"""From so many regions on, groups are searched in processes rather than on threads: from two seconds of work on."""


@dataclass(frozen=True)
class Search:
    """How motifs are searched for.

    Attributes
    ----------
    flank
        Bases read beyond a region on each side.
    min_sites
        Least number of regions in a group; smaller groups are not searched.
    several
        Largest number of motifs in a group.
    widths
        Widths that are tried, ascending.
    both
        Whether motifs count in either orientation.
    gaps
        Numbers of bases between the parts of a bipartite motif; empty: no bipartite motifs.
    order
        Order of the background model.
    top_fractions
        Whether the top fractions of each group are searched as well; see `positions.select_top_fractions`.
    """

    flank: int = 2
    min_sites: int = 40
    several: int = 1
    widths: tuple[int, ...] = WIDTHS
    both: bool = False
    gaps: range = range(0)
    order: int = 0
    top_fractions: bool = False


@dataclass(frozen=True, eq=False)
class Found:
    """One motif of a group with its p, or the reason why there is none.

    Attributes
    ----------
    group
        Name of the group or top fraction that was searched, as in `L3H5@-12^16`.
    regions
        Number of regions in it.
    motif
        The motif; None where there is none.
    p
        p of the motif against its control; NaN where there is none.
    problem
        The reason why there is no motif; "" where there is one.
    start
        Most frequent start of the motif, in bases from the most attended base, negative upstream; 0 where there is
        none.
    palindrome
        Whether the motif is better described as its own reverse complement.
    gain
        Log-likelihood ratio in nats, less a penalty; see `zoops.Alignment`.
    sites
        Where the motif lies, with a probability above 0.5: `head` is its name and `weight` the probability. A motif of
        a top fraction is scanned for, unchanged, in all regions of the group. None where there is no motif.
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
    """Find the motifs of each group of regions.

    Parameters
    ----------
    genome
        Genome that holds the regions.
    regions
        Regions, whose `head` (column 4 of their file) is the name of their group.
    search
        How motifs are searched for.
    seed
        Seed of the random numbers.
    controls
        Regions to test against, of the same group, or all of them for a group without any. None: the regions' own
        offsets exchanged among the sites, or random positions where the regions name no site.
    threads
        Groups searched at a time, from `MANY` regions on in processes; does not change the result.

    Yields
    ------
    Found
        Group by group in the order of their names, the best motif of a group first.
    """
    groups = _find_members(regions.head)
    half = choose_discovery_half(regions, seed)
    common = _Common(genome, regions, controls, half, groups, search, seed, composition(genome))
    names = sorted(groups, key=make_sort_key)
    sizes = [len(groups[name]) for name in names]
    processes = threads > 1 and len(names) > 1 and len(regions) >= MANY
    for found in workers.run_tasks(_search_group, common, names, sizes, threads, processes):
        yield from found


@dataclass(frozen=True, eq=False)
class _Common:
    """What the searches of all groups share: the half of the sites on which motifs are found, bool (regions,), the
    regions of each group, and the composition of the genome, float64 (4,), beside what `find_motifs` is given.
    """

    genome: Genome
    regions: Regions
    controls: Regions | None
    half: np.ndarray
    groups: dict[str, np.ndarray]
    search: Search
    seed: int
    overall: np.ndarray


def _search_group(common: _Common, group: str) -> list[Found]:
    """Return the motifs of a group and of its top fractions."""
    search, mine = common.search, common.groups[group]
    first = common.half[mine]

    def fills_halves(part: np.ndarray) -> bool:
        return min((first & part).sum(), (~first & part).sum()) >= search.min_sites // 4

    whole = np.ones(len(mine), bool)
    if len(mine) < search.min_sites or not fills_halves(whole):
        return [Found(group, len(mine), None, float("nan"), f"{len(mine)} regions, fewer than {search.min_sites}")]
    controls = common.controls
    others = None if controls is None else controls.take(_select_group(controls, group))
    its = common.regions.take(mine)
    parts = [(Group(group), whole)]
    if search.top_fractions:
        parts += [
            (Group(group, fraction=share), top)
            for share, top in select_top_fractions(its, search.min_sites)
            if fills_halves(top)
        ]
    return [
        one
        for name, top in parts
        for one in _motifs(_Part(name, common.genome, its, first, top, search, common.seed, others), common.overall)
    ]


def _find_members(names: np.ndarray) -> dict[str, np.ndarray]:
    """Return the regions of each group, by its name, ascending."""
    groups, index, sizes = np.unique(names, return_inverse=True, return_counts=True)
    order, ends = np.argsort(index.ravel(), kind="stable"), np.cumsum(sizes)
    return {
        name: order[end - size : end]
        for name, size, end in zip(groups.tolist(), sizes.tolist(), ends.tolist(), strict=True)
    }


def _select_group(controls: Regions, group: str) -> np.ndarray:
    mine = controls.head == group
    return mine if mine.any() else np.ones(len(controls), bool)


@dataclass(frozen=True, eq=False)
class _Part:
    """All regions of a group or a top fraction, bool `top` (regions,), and how to search them; `first`, bool
    (regions,), is the half on which motifs are found.
    """

    group: Group
    genome: Genome
    regions: Regions
    first: np.ndarray
    top: np.ndarray
    search: Search
    seed: int
    controls: Regions | None


def _motifs(part: _Part, overall: np.ndarray) -> Iterator[Found]:
    """Yield the motifs of a part; `overall` is the composition of the genome, float64 (4,)."""
    group, mine, first, top, search = str(part.group), part.regions, part.first, part.top, part.search
    number_of = int(top.sum())
    span = half_width(mine, search.flank)
    windows = cut_windows(part.genome, mine, span, search.flank)
    weight = np.maximum(mine.weight, 1e-6)
    background = learn(windows, search.order)
    # In a top fraction, first search for what sets it apart from its group, and failing that, for what it contains.
    chances: tuple[Background, ...] = (background,) if top.all() else (learn_columns(windows), background)
    for number in range(1, search.several + 1):
        for chance in chances:
            found = _search(windows[first & top], weight[first & top], chance, search)
            if found is not None and found.gain > 0:
                break
        if found is None or (number > 1 and found.gain <= 0):
            if number == 1:
                yield Found(group, number_of, None, float("nan"), "its regions are too short for a motif, or all N")
            return
        start = find_usual_start(found, weight[first & top]) - span
        p = _test(part, found, background, start, span)
        final = _refine(found, windows[top], weight[top], chance, search)
        name = str(replace(part.group, number=number))
        nsites, begins = float((final.present > 0.5).sum()), find_usual_start(final, weight[top]) - span
        same = (
            not isinstance(final, Gapped)
            and make_palindromic(final, windows[top], weight[top], chance, search.both) is not None
        )
        if not top.all():  # refined on all regions, it would become the motif that most of them hold
            final = final.scan_windows(windows, weight, chance, search.both)
        lies = final.present > 0.5
        motif = Motif(name, final.matrix, nsites, overall, alt=_describe_gaps(final))
        places = _place_occurrences(mine, final, span, name).take(lies)
        yield Found(group, number_of, motif, p, "", begins, same, final.gain, places)
        column = np.arange(windows.shape[1])
        inside = (column >= final.start[:, None]) & (column < (final.start + final.length)[:, None])
        windows[inside & lies[:, None]] = N  # the next motif must lie elsewhere


def _search(
    windows: np.ndarray, weight: np.ndarray, background: Background, search: Search
) -> Alignment | Gapped | None:
    """Find a motif of one part, or a bipartite one if it explains more."""
    one = zoops.discover(windows, weight, background, search.widths, search.both)
    two = dyads.discover(windows, weight, background, search.gaps) if len(search.gaps) else None
    return two if two is not None and (one is None or two.gain > one.gain) else one


def _refine(
    found: Alignment | Gapped, windows: np.ndarray, weight: np.ndarray, background: Background, search: Search
) -> Alignment | Gapped:
    """Refine the motif on all windows."""
    if isinstance(found, Gapped):
        return dyads.refine(windows, weight, background, found.blocks, search.gaps)
    return zoops.refine(windows, weight, background, found.matrix, both=search.both)


def _test(part: _Part, found: Alignment | Gapped, background: Markov, start: int, span: int) -> float:
    """Return p of the motif in those regions of the part on which it was not found."""
    genome, both, flank = part.genome, part.search.both, part.search.flank
    test, top = part.regions.take(~part.first), part.top[~part.first]
    if part.controls is None and bool((test.site >= 0).all()):
        return _test_beyond_position(genome, test, top, found, background, start, both)
    test = test.take(top)
    sets = (
        [part.controls]
        if part.controls is not None
        else [shift_regions(genome, test, s) for s in range(part.seed * 1000, part.seed * 1000 + SHUFFLES)]
    )
    there = np.concatenate([cut_windows(genome, one, span, flank) for one in sets])
    best = [
        np.nanmax(found.scores(w, background, both), axis=1, initial=-1e9)
        for w in (cut_windows(genome, test, span, flank), there)
    ]
    return rank_test(*best)


def _test_beyond_position(
    genome: Genome,
    regions: Regions,
    top: np.ndarray,
    found: Alignment | Gapped,
    background: Markov,
    start: int,
    both: bool,
) -> float:
    """Return p of a motif against its positional null; it starts `start` bases from the attended base.

    The scores at the regions' own offsets are compared with those at offsets exchanged among the sites. In a top
    fraction (`top` is not all true), the regions are compared with as many others of the group, each at its own offset:
    the head attends to all of them, and chose where to add most.
    """
    distances, own = np.unique(regions.offset, return_inverse=True)
    first, columns = (np.full(len(own), distances[0]), distances - distances[0]) if top.all() else (regions.offset, [0])
    longest = len(found.matrix) + (int(found.gaps[-1]) if isinstance(found, Gapped) else 0)
    context = background.order  # bases before the first one, which its probability depends on
    reads = Reads(genome, context, context)
    place = flip(regions.site, regions.strand, reads.lengths[regions.contig]) + first + start
    parts = []
    for begin in range(0, len(regions), 1000):  # the scores at all starts of all promoters would not fit into memory
        rows = slice(begin, begin + 1000)
        cut = reads.cut(regions.contig[rows], regions.strand[rows], place[rows], int(columns[-1]) + longest)
        parts.append(found.scores(cut, background, both)[:, context + np.asarray(columns)])
    score = np.concatenate(parts)
    return permutation_test(score, own.ravel() if top.all() else np.where(top, 0, NOT_CHOSEN))


def _place_occurrences(regions: Regions, found: Alignment | Gapped, span: int, name: str) -> Regions:
    """Return where the motif lies in each region's window, on the strand on which it reads."""
    strand = regions.strand.astype(np.int64)
    first = found.start - span
    centre = centres(regions)
    low = np.where(strand > 0, centre + first, centre - first - found.length + 1)
    middle = (found.length - 1) // 2
    distance = np.where(regions.site >= 0, regions.offset + first + middle, 0)
    reads = np.where(found.reverse, -strand, strand).astype(np.int8)
    n, unknown = len(regions), np.full(len(regions), np.nan)
    columns = (np.full(n, name), reads, np.minimum(found.present, 1.0), distance, regions.site, unknown, unknown)
    return Regions(regions.contigs, regions.contig, low, low + found.length, *columns)


def _describe_gaps(found: Alignment | Gapped) -> str:
    """Return the gaps of a bipartite motif and their shares, which its matrix does not show."""
    if not isinstance(found, Gapped):
        return ""
    return "gap " + " ".join(
        f"{gap}:{share:.2f}" for gap, share in zip(found.gaps.tolist(), found.share.tolist(), strict=True)
    )


def choose_discovery_half(regions: Regions, seed: int) -> np.ndarray:
    """Choose the half of the sites on which motifs are found.

    Parameters
    ----------
    regions
        All regions of a site are in the same half; if any region names no site, they are divided one by one.
    seed
        Seed of the random numbers.

    Returns
    -------
    numpy.ndarray
        bool (regions,).
    """
    sites = np.stack([regions.contig, regions.site, regions.strand], axis=1)
    key = sites if (regions.site >= 0).all() else np.arange(len(regions))[:, None]
    _unique, index = np.unique(key, axis=0, return_inverse=True)
    size = int(index.max()) + 1 if len(index) else 0
    side = np.random.default_rng([seed, 5]).permutation(size) % 2 == 0
    return side[index.ravel()]
