"""The verdict on a set of sites: which fault its checks point to, or none, or that they cannot show one."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ...data import Contigs, Genome, Sites
from . import coordinate_checks, far_shift, start_share, start_signs
from .coordinate_checks import Check
from .far_shift import FarShift
from .start_share import StartShare

OK, SHIFTED, STRAND, SWAPPED, PARTLY, ABSENT, NOT_APPLICABLE = (
    "ok",
    "shifted",
    "strand shifted",
    "strands swapped",
    "partly absent",
    "absent",
    "not applicable",
)
FEWEST = 50
"""With fewer sites there is no verdict."""
EXPECTED = 4
"""Sites with a -10 element by chance that are needed to show that elements are missing. Three times as many are then
four standard deviations away."""
AS_IT_SHOULD = ": as it should be"
WHY = "check the version of the genome and the coordinates; some organisms and kinds of sites have no -10 element"
GROUP, GROUPS = 100, 40
"""Least number of sites in a part of the genome that is examined by itself, and largest number of such parts."""


@dataclass(frozen=True)
class Diagnosis:
    """The verdict on a set of sites.

    Attributes
    ----------
    kind
        One of the seven verdicts, `OK` to `NOT_APPLICABLE`.
    words
        The verdict in one or two sentences.
    both, plus, minus
        Checks of all sites, and of the sites of each strand.
    starts
        The share of the sites that behave like starts; NaN where another fault explains all.
    far
        A long way that many sites lie from their starts, or None.
    """

    kind: str
    words: str
    both: Check
    plus: Check
    minus: Check
    starts: StartShare = start_share.UNKNOWN
    far: FarShift | None = None


def estimate_starts(genome: Genome, sites: Sites) -> StartShare:
    """Estimate the share of sites that behave like starts, from their -10 elements and their first bases.

    Parameters
    ----------
    genome
        The sequence.
    sites
        The sites.

    Returns
    -------
    StartShare
        The share with its interval.
    """
    near = start_signs.draw_nearby(genome, sites, start_signs.count_nearby(sites))
    both = (sites, near)
    upstream, first = (
        [measure(genome, one) for one in both] for measure in (start_signs.score_minus10, start_signs.rate_first_bases)
    )
    return start_share.estimate(upstream[0], first[0], upstream[1], first[1])


def verdict(genome: Genome, sites: Sites, background: float | None = None) -> Diagnosis:
    """Check a set of sites and draw the conclusion.

    Parameters
    ----------
    genome
        The sequence.
    sites
        The sites.
    background
        `coordinate_checks.minus10_background` of the genome, where it is known already.

    Returns
    -------
    Diagnosis
        The verdict and its checks.
    """
    background = coordinate_checks.minus10_background(genome) if background is None else background
    both, plus, minus = (coordinate_checks.check(genome, sites.take(rows), background) for rows in _rows(sites))
    if both.sites < FEWEST:
        few = f"{both.sites:,} sites are too few to judge by their -10 elements ({FEWEST} are needed)"
        return Diagnosis(NOT_APPLICABLE, f"not applicable: {few}", both, plus, minus)
    kind, words = _judge(genome, sites, both, plus, minus)
    if kind not in (OK, ABSENT, NOT_APPLICABLE) or (kind != OK and _is_of_genes(both)):
        return Diagnosis(kind, words, both, plus, minus)
    starts, far = estimate_starts(genome, sites), far_shift.find(genome, sites)
    return Diagnosis(*_judge_starts(kind, words, starts, far), both, plus, minus, starts, far)


def verdicts(genome: Genome, sets: Mapping[str, Sites]) -> dict[str, Diagnosis]:
    """Check several sets of sites.

    Parameters
    ----------
    genome
        The sequence.
    sets
        Sites by the names of the sets.

    Returns
    -------
    dict of Diagnosis
        The verdict on each set, by its name.
    """
    background = coordinate_checks.minus10_background(genome)
    return {name: verdict(genome, one, background) for name, one in sets.items()}


def _rows(sites: Sites) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return np.ones(len(sites), bool), sites.strand > 0, sites.strand < 0


def _judge(genome: Genome, sites: Sites, both: Check, plus: Check, minus: Check) -> tuple[str, str]:
    element = f"a -10 element in {_percent(both.share)} of the sites, {_percent(both.background)} of all positions"
    start = f"a purine at +1 in {_percent(both.purine[3])}"
    own = _shifts(plus.shift, minus.shift, both.shift)
    if own <= {0} and (missing := _describe_without(genome, sites, both.background)):
        return (
            PARTLY,
            f"{element}, but no -10 signal at {missing}; check whether these belong to another version of the genome, "
            "or are sites of another kind",
        )
    if _is_of_genes(both) and own != {0}:
        begin = f"{_percent(both.start_codon)} of the sites lie at an ATG, GTG or TTG, within one base"
        return (
            NOT_APPLICABLE,
            f"not applicable: {begin}, so these are starts of genes, where no -10 element is expected",
        )
    other = _shifts(plus.other_shift, minus.other_shift, both.other_shift)
    if other and (not own or both.other > 2 * both.share):
        off = "" if other == {0} else f"; {describe_shift(plus.other_shift, minus.other_shift, -1)}"
        return (
            SWAPPED,
            f"the strands seem swapped: {element}, but in {_percent(both.other)} of the sites if the strands are "
            f"exchanged; check the strand column{off}",
        )
    if not own:
        return _describe_absence(both, element, start)
    for sign, one in (("+", plus), ("-", minus)):
        if one.shift is None and one.sites >= _count_needed(one.background):
            why = "check whether its positions count from the other end of the contig or of an interval"
            return (
                STRAND,
                f"no -10 signal on the {sign} strand (a -10 element in {_percent(one.share)} of its sites), but one on "
                f"the other strand; {why}",
            )
    if own == {0}:
        return OK, f"{element}, {start}{AS_IT_SHOULD}"
    alike = len(own) == 1 or (minus.shift is not None and plus.shift == -minus.shift)
    return (SHIFTED if alike else STRAND), describe_shift(plus.shift, minus.shift)


def _is_of_genes(both: Check) -> bool:
    return both.start_codon > 0.7


def _judge_starts(kind: str, words: str, starts: StartShare, far: FarShift | None) -> tuple[str, str]:
    """The verdict with the share of starts: it may contradict a good one, or say what the -10 elements cannot."""
    if not starts.is_doubtful and not far:
        return kind, words.replace(AS_IT_SHOULD, f", and {starts.words} of the sites behave like starts{AS_IT_SHOULD}")
    few = f"only {starts.words} of the sites behave like starts, by their -10 elements and first bases"
    why = "; ".join([*([few] if starts.is_doubtful else []), *([far.words] if far else []), WHY])
    if kind == OK:
        return PARTLY, words.replace(AS_IT_SHOULD, f", but {why}")
    return ABSENT, f"{words.partition('; ')[0]}; {why}" if kind == ABSENT else why


def _shifts(*shifts: int | None) -> set[int]:
    """The strands' shifts; the last, that of both together, where neither strand alone has one."""
    return {k for k in shifts[:2] if k is not None} or {k for k in shifts[2:] if k is not None}


def describe_shift(plus: int | None, minus: int | None, sign: int = 1) -> str:
    """Describe how far the sites of the strands lie from where they should, in words.

    Parameters
    ----------
    plus, minus
        How far the sites of each strand lie downstream, in nt; None where it is unknown.
    sign
        -1 where the strands are swapped.

    Returns
    -------
    str
        A sentence, with what to check.
    """
    plus, minus = (minus if plus is None else plus) or 0, (plus if minus is None else minus) or 0
    high = sign * plus, -sign * minus  # by coordinates
    if plus == minus:
        side = "downstream" if plus > 0 else "upstream"
        return (
            f"all sites seem to lie {_bases(plus)} {side} of where they should; check whether the file follows another "
            "convention, or gives another end of the feature"
        )
    if high[0] == high[1]:
        counted = (
            "1-based and 0-based positions are confused"
            if abs(high[0]) == 1
            else "the file belongs to another version of the genome"
        )
        return f"all positions seem {_bases(high[0])} too {'high' if high[0] > 0 else 'low'}; check whether {counted}"
    said = []
    for name, k, up in (("+", plus, high[0]), ("-", minus, high[1])):
        if k:
            side, by = "downstream" if k > 0 else "upstream", "high" if up > 0 else "low"
            said.append(
                f"the {name} strand's sites seem to lie {_bases(k)} {side} of where they should (positions too {by})"
            )
    small = max(abs(plus), abs(minus)) == 1
    return (
        f"{' and '.join(said)}; check "
        f"{'for a mix of 1-based and 0-based positions' if small else 'which end of an interval the site is'}"
    )


def _count_needed(background: float) -> int:
    return int(np.ceil(max(FEWEST, EXPECTED * (1 - background) / max(background, 1e-9))))


def _describe_absence(both: Check, element: str, start: str) -> tuple[str, str]:
    """No more -10 elements than by chance: that shows a fault only where a signal could have been seen."""
    needed = _count_needed(both.background)
    if both.sites < needed:
        few = (
            f"by chance {_percent(both.background)} of all positions have a -10 element, so {needed:,} sites are "
            "needed to show that it is missing"
        )
        return NOT_APPLICABLE, f"not applicable: {few}, and there are {both.sites:,}"
    usual = " as by chance" if abs(both.purine[3] - 0.5) < 4 * np.sqrt(0.25 / both.sites) else ""
    return ABSENT, f"no -10 signal: {element}, {start}{usual}; {WHY}"


def _describe_without(genome: Genome, sites: Sites, background: float) -> str:
    """The parts of the genome whose sites have no more -10 elements than any position, in words; "" if there are none.

    Such a part has at least two groups of neighbouring sites in a row, because a single one may be a prophage.
    """
    order = np.argsort(genome.contigs.place(sites.contig, sites.position), kind="stable")
    groups = np.array_split(order, max(1, min(GROUPS, len(sites) // GROUP)))
    element = coordinate_checks.find_with_element(genome, sites)
    size, hits = (
        np.array([int(x) for x in column]) for column in zip(*((len(r), element[r].sum()) for r in groups), strict=True)
    )
    pairs = zip(hits.tolist(), size.tolist(), strict=True)
    rare = np.array([coordinate_checks.upper_tail(*pair, background) < 1e-6 for pair in pairs])
    with_signal = rare & (hits > 3 * background * size)
    if not with_signal.any():
        return ""
    best = float(np.median((hits / size)[with_signal]))
    low = hits < (background + (best - background) / 4) * size
    low &= [
        coordinate_checks.upper_tail(n - x, n, 1 - best) < 1e-6
        for x, n in zip(hits.tolist(), size.tolist(), strict=True)
    ]
    found, first = [], 0
    for i in range(len(groups) + 1):
        if i < len(groups) and low[i]:
            continue
        if i - first > 1:
            rows = np.concatenate(groups[first:i])
            found.append(f"the {len(rows):,} sites of {_span(genome.contigs, sites.take(rows))}")
        first = i + 1
    return ", ".join(found)


def _span(contigs: Contigs, sites: Sites) -> str:
    """From the first to the last of sites that are in order, 1-based."""
    first, last = (f"{contigs[sites.contig[i]].name}:{sites.position[i] + 1}" for i in (0, -1))
    return f"{first}-{sites.position[-1] + 1}" if sites.contig[0] == sites.contig[-1] else f"{first} to {last}"


def _bases(k: int) -> str:
    return {1: "one base", 2: "two bases"}.get(abs(k), f"{abs(k)} bases")


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
